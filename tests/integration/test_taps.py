# SPDX-License-Identifier: MIT
"""What anybody may listen to: state on subscribing, what was missed, keys, and the examples."""

import contextlib
import json
import os
import re
import select
import signal
import stat
import subprocess
import threading
import time

import radio_station
from harness import CHECKOUT
from harness.aircheck import AIRCHECK, environment, run_tool
from harness.wait import wait_for

import pytest
import zmq

EXAMPLES = CHECKOUT / "proto" / "examples"
SILENCE = {"silence": {"stream": "http://127.0.0.1:9/"}}
FLOOD = 40_000
BEAT_LINE = re.compile(r"(downloader|webapi|pruner|loudness)-0: beat \d+, \d+ bytes")


class Lines:
    """A running command's standard output and standard error, line by line."""

    def __init__(self, *command, **variables):
        self.process = radio_station.start(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, **variables},
            start_new_session=True)
        self.out, self.err = [], []
        self._threads = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def end(self, how=signal.SIGTERM):
        """Its exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self):
        code = self.process.wait(10)
        for thread in self._threads:
            thread.join(10)
        return code

    def close(self):
        """With all that it has started: a shell leaves its pipeline to itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        radio_station.stop(self.process)


@pytest.fixture
def lines():
    with contextlib.ExitStack() as stack:
        def start(*command, **variables):
            started = Lines(*command, **variables)
            stack.callback(started.close)
            return started
        yield start


def tap_on(instance, *options):
    return (AIRCHECK, "tap", "--storage", instance.storage, *options)


def test_what_is_the_case_is_told_on_subscribing(aircheck, lines):
    instance = aircheck(SILENCE).start()
    tap = instance.tap("")
    seen = {}

    def complete(topic, message):
        seen[topic] = message
        topics = {"heartbeat.supervisor", "worker.pruner-0", "station.silence"}
        return topics <= seen.keys() and seen["worker.pruner-0"]["event"] == "ready"

    tap.until(complete, 5)
    late = instance.tap("worker.pruner-0")
    _, message = late.receive(5)
    assert message["event"] == "ready"
    assert message["by"] == instance.process.pid
    assert message["n"] == seen["worker.pruner-0"]["n"] > 1, "a repetition has its number"

    printed = lines(*tap_on(instance, "worker.", "title."))
    wait_for(lambda: len(printed.out) >= 4, 10, "four workers")
    assert {line.split()[0] for line in printed.out} == {
        "worker.downloader-0", "worker.webapi-0", "worker.pruner-0", "worker.loudness-0"}
    assert printed.end(signal.SIGINT) == 0

    printed = lines(*tap_on(instance, "--json", "heartbeat.webapi-0"))
    wait_for(lambda: printed.out, 10, "a beat")
    assert json.loads(printed.out[0])["topic"] == "heartbeat.webapi-0"
    printed = lines(*tap_on(instance, "--times", "heartbeat."))
    wait_for(lambda: printed.out, 10, "a beat")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* heartbeat\.", printed.out[0])
    instance.stop()


