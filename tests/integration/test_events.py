# SPDX-License-Identifier: MIT
"""/events: what happens, as it happens, to who only has HTTP."""

import json
import subprocess

import pytest
from harness.soft_restart import end, restart


class Events:
    """curl, and the events that it gets."""

    def __init__(self, port):
        self._curl = subprocess.Popen(
            ["curl", "-sSN", f"http://127.0.0.1:{port}/events"], stdout=subprocess.PIPE, text=True)

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


def test_events_have_their_headers(recording):
    answer = recording.aircheck.request("HEAD", "/events")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
