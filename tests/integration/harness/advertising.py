# SPDX-License-Identifier: MIT
"""A station whose advertisements differ from listener to listener."""

import itertools
import threading
import time

from harness.encoders import noise_file
from harness.frames import SECONDS, split
from harness.servers import RawServer


def _frames(file, seconds, seed):
    return split(noise_file(file, seconds, seed).read_bytes(), "mp3")


class AdvertisingServer:
    """The programme for all, but every listener hears advertisements of his own between."""

    TURN_FRAMES = 230  # six seconds; every other turn is advertisements
    BURST_FRAMES = 140

    def __init__(self, folder, seconds):
        self._programme = _frames(folder / "programme.mp3", seconds, 1)
        self._advertisements = _frames(folder / "advertisements.mp3", 60, 2)
        self._listener = itertools.count()
        self._began = time.monotonic()
        self._server = RawServer(self._serve)
        self.url = self._server.url
        self.port = self._server.port

    def now(self):
        return int((time.monotonic() - self._began) / SECONDS["mp3"]) + self.BURST_FRAMES

    def _frame(self, listener, number):
        if self.is_programme(number):
            return self._programme[number % len(self._programme)]
        own = (listener * 997 + number) % len(self._advertisements)
        return self._advertisements[own]

    def _serve(self, client):
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
        listener = next(self._listener)
        at = self.now() - self.BURST_FRAMES
        tick = threading.Event()
        while True:
            until = self.now()
            client.sendall(b"".join(self._frame(listener, n) for n in range(at, until)))
            at = until
            tick.wait(0.05)

    def is_programme(self, number):
        return number // self.TURN_FRAMES % 2 == 0

    def programme_in(self, frames):
        """Which frames of the programme these hold, by number."""
        numbers = {frame: number for number, frame in enumerate(self._programme)}
        return [numbers[frame] for frame in frames if frame in numbers]

    def close(self):
        self._server.close()
