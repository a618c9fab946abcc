# SPDX-License-Identifier: MIT
"""What Prometheus is told, in the eyes of its own tools."""

import json
import re
import subprocess

import pytest
from harness import DEPLOY
from harness.wait import wait_for

NAME = re.compile(r"\b(?:aircheck|process)_[a-z_]+\b")


def scrape(instance):
    response = instance.get("/metrics")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return response.body.decode()


def samples(text):
    """{series as it stands: value}"""
    return {series: float(value) for series, value in (
        line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def families(text):
    """Every name that there are samples of."""
    return {re.split(r"[{ ]", line)[0] for line in text.splitlines() if not line.startswith("#")}


@pytest.fixture
def text(recorded):
    """When all that is looked up now and then has been looked up."""
    def whole():
        answer = scrape(recorded.aircheck)
        return answer if "aircheck_station_day_missing_seconds{" in answer else None
    return wait_for(whole, 90, "the last day is known")


def test_promtool_finds_no_fault(text):
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                          text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_stations_and_workers_are_told_of(recorded, text):
    told = samples(text)
    for station in recorded.CODEC:
        label = f'{{station="{station}"}}'
        assert told[f"aircheck_station_recording{label}"] == 1
        assert told[f"aircheck_station_recorded_bytes_total{label}"] > 300_000
        assert told[f"aircheck_station_recorded_frames_total{label}"] > 500
        assert told[f"aircheck_station_connects_total{label}"] >= 1
        assert told[f"aircheck_station_breaks_total{label}"] == 0
        assert told[f"aircheck_station_last_byte_age_seconds{label}"] < 5
        assert told[f"aircheck_station_day_missing_seconds{label}"] == 0
        assert told[f"aircheck_station_day_recorded_seconds{label}"] > 1
    assert told['aircheck_station_bitrate_bytes_per_second{station="clock"}'] == 16_000
    for worker, role in (("downloader-0", "downloader"), ("webapi-0", "webapi"),
                         ("pruner-0", "pruner"), ("supervisor", "supervisor")):
        label = f'{{worker="{worker}",role="{role}"}}'
        assert told[f"aircheck_worker_heartbeat_age_seconds{label}"] < 5
        assert told[f"aircheck_worker_resident_memory_bytes{label}"] > 1e6
        assert told[f"aircheck_worker_generation{label}"] >= 1
    assert told['aircheck_worker_restarts_total{worker="downloader-0",role="downloader"}'] >= 0
    assert 0 < told["aircheck_disk_free_bytes"] < told["aircheck_disk_size_bytes"]
    assert told['process_resident_memory_bytes{worker="webapi-0"}'] > 1e6
    assert told['process_open_fds{worker="webapi-0"}'] > 5


def test_requests_and_listeners_are_counted(recorded):
    def told(series):
        return samples(scrape(recorded.aircheck)).get(series, 0)

    def requests(route, code):
        return (f'aircheck_http_requests_total{{worker="webapi-0",route="{route}",code="{code}"}}')

    good, bad = requests("/{station}/at/{start}/{duration}", "4xx"), requests("none", "4xx")
    before = told(good), told(bad)
    for _ in range(3):
        assert recorded.aircheck.get("/clock/at/soon/1h").status == 400
    assert recorded.aircheck.get("/nowhere").status == 404
    assert (told(good), told(bad)) == (before[0] + 3, before[1] + 1)
    count = 'aircheck_http_request_duration_seconds_count{worker="webapi-0",route="/metrics"}'
    total = requests("/metrics", "2xx")
    now = samples(scrape(recorded.aircheck))
    assert now[count] == now[total] > 0
    assert now[count.replace("_count{", "_bucket{").replace("}", ',le="+Inf"}')] == now[count]
    listeners = 'aircheck_live_listeners{worker="webapi-0"}'
    sent = 'aircheck_http_sent_bytes_total{worker="webapi-0"}'
    quiet = told(listeners), told(sent)
    url = f"http://127.0.0.1:{recorded.aircheck.port}/clock/live"
    listener = subprocess.Popen(["curl", "-sN", url], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: told(listeners) == quiet[0] + 1, 10, "the listener is counted")
        wait_for(lambda: told(sent) > quiet[1] + 50_000, 10, "what is sent is counted")
    finally:
        listener.terminate()
        listener.wait()
    wait_for(lambda: told(listeners) == quiet[0], 10, "it has gone")


def test_dashboard_and_alerts_ask_for_what_there_is(text):
    there = families(text) | {"aircheck_machine_silent"}  # that needs other machines
    dashboard = json.loads((DEPLOY / "grafana" / "aircheck.json").read_text())
    asked = NAME.findall(json.dumps([
        [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]]))
    asked += NAME.findall(json.dumps(dashboard["templating"]))
    rules = (DEPLOY / "prometheus" / "aircheck.rules.yml").read_text()
    asked += NAME.findall("\n".join(re.findall(r"expr: (.*)", rules)))
    assert len(asked) > 20
    assert set(asked) <= there, set(asked) - there


def test_promtool_takes_the_rules_and_the_configuration():
    for what, file in (("rules", "aircheck.rules.yml"), ("config", "prometheus.yml")):
        done = subprocess.run(["promtool", "check", what, file], cwd=DEPLOY / "prometheus",
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr
