# SPDX-License-Identifier: MIT
"""Recordings move to the cloud, and end there; also while the cloud, or the pruner, dies."""

import datetime
import json
import os
import random
import shutil
import subprocess
import time

import pytest
from harness.aircheck import Aircheck, run_tool
from harness.clouds.azurite import Azurite
from harness.clouds.driver import Store
from harness.clouds.s3rver import S3rver
from harness.clouds.sftp import Sftp
from harness.clouds.signed_s3 import SECRET_KEY, SignedS3
from harness.control import Control
from harness.disks import SmallDisk
from harness.past import Past
from harness.wait import wait_for

HOUR = datetime.timedelta(hours=1)
NOWHERE = "http://127.0.0.1:9/"  # nobody listens at the discard port

# More of them take longer, and meet more moments.
KILLS = int(os.environ.get("AIRCHECK_PRUNER_KILLS", "50"))
SEGMENTS = 500


@pytest.fixture
def s3():
    server = SignedS3()
    server.start()
    yield server
    server.close()


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def origin_of(instance):
    return (instance.storage / "origin").read_text().strip()


def sound_in(s3, origin):
    """Paths and bytes of the segments that are stored."""
    return {key.removeprefix(f"{origin}/"): stored.body for key, stored in s3.objects.items()
            if key.startswith(f"{origin}/") and "/streams/" in key}


def files_of(instance):
    return {str(path.relative_to(instance.storage)): path.read_bytes()
            for path in instance.storage.glob("*/streams/*")}


def paths_of(instance):
    return {str(path.relative_to(instance.storage))
            for path in instance.storage.glob("*/streams/*")}


def rows_of(instance):
    """What the catalog has of each segment, but when it begins and ends."""
    return instance.rows("SELECT path, state, object, bytes, frames, samples, sequence, "
                         "take_sample, take FROM segment ORDER BY start_us, path")


def times_of(instance):
    return instance.rows("SELECT start_us, end_us FROM segment ORDER BY start_us, path")


def close(times, others):
    """Within a millisecond: names tell these times as exactly as those of the files do."""
    return len(times) == len(others) and all(
        abs(a - b) < 1000 for row, other in zip(times, others) for a, b in zip(row, other))


def index_of(instance):
    return instance.rows("SELECT path, first_sample, entries, head, tail_begin, tail FROM segment "
                         "JOIN seek ON seek.segment = segment.id "
                         "JOIN mark ON mark.segment = segment.id ORDER BY path, first_sample")


def reconfigure(instance, station="kpcc", **settings):
    instance.settings["stations"][station].update(settings)
    instance.config.write_text(json.dumps(instance.settings))


def plan_of(instance):
    done = run_tool("prune", "--dry-run", "--json", "--config", instance.config)
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)["steps"]
    return sorted((step["action"], step["reason"], step["file"]) for step in steps)


def pruner_of(instance):
    workers = instance.get("/stats").json()["workers"]
    return next(worker for worker in workers if worker["role"] == "pruner")


def prune(instance):
    done = run_tool("prune", "--config", instance.config, timeout=90)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_recordings_move_to_the_cloud_and_end_there(aircheck, s3, tmp_path):
    instance = aircheck({"kpcc": {"stream": NOWHERE, "disk_archive": "3h"}}, cloud=s3.cloud())
    past = Past(instance, tmp_path, 20)
    past.record("kpcc", now() - 30 * HOUR, 20, files=2)
    past.record("kpcc", now() - 5 * HOUR, 10)
    past.record("kpcc", now() - 2 * HOUR, 10)
    past.make_known()
    files = files_of(instance)
    old, young = sorted(files)[:3], sorted(files)[3]
    assert plan_of(instance) == [("upload", "age", path) for path in old]
    shown = run_tool("prune", "--dry-run", "--config", instance.config).stdout
    assert shown.count("move to the cloud: older than disk_archive, 3h") == 3
    assert files_of(instance) == files and not s3.objects

    instance.start()
    tap = instance.tap("segment.kpcc")
    assert "3 moved to the cloud" in prune(instance)
    uploaded = {tap.until(lambda _, m: m["event"] == "uploaded", 10)[1]["file"] for _ in old}
    assert uploaded == set(old)
    origin = origin_of(instance)
    assert sound_in(s3, origin) == {path: files[path] for path in old}
    assert files_of(instance) == {young: files[young]}
    assert [(row[0], row[1], row[2]) for row in rows_of(instance)] == \
        [(path, "uploaded", f"{origin}/{path}") for path in old] + [(young, "closed", "")]
    assert json.loads(s3.objects[f"leases/{origin}.json"].body)["origin"] == origin
    assert plan_of(instance) == []
    pruner = wait_for(lambda: pruner_of(instance).get("cloud") and pruner_of(instance), 10, "a beat")
    assert pruner["cloud"] == "works" and pruner["bytes-total"] > 0 and pruner["unsaved"] == 0
    assert "aircheck_cloud_works 1" in instance.get("/metrics").body.decode()
    assert SECRET_KEY not in instance.get("/stats").body.decode()
    instance.stop()

    # The catalog is lost: it is made anew from both places, to the same answers.
    rows, times, index = rows_of(instance), times_of(instance), index_of(instance)
    backup = next((instance.storage / "backups").iterdir())
    assert s3.objects[f"{origin}/backups/{backup.name}"].body == backup.read_bytes()
    for path in instance.storage.glob("catalog.db*"):
        path.unlink()
    s3.store(f"{origin}/kpcc/notes.txt", b"mine")
    done = run_tool("reindex", "--config", instance.config)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 recordings added" in done.stdout and "kpcc/notes.txt" in done.stdout
    assert rows_of(instance) == rows and index_of(instance) == index
    assert close(times_of(instance), times)
    assert ": 0 recordings added" in run_tool("reindex", "--config", instance.config).stdout

    # Or from a backup, which was made before they moved.
    for path in instance.storage.glob("catalog.db*"):
        path.unlink()
    subprocess.run(f"zcat {backup} | sqlite3 -bail {instance.storage}/catalog.db", shell=True,
                   check=True)
    assert run_tool("reindex", "--config", instance.config).returncode == 0
    assert rows_of(instance) == rows and close(times_of(instance), times)

    # And in the end it ends.
    reconfigure(instance, cloud_archive="10h")
    instance.start()
    prune(instance)
    assert sound_in(s3, origin) == {path: files[path] for path in old[2:]}
    assert s3.objects[f"{origin}/kpcc/notes.txt"].body == b"mine"
    assert [row[0] for row in rows_of(instance)] == [*old[2:], young]
    begin = (now() - 31 * HOUR).strftime("%Y-%m-%d %H:%M")
    holes = json.loads(run_tool("coverage", "kpcc", "--from", begin, "--json", "--config",
                                instance.config).stdout)["holes"]
    assert holes[0]["cause"] == "removed: too old"
    instance.stop()


