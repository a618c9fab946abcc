# SPDX-License-Identifier: MIT
"""Stations that send frames of their choice to each listener, at the pace of a broadcast."""

import itertools
import threading
import time

from harness.encoders import noise_file
from harness.frames import SECONDS, split
from harness.servers import RawServer


def made_frames(file, seconds, seed):
    return split(noise_file(file, seconds, seed).read_bytes(), "mp3")


class PacedServer:
    """Sends frame number n, to all at the same time, as `frame(listener, n)` says it."""

    def __init__(self, frame, burst_frames=140, burst_parts=1):
        self._frame = frame
        self._burst_frames = burst_frames
        self._burst_parts = burst_parts  # in which the burst comes, a twentieth of a second apart
        self._listener = itertools.count()
        self._began = time.monotonic()
        self._server = RawServer(self._serve)
        self.url = self._server.url
        self.port = self._server.port

    def _now(self):
        return int((time.monotonic() - self._began) / SECONDS["mp3"]) + self._burst_frames

    def _serve(self, client):
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
        listener = next(self._listener)
        at = self._now() - self._burst_frames
        tick = threading.Event()
        for part in itertools.count(1):
            until = self._now()
            if part < self._burst_parts:
                until = min(until, at + self._burst_frames // self._burst_parts)
            client.sendall(b"".join(self._frame(listener, n) for n in range(at, until)))
            at = until
            tick.wait(0.05)

    def close(self):
        self._server.close()


class AdvertisingServer(PacedServer):
    """The programme for all, but every listener hears advertisements of his own between."""

    TURN_FRAMES = 230  # six seconds; every other turn is advertisements

    def __init__(self, folder, seconds, burst_frames=140):
        self._programme = made_frames(folder / "programme.mp3", seconds, 1)
        self._advertisements = made_frames(folder / "advertisements.mp3", 60, 2)
        super().__init__(self._frame_for, burst_frames)

    def _frame_for(self, listener, number):
        if self.is_programme(number):
            return self._programme[number % len(self._programme)]
        own = (listener * 997 + number) % len(self._advertisements)
        return self._advertisements[own]

    def is_programme(self, number):
        return number // self.TURN_FRAMES % 2 == 0

    def programme_in(self, frames):
        """Which frames of the programme these hold, by number."""
        numbers = {frame: number for number, frame in enumerate(self._programme)}
        return [numbers[frame] for frame in frames if frame in numbers]
