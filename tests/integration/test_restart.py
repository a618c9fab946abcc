# SPDX-License-Identifier: MIT
"""A soft restart: new processes take over, and nobody notices."""

import os
import pathlib
import shutil
import signal
import time

import pytest
from harness.aircheck import AIRCHECKD, BUILD, run_tool, slice_path
from harness.frames import find_run, split, split_exactly
from harness.load import Client, Listener
from harness.soft_restart import end, is_gone, restart, supervisor_pid
from harness.wait import wait_for


@pytest.fixture
def references(radio, tmp_path):
    made = radio.references(tmp_path)
    yield made
    for reference in made.values():
        reference.close()


@pytest.fixture
def instance(radio, aircheck):
    made = aircheck({"clock": {"stream": radio.url("mp3")},
                     "clock-aac": {"stream": radio.url("aac")}},
                    restart_overlap="2s", restart_timeout="15s", cycle_time="2s")
    made.start()
    made.wait_recording("clock", "clock-aac")
    return made


def check_exact(instance, references, start, end_second):
    for station, codec in (("clock", "mp3"), ("clock-aac", "aac")):
        path = slice_path(station, start, end_second - start)
        info = instance.get(path + "?info").json()
        assert info["gaps"] == [] and info["complete"], info
        assert all(splice["exact"] for splice in info["splices"]), info
        find_run(split_exactly(instance.get(path).body, codec), references[codec].frames())


def wait_until_recorded(instance, second):
    def there():
        return all(instance.heartbeat(station)["last-recorded"] > second + 8
                   for station in ("clock", "clock-aac"))
    wait_for(there, 60, "the recording gets so far")


def test_nothing_is_lost_and_nobody_cut(instance, references):
    start = int(time.time()) + 1
    wait_for(lambda: time.time() > start + 4, 10)
    listeners = [Listener(instance.port, "/clock/live/-3s"),
                 Listener(instance.port, "/clock-aac/live/-3s")]
    clients = [Client(instance.port), Client(instance.port, "/clock/heartbeat", pause=0.3)]
    try:
        for _ in range(2):
            event, before = restart(instance)
            assert event["stations"] == event["exact"] == 2, event
            assert event["lost"] == event["doubled"] == 0
            wait_for(lambda: is_gone(before), 5)
            assert supervisor_pid(instance) == event["pid"]
            assert event["elapsed"] < 20
        heard = [len(listener.received) for listener in listeners]
        wait_for(lambda: all(len(listener.received) > count + 20_000
                             for listener, count in zip(listeners, heard)), 20, "more is heard")
        assert [listener.ended for listener in listeners] == [None, None]
    finally:
        for each in (*listeners, *clients):
            each.close()
    for client in clients:
        assert client.failures == [] and client.answers > 10
    for listener, codec in zip(listeners, ("mp3", "aac")):
        wait_for(lambda: len(references[codec].frames()) > 100, 10)
        frames = split(bytes(listener.received), codec)
        find_run(frames[:-1], references[codec].frames())
    end_second = int(time.time())
    wait_until_recorded(instance, end_second)
    check_exact(instance, references, start, end_second)
    end(instance)


def test_several_web_workers_share_the_listeners_and_lose_none(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, webapis=2, restart_overlap="2s",
                        restart_timeout="15s", cycle_time="2s")
    instance.start()
    instance.wait_recording("clock")
    wait_for(lambda: instance.rows("SELECT 1 FROM segment"), 10, "something to listen to")
    clients = [Client(instance.port, "/clock/heartbeat", pause=0.001) for _ in range(40)]
    listeners = [Listener(instance.port, "/clock/live/-1s") for _ in range(10)]

    def serves(worker):
        hits = []

        def grows(_, beat):
            hits.append(beat["hits"])
            return beat["connections"] > 0 and hits[-1] > hits[0]

        return instance.tap(f"heartbeat.{worker}").until(grows, 10)[1]

    try:
        for _ in range(2):
            assert serves("webapi-0")["pid"] != serves("webapi-1")["pid"]
            restart(instance)
        assert serves("webapi-0")["pid"] != serves("webapi-1")["pid"]
        assert [listener.ended for listener in listeners] == [None] * 10
    finally:
        for each in (*listeners, *clients):
            each.close()
    assert [client.failures for client in clients] == [[]] * 40
    end(instance)


