# SPDX-License-Identifier: MIT
"""What has moved to the cloud plays as it did before: the real programs and real servers."""

import datetime
import http.client
import os
import random
import signal
import socket
import sqlite3
import threading
import time

import pytest

from harness import soft_restart
from harness.aircheck import slice_path
from harness.clouds.fixtures import SERVERS
from harness.past import Past
from harness.relay import Relay
from harness.wait import wait_for

ORIGIN = "0123456789ab"
SECONDS = 300  # of each station
FILES = 20
CUTS = 20


@pytest.fixture(scope="module")
def cloud(request, cloud_servers):
    return cloud_servers(getattr(request, "param", "signed_s3"))


each_service = pytest.mark.parametrize("cloud", SERVERS, indirect=True)


@pytest.fixture
def line(cloud):
    """To the cloud: it can be cut."""
    relay = Relay(cloud.port)
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return Past(None, tmp_path_factory.mktemp("noise"), SECONDS)


@pytest.fixture
def past(aircheck, cloud, line, noise):
    """An instance with five minutes from an hour ago, in twenty files."""
    instance = aircheck({"clock": {"stream": "http://127.0.0.1:9/"}},
                        cloud=cloud.cloud(port=line.port), cloud_archive="14d", disk_archive="14d")
    began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    instance.began = began - datetime.timedelta(hours=1)
    sound = noise.into(instance)
    sound.record("clock", instance.began, SECONDS, files=FILES)
    sound.make_known()
    return instance


def move(instance, cloud, first=0, end=FILES):
    """As the pruner does it. Answers the keys."""
    catalog = sqlite3.connect(instance.storage / "catalog.db", timeout=10)
    rows = catalog.execute("SELECT id, path FROM segment ORDER BY start_us").fetchall()
    keys = []
    for number, path in rows[first:end]:
        file = instance.storage / path
        keys.append(f"{ORIGIN}/{path}")
        cloud.change(keys[-1], file.read_bytes())
        with catalog:
            catalog.execute("UPDATE segment SET object = ?, state = 'uploaded' WHERE id = ?",
                            (keys[-1], number))
        file.unlink()
    catalog.close()
    return keys


def whole(instance, begin=7, seconds=280):
    return slice_path("clock", instance.began.timestamp() + begin, seconds)


def parts(response):
    """Of several ranges: without the boundary, which is made anew each time."""
    assert response.status == 206
    boundary = response.headers["Content-Type"].partition("boundary=")[2].encode()
    return response.body.split(boundary)


class Slowly:
    """A client that takes little at a time."""

    def __init__(self, instance, path, **headers):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(60)
        self._socket.connect(("127.0.0.1", instance.port))
        lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._read = b""

    def read(self, size):
        while len(self._read) < size:
            data = self._socket.recv(65536)
            if not data:
                break
            self._read += data
        return self._read

    def body(self, size=1 << 40):
        return self.read(size).partition(b"\r\n\r\n")[2]

    def close(self):
        self._socket.close()


@each_service
def test_everything_is_as_it_was(past, cloud):
    past.start()
    path = whole(past)
    at = past.began + datetime.timedelta(seconds=130)
    show = f"/clock/daily/{at:%H:%M}/30s/The_Show"
    ranges = ({}, {"Range": "bytes=100-200000"}, {"Range": "bytes=-70000"},
              {"Range": "bytes=1000000-"})
    paths = [path, whole(past, 11, 2), whole(past, 100.0, 33)]
    before = [past.get(each, **headers) for each in paths for headers in ranges]
    head = past.request("HEAD", path)
    several = "bytes=0-10,500000-500100,-9"
    asked_before = parts(past.get(path, Range=several))
    feed = past.get(show + ".xml")
    assert before[0].status == 200 and before[1].status == 206 and feed.body.count(b"<item>") == 1
    for first, end in ((0, 8), (12, 20), (8, 12)):
        move(past, cloud, first, end)
        after = [past.get(each, **headers) for each in paths for headers in ranges]
        for one, other in zip(before, after):
            assert (one.status, one.body) == (other.status, other.body)
            for name in ("ETag", "Content-Length", "Content-Range", "Last-Modified"):
                assert one.headers[name] == other.headers[name]
        again = past.request("HEAD", path)
        assert again.headers["Content-Length"] == head.headers["Content-Length"]
        assert parts(past.get(path, Range=several)) == asked_before
        assert past.get(show + ".xml").body == feed.body
    assert past.get(path, If_None_Match=head.headers["ETag"]).status == 304
    states = [piece["storage"] for piece in past.get(path + "?info").json()["pieces"]]
    assert "cloud" in states
    assert b'aircheck_cloud_blocks_total{worker="webapi-0",result="miss"}' in past.get("/metrics").body


