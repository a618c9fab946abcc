# SPDX-License-Identifier: MIT
"""What long runs have in common: stations recorded in real time while harm is done, and slices of
the whole time compared, frame by frame (Ogg packet by packet), with what uninterrupted listeners
heard."""

import dataclasses
import itertools
import subprocess
import threading
import time

from harness import sound
from harness.aircheck import slice_path
from harness.relay import Relay
from harness.wait import wait_for

STARVED = 77  # the exit code of a run on a machine that is too slow to tell anything
MISPLACED = 2  # seconds by which sound may be off the clock: references are not looked at often
BURST_BYTES = 196608  # it takes four seconds to notice a stall: as long as an ordinary burst


class Pace:
    """How far the references have got, over time."""

    def __init__(self, references):
        self._references = references
        self._sizes = {name: [] for name in references}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while not self._end.wait(0.1):
            for name, reference in self._references.items():
                self._sizes[name].append((time.time(), reference.file.stat().st_size))

    def bytes_at(self, name, second):
        return next(size for at, size in self._sizes[name] if at >= second)

    def close(self):
        self._end.set()
        self._thread.join()


@dataclasses.dataclass
class Row:
    """What became of one station."""
    name: str
    broadcast: int = 0
    heard: int = 0
    lost: int = 0
    doubled: int = 0
    foreign: int = 0
    info: dict = dataclasses.field(default_factory=dict)
    faults: list = dataclasses.field(default_factory=list)
    has_advertisements: bool = False
    off: float = 0  # seconds by which the slice begins or ends elsewhere than its name says

    @property
    def butt(self):
        return sum(not splice["exact"] for splice in self.info["splices"])

    def well(self):
        # A join by the clock finds the frame, or leaves one out.
        leeway = self.butt if self.has_advertisements else 0
        return (self.lost <= leeway and self.off < MISPLACED
                and not (self.doubled or self.foreign or self.info["gaps"]))


def fetch(instance, station, start, seconds):
    """By curl, as anybody would. Empty where there is nothing to be had."""
    url = f"http://127.0.0.1:{instance.port}{slice_path(station, start, seconds)}"
    done = subprocess.run(["curl", "-sS", "--fail", url], stdout=subprocess.PIPE)
    if done.returncode:
        print(f"no slice: {url}")
    return done.stdout


def info_of(instance, station, start, seconds):
    return instance.get(slice_path(station, start, seconds) + "?info").json()


def compare(name, source, radio, pace, heard, start, seconds):
    broadcast = radio.broadcast(name)
    borders = list(itertools.accumulate(map(len, broadcast), initial=0))

    def place(second):
        """By the clock."""
        share = pace.bytes_at(name, second) / radio.references[name].file.stat().st_size
        return next((n for n, at in enumerate(borders) if at >= share * borders[-1]),
                    len(broadcast))

    result = sound.compare(heard, broadcast, place(start))
    row = Row(name, result.end - result.begin, len(heard), result.lost, result.doubled,
              result.foreign, faults=result.faults)
    if source.turn:
        # A turn too many or too few is only known by the time that it takes.
        turns = round((place(start + seconds) - result.end) / source.turn)
        row.broadcast += turns * source.turn
        row.lost += max(0, turns) * source.turn
        row.doubled += max(0, -turns) * source.turn
    else:
        begin, end = place(start), place(start + seconds)
        row.off = max(abs(result.begin - begin), abs(result.end - end)) * seconds / (end - begin)
    return row


def short_slices(start, seconds, chance):
    """(start, seconds) of slices in a row over all of it."""
    at = start
    while at < start + seconds:
        length = min(chance.randint(3, 40), start + seconds - at)
        yield at, length
        at += length


def pieces(instance, name, codec, slices):
    return [piece for start, seconds in slices
            for piece in sound.of_slice(fetch(instance, name, start, seconds), codec)]


def tell(row, short):
    splices = row.info["splices"]
    print(f"{row.name:12} {row.broadcast:12} {row.heard:9} {row.lost:5} {row.doubled:8} "
          f"{row.foreign:8} {len(splices):8} {row.butt:5} {len(row.info['gaps']):5}"
          f"   {short.lost:5} {short.doubled:8} {short.foreign:8}", flush=True)
    for what, each in (("whole slice", row), ("short slices", short)):
        for place, fault in each.faults[:10]:
            print(f"    {what}: piece {place} of {each.heard}: {fault}")
    if max(row.off, short.off) >= MISPLACED:
        print(f"    begins or ends {max(row.off, short.off):.1f} s from where it should")
    for splice in splices:
        if not splice["exact"] and not row.has_advertisements:
            print(f"    joined by the clock: {splice}")
    for gap in row.info["gaps"]:
        print(f"    gap: {gap}")


def judge(stations, instance, start, seconds, chance):
    """`stations`: name: (codec, function that compares what was heard). Whether all is well."""
    print(f"{'':47}of the whole slice{'':26}of short ones in a row\n"
          f"{'station':12} {'in reference':12} {'in slice':9} {'lost':5} {'doubled':8} "
          f"{'foreign':8} {'splices':8} {'butt':5} {'gaps':5}   {'lost':5} {'doubled':8} foreign")
    well = True
    for name, (codec, compare_heard) in stations.items():
        wait_for(lambda name=name: info_of(instance, name, start, seconds)["complete"], 120,
                 f"the splices of {name}")
        row = compare_heard(pieces(instance, name, codec, [(start, seconds)]))
        short = compare_heard(
            pieces(instance, name, codec, short_slices(start, seconds, chance)))
        row.info = short.info = info_of(instance, name, start, seconds)
        tell(row, short)
        well = well and row.well() and short.well()
    return well


def was_starved(radio):
    for line in radio.icecast.log().splitlines():
        if "fallen too far behind" in line:
            print(f"Icecast: {line}")
    cut = [name for name, reference in radio.references.items() if reference.is_cut_off()]
    if cut:
        print("these uninterrupted listeners were interrupted:", *cut)
    return bool(cut)


def relayed(port, stack):
    relay = Relay(port)
    stack.callback(relay.close)
    return relay
