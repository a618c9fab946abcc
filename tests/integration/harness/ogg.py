# SPDX-License-Identifier: MIT
"""Takes Ogg streams apart, independently of the code under test."""

import dataclasses
import struct

HEADER_PACKETS = {"opus": 2, "ogg": 3, "oga": 2}


@dataclasses.dataclass
class Stream:
    """One logical stream."""
    serial: int
    packets: list = dataclasses.field(default_factory=list)
    granules: list = dataclasses.field(default_factory=list)  # of pages on which packets end
    ended: bool = False

    def sound(self, codec):
        return self.packets[HEADER_PACKETS[codec]:]


def _pages(data):
    """(flags, granule, serial, sequence, lacing, body) of each whole page."""
    at = 0
    while at + 27 <= len(data):
        assert data[at : at + 5] == b"OggS\0", f"no page at byte {at} of {len(data)}"
        flags, granule, serial, sequence = struct.unpack_from("<BqII", data, at + 5)
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        body = at + 27 + data[at + 26]
        at = body + sum(lacing)
        if len(lacing) < data[body - len(lacing) - 1] or at > len(data):
            return  # torn
        yield flags, granule, serial, sequence, lacing, data[body:at]


def streams(data, strict=True):
    """The logical streams of a physical one. `strict`: numbered without a hole, and in order."""
    found = []
    unfinished = b""
    for flags, granule, serial, sequence, lacing, body in _pages(data):
        if flags & 2:
            found.append(Stream(serial))
            expected, unfinished = sequence, b""
        stream = found[-1]
        if strict:
            assert serial == stream.serial and sequence == expected and not stream.ended
        torn = bool(flags & 1) and (not unfinished or sequence != expected)
        expected = sequence + 1
        packet = unfinished if flags & 1 else b""
        unfinished = b""
        for length in lacing:
            packet, body = packet + body[:length], body[length:]
            if length < 255:
                if not torn:
                    stream.packets.append(packet)
                packet, torn = b"", False
        if lacing and lacing[-1] == 255 and not torn:
            unfinished = packet
        if granule >= 0:
            stream.granules.append(granule)
        stream.ended = bool(flags & 4)
    if strict:
        assert len({stream.serial for stream in found}) == len(found)
    return found
