# SPDX-License-Identifier: MIT
"""Clouds that are down, slow, silent or cut off: told in time, and nothing half done is left."""

import time

import pytest

from harness.clouds.driver import error_of
from harness.wait import wait_for


def test_connections_stay_open(cloud_server, cloud_relay, store, open_store):
    through = open_store(cloud_server.cloud(port=cloud_relay.port))
    for _ in range(10):
        assert through.find("none") is None
        assert through.list("none/") == []
    assert cloud_relay.connections == 1


def test_a_server_that_is_down_for_a_while(cloud_server, cloud_relay, store, open_store, sound):
    through = open_store(cloud_server.cloud(port=cloud_relay.port))
    file = sound(300_000)
    through.put("before", file)
    cloud_relay.refuse()
    for call in (lambda: through.put("one.mp3", file), lambda: through.find("before"),
                 lambda: through.read("before", 0, 10), lambda: through.list(),
                 lambda: through.remove("before"), lambda: through.put_if("two.mp3", "text"),
                 lambda: through.matches("before", file)):
        assert error_of(call).kind == "down"
    cloud_relay.accept()
    assert [each["key"] for each in through.list()] == ["before"]
    through.put("one.mp3", file)
    assert through.matches("one.mp3", file)


@pytest.mark.parametrize("up", [20_000, 700_000])
def test_an_upload_that_loses_its_connection(cloud_server, cloud_relay, store, open_store, sound, up):
    file = sound(1_000_000)
    cloud_relay.cut_after(up=up)
    through = open_store(cloud_server.cloud(port=cloud_relay.port))
    assert error_of(through.put, "one.mp3", file).kind == "down"
    if cloud_server.keeps_only_what_is_whole:
        assert store.find("one.mp3") is None and store.list() == []
    cloud_relay.cut_after()
    cloud_relay.cut()
    through.put("one.mp3", file)
    assert store.matches("one.mp3", file)


@pytest.mark.parametrize("down", [200, 20_000, 700_000])
def test_a_download_that_loses_its_connection(cloud_server, cloud_relay, store, open_store, sound, down):
    file = sound(1_000_000)
    store.put("one.mp3", file)
    cloud_relay.cut_after(down=down)
    through = open_store(cloud_server.cloud(port=cloud_relay.port))
    error = error_of(through.read, "one.mp3", 0, 1_000_000)
    assert error.kind == "down" and error.bytes < 1_000_000
    assert error_of(through.matches, "one.mp3", file).kind == "down"
    cloud_relay.cut_after()
    cloud_relay.cut()
    assert through.matches("one.mp3", file)


def test_a_server_that_says_nothing_any_more(cloud_server, cloud_relay, store, open_store, sound):
    through = open_store(cloud_server.cloud(port=cloud_relay.port), connect_ms=8000, stall_ms=1500)
    file = sound(300_000)
    through.put("one.mp3", file)
    for call in (lambda: through.find("one.mp3"), lambda: through.put("two.mp3", file),
                 lambda: through.read("one.mp3", 0, 300_000)):
        cloud_relay.stall(later=True)
        began = time.monotonic()
        assert error_of(call).kind == "down"
        # Well before the 30 s that a program gives it; the rest is the machine's.
        assert time.monotonic() - began < 20
        cloud_relay.flow()
        cloud_relay.cut()
    assert through.matches("one.mp3", file)


def test_a_slow_server_is_not_down(cloud_server, cloud_relay, store, open_store, sound):
    cloud_relay.pace(300_000)
    through = open_store(cloud_server.cloud(port=cloud_relay.port), stall_ms=3000)
    file = sound(200_000)
    through.put("one.mp3", file)
    assert store.matches("one.mp3", file)
    cloud_relay.cut()
    cloud_relay.pace(100)
    assert error_of(through.matches, "one.mp3", file).kind == "down"


@pytest.mark.parametrize("what", ["put", "read"])
def test_told_to_quit_it_ends_soon(cloud_server, cloud_relay, store, open_store, sound, what):
    file = sound(5_000_000)
    store.put("there", file)
    cloud_relay.pace(100_000)
    through = open_store(cloud_server.cloud(port=cloud_relay.port))
    if what == "put":
        through.begin("put", key="one.mp3", file=str(file))
    else:
        through.begin("read", key="there", offset=0, size=5_000_000)
    wait_for(lambda: cloud_relay.connections, 10, "the connection")
    through.quit()
    began = time.monotonic()
    assert error_of(through.end).kind == "stopped"
    assert time.monotonic() - began < 5
    if cloud_server.keeps_only_what_is_whole:
        assert [each["key"] for each in store.list()] == ["there"]


def test_uploads_keep_to_their_bandwidth(cloud_server, store, open_store, sound):
    slow = open_store(cloud_server.cloud(), bytes_per_second=200_000)
    began = time.monotonic()
    slow.put("one.mp3", sound(500_000))
    assert time.monotonic() - began > 1.5
