# SPDX-License-Identifier: MIT
"""The wall clock steps, and is set right again."""

import time

from harness.stepped_clock import SteppedClock
from harness.wait import wait_for
from test_restart import check_exact, references, wait_until_recorded

__all__ = ["references"]


def test_takes_that_begin_while_it_is_wrong_stand_where_they_belong(
        radio, aircheck, references, tmp_path):
    clock = SteppedClock(tmp_path / "clock")
    instance = aircheck({"clock": {"stream": radio.url("mp3")},
                         "clock-aac": {"stream": radio.url("aac")}},
                        restart_overlap="2s", restart_timeout="20s", cycle_time="2s")
    instance.spawn(variables=clock.variables)
    instance.wait_ready()
    instance.wait_recording("clock", "clock-aac")
    start = int(time.time()) + 1
    for offset in (60, -40):
        instance.live_on("downloader-0", 3)
        clock.step(offset)
        instance.kill("downloader-0")
        instance.live_on("downloader-0", 3)
        # Who starts now sees nothing but the wrong time.
        instance.process.kill()
        instance.process.wait()
        instance.spawn(variables=clock.variables)
        instance.wait_ready()
        instance.wait_recording("clock", "clock-aac")
        instance.live_on("downloader-0", 3)
        clock.step(0)
        instance.kill("downloader-0")
    end = int(time.time())
    wait_until_recorded(instance, end)
    check_exact(instance, references, start, end)
    wait_for(lambda: len(instance.processes()) == 5, 40, "the orphans have ended")
    instance.stop()
    clock.close()
