# SPDX-License-Identifier: MIT
"""New processes take over from old ones: the supervisor is no child of the test any more."""

import os
import pathlib
import signal
import time

from harness.wait import wait_for


def supervisor_pid(instance):
    return int((instance.storage / "run" / "supervisor.pid").read_text())


def restart(instance, word="done", timeout=60):
    """Answers the last event and the PID of the supervisor before."""
    before = supervisor_pid(instance)
    since = time.time()
    os.kill(before, signal.SIGUSR2)
    tap = instance.tap("restart.")
    _, event = tap.until(lambda _, m: m["time"] >= since and m["event"] in (word, "failed"),
                         timeout)
    assert event["event"] == word, event
    return event, before


def is_gone(pid):
    """Zombies, too, are gone: nobody but this test has to wait for them."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def end(instance):
    """As `stop`, though the process that was started first has ended long ago."""
    pid = supervisor_pid(instance)
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not instance.processes(), 30, f"no process left: {instance.processes()}")
    assert not instance.parts() and instance.open_rows() == 0
    left = [path.name for path in (instance.storage / "run").iterdir() if path.name != "lock"]
    assert not left, f"left lying about: {left}"
