# SPDX-License-Identifier: MIT
"""Disks that are full for a while, read-only, or fail: recording goes on as well as it can."""

import pathlib
import subprocess
import time

import pytest
import radio_station
from harness.aircheck import Aircheck, slice_path
from harness.disks import SmallDisk
from harness.frames import find_run, split_exactly
from harness.wait import wait_for


@pytest.fixture
def full(radio):
    """An instance whose storage holds ten seconds or so."""
    instance = Aircheck({
        "clock": {"stream": radio.url("mp3"), "segment_time": "7s"},
        "clock-aac": {"stream": radio.url("aac")},
    }, min_free="0")
    disk = SmallDisk(instance.storage, "1200k")
    try:
        yield instance, disk
    finally:
        instance.close()
        disk.close()


def test_a_full_disk_costs_nothing_if_there_is_room_again(radio, full, tmp_path):
    instance, disk = full
    references = radio.references(tmp_path)
    instance.start()
    instance.wait_recording("clock", "clock-aac")
    start = int(time.time()) + 1
    wait_for(lambda: "clock: cannot write" in instance.tail(100), 60, "the disk to be full")
    tap = instance.tap("heartbeat.downloader-0")
    seconds = tap.until(lambda *_: True, 5)[1]["uptime"]
    # Long enough for segments to begin and end in memory.
    _, beat = tap.until(lambda _, m: m["uptime"] > seconds + 12, 20)
    assert all(station["state"] == "recording" for station in beat["stations"])
    disk.grow("64m")
    wait_for(lambda: not instance.parts() or "writing" in instance.tail(100), 20, "room again")
    end = int(time.time()) + 1
    for station, codec in (("clock", "mp3"), ("clock-aac", "aac")):
        wait_for(lambda station=station: instance.rows(
            "SELECT 1 FROM segment WHERE station = ? AND end_us > ?", station, (end + 1) * 10**6),
            30, "the catalog to know")
        path = slice_path(station, start, end - start)
        assert instance.get(path + "?info").json()["gaps"] == []
        find_run(split_exactly(instance.get(path).body, codec), references[codec].frames())
    for reference in references.values():
        reference.close()
    instance.stop()


def test_a_read_only_disk_is_refused_with_advice(aircheck, radio):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    disk = SmallDisk(instance.storage, "8m")
    try:
        disk.remount("ro")
        instance.spawn()
        assert instance.process.wait(20) == 1
        assert "Read-only file system" in instance.tail()
        assert "mount -o remount,rw" in instance.tail()
        disk.remount("rw")
        instance.start()
        instance.wait_recording("clock")
        instance.stop()
    finally:
        disk.close()


class FailingDisk:
    """A real file system that goes read-only when it meets a fault, and a way to make one."""

    def __init__(self, folder, image):
        self._folder = folder
        folder.mkdir()
        with open(image, "wb") as file:
            file.truncate(16 << 20)
        self._image = image
        self._run("mkfs.ext4", "-q", "-F", image)
        self.mount()
        device = self._run("findmnt", "-n", "-o", "SOURCE", folder).stdout.strip()
        self._trigger = pathlib.Path("/sys/fs/ext4") / pathlib.Path(device).name / "trigger_fs_error"
        if not self._trigger.exists():
            self.close()
            pytest.skip("this kernel offers no way to make a file system fail")

    def mount(self):
        self._run("mount", "-o", "loop,errors=remount-ro", self._image, self._folder)

    def fail(self):
        self._trigger.write_text("tests")

    def mend(self):
        self.close()
        subprocess.run(["fsck.ext4", "-y", self._image], capture_output=True)
        self.mount()

    def close(self):
        subprocess.run(["umount", self._folder], check=True)

    @staticmethod
    def _run(*command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system that can be made to fail: {done.stderr.strip()}")
        return done


def test_a_disk_that_turns_read_only_stops_no_process(aircheck, radio, tmp_path):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, sync="1s")
    disk = FailingDisk(instance.storage, tmp_path / "disk")
    try:
        instance.start()
        instance.wait_recording("clock")
        start = int(time.time()) + 1
        wait_for(lambda: instance.rows("SELECT 1 FROM segment WHERE end_us > ?",
                                       (start + 9) * 10**6), 30, "a beginning")
        before = instance.get(slice_path("clock", start, 3)).body  # synced since, however busy it is
        worker = instance.pid_of("downloader-0")
        disk.fail()
        wait_for(lambda: "clock: cannot write" in instance.tail(100), 20, "the log says so")
        tap = instance.tap("heartbeat.downloader-0")
        _, beat = tap.until(lambda *_: True, 10)
        assert beat["stations"][0]["state"] == "recording"
        assert instance.get(slice_path("clock", start, 3)).body == before
        assert instance.pid_of("downloader-0") == worker
        radio_station.stop(instance.process, patience=40)
        disk.mend()
        instance.start()
        instance.wait_recording("clock")
        instance.stop()
        # The catalog may have lost more than the recording.
        sound = b"".join(path.read_bytes() for path in instance.files("clock"))
        assert before in sound
        assert instance.rows("SELECT sum(bytes) FROM segment") == [(len(sound),)]
    finally:
        if instance.process.poll() is None:
            radio_station.stop(instance.process, patience=40)
        wait_for(lambda: not instance.processes(), 10, "all have ended")
        disk.close()
