# SPDX-License-Identifier: MIT
"""Listeners and clients that go on while something happens to the server."""

import contextlib
import http.client
import socket
import threading
import time


class Listener:
    """Hears /live, as a player that never lets go; `received` is all that it got."""

    def __init__(self, port, path, bytes_per_second=None):
        self.received = bytearray()
        self.ended = None  # why, once it has
        self._pause = 0.05 if bytes_per_second else 0
        self._take = int(bytes_per_second * self._pause) if bytes_per_second else 65536
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.local_port = self._socket.getsockname()[1]
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            got = self._socket.recv(4096)
            assert got, f"no answer but {head}"
            head += got
        self.head, rest = head.split(b"\r\n\r\n", 1)
        assert self.head.startswith(b"HTTP/1.1 200"), self.head + b"\r\n\r\n" + rest
        self.received += rest
        self._closing = False
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def _hear(self):
        while not self._closing:
            try:
                got = self._socket.recv(self._take)
            except OSError as error:
                self.ended = self.ended or f"{error}"
                return
            if not got:
                self.ended = "the server closed"
                return
            self.received += got
            if self._pause:
                time.sleep(self._pause)  # a slow player, not a wait

    def finish(self):
        """Until the server ends it."""
        self._thread.join(60)
        assert not self._thread.is_alive(), "the answer did not end"
        return bytes(self.received)

    def close(self):
        self._closing = True
        with contextlib.suppress(OSError):  # the server may have closed
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()


class Client:
    """Asks for a path again and again on connections that it keeps; a connection that the server
    ends between two answers, after announcing it, is opened anew. `connections`: so many so far."""

    def __init__(self, port, path="/heartbeat", pause=0.0):
        self.answers = 0
        self.failures = []
        self.connections = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask, args=(port, path, pause), daemon=True)
        self._thread.start()

    def _ask(self, port, path, pause):
        connection = None
        while not self._end.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                    self.connections += 1
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(f"{answer.status}")
                if answer.will_close:
                    connection = None
                self.answers += 1
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection = None
            self._end.wait(pause)

    def close(self):
        self._end.set()
        self._thread.join(30)
