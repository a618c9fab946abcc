# SPDX-License-Identifier: MIT
"""The README's first command, once everything is built."""

import os
import pathlib
import re
import subprocess
import tempfile

import clock_code
import pytest
import radio_station
from harness import DEPLOY
from harness.aircheck import BUILD, environment, sanitizer_reports
from harness.wait import wait_for


@pytest.fixture
def folder():
    """A short name: there are sockets in it."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        yield pathlib.Path(name)


@pytest.fixture
def demo(folder):
    log = folder / "said"
    with open(log, "wb") as out:
        process = radio_station.start(
            [DEPLOY / "demo", BUILD], stdout=out, stderr=out,
            env={**environment(folder), "XDG_DATA_HOME": str(folder)}, start_new_session=True)
    yield process, log
    radio_station.stop(process, patience=40)
    assert not sanitizer_reports(folder)


def test_the_demonstration_records_and_ends_in_order(demo, folder):
    process, log = demo
    wait_for(lambda: process.poll() is not None or "Ctrl-C ends" in log.read_text(), 60,
             "the demonstration's introduction")
    said = log.read_text()
    assert process.poll() is None, said
    (url,) = re.findall(r"http://\S+/slices/\S+", said)
    sound = folder / "ten.mp3"
    subprocess.run(["curl", "-sf", "-o", sound, url], check=True)
    assert len(clock_code.decode_file(sound)) >= 8
    (status,) = re.findall(r"stations +(\S+/aircheck status --config \S+)", said)
    shown = subprocess.run(
        status.split(), capture_output=True, text=True, timeout=20, check=True,
        env=environment(folder)).stdout
    assert "clock-aac" in shown
    # As Ctrl-C does: to the process that the terminal knows.
    os.kill(process.pid, 2)
    assert process.wait(40) == 0, log.read_text()
    assert log.read_text().rstrip().endswith("Everything has ended.")
    assert not list((folder / "aircheck-demo").glob("*/streams/*.part"))
