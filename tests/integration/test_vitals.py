# SPDX-License-Identifier: MIT
"""What Aircheck says of itself: heartbeat, statistics, help, the tap."""

import subprocess
import time

from harness.aircheck import AIRCHECK, WORKERS, environment, run_tool
from harness.wait import wait_for

FIELDS = {
    "human-uptime": str, "human-now": str, "computer-uptime": (int, float),
    "computer-now": (int, float), "last-recorded": (int, float), "hits": int, "version": str,
    "uuid": str, "next-prune": (int, float), "load": list, "files": int, "connections": int,
    "memory": list, "threads": list, "disk": (int, float), "bitrate": int,
}


def test_heartbeat_has_all_fields(recorded):
    for station in (None, "clock", "clock-aac"):
        vitals = recorded.aircheck.heartbeat(station)
        for name, kind in FIELDS.items():
            assert name in vitals, f"{name} is missing"
            assert isinstance(vitals[name], kind), f"{name}: {vitals[name]}"
    assert abs(vitals["computer-now"] - time.time()) < 2
    assert abs(vitals["last-recorded"] - time.time()) < 5
    assert 0 < vitals["next-prune"] <= 1.1 * 12 * 3600
    assert len(vitals["load"]) == 3
    assert vitals["files"] >= 1
    names = {entry["name"] for entry in recorded.aircheck.heartbeat()["threads"]}
    assert set(WORKERS) <= names


def test_bitrate_comes_from_byte_counts(recorded):
    assert recorded.aircheck.heartbeat("clock")["bitrate"] == 128
    assert recorded.aircheck.heartbeat("clock-aac")["bitrate"] == 64


def test_stats_help_and_small_paths(recorded):
    stats = recorded.aircheck.get("/stats").json()
    assert stats["kv"]["bitrate.clock"] == "128" if "bitrate.clock" in stats["kv"] else stats["kv"]
    assert recorded.aircheck.get("/clock/stats").status == 200
    help_text = recorded.aircheck.get("/help").body.decode()
    for path in ("/slices/", "/at/", "/live/", "/heartbeat", "/stats", "/uuid", "/silent", "/robots.txt"):
        assert path in help_text, path
    uuid = recorded.aircheck.get("/uuid").body.decode().strip()
    assert uuid == recorded.aircheck.heartbeat()["uuid"]
    assert b"Disallow" in recorded.aircheck.get("/robots.txt").body
    listing = recorded.aircheck.get("/", User_Agent="curl/7.88.1").body.decode()
    assert "clock" in listing


def test_tap_tells_the_present_and_goes_on(recording):
    tap = recording.aircheck.tap("")
    seen = {}
    tap.until(lambda topic, message: seen.setdefault(topic, message) and False or all(
        wanted in seen for wanted in (
            *(f"heartbeat.{name}" for name in WORKERS), "heartbeat.supervisor",
            "station.clock", "station.clock-aac", *(f"worker.{name}" for name in WORKERS),
        )), 5)
    assert seen["station.clock"]["state"] == "recording"
    assert all(message["v"] == 1 for message in seen.values())
    assert tap.until(lambda topic, message: topic == "segment.clock-cut", 15)


def test_tap_heartbeats_count_up(recording):
    tap = recording.aircheck.tap("heartbeat.downloader-0")
    # The present state comes first; a beat that was on its way may repeat it.
    beats = [tap.until(lambda *_: True, 5)[1] for _ in range(6)][1:]
    assert [beat["seq"] - beats[0]["seq"] for beat in beats] == list(range(5))
    stations = {station["station"]: station for station in beats[-1]["stations"]}
    assert stations["clock"]["state"] == "recording"
    # Streams are read about once a second: a beat may have two readings, or none.
    counts = [station["bytes"] for beat in beats for station in beat["stations"]
              if station["station"] == "clock"]
    assert 10_000 < sum(counts) / len(counts) < 25_000
    assert stations["clock"]["idle"] < 2
    assert beats[-1]["bytes_total"] > beats[0]["bytes_total"]


def test_titles_are_kept_with_their_times(recorded):
    rows = recorded.aircheck.rows(
        "SELECT title, at_us / 1e6 FROM title WHERE station = 'clock' ORDER BY at_us")
    assert rows and all(title.startswith("The time is ") for title, _ in rows)
    assert recorded.start - 60 < rows[0][1] < time.time()


def test_status_shows_workers_and_stations(recording):
    status = run_tool("status", "--config", recording.aircheck.config).stdout
    for word in (*WORKERS, "clock", "clock-aac", "recording"):
        assert word in status, status


def test_tap_command_prints_messages(recording, tmp_path):
    process = subprocess.Popen(
        [AIRCHECK, "tap", "--config", recording.aircheck.config, "heartbeat."],
        stdout=subprocess.PIPE, text=True, env=environment(tmp_path))
    line = process.stdout.readline()
    process.terminate()
    wait_for(lambda: process.poll() is not None, 10)
    assert "heartbeat." in line
