# SPDX-License-Identifier: MIT
"""Aircheck itself: the real programs, with a folder, a port and a configuration of their own."""

import datetime
import http.client
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import uuid

import radio_station
from harness import CHECKOUT
from harness.tap import Tap
from harness.wait import wait_for

BUILD = pathlib.Path(os.environ.get("AIRCHECK_BUILD", CHECKOUT / "build-test")).resolve()
AIRCHECKD = BUILD / "supervisor" / "aircheckd"
AIRCHECK = BUILD / "supervisor" / "aircheck"
MARK = "AIRCHECK_TEST_INSTANCE"
WORKERS = ("downloader-0", "webapi-0", "pruner-0", "loudness-0")


def slice_path(station, start, seconds):
    """Of the slice that begins at this Unix second."""
    at = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
    return f"/{station}/slices/{station}-{at:%Y%m%d%H%M%S}_{seconds}s.mp3"


class Response:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    def json(self):
        return json.loads(self.body)


def environment(folder, mark="none"):
    """Sanitizers, where built in, write to files that are looked for afterwards."""
    report = f"log_path={folder}/sanitizer:exitcode=99"
    return dict(
        os.environ,
        **{MARK: mark},
        ASAN_OPTIONS=report,
        UBSAN_OPTIONS=report + ":print_stacktrace=1:halt_on_error=1",
        TSAN_OPTIONS=report + f":suppressions={CHECKOUT}/tests/lint/tsan.supp",
    )


def sanitizer_reports(folder):
    return "\n".join(path.read_text(errors="replace")
                     for path in sorted(pathlib.Path(folder).glob("sanitizer.*")))


def run_tool(*arguments, timeout=30):
    """Runs `aircheck …` to its end; fails on a sanitizer's report."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [AIRCHECK, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=timeout, env=environment(folder))
        reports = sanitizer_reports(folder)
    assert not reports, reports
    return done


class Aircheck:
    """One instance. `settings` are keys of the configuration, `stations` its stations."""

    def __init__(self, stations, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aircheck-"))
        self.storage = self.folder / "radio"
        self.port = radio_station.free_port()
        self.config = self.folder / "aircheck.yaml"
        self.log = self.folder / "log"
        self.settings = {
            "storage": str(self.storage), "listen": f"127.0.0.1:{self.port}",
            "min_free": "1M", **settings,
            "stations": {
                name: {"timezone": "UTC", **station} for name, station in stations.items()
            },
        }
        self.config.write_text(json.dumps(self.settings, indent=1))  # JSON is YAML, too
        self.process = None
        self._mark = uuid.uuid4().hex
        self._taps = []

    # Life

    def spawn(self, wrapper=(), variables=None, **options):
        """`wrapper` is a command that executes the one behind it."""
        with open(self.log, "ab") as log:
            self.process = radio_station.start(
                [*wrapper, AIRCHECKD, "--config", self.config], stdout=log, stderr=log,
                env={**environment(self.folder, self._mark), **(variables or {})},
                start_new_session=True, **options)

    def start(self):
        self.spawn()
        self.wait_ready()
        return self

    def wait_ready(self):
        wait_for(self._answers, 30, "the web API answers")

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"aircheckd ended with {self.process.returncode}:\n{self.tail()}")
        try:
            return self.get("/heartbeat").status == 200
        except OSError:
            return False

    def stop(self):
        """Ends it in order and checks that nothing is left behind."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.tail()
        wait_for(lambda: not self.processes(), 5, f"no process left: {self.processes()}")
        assert not self.parts(), f"left behind: {self.parts()}"
        assert self.open_rows() == 0

    def close(self):
        """Clean up, whatever happened; fails on what the sanitizers saw."""
        for tap in self._taps:
            tap.close()
        if self.process and self.process.poll() is None:
            radio_station.stop(self.process, patience=30)
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        reports = sanitizer_reports(self.folder)
        if not os.environ.get("AIRCHECK_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
        assert not reports, reports

    def processes(self):
        """Every living process of this instance, the supervisor's and whatever it started."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    variables = (entry / "environ").read_bytes().split(b"\0")
                except OSError:
                    continue
                if f"{MARK}={self._mark}".encode() in variables:
                    found.append(int(entry.name))
        return found

    def tail(self, lines=40):
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    # Outside views

    def request(self, method, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            return Response(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, {k.replace("_", "-"): v for k, v in headers.items()})

    def heartbeat(self, station=None):
        return self.get(f"/{station}/heartbeat" if station else "/heartbeat").json()

    def tap(self, *topics):
        tap = Tap(f"ipc://{self.storage}/run/tap", topics)
        self._taps.append(tap)
        return tap

    def pid_of(self, worker):
        """As the tap's snapshot says."""
        tap = self.tap(f"worker.{worker}")
        return tap.until(lambda _, message: message["event"] in ("started", "ready"), 10)[1]["pid"]

    def kill(self, worker):
        """At once and without warning; answers when another one is ready."""
        pid = self.pid_of(worker)
        tap = self.tap(f"worker.{worker}")
        os.kill(pid, signal.SIGKILL)
        tap.until(lambda _, m: m["event"] == "ready" and m["pid"] != pid, 10)

    def live_on(self, worker, seconds):
        """Waits until one process of it has run undisturbed for so long."""
        first = {}  # the first beat may still be that of one that has died

        def has_lived(_, beat):
            return beat["uptime"] > first.setdefault(beat["pid"], beat["uptime"]) + seconds

        self.tap(f"heartbeat.{worker}").until(has_lived, seconds + 20)

    def wait_recording(self, *stations, timeout=20):
        tap = self.tap("station.")
        missing = set(stations)

        def seen(topic, message):
            if message["state"] == "recording":
                missing.discard(message["station"])
            return not missing

        tap.until(seen, timeout)

    # The storage

    def streams(self, station):
        return self.storage / station / "streams"

    def parts(self):
        return sorted(self.storage.glob("*/streams/*.part"))

    def files(self, station):
        return sorted(path for path in self.streams(station).glob("*") if path.suffix != ".part")

    def rows(self, sql, *values):
        """What the catalog says, read as any other program would."""
        if not (self.storage / "catalog.db").exists():
            return []
        catalog = sqlite3.connect(f"file:{self.storage}/catalog.db?mode=ro", uri=True, timeout=10)
        try:
            return catalog.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # it is just being made
                return []
            raise
        finally:
            catalog.close()

    def open_rows(self):
        return len(self.rows("SELECT id FROM segment WHERE state = 'open'"))

    def segments(self, station):
        """(path, state, start, end, bytes) by start; times in Unix seconds."""
        return self.rows(
            "SELECT path, state, start_us / 1e6, end_us / 1e6, bytes FROM segment"
            " WHERE station = ? ORDER BY start_us", station)
