# SPDX-License-Identifier: MIT
"""Sound that repeats fools no splice; advertisements that differ from listener to listener repeat
no programme."""

import os
import signal
import time

import pytest
from harness.aircheck import slice_path
from harness.encoders import SILENCE, EncodedRadio, noise_file, over_and_over
from harness.frames import SECONDS, find_run, split_exactly
from harness.paced import AdvertisingServer, PacedServer, made_frames
from harness.relay import Relay
from harness.wait import wait_for


@pytest.fixture
def looping(tmp_path):
    sources = {"silence": SILENCE}
    for name, seconds in (("jingle", 2), ("song", 20)):
        sources[name] = over_and_over(noise_file(tmp_path / f"{name}.mp3", seconds, seconds))
    station = EncodedRadio(sources, tmp_path)
    yield station
    station.close()


def test_silence_loops_and_repeated_songs_are_joined_to_the_frame(looping, aircheck):
    relay = Relay(looping.port)
    instance = aircheck({name: {"stream": relay.url(looping.url(name)), "segment_time": "8s",
                                "cascade_time": "5s", "cascade_buffer": "2s"}
                         for name in looping.sources}).start()
    instance.wait_recording(*looping.sources)
    start = int(time.time()) + 1
    for harm in ("kill", "cut", "kill", "cut"):
        instance.live_on("downloader-0", 9)
        if harm == "cut":
            assert relay.cut() >= len(looping.sources)
        else:
            instance.kill("downloader-0")
    instance.live_on("downloader-0", 9)
    end = int(time.time()) - 3
    for name in looping.sources:
        path = slice_path(name, start, end - start)
        info = instance.get(path + "?info").json()
        assert len(info["splices"]) >= 4 and all(s["exact"] for s in info["splices"]), (name, info)
        frames = split_exactly(instance.get(path).body, "mp3")
        find_run(frames, looping.broadcast(name))
        # Had a turn of the loop been left out or heard twice, it would be two seconds. What ffmpeg
        # plays over and over is a hundredth faster than its frames say.
        assert abs(len(frames) * SECONDS["mp3"] - (end - start)) < 1, (name, info)
    relay.close()
    instance.stop()


def test_a_loop_goes_on_after_a_take_that_died_in_its_burst(aircheck, tmp_path):
    jingle = made_frames(tmp_path / "jingle.mp3", 2, 2)
    station = PacedServer(lambda _, number: jingle[number % len(jingle)], burst_parts=4)
    relay = Relay(station.port)
    instance = aircheck({"jingle": {"stream": relay.url(station.url)}}).start()
    instance.wait_recording("jingle")
    start = int(time.time()) + 1

    def written():
        return len(instance.rows("SELECT 1 FROM segment"))
    for _ in range(3):
        instance.live_on("downloader-0", 7)
        pid, before = instance.pid_of("downloader-0"), written()
        relay.cut()
        wait_for(lambda: written() > before, 10, "the first sound of another take")
        os.kill(pid, signal.SIGKILL)
    instance.live_on("downloader-0", 9)
    end = int(time.time()) - 3
    path = slice_path("jingle", start, end - start)
    info = instance.get(path + "?info").json()
    assert all(splice["exact"] for splice in info["splices"]), info
    frames = split_exactly(instance.get(path).body, "mp3")
    find_run(frames, jingle * (len(frames) // len(jingle) + 2))
    assert abs(len(frames) * SECONDS["mp3"] - (end - start)) < 1, info
    relay.close()
    station.close()
    instance.stop()


def test_advertisements_for_each_listener_repeat_no_programme(aircheck, tmp_path):
    station = AdvertisingServer(tmp_path, 120)
    instance = aircheck({"ads": {"stream": station.url, "cascade_time": "9s",
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
    heard = station.programme_in(frames)
    assert len(heard) > len(frames) / 3
    assert heard == sorted(set(heard)), "some of the programme was heard twice or out of turn"
    station.close()
    instance.stop()
