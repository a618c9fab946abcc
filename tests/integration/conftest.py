# SPDX-License-Identifier: MIT
"""Fixtures. One long recording is shared: it runs from the start of the session while the tests
that need no long recording take their turn, and those that look at it come last."""

import os
import pathlib
import signal
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness.aircheck import AIRCHECKD, Aircheck  # noqa: E402
from harness.page import Page  # noqa: E402
from harness.radio import Radio  # noqa: E402
from harness.spoken import Rewound  # noqa: E402
from harness.wait import wait_for  # noqa: E402

pytest_plugins = ["harness.clouds.fixtures"]

RECORD_SECONDS = int(os.environ.get("AIRCHECK_RECORD_SECONDS", "75"))
TEST_TIMEOUT_SECONDS = RECORD_SECONDS + 90


class Recording:
    """Aircheck recording both mounts, once uncut and once in files of five seconds."""

    CODEC = {"clock": "mp3", "clock-aac": "aac", "clock-cut": "mp3", "clock-aac-cut": "aac"}

    def __init__(self, radio, folder):
        self.references = radio.references(folder)
        self.aircheck = Aircheck({
            "clock": {"stream": radio.url("mp3")},
            "clock-aac": {"stream": radio.url("aac")},
            "clock-cut": {"stream": radio.url("mp3"), "segment_time": "5s"},
            "clock-aac-cut": {"stream": radio.url("aac"), "segment_time": "5s"},
        })
        self.aircheck.start()
        self.aircheck.wait_recording(*self.CODEC)
        self.start = int(time.time()) + 2
        self.end = self.start + RECORD_SECONDS - 5

    def wait_until_recorded(self):
        def all_there():
            return all(self.aircheck.heartbeat(station)["last-recorded"] > self.end + 3
                       for station in self.CODEC)
        wait_for(all_there, RECORD_SECONDS + 30, "the long recording")

    def close(self):
        try:
            self.aircheck.stop()
        finally:
            self.aircheck.close()
            for reference in self.references.values():
                reference.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "patience(seconds): a test that takes longer than others")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "recorded" in item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def programs():
    assert AIRCHECKD.exists(), f"build the programs first; there is no {AIRCHECKD}"


@pytest.fixture(scope="session")
def radio(programs):
    station = Radio()
    try:
        station.start()
        yield station
    finally:
        station.close()


@pytest.fixture(scope="session")
def recording(radio, tmp_path_factory):
    made = Recording(radio, tmp_path_factory.mktemp("reference"))
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def start_recording_early(request):
    if any("recorded" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("recording")


@pytest.fixture(scope="session")
def recorded(recording):
    """The long recording when it is long enough."""
    recording.wait_until_recorded()
    return recording


@pytest.fixture(scope="module")
def rewound(radio, tmp_path_factory):
    made = Rewound(radio, tmp_path_factory.mktemp("noise"))
    try:
        yield made.start()
        made.aircheck.stop()
    finally:
        made.aircheck.close()


@pytest.fixture(scope="module")
def page():
    made = Page()
    yield made
    made.close()


@pytest.fixture
def aircheck(request):
    """Makes instances; all are checked and cleaned up in the end."""
    made = []

    def make(stations, **settings):
        made.append(Aircheck(stations, **settings))
        return made[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    for instance in made:
        if failed and instance.log.exists():
            print(f"--- log of {instance.folder.name}\n{instance.tail()}")
        instance.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """No test, with its set-up, hangs the run."""
    marker = item.get_closest_marker("patience")
    patience = marker.args[0] if marker else TEST_TIMEOUT_SECONDS

    def too_long(*_):
        raise AssertionError(f"{item.name} took longer than {patience} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(patience)
    yield
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        item.failed = True
        if "recording" in item.fixturenames:
            recording = item.funcargs.get("recorded") or item.funcargs.get("recording")
            if recording:
                report.sections.append(("log of the recording", recording.aircheck.tail()))
