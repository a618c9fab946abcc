# SPDX-License-Identifier: MIT
"""The supervisor's end of the control socket, in the hands of a test."""

import json
import pathlib
import shutil
import sqlite3
import tempfile
import time

import radio_station
import zmq
from harness.aircheck import BUILD, environment, sanitizer_reports
from harness.wait import wait_for


class Control:
    """Starts workers on one storage folder, hears what they say and commands them."""

    def __init__(self, stations, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aircheck-"))
        self.storage = self.folder / "radio"
        (self.storage / "run").mkdir(mode=0o700, parents=True)
        self._settings = {"storage": str(self.storage), "loglevel": "debug", **settings}
        self._endpoint = f"ipc://{self.folder}/control"
        self._socket = zmq.Context.instance().socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.bind(self._endpoint)
        self._workers = []
        self._splices = []
        self._closed = set()
        self.config = self.write(stations)

    def write(self, stations):
        """A configuration file with these stations."""
        file = self.folder / f"{time.monotonic_ns()}.yaml"
        settings = {**self._settings, "stations": stations}
        file.write_text(json.dumps(settings))
        return file

    def start(self, *stations, name="downloader-0"):
        role = name.rsplit("-", 1)[0]
        recorded = ["--station", *stations] if stations else []
        log = self.folder / "log"
        with open(log, "ab") as out:
            worker = radio_station.start(
                [BUILD / role / f"aircheck-{role}", "--config", self.config,
                 "--name", name, "--control", self._endpoint, *recorded],
                stdout=out, stderr=out, env=environment(self.folder))
        worker.identity = f"{name}-{worker.pid}".encode()
        self._workers.append(worker)
        self.until(lambda who, topic, _: who == worker.identity and topic.startswith("ready."))
        return worker

    def command(self, worker, command, **fields):
        message = {"v": 1, "command": command, **fields}
        self._socket.send_multipart([worker.identity, b"command", json.dumps(message).encode()])

    def reload(self, worker, stations, names):
        self.command(worker, "reload", accepted=str(self.write(stations)), stations=names)

    def until(self, condition, timeout=20):
        """The first message for which `condition(identity, topic, message)` holds."""
        end = time.monotonic() + timeout
        seen = []
        while got := self._receive(end - time.monotonic()):
            if condition(*got):
                return got[2]
            seen.append(got)
        raise AssertionError(f"not said within {timeout} s; the last were {seen[-3:]}\n"
                             + (self.folder / "log").read_text()[-4000:])

    def _receive(self, timeout):
        if not self._socket.poll(max(0, timeout) * 1000):
            return None
        who, topic, body = self._socket.recv_multipart()
        got = who, topic.decode(), json.loads(body)
        if got[1].startswith("splice."):
            self._splices.append(got[2])
        if got[1].startswith("segment.") and got[2]["event"] == "closed":
            self._closed.add(got[2]["file"])
        return got

    def splice(self, older, newer):
        """What was said or is going to be said of it."""
        def told():
            return [said for said in self._splices
                    if (said["older"], said["newer"]) == (older, newer)]
        if not told():
            self.until(lambda *_: told())
        (said,) = told()
        return said

    def closed_files(self):
        """All that were told of."""
        self._hear_all()
        return self._closed

    def until_recording(self, worker, *stations, timeout=20):
        """Answers the beat that says so, from now on."""
        self._hear_all()
        def is_recording(who, topic, beat):
            if who != worker.identity or not topic.startswith("heartbeat."):
                return False
            parts = {part["station"]: part for part in beat["stations"]}
            return all(name in parts and parts[name]["state"] == "recording" for name in stations)
        return self.until(is_recording, timeout)

    def _hear_all(self):
        while self._receive(0):
            pass

    def beats(self, worker, count):
        """Waits for so many more; answers the last one."""
        self._hear_all()
        for _ in range(count):
            beat = self.until(
                lambda who, topic, _: who == worker.identity and topic.startswith("heartbeat."))
        return beat

    def streams(self, station):
        return self.storage / station / "streams"

    def rows(self, sql, *values):
        catalog = sqlite3.connect(f"file:{self.storage}/catalog.db?mode=ro", uri=True, timeout=10)
        try:
            return catalog.execute(sql, values).fetchall()
        finally:
            catalog.close()

    def end_of(self, take):
        """Its cause, once it has ended."""
        sql = "SELECT end_cause FROM take WHERE id = ? AND ended_us IS NOT NULL"
        return wait_for(lambda: self.rows(sql, take), 20, f"take {take} ends")[0][0]

    def sound_of(self, take):
        files = self.rows("SELECT path FROM segment WHERE take = ? ORDER BY sequence", take)
        return b"".join((self.storage / path).read_bytes() for (path,) in files)

    def close(self):
        for worker in self._workers:
            radio_station.stop(worker, patience=30)
        self._socket.close()
        reports = sanitizer_reports(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not reports, reports
