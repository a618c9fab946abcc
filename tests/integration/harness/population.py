# SPDX-License-Identifier: MIT
"""The processes of an instance, as the kernel tells of them: whoever is asked may be stopped."""

import contextlib
import dataclasses
import os
import pathlib
import signal

WORKERS = {"aircheck-downlo": "downloader", "aircheck-webapi": "webapi",
           "aircheck-pruner": "pruner", "aircheck-loudne": "loudness"}  # as /proc/PID/comm abbreviates


@dataclasses.dataclass(frozen=True)
class Process:
    pid: int
    role: str
    name: str
    born: int  # clock ticks since the machine's start

    def folder(self):
        return pathlib.Path(f"/proc/{self.pid}")

    def _status(self):
        return self.folder().joinpath("stat").read_text().rpartition(")")[2].split()

    def is_alive(self):
        """Zombies are not, nor is another one with its number."""
        with contextlib.suppress(OSError):
            status = self._status()
            return status[0] not in "ZX" and int(status[19]) == self.born
        return False

    def send(self, number):
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.is_alive():
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)

    def holds_socket(self, inode):
        with contextlib.suppress(OSError):
            for each in self.folder().joinpath("fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(each) == f"socket:[{inode}]":
                        return True
        return False


def _look_at(pid):
    folder = pathlib.Path(f"/proc/{pid}")
    program = folder.joinpath("comm").read_text().strip()
    words = folder.joinpath("cmdline").read_text().split("\0")
    born = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[19])
    if program == "aircheckd" and words[0].endswith("aircheckd") and "--check" not in words:
        return Process(pid, "supervisor", "supervisor", born)
    if program in WORKERS and "--name" in words:
        return Process(pid, WORKERS[program], words[words.index("--name") + 1], born)
    return None  # not executed yet, or no more


def processes_of(instance):
    """The oldest one first."""
    found = []
    for pid in instance.processes():
        with contextlib.suppress(OSError, ValueError):
            found.append(_look_at(pid))
    return sorted(filter(None, found), key=lambda each: (each.born, each.pid))


def socket_inode(server_port, client_port):
    """Of the server's end of a connection on the loopback interface; None if there is none."""
    wanted = [f"0100007F:{server_port:04X}", f"0100007F:{client_port:04X}"]
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1:3] == wanted and words[9] != "0":
            return words[9]
    return None
