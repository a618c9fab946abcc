# SPDX-License-Identifier: MIT
import time


def wait_for(condition, timeout, what=None):
    """Polls until `condition()` is true and answers its value; fails after `timeout` seconds.

    The only place that sleeps: tests wait for what they need, not for a while.
    """
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            name = what or getattr(condition, "__name__", "the condition")
            raise AssertionError(f"not within {timeout} s: {name}")
        time.sleep(0.02)
