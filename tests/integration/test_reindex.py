# SPDX-License-Identifier: MIT
"""The catalog is lost, broken or locked: what was recorded plays as before, and recording goes on."""

import os
import pathlib
import signal
import sqlite3
import subprocess
import time

import pytest
import radio_station
from harness.aircheck import run_tool, slice_path
from harness.frames import find_run, split_exactly
from harness.radio import Reference
from harness.wait import wait_for

STATIONS = {"clock": "mp3", "clock-aac": "aac"}


def make(aircheck, radio):
    return aircheck({
        "clock": {"stream": radio.url("mp3"), "segment_time": "6s", "cascade_time": "10s",
                  "cascade_buffer": "4s"},
        "clock-aac": {"stream": radio.url("aac"), "segment_time": "5s"},
    }, sync="1s")


def forget(storage):
    for path in storage.glob("catalog.db*"):
        path.unlink()


def known(instance, station, second):
    return instance.rows("SELECT 1 FROM segment WHERE station = ? AND end_us > ?", station,
                         second * 10**6)


def slices(instance, start, end):
    """What clients get of each station: a long slice, and short ones that tile."""
    found = {}
    for station in STATIONS:
        for begin, seconds in [(start, end - start)] + [(at, 3) for at in range(start, end, 3)]:
            answer = instance.get(slice_path(station, begin, seconds))
            assert answer.status == 200, answer.body
            found[station, begin, seconds] = answer.body
    return found


def check(instance, start, end, references):
    """Nothing is missing, and nothing is there twice."""
    for station, codec in STATIONS.items():
        wait_for(lambda station=station: known(instance, station, end + 1), 20, "the end")
        path = slice_path(station, start, end - start)
        assert instance.get(path + "?info").json()["gaps"] == []
        find_run(split_exactly(instance.get(path).body, codec), references[codec].frames())


@pytest.fixture
def references(radio, tmp_path):
    made = {codec: Reference(radio, codec, tmp_path) for codec in STATIONS.values()}
    yield made
    for reference in made.values():
        reference.close()


def test_a_lost_catalog_is_made_anew_from_the_files(radio, aircheck):
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    end = start + 18
    for station in STATIONS:
        wait_for(lambda station=station: known(instance, station, end + 1), 40, "the recording")
    instance.stop()
    instance.start()
    before = slices(instance, start, end)
    whole = instance.get(slice_path("clock", start, end - start) + "?info").json()
    assert len(whole["splices"]) > 0
    instance.stop()
    files = {path: path.read_bytes() for path in instance.storage.glob("*/streams/*")}

    (instance.streams("clock") / "notes.txt").write_text("mine")
    forget(instance.storage)
    done = run_tool("reindex", "--config", instance.config)
    assert done.returncode == 0, done.stderr
    assert "notes.txt" in done.stdout
    assert "titles" in done.stdout
    again = run_tool("reindex", "--config", instance.config)
    assert ": 0 recordings added" in again.stdout, again.stdout

    instance.start()
    assert slices(instance, start, end) == before
    instance.stop()
    assert all(path.read_bytes() == content for path, content in files.items())


def test_recording_goes_on_while_the_catalog_is_removed_and_made_anew(radio, aircheck, references):
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    for station in STATIONS:
        wait_for(lambda station=station: known(instance, station, start + 6), 30, "a beginning")
    forget(instance.storage)
    done = run_tool("reindex", "--config", instance.config)
    assert done.returncode == 0, done.stdout + done.stderr
    end = int(time.time()) + 4
    check(instance, start, end, references)
    instance.stop()
    assert len({path for path, *_ in instance.segments("clock")}) == len(instance.files("clock"))


@pytest.mark.parametrize("running", (True, False))
def test_a_broken_catalog_is_set_aside(radio, aircheck, references, running):
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    for station in STATIONS:
        wait_for(lambda station=station: known(instance, station, start + 6), 30, "a beginning")
    if not running:
        instance.stop()
    with open(instance.storage / "catalog.db", "r+b") as catalog:
        catalog.write(b"this is no database" * 4000)
    if not running:
        instance.start()
    wait_for(lambda: list(instance.storage.glob("catalog.db.corrupt-*")), 20, "it is set aside")
    for station in STATIONS:
        wait_for(lambda station=station: known(instance, station, start + 6), 20, "it is made anew")
    if running:
        check(instance, start, int(time.time()) + 2, references)
    instance.stop()


def test_a_locked_catalog_is_waited_for(radio, aircheck, references):
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    wait_for(lambda: known(instance, "clock", start + 2), 30, "a beginning")
    locker = sqlite3.connect(instance.storage / "catalog.db", isolation_level=None)
    locker.execute("PRAGMA locking_mode = EXCLUSIVE")
    locker.execute("BEGIN EXCLUSIVE")
    size = sum(path.stat().st_size for path in instance.parts())
    begun = time.time()
    wait_for(lambda: "keeps it locked" in instance.tail(200), 20, "the log says so")
    wait_for(lambda: time.time() > begun + 12, 20, "segments to end meanwhile")
    assert sum(path.stat().st_size for path in instance.storage.glob("*/streams/*")) > size + 100_000
    locker.execute("COMMIT")
    locker.close()
    check(instance, start, int(time.time()) + 2, references)
    assert instance.log.read_text().count("keeps it locked") == 1
    instance.stop()
