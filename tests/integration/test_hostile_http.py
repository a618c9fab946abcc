# SPDX-License-Identifier: MIT
"""Requests that mean no good: each gets a clean refusal, and nothing else happens."""

import json
import os
import re
import socket
import time

import pytest
from harness.aircheck import Aircheck
from harness.wait import wait_for

LONG = 100_000
HEAD = "Host: localhost\r\nConnection: close\r\n"

PATHS = [
    "/../../etc/passwd", "/..", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd",
    "/clock/slices/../../../secret", "/clock/slices/..%2f..%2f..%2fsecret",
    "/clock/slices/%2e%2e%2f%2e%2e%2fsecret.mp3", "/clock/slices/..\\..\\secret",
    "/clock/slices/..%5c..%5csecret", "/clock/slices/%00", "/clock/slices/clock-202611202030_60.mp3%00.png",
    "/clock/slices//etc/passwd", "/clock/at/%2fetc%2fpasswd/1hr", "/clock/slices/%c0%ae%c0%ae/secret",
    "/clock/slices/%ff%fe", "/clock/at/%f0%28%8c%28/1hr", "/%zz", "/%", "/clock/at/%e2%80/1hr",
    "/clock/slices/' OR 1=1 --".replace(" ", "%20"), "/clock/at/1';DROP%20TABLE%20segment;--/1hr",
    "/clock'%20UNION%20SELECT%20*%20FROM%20segment/stats", "/clock/at/$(reboot)/1hr",
    "/clock/at/`reboot`/1hr", "/clock/at/|reboot/1hr",
    "/clock/at/now%0d%0aSet-Cookie:%20a=b/1hr", "/clock/at/now%0aX:%20y/1hr",
    "/clock/at/{{7*7}}/1hr", "/clock/at/-1min/%2d99999999999999999999hr",
    "/clock/slices/clock-999999999999_60.mp3", "/clock/slices/clock-202611202030_0.mp3",
    "/clock/slices/clock-202611202030_99999999999999999999.mp3", "/clock/live/-99999999999999999999h",
    "/clock/slices/" + "a" * 1500, "/" + "/".join("a" * 500), "/clock/at/-1min/1hr?%00",
    "/clock/at/-1min/1hr?info=%ff", "/clock//stats", "/clock/slices/", "*",
    "clock", "/" + "a" * LONG, "/clock/at/" + "%41" * 30_000 + "/1hr", "/?" + "a=b&" * 25_000,
]

REQUESTS = {
    "no request": b"\r\n\r\n",
    "noise": bytes(range(256)) * 4 + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/9": f"GET / HTTP/9.9\r\n{HEAD}\r\n".encode(),
    "NUL in the path": f"GET /clock/\0 HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "bytes in the path": b"GET /clock/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "NUL in a header": f"GET / HTTP/1.1\r\n{HEAD}X: a\0b\r\n\r\n".encode(),
    "bare LF": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "bare CR": f"GET / HTTP/1.1\r\n{HEAD}X: a\rY: b\r\n\r\n".encode(),
    "folded": f"GET / HTTP/1.1\r\n{HEAD}X: a\r\n b\r\n\r\n".encode(),
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a long header": f"GET / HTTP/1.1\r\n{HEAD}X: {'a' * LONG}\r\n\r\n".encode(),
    "a long name": f"GET / HTTP/1.1\r\n{HEAD}{'a' * LONG}: x\r\n\r\n".encode(),
    "many headers": f"GET / HTTP/1.1\r\n{HEAD}{'X: y' + chr(13) + chr(10)}".encode() * 3000,
    "a long method": f"{'A' * LONG} / HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "a strange method": f"BREW /heartbeat HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "TRACE": f"TRACE / HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "CONNECT": f"CONNECT localhost:22 HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "DELETE": f"DELETE /clock/stats HTTP/1.1\r\n{HEAD}\r\n".encode(),
    "a long body": f"POST / HTTP/1.1\r\n{HEAD}Content-Length: {LONG}\r\n\r\n".encode() + b"a" * LONG,
    "an endless body": f"POST / HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
                       + b"4000\r\n" + b"a" * 0x4000 + b"\r\n" * 1 + (b"4000\r\n" + b"a" * 0x4000 + b"\r\n") * 6,
}

