# SPDX-License-Identifier: MIT
"""Sound that repeats fools no splice; advertisements that differ from listener to listener repeat
no programme."""

import itertools
import os
import signal
import subprocess
import threading
import time

import pytest
import radio_station
from harness.aircheck import slice_path
from harness.frames import SECONDS, find_run, split, split_exactly
from harness.radio import wait_on_air
from harness.relay import Relay
from harness.servers import RawServer
from harness.wait import wait_for

RATE = 44100
BEEP = "aevalsrc='if(lt(mod(t,13),0.2),0.3*sin(6000*t),0)'"  # between beeps, digital silence
MP3 = ["-ar", str(RATE), "-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0",
       "-id3v2_version", "0", "-f", "mp3"]


def noise(file, seconds, seed):
    """An MP3 of sound that never repeats within itself."""
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-t", str(seconds), "-i",
                    f"anoisesrc=color=pink:amplitude=0.2:seed={seed}", *MP3, file], check=True)
    return file


class RepeatingRadio:
    """icecast2 with mostly silence, a jingle of two seconds and a song of twenty, over and over."""

    def __init__(self, folder):
        self.icecast = radio_station.Icecast(radio_station.free_port())
        self.icecast.start()
        self._programs = []
        self._send("silence", ["-f", "lavfi", "-i", BEEP], MP3)
        for name, seconds in (("jingle", 2), ("song", 20)):
            file = noise(folder / f"{name}.mp3", seconds, seconds)
            self._send(name, ["-stream_loop", "-1", "-i", file], ["-c", "copy", *MP3[-6:]])
        self.stations = ("silence", "jingle", "song")
        wait_on_air(self.icecast, *(
            radio_station.Mount(self.icecast.port, f"/{name}", "mp3", 128)
            for name in self.stations))
        self.references = {}
        for name in self.stations:
            self.references[name] = folder / f"{name}.reference"
            self._run(["curl", "-sSN", "-o", self.references[name], self.url(name)])
        for file in self.references.values():
            wait_for(file.exists, 10, "the reference's first bytes")

    def _run(self, command):
        self._programs.append(radio_station.start(command))

    def _send(self, name, source, encoder):
        target = (f"icecast://source:{radio_station.PASSWORD}@127.0.0.1:{self.icecast.port}"
                  f"/{name}")
        self._run(["ffmpeg", "-v", "error", "-re", *source, *encoder,
                   "-content_type", "audio/mpeg", target])

    def url(self, name):
        return f"http://127.0.0.1:{self.icecast.port}/{name}"

    def broadcast(self, name):
        return split(self.references[name].read_bytes(), "mp3")

    def close(self):
        for program in self._programs:
            radio_station.stop(program)
        self.icecast.close()


@pytest.fixture
def radio(tmp_path):
    made = RepeatingRadio(tmp_path)
    yield made
    made.close()


def live_on(instance, seconds):
    """Waits until the recorder has run undisturbed for so long."""
    pid = instance.pid_of("downloader-0")
    tap = instance.tap("heartbeat.downloader-0")
    uptime = tap.until(lambda _, m: m["pid"] == pid, 10)[1]["uptime"]
    tap.until(lambda _, m: m["uptime"] > uptime + seconds, seconds + 20)


def test_silence_loops_and_repeated_songs_are_joined_to_the_frame(radio, aircheck):
    relay = Relay(radio.icecast.port)
    instance = aircheck({name: {"stream": relay.url(radio.url(name)), "segment_time": "8s",
                                "cascade_time": "5s", "cascade_buffer": "2s"}
                         for name in radio.stations}).start()
    instance.wait_recording(*radio.stations)
    start = int(time.time()) + 1
    for harm in ("kill", "cut", "kill", "cut"):
        live_on(instance, 9)
        if harm == "cut":
            assert relay.cut() >= len(radio.stations)
        else:
            pid = instance.pid_of("downloader-0")
            tap = instance.tap("worker.downloader-0")
            os.kill(pid, signal.SIGKILL)
            tap.until(lambda _, m, pid=pid: m["event"] == "ready" and m["pid"] != pid, 10)
    live_on(instance, 9)
    end = int(time.time()) - 3
    for name in radio.stations:
        path = slice_path(name, start, end - start)
        info = instance.get(path + "?info").json()
        assert len(info["splices"]) >= 4 and all(s["exact"] for s in info["splices"]), (name, info)
        frames = split_exactly(instance.get(path).body, "mp3")
        find_run(frames, radio.broadcast(name))
        # Had a turn of the loop been left out or heard twice, it would be two seconds. What ffmpeg
        # plays over and over is a hundredth faster than its frames say.
        assert abs(len(frames) * SECONDS["mp3"] - (end - start)) < 1, (name, info)
    relay.close()
    instance.stop()


class AdvertisingServer:
    """The programme for all, but every listener hears advertisements of his own between."""

    TURN_FRAMES = 230  # six seconds; every other turn is advertisements
    BURST_FRAMES = 140

    def __init__(self, programme, advertisements):
        self._programme = programme
        self._advertisements = advertisements
        self._listener = itertools.count()
        self._began = time.monotonic()
        self.server = RawServer(self._serve)

    def now(self):
        return int((time.monotonic() - self._began) / SECONDS["mp3"]) + self.BURST_FRAMES

    def _frame(self, listener, number):
        if number // self.TURN_FRAMES % 2:
            own = (listener * 997 + number) % len(self._advertisements)
            return self._advertisements[own]
        return self._programme[number % len(self._programme)]

    def _serve(self, client):
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
        listener = next(self._listener)
        at = self.now() - self.BURST_FRAMES
        tick = threading.Event()
        while True:
            until = self.now()
            client.sendall(b"".join(self._frame(listener, n) for n in range(at, until)))
            at = until
            tick.wait(0.05)

    def close(self):
        self.server.close()


def test_advertisements_for_each_listener_repeat_no_programme(aircheck, tmp_path):
    programme = split(noise(tmp_path / "programme.mp3", 120, 1).read_bytes(), "mp3")
    station = AdvertisingServer(
        programme, split(noise(tmp_path / "spots.mp3", 60, 2).read_bytes(), "mp3"))
    instance = aircheck({"ads": {"stream": station.server.url, "cascade_time": "9s",
                                 "cascade_buffer": "2s"}}).start()
    instance.wait_recording("ads")
    start = int(time.time()) + 1

    def takes():
        return len(instance.rows("SELECT 1 FROM take WHERE ended_us IS NOT NULL"))
    wait_for(lambda: takes() >= 2, 100, "two takes that have ended")
    end = int(time.time()) - 3
    body = instance.get(slice_path("ads", start, end - start)).body
    frames = split_exactly(body, "mp3")
    assert abs(len(frames) * SECONDS["mp3"] - (end - start)) < 1
    places = {frame: number for number, frame in enumerate(programme)}
    heard = [places[frame] for frame in frames if frame in places]
    assert len(heard) > len(frames) / 3
    assert heard == sorted(set(heard)), "some of the programme was heard twice or out of turn"
    station.close()
    instance.stop()