def test_the_command_line_tells_how_it_goes(instance):
    done = run_tool("restart", "--storage", instance.storage, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done: 2 of 2 stations go on frame by frame, 0 frames lost, 0 doubled" in done.stdout
    end(instance)


def assert_as_before(instance, pid, generation=1):
    assert supervisor_pid(instance) == pid
    assert instance.get("/heartbeat").status == 200
    beat = instance.tap("heartbeat.downloader-0").until(lambda *_: True, 5)[1]
    assert beat["generation"] == generation
    wait_for(lambda: len(instance.processes()) == 5, 30,
             f"only those of before: {instance.processes()}")
    instance.live_on("downloader-0", 2)


def test_a_bad_configuration_changes_nothing(instance):
    good = instance.config.read_text()
    instance.config.write_text(good.replace('"stations"', '"statoins"'))
    event, pid = restart(instance, "failed")
    assert "statoins" in event["reason"]
    assert_as_before(instance, pid)
    # A worker that dies meanwhile comes back with what was accepted.
    instance.kill("downloader-0")
    instance.wait_recording("clock", "clock-aac")
    instance.config.write_text(good)
    restart(instance)
    end(instance)


def test_a_port_that_is_gone_changes_nothing(instance):
    with socket_on_free_port() as taken:
        instance.config.write_text(instance.config.read_text().replace(
            f"127.0.0.1:{instance.port}", f"127.0.0.1:{taken.getsockname()[1]}"))
        event, pid = restart(instance, "failed")
        assert_as_before(instance, pid)
    end(instance)


def socket_on_free_port():
    import socket
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


PROGRAMS = ("supervisor/aircheckd", "downloader/aircheck-downloader", "webapi/aircheck-webapi",
            "pruner/aircheck-pruner", "loudness/aircheck-loudness")


@pytest.fixture
def installed(tmp_path, radio, aircheck, monkeypatch):
    """An instance of programs that can be replaced by others under it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in PROGRAMS:
        shutil.copy(BUILD / program, folder)
    monkeypatch.setattr("harness.aircheck.AIRCHECKD", folder / AIRCHECKD.name)
    made = aircheck({"clock": {"stream": radio.url("mp3")}}, restart_overlap="2s",
                    restart_timeout="6s", cycle_time="2s")
    made.bin = folder
    made.start()
    made.wait_recording("clock")
    return made


def install(instance, program, script):
    """A new file in its place: what runs keeps the old one."""
    fresh = instance.bin / "fresh"
    fresh.write_text("#!/bin/sh\n" + script)
    fresh.chmod(0o755)
    fresh.rename(instance.bin / program)


BROKEN = {
    "missing program": ("aircheckd", None),
    "missing worker": ("aircheck-webapi", None),
    "crash at start": ("aircheckd", "exit 3\n"),
    "worker crashes at start": ("aircheck-downloader", "kill -SEGV $$\n"),
    "worker hangs at start": ("aircheck-webapi", "exec sleep 60\n"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_start_changes_nothing(installed, what):
    program, script = BROKEN[what]
    kept = installed.bin / "kept"
    os.link(installed.bin / program, kept)
    if script is None:
        (installed.bin / program).unlink()
    else:
        install(installed, program, script)
    event, pid = restart(installed, "failed")
    assert event["reason"]
    kept.rename(installed.bin / program)
    assert_as_before(installed, pid)
    event, _ = restart(installed)
    assert event["exact"] == 1, event
    end(installed)


def test_a_second_one_during_the_first_follows(instance):
    first = supervisor_pid(instance)
    tap = instance.tap("restart.")
    os.kill(first, signal.SIGUSR2)
    tap.until(lambda _, m: m["event"] == "begun", 20)
    os.kill(first, signal.SIGUSR2)
    tap.until(lambda _, m: m["event"] == "done" and m["generation"] == 3, 90)
    assert supervisor_pid(instance) != first
    end(instance)


def test_while_a_worker_is_down(installed):
    """A worker that cannot be run does not keep the repaired one from being installed."""
    kept = installed.bin / "kept"
    os.link(installed.bin / "aircheck-pruner", kept)
    install(installed, "aircheck-pruner", "exit 1\n")
    tap = installed.tap("worker.pruner-0")
    os.kill(installed.pid_of("pruner-0"), signal.SIGKILL)
    tap.until(lambda _, m: m["event"] == "died" and m.get("retry", 0) > 0, 20)
    kept.rename(installed.bin / "aircheck-pruner")
    restart(installed)
    end(installed)


def test_the_new_supervisor_may_be_killed_before_it_takes_over(installed):
    kept = installed.bin / "kept"
    os.link(installed.bin / "aircheck-webapi", kept)
    install(installed, "aircheck-webapi", "exec sleep 60\n")  # so that it is never ready
    tap = installed.tap("restart.")
    pid = supervisor_pid(installed)
    os.kill(pid, signal.SIGUSR2)
    begun = tap.until(lambda _, m: m["event"] == "begun", 20)[1]
    os.kill(begun["pid"], signal.SIGKILL)
    tap.until(lambda _, m: m["event"] == "failed", 20)
    kept.rename(installed.bin / "aircheck-webapi")
    for left in installed.processes():  # the stand-in for a web worker knows nothing of all this
        if pathlib.Path(f"/proc/{left}/comm").read_text().strip() == "sleep":
            os.kill(left, signal.SIGKILL)
    assert_as_before(installed, pid)
    end(installed)


def test_stopping_in_the_midst_of_it(instance):
    tap = instance.tap("restart.")
    pid = supervisor_pid(instance)
    os.kill(pid, signal.SIGUSR2)
    tap.until(lambda _, m: m["event"] == "begun", 20)
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not instance.processes(), 40, "all have ended")
    assert not instance.parts() and instance.open_rows() == 0
