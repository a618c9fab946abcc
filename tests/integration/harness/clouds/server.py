# SPDX-License-Identifier: MIT
"""What servers that are programs of their own have in common."""

import pathlib
import socket
import subprocess

import radio_station
from harness.wait import wait_for


class Server:
    """A program that listens on a port of the loopback interface. It keeps port and objects when
    it is stopped for a while."""

    keeps_conditions = True  # of PutIf, whoever else comes at the same time
    keeps_only_what_is_whole = True  # of uploads that lose their connection

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = radio_station.free_port()
        self._process = None

    def command(self):
        raise NotImplementedError

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._process = radio_station.start(
                self.command(), cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        # node reads some thousands of files first.
        wait_for(self.is_up, 60, f"{type(self).__name__}; its log: {self.log()[-2000:]}")

    def is_up(self):
        assert self._process.poll() is None, f"it has ended: {self.log()[-2000:]}"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self):
        if self._process:
            radio_station.stop(self._process)
            self._process = None

    close = stop