@pytest.mark.parametrize("kind", [S3rver, Sftp, Azurite])
def test_each_service_keeps_recordings_and_ends_them(aircheck, kind, tmp_path):
    server = kind(tmp_path / "server")
    server.start()
    store = Store(server.cloud())
    try:
        instance = aircheck({"kpcc": {"stream": NOWHERE, "disk_archive": "3h"}},
                            cloud=server.cloud())
        past = Past(instance, tmp_path, 10)
        past.record("kpcc", now() - 30 * HOUR, 10)
        past.record("kpcc", now() - 5 * HOUR, 10)
        past.make_known()
        for path in instance.storage.glob("*/streams/*"):
            shutil.copy(path, tmp_path)
        paths = sorted(paths_of(instance))
        instance.start()
        assert "2 moved to the cloud" in prune(instance)
        assert paths_of(instance) == set()
        origin = origin_of(instance)

        def kept():
            return sorted(each["key"] for each in store.list(f"{origin}/kpcc/"))

        assert kept() == [f"{origin}/{path}" for path in paths]
        for path in paths:
            assert store.matches(f"{origin}/{path}", tmp_path / path.rsplit("/", 1)[1])
        assert store.find(f"leases/{origin}.json")
        instance.stop()

        rows, index = rows_of(instance), index_of(instance)
        for path in instance.storage.glob("catalog.db*"):
            path.unlink()
        assert run_tool("reindex", "--config", instance.config).returncode == 0
        assert rows_of(instance) == rows and index_of(instance) == index

        reconfigure(instance, cloud_archive="10h")
        instance.start()
        assert "1 segments removed" in prune(instance)
        assert kept() == [f"{origin}/{paths[1]}"]
        instance.stop()
    finally:
        store.close()
        server.close()


def test_a_cloud_that_is_down_is_told_of_and_tried_again(aircheck, s3, tmp_path):
    instance = aircheck({"kpcc": {"stream": NOWHERE, "disk_archive": "3h"}}, cloud=s3.cloud())
    past = Past(instance, tmp_path, 10)
    past.record("kpcc", now() - 5 * HOUR, 10)
    past.make_known()
    files = files_of(instance)
    s3.stop()
    instance.start()
    tap = instance.tap("heartbeat.pruner-0")
    _, beat = tap.until(lambda _, m: m.get("cloud") == "down", 20)
    assert beat["cloud_error"] and beat["cloud_since"] <= time.time()
    assert beat["unsaved"] == sum(map(len, files.values()))
    assert "the cloud does not work" in prune(instance)
    assert files_of(instance) == files
    s3.start()
    tap.until(lambda _, m: m.get("cloud") == "works" and m["unsaved"] == 0, 30)
    wait_for(lambda: not paths_of(instance), 10, "the file to go")
    assert sound_in(s3, origin_of(instance)) == files
    assert "the cloud works again" in instance.tail()
    instance.stop()


