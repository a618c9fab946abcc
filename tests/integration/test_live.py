# SPDX-License-Identifier: MIT
"""Radio from the past that goes on at the live edge."""

import concurrent.futures
import http.client
import socket
import time

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


def test_live_is_the_broadcast_from_then_on(recorded):
    """Twenty seconds of the past and a while more: in the stations that are cut, over several
    changes of file."""
    edges = {codec: len(reference.frames()) for codec, reference in recorded.references.items()}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        heard = dict(zip(recorded.CODEC, pool.map(
            lambda station: listen(recorded, station, ago=20, seconds=28), recorded.CODEC)))
    for station, frames in heard.items():
        codec = recorded.CODEC[station]
        begin = find_run(frames, recorded.references[codec].frames())
        ago = (edges[codec] - begin) * SECONDS[codec]
        print(f"{station}: began {ago:.2f} s before what was just broadcast")
        assert 18 < ago < 22


def listen(recorded, station, ago, seconds):
    codec = recorded.CODEC[station]
    listener = Listener(recorded.aircheck, f"/{station}/live/-{ago}s")
    print(f"{station}: first byte after {listener.first_byte_seconds * 1000:.1f} ms")
    assert listener.first_byte_seconds < 0.5
    assert listener.response.headers["Content-Length"] is None
    # Never slower than the broadcast: a player must not run dry.
    enough = seconds / SECONDS[codec]
    listener.read_until(lambda: len(split(listener.data, codec)) > enough, seconds)
    listener.close()
    return split(listener.data, codec)


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
