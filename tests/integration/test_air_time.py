# SPDX-License-Identifier: MIT
"""Slices begin when they were on the air, however much of its past a server sends on connect: told
by the clock that is coded in the sound."""

import contextlib
import time
import urllib.request

import clock_code
import pytest
from harness.aircheck import slice_path
from harness.radio import BITRATES, Radio
from harness.wait import wait_for

# The largest is filled in a quarter of a minute.
BURSTS = {0: BITRATES, 65536: BITRATES, 524288: {"mp3": 320, "aac": 320}}
SLICE_SECONDS = 5


def burst_is_full(radio, codec):
    """Whether a listener gets all of it at once."""
    got = 0
    with contextlib.suppress(TimeoutError), \
            urllib.request.urlopen(radio.url(codec), timeout=0.3) as answer:
        end = time.monotonic() + 0.3
        while time.monotonic() < end and got < radio.burst_size:
            got += len(answer.read1())
    return got >= radio.burst_size


@pytest.fixture
def radios():
    made = {}
    with contextlib.ExitStack() as stack:
        for burst_size, bitrates in BURSTS.items():
            made[burst_size] = Radio(burst_size, bitrates)
            stack.callback(made[burst_size].close)
            made[burst_size].start()
        yield made


def test_slices_start_on_time_whatever_the_burst(radios, aircheck, tmp_path):
    stations = {f"burst-{burst_size}-{codec}": (radio, codec)
                for burst_size, radio in radios.items() for codec in ("mp3", "aac")}
    for radio, codec in stations.values():
        wait_for(lambda radio=radio, codec=codec: burst_is_full(radio, codec), 40,
                 f"{radio.burst_size} bytes of {codec}")
    instance = aircheck({name: {"stream": radio.url(codec)}
                         for name, (radio, codec) in stations.items()}).start()
    instance.wait_recording(*stations)
    start = int(time.time()) + 2
    wait_for(lambda: all(instance.heartbeat(name)["last-recorded"] > start + SLICE_SECONDS + 1
                         for name in stations), 40, "the recording")
    for name, (_, codec) in stations.items():
        file = tmp_path / f"{name}.{codec}"
        file.write_bytes(instance.get(slice_path(name, start, SLICE_SECONDS)).body)
        found = clock_code.decode_file(file)
        assert len(found) >= SLICE_SECONDS - 2
        early = [position - clock_code.CODEC_DELAY[codec] - (second - start)
                 for position, second in found]
        print(f"{name}: begins {early[0]:+.3f} s before the asked time by its own clock")
        assert max(map(abs, early)) <= 0.15, name
    instance.stop()
