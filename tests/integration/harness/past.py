# SPDX-License-Identifier: MIT
"""Recordings from days ago: files as a recorder leaves them, of which the catalog is made anew."""

import copy
import datetime
import os
import secrets

from harness.aircheck import run_tool
from harness.encoded import Encoders
from harness.frames import SECONDS, split_exactly


class Past:
    """Puts sound into an instance's storage, before it is started."""

    def __init__(self, instance, folder, seconds):
        self._instance = instance
        self._noise = Encoders(folder, seconds)
        self._sound = {}  # by codec: encoding takes its time

    def _sound_in(self, codec):
        if codec not in self._sound:
            self._sound[codec] = (self._noise.aac(44100, 64) if codec == "aac"
                                  else self._noise.lame(44100, "-b", "128", "-t"))
        return self._sound[codec]

    def into(self, instance):
        """The same sound, for another instance."""
        other = copy.copy(self)
        other._instance = instance
        return other

    def record(self, station, begin, seconds, codec="mp3", files=1):
        """One take of noise from `begin` on, in so many files. Answers its id."""
        frames = split_exactly(self._sound_in(codec), codec)[: round(seconds / SECONDS[codec])]
        return self.put(station, begin, frames, codec, files)

    def put(self, station, begin, frames, codec="mp3", files=1):
        """The same with these frames."""
        take = secrets.token_hex(6)
        step = -(-len(frames) // files)
        for first in range(0, len(frames), step):
            start = begin.timestamp() + first * SECONDS[codec]
            part = frames[first : first + step]
            self._write(station, take, start, start + len(part) * SECONDS[codec], codec, part)
        return take

    def _write(self, station, take, start, end, codec, frames):
        folder = self._instance.streams(station)
        folder.mkdir(parents=True, exist_ok=True)
        at = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
        name = f"{station}-{at:%Y%m%dT%H%M%SZ}-{take}"
        path = folder / f"{name}.{codec}"
        path.write_bytes(b"".join(frames))
        os.utime(path, (end, end))

    def make_known(self):
        done = run_tool("reindex", "--config", self._instance.config)
        assert done.returncode == 0, done.stderr
