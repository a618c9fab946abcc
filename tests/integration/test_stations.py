# SPDX-License-Identifier: MIT
"""Stations as they are in the field: moved, restarted, old, broken, gone."""

import subprocess

import pytest
import radio_station
from harness.frames import find_run, split
from harness.radio import Radio
from harness.servers import RawServer, WebServer, babble, shoutcast
from harness.wait import wait_for

KBPS = 128


@pytest.fixture(scope="module")
def audio(tmp_path_factory):
    """Forty seconds of MP3 that never repeats."""
    file = tmp_path_factory.mktemp("audio") / "noise.mp3"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=40:c=pink:r=44100:a=0.3",
         "-c:a", "libmp3lame", "-b:a", f"{KBPS}k", "-write_xing", "0", "-id3v2_version", "0",
         str(file)], check=True)
    return file.read_bytes()


@pytest.fixture
def web():
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def raw_server():
    made = []

    def make(serve):
        made.append(RawServer(serve))
        return made[-1]

    yield make
    for server in made:
        server.close()


def test_icecast_that_dies_and_comes_back(aircheck):
    radio = Radio()
    radio.start()
    try:
        instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
        instance.wait_recording("clock")
        tap = instance.tap("station.clock")
        radio.icecast.process.kill()
        radio.icecast.process.wait()
        _, waiting = tap.until(lambda _, m: m["state"] == "waiting", 10)
        assert waiting["cause"]
        radio.icecast.start()
        radio.wait_until_on_air()
        tap.until(lambda _, message: message["state"] == "recording", 20)

        def takes():
            return instance.rows(
                "SELECT ended_us IS NULL, end_cause FROM take ORDER BY connected_us")

        wait_for(lambda: len(takes()) >= 2, 10, "the catalog knows the second take")
        first, *_, last = takes()
        assert first[0] == 0 and first[1]
        assert last == (1, "")
        instance.stop()
    finally:
        radio.close()


def test_redirects_and_playlists_of_playlists(radio, aircheck, web):
    dead = f"http://127.0.0.1:{radio_station.free_port()}/gone"
    web.pages = {
        "/listen": (302, {"Location": "/moved"}, b""),
        "/moved": (301, {"Location": "/radio.pls"}, b""),
        "/radio.pls": (200, {"Content-Type": "audio/x-scpls"}, (
            f"[playlist]\r\nNumberOfEntries=2\r\nFile1={dead}\r\n"
            f"File2={web.url('/nested.m3u')}\r\n").encode()),
        "/nested.m3u": (200, {"Content-Type": "audio/x-mpegurl"},
                        f"#EXTM3U\n#EXTINF:-1,Clock\n{radio.url('mp3')}\n".encode()),
        "/loop.m3u": (200, {"Content-Type": "audio/x-mpegurl"},
                      web.url("/loop.m3u").encode() + b"\n"),
    }
    instance = aircheck({
        "nested": {"stream": web.url("/listen")},
        "fallback": {"stream": [dead, radio.url("aac")]},
        "loop": {"stream": web.url("/loop.m3u")},
    }).start()
    instance.wait_recording("nested", "fallback", timeout=30)
    urls = wait_for(lambda: instance.rows("SELECT url FROM take WHERE station = 'nested'"), 10)
    assert urls == [(radio.url("mp3"),)]
    tap = instance.tap("station.loop")
    assert tap.until(lambda _, message: message["state"] == "waiting", 10)[1]["cause"]
    instance.stop()


def test_old_shoutcast_with_titles(aircheck, audio, raw_server):
    titles = [b"First - It's 'quoted' still", None, b"Bj\xf6rk - J\xf3ga",
              "Sigur Rós – Ágætis".encode()]
    server = raw_server(shoutcast(audio, titles, KBPS * 125))
    instance = aircheck({"old": {"stream": server.url}}).start()
    instance.wait_recording("old")
    wanted = ["First - It's 'quoted' still", "Björk - Jóga", "Sigur Rós – Ágætis"]

    def stored():
        return [title for (title,) in instance.rows("SELECT title FROM title ORDER BY at_us, id")]

    wait_for(lambda: len(stored()) >= 3, 15, "three titles")
    assert stored()[:3] == wanted
    instance.stop()
    assert b"icy-metadata: 1" in server.requests[0].lower()
    recorded = b"".join(path.read_bytes() for path in instance.files("old")[:1])
    find_run(split(recorded, "mp3"), split(audio, "mp3"))


def test_servers_that_misbehave_harm_nobody_else(radio, aircheck, web, raw_server):
    web.pages = {"/html": (200, {"Content-Type": "text/html"}, b"<html>not here</html>" * 100)}
    hangs = raw_server(lambda client: client.recv(1))
    garbage = raw_server(babble)
    empty = raw_server(lambda client: None)
    endless = raw_server(lambda client: client.sendall(b"HTTP/1.0 200 OK\r\n" + b"X: y\r\n" * 10**6))
    instance = aircheck({
        "clock": {"stream": radio.url("mp3")},
        "missing": {"stream": web.url("/missing")},
        "html": {"stream": web.url("/html")},
        "hangs": {"stream": hangs.url},
        "garbage": {"stream": garbage.url},
        "empty": {"stream": empty.url},
        "endless": {"stream": endless.url},
    }, cycle_time="3s").start()
    instance.wait_recording("clock")

    # Each further wait is longer: twelve seconds after the first attempt there are few of them.
    wait_for(lambda: web.count("/missing") >= 1, 10)
    first = web.requests[0][0]
    beats = instance.tap("heartbeat.downloader-0")
    end = instance.tap("heartbeat.pruner-0").until(lambda *_: True, 5)[1]["time"] + 12
    _, beat = beats.until(lambda _, message: message["time"] > end, 20)
    attempts = [at - first for at, path in web.requests if path == "/missing"]
    print("attempts at a station that is gone, s:", [round(at, 2) for at in attempts])
    assert 2 <= len(attempts) <= 8
    states = {station["station"]: station for station in beat["stations"]}
    assert states["clock"]["state"] == "recording" and states["clock"]["idle"] < 2
    for name in ("missing", "html", "hangs", "garbage", "empty", "endless"):
        assert states[name]["state"] != "recording", name
        assert instance.files(name) == [], name
    assert "404" in states["missing"]["cause"] or states["missing"]["cause"]
    instance.stop()
