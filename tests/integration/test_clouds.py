# SPDX-License-Identifier: MIT
"""Aircheck's clients of each kind of cloud against real servers of it."""

import hashlib
import os

import pytest

from harness.clouds.driver import Store, StoreError
from harness.clouds.s3rver import S3rver
from harness.clouds.signed_s3 import SignedS3

SERVERS = {"signed_s3": SignedS3, "s3rver": S3rver}
ODD_KEY = "5f3c/kpcc/streams/a b+c=d&e~é%20'(x)!*.mp3"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Each kind is started when the first test wants it."""
    made = {}

    def get(kind):
        if kind not in made:
            made[kind] = SERVERS[kind](tmp_path_factory.mktemp(kind) / "server")
            made[kind].start()
        return made[kind]

    yield get
    for server in made.values():
        server.close()


@pytest.fixture(params=SERVERS)
def server(request, servers):
    return servers(request.param)


@pytest.fixture
def open_store():
    made = []

    def make(cloud, **options):
        made.append(Store(cloud, **options))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(server, open_store):
    """One whose objects go away."""
    store = open_store(server.cloud())
    yield store
    for each in store.list():
        store.remove(each["key"])


@pytest.fixture
def sound(tmp_path):
    """A file of so many bytes, different each time."""
    def make(size, name="sound"):
        path = tmp_path / name
        path.write_bytes(os.urandom(size))
        return path

    return make


def error_of(call, *arguments, **named):
    with pytest.raises(StoreError) as caught:
        call(*arguments, **named)
    return caught.value


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
    store.put("a", sound(1000))
    file = sound(70_000, "later")
    store.put("a", file)
    assert store.matches("a", file)


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
    store.put("a", sound(1000))
    error = error_of(store.put, "b", sound(5000, "b"), digest_of=str(sound(5000, "c")))
    assert error.kind == "changed"
    assert [each["key"] for each in store.list()] == ["a"]


def test_lists_below_a_prefix(store, sound):
    file = sound(10)
    for key in ("a/1", "a/b/2", "ab/3", "c"):
        store.put(key, file)
    assert sorted(each["key"] for each in store.list("a/")) == ["a/1", "a/b/2"]
    assert sorted(each["key"] for each in store.list()) == ["a/1", "a/b/2", "ab/3", "c"]
    assert len(store.list(most=2)) == 2
    assert store.list("none/") == []


def test_one_of_many_puts_on_condition_wins(server, open_store, store):
    rivals = [open_store(server.cloud()) for _ in range(4)]
    assert store.put_if("leases/x.json", "first", '"other"') is None
    first = store.put_if("leases/x.json", "first")
    assert first and store.put_if("leases/x.json", "second") is None
    for number, rival in enumerate(rivals):
        rival.begin("put_if", key="leases/x.json", body=f"rival {number}", etag=first["etag"])
    won = [rival.end() for rival in rivals]
    if server.keeps_conditions:
        assert sum(answer is not None for answer in won) == 1
    assert store.put_if("leases/x.json", "late", first["etag"]) is None
    assert store.find("leases/x.json")["etag"] in [answer["etag"] for answer in won if answer]


def test_a_sink_that_throws_ends_the_read(store, sound):
    file = sound(3_000_000)
    store.put("a", file)
    assert "the sink is full" in error_of(store.read, "a", 0, 3_000_000, throw=True).what
    assert store.matches("a", file)
