# SPDX-License-Identifier: MIT
"""The coded clock: the time of day as quiet tones in the sound, so that a program can hear it.

At the start of each second the Unix second goes out as twelve symbols of 60 ms, eight that carry
its 32 bits and four that carry their CRC-16, most significant first. A symbol is one of sixteen
tones, 5000 to 8000 Hz: above the voice, below what 64 kbit/s AAC cuts off. All tones are multiples
of 200 Hz, so each has a whole number of periods in 5 ms, and sums over such blocks keep the phase.

Standard library only. `clock_code.py --self-test` sends the code through real encoders.
"""

import array
import binascii
import math
import operator
import subprocess
import sys

SYMBOL_SECONDS = 0.060
SYMBOLS = 12
TONES = [5000 + 200 * k for k in range(16)]
RAMP_SECONDS = 0.004

DECODE_RATE = 24000  # Hz: what decode() expects
BLOCK = DECODE_RATE // 200  # samples in 5 ms
BLOCKS_PER_SYMBOL = round(SYMBOL_SECONDS * 200)
MIN_PURITY = 0.6  # of the energy in a symbol must be in its tone

# Seconds by which sound comes later out of a decoder than it went into the encoder.
CODEC_DELAY = {"mp3": 1105 / 44100, "aac": 1024 / 44100}


def symbols_of(unix_second):
    """The twelve numbers (0 to 15) that say this second."""
    data = (unix_second & 0xFFFFFFFF).to_bytes(4, "big")
    data += binascii.crc_hqx(data, 0xFFFF).to_bytes(2, "big")
    return [nibble for byte in data for nibble in (byte >> 4, byte & 15)]


class Encoder:
    """Makes the sound of the code: 16-bit mono PCM, 0.72 s a second."""

    def __init__(self, rate, amplitude=700):
        self._tones = [self._tone(hertz, rate, amplitude) for hertz in TONES]

    @staticmethod
    def _tone(hertz, rate, amplitude):
        count = round(SYMBOL_SECONDS * rate)
        ramp = round(RAMP_SECONDS * rate)
        pcm = array.array("h")
        for n in range(count):
            edge = min(n, count - 1 - n, ramp)
            gain = amplitude * 0.5 * (1 - math.cos(math.pi * edge / ramp))
            pcm.append(round(gain * math.sin(2 * math.pi * hertz * n / rate)))
        return pcm

    def second(self, unix_second):
        pcm = array.array("h")
        for symbol in symbols_of(unix_second):
            pcm.extend(self._tones[symbol])
        return pcm


def decode(pcm):
    """Finds the codes in `pcm` (array of 16-bit mono samples at DECODE_RATE).

    Answers [(sample at which the second begins, Unix second), ...], ascending. The position is
    good to about 3 ms, codec delay not counted.
    """
    sums = _prefix_sums(pcm)
    found = []
    last = len(sums[0]) - SYMBOLS * BLOCKS_PER_SYMBOL
    candidates = []
    for block in range(last):
        if hit := _try_at(sums, block):
            candidates.append((block, *hit))
    # Several neighbouring blocks decode; the purest one is where the code begins.
    while candidates:
        near = [c for c in candidates if c[0] - candidates[0][0] < 100 and c[2] == candidates[0][2]]
        best = max(near, key=lambda c: c[1])
        found.append((best[0] * BLOCK, best[2]))
        candidates = [c for c in candidates if c not in near]
    return found


def _prefix_sums(pcm):
    """For each tone the running sums, block by block, of the sound times a wave of that tone."""
    waves = []
    for hertz in TONES:
        angle = 2 * math.pi * hertz / DECODE_RATE
        waves.append([math.cos(angle * n) for n in range(BLOCK)])
        waves.append([math.sin(angle * n) for n in range(BLOCK)])
    totals = [0j] * len(TONES)
    sums = [[0j] for _ in TONES]
    for start in range(0, len(pcm) - BLOCK + 1, BLOCK):
        block = pcm[start : start + BLOCK]
        for tone in range(len(TONES)):
            totals[tone] += complex(
                sum(map(operator.mul, block, waves[2 * tone])),
                sum(map(operator.mul, block, waves[2 * tone + 1])),
            )
            sums[tone].append(totals[tone])
    return sums


def _try_at(sums, block):
    """(purity, second) if a whole code begins at this block, else None."""
    value = 0
    purity = 0.0
    for symbol in range(SYMBOLS):
        a = block + symbol * BLOCKS_PER_SYMBOL
        b = a + BLOCKS_PER_SYMBOL
        energies = [abs(tone[b] - tone[a]) ** 2 for tone in sums]
        strongest = max(energies)
        if strongest < MIN_PURITY * sum(energies) or strongest == 0:
            return None
        purity += strongest
        value = value << 4 | energies.index(strongest)
    second = value >> 16
    if binascii.crc_hqx(second.to_bytes(4, "big"), 0xFFFF) != value & 0xFFFF:
        return None
    return purity, second


def decode_file(path):
    """As decode(), of any file that ffmpeg reads: [(seconds from its start, Unix second), ...]."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(DECODE_RATE)]
    raw = subprocess.run(command + ["-f", "s16le", "-"], stdout=subprocess.PIPE, check=True).stdout
    pcm = array.array("h")
    pcm.frombytes(raw[: len(raw) // 2 * 2])
    return [(sample / DECODE_RATE, second) for sample, second in decode(pcm)]


def _self_test():
    import pathlib
    import tempfile

    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    from clock_sound import RATE, ClockSound

    first, seconds = 1795000003, 24
    sound = ClockSound()
    pcm = b""
    for second in range(first, first + seconds):
        assert sound.prepare(second).result(), "espeak-ng or ffmpeg is missing: no voice"
        pcm += sound.second(second).tobytes()
    raw = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    encoders = {
        "wav": [],
        "mp3": ["-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0"],
        "aac": ["-ac", "2", "-c:a", "aac", "-b:a", "64k"],
    }
    for extension, arguments in encoders.items():
        with tempfile.NamedTemporaryFile(suffix="." + extension) as file:
            command = ["ffmpeg", "-v", "error", "-y", *raw, *arguments, file.name]
            subprocess.run(command, input=pcm, check=True)
            found = decode_file(file.name)
        assert [second for _, second in found] == list(range(first, first + seconds)), (
            f"{extension}: {len(found)} of {seconds} seconds found"
        )
        errors = [at - (second - first) - CODEC_DELAY.get(extension, 0) for at, second in found]
        assert max(map(abs, errors)) <= 0.010, f"{extension}: off by {max(map(abs, errors)):.3f} s"
        print(f"{extension}: {seconds} seconds found, off by {max(map(abs, errors)) * 1000:.1f} ms")


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        _self_test()
    else:
        for position, unix in decode_file(sys.argv[1]):
            print(f"{position:.3f} {unix}")
