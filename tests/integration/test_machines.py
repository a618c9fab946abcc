# SPDX-License-Identifier: MIT
"""Other machines' heartbeats: the recipe's clients, aircheck beat, thousands of them, nonsense."""

import contextlib
import json
import socket
import subprocess
import time

import pytest
import radio_station
from harness.aircheck import AIRCHECK, environment, run_tool
from harness.wait import wait_for

CHECK, TIMEOUT = 0.5, 1.0  # seconds
EXPECTED = "127.9.9.9/never"


def beat(port, address="127.0.0.1", datagram=b"PyHB"):
    """What the recipe's client does, once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((address, 0))
        sender.sendto(datagram, ("127.0.0.1", port))


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def watcher(aircheck):
    """An instance that hears machines; it has a station that cannot be reached."""
    port = free_udp_port()
    instance = aircheck(
        {"off": {"stream": f"http://127.0.0.1:{radio_station.free_port()}/"}},
        machines={"listen": f"127.0.0.1:{port}", "check": f"{CHECK}s", "timeout": f"{TIMEOUT}s",
                  "expect": [EXPECTED]})
    instance.machines_port = port
    yield instance.start()
    instance.stop()


@contextlib.contextmanager
def beating(folder, *options):
    """`aircheck beat` for a while."""
    process = radio_station.start([AIRCHECK, "beat", *map(str, options)], env=environment(folder),
                                  stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def silent(instance):
    answer = instance.get("/silent")
    assert answer.status == 200
    return {entry["machine"]: entry for entry in answer.json()["silent"]}


def is_event(machine, event):
    return lambda topic, message: (topic == f"machine.{machine}"
                                   and message["machine"] == machine
                                   and message["event"] == event)


def test_a_machine_falls_silent_and_comes_back(watcher):
    tap = watcher.tap("machine.")
    before = time.time()
    beat(watcher.machines_port, "127.1.2.3")
    tap.until(is_event("127.1.2.3", "heard"), 5)
    _, told = tap.until(is_event("127.1.2.3", "silent"), 5)
    assert told["heard"] == pytest.approx(before, abs=0.5)
    assert TIMEOUT <= told["time"] - told["heard"] <= TIMEOUT + CHECK + 2

    listed = wait_for(lambda: silent(watcher).get("127.1.2.3"), 5, "it is in /silent")
    assert listed["last-heard"] == told["heard"]
    assert listed["human-last-heard"].endswith("Z")
    assert wait_for(lambda: silent(watcher).get(EXPECTED), 5)["last-heard"] is None
    assert set(silent(watcher)) == {"127.1.2.3", EXPECTED}
    status = run_tool("status", "--once", "--storage", watcher.storage)
    assert "MACHINES  0 beating, 2 silent" in status.stdout
    assert f"{EXPECTED:32} silent, never heard\n" in status.stdout
    machines = json.loads(
        run_tool("status", "--json", "--storage", watcher.storage).stdout)["machines"]
    assert {entry["machine"]: entry["state"] for entry in machines} == {
        "127.1.2.3": "silent", EXPECTED: "silent"}

    late = watcher.tap("machine.127.1.2.3")  # it is told the state at once
    assert late.receive(5)[1]["event"] == "silent"
    beat(watcher.machines_port, "127.1.2.3")
    tap.until(is_event("127.1.2.3", "returned"), 5)
    wait_for(lambda: "127.1.2.3" not in silent(watcher), 5)


def test_aircheck_beat_keeps_a_machine_alive(watcher):
    tap = watcher.tap("machine.")
    port = watcher.machines_port
    with beating(watcher.folder, "--port", port, "--period", "0.2", "--name", "attic"):
        tap.until(is_event("127.0.0.1/attic", "heard"), 5)
        end = time.monotonic() + 2 * TIMEOUT
        while got := tap.receive(end - time.monotonic()):
            assert not is_event("127.0.0.1/attic", "silent")(*got)
    tap.until(is_event("127.0.0.1/attic", "silent"), 5)


def test_aircheck_beat_sends_what_the_recipe_expects(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        with beating(tmp_path, "--host", "127.0.0.1", "--port", server.getsockname()[1],
                     "--period", 0.1):
            assert [server.recv(100) for _ in range(3)] == [b"PyHB"] * 3


@pytest.mark.parametrize("options", [
    ["--period", "0"], ["--period", "soon"], ["--period", "2d"], ["--name", "a b"],
    ["--host", "nowhere.invalid"],
])
def test_aircheck_beat_refuses_what_makes_no_sense(options):
    done = run_tool("beat", *options)
    assert done.returncode == 1
    assert f"{options[0]} {options[1]}: " in done.stderr


def test_thousands_of_machines(watcher):
    """Each is heard, and each is missed."""
    addresses = {f"127.2.{i // 250}.{i % 250 + 1}" for i in range(4000)}
    tap = watcher.tap("machine.127.2.")
    events = {"heard": set(), "silent": set()}
    missing = addresses
    while missing:  # a datagram may be lost, even here
        for address in sorted(missing):
            beat(watcher.machines_port, address)
        while got := tap.receive(0.5):
            assert got[0] == "machine." + got[1]["machine"]
            events.setdefault(got[1]["event"], set()).add(got[1]["machine"])
        missing = addresses - events["heard"]
    while events["silent"] != addresses:
        message = tap.receive(5)[1]
        events.setdefault(message["event"], set()).add(message["machine"])
    assert events == {"heard": addresses, "silent": addresses}
    wait_for(lambda: addresses <= set(silent(watcher)), 5)
    assert watcher.get("/silent").json()["machines"] == len(addresses) + 1


def test_nonsense_is_no_machine(watcher):
    tap = watcher.tap("machine.")
    for datagram in (b"", b"P", b"pyhb", b"PyHB \xff", b"PyHB a b", b"x" * 60000,
                     b"PyHB" + b"y" * 60000, b"\0" * 500, b"PyHB {}"):
        beat(watcher.machines_port, "127.6.6.6", datagram)
    beat(watcher.machines_port, "127.0.0.7")
    seen = set()
    tap.until(lambda topic, message: seen.add(topic) or is_event("127.0.0.7", "silent")(
        topic, message), 5)
    assert seen == {"machine.127.0.0.7", f"machine.{EXPECTED}"}
    wait_for(lambda: "9 datagrams that were no heartbeats" in watcher.tail(), 5)


def test_nobody_is_heard_unless_configured(aircheck):
    instance = aircheck({"off": {"stream": f"http://127.0.0.1:{radio_station.free_port()}/"}})
    instance.start()
    assert instance.get("/silent").json() == {"silent": [], "machines": 0, "listen": None}
    instance.stop()
