# SPDX-License-Identifier: MIT
"""Sound from real encoders, in the forms that stations send."""

import dataclasses
import subprocess

from harness.frames import adts_frame_length


def run(command, **options):
    """What the program says on standard output."""
    done = subprocess.run(command, capture_output=True, timeout=60, **options)
    assert done.returncode == 0, (command, done.stderr[-2000:])
    return done.stdout


@dataclasses.dataclass
class Encoders:
    """Each makes so many seconds of noise, which never repeats."""
    folder: object
    seconds: float

    def _noise(self, rate, channels):
        file = self.folder / f"noise-{rate}-{channels}-{self.seconds:.3f}.wav"
        if not file.exists():
            run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                 f"anoisesrc=d={self.seconds}:c=pink:r={rate}:a=0.3:seed={rate}",
                 "-ac", str(channels), file])
        return file

    def lame(self, rate, *options, channels=2):
        # To a file: it comes back to the table at its beginning.
        file = self.folder / "lame.mp3"
        run(["lame", "--quiet", *options, self._noise(rate, channels), file])
        return file.read_bytes()

    def twolame(self, rate, *options):
        return run(["twolame", "--quiet", *options, self._noise(rate, 2), "-"])

    def ffmpeg(self, rate, *options, channels=2):
        return run(["ffmpeg", "-v", "error", "-i", self._noise(rate, channels), *options, "-"])

    def aac(self, rate, kbps, channels=2):
        return self.ffmpeg(rate, "-c:a", "aac", "-b:a", f"{kbps}k", "-f", "adts",
                           channels=channels)


def adts_frames(data):
    frames = []
    at = 0
    while at < len(data):
        frames.append(data[at : at + adts_frame_length(data, at)])
        at += len(frames[-1])
    return frames


def gather_blocks(data, blocks, checked):
    """The same AAC with so many raw blocks behind each header. Checksums are room only."""
    made = b""
    frames = adts_frames(data)
    for first in range(0, len(frames), blocks):
        group = [frame[7:] + b"\0\0" * checked for frame in frames[first : first + blocks]]
        places = b""
        if checked:
            ends = [sum(map(len, group[: n + 1])) for n in range(len(group) - 1)]
            places = b"".join(end.to_bytes(2, "big") for end in ends) + b"\0\0"
        size = 7 + len(places) + sum(map(len, group))
        header = bytearray(frames[first][:7])
        header[1] = header[1] & 0xFE | (not checked)
        header[3] = header[3] & 0xFC | size >> 11
        header[4] = size >> 3 & 0xFF
        header[5] = (size & 7) << 5 | header[5] & 0x1F
        header[6] = header[6] & 0xFC | len(group) - 1
        made += bytes(header) + places + b"".join(group)
    return made


def ape_tag(title):
    """Of version 2, with a header and a footer."""
    item = len(title).to_bytes(4, "little") + bytes(4) + b"Title\0" + title

    def block(flags):
        numbers = (2000, len(item) + 32, 1, flags)
        return b"APETAGEX" + b"".join(n.to_bytes(4, "little") for n in numbers) + bytes(8)

    return block(0xA0000000) + item + block(0x80000000)
