# SPDX-License-Identifier: MIT
"""The judge itself: the coded clock survives the encoders, and the voice says the time."""

import subprocess
import sys
import zoneinfo

import clock_sound
from harness import DEPLOY


def test_coded_clock_survives_the_encoders():
    done = subprocess.run(
        [sys.executable, DEPLOY / "clock_code.py", "--self-test"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_the_voice_says():
    utc, los_angeles = zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo("America/Los_Angeles")
    assert clock_sound.spoken(1795271550, utc) == "14, 32, and 30 seconds"
    assert clock_sound.spoken(1795271550, los_angeles) == "6, 32, and 30 seconds"
    assert clock_sound.spoken(1795270020, utc) == "14, oh 7, exactly"
    assert clock_sound.spoken(1795269600, utc) == "14, o'clock, exactly"