def test_two_machines_share_a_bucket(aircheck, s3, tmp_path):
    instances = [aircheck({"kpcc": {"stream": NOWHERE, "disk_archive": "3h"}}, cloud=s3.cloud())
                 for _ in range(2)]
    sounds = []
    for number, instance in enumerate(instances):
        folder = tmp_path / str(number)
        folder.mkdir()
        past = Past(instance, folder, 5)
        past.record("kpcc", now() - 30 * HOUR, 5)
        past.make_known()
        sounds.append(files_of(instance))
        instance.start()
        prune(instance)
    reconfigure(instances[0], cloud_archive="10h")
    instances[0].stop()
    instances[0].start()
    prune(instances[0])
    assert sound_in(s3, origin_of(instances[0])) == {}
    assert sound_in(s3, origin_of(instances[1])) == sounds[1]
    for instance in instances:
        instance.stop()


class Killer:
    """Prunes again and again, until a pruner that was not killed says that it has done all."""

    def __init__(self, control):
        self._control = control
        self._random = random.Random(20261120)
        self._order = 0

    def begin(self):
        worker = self._control.start(name="pruner-0")
        self._order += 1
        self._control.command(worker, "prune", id=self._order)
        return worker

    def kill(self, count, longest):
        for _ in range(count):
            worker = self.begin()
            wait_for(lambda end=time.monotonic() + self._random.uniform(0, longest):
                     time.monotonic() > end, 10)
            worker.kill()
            worker.wait()

    def finish(self):
        began = time.monotonic()
        worker = self.begin()
        self._control.until(lambda who, topic, message: topic == "answer"
                            and message["id"] == self._order, 400)
        worker.kill()
        worker.wait()
        return time.monotonic() - began


@pytest.mark.patience(900)
def test_a_pruner_may_be_killed_at_any_moment(s3, tmp_path):
    """Half of the kills while segments move to the cloud, half while they end there."""
    control = Control({"kpcc": {"stream": NOWHERE, "disk_archive": "3h"}}, cloud=s3.cloud(),
                      min_free="1M", loglevel="info")
    try:
        past = Past(control, tmp_path, 50)
        for take in range(SEGMENTS // 50):
            past.record("kpcc", now() - 30 * HOUR + take * datetime.timedelta(minutes=5), 50,
                        files=50)
        past.make_known()
        files = files_of(control)
        assert len(files) > SEGMENTS * 0.95
        killer = Killer(control)
        killer.kill(KILLS // 2, 0.4)
        killer.finish()
        origin = origin_of(control)
        assert sound_in(s3, origin) == files
        assert files_of(control) == {}
        assert [row[:3] for row in rows_of(control)] == \
            [(path, "uploaded", f"{origin}/{path}") for path in sorted(files)]
        assert not s3.uploads

        control.config = control.write({"kpcc": {"stream": NOWHERE, "disk_archive": "3h",
                                                 "cloud_archive": "4h"}})
        killer.kill(KILLS - KILLS // 2, 0.3)
        killer.finish()
        assert sound_in(s3, origin) == {}
        assert rows_of(control) == []
    finally:
        control.close()


def free_on(folder):
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def test_a_disk_that_fills_while_the_cloud_is_down(radio, s3, tmp_path):
    """The oldest goes, each loss has its cause, recording goes on; and all heals."""
    instance = Aircheck({"clock": {"stream": radio.url("mp3"), "segment_time": "2s"}},
                        cloud=s3.cloud(), prune_every="1s")
    disk = SmallDisk(instance.storage, "24M")
    try:
        past = Past(instance, tmp_path, 60)
        begin = now() - 40 * HOUR
        for take in range(6):
            past.record("clock", begin + take * HOUR, 60, files=6)
        past.make_known()
        files = sorted(paths_of(instance))
        # The recording, and the catalog's log, take what is left in a few seconds.
        instance.settings["min_free"] = str(free_on(instance.storage) - 300_000)
        instance.config.write_text(json.dumps(instance.settings))
        s3.stop()
        instance.start()
        instance.wait_recording("clock")
        wait_for(lambda: len(set(files) & paths_of(instance)) < len(files) - 1, 60,
                 "room to be made")
        left = sorted(set(files) & paths_of(instance))
        assert left and left == files[-len(left):], "the oldest goes first"
        assert instance.heartbeat("clock")["last-recorded"] > time.time() - 5
        holes = json.loads(run_tool("coverage", "clock", "--from", f"{begin:%Y-%m-%d %H:%M}",
                                    "--json", "--config", instance.config).stdout)["holes"]
        assert "removed: disk full" in {hole["cause"] for hole in holes}
        (first,), = instance.rows("SELECT min(from_us) FROM removal WHERE cause = 'min_free'")
        assert abs(first - begin.timestamp() * 10**6) < 1000
        assert "had to go though they are nowhere else: min_free" in instance.log.read_text()

        s3.start()
        prune(instance)
        wait_for(lambda: not set(files) & paths_of(instance), 60, "the rest to move")
        stored = sound_in(s3, origin_of(instance))
        assert stored and min(stored) >= left[0]
        assert {path for path, in instance.rows("SELECT path FROM segment WHERE object <> ''")} \
            >= set(stored) & set(files)
        assert instance.heartbeat("clock")["last-recorded"] > time.time() - 5
        instance.stop()
    finally:
        instance.close()
        disk.close()
