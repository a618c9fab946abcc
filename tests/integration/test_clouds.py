# SPDX-License-Identifier: MIT
"""Aircheck's clients of each kind of cloud against real servers of it: they keep one contract."""

import hashlib
import os

import pytest

from harness.clouds.driver import StoreError, error_of

ODD_KEY = "5f3c/kpcc/streams/a b+c=d&e~é%20'(x)!*.mp3"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("key", ["kpcc/a.mp3", ODD_KEY])
def test_an_object_comes_back_as_it_went(store, sound, key):
    file = sound(1_500_000)
    stored = store.put(key, file)
    assert (stored["key"], stored["bytes"]) == (key, 1_500_000)
    found = store.find(key)
    assert found["bytes"] == 1_500_000 and found["etag"] == stored["etag"]
    data = file.read_bytes()
    for offset, size in ((0, 1_500_000), (0, 1), (1_499_999, 1), (417, 100_000)):
        assert store.read(key, offset, size) == {
            "bytes": size, "sha256": sha256(data[offset:offset + size])}
    assert store.matches(key, file)
    assert not store.matches(key, sound(1_500_000, "other"))
    assert [each["key"] for each in store.list()] == [key]
    store.remove(key)
    store.remove(key)
    assert store.find(key) is None


def test_an_object_is_replaced(store, sound):
    store.put("one.mp3", sound(1000))
    file = sound(70_000, "later")
    store.put("one.mp3", file)
    assert store.matches("one.mp3", file)


def test_an_empty_object(store, sound):
    file = sound(0)
    assert store.put("empty", file)["bytes"] == 0
    assert store.find("empty")["bytes"] == 0
    assert store.matches("empty", file)
    assert store.read("empty", 0, 0)["bytes"] == 0


def test_what_is_missing_or_shorter_is_told(store, sound):
    store.put("short", sound(1000))
    assert error_of(store.read, "none", 0, 10).kind == "missing"
    assert error_of(store.read, "short", 0, 1001).kind == "changed"
    assert error_of(store.read, "short", 5000, 10).kind == "changed"
    assert not store.matches("none", sound(10, "ten"))


def test_a_file_that_is_not_what_was_said_is_not_kept(store, sound):
    store.put("one.mp3", sound(1000))
    error = error_of(store.put, "two.mp3", sound(5000, "two"), digest_of=str(sound(5000, "c")))
    assert error.kind == "changed"
    assert [each["key"] for each in store.list()] == ["one.mp3"]


def test_lists_below_a_prefix(store, sound):
    file = sound(10)
    for key in ("a/1", "a/b/2", "ab/3", "c"):
        store.put(key, file)
    assert sorted(each["key"] for each in store.list("a/")) == ["a/1", "a/b/2"]
    assert sorted(each["key"] for each in store.list()) == ["a/1", "a/b/2", "ab/3", "c"]
    assert len(store.list(most=2)) == 2
    assert store.list("none/") == []


def test_one_of_many_puts_on_condition_wins(cloud_server, open_store, store):
    rivals = [open_store(cloud_server.cloud()) for _ in range(4)]
    assert store.put_if("leases/x.json", "first", '"other"') is None
    first = store.put_if("leases/x.json", "first")
    assert first and store.put_if("leases/x.json", "second") is None
    for number, rival in enumerate(rivals):
        rival.begin("put_if", key="leases/x.json", body=f"rival {number}", etag=first["etag"])
    won = []
    for rival in rivals:
        try:
            won.append(rival.end())
        except StoreError:
            # s3rver does not keep conditions, and stumbles over a file that is being replaced.
            assert not cloud_server.keeps_conditions
    if cloud_server.keeps_conditions:
        assert sum(answer is not None for answer in won) == 1
    assert store.put_if("leases/x.json", "late", first["etag"]) is None
    assert store.find("leases/x.json")["etag"] in [answer["etag"] for answer in won if answer]


def test_a_sink_that_throws_ends_the_read(store, sound):
    file = sound(3_000_000)
    store.put("one.mp3", file)
    assert "the sink is full" in error_of(store.read, "one.mp3", 0, 3_000_000, throw=True).what
    assert store.matches("one.mp3", file)


def test_lists_of_more_than_a_page(cloud_server, store, open_store):
    keys = [f"many/{n:02} +&é.mp3" for n in range(20)]
    for key in keys:
        cloud_server.change(key, b"x")
    in_pages = open_store(cloud_server.cloud(), page=7)
    assert sorted(each["key"] for each in in_pages.list("many/")) == keys


def test_objects_changed_and_missing_behind_its_back(cloud_server, store, sound):
    file = sound(5000)
    before = store.put("one.mp3", file)
    cloud_server.change("one.mp3", b"another")
    assert not store.matches("one.mp3", file)
    assert store.find("one.mp3")["etag"] != before["etag"]
    assert error_of(store.read, "one.mp3", 0, 5000).kind == "changed"
    cloud_server.change("one.mp3", os.urandom(5000))
    assert not store.matches("one.mp3", file)
    cloud_server.lose("one.mp3")
    assert store.find("one.mp3") is None
    assert error_of(store.read, "one.mp3", 0, 5000).kind == "missing"
    assert not store.matches("one.mp3", file)


def test_an_object_in_parts(cloud_server, store, open_store, sound):
    file = sound((5 << 20) + 4096)
    in_parts = open_store(cloud_server.cloud(), part_bytes=2 << 20)
    assert in_parts.put("large", file)["bytes"] == file.stat().st_size
    assert store.matches("large", file)
    error = error_of(in_parts.put, "other", file, digest_of=str(sound(10, "ten")))
    assert error.kind == "changed"
    assert store.find("other") is None
