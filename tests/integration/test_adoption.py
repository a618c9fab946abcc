# SPDX-License-Identifier: MIT
"""The supervisor may be killed, too."""

import os
import pathlib
import signal
import time

import pytest
from harness.load import Client, Listener
from harness.wait import wait_for
from test_restart import check_exact, end, references, supervisor_pid, wait_until_recorded

__all__ = ["references"]


@pytest.fixture
def instance(radio, aircheck):
    made = aircheck({"clock": {"stream": radio.url("mp3")},
                     "clock-aac": {"stream": radio.url("aac")}},
                    restart_overlap="2s", restart_timeout="20s", cycle_time="2s")
    made.start()
    made.wait_recording("clock", "clock-aac")
    return made


def pids_of_supervisor(instance):
    """None for a moment: between two."""
    return [int(path.read_text()) for path in instance.storage.glob("run/supervisor.pid")]


def kill_supervisor(instance):
    orphans = set(instance.processes()) - {instance.process.pid}
    instance.process.kill()
    instance.process.wait()
    return orphans


def test_its_workers_go_on_until_others_have_taken_over(instance, references):
    start = int(time.time()) + 1
    wait_for(lambda: time.time() > start + 4, 10)
    listener = Listener(instance.port, "/clock/live/-3s")
    client = Client(instance.port)
    try:
        for generation in (2, 3):
            orphans = kill_supervisor(instance)
            answers = client.answers
            wait_for(lambda: client.answers > answers + 20, 10, "the orphan answers")
            instance.spawn()
            wait_for(lambda: not orphans & set(instance.processes()), 40, "the orphans have ended")
            beat = instance.tap("heartbeat.downloader-0").until(lambda *_: True, 5)[1]
            assert beat["generation"] == generation
        assert listener.ended is None
    finally:
        listener.close()
        client.close()
    assert client.failures == []
    end_second = int(time.time())
    wait_until_recorded(instance, end_second)
    check_exact(instance, references, start, end_second)
    assert supervisor_pid(instance) == instance.process.pid
    end(instance)


def test_without_another_one_they_end_in_order(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, restart_timeout="2s").start()
    instance.wait_recording("clock")
    wait_for(instance.parts, 10)
    kill_supervisor(instance)
    wait_for(lambda: not instance.processes(), 20, "the workers have ended")
    assert not instance.parts() and instance.open_rows() == 0


def test_orphans_that_hang_are_no_obstacle(instance):
    orphans = kill_supervisor(instance)
    for pid in orphans:
        os.kill(pid, signal.SIGSTOP)
    instance.spawn()
    instance.wait_ready()
    instance.wait_recording("clock", "clock-aac")
    for pid in orphans:
        if pathlib.Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not orphans & set(instance.processes()), 60, "the orphans have ended")
    end(instance)


def test_an_orphan_that_hangs_is_not_waited_for(instance):
    """Nothing can be reloaded or restarted as long as there are orphans."""
    orphans = kill_supervisor(instance)
    for pid in orphans:
        if b"pruner-0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGSTOP)
    instance.spawn()
    wait_for(lambda: not orphans & set(instance.processes()), 20, "the orphans have ended")
    end(instance)


def test_killed_in_the_midst_of_a_soft_restart(instance, references):
    start = int(time.time()) + 1
    wait_for(lambda: time.time() > start + 4, 10)
    tap = instance.tap("restart.")
    os.kill(instance.process.pid, signal.SIGUSR2)
    begun = tap.until(lambda _, m: m["event"] == "begun", 20)[1]
    instance.process.kill()
    instance.process.wait()

    def is_alone():
        return len(instance.processes()) == 5 and begun["pid"] in pids_of_supervisor(instance)

    wait_for(is_alone, 60, "the new one is alone")
    end_second = int(time.time())
    wait_until_recorded(instance, end_second)
    check_exact(instance, references, start, end_second)
    end(instance)