SMUGGLED = {
    name: f"POST /heartbeat HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}".encode()
    for name, headers, body in [
        ("CL.TE", "Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG"),
        ("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 4", "5c\r\nGET /uuid HTTP/1.1\r\n"),
        ("two lengths", "Content-Length: 0\r\nContent-Length: 40", ""),
        ("the same length twice", "Content-Length: 0\r\nContent-Length: 0", ""),
        ("a list of lengths", "Content-Length: 0, 0", ""),
        ("a signed length", "Content-Length: +0", ""),
        ("a length in hex", "Content-Length: 0x10", ""),
        ("a space before the colon", "Content-Length : 40", ""),
        ("another coding", "Transfer-Encoding: identity", ""),
        ("chunked not last", "Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
        ("a wrong coding", "Transfer-Encoding: xchunked", "0\r\n\r\n"),
        ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        ("vertical tab", "Transfer-Encoding: \x0bchunked", "0\r\n\r\n"),
        ("a folded coding", "Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
        ("a chunk too long", "Transfer-Encoding: chunked", "ffffffffffffffffff\r\n"),
        ("a negative chunk", "Transfer-Encoding: chunked", "-1\r\n"),
        ("a chunk that goes on", "Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n"),
        ("bare LF in chunks", "Transfer-Encoding: chunked", "0\n\n"),
    ]
}


@pytest.fixture(scope="module")
def instance(radio):
    made = Aircheck({"clock": {"stream": radio.url("mp3")}})
    (made.folder / "secret").write_text("the canary sings")
    (made.folder / "secret.mp3").write_text("the canary sings")
    made.start()
    made.wait_recording("clock")
    yield made
    made.stop()
    made.close()


@pytest.fixture(autouse=True)
def nothing_else_happens(instance):
    pid = instance.pid_of("webapi-0")
    yield
    assert instance.get("/heartbeat").status == 200
    assert instance.pid_of("webapi-0") == pid, "the web worker was replaced"
    assert "Something went wrong" not in instance.tail(200)


def exchange(instance, request, patience=20):
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", instance.port), patience) as client:
        answer = b""
        try:
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
        except OSError:  # it has heard enough
            pass
        try:
            while part := client.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def check_refusal(answer, what):
    assert re.match(rb"HTTP/1\.1 (4\d\d|505) ", answer), (what, answer[:300])
    assert answer.count(b"\r\nServer: ") == 1, f"{what}: two answers: {answer[:2000]}"
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Set-Cookie" not in head and b"canary" not in body and b"root:" not in body, what
    assert json.loads(body)["result"] is False, what
    assert json.loads(body)["hint"], what


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_paths(instance, path):
    check_refusal(exchange(instance, f"GET {path} HTTP/1.1\r\n{HEAD}\r\n".encode()), path[:80])


@pytest.mark.parametrize("what", REQUESTS)
def test_requests(instance, what):
    check_refusal(exchange(instance, REQUESTS[what]), what)


@pytest.mark.parametrize("what", SMUGGLED)
def test_smuggling(instance, what):
    smuggled = b"GET /uuid HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = exchange(instance, SMUGGLED[what] + smuggled)
    check_refusal(answer, what)
    assert b"uuid" not in answer


def test_headers_are_not_believed(instance):
    for header, value in [("Range", "bytes=" + "0-1," * 3000 + "5-6"),
                          ("Range", "bytes=18446744073709551615-18446744073709551615,-1"),
                          ("If-None-Match", '"' * 9000), ("If-Range", "\x7f" * 500),
                          ("Accept-Encoding", "gzip;q=" + "9" * 5000), ("Accept", "*/*;" * 2000),
                          ("Host", "a" * 9000), ("X-Forwarded-Host", "evil\texample")]:
        lines = "" if header == "Host" else "Host: localhost\r\n"
        request = (f"GET /clock/at/-5s/2s HTTP/1.1\r\n{lines}{header}: {value}\r\n"
                   "Connection: close\r\n\r\n")
        answer = exchange(instance, request.encode("latin-1"))
        assert re.match(rb"HTTP/1\.1 (2|4)\d\d ", answer), (header, answer[:200])


def test_operating_is_for_this_machine_only(instance):
    before = instance.get("/uuid").body
    for headers in ["Host: evil.example", "Host: localhost.evil.example",
                    "Host: localhost\r\nOrigin: http://evil.example",
                    "Host: localhost\r\nReferer: http://evil.example/localhost",
                    "Host: localhost\r\nSec-Fetch-Site: cross-site",
                    "Host: localhost\r\nX-Forwarded-For: 127.0.0.1",
                    "Host: 127.0.0.1.evil.example:5000"]:
        for method in ("GET", "POST"):
            answer = exchange(instance,
                              f"{method} /restart HTTP/1.1\r\n{headers}\r\n\r\n".encode())
            assert answer.startswith(b"HTTP/1.1 403 "), (headers, answer[:200])
    assert instance.get("/uuid").body == before


def test_a_crowd_that_never_finishes_asking_keeps_nobody_out(instance):
    slow = [socket.create_connection(("127.0.0.1", instance.port), 10) for _ in range(200)]
    try:
        for client in slow:
            client.sendall(b"GET /heartbeat HTTP/1.1\r\nHost: localhost\r\nX: ")
        began = time.monotonic()
        assert instance.get("/heartbeat").status == 200
        assert time.monotonic() - began < 2

        def all_closed():
            for client in slow:
                try:
                    client.sendall(b"a")
                except OSError:
                    continue
                return False
            return True
        wait_for(all_closed, 40, "they are cut, though they go on a byte at a time")
    finally:
        for client in slow:
            client.close()


def test_the_access_log_cannot_be_forged(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, access_log="access.log")
    instance.start()
    log = instance.folder / "access.log"
    exchange(instance, f'GET /x"y HTTP/1.1\r\n{HEAD}User-Agent: a" 200 0 "\tb\r\n\r\n'.encode())
    wait_for(lambda: log.exists() and b"/x\\x22y" in log.read_bytes(), 5, "a line of it")
    os.rename(log, log.with_suffix(".1"))
    assert instance.get("/uuid", User_Agent="afterwards").status == 200
    wait_for(lambda: log.exists() and "afterwards" in log.read_text(), 5, "a new file")
    for line in log.with_suffix(".1").read_text().splitlines() + log.read_text().splitlines():
        assert re.fullmatch(r'127\.0\.0\.1 - - \[[^]]+\] "[^"]*" \d{3} (\d+|-) "[^"]*" "[^"]*"',
                            line), line
    instance.stop()

