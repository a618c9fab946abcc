# SPDX-License-Identifier: MIT
"""Starting, stopping, and being started twice."""

import os
import signal
import socket
import subprocess

from harness import DEPLOY
from harness.aircheck import AIRCHECK, AIRCHECKD, environment, run_tool
from harness.wait import wait_for


def start_second(instance):
    """Runs aircheckd on the same configuration to its end."""
    return subprocess.run(
        [AIRCHECKD, "--config", instance.config], capture_output=True, text=True, timeout=20,
        env=environment(instance.folder))


def test_stop_leaves_everything_in_order(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")},
                         "clock-aac": {"stream": radio.url("aac")}}).start()
    instance.wait_recording("clock", "clock-aac")
    wait_for(lambda: len(instance.parts()) == 2, 10)
    instance.stop()
    for station in ("clock", "clock-aac"):
        ((path, state, begin, end, size),) = instance.segments(station)
        assert state == "closed" and end > begin
        assert (instance.storage / path).stat().st_size == size
    assert instance.rows("SELECT count(*) FROM take WHERE ended_us IS NULL") == [(0,)]
    assert not list((instance.storage / "run").glob("*.pid"))


def test_interrupt_stops_in_order_too(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    os.killpg(instance.process.pid, signal.SIGINT)  # as Ctrl-C: to all processes at once
    assert instance.process.wait(30) == 0, instance.tail()
    wait_for(lambda: not instance.processes(), 5)
    assert not instance.parts() and instance.open_rows() == 0


def test_second_start_is_refused_and_harms_nothing(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    second = start_second(instance)
    assert second.returncode == 1
    assert str(instance.process.pid) in second.stderr
    assert instance.get("/heartbeat").status == 200
    instance.stop()


def test_stale_pid_file_is_no_living_instance(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    run = instance.storage / "run"
    run.mkdir(parents=True)
    (run / "supervisor.pid").write_text(f"{os.getpid()}\n")  # a number that lives, a stranger's
    instance.start()
    assert (run / "supervisor.pid").read_text().split()[0] == str(instance.process.pid)
    instance.stop()


def test_busy_port_is_said_plainly(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    with socket.create_server(("127.0.0.1", instance.port)):
        done = start_second(instance)
    assert done.returncode == 1
    assert str(instance.port) in done.stderr and "use" in done.stderr.lower()


def test_killed_supervisor_can_be_started_again(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, restart_timeout="3s").start()
    instance.wait_recording("clock")
    wait_for(instance.parts, 10)
    instance.process.kill()
    instance.process.wait()
    instance.spawn()
    instance.wait_ready()
    instance.wait_recording("clock")
    instance.stop()
    assert len(instance.segments("clock")) >= 2


def test_orphaned_workers_give_up_in_order(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, restart_timeout="2s").start()
    instance.wait_recording("clock")
    wait_for(instance.parts, 10)
    instance.process.kill()
    instance.process.wait()
    wait_for(lambda: not instance.processes(), 20, "the workers have ended")
    assert not instance.parts() and instance.open_rows() == 0


def test_record_needs_no_configuration(radio, aircheck):
    """The README's third line."""
    instance = aircheck({"unused": {"stream": radio.url("mp3")}})  # for its folder and port
    with open(instance.log, "wb") as log:
        instance.process = subprocess.Popen(
            [AIRCHECK, "record", radio.url("mp3"), "--storage", instance.storage,
             "--listen", f"127.0.0.1:{instance.port}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=environment(instance.folder, instance._mark))
    instance.wait_ready()
    wait_for((instance.storage / "catalog.db").exists, 20)

    def bytes_recorded():
        return sum(size for (size,) in instance.rows("SELECT bytes FROM segment"))

    wait_for(lambda: bytes_recorded() > 200_000, 30)
    # With one station only, its name may be left out.
    slice_info = instance.get("/at/-5s/3s?info")
    assert slice_info.status == 200, slice_info.body
    assert slice_info.json()["size"] > 40_000
    instance.stop()


def test_the_sample_configuration_is_right():
    done = run_tool("check-config", DEPLOY / "aircheck.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_wrong_usage_is_told_by_the_exit_code():
    for arguments in ([], ["frobnicate"], ["status", "--frobnicate"], ["record"]):
        assert run_tool(*arguments).returncode == 2, arguments
