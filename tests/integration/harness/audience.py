# SPDX-License-Identifier: MIT
"""Listeners and a client who stay while processes are killed. They may only be cut off by the end
of the web worker that serves them."""

import threading
import time

from harness.load import Client, Listener
from harness.population import socket_inode

GRACE = 3  # seconds in which a death gets about


class Harm:
    """Done to a web worker. What it brings about ends a moment after that process."""

    def __init__(self, process):
        self._process = process
        self._gone = None

    def is_felt(self):
        if self._gone is None and not self._process.is_alive():
            self._gone = time.monotonic()
        return self._gone is None or time.monotonic() < self._gone + GRACE


class Seat:
    """One listener after the other, each as long as it is not cut off."""

    def __init__(self, station, port, failures):
        self.station = station
        self.heard = []  # what each one heard
        self._port = port
        self._failures = failures
        self._listener = None
        self._harms = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._end.is_set():
            try:
                self._listener = Listener(self._port, f"/{self.station}/live/-3s")
            except (OSError, AssertionError):
                self._end.wait(0.2)  # the client has something to say to that
                continue
            if b" 200 " in self._listener.head[:20]:
                self._hear(self._listener)
                self.heard.append(bytes(self._listener.received))
            self._listener.close()
            self._end.wait(0.2)

    def _hear(self, listener):
        while listener.ended is None and not self._end.wait(0.05):
            pass
        if listener.ended is not None and not any(harm.is_felt() for harm in self._harms):
            self._failures.append((time.monotonic(),
                                   f"a listener of {self.station} was cut off: {listener.ended}"))

    def is_served_by(self, process):
        listener = self._listener
        if listener is None or listener.ended is not None:
            return False
        inode = socket_inode(self._port, listener.local_port)
        return inode is not None and process.holds_socket(inode)

    def forgive(self, harm):
        self._harms = [each for each in self._harms if each.is_felt()] + [harm]

    def close(self):
        self._end.set()
        self._thread.join(40)


class Audience:
    def __init__(self, instance, stations, web_workers):
        self.failures = []  # (monotonic time, what)
        self._web_workers = web_workers
        self._client = Client(instance.port, pause=0.1)
        self._seats = [Seat(station, instance.port, self.failures) for station in stations]
        self._harms = []
        self._seen = 0

    def expect_harm_to(self, process, population):
        """Just before it is done. Connections on their way from one process to another are in
        nobody's hands."""
        if process.role != "webapi":
            return
        harm = Harm(process)
        self._harms = [each for each in self._harms if each.is_felt()] + [harm]
        moving = sum(each.role == "webapi" for each in population) > self._web_workers
        for seat in self._seats:
            if moving or seat.is_served_by(process):
                seat.forgive(harm)

    def look(self):
        """Often: a failure is only forgiven while the harm is felt."""
        fresh = self._client.failures[self._seen:]
        self._seen += len(fresh)
        if not any([harm.is_felt() for harm in self._harms]):
            self.failures += [(time.monotonic(), f"a request failed: {each}") for each in fresh]

    @property
    def answers(self):
        return self._client.answers

    def close(self):
        """Answers {station: what each of its listeners heard}."""
        for each in (*self._seats, self._client):
            each.close()
        self.look()
        return {seat.station: seat.heard for seat in self._seats}
