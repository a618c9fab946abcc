# SPDX-License-Identifier: MIT
"""The sound of the speaking clock, second by second: voice, ticks, bed and coded clock.

Standard library only; espeak-ng speaks and ffmpeg filters the voice, ten seconds ahead of time.
"""

import array
import concurrent.futures
import datetime
import math
import operator
import random
import subprocess
import zoneinfo

import clock_code

RATE = 44100
ANNOUNCE_EVERY = 10  # seconds
# Two loops of noise whose lengths have no common factor: their sum does not repeat for weeks, so
# that no two codec frames of the station are ever the same.
BED_LENGTHS = (314159, 271829)
BED_AMPLITUDE = 260
TICK_AMPLITUDE = 2500
VOICE_LOWPASS = "lowpass=f=3800,lowpass=f=3800,volume=0.7"  # leaves the coded clock's band free


def spoken(unix_second, zone):
    """What the voice says at this second."""
    now = datetime.datetime.fromtimestamp(unix_second, zone)
    if now.minute == 0:
        minute = "o'clock"
    else:
        minute = f"oh {now.minute}" if now.minute < 10 else str(now.minute)
    second = "exactly" if now.second == 0 else f"and {now.second} seconds"
    return f"{now.hour}, {minute}, {second}"


def _say(text):
    """16-bit mono PCM of a voice that says `text`; silence where there is no voice to be had."""
    try:
        wav = subprocess.run(
            ["espeak-ng", "-v", "en-us", "-s", "150", "--stdout", text],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
        ).stdout
        command = ["ffmpeg", "-v", "error", "-i", "-", "-af", VOICE_LOWPASS]
        raw = subprocess.run(
            [*command, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"],
            input=wav, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return array.array("h")
    pcm = array.array("h")
    pcm.frombytes(raw[: len(raw) // 2 * 2])
    return pcm


def _noise(length, seed):
    """Low-passed noise, as of rain far away."""
    chance = random.Random(seed)
    level = 0.0
    pcm = array.array("h")
    for _ in range(length):
        level += 0.06 * (chance.uniform(-1, 1) - level)
        pcm.append(round(level * BED_AMPLITUDE * 8))
    return pcm


def _tick():
    length = RATE // 50
    return array.array("h", (
        round(TICK_AMPLITUDE * math.exp(-6 * n / length) * math.sin(2 * math.pi * 1000 * n / RATE))
        for n in range(length)
    ))


def _mix(onto, at, pcm):
    """Adds `pcm` to `onto` from sample `at` on, as far as there is room. Answers what is left."""
    room = min(len(pcm), len(onto) - at)
    onto[at : at + room] = array.array("h", map(operator.add, onto[at : at + room], pcm[:room]))
    return pcm[room:]


class ClockSound:
    """Makes the seconds in any order they are asked for, in order as fast as 50 times real time."""

    def __init__(self, timezone="UTC"):
        self._zone = zoneinfo.ZoneInfo(timezone)
        self._code = clock_code.Encoder(RATE)
        self._tick = _tick()
        self._beds = [_noise(length, seed) for seed, length in enumerate(BED_LENGTHS)]
        self._position = random.randrange(1 << 32)
        self._voice = array.array("h")  # what is still to be said
        self._speaker = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        self._coming = {}  # Unix second: future of PCM

    def prepare(self, unix_second):
        """Has the announcement at or after this second spoken in the background; its future."""
        due = -(-unix_second // ANNOUNCE_EVERY) * ANNOUNCE_EVERY
        if due not in self._coming:
            self._coming = {due: self._speaker.submit(_say, spoken(due, self._zone))}
        return self._coming[due]

    def second(self, unix_second):
        """One second of 16-bit mono PCM at RATE."""
        pcm = self._bed(0)
        _mix(pcm, 0, self._bed(1))
        self._position += RATE
        _mix(pcm, 0, self._code.second(unix_second))
        _mix(pcm, 0, self._tick)
        if unix_second % ANNOUNCE_EVERY == 0:
            speech = self._coming.pop(unix_second, None)
            # A voice that is not ready in time is left out: the clock does not wait for it.
            self._voice = speech.result() if speech and speech.done() else array.array("h")
        if unix_second % ANNOUNCE_EVERY == 3:
            self.prepare(unix_second)
        self._voice = _mix(pcm, 0, self._voice)
        return pcm

    def _bed(self, which):
        bed = self._beds[which]
        start = self._position % len(bed)
        pcm = bed[start : start + RATE]
        pcm.extend(bed[: RATE - len(pcm)])
        return pcm
