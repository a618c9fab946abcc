# SPDX-License-Identifier: MIT
"""What strangers send is survived, and refused with a sentence."""

import json
import os
import pathlib
import random
import socket
import time

import pytest
import zmq
from harness.wait import wait_for


@pytest.fixture(scope="module")
def workers(recording):
    """The recording's workers must be the same processes afterwards."""
    names = ("downloader-0", "webapi-0", "pruner-0", "loudness-0")
    before = {name: recording.aircheck.pid_of(name) for name in names}
    yield
    assert {name: recording.aircheck.pid_of(name) for name in names} == before


def exchange(aircheck, data):
    """Everything the server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", aircheck.port), timeout=5) as client:
        answer = b""
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while got := client.recv(65536):
                answer += got
        except (TimeoutError, ConnectionError):
            pass
        return answer


@pytest.mark.parametrize("data", [
    b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" * 50,
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /halt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-" + b"9" * 5000 + b"\r\n\r\n",
    b"GET /clock/live/-5s HTTP/1.1\r\nHost: x\r\nRange: bytes=-\r\nConnection: close\r\n",
    random.Random(1).randbytes(5000),
], ids=lambda data: repr(data[:20]))
def test_bytes_that_are_no_request(recording, workers, data):
    answer = exchange(recording.aircheck, data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or b" 200 " in answer[:20]
    assert recording.aircheck.get("/heartbeat").status == 200


@pytest.mark.parametrize("path", [
    "/../../etc/passwd", "/clock/slices/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    "/clock/slices/..%2f..%2f..%2fcatalog.db", "/clock/slices/%00", "/clock/slices/202611_1",
    "/clock/slices/20261399250000_1", "/clock/slices/20260101000000_99999999999999h",
    "/clock/slices/20260101000000_-5s", "/clock/at/never/1hr", "/clock/at/blursday/",
    "/clock/live/-0s%0d%0aX-Evil:%201", "/nosuchstation/heartbeat", "/%",
    "/%zz", "/clock'/**/or/**/1=1--/stats", "/clock/slices/" + "9" * 3000, "/clock//",
])
def test_paths_that_lead_nowhere(recording, workers, path):
    response = recording.aircheck.get(path)
    assert 400 <= response.status < 500, (response.status, response.body[:200])
    told = json.loads(response.body)
    assert told["result"] is False and told["error"] and "hint" in told
    assert "X-Evil" not in response.headers
    assert b"root:" not in response.body


def test_methods_that_are_not_offered(recording, workers):
    for method in ("DELETE", "PUT", "TRACE", "PROPFIND"):
        assert recording.aircheck.request(method, "/clock/stats").status in (404, 405, 501)


def test_many_idle_connections_keep_nobody_out(recording, workers):
    idle = [socket.create_connection(("127.0.0.1", recording.aircheck.port)) for _ in range(300)]
    assert recording.aircheck.get("/heartbeat").status == 200
    for connection in idle:
        connection.close()


def test_messages_that_are_none(recording, workers):
    """Strangers on the control channel and on the tap."""
    (control,) = (recording.aircheck.storage / "run").glob("control-*")
    context = zmq.Context.instance()
    dealer = context.socket(zmq.DEALER)
    dealer.setsockopt(zmq.LINGER, 1000)
    dealer.connect(f"ipc://{control}")
    beat = {"v": 1, "name": "downloader-0", "role": "downloader", "pid": 1, "generation": 1}
    for frames in (
        [b""], [b"a"], [b"heartbeat.x", b""], [b"heartbeat.x", b"{"], [b"heartbeat.x", b"[]"],
        [b"heartbeat.downloader-0", json.dumps(beat).encode()],
        [b"heartbeat.downloader-0", b'{"v":1,"pid":"x","seq":-1}'],
        [b"heartbeat.downloader-0", b'{"v":1,"seq":1e400}'],
        [b"heartbeat.x", b"[" * 100_000], [b"nonsense", b"{}"], [b"x"] * 40,
        [b"heartbeat.x", b'"' + b"x" * 5_000_000 + b'"'], [bytes(range(256)), bytes(range(256))],
    ):
        dealer.send_multipart(frames)
    dealer.send_multipart([b"heartbeat.x", b'{"v":99}'])
    assert dealer.poll(5000), "another version is not answered"
    topic, answer = dealer.recv_multipart()
    assert topic == b"rejected" and json.loads(answer)["version"] == 1
    dealer.close()

    subscriber = context.socket(zmq.XSUB)
    subscriber.setsockopt(zmq.LINGER, 1000)
    subscriber.connect(f"ipc://{recording.aircheck.storage}/run/tap")
    for message in (b"", b"\2", b"\1" + b"x" * 5000, b"\0never"):
        subscriber.send(message)
    subscriber.close()
    tap = recording.aircheck.tap("heartbeat.downloader-0")
    first = tap.until(lambda *_: True, 5)[1]
    assert tap.until(lambda *_: True, 5)[1]["seq"] == first["seq"] + 1
    wait_for(lambda: recording.aircheck.get("/heartbeat").status == 200, 5)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)


def test_strangers_on_the_control_socket(recording, workers):
    """What is no DEALER is hung up on; who says nothing is in nobody's way."""
    (control,) = (recording.aircheck.storage / "run").glob("control-*")
    supervisor = recording.aircheck.process.pid

    def connect(data):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(5)
        client.connect(str(control))
        client.sendall(data)
        return client

    for data in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", random.Random(2).randbytes(5000),
        GREETING.replace(b"NULL\0", b"CURVE"), GREETING.replace(b"\x7f\x03", b"\x7f\x01"),
        GREETING + b"\0\1x", GREETING + b"\4\6\5READY", GREETING + b"\6" + b"\xff" * 8,
    ):
        client = connect(data)
        answer = b""
        try:
            while got := client.recv(65536):
                answer += got
        except ConnectionResetError:
            pass
        assert answer == b"" or answer.startswith(GREETING)
        client.close()
    silent = [connect(GREETING[:length % 64]) for length in range(300)]
    gone = [connect(GREETING) for _ in range(300)]
    for client in gone:
        client.close()
    with zmq.Context.instance().socket(zmq.SUB) as subscriber:
        subscriber.connect(f"ipc://{control}")
        tap = recording.aircheck.tap("heartbeat.supervisor")
        before, start = cpu_seconds(supervisor), time.monotonic()
        seq = tap.until(lambda *_: True, 5)[1]["seq"]
        tap.until(lambda _, beat: beat["seq"] == seq + 3, 10)
    assert cpu_seconds(supervisor) - before < (time.monotonic() - start) / 2, "it spins"
    for client in silent:
        client.close()


def test_operating_from_another_site_is_refused(recording, workers):
    for headers in (
        {"X-Forwarded-For": "203.0.113.7"}, {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Referer": "https://evil.example/"},
    ):
        response = recording.aircheck.request("POST", "/halt", headers)
        assert response.status in (403, 404), headers
