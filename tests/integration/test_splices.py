# SPDX-License-Identifier: MIT
"""Whatever happens to connections and processes, every frame is there once."""

import time

import pytest
from harness.aircheck import slice_path
from harness.frames import SECONDS, find_run, split_exactly
from harness.radio import Radio
from harness.relay import Relay
from harness.wait import wait_for


@pytest.fixture
def relay(radio):
    made = Relay(radio.port)
    yield made
    made.close()


@pytest.fixture
def references(radio, tmp_path):
    made = radio.references(tmp_path)
    yield made
    for reference in made.values():
        reference.close()


@pytest.fixture
def radio_with_burst(tmp_path):
    """Makes a station that sends so many bytes of its past, and references of it."""
    made = []

    def make(burst_size):
        radio = Radio(burst_size)
        made.append(radio)
        radio.start()
        references = radio.references(tmp_path)
        made[:0] = references.values()
        return radio, references

    yield make
    for each in made:
        each.close()


def stations(radio, relay, **settings):
    return {
        "clock": {"stream": relay.url(radio.url("mp3")), **settings},
        "clock-aac": {"stream": relay.url(radio.url("aac")), **settings},
    }


def begin(instance):
    """Starts it and answers the second from which on all must be there."""
    instance.start()
    instance.wait_recording("clock", "clock-aac")
    return int(time.time()) + 1


def wait_until_recorded(instance, second):
    def there():
        return all(instance.heartbeat(station)["last-recorded"] > second + 8
                   for station in ("clock", "clock-aac"))
    wait_for(there, 60, "the recording gets so far")


def check(instance, references, start, end):
    """One slice over all of it is what was broadcast, and so are short ones in a row."""
    for station, codec in (("clock", "mp3"), ("clock-aac", "aac")):
        broadcast = references[codec].frames()
        info = instance.get(slice_path(station, start, end - start) + "?info").json()
        whole = instance.get(slice_path(station, start, end - start))
        assert whole.status == 200, whole.body
        frames = split_exactly(whole.body, codec)
        find_run(frames, broadcast)
        assert abs(len(frames) * SECONDS[codec] - (end - start)) < 1, info
        assert info["gaps"] == [] and info["complete"], info
        assert info["splices"] and all(splice["exact"] for splice in info["splices"]), info
        parts = [split_exactly(instance.get(slice_path(station, at, 5)).body, codec)
                 for at in range(start, end - 5, 5)]
        find_run([frame for part in parts for frame in part], broadcast)


def test_takes_that_follow_in_cascades_join(radio, relay, references, aircheck):
    instance = aircheck(stations(radio, relay, cascade_time="8s", cascade_buffer="3s",
                                 segment_time="5s"))
    start = begin(instance)

    def cascades():
        return len(instance.rows("SELECT 1 FROM take WHERE end_cause = 'cascade'"))
    wait_for(lambda: cascades() >= 6, 60, "three cascades of both stations")
    end = int(time.time())
    wait_until_recorded(instance, end)
    check(instance, references, start, end)
    instance.stop()


def test_a_killed_recorder_loses_nothing(radio, relay, references, aircheck):
    instance = aircheck(stations(radio, relay, segment_time="7s"))
    start = begin(instance)
    for _ in range(3):
        instance.kill("downloader-0")
        instance.live_on("downloader-0", 4)
    end = int(time.time())
    wait_until_recorded(instance, end)
    check(instance, references, start, end)
    instance.stop()


def test_of_two_recorders_one_may_die(radio_with_burst, aircheck):
    # What a recorder misses it has missed.
    radio, references = radio_with_burst(0)
    instance = aircheck({
        "clock": {"stream": radio.url("mp3"), "recorders": 2},
        "clock-aac": {"stream": radio.url("aac"), "recorders": 2, "segment_time": "6s"},
    })
    start = begin(instance)

    def takes():
        return len(instance.rows("SELECT 1 FROM take"))
    wait_for(lambda: takes() == 4, 10, "both recorders")
    for worker in ("downloader-0", "downloader-1", "downloader-0"):
        for each in ("downloader-0", "downloader-1"):
            instance.live_on(each, 5)
        instance.kill(worker)
    wait_for(lambda: instance.heartbeat("clock")["bitrate"] == 128, 40, "the bitrate")
    end = int(time.time())
    wait_until_recorded(instance, end)
    check(instance, references, start, end)
    instance.stop()


def test_a_cut_and_a_stalled_line_lose_nothing(radio_with_burst, aircheck):
    # It takes four seconds to notice a stall: as long as an ordinary burst.
    radio, references = radio_with_burst(196608)
    relay = Relay(radio.port)
    instance = aircheck(stations(radio, relay, cycle_time="1s"))
    start = begin(instance)

    def takes():
        return len(instance.rows("SELECT 1 FROM take"))
    for harm in (relay.cut, relay.stall, relay.cut):
        before = takes()
        harm()
        wait_for(lambda: takes() >= before + 2, 20, f"recording again after {harm.__name__}")
        instance.live_on("downloader-0", 5)
    end = int(time.time())
    wait_until_recorded(instance, end)
    check(instance, references, start, end)
    relay.close()
    instance.stop()


def test_a_hole_has_a_cause(radio, relay, aircheck):
    instance = aircheck({"clock": {"stream": relay.url(radio.url("mp3"))}}).start()
    instance.wait_recording("clock")
    start = int(time.time()) + 1
    wait_for(lambda: instance.heartbeat("clock")["last-recorded"] > start + 2, 10, "some sound")
    tap = instance.tap("station.clock")
    relay.close()
    _, lost = tap.until(lambda _, m: m["state"] != "recording", 10)
    assert lost["cause"] == "server closed"
    tap.until(lambda _, m: m["cause"] == "refused", 20)
    end = int(time.time()) + 2
    wait_for(lambda: time.time() > end, 10)
    (gap,) = instance.get(slice_path("clock", start, end - start) + "?info").json()["gaps"]
    assert gap["cause"] == "server closed"
    assert gap["failures"] == ["refused"]
    instance.stop()
