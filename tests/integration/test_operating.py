# SPDX-License-Identifier: MIT
"""What operators ask for: retention, a catalog made anew, names, backups, the list, and the end."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import time

import pytest

from harness.aircheck import Aircheck, slice_path
from harness.wait import wait_for

EVERY = ["/restart", "/upgrade", "/halt", "/prune", "/reindex", "/rename", "/db", "/clock/prune",
         "/clock/reindex", "/clock/rename"]


@pytest.fixture(scope="module")
def instance(radio):
    """Two stations in files of two seconds; prunes only when it is asked to."""
    instance = Aircheck(
        {"clock": {"stream": radio.url("mp3"), "segment_time": "2s"},
         "other": {"stream": radio.url("aac"), "segment_time": "2s"}}, prune_every="1d")
    try:
        instance.start()
        instance.wait_recording("clock", "other")
        wait_for(lambda: len(instance.files("clock")) >= 4 and len(instance.files("other")) >= 4,
                 40, "some segments")
        yield instance
        instance.stop()
    finally:
        instance.close()


def post(instance, path, status=200):
    answer = instance.request("POST", path)
    assert answer.status == status, answer.body
    return answer.json()


def curl(instance, path, *options):
    done = subprocess.run(
        ["curl", "-s", *options, f"http://127.0.0.1:{instance.port}{path}"], capture_output=True,
        check=True, timeout=30)
    return done.stdout


def test_strangers_may_not(instance):
    for path in EVERY:
        for headers in ({"X-Forwarded-For": "203.0.113.5"}, {"Origin": "https://evil.example"},
                        {"Host": "evil.example"}):
            for method in ("GET", "POST"):
                answer = instance.request(method, path, headers)
                assert answer.status == 403, (path, headers)
                assert answer.json()["hint"]
    assert instance.get("/heartbeat").status == 200


def test_what_takes_no_such_method_says_so(instance):
    assert instance.request("DELETE", "/db").status == 405
    assert instance.request("POST", "/dolist").status == 405


def test_the_list_tells_what_is_next(instance):
    def planned():
        found = instance.get("/dolist").json()
        return found if all(found["next-cascade"].values()) else None

    found = wait_for(planned, 10, "the downloader's beat")
    assert 0 < found["next-prune"] < 1.2 * 86400
    in_a_cascade = time.time() + 15 * 60
    for station in ("clock", "other"):
        assert in_a_cascade - 120 < found["next-cascade"][station] < in_a_cascade + 5
    assert found["tasks"] == []


def test_the_list_has_a_worker_that_has_to_wait(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()

    def is_waiting():
        tasks = instance.get("/dolist").json()["tasks"]
        return [task for task in tasks if task["what"] == "worker"]

    # It comes back at once for as long as that may be an accident.
    deadline = time.monotonic() + 60
    waiting = []
    while not waiting and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.kill(instance.pid_of("pruner-0"), signal.SIGKILL)
        waiting = is_waiting()
    assert waiting[0]["subject"] == "pruner-0"
    assert waiting[0]["at"] > time.time() - 1


def test_retention_when_asked(instance):
    answer = post(instance, "/prune")
    assert answer["result"] is True
    assert "0 segments removed" in answer["text"]
    # A file whose row says that it is old.
    path, = instance.rows("SELECT path FROM segment WHERE station = 'clock' AND state = 'closed' "
                          "ORDER BY start_us LIMIT 1")[0]
    other = len(instance.files("other"))
    year = 366 * 86400 * 10**6
    catalog = sqlite3.connect(instance.storage / "catalog.db", timeout=10)
    with catalog:
        catalog.execute("UPDATE segment SET start_us = start_us - ?, end_us = end_us - ? "
                        "WHERE path = ?", (year, year, path))
    catalog.close()
    assert "0 segments removed" in post(instance, "/other/prune")["text"]
    assert (instance.storage / path).exists()
    assert "1 segments removed" in post(instance, "/clock/prune")["text"]
    assert not (instance.storage / path).exists()
    assert len(instance.files("other")) >= other


def test_a_foreign_name_is_put_right(instance):
    """A segment that somebody has renamed, and the catalog has followed."""
    row = instance.rows("SELECT id, path, start_us FROM segment WHERE station = 'clock' "
                        "AND state = 'closed' ORDER BY start_us LIMIT 1")[0]
    number, path, start = row
    right = instance.storage / path
    wrong = path.replace(path.split("-")[1], "20010203T040506Z")
    sound = right.read_bytes()
    right.rename(instance.storage / wrong)
    catalog = sqlite3.connect(instance.storage / "catalog.db", timeout=10)
    with catalog:
        catalog.execute("UPDATE segment SET path = ? WHERE id = ?", (wrong, number))
    catalog.close()
    closed, = instance.rows("SELECT count(*) FROM segment WHERE station = 'clock' "
                            "AND state = 'closed'")[0]
    answer = post(instance, "/clock/rename")
    assert 1 / (closed + 5) <= answer["fraction"] <= 1 / closed
    assert right.read_bytes() == sound
    assert not (instance.storage / wrong).exists()
    assert instance.rows("SELECT path FROM segment WHERE id = ?", number) == [(path,)]
    assert post(instance, "/rename")["fraction"] == 0
    assert instance.get(slice_path("clock", start // 10**6 + 1, 1)).status == 200


def test_a_lost_row_comes_back(instance):
    number, path, start = instance.rows(
        "SELECT id, path, start_us FROM segment WHERE station = 'clock' AND state = 'closed' "
        "ORDER BY start_us DESC LIMIT 1")[0]
    request = slice_path("clock", start // 10**6 + 1, 1)
    before = instance.get(request)
    catalog = sqlite3.connect(instance.storage / "catalog.db", timeout=10)
    with catalog:
        catalog.execute("DELETE FROM segment WHERE id = ?", (number,))
    catalog.close()
    (instance.streams("clock") / "notes.txt").write_text("mine")
    assert "1 recordings added" in post(instance, "/clock/reindex")["text"]
    assert instance.rows("SELECT count(*) FROM segment WHERE path = ?", path) == [(1,)]
    after = instance.get(request)
    assert after.status == 200
    assert abs(len(after.body) - len(before.body)) < 1000  # dated by its file's time
    assert "0 recordings added" in post(instance, "/reindex")["text"]
    assert (instance.streams("clock") / "notes.txt").read_text() == "mine"


def test_a_backup_can_be_restored(instance, tmp_path):
    dump = tmp_path / "dump.sql.gz"
    dump.write_bytes(curl(instance, "/db", "-f"))
    kept = sorted((instance.storage / "backups").iterdir())
    assert kept[-1].read_bytes() == dump.read_bytes()
    assert kept[-1].stat().st_mode & 0o777 == 0o600
    restored = tmp_path / "catalog.db"
    subprocess.run(f"zcat {dump} | sqlite3 -bail {restored}", shell=True, check=True)
    copy = sqlite3.connect(restored)
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for pragma in ("user_version", "application_id"):
        assert copy.execute(f"PRAGMA {pragma}").fetchone() == instance.rows(f"PRAGMA {pragma}")[0]
    schema = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1, 2"
    assert copy.execute(schema).fetchall() == instance.rows(schema)
    table = "SELECT id, path, start_us FROM segment WHERE state = 'closed' ORDER BY id"
    theirs = copy.execute(table).fetchall()
    assert len(theirs) > 3
    assert set(theirs) <= set(instance.rows(table))
    index = "SELECT * FROM seek WHERE segment = ? ORDER BY 1, 2"
    entries = copy.execute(index, (theirs[0][0],)).fetchall()
    assert entries and entries == instance.rows(index, theirs[0][0])


def test_a_restored_catalog_serves(radio, aircheck, tmp_path):
    instance = aircheck({"clock": {"stream": radio.url("mp3"), "segment_time": "2s"}}).start()
    instance.wait_recording("clock")
    start = int(time.time()) + 1
    wait_for(lambda: instance.rows("SELECT 1 FROM segment WHERE state = 'closed' AND end_us > ?",
                                   (start + 3) * 10**6), 20, "a closed segment")
    dump = tmp_path / "dump.sql.gz"
    dump.write_bytes(instance.get("/db").body)
    before = instance.get(slice_path("clock", start, 2)).body
    instance.stop()
    for path in instance.storage.glob("catalog.db*"):
        path.unlink()
    subprocess.run(f"zcat {dump} | sqlite3 -bail {instance.storage}/catalog.db", shell=True,
                   check=True)
    restored_open = "SELECT 1 FROM segment WHERE state = 'open' AND id IN (%s)" % ",".join(
        str(number) for number, in instance.rows("SELECT id FROM segment WHERE state = 'open'"))
    instance.start()
    assert instance.get(slice_path("clock", start, 2)).body == before
    wait_for(lambda: not instance.rows(restored_open), 10,
             "what was open then is known to have ended")
    instance.stop()


def test_the_end_in_order(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    wait_for(instance.parts, 10, "an open file")
    answer = instance.request("POST", "/halt")
    assert answer.status == 202, answer.body
    assert instance.process.wait(30) == 0
    wait_for(lambda: not instance.processes(), 5, "no process left")
    assert not instance.parts()
    assert instance.open_rows() == 0
