# SPDX-License-Identifier: MIT
"""The pieces that sound is broadcast in, whatever the codec: frames, of Ogg packets."""

import dataclasses

from harness.frames import split, split_exactly
from harness.ogg import HEADER_PACKETS, streams

RUN = 8  # so many pieces in a row are no accident
AROUND = 50  # pieces: the clock that a place is told by is better than that


def of_broadcast(data, codec):
    """What a listener heard who came in the middle and was cut off in the middle."""
    if codec not in HEADER_PACKETS:
        return split(data, codec)
    return [packet for stream in streams(data, strict=False) for packet in stream.sound(codec)]


def of_slice(data, codec):
    """Of data that must hold whole pieces and nothing else."""
    if codec not in HEADER_PACKETS:
        return split_exactly(data, codec)
    return [packet for stream in streams(data) for packet in stream.sound(codec)]


@dataclasses.dataclass
class Comparison:
    begin: int = 0  # places in the broadcast
    end: int = 0
    lost: int = 0
    doubled: int = 0
    foreign: int = 0  # never broadcast, or out of turn
    faults: list = dataclasses.field(default_factory=list)  # (place in what was heard, what)

    @property
    def exact(self):
        return not (self.lost or self.doubled or self.foreign)


def compare(heard, broadcast, near):
    """Follows what was heard through the broadcast, from the place next to `near` on at which it
    can begin; where a beginning tells little, as in silence, from the one that leads furthest."""
    place = _find(heard[:RUN], broadcast, near)
    if place is not None:
        around = range(max(0, place - AROUND), place + AROUND)
        place = max(sorted(around, key=lambda each: abs(each - near)),
                    key=lambda each: _agreement(heard, broadcast, each))
    result = Comparison(begin=place or 0)
    if place is None:
        result.foreign = len(heard)
        result.faults.append((0, "begins with what was never broadcast"))
        return result
    for n, piece in enumerate(heard):
        if place >= len(broadcast) or piece != broadcast[place]:
            found = _find(heard[n : n + RUN], broadcast, place)
            if found is None:
                result.foreign += 1
                result.faults.append((n, "not of the broadcast"))
                continue
            result.lost += max(0, found - place)
            result.doubled += max(0, place - found)
            result.faults.append((n, f"goes on {found - place:+} pieces further"))
            place = found
        place += 1
    result.end = place
    return result


def _agreement(heard, broadcast, place):
    return next((n for n, piece in enumerate(heard)
                 if place + n >= len(broadcast) or piece != broadcast[place + n]), len(heard))


def _find(run, broadcast, near):
    """The place of the run that is next to `near`; None if there is none."""
    for distance in range(max(near, len(broadcast) - near) + 1):
        for place in (near + distance, near - distance):
            if 0 <= place < len(broadcast) and broadcast[place] == run[0]:
                if broadcast[place : place + len(run)] == run:
                    return place
    return None
