# SPDX-License-Identifier: MIT
"""A downloader that is told to hand over, or that its stations are others now."""

import contextlib
import signal

import pytest
from harness.control import Control
from harness.frames import find_run, split_exactly
from harness.relay import Relay
from harness.wait import wait_for

SAMPLES = 1152
OVERLAP = {"restart_overlap": "3s"}


class Turnstile(Relay):
    """A line to a server that serves one listener at a time."""

    def __init__(self, port, headers=""):
        super().__init__(port)
        self._headers = headers
        self.refused = 0

    def _connect(self, client):
        if any(line.is_open() for line in self._lines):
            self.refused += 1
            with contextlib.suppress(OSError):
                client.recv(65536)
                client.sendall(f"HTTP/1.0 403 Full\r\n{self._headers}\r\n".encode())
            client.close()
        else:
            super()._connect(client)


@pytest.fixture
def control():
    made = []

    def make(stations, **settings):
        made.append(Control(stations, **{**OVERLAP, **settings}))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def broadcast(radio, tmp_path):
    """frames() of all that has been on the air since now."""
    references = radio.references(tmp_path)
    yield references["mp3"].frames
    for reference in references.values():
        reference.close()


def take_of(beat, station):
    return next(part["take"] for part in beat["stations"] if part["station"] == station)


def check_join(control, older, newer, broadcast):
    """Joined where the catalog says, the two takes are what was broadcast."""
    rows = "SELECT exact, older_sample, newer_sample FROM splice WHERE older = ? AND newer = ?"
    ((exact, *at),) = wait_for(lambda: control.rows(rows, older, newer), 10, "the splice")
    assert exact
    end, begin = (sample // SAMPLES for sample in at)
    frames = split_exactly(control.sound_of(older), "mp3")[:end]
    frames += split_exactly(control.sound_of(newer), "mp3")[begin:]
    find_run(frames, broadcast())


def retire(control, worker):
    control.command(worker, "retire")
    assert worker.wait(15) == 0


def test_the_process_that_goes_on_loses_no_frame(control, radio, broadcast):
    scene = control({"clock": {"stream": radio.url("mp3")}})
    old = scene.start("clock")
    older = take_of(scene.until_recording(old, "clock"), "clock")
    new = scene.start("clock")
    newer = take_of(scene.until_recording(new, "clock"), "clock")
    scene.beats(new, 3)
    retire(scene, old)
    assert scene.end_of(older) == "handed over"
    splice = scene.splice(older, newer)
    assert splice["exact"] and splice["overlap"] > 3, splice
    scene.beats(new, 3)
    retire(scene, new)
    check_join(scene, older, newer, broadcast)


@pytest.mark.parametrize("end", ["retire", "kill"])
def test_a_server_of_one_listener_lets_the_next_one_in_at_once(control, radio, broadcast, end):
    turnstile = Turnstile(radio.port)
    scene = control({"clock": {"stream": turnstile.url(radio.url("mp3"))}})
    old = scene.start("clock")
    older = take_of(scene.until_recording(old, "clock"), "clock")
    scene.beats(old, 10)
    new = scene.start("clock")
    wait_for(lambda: turnstile.refused >= 6, 30, "the new one is refused, ever more seldom")
    if end == "retire":
        retire(scene, old)
    else:
        old.kill()
    newer = take_of(scene.until_recording(new, "clock"), "clock")
    assert scene.splice(older, newer)["exact"]
    scene.beats(new, 3)
    retire(scene, new)
    check_join(scene, older, newer, broadcast)
    turnstile.close()


def test_a_server_that_asks_for_patience_is_given_it(control, radio):
    turnstile = Turnstile(radio.port, "Retry-After: 600\r\n")
    scene = control({"clock": {"stream": turnstile.url(radio.url("mp3"))}})
    old = scene.start("clock")
    older = take_of(scene.until_recording(old, "clock"), "clock")
    scene.beats(old, 10)
    new = scene.start("clock")
    wait_for(lambda: turnstile.refused == 1, 10, "the new one is refused")
    retire(scene, old)
    assert scene.end_of(older) == "handed over"
    (part,) = scene.beats(new, 4)["stations"]
    assert (part["state"], turnstile.refused) == ("waiting", 1)
    turnstile.close()


def test_retiring_ends_with_the_connection_or_when_told_to_stop(control, radio):
    relay = Relay(radio.port)
    scene = control({"clock": {"stream": relay.url(radio.url("mp3"))}}, restart_overlap="60s")
    first = scene.start("clock")
    take = take_of(scene.until_recording(first, "clock"), "clock")
    scene.command(first, "retire")
    scene.beats(first, 2)
    relay.cut()
    assert first.wait(5) == 0
    assert scene.end_of(take) == "server closed"

    second = scene.start("clock")
    take = take_of(scene.until_recording(second, "clock"), "clock")
    scene.command(second, "retire")
    scene.beats(second, 2)
    scene.command(second, "stop")
    assert second.wait(5) == 0
    assert scene.end_of(take) == "stopped"

    idle = scene.start("nobody")
    scene.command(idle, "retire")
    assert idle.wait(5) == 0
    relay.close()


def test_a_reload_touches_only_what_has_changed(control, radio, broadcast):
    stream = radio.url("mp3")
    stations = {name: {"stream": stream}
                for name in ("same", "renamed", "changed", "moved", "removed")}
    scene = control(stations)
    worker = scene.start(*stations)
    before = scene.until_recording(worker, *stations)
    scene.beats(worker, 3)

    stations["renamed"] |= {"name": "Another name", "disk_archive": "3d", "segment_time": "4s"}
    stations["changed"] |= {"user_agent": "Another/1"}
    stations["added"] = {"stream": stream}
    del stations["removed"]
    there = ["same", "renamed", "changed", "added"]
    scene.reload(worker, stations, there)
    assert scene.end_of(take_of(before, "removed")) == "stopped"
    after = scene.until_recording(worker, *there)
    changed = take_of(before, "changed"), take_of(after, "changed")
    assert changed[0] != changed[1]
    for name in ("same", "renamed"):
        assert take_of(after, name) == take_of(before, name)
    assert scene.splice(*changed)["exact"]
    for name in ("changed", "moved"):
        assert scene.end_of(take_of(before, name)) == "handed over"
    beat = scene.beats(worker, 5)
    assert sorted(part["station"] for part in beat["stations"]) == sorted(there)
    assert beat["files"] == beat["connections"] == len(there)
    assert len(scene.rows("SELECT 1 FROM segment WHERE station = 'renamed'")) >= 2

    retire(scene, worker)
    check_join(scene, *changed, broadcast)
    assert not list(scene.storage.glob("*/streams/*.part"))
    closed = {path for path, in scene.rows("SELECT path FROM segment")}
    assert scene.closed_files() == closed, "each end of a file was told"


def test_a_reload_that_cannot_be_read_changes_nothing(control, radio):
    stations = {"clock": {"stream": radio.url("mp3")}}
    scene = control(stations)
    worker = scene.start("clock")
    before = scene.until_recording(worker, "clock")
    scene.command(worker, "reload", accepted="/nowhere", stations=[])
    scene.reload(worker, {"clock": {"stream": 7}}, [])
    assert take_of(scene.beats(worker, 3), "clock") == take_of(before, "clock")
    scene.reload(worker, stations, [])
    assert scene.end_of(take_of(before, "clock")) == "handed over"
    scene.reload(worker, stations, ["clock"])
    after = scene.until_recording(worker, "clock")
    assert take_of(after, "clock") != take_of(before, "clock")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 0
