# SPDX-License-Identifier: MIT
"""A station on the air, and what an uninterrupted listener heard of it."""

import contextlib
import subprocess

import radio_station
from harness import DEPLOY
from harness.frames import split
from harness.wait import wait_for

MOUNTS = {"mp3": ("/clock.mp3", 128), "aac": ("/clock.aac", 64)}


def wait_on_air(icecast, *mounts):
    """A machine that has just started reads its programs from a cold disk first."""
    for mount in mounts:
        try:
            wait_for(mount.is_on_air, 45, f"{mount.path} on the air")
        except AssertionError:
            print(f"--- log of icecast2\n{icecast.log()[-4000:]}")
            raise


class Radio:
    """icecast2 with the speaking clock as MP3 at 128 and AAC at 64 kbit/s."""

    def __init__(self, burst_size=65536):
        self.port = radio_station.free_port()
        self.icecast = radio_station.Icecast(self.port, burst_size)
        self._source = None

    def start(self):
        self.icecast.start()
        command = [DEPLOY / "speaking-clock", "--no-server", "--port", str(self.port)]
        for codec, (path, bitrate) in MOUNTS.items():
            command += ["--mount", path, "--codec", codec, "--bitrate", str(bitrate)]
        self._source = radio_station.start(command, stdout=subprocess.DEVNULL)
        self.wait_until_on_air()

    def wait_until_on_air(self):
        wait_on_air(self.icecast, *map(self.mount, MOUNTS))

    def mount(self, codec):
        path, bitrate = MOUNTS[codec]
        return radio_station.Mount(self.port, path, codec, bitrate)

    def url(self, codec):
        return self.mount(codec).url

    def close(self):
        if self._source:
            assert radio_station.stop(self._source) == 0, "the speaking clock did not end in order"
        self.icecast.close()


class Reference:
    """curl's uninterrupted recording of a mount: what was broadcast, byte for byte."""

    def __init__(self, radio, codec, folder):
        self._codec = codec
        self._file = folder / f"reference.{codec}"
        self._curl = radio_station.start(
            ["curl", "-sSN", "-o", str(self._file), radio.url(codec)])
        wait_for(lambda: self._size() > 0, 10, "the reference's first bytes")

    def _size(self):
        with contextlib.suppress(FileNotFoundError):
            return self._file.stat().st_size
        return 0

    def frames(self):
        """All frames broadcast up to now."""
        assert self._curl.poll() is None, "the reference listener was cut off"
        return split(self._file.read_bytes(), self._codec)

    def close(self):
        radio_station.stop(self._curl)