@each_service
def test_a_cloud_that_is_down_is_no_broken_body(past, cloud, line):
    past.start()
    path = whole(past)
    body = past.get(path).body
    move(past, cloud)
    line.refuse()
    refusal = past.get(path)
    assert refusal.status == 503 and int(refusal.headers["Retry-After"]) > 0
    assert past.get("/clock/live/-59min").status == 503
    # On the way it waits.
    line.accept()
    wait_for(lambda: past.get(path, Range="bytes=0-9").status == 206, 20, "it heals")
    client = Slowly(past, path)
    client.read(200_000)
    line.refuse()
    reader = threading.Thread(target=client.body)
    reader.start()
    wait_for(lambda: b"aircheck_cloud_readable{worker=\"webapi-0\"} 0"
             in past.get("/metrics").body, 20, "it is missed")
    line.accept()
    reader.join(60)
    assert client.body() == body
    client.close()
    assert past.log.read_text().count("cannot read from the cloud") == 1


@each_service
def test_lost_connections_lose_nothing(past, cloud, line):
    past.start()
    path = whole(past)
    body = past.get(path).body
    move(past, cloud)
    done = threading.Event()

    def cut():
        chance = random.Random(5)
        for _ in range(CUTS):
            if done.wait(chance.uniform(0.01, 0.1)):
                break
            line.cut()

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        wait_for(lambda: past.get(path).body == body, 60, "all of it")
    finally:
        done.set()
        cutter.join()


@each_service
def test_what_is_lost_in_the_cloud_is_a_gap(past, cloud):
    past.start()
    path = whole(past)
    length = int(past.request("HEAD", path).headers["Content-Length"])
    keys = move(past, cloud)
    cloud.lose(keys[5])
    cloud.change(keys[7], b"something else")
    with pytest.raises(http.client.IncompleteRead):
        past.get(path)
    with pytest.raises(http.client.IncompleteRead):
        past.get(path)
    answer = past.get(path)
    assert answer.headers["X-Gaps"].startswith("2; ")
    assert len(answer.body) < length
    gaps = past.get(path + "?info").json()["gaps"]
    assert [gap["cause"] for gap in gaps] == ["missing in the cloud", "changed in the cloud"]
    causes = {hole["cause"] for hole in past.get("/clock/coverage.json?from=-2h").json()["holes"]}
    assert causes >= {"missing in the cloud", "changed in the cloud"}


def test_nothing_is_lost_by_a_restart_or_a_kill(past, cloud):
    past.start()
    path = whole(past)
    body = past.get(path).body
    move(past, cloud)
    client = Slowly(past, path)
    listener = Slowly(past, "/clock/live/-59min")
    client.read(200_000)
    listener.read(100_000)
    soft_restart.restart(past)
    assert client.body() == body
    heard = listener.body(250_000)
    assert heard[:200_000] in past.get(whole(past, 0, 300)).body
    for each in (client, listener):
        each.close()
    # What a killed one has fetched is sound, or is fetched again.
    pid = past.pid_of("webapi-0")
    tap = past.tap("worker.webapi-0")
    hurried = Slowly(past, path)
    hurried.read(300_000)
    os.kill(pid, signal.SIGKILL)
    tap.until(lambda _, m: m["event"] == "ready" and m["pid"] != pid, 20)
    assert past.get(path).body == body
    soft_restart.end(past)


@each_service
def test_live_goes_from_the_cloud_into_what_is_here(past, cloud):
    past.start()
    reference = past.get(whole(past, 0, 300)).body
    move(past, cloud, 0, 12)
    listener = Slowly(past, f"/clock/live/-{int(time.time() - past.began.timestamp()) - 175}s")
    heard = listener.body(160_000)[:150_000]  # the first ten seconds come at once
    listener.close()
    assert heard in reference


# Not of SFTP: libcurl 7.88 loses the memory of an SSH session that it gave up waiting for.
@pytest.mark.parametrize("cloud", [kind for kind in SERVERS if kind != "sftp"], indirect=True)
def test_a_slow_cloud_is_waited_for(past, cloud, line):
    past.start()
    path = whole(past)
    body = past.get(path).body
    move(past, cloud)
    client = Slowly(past, path)
    client.read(100_000)
    line.stall()  # other connections do better
    assert client.body() == body
    client.close()
