# SPDX-License-Identifier: MIT
"""Players of live radio that ask for titles get those of the sound they hear."""

import json
import re
import socket
import subprocess
import time

import pytest
from harness.frames import find_run, split
from harness.servers import RawServer, shoutcast
from harness.soft_restart import end, restart
from harness.wait import wait_for

KBPS = 128
METAINT = 8192
BLOCKS_A_TITLE = 10  # of the station's
INTERVAL = 16000     # ours


@pytest.fixture(scope="module")
def audio(tmp_path_factory):
    """Eighty seconds of MP3 that never repeats."""
    file = tmp_path_factory.mktemp("audio") / "noise.mp3"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=80:c=pink:r=44100:a=0.3",
         "-c:a", "libmp3lame", "-b:a", f"{KBPS}k", "-write_xing", "0", "-id3v2_version", "0",
         str(file)], check=True)
    return file.read_bytes()


@pytest.fixture
def instance(audio, aircheck):
    titles = [f"No. {n // BLOCKS_A_TITLE}: it's ö".encode()
              for n in range(len(audio) // METAINT)]
    server = RawServer(shoutcast(audio, titles, KBPS * 125, METAINT))
    made = aircheck({"old": {"stream": server.url, "name": "Old"}}).start()
    made.wait_recording("old")
    began = time.time()
    wait_for(lambda: made.heartbeat("old")["last-recorded"] > began + 14, 40, "some sound")
    yield made
    server.close()


class Player:
    """That knows titles."""

    def __init__(self, instance, path, headers="Icy-MetaData: 1\r\n"):
        self._socket = socket.create_connection(("127.0.0.1", instance.port), timeout=10)
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._socket.recv(4096)
        head, _, self.heard = data.partition(b"\r\n\r\n")
        self.head = head.decode().lower()

    def hear(self, size):
        while len(self.heard) < size:
            part = self._socket.recv(65536)
            assert part, "cut off"
            self.heard += part

    def parts(self):
        """The sound, and {offset in it: title}."""
        sound, titles, rest = b"", {}, self.heard
        while len(rest) > INTERVAL and len(rest) > INTERVAL + 16 * rest[INTERVAL]:
            sound += rest[:INTERVAL]
            size = 16 * rest[INTERVAL]
            block = rest[INTERVAL + 1:INTERVAL + 1 + size]
            if block:
                titles[len(sound)] = re.fullmatch(
                    rb"StreamTitle='(.*?)';\0*", block)[1].decode()
            rest = rest[INTERVAL + 1 + size:]
        return sound + rest[:INTERVAL], titles

    def close(self):
        self._socket.close()


def check(player, audio):
    sound, titles = player.parts()
    begin = audio.find(sound)
    assert begin >= 0, "not a byte may be missing, and none may come twice"
    numbers = [int(re.fullmatch(r"No\. (\d+): it's ö", title)[1]) for title in titles.values()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers
    assert next(iter(titles)) == INTERVAL, "the present title comes first"
    for number, at in list(zip(numbers, titles))[1:]:
        began = number * BLOCKS_A_TITLE * METAINT
        assert -KBPS * 125 < begin + at - began < 3 * KBPS * 125, (number, begin, at)
    return len(numbers)


def test_titles_come_with_their_sound(instance, audio):
    player = Player(instance, "/old/live/-12s")
    assert f"icy-metaint: {INTERVAL}" in player.head and "icy-name: old" in player.head
    assert "icy-br: 128" in player.head
    player.hear(20 * KBPS * 125)
    assert check(player, audio) >= 3
    player.close()
    plain = Player(instance, "/old/live/-12s", "")
    assert "icy-metaint" not in plain.head
    plain.hear(50000)
    assert plain.heard in audio
    plain.close()


def test_a_restart_moves_no_title(radio, aircheck, tmp_path):
    """The clock tells its time as title."""
    references = radio.references(tmp_path)
    made = aircheck({"clock": {"stream": radio.url("mp3")}},
                    restart_overlap="2s", restart_timeout="15s").start()
    made.wait_recording("clock")
    began = time.time()
    wait_for(lambda: made.heartbeat("clock")["last-recorded"] > began + 14, 40, "some sound")
    player = Player(made, "/clock/live/-12s")
    player.hear(5 * KBPS * 125)
    for _ in range(2):
        restart(made)
    player.hear(30 * KBPS * 125)
    sound, titles = player.parts()
    player.close()
    find_run(split(sound, "mp3"), references["mp3"].frames())
    told = list(titles.values())
    assert told and sorted(set(told)) == told, titles
    for reference in references.values():
        reference.close()
    end(made)


def test_players_read_them(instance):
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-icy", "1", "-of", "json", "-show_entries", "format_tags",
         f"http://127.0.0.1:{instance.port}/old/live/-12s"],
        capture_output=True, timeout=60, check=True).stdout
    tags = json.loads(told)["format"]["tags"]
    assert tags["icy-name"] == "Old" and tags["StreamTitle"].startswith("No. "), tags


def test_the_station_by_the_listeners_clock(instance):
    """Less than a day is recorded: who is hours away hears the oldest sound there is."""
    first = instance.segments("old")[0][2]
    at_once = instance.request("HEAD", "/old/live?tz=UTC").headers["X-Start"]
    away = instance.request("HEAD", "/old/live?tz=Asia/Kolkata").headers["X-Start"]
    assert away < at_once
    assert away[:19] == time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(first))
    answer = instance.get("/old/live/7am?tz=Europe/Atlantis")
    assert answer.status == 400 and "Europe/Atlantis" in answer.json()["error"]
    assert "Europe/Paris" in answer.json()["hint"]
