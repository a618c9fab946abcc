# SPDX-License-Identifier: MIT
"""Cuts MP3 and ADTS streams into frames, independently of the code under test."""

MPEG1_LAYER3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MPEG1_RATES = (44100, 48000, 32000)


def mp3_frame_length(data, at):
    """Of the MPEG-1 layer III frame that begins at `at`; 0 if none does."""
    if len(data) - at < 4 or data[at] != 0xFF or data[at + 1] & 0xFE != 0xFA:
        return 0
    bitrate, rate = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if bitrate in (0, 15) or rate == 3:
        return 0
    return 144000 * MPEG1_LAYER3_KBPS[bitrate] // MPEG1_RATES[rate] + (data[at + 2] >> 1 & 1)


def adts_frame_length(data, at):
    """Of the ADTS frame that begins at `at`; 0 if none does."""
    if len(data) - at < 7 or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return 0
    length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    return length if length > 7 else 0


LENGTH = {"mp3": mp3_frame_length, "aac": adts_frame_length}
SECONDS = {"mp3": 1152 / 44100, "aac": 1024 / 44100}


def _chain(data, at, length, count):
    for _ in range(count):
        step = length(data, at)
        if not step or at + step > len(data):
            return False
        at += step
    return True


def split(data, codec):
    """The whole frames; a torn head and a torn tail are left out. Fails on damage in between."""
    length = LENGTH[codec]
    at = next((at for at in range(min(len(data), 1 << 16)) if _chain(data, at, length, 4)), None)
    if at is None:
        return []
    frames = []
    while (step := length(data, at)) and at + step <= len(data):
        frames.append(data[at : at + step])
        at += step
    assert len(data) - at < 4096, f"no frame at byte {at} of {len(data)}"
    return frames


def split_exactly(data, codec):
    """The frames of data that must hold whole frames and nothing else."""
    frames = split(data, codec)
    assert sum(map(len, frames)) == len(data), "begins or ends within a frame"
    return frames


def find_run(part, whole):
    """Where the frames `part` stand, one after the other, in `whole`; fails if they do not."""
    assert part, "no frames"
    starts = [n for n, frame in enumerate(whole) if frame == part[0]]
    for start in starts:
        if whole[start : start + len(part)] == part:
            return start
    assert starts, "the first frame was never broadcast"
    start = starts[0]
    wrong = next(
        n for n in range(len(part)) if start + n >= len(whole) or part[n] != whole[start + n])
    raise AssertionError(
        f"frame {wrong} of {len(part)} differs from the broadcast's {start + wrong}"
        f" of {len(whole)}")
