# SPDX-License-Identifier: MIT
"""Fixtures of tests with clouds: a plugin, for what every test may ask for."""

import os

import pytest

from harness.clouds.azurite import Azurite
from harness.clouds.driver import Store
from harness.clouds.s3rver import S3rver
from harness.clouds.sftp import Sftp
from harness.clouds.signed_s3 import SignedS3
from harness.relay import Relay

SERVERS = {"signed_s3": SignedS3, "s3rver": S3rver, "sftp": Sftp, "azurite": Azurite}


@pytest.fixture(scope="module")
def cloud_servers(tmp_path_factory):
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
def cloud_server(request, cloud_servers):
    return cloud_servers(request.param)


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
def store(cloud_server, open_store):
    """One whose objects go away."""
    store = open_store(cloud_server.cloud())
    yield store
    for each in store.list():
        store.remove(each["key"])


@pytest.fixture
def cloud_relay(cloud_server):
    relay = Relay(cloud_server.port)
    yield relay
    relay.close()


@pytest.fixture
def sound(tmp_path):
    """A file of so many bytes, different each time."""
    def make(size, name="sound"):
        path = tmp_path / name
        path.write_bytes(os.urandom(size))
        return path

    return make
