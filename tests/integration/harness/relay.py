# SPDX-License-Identifier: MIT
"""A line between Aircheck and a station that can be cut and can stall."""

import contextlib
import socket
import threading

from harness.servers import Acceptor


class Relay:
    """Forwards connections to a port of this machine. What has been sent arrives before a cut."""

    def __init__(self, port):
        self._port = port
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
        line = _Line(client, socket.create_connection(("127.0.0.1", self._port)))
        with self._lock:
            self._lines.append(line)

    def close(self):
        self._acceptor.close()
        self.cut()


class _Line:
    def __init__(self, client, server):
        self._client, self._server = client, server
        self.stalled = threading.Event()
        threading.Thread(target=self._pump, args=(client, server), daemon=True).start()
        threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source, sink, stallable=False):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not (stallable and self.stalled.is_set()):
                    sink.sendall(data)
        if not self.stalled.is_set():
            self.end()

    def is_open(self):
        return self._client.fileno() >= 0

    def end(self):
        for side in (self._client, self._server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()
