# SPDX-License-Identifier: MIT
"""`aircheck cloud size|list|verify|unlink` beside a catalog and a cloud that disagree."""

import datetime
import json
import os
import sqlite3

import pytest

from harness.aircheck import run_tool
from harness.clouds.driver import Store
from harness.clouds.signed_s3 import SECRET_KEY, SignedS3
from harness.past import Past

ORIGIN = "5f3c00112233"
BEGIN = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)


class Archive:
    """Six recordings of two stations, all of them in the cloud, the last of each here as well."""

    def __init__(self, instance, server, folder):
        self.instance, self.server = instance, server
        instance.storage.mkdir(exist_ok=True)
        (instance.storage / "origin").write_text(ORIGIN + "\n")
        folder.mkdir()
        past = Past(instance, folder, 12)
        for station in ("kpcc", "wxyz"):
            past.record(station, BEGIN, 9, files=3)
        past.make_known()
        self._upload()

    def _upload(self):
        store = Store(self.server.cloud())
        for station in ("kpcc", "wxyz"):
            *gone, _ = paths = self.paths(station)
            for path in paths:
                store.put(f"{ORIGIN}/{path}", self.instance.storage / path)
                self.change("UPDATE segment SET object = ? WHERE path = ?",
                            f"{ORIGIN}/{path}", path)
            for path in gone:
                (self.instance.storage / path).unlink()
                self.change("UPDATE segment SET state = 'uploaded' WHERE path = ?", path)
        store.close()

    def change(self, sql, *values):
        with sqlite3.connect(self.instance.storage / "catalog.db") as catalog:
            catalog.execute(sql, values)

    def paths(self, station):
        return [path for path, in self.instance.rows(
            "SELECT path FROM segment WHERE station = ? ORDER BY start_us", station)]

    def keys(self, station="kpcc"):
        return [f"{ORIGIN}/{path}" for path in self.paths(station)]

    def run(self, *arguments):
        done = run_tool("cloud", *arguments, "--config", self.instance.config)
        assert SECRET_KEY not in done.stdout + done.stderr
        return done

    def json(self, *arguments):
        done = self.run(*arguments, "--json")
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def archive(aircheck, tmp_path):
    server = SignedS3()
    server.start()
    instance = aircheck({"kpcc": {"stream": "http://127.0.0.1:9/"},
                         "wxyz": {"stream": "http://127.0.0.1:9/"}},
                        cloud=server.cloud(price_per_gb="20"))
    yield Archive(instance, server, tmp_path / "past")
    server.close()


def orphan(archive, old=True):
    """As a crash between upload and mark leaves one."""
    key = archive.keys()[0].replace("T12", "T11")
    archive.server.change(key, b"sound")
    if old:
        archive.server.objects[key].modified -= 7200
    return key


def test_size_tells_objects_bytes_and_cost(archive):
    archive.server.change(f"{ORIGIN}/backups/catalog-20261120T203000Z.sql.gz", b"x" * 100)
    archive.server.change("0123456789ab/kpcc/streams/of-another", b"not ours")
    code, size = archive.json("size")
    stored = {key: len(each.body) for key, each in archive.server.objects.items()
              if key.startswith(ORIGIN)}
    assert code == 0
    assert (size["objects"], size["bytes"]) == (7, sum(stored.values()))
    assert size["cost_per_month"] == pytest.approx(sum(stored.values()) / 1e9 * 20)
    assert [each["station"] for each in size["stations"]] == ["kpcc", "wxyz"]
    assert [each["objects"] for each in size["stations"]] == [3, 3]
    assert size["backups"]["objects"] == 1 and size["missing"] == 0
    text = archive.run("size", "kpcc").stdout
    assert "kpcc" in text and "wxyz" not in text and "a month" in text


def test_list_tells_what_disagrees(archive):
    first, second, third = archive.keys()
    archive.server.lose(first)
    archive.server.change(second, b"short")
    key = orphan(archive)
    _, entries = archive.json("list", "kpcc")
    assert {entry["key"]: entry["state"] for entry in entries} == {
        first: "missing", second: "wrong size", third: "stored", key: "no row"}
    assert "no row" in archive.run("list").stdout


def test_verify_finds_what_is_missing_and_changed(archive):
    code, found = archive.json("verify")
    assert (code, found["right"], found["wrong"]) == (0, 6, [])
    code, found = archive.json("verify", "--deep")
    assert (code, found["right"], found["wrong"]) == (0, 6, [])

    # The first is read as sound, the last is compared with its file.
    first, second, last = archive.keys()
    for key in (first, last):
        body = archive.server.objects[key].body
        archive.server.change(key, body[:2000] + os.urandom(len(body) - 2000))
    archive.server.lose(second)
    code, found = archive.json("verify")
    assert code == 1 and found["wrong"] == [{"key": second, "problem": "missing"}]
    code, found = archive.json("verify", "kpcc", "--deep")
    assert code == 1 and found["right"] == 0
    problems = {each["key"]: each["problem"] for each in found["wrong"]}
    assert "other sound" in problems[first]
    assert problems[last] == "other bytes than in the file here"


def test_unlink_names_orphans_and_removes_them_when_told(archive):
    young = orphan(archive, old=False)
    text = archive.run("unlink", "--yes").stdout
    assert "younger than an hour" in text and young in archive.server.objects
    key = orphan(archive)
    before = set(archive.server.objects)
    text = archive.run("unlink").stdout
    assert key in text and "--yes" in text and set(archive.server.objects) == before
    code, removed = archive.json("unlink", "--yes")
    assert code == 0 and [each["key"] for each in removed["objects"]] == [key]
    assert set(archive.server.objects) == before - {key}


def test_unlink_takes_no_lost_catalog_for_orphans(archive):
    archive.change("UPDATE segment SET object = ''")
    for each in archive.server.objects.values():
        each.modified -= 7200
    done = archive.run("unlink", "--yes")
    assert done.returncode == 1 and "reindex" in done.stderr
    assert len(archive.server.objects) == 6
    assert archive.run("unlink", "--yes", "--all").returncode == 0
    assert not archive.server.objects


def test_what_cannot_be_asked_is_told(archive, aircheck):
    archive.server.stop()
    done = archive.run("size")
    assert done.returncode == 1 and "s3 at http://127.0.0.1" in done.stderr
    without = aircheck({"kpcc": {"stream": "http://127.0.0.1:9/"}})
    done = run_tool("cloud", "size", "--config", without.config)
    assert done.returncode == 1 and 'no section "cloud"' in done.stderr
