# SPDX-License-Identifier: MIT
"""As a service: what a service manager is told and hands over, with this test in its place."""

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

import radio_station
from harness import DEPLOY
from harness.aircheck import AIRCHECKD, BUILD, WORKERS, environment
from harness.wait import wait_for

WATCHDOG_SECONDS = 1

# What the manager knows only when the process is there. The socket comes as standard input.
WITH_WATCHDOG = ("sh", "-c", 'export WATCHDOG_PID=$$; exec "$@"', "sh")
WITH_SOCKET = ("sh", "-c", 'export LISTEN_PID=$$; exec "$@" 3<&0 </dev/null', "sh")

needs_systemd_analyze = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")


class Inbox:
    """Where a service manager hears from its service."""

    def __init__(self, path):
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)

    def take(self, timeout):
        """The next message's lines; None if there is none for so long."""
        self._socket.settimeout(timeout)
        try:
            return self._socket.recv(4096).decode().split("\n")
        except (TimeoutError, BlockingIOError):
            return None

    def until(self, line, timeout):
        """All messages up to the one that has this line."""
        taken = []
        end = time.monotonic() + timeout
        while not taken or line not in taken[-1]:
            message = self.take(max(0.001, end - time.monotonic()))
            assert message is not None, f"no {line} within {timeout} s, but {taken}"
            taken.append(message)
        return taken

    def drain(self):
        while self.take(0) is not None:
            pass

    def close(self):
        self._socket.close()


@pytest.fixture
def inbox(tmp_path):
    made = Inbox(tmp_path / "notify")
    yield made
    made.close()


def ready_workers(instance):
    """By the tap's snapshot."""
    tap = instance.tap("worker.")
    events = {}

    def seen(_, message):
        events[message["name"]] = message["event"]
        return len(events) == len(WORKERS)

    tap.until(seen, 10)
    return {name for name, event in events.items() if event == "ready"}


def test_the_service_manager_hears_how_it_goes(radio, aircheck, inbox):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    instance.spawn(WITH_WATCHDOG, {"NOTIFY_SOCKET": inbox.path,
                                   "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6))})
    ready = inbox.until("READY=1", 20)[-1]
    assert instance.get("/heartbeat").status == 200
    assert ready_workers(instance) == set(WORKERS)
    status = "STATUS=Recording 1 of 1 stations"
    if status not in ready:
        inbox.until(status, 20)
    for pid in set(instance.processes()) - {instance.process.pid}:
        variables = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        assert b"NOTIFY_SOCKET" not in variables and b"WATCHDOG_" not in variables

    instance.stop()
    told = inbox.until("STOPPING=1", 1)
    assert not any("READY=1" in message for message in told), "ready twice"


def test_the_watchdog_is_fed_while_the_supervisor_lives(radio, aircheck, inbox):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    instance.spawn(WITH_WATCHDOG, {"NOTIFY_SOCKET": inbox.path,
                                   "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6))})
    inbox.until("READY=1", 20)
    inbox.until("WATCHDOG=1", 1)
    start = time.monotonic()
    for _ in range(5):
        inbox.until("WATCHDOG=1", WATCHDOG_SECONDS)
    assert time.monotonic() - start > 4 * WATCHDOG_SECONDS / 2, "fed too often"

    instance.process.send_signal(signal.SIGSTOP)
    try:
        wait_for(lambda: pathlib.Path(f"/proc/{instance.process.pid}/stat").read_text()
                 .rsplit(")", 1)[1].split()[0] == "T", 5, "the supervisor is stopped")
        inbox.drain()
        assert inbox.take(1.5 * WATCHDOG_SECONDS) is None
    finally:
        instance.process.send_signal(signal.SIGCONT)
    inbox.until("WATCHDOG=1", 1)
    instance.stop()


def test_a_watchdog_of_another_process_is_not_fed(radio, aircheck, inbox):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    instance.spawn(variables={"NOTIFY_SOCKET": inbox.path, "WATCHDOG_USEC": "20000",
                              "WATCHDOG_PID": "1"})
    told = inbox.until("READY=1", 20)
    instance.stop()
    assert not any("WATCHDOG=1" in message for message in told + inbox.until("STOPPING=1", 1))


def test_requests_that_came_before_the_start_are_answered(radio, aircheck):
    unused = radio_station.free_port()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        instance = aircheck({"clock": {"stream": radio.url("mp3")}}, listen=f"127.0.0.1:{unused}")
        instance.port = listening.getsockname()[1]
        clients = [socket.create_connection(("127.0.0.1", instance.port)) for _ in range(5)]
        for client in clients:
            client.sendall(b"GET /uuid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        instance.spawn(WITH_SOCKET, {"LISTEN_FDS": "1"}, stdin=listening)
        for client in clients:
            with client:
                client.settimeout(20)
                assert client.recv(12) == b"HTTP/1.1 200"
        assert radio_station.is_free(unused), "`listen` was bound although a socket was passed"
        instance.kill("webapi-0")
        assert instance.get("/heartbeat").status == 200
        instance.stop()
        # It is the manager's: whoever asks now waits for the next start.
        socket.create_connection(("127.0.0.1", instance.port)).close()


@pytest.mark.parametrize("count, message", [
    ("1", "descriptor 3, which was handed over to be listened on, is no listening TCP socket"),
    ("2", "LISTEN_FDS=2, but there is no descriptor 4"),
    ("many", "LISTEN_FDS=many: that is no number of sockets"),
])
def test_what_cannot_be_listened_on_is_said_plainly(radio, aircheck, count, message):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}})
    done = subprocess.run(
        [*WITH_SOCKET, AIRCHECKD, "--config", instance.config], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=20,
        env={**environment(instance.folder), "LISTEN_FDS": count})
    assert done.returncode == 1
    assert message in done.stderr
    assert not list((instance.storage / "run").glob("*.pid"))


@pytest.fixture
def units(tmp_path):
    """The unit files, with the program that was built instead of the one to be installed."""
    service = (BUILD / "deploy" / "aircheck.service").read_text()
    (tmp_path / "aircheck.service").write_text(
        re.sub(r"^ExecStart=\S+", f"ExecStart={AIRCHECKD}", service, flags=re.MULTILINE))
    shutil.copy(DEPLOY / "systemd" / "aircheck.socket", tmp_path)
    return [tmp_path / "aircheck.service", tmp_path / "aircheck.socket"]


@needs_systemd_analyze
def test_systemd_has_nothing_to_say_about_the_units(units):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr


@needs_systemd_analyze
def test_the_service_is_exposed_to_little(units):
    done = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=true",
                           "--threshold=20", units[0]],  # tenths
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
