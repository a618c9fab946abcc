# SPDX-License-Identifier: MIT
"""Any worker may be killed at any instant."""

import hashlib
import os
import signal
import time

import pytest

from harness.frames import split_exactly
from harness.wait import wait_for


def kill(instance, worker):
    """kill -9; answers (old pid, new pid) when the new one is ready."""
    tap = instance.tap(f"worker.{worker}")
    pid = instance.pid_of(worker)
    os.kill(pid, signal.SIGKILL)
    _, died = tap.until(lambda _, message: message["event"] == "died", 5)
    assert died["signal"] == signal.SIGKILL and died["pid"] == pid
    _, started = tap.until(lambda _, message: message["event"] == "started", 5)
    tap.until(lambda _, m: m["event"] == "ready" and m["pid"] == started["pid"], 10)
    assert started["pid"] != pid
    assert started["time"] - died["time"] < 0.5
    return pid, started["pid"]


def test_a_killed_downloader_is_replaced_and_its_sound_untouched(radio, aircheck):
    instance = aircheck({
        "clock": {"stream": radio.url("mp3"), "segment_time": "4s"},
        "clock-aac": {"stream": radio.url("aac"), "segment_time": "4s"},
    }).start()
    instance.wait_recording("clock", "clock-aac")
    wait_for(lambda: len(instance.files("clock")) >= 2 and len(instance.files("clock-aac")) >= 2,
             30, "some closed segments")
    closed = {path: hashlib.sha256(path.read_bytes()).digest()
              for station in ("clock", "clock-aac") for path in instance.files(station)}
    # Our judge knows a frame by the one behind it.
    wait_for(lambda: len(instance.parts()) == 2
             and all(path.stat().st_size > 16_000 for path in instance.parts()), 20, "open files")
    torn = {path: path.read_bytes() for path in instance.parts()}

    kill(instance, "downloader-0")

    wait_for(lambda: not any(path.exists() for path in torn), 10, "the torn files repaired")
    for path, digest in closed.items():
        assert hashlib.sha256(path.read_bytes()).digest() == digest, f"{path.name} was changed"
    for path, before in torn.items():
        codec = path.with_suffix("").suffix[1:]
        repaired = path.with_suffix("").read_bytes()
        split_exactly(repaired, codec)
        assert repaired[: len(before)] == before[: len(repaired)]
        assert len(repaired) > len(before) - 4096, "more than a torn frame was cut"
        relative = str(path.with_suffix("").relative_to(instance.storage))
        assert instance.rows("SELECT state, bytes FROM segment WHERE path = ?", relative) == [
            ("closed", len(repaired))]
    count = len(instance.files("clock"))
    wait_for(lambda: len(instance.files("clock")) > count + 1, 20, "recording goes on")
    instance.stop()


def test_killed_webapi_and_pruner_are_replaced(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    for worker in ("webapi-0", "pruner-0"):
        kill(instance, worker)
    wait_for(lambda: instance.get("/heartbeat").status == 200, 10)
    beats = instance.tap("heartbeat.downloader-0")
    before = beats.until(lambda *_: True, 5)[1]
    after = beats.until(lambda *_: True, 5)[1]
    assert after["seq"] == before["seq"] + 1, "the downloader did not notice anything"
    instance.stop()


def test_repeated_deaths_are_survived(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    pids = set()
    for _ in range(3):
        pids.update(kill(instance, "downloader-0"))
    assert len(pids) == 4
    instance.wait_recording("clock")
    instance.stop()


def test_a_hung_worker_is_replaced(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, cycle_time="2s").start()
    instance.wait_recording("clock")
    pid = instance.pid_of("downloader-0")
    tap = instance.tap("worker.downloader-0")
    os.kill(pid, signal.SIGSTOP)
    tap.until(lambda _, message: message["event"] == "hung", 15)
    tap.until(lambda _, message: message["event"] == "ready" and message["pid"] != pid, 15)
    wait_for(lambda: pid not in instance.processes(), 10, "the hung one is gone")
    instance.wait_recording("clock")
    instance.stop()


@pytest.mark.parametrize("seconds", [1.7, 2.1, 2.4, 4])
def test_a_supervisor_that_was_stopped_takes_nobody_for_hung(radio, aircheck, seconds):
    """About as long as a worker may be silent, and longer."""
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, cycle_time="1s").start()
    instance.wait_recording("clock")
    before = set(instance.processes())
    instance.process.send_signal(signal.SIGSTOP)
    end = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() > end, 10)
    instance.process.send_signal(signal.SIGCONT)
    instance.live_on("downloader-0", 3)
    assert set(instance.processes()) == before
    instance.stop()
