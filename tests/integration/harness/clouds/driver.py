# SPDX-License-Identifier: MIT
"""Aircheck's own client of a cloud, driven from outside: one process, one store."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile

import pytest

import radio_station
from harness.aircheck import BUILD

DRIVER = BUILD / "tests" / "store_driver"


def write_config(folder, cloud):
    """JSON is YAML."""
    path = pathlib.Path(folder) / "aircheck.yaml"
    path.write_text(json.dumps({
        "storage": str(folder), "stations": {"kpcc": {"stream": "http://127.0.0.1:9/"}},
        "cloud": cloud}))
    return path


class StoreError(Exception):
    """What the client threw: its kind and sentence, and the bytes that were read before."""

    def __init__(self, answer):
        super().__init__(f"{answer['error']}: {answer['what']}")
        self.kind = answer["error"]
        self.what = answer["what"]
        self.bytes = answer.get("bytes")


def error_of(call, *arguments, **named):
    with pytest.raises(StoreError) as caught:
        call(*arguments, **named)
    return caught.value


class Store:
    """Methods are those of ObjectStore; errors are StoreError."""

    def __init__(self, cloud, connect_ms=20_000, stall_ms=20_000, bytes_per_second=0,
                 part_bytes=64 << 20, page=1000, **environment):
        self._folder = tempfile.TemporaryDirectory()
        config = write_config(self._folder.name, cloud)
        self._process = radio_station.start(
            [DRIVER, config, str(connect_ms), str(stall_ms), str(bytes_per_second),
             str(part_bytes), str(page)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **environment})

    def begin(self, do, **order):
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()

    def end(self):
        line = self._process.stdout.readline()
        assert line, f"the driver has ended: {self._process.wait()}"
        answer = json.loads(line)
        if isinstance(answer, dict) and "error" in answer:
            raise StoreError(answer)
        return answer

    def _do(self, do, **order):
        self.begin(do, **order)
        return self.end()

    def put(self, key, file, **order):
        return self._do("put", key=key, file=str(file), **order)

    def find(self, key):
        return self._do("find", key=key)

    def read(self, key, offset, size, **order):
        """Answers how many bytes came, and their digest."""
        return self._do("read", key=key, offset=offset, size=size, **order)

    def remove(self, key):
        return self._do("remove", key=key)

    def list(self, prefix="", **order):
        return self._do("list", prefix=prefix, **order)

    def put_if(self, key, body, etag=None):
        condition = {} if etag is None else {"etag": etag}
        return self._do("put_if", key=key, body=body, **condition)

    def matches(self, key, file):
        return self._do("matches", key=key, file=str(file))

    def quit(self):
        """Sets the flag, as a program does that is told to stop."""
        self._process.send_signal(signal.SIGUSR1)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        radio_station.stop(self._process)
        self._folder.cleanup()
