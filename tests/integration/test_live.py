# SPDX-License-Identifier: MIT
"""Radio from the past that goes on at the live edge."""

import http.client
import socket
import time

import pytest
from harness.frames import SECONDS, find_run, split
from harness.wait import wait_for


class Listener:
    """A client of /live; reads what has come whenever asked to."""

    def __init__(self, aircheck, path):
        self.connection = http.client.HTTPConnection("127.0.0.1", aircheck.port, timeout=10)
        asked = time.monotonic()
        self.connection.request("GET", path)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        self.data = self.response.read1(65536)
        self.first_byte_seconds = time.monotonic() - asked

    def read_until(self, enough, timeout):
        def more():
            self.data += self.response.read1(65536)
            return enough()
        wait_for(more, timeout, "enough of /live")

    def close(self):
        self.connection.close()


@pytest.mark.parametrize("station", ("clock", "clock-aac", "clock-cut", "clock-aac-cut"))
def test_live_is_the_broadcast_from_then_on(recorded, station):
    codec = recorded.CODEC[station]
    listener = Listener(recorded.aircheck, f"/{station}/live/-20s")
    print(f"{station}: first byte after {listener.first_byte_seconds * 1000:.1f} ms")
    assert listener.first_byte_seconds < 0.5
    assert listener.response.headers["Content-Length"] is None
    # 20 s of the past and 12 s more: in the stations that are cut over two changes of file.
    frames_wanted = 32 / SECONDS[codec]
    listener.read_until(lambda: len(split(listener.data, codec)) > frames_wanted, 25)
    frames = split(listener.data, codec)
    broadcast = recorded.references[codec].frames()
    begin = find_run(frames, broadcast)
    behind = (len(broadcast) - begin) * SECONDS[codec] - (len(frames) * SECONDS[codec] - 20)
    assert 17 < behind < 27, "does not begin 20 s ago or does not keep up"
    listener.close()


def test_a_listener_who_stops_reading_disturbs_nobody(recorded):
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", recorded.aircheck.port))
    deaf.sendall(b"GET /clock/live/-60s HTTP/1.1\r\nHost: x\r\n\r\n")
    listener = Listener(recorded.aircheck, "/clock/live/-10s")
    listener.read_until(lambda: len(split(listener.data, "mp3")) > 15 / SECONDS["mp3"], 15)
    find_run(split(listener.data, "mp3"), recorded.references["mp3"].frames())
    listener.close()
    deaf.close()


def test_listeners_who_leave_are_forgotten(recorded):
    before = recorded.aircheck.heartbeat()["connections"]
    listeners = [Listener(recorded.aircheck, "/clock/live/-5s") for _ in range(10)]
    for listener in listeners:
        listener.close()
    wait_for(lambda: recorded.aircheck.heartbeat()["connections"] <= before + 1, 10)
