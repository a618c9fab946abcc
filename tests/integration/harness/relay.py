# SPDX-License-Identifier: MIT
"""A line, mostly between Aircheck and a station, that can be cut and can stall."""

import contextlib
import socket
import threading

from harness.servers import Acceptor


class Relay:
    """Forwards connections to a port of this machine. What has been sent arrives before a cut."""

    def __init__(self, port, bytes_per_second=None):
        """On a slow line each connection brings so much."""
        self.asked = []  # what clients have sent, piece by piece
        self._port = port
        self._bytes_per_second = bytes_per_second
        self._lock = threading.Lock()
        self._lines = []
        self._acceptor = Acceptor(self._connect)

    def url(self, url):
        """The same path through here."""
        return url.replace(f":{self._port}/", f":{self._acceptor.port}/")

    def cut(self):
        """Ends the connections there are. Answers how many."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            line.end()
        return len(lines)

    def stall(self):
        """The connections there are bring nothing any more, and do not end."""
        with self._lock:
            for line in self._lines:
                line.stalled.set()

    def refuse(self):
        """Ends the connections there are and refuses others."""
        self._acceptor.close()
        self.cut()

    def accept(self):
        """Again."""
        self._acceptor = Acceptor(self._connect, self._acceptor.port)

    def _connect(self, client):
        line = _Line(client, socket.create_connection(("127.0.0.1", self._port)), self.asked,
                     self._bytes_per_second)
        with self._lock:
            self._lines.append(line)

    def close(self):
        self._acceptor.close()
        self.cut()


class _Line:
    def __init__(self, client, server, asked, bytes_per_second):
        self._client, self._server = client, server
        self._asked, self._bytes_per_second = asked, bytes_per_second
        self.stalled = threading.Event()
        for pump in (self._ask, self._answer):
            threading.Thread(target=pump, daemon=True).start()

    def _ask(self):
        with contextlib.suppress(OSError):
            while data := self._client.recv(65536):
                self._asked.append(data)
                self._server.sendall(data)
        self._over()

    def _answer(self):
        pace = threading.Event()
        with contextlib.suppress(OSError):
            while data := self._server.recv(4096 if self._bytes_per_second else 65536):
                if self.stalled.is_set():
                    continue
                self._client.sendall(data)
                if self._bytes_per_second:
                    pace.wait(len(data) / self._bytes_per_second)
        self._over()

    def _over(self):
        if not self.stalled.is_set():
            self.end()

    def is_open(self):
        return self._client.fileno() >= 0

    def end(self):
        for side in (self._client, self._server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()