def test_what_a_stopped_tap_missed_is_counted_and_told(aircheck, lines):
    instance = aircheck(SILENCE).start()
    reader = lines(*tap_on(instance, "heartbeat.pruner-0"))
    wait_for(lambda: reader.out, 10, "a beat")
    other = instance.tap("heartbeat.pruner-0")
    reader.process.send_signal(signal.SIGSTOP)

    _, beat = other.receive(5)
    text = json.dumps({k: v for k, v in beat.items() if k not in ("n", "by")}).encode()
    with zmq.Context.instance().socket(zmq.DEALER) as dealer:
        dealer.setsockopt(zmq.LINGER, 0)
        dealer.connect(f"ipc://{instance.storage}/run/control-1")
        # More than its queue and the kernel's buffers hold; the other one hears all the while.
        for _ in range(FLOOD // 1000):
            for _ in range(1000):
                dealer.send_multipart([b"heartbeat.pruner-0", text])
            assert other.receive(5)
        last = beat["n"] + FLOOD
        other.until(lambda _, message: message["n"] >= last, 30)
    reader.process.send_signal(signal.SIGCONT)

    def newest():
        return json.loads(reader.out[-1].partition(" ")[2])["n"]

    wait_for(lambda: newest() >= last, 20, "the reader is up to date")
    assert reader.end() == 0
    numbers = [json.loads(line.partition(" ")[2])["n"] for line in reader.out]
    missed = numbers[-1] - numbers[0] + 1 - len(set(numbers))
    assert missed > FLOOD / 4
    assert reader.err[-1] == f"aircheck: {missed} messages missed in all"
    assert re.fullmatch(r"aircheck: \d+ messages missed", reader.err[0])
    instance.stop()


def public_key(made):
    return re.search(r"public key: (\S{40})\n", made.stdout)[1]


def test_keys_let_in_whom_they_should(aircheck, lines, tmp_path):
    key = tmp_path / "tap.key"
    server = public_key(run_tool("tap-key", key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = run_tool("tap-key", key)
    assert again.returncode == 1 and "exists already" in again.stderr
    friend, stranger = tmp_path / "friend.key", tmp_path / "stranger.key"
    friend_key = public_key(run_tool("tap-key", "--client", friend))
    run_tool("tap-key", "--client", stranger)
    port = radio_station.free_port()
    endpoint = f"tcp://127.0.0.1:{port}"

    def listen(*options):
        return lines(AIRCHECK, "tap", "heartbeat.", "--connect", endpoint, *options)

    def hears(*options):
        tap = listen(*options)
        wait_for(lambda: tap.out, 10, "a beat")
        assert tap.end() == 0

    def is_refused(*options):
        tap = listen(*options)
        assert tap.wait() == 1
        assert tap.out == [] and "let" in tap.err[0] and endpoint in tap.err[0]

    other = public_key(run_tool("tap-key", tmp_path / "other.key"))
    instance = aircheck(SILENCE, tap=endpoint, tap_key=str(key)).start()
    hears("--server-key", server)
    hears("--server-key", server, "--key", stranger)
    is_refused("--server-key", other)
    is_refused()
    top = run_tool("top", "--once", "--connect", endpoint, "--server-key", server)
    assert top.returncode == 0 and "pruner-0" in top.stdout
    instance.stop()

    with open(key, "a") as file:
        file.write(f"client = {friend_key}  # the attic\n")
    instance.start()
    hears("--server-key", server, "--key", friend)
    is_refused("--server-key", server, "--key", stranger)
    is_refused("--server-key", server)
    assert lines(*tap_on(instance)).process.poll() is None
    instance.stop()

    with open(key, "a") as file:
        file.write("client = me\n")
    checked = run_tool("check-config", instance.config)
    assert checked.returncode == 1
    assert re.search(r"tap_key: .*tap\.key: line \d+: expected a key of 40 char", checked.stderr)
    instance.spawn()
    assert instance.process.wait(10) == 1
    assert "tap.key: line" in instance.tail()


@pytest.mark.parametrize("name", ["tap.py", "tap.mjs", "tap.sh"])
def test_the_examples_print_a_line_for_each_heartbeat(aircheck, lines, name):
    instance = aircheck(SILENCE).start()
    run = instance.storage / "run"
    where = {
        "tap.py": [f"ipc://{run}/tap"],
        "tap.mjs": [run / "tap"],
        "tap.sh": ["--storage", instance.storage],
    }[name]
    path = f"{AIRCHECK.parent}:{os.environ['PATH']}"
    example = lines(EXAMPLES / name, *where, PATH=path)
    wait_for(lambda: sum(bool(BEAT_LINE.fullmatch(line)) for line in example.out) >= 6, 15,
             f"six lines: {example.err}")
    assert not [line for line in example.out
                if not BEAT_LINE.fullmatch(line) and not line.startswith("supervisor: beat")]
    instance.stop()


def screen_of(fd, until, patience=10):
    text, end = b"", time.monotonic() + patience
    while until not in text:
        left = end - time.monotonic()
        assert left > 0, text.decode(errors="replace")
        if select.select([fd], [], [], left)[0]:
            text += os.read(fd, 65536)
    return text.decode(errors="replace")


def test_top_draws_and_leaves_the_terminal_as_it_was(aircheck):
    instance = aircheck(SILENCE).start()
    once = run_tool("top", "--storage", instance.storage)
    assert once.returncode == 0
    assert "LAST 30 SECONDS" in once.stdout and "\x1b" not in once.stdout
    assert re.search(r"^downloader-0 .* ready ", once.stdout, re.M)

    for how in (signal.SIGINT, signal.SIGTERM):
        ours, theirs = os.openpty()
        try:
            os.set_blocking(ours, False)
            process = radio_station.start(
                [AIRCHECK, "top", "--storage", instance.storage], stdin=theirs, stdout=theirs,
                env=environment(instance.folder))
            assert "\x1b[?1049h" in screen_of(ours, b"LAST 30 SECONDS")
            screen_of(ours, b"\x1b[H")  # drawn once more
            process.send_signal(signal.SIGWINCH)
            screen_of(ours, b"\x1b[H")
            process.send_signal(how)
            assert process.wait(10) == 0
            assert screen_of(ours, b"\x1b[?1049l").endswith("\x1b[?25h\x1b[?1049l")
        finally:
            os.close(ours)
            os.close(theirs)
    instance.stop()
