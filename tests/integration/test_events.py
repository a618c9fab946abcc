# SPDX-License-Identifier: MIT
"""/events: what happens, as it happens, to who only has HTTP."""

import json
import subprocess

import pytest
from harness.soft_restart import end, restart


class Events:
    """curl, and the events that it gets."""

    def __init__(self, port, query="", *options):
        self._curl = subprocess.Popen(
            ["curl", "-sSN", *options, f"http://127.0.0.1:{port}/events{query}"],
            stdout=subprocess.PIPE, text=True)

    def until(self, condition):
        """The data of the first event for which `condition(event, data)` holds."""
        event = None
        for line in self._curl.stdout:
            word, _, value = line.rstrip("\n").partition(": ")
            if word == "event":
                event = value
            elif word == "data" and condition(event, json.loads(value)):
                return json.loads(value)
        raise AssertionError("the events have ended")

    def close(self):
        self._curl.terminate()
        self._curl.wait(10)
        self._curl.stdout.close()


@pytest.fixture
def instance(radio, aircheck):
    made = aircheck({"clock": {"stream": radio.url("mp3"), "name": "The clock"}},
                    restart_overlap="2s", cycle_time="2s").start()
    made.wait_recording("clock")
    return made


def test_events_go_on_across_a_soft_restart(instance):
    events = Events(instance.port)
    try:
        now = events.until(lambda event, _: event == "now")
        (station,) = now["stations"]
        assert (station["station"], station["name"]) == ("clock", "The clock")
        assert {"downloader-0", "webapi-0", "pruner-0"} <= {each["name"] for each in now["workers"]}
        beat = events.until(lambda event, data: event == "beat" and "clock" in data.get("stations", {}))
        assert beat["stations"]["clock"]["state"] == "recording"

        restart(instance)
        assert events.until(lambda event, data: event == "restart" and data["event"] == "done")
        assert events.until(lambda event, data: event == "beat" and data["generation"] == 2)
    finally:
        events.close()
    end(instance)


def test_who_may_operate_sees_the_log_and_how_things_are_kept(instance):
    def has(word):
        return lambda event, data: event == "log" and any(word in line for line in data["lines"])

    events = Events(instance.port, "?operator")
    try:
        lines = events.until(has("downloader-0"))["lines"]
        assert lines == sorted(lines, key=lambda line: line[:24])
        keeping = events.until(lambda event, _: event == "keeping")
        assert keeping["cloud"] == "" and keeping["stored"] == 0 and keeping["cost"] is None
        instance.kill("pruner-0")
        events.until(has("pruner-0: PID"))
        restart(instance)
        events.until(lambda event, data: event == "restart" and data["event"] == "done")
        events.until(has("restart: done"))
    finally:
        events.close()
    end(instance)


def test_nobody_else_sees_the_log(instance):
    stranger = instance.get("/events?operator", Origin="https://elsewhere.example.org")
    assert stranger.status == 403
    events = Events(instance.port)
    try:
        seen = set()
        events.until(lambda event, _: seen.add(event) or len(seen) > 1 and event == "beat")
        assert not seen & {"log", "keeping"}
    finally:
        events.close()


def test_events_have_their_headers(recording):
    answer = recording.aircheck.request("HEAD", "/events")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
