# SPDX-License-Identifier: MIT
"""A reload touches what has changed, and nothing else."""

import json
import os
import pathlib
import signal
import time

from harness.aircheck import run_tool
from harness.load import Listener
from harness.wait import wait_for


def write(instance, change):
    change(instance.settings)
    instance.config.write_text(json.dumps(instance.settings, indent=1))


def reload(instance, word="reloaded"):
    since = time.time()
    os.kill(instance.process.pid, signal.SIGHUP)
    tap = instance.tap("restart.")
    _, event = tap.until(lambda _, m: m["time"] >= since and m["event"] in ("reloaded", "refused"),
                         20)
    assert event["event"] == word, event
    return event


def take_of(instance, station):
    return instance.tap(f"station.{station}").until(
        lambda _, m: m["state"] == "recording" and m["station"] == station, 20)[1]["take"]


def test_added_removed_changed_untouched(radio, aircheck):
    instance = aircheck({"stays": {"stream": radio.url("mp3")},
                         "goes": {"stream": radio.url("mp3")},
                         "changes": {"stream": radio.url("mp3")}},
                        restart_overlap="2s", downloaders=2).start()
    instance.wait_recording("stays", "goes", "changes")
    takes = {name: take_of(instance, name) for name in ("stays", "changes")}
    wait_for(lambda: instance.get("/stays/at/-2s/1s").status == 200, 20, "something is recorded")
    listener = Listener(instance.port, "/stays/live")

    def change(settings):
        del settings["stations"]["goes"]
        settings["stations"]["comes"] = {"stream": radio.url("aac"), "timezone": "UTC"}
        settings["stations"]["changes"]["stream"] = radio.url("aac")

    write(instance, change)
    reload(instance)
    wait_for(lambda: instance.get("/comes/heartbeat").status == 200, 20, "the web API knows it")
    instance.wait_recording("comes")
    assert take_of(instance, "stays") == takes["stays"], "untouched"
    wait_for(lambda: take_of(instance, "changes") != takes["changes"], 20)
    wait_for(lambda: instance.get("/goes/heartbeat").status == 404, 20)
    wait_for(lambda: not list((instance.storage / "goes").glob("streams/*.part")), 20,
             "its file is closed")
    heard = len(listener.received)
    wait_for(lambda: len(listener.received) > heard + 10_000, 20, "the listener still hears")
    assert listener.ended is None
    listener.close()
    instance.stop()


def sleeps(pid):
    """How often its threads have gone to sleep."""
    return sum(int(line.split()[1]) for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status")
               for line in status.read_text().splitlines()
               if line.startswith("voluntary_ctxt_switches"))


def test_a_downloader_without_stations_sleeps_until_it_is_given_one(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, downloaders=2).start()
    instance.wait_recording("clock")
    beats = instance.tap("heartbeat.downloader-1")
    before = beats.until(lambda _, beat: beat["uptime"] > 4, 20)[1]
    assert before["stations"] == []
    slept = sleeps(before["pid"])
    after = beats.until(lambda _, beat: beat["seq"] == before["seq"] + 5, 20)[1]
    # Once in the loop and once in ZeroMQ's thread, and a few for what is late.
    assert sleeps(before["pid"]) - slept <= 4 * 5
    assert after["pid"] == before["pid"]

    write(instance, lambda settings: settings["stations"].update(
        comes={"stream": radio.url("aac"), "timezone": "UTC"}))
    reload(instance)
    instance.wait_recording("comes")
    fed = beats.until(lambda _, beat: [each["station"] for each in beat["stations"]] == ["comes"]
                      and beat["bytes"] > 0, 20)[1]
    assert fed["pid"] == before["pid"]
    instance.stop()


def test_a_bad_file_changes_nothing_and_is_reported(radio, aircheck):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    take = take_of(instance, "clock")
    good = instance.config.read_text()
    instance.config.write_text(good.replace('"clock"', '"Clock!"'))
    event = reload(instance, "refused")
    assert "Clock!" in event["reason"]
    told = run_tool("reload", "--storage", instance.storage)
    assert told.returncode == 1 and "Clock!" in told.stdout
    write(instance, lambda settings: settings.update(storage=str(instance.folder / "other")))
    assert "storage" in reload(instance, "refused")["reason"]
    assert take_of(instance, "clock") == take
    instance.config.write_text(good)
    told = run_tool("reload", "--storage", instance.storage)
    assert told.returncode == 0 and "done" in told.stdout, told.stdout + told.stderr
    assert take_of(instance, "clock") == take
    instance.stop()
