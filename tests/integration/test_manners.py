# SPDX-License-Identifier: MIT
"""Patience with servers that serve little, seldom, or only once, and with what they repeat."""

import collections
import itertools
import subprocess
import threading

import pytest
from harness.servers import RawServer, WebServer, shoutcast
from harness.wait import wait_for

BYTES_PER_SECOND = 16000
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"
WATCHED_SECONDS = 20


@pytest.fixture(scope="module")
def audio(tmp_path_factory):
    """A minute of MP3 that never repeats."""
    file = tmp_path_factory.mktemp("audio") / "noise.mp3"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=60:c=pink:r=44100:a=0.3",
         "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0",
         str(file)], check=True)
    return file.read_bytes()


def broadcast(audio, pace):
    """serve() of a server with a burst of four seconds that goes on at `pace(client's number)`."""
    numbers = itertools.count()

    def serve(client):
        step = pace(next(numbers)) * BYTES_PER_SECOND / 10
        client.sendall(HEAD + audio[: 4 * BYTES_PER_SECOND])
        tick = threading.Event()
        at = 4 * BYTES_PER_SECOND
        while step and at < len(audio):
            tick.wait(0.1)
            client.sendall(audio[int(at) : int(at + step)])
            at += step

    return serve


@pytest.fixture
def servers(audio):
    made = {
        "single": RawServer(broadcast(audio, lambda number: 0 if number else 1)),
        "short": RawServer(broadcast(audio, lambda number: 0)),
        "slow": RawServer(broadcast(audio, lambda number: 1 if number else 0.3)),
        "old": RawServer(shoutcast(audio, [b"one", b"one", b"two", b"two", b"one"],
                                   BYTES_PER_SECOND)),
    }
    yield made
    for server in made.values():
        server.close()


@pytest.fixture
def web():
    server = WebServer()
    server.pages = {"/busy": (503, {}, b""), "/gone": (404, {}, b"")}
    yield server
    server.close()


def test_nobody_is_hammered(aircheck, servers, web):
    stations = {name: {"stream": server.url} for name, server in servers.items()}
    stations["single"] |= {"cascade_time": "5s", "cascade_buffer": "3s"}
    stations["failing"] = {"stream": [web.url("/busy"), web.url("/gone")]}
    instance = aircheck(stations, cycle_time="2s").start()
    beats = instance.tap("heartbeat.downloader-0")
    end = beats.until(lambda *_: True, 10)[1]["time"] + WATCHED_SECONDS
    beats.until(lambda _, beat: beat["time"] > end, WATCHED_SECONDS + 20)

    asked = {name: len(server.requests) for name, server in servers.items()}
    print("connections:", asked, "attempts:", collections.Counter(p for _, p in web.requests))
    assert asked["single"] == 2, "the cascade that failed is put off"
    assert 2 <= asked["short"] <= 10, "a stream that ends at once is asked for ever more seldom"
    assert asked["slow"] == 2, "one that falls behind is taken over from"
    assert asked["old"] == 1

    assert web.count("/busy") > 2 and web.count("/gone") > 2
    failures = instance.rows("SELECT cause FROM failure WHERE station = 'failing'")
    assert len(failures) == 2, failures

    titles = "SELECT title FROM title WHERE station = 'old' ORDER BY at_us, id"
    wait_for(lambda: len(instance.rows(titles)) >= 3, 10, "three titles")
    assert [title for (title,) in instance.rows(titles)] == ["one", "two", "one"]
    instance.stop()
