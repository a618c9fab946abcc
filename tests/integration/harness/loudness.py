# SPDX-License-Identifier: MIT
"""Sound of known loudness, and what other decoders than ours make of it."""

import array
import itertools
import math
import subprocess

from harness.encoded import run

RATE = 48000
QUIETEST = -127.0
UNKNOWN = 255
# Samples at the beginning that have their time in the stream, but that these decoders leave out: Opus'
# pre-skip, and a part of Vorbis' first block.
LEFT_OUT = {"opus": 312, "vorbis": 512}

# What is spoken, tones at known levels, noise that swells, and silence; nine seconds and more.
SPEECH = "At the third stroke, it will be twenty thirty and ten seconds, precisely."
PARTS = (
    "sine=f=440:r=48000:d=1.5,volume={tone20}dB",
    "sine=f=440:r=48000:d=1.5,volume={tone40}dB",
    "anullsrc=r=48000:cl=mono:d=2",
    "anoisesrc=c=pink:a=0.4:r=48000:d=4:seed=7,volume='0.03+mod(t,2)/2':eval=frame",
)

ENCODERS = {
    "mp3": ("mp3", ["-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version",
                    "0", "-f", "mp3"]),
    "mp3-lsf": ("mp3", ["-ar", "22050", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "48k",
                        "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"]),
    "mp2": ("mp3", ["-c:a", "mp2", "-b:a", "192k", "-f", "mp2"]),
    "aac": ("aac", ["-c:a", "aac", "-b:a", "96k", "-f", "adts"]),
    "opus": ("opus", ["-c:a", "libopus", "-b:a", "64k", "-f", "ogg"]),
    "vorbis": ("ogg", ["-c:a", "libvorbis", "-q:a", "3", "-f", "ogg"]),
    "flac": ("oga", ["-c:a", "flac", "-sample_fmt", "s16", "-f", "ogg"]),
}


def make_sound(folder):
    """A stereo WAV of all the above."""
    speech = folder / "speech.wav"
    run(["espeak-ng", "-w", speech, SPEECH])
    # FFmpeg's sine has a peak of an eighth: -18.06 dBFS, and an RMS 3.01 dB below that.
    parts = [part.format(tone20=-20 + 21.07, tone40=-40 + 21.07) for part in PARTS]
    graph = "".join(f"{part}[p{n}];" for n, part in enumerate(parts))
    graph += f"[0:a]aresample={RATE}[speech];[speech]"
    graph += "".join(f"[p{n}]" for n in range(len(parts)))
    graph += f"concat=n={len(parts) + 1}:v=0:a=1,pan=stereo|c0=c0|c1=0.5*c0"
    sound = folder / "sound.wav"
    run(["ffmpeg", "-v", "error", "-y", "-i", speech, "-filter_complex", graph, sound])
    return sound


def encode(sound, name, turns=1):
    """The extension of its files, and the sound in that form, so many times over."""
    extension, options = ENCODERS[name]
    data = run(["ffmpeg", "-v", "error", "-stream_loop", str(turns - 1), "-i", sound, *options, "-"])
    return extension, data


def decoded(file, name):
    """PCM of 32 bit, channels and rate, by a decoder that is not libavcodec where there is one."""
    tools = {
        "mp3": ["mpg123", "-q", "--no-gapless", "-w", "-", file],
        "mp3-lsf": ["mpg123", "-q", "--no-gapless", "-w", "-", file],
        "mp2": ["mpg123", "-q", "--no-gapless", "-w", "-", file],
        "opus": ["opusdec", "--quiet", file, "-"],
        "vorbis": ["oggdec", "-Q", "-o", "-", file],
        "flac": ["flac", "-s", "-d", "--ogg", "-c", file],
    }
    source = ["-i", file]
    given = None
    if name in tools:
        given = subprocess.run(tools[name], capture_output=True, timeout=60, check=True).stdout
        source = ["-i", "-"]
        if given[:4] != b"RIFF":  # opusdec
            source = ["-f", "s16le", "-ar", "48000", "-ac", "2", *source]
    channels, rate = (1, 22050) if name == "mp3-lsf" else (2, RATE)
    pcm = run(["ffmpeg", "-v", "error", *source, "-f", "f32le", "-ac", str(channels), "-ar",
               str(rate), "-"], input=given)
    samples = array.array("f", bytes(4 * channels * LEFT_OUT.get(name, 0)))
    samples.frombytes(pcm)
    return samples, channels, rate


def levels(samples, channels, rate):
    """dBFS of each tenth of a second, over all channels."""
    found = []
    for number in itertools.count():
        begin = number * rate // 10 * channels
        end = (number + 1) * rate // 10 * channels
        if begin >= len(samples):
            return found
        part = samples[begin:end]
        power = sum(sample * sample for sample in part) / len(part)
        found.append(max(QUIETEST, 10 * math.log10(power)) if power > 0 else QUIETEST)


def correlation(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return both / math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
