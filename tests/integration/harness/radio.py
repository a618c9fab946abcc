# SPDX-License-Identifier: MIT
"""A station on the air, and what an uninterrupted listener heard of it."""

import contextlib
import subprocess

import radio_station
from harness import DEPLOY, sound
from harness.wait import wait_for

BITRATES = {"mp3": 128, "aac": 64}


def wait_on_air(icecast, *mounts):
    """A machine that has just started reads its programs from a cold disk first."""
    for mount in mounts:
        try:
            wait_for(mount.is_on_air, 45, f"{mount.path} on the air")
        except AssertionError:
            print(f"--- log of icecast2\n{icecast.log()[-4000:]}")
            raise


class Radio:
    """icecast2 with the speaking clock as MP3 and AAC, so many kbit/s each."""

    def __init__(self, burst_size=65536, bitrates=None):
        self.port = radio_station.free_port()
        self.burst_size = burst_size
        self.icecast = radio_station.Icecast(
            self.port, burst_size, queue_size=max(524288, 2 * burst_size))
        self._bitrates = bitrates or BITRATES
        self._source = None

    def start(self):
        self.icecast.start()
        command = [DEPLOY / "speaking-clock", "--no-server", "--port", str(self.port)]
        for mount in self.mounts():
            command += ["--mount", mount.path, "--codec", mount.codec,
                        "--bitrate", str(mount.bitrate)]
        self._source = radio_station.start(command, stdout=subprocess.DEVNULL)
        self.wait_until_on_air()

    def wait_until_on_air(self):
        wait_on_air(self.icecast, *self.mounts())

    def mounts(self):
        return [radio_station.Mount(self.port, f"/clock.{codec}", codec, bitrate)
                for codec, bitrate in self._bitrates.items()]

    def url(self, codec):
        return f"http://127.0.0.1:{self.port}/clock.{codec}"

    def references(self, folder):
        return {codec: Reference(self.url(codec), codec, folder / f"reference.{codec}")
                for codec in self._bitrates}

    def close(self):
        if self._source:
            assert radio_station.stop(self._source) == 0, "the speaking clock did not end in order"
        self.icecast.close()


class Reference:
    """curl's uninterrupted recording of a mount: what was broadcast, byte for byte."""

    def __init__(self, url, codec, file):
        self.file = file
        self._codec = codec
        self._curl = radio_station.start(["curl", "-sSN", "-o", file, url])
        wait_for(lambda: self._size() > 0, 10, "the reference's first bytes")

    def _size(self):
        with contextlib.suppress(FileNotFoundError):
            return self.file.stat().st_size
        return 0

    def is_cut_off(self):
        return self._curl.poll() is not None

    def frames(self):
        """All frames, of Ogg packets, broadcast up to now."""
        assert not self.is_cut_off(), "the reference listener was cut off"
        return sound.of_broadcast(self.file.read_bytes(), self._codec)

    def close(self):
        radio_station.stop(self._curl)
