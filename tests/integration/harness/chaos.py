# SPDX-License-Identifier: MIT
"""A chaos run, from the first broadcast to the verdict."""

import contextlib
import os
import pathlib
import random
import signal
import struct
import tempfile
import time

from harness import sound
from harness.aircheck import Aircheck
from harness.audience import Audience
from harness.encoders import AAC, CBR, OGG, VBR, EncodedRadio
from harness.endurance import BURST_BYTES, STARVED, Pace, compare, judge, relayed, was_starved
from harness.harms import HANG, Harms, do_harm
from harness.stepped_clock import SteppedClock
from harness.wait import wait_for
from harness.world import World

SOURCES = {"mp3": CBR, "twin": CBR, "vbr": VBR, "aac": AAC, "opus": OGG["opus"]}
PAUSE = 3.5  # seconds between two harms, in the mean
HEARD = ("mp3", "vbr", "aac")
DOWNLOADERS = WEBAPIS = 2
SETTINGS = {
    "restart_overlap": "3s", "restart_timeout": "20s", "cycle_time": "2s", "cascade_time": "30s",
    "segment_time": "45s", "downloaders": DOWNLOADERS, "webapis": WEBAPIS,
}


def run(seconds, seed, pause=PAUSE, without=()):
    """Answers the exit code."""
    print(f"{seconds} s, --seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        this = _Run(pathlib.Path(name), stack, random.Random(seed))
        try:
            return this.go(seconds, pause, without)
        except AssertionError as error:
            if this.was_starved():
                return STARVED
            print(f"{this.log()}\nFAILURE: {error}")
            return 1


class _Run:
    def __init__(self, folder, stack, chance):
        self._chance = chance
        self._stack = stack
        self._radio = EncodedRadio(SOURCES, folder, burst_size=BURST_BYTES)
        stack.callback(self._radio.close)
        self._pace = Pace(self._radio.references)
        stack.callback(self._pace.close)
        self._relay = relayed(self._radio.port, stack)
        self._clock = SteppedClock(folder / "clock")
        stack.callback(self._clock.close)
        stations = {name: {"stream": self._relay.url(self._radio.url(name))} for name in SOURCES}
        stations["twin"]["recorders"] = 2
        self._instance = Aircheck(stations, **SETTINGS)
        stack.callback(self._instance.close)

    def was_starved(self):
        return was_starved(self._radio)

    def log(self):
        return self._instance.tail(100)

    def go(self, seconds, pause, without):
        instance = self._instance
        instance.spawn(variables=self._clock.variables)
        instance.wait_ready()
        instance.wait_recording(*SOURCES, timeout=60)
        audience = Audience(instance, HEARD, WEBAPIS)
        world = World(instance, self._relay, self._clock, audience, self._chance)
        harms = Harms(world)
        start = int(time.time()) + 1
        try:
            done = do_harm(world, harms, seconds, pause, without)
            seconds = int(time.time()) - start
            self._calm_down(start + seconds, world)
        finally:
            heard = audience.close()
        if self.was_starved():
            return STARVED
        self._tell(done, world, harms, audience)
        well = self._judge(start, seconds)
        well = self._judge_listeners(heard) and well
        self._end()
        return 0 if well and not world.failures + audience.failures else 1

    def _calm_down(self, second, world):
        """Until all is as in the beginning, and recorded so far."""

        def is_alone():
            world.tick()
            return len(world.population) == 3 + DOWNLOADERS + WEBAPIS

        def is_recorded():
            world.tick()
            return all(self._instance.heartbeat(name)["last-recorded"] > second + 8
                       for name in SOURCES)

        wait_for(is_alone, 90, "one of each process")
        wait_for(is_recorded, 90, "the recording")

    def _tell(self, done, world, harms, audience):
        print("done:", ", ".join(f"{count} {name}" for name, count in sorted(done.items())))
        print(f"the client got {audience.answers} answers")
        for at, what in audience.failures:
            print(f"FAILURE at {at - world.began:.2f} s: {what}")
        if harms.replaced:
            print(f"{len(harms.replaced)} stopped workers were replaced after at most"
                  f" {max(harms.replaced):.2f} s; it should be {HANG} s")
        takes = len(self._instance.rows("SELECT 1 FROM take"))
        print(f"{takes} takes", flush=True)

    def _judge(self, start, seconds):
        comparisons = {
            name: (source.codec, lambda heard, name=name, source=source: compare(
                name, source, self._radio, self._pace, heard, start, seconds))
            for name, source in SOURCES.items()}
        return judge(comparisons, self._instance, start, seconds, self._chance)

    def _judge_listeners(self, heard):
        well = True
        for name, each in heard.items():
            broadcast = self._radio.broadcast(name)
            for data in each:
                pieces = sound.of_broadcast(data, SOURCES[name].codec)
                result = sound.compare(pieces, broadcast, 0)
                print(f"a listener of {name} heard {len(pieces)} pieces from {result.begin} on: "
                      f"{result.lost} lost, {result.doubled} doubled, {result.foreign} foreign")
                for place, fault in result.faults[:10]:
                    print(f"    piece {place}: {fault}")
                well = well and result.exact
        return well

    def _suspected_without_cause(self):
        """Over which segment a process was killed may be known until all of that has been heard."""
        record = (self._instance.storage / "run" / "loudness").read_bytes()
        current, *deaths = struct.unpack(f"={len(record) // 8}q", record)
        suspected = {segment for segment, count in zip(deaths[::2], deaths[1::2]) if count}
        assert current == 0 and suspected, "left behind for nothing"
        heard = self._instance.rows("SELECT id FROM segment WHERE heard = 0")
        return suspected - {segment for (segment,) in heard}

    def _end(self):
        """In order; nothing is left."""
        instance = self._instance
        os.kill(int((instance.storage / "run" / "supervisor.pid").read_text()), signal.SIGTERM)
        wait_for(lambda: not instance.processes(), 40, "no process left")
        left = [path.name for path in (instance.storage / "run").iterdir() if path.name != "lock"]
        if left == ["loudness"]:
            left = self._suspected_without_cause()
        assert not left, f"left lying about: {left}"
        assert not instance.parts(), f"left open: {instance.parts()}"
        assert instance.open_rows() == 0
