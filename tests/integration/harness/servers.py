# SPDX-License-Identifier: MIT
"""Small servers that behave as stations in the field do, the bad ones too."""

import contextlib
import http.server
import os
import socket
import threading
import time


class WebServer:
    """Answers paths from a table: path -> (status, headers, body). Counts requests."""

    def __init__(self):
        self.pages = {}
        self.requests = []  # (monotonic time, path)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append((time.monotonic(), self.path))
                status, headers, body = outer.pages.get(self.path, (404, {}, b"no such station"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def count(self, path):
        return sum(1 for _, asked in self.requests if asked == path)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Acceptor:
    """Hands each connection to `on_client(socket)`, until it is closed."""

    def __init__(self, on_client, port=0):
        self._on_client = on_client
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._on_client(client)

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()


class RawServer:
    """Each connection is handed, request read, to `serve(socket)` in a thread of its own."""

    def __init__(self, serve):
        self._serve = serve
        self.requests = []
        self._acceptor = Acceptor(
            lambda client: threading.Thread(target=self._run, args=(client,), daemon=True).start())
        self.port = self._acceptor.port
        self.url = f"http://127.0.0.1:{self.port}/stream"

    def _run(self, client):
        with client:
            try:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(4096)
                self.requests.append(request)
                self._serve(client)
            except OSError:
                pass  # the client has left

    def close(self):
        self._acceptor.close()


def shoutcast(audio, titles, bytes_per_second, metaint=8192):
    """serve() of an old Shoutcast: `ICY 200 OK`, a title in each metadata block, then silence
    between blocks; the audio in turn, at about the pace of a broadcast."""

    def serve(client):
        client.sendall(f"ICY 200 OK\r\nicy-name:Old\r\ncontent-type:audio/mpeg\r\n"
                       f"icy-metaint:{metaint}\r\n\r\n".encode())
        blocks = iter(titles)
        tick = threading.Event()
        for at in range(0, len(audio) - metaint, metaint):
            title = next(blocks, None)
            text = b"" if title is None else b"StreamTitle='" + title + b"';"
            padded = text.ljust(-(-len(text) // 16) * 16, b"\0")
            client.sendall(audio[at : at + metaint] + bytes([len(padded) // 16]) + padded)
            tick.wait(metaint / bytes_per_second)

    return serve


def paced(parts, stay=True):
    """serve() that sends each of `parts`, (bytes, seconds), evenly within its time, and then
    nothing more until the client leaves; or leaves itself."""

    def serve(client):
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
        tick = threading.Event()
        began = time.monotonic()
        for data, seconds in parts:
            steps = max(1, round(seconds * 10))
            for step in range(steps):
                tick.wait(began + seconds * step / steps - time.monotonic())
                client.sendall(data[len(data) * step // steps : len(data) * (step + 1) // steps])
            began += seconds
        if stay:
            client.recv(1)

    return serve


def babble(client):
    """serve() of a server that says 200 and sends noise without end."""
    client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
    tick = threading.Event()
    while True:
        client.sendall(os.urandom(16384))
        tick.wait(0.1)
