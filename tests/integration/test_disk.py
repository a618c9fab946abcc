# SPDX-License-Identifier: MIT
"""A disk that is full for a while: recording goes on in memory, and nothing is missing."""

import subprocess
import time

import pytest
from harness.aircheck import Aircheck, slice_path
from harness.frames import find_run, split_exactly
from harness.wait import wait_for


class SmallDisk:
    def __init__(self, folder, size):
        self._folder = folder
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                              capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"only root can mount a small disk: {done.stderr.strip()}")

    def grow(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self._folder], check=True)

    def close(self):
        subprocess.run(["umount", "--lazy", self._folder], check=True)


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
