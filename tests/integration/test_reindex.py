# SPDX-License-Identifier: MIT
"""The catalog is lost, broken or locked: what was recorded plays as before, and recording goes on."""

import sqlite3
import time

from harness.aircheck import run_tool, slice_path
from harness.frames import find_run, split_exactly
from harness.wait import wait_for

STATIONS = {"clock": "mp3", "clock-aac": "aac"}


def make(aircheck, radio):
    return aircheck({
        "clock": {"stream": radio.url("mp3"), "segment_time": "6s", "cascade_time": "7s",
                  "cascade_buffer": "3s"},
        "clock-aac": {"stream": radio.url("aac"), "segment_time": "5s"},
    }, sync="1s")


def forget(storage):
    for path in storage.glob("catalog.db*"):
        path.unlink()


def spoil(storage):
    """Writes over all of the catalog, of which nothing is left in its log."""
    catalog = sqlite3.connect(storage / "catalog.db", timeout=10)
    wait_for(lambda: catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, 10,
             "a checkpoint")
    catalog.close()
    size = (storage / "catalog.db").stat().st_size
    with open(storage / "catalog.db", "r+b") as file:
        file.write(b"no database " * (size // 12))


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


def test_slices_are_the_same_from_a_catalog_made_anew(radio, aircheck):
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    end = start + 14
    for station in STATIONS:
        wait_for(lambda station=station: known(instance, station, end + 1), 40, "the recording")
    instance.stop()
    instance.start()
    before = slices(instance, start, end)
    info = instance.get(slice_path("clock", start, end - start) + "?info").json()
    assert len(info["splices"]) > 0
    instance.stop()
    files = {path: path.read_bytes() for path in instance.storage.glob("*/streams/*")}

    # By hand, of a catalog that is gone.
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

    # By itself, of one that is broken.
    spoil(instance.storage)
    instance.start()
    wait_for(lambda: list(instance.storage.glob("catalog.db.corrupt-*")), 20, "it is set aside")
    wait_for(lambda: all(known(instance, station, end + 1) for station in STATIONS), 20, "it again")
    wait_for(lambda: instance.log.read_text().count("are known again") == 2, 10, "all of it")
    assert slices(instance, start, end) == before
    instance.stop()
    assert all(path.read_bytes() == content for path, content in files.items())


def test_recording_goes_on_whatever_becomes_of_the_catalog(radio, aircheck, tmp_path):
    references = radio.references(tmp_path)
    instance = make(aircheck, radio).start()
    instance.wait_recording(*STATIONS)
    start = int(time.time()) + 1
    wait_for(lambda: known(instance, "clock", start + 1), 30, "a beginning")

    locker = sqlite3.connect(instance.storage / "catalog.db", isolation_level=None, timeout=10)
    locker.execute("BEGIN EXCLUSIVE")
    size = sum(path.stat().st_size for path in instance.storage.glob("*/streams/*"))
    wait_for(lambda: "keeps it locked" in instance.tail(200), 20, "the log says so")
    assert sum(path.stat().st_size for path in instance.storage.glob("*/streams/*")) > size
    assert instance.get("/stats").status == 200  # readers need not wait
    locker.execute("COMMIT")
    locker.close()
    wait_for(lambda: known(instance, "clock", int(time.time()) - 2), 10, "what came meanwhile")
    assert instance.log.read_text().count("keeps it locked") == 1

    forget(instance.storage)
    done = run_tool("reindex", "--config", instance.config)
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for(lambda: known(instance, "clock", int(time.time()) - 2), 10, "a new one")

    spoil(instance.storage)

    def set_aside():
        instance.get("/stats")  # whoever reads it finds it broken
        return list(instance.storage.glob("catalog.db.corrupt-*"))
    wait_for(set_aside, 20, "it is set aside")

    end = int(time.time()) + 2
    for station, codec in STATIONS.items():
        wait_for(lambda station=station: known(instance, station, end + 1), 20, "the end")
        path = slice_path(station, start, end - start)
        wait_for(lambda path=path: instance.get(path + "?info").json().get("gaps") == [], 10,
                 "everything is known again")
        find_run(split_exactly(instance.get(path).body, codec), references[codec].frames())
    for reference in references.values():
        reference.close()
    instance.stop()
    assert len(instance.segments("clock")) == len(instance.files("clock"))
