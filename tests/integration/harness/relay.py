# SPDX-License-Identifier: MIT
"""A line, mostly between Aircheck and a station or a cloud, that can be cut, can stall and can be
slow."""

import contextlib
import socket
import threading

from harness.servers import Acceptor


class Relay:
    """Forwards connections to a port of this machine. What has been sent arrives before a cut."""

    def __init__(self, port, bytes_per_second=None):
        self.asked = []  # what clients have sent, piece by piece
        self._port = port
        self._lock = threading.Lock()
        self._lines = []
        self._cut_after = (None, None)
        self._pace = bytes_per_second
        self._stalls_later = False
        self.connections = 0
        self._acceptor = Acceptor(self._connect)
        self.port = self._acceptor.port

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

    def cut_after(self, up=None, down=None):
        """From now on connections end when so many bytes have gone to the server, or have come
        from it. None: they do not."""
        self._cut_after = (up, down)

    def pace(self, bytes_per_second):
        """From now on connections carry no more in each direction. None: as fast as it goes."""
        self._pace = bytes_per_second

    def stall(self, later=False):
        """The connections there are bring nothing any more, and do not end; `later`: nor do those
        that come until they may flow again."""
        self._stalls_later = later
        with self._lock:
            for line in self._lines:
                line.stalled.set()

    def flow(self):
        """Connections that come now bring what they should."""
        self._stalls_later = False

    def refuse(self):
        """Ends the connections there are and refuses others."""
        self._acceptor.close()
        self.cut()

    def accept(self):
        """Again."""
        self._acceptor = Acceptor(self._connect, self._acceptor.port)

    def _connect(self, client):
        line = _Line(client, socket.create_connection(("127.0.0.1", self._port)),
                     self.asked, self._cut_after, self._pace, self._stalls_later)
        with self._lock:
            self.connections += 1
            self._lines.append(line)

    def close(self):
        self._acceptor.close()
        self.cut()


class _Line:
    def __init__(self, client, server, asked, cut_after, pace, stalled):
        self._client, self._server = client, server
        self._pace = pace
        self.stalled = threading.Event()
        if stalled:
            self.stalled.set()
        self._ended = threading.Event()
        up, down = cut_after
        for pump in ((client, server, up, asked.append), (server, client, down, None)):
            threading.Thread(target=self._pump, args=pump, daemon=True).start()

    def _pump(self, source, sink, cut_after, tell):
        left = cut_after
        with contextlib.suppress(OSError):
            while left != 0 and (data := source.recv(self._at_once(left))):
                if tell:
                    tell(data)
                if tell or not self.stalled.is_set():
                    sink.sendall(data)
                if left is not None:
                    left -= len(data)
                if self._pace:
                    self._ended.wait(len(data) / self._pace)
        if not self.stalled.is_set():
            self.end()

    def _at_once(self, left):
        size = 65536 if self._pace is None else max(1, self._pace // 10)
        return size if left is None else min(size, left)

    def is_open(self):
        return self._client.fileno() >= 0

    def end(self):
        self._ended.set()
        for side in (self._client, self._server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()
