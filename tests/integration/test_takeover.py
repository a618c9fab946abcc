# SPDX-License-Identifier: MIT
"""Listeners and clients go from one web worker to the next, and notice nothing."""

import http.client
import os
import socket
import threading
import time

import pytest
from harness.aircheck import slice_path
from harness.frames import find_run, split
from harness.wait import wait_for


@pytest.fixture
def reference(radio, tmp_path):
    made = radio.references(tmp_path)
    yield made["mp3"]
    for reference in made.values():
        reference.close()


@pytest.fixture
def instance(radio, aircheck):
    made = aircheck({"clock": {"stream": radio.url("mp3")}},
                    restart_overlap="2s", restart_timeout="15s", cycle_time="2s").start()
    made.wait_recording("clock")
    return made


class KeptAlive(threading.Thread):
    """Asks again and again on one connection, which must never end."""

    def __init__(self, port):
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.connection.connect()
        self.address = self.connection.sock.getsockname()
        self.over = threading.Event()
        self.answers = 0
        self.failure = None

    def run(self):
        try:
            while not self.over.is_set():
                self.connection.request("GET", "/heartbeat")
                answer = self.connection.getresponse()
                assert answer.status == 200 and answer.read()
                assert answer.headers["Connection"] == "keep-alive"
                assert self.connection.sock.getsockname() == self.address
                self.answers += 1
        except Exception as error:  # looked at by the test
            self.failure = error

    def finish(self):
        self.over.set()
        self.join(20)
        self.connection.close()
        assert self.failure is None and self.answers > 10, (self.answers, self.failure)


def ask(instance, request, buffer=None):
    """A connection that has sent this."""
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.settimeout(10)
    client.connect(("127.0.0.1", instance.port))
    client.sendall(request)
    return client


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def body(answer):
    return answer.split(b"\r\n\r\n", 1)[1]


def read_all(client, data=b""):
    while part := client.recv(65536):
        data += part
    client.close()
    return data


def restart(instance):
    """By the web API; until the old processes are gone."""
    old = instance.pid_of("webapi-0")
    since = time.time()
    tap = instance.tap("restart.")
    answer = instance.request("POST", "/restart")
    assert (answer.status, answer.json()["result"]) == (202, True), answer.body
    _, event = tap.until(
        lambda _, m: m["time"] >= since and m["event"] in ("done", "failed"), 60)
    assert event["event"] == "done", event
    wait_for(lambda: not os.path.exists(f"/proc/{old}"), 20, "the old web worker is gone")


def test_nobody_is_cut_off(instance, reference):
    start = int(time.time()) + 1
    wait_for(lambda: instance.heartbeat("clock")["last-recorded"] > start + 15, 40, "some sound")
    path = slice_path("clock", start, 12)
    expected = instance.get(path).body
    live = ask(instance, get("/clock/live/-10s"))
    heard = live.recv(65536)
    slow = ask(instance, get(path), buffer=4096)
    some = slow.recv(1000)
    half = ask(instance, get("/uuid")[:20])
    asking = KeptAlive(instance.port)
    asking.start()

    for _ in range(2):
        restart(instance)

    asking.finish()
    half.sendall(get("/uuid")[20:])
    assert read_all(half).startswith(b"HTTP/1.1 200 OK")
    assert body(read_all(slow, some)) == expected
    enough = time.monotonic() + 5
    while time.monotonic() < enough:
        heard += live.recv(65536)
    live.close()
    frames = split(body(heard), "mp3")
    assert len(frames) > 20 / 0.026
    find_run(frames, reference.frames())


def test_upgrade_tells_both_versions(instance):
    answer = instance.request("POST", "/upgrade")
    assert answer.status == 409, answer.body
    said = answer.json()
    assert said["result"] is False and said["running"] == said["installed"], said


def test_strangers_may_not_restart(instance):
    old = instance.pid_of("webapi-0")
    for headers in ({"X-Forwarded-For": "10.0.0.1"}, {"Origin": "https://radio.example"},
                    {"Host": "rebound.example:5000"}):
        answer = instance.request("POST", "/restart", headers)
        assert answer.status == 403 and "Bearer" in answer.json()["hint"], answer.body
    assert instance.request("DELETE", "/restart").status == 405
    assert instance.pid_of("webapi-0") == old
