# SPDX-License-Identifier: MIT
"""What is each service's own: credentials, certificates and host keys, parts, lists in pages."""

import ssl
import subprocess

import pytest

from harness.clouds import azurite, signed_s3
from harness.clouds.driver import error_of
from harness.clouds.sftp import Sftp, make_key
from harness.clouds.signed_s3 import SignedS3
from harness.relay import Relay
from harness.wait import wait_for

SECRETS = ("wrong+secret", signed_s3.SECRET_KEY, signed_s3.ACCESS_KEY, azurite.KEY, "d3Jvbm")


@pytest.fixture
def strict():
    server = SignedS3()
    server.start()
    yield server
    server.close()


@pytest.mark.parametrize("kind, wrong", [
    ("signed_s3", {"secret_access_key": "wrong+secret"}),
    ("signed_s3", {"access_key_id": "WRONGKEY"}),
    ("signed_s3", {"region": "us-east-1"}),
    ("signed_s3", {"bucket": "nobucket"}),
    ("azurite", {"key": "d3JvbmcgKyBzZWNyZXQ="}),
    ("azurite", {"key": "no Base64"}),
    ("azurite", {"sas": "sv=2021-12-02&sp=racwdl&sr=c&se=2030-01-01T00:00:00Z&sig=d3Jvbmc%3D"}),
    ("azurite", {"container": "none"}),
    ("sftp", {"user": "nobody-of-that-name"}),
    ("sftp", {"path": "/proc/nowhere"}),
])
def test_what_is_refused_needs_a_person(cloud_servers, open_store, sound, kind, wrong):
    store = open_store(cloud_servers(kind).cloud(**wrong))
    error = error_of(store.put, "a", sound(200_000))
    assert error.kind == "refused"
    assert not any(secret in error.what for secret in SECRETS)


def test_azure_by_a_shared_access_signature(cloud_servers, open_store, sound):
    server = cloud_servers("azurite")
    file = sound(100_000)
    store = open_store(server.cloud(sas="?" + server.sas()))
    store.put("a/b c.mp3", file)
    assert store.matches("a/b c.mp3", file)
    assert [each["key"] for each in store.list("a/")] == ["a/b c.mp3"]
    reader = open_store(server.cloud(sas=server.sas("rl")))
    assert reader.matches("a/b c.mp3", file)
    for call in (lambda: reader.put("x", file), lambda: reader.remove("a/b c.mp3")):
        error = error_of(call)
        assert error.kind == "refused" and "sig" not in error.what
    expired = open_store(server.cloud(sas=server.sas(minutes=-5)))
    assert error_of(expired.find, "a/b c.mp3").kind == "refused"
    store.remove("a/b c.mp3")


@pytest.mark.parametrize("kind", ["signed_s3", "s3rver", "azurite"])
def test_a_prefix_keeps_to_itself(cloud_servers, open_store, sound, kind):
    server = cloud_servers(kind)
    file = sound(1000)
    all_of_it = open_store(server.cloud())
    below = open_store(server.cloud(prefix="/kept here/x/"))
    below.put("a/1", file)
    assert [each["key"] for each in below.list()] == ["a/1"]
    assert [each["key"] for each in all_of_it.list()] == ["kept here/x/a/1"]
    below.remove("a/1")
    assert all_of_it.list() == []


def test_s3_by_virtual_hosts(strict, open_store, sound):
    store = open_store(strict.cloud(endpoint=f"http://localhost:{strict.port}", path_style="no"))
    file = sound(1000)
    store.put("a", file)
    assert store.matches("a", file) and store.list()[0]["key"] == "a"
    assert all(not path.startswith("/radio/") for _, path in strict.requests)


def test_s3_where_the_etag_is_no_digest(strict, open_store, sound):
    strict.opaque_etags = True
    store = open_store(strict.cloud())
    store.put("a", sound(100_000))
    assert [method for method, _ in strict.requests] == ["PUT", "HEAD", "HEAD", "GET"]


@pytest.mark.parametrize("status, code, kind", [
    (503, "SlowDown", "down"), (500, "InternalError", "down"), (429, "TooManyRequests", "down"),
    (400, "RequestTimeout", "down"), (403, "RequestTimeTooSkewed", "refused"),
    (301, "PermanentRedirect", "refused"), (501, "NotImplemented", "refused"),
])
def test_s3_answers(strict, open_store, sound, status, code, kind):
    store = open_store(strict.cloud())
    file = sound(1000)
    strict.faults.append((status, code))
    error = error_of(store.put, "a", file)
    assert error.kind == kind and code in error.what
    assert not any(secret in error.what for secret in SECRETS)
    store.put("a", file)


def test_s3_puts_what_is_over_64_mib_in_parts(strict, open_store, tmp_path):
    file = tmp_path / "large"
    with open(file, "wb") as large:
        large.truncate((64 << 20) + 4096)
        large.seek((64 << 20) - 10)
        large.write(b"across the border")
    store = open_store(strict.cloud())
    assert store.put("large", file)["bytes"] == file.stat().st_size
    assert [method for method, _ in strict.requests] == [
        "GET", "POST", "PUT", "PUT", "POST", "HEAD"]
    assert store.matches("large", file)


def test_s3_takes_back_the_parts_of_an_upload_that_fails(strict, open_store, tmp_path):
    file = tmp_path / "large"
    with open(file, "wb") as large:
        large.truncate(10 << 20)
    relay = Relay(strict.port)
    relay.cut_after(up=5 << 20)
    store = open_store(strict.cloud(port=relay.port), part_bytes=2 << 20)
    assert error_of(store.put, "a", file).kind == "down"
    assert strict.uploads == {} and strict.objects == {}

    relay.cut_after()
    relay.pace(2_000_000)
    killed = open_store(strict.cloud(port=relay.port), part_bytes=2 << 20)
    killed.begin("put", key="a", file=str(file))
    wait_for(lambda: strict.uploads, 20, "the upload")
    killed.kill()
    assert strict.uploads
    relay.pace(None)
    relay.cut()
    store.put("a", file)
    assert strict.uploads == {} and list(strict.objects) == ["a"]
    relay.close()


def test_s3_lists_in_pages(strict, open_store):
    keys = sorted(f"many/{n} +&%é.mp3" for n in range(2345))
    for key in keys:
        strict.change(key, b"x")
    store = open_store(strict.cloud())
    assert [each["key"] for each in store.list("many/")] == keys
    assert len(strict.requests) == 3


def test_a_certificate_has_to_be_trusted(open_store, sound, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", tmp_path / "key", "-out", tmp_path / "cert"],
                   check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server = SignedS3(tls=tls)
    server.start()
    error = error_of(open_store(server.cloud()).put, "a", sound(10))
    assert error.kind == "refused" and "certificate" in error.what
    open_store(server.cloud(ca_file=str(tmp_path / "cert"))).put("a", sound(10))
    server.close()


@pytest.fixture
def sftp(tmp_path):
    server = Sftp(tmp_path / "sftp")
    server.start()
    yield server
    server.close()


def test_an_unknown_host_key_is_refused(sftp, open_store, sound):
    cloud = sftp.cloud()
    sftp.known_hosts.write_text("")
    assert error_of(open_store(cloud).put, "a", sound(10)).kind == "refused"
    other = make_key(sftp.folder / "other").with_suffix(".pub").read_text()
    sftp.known_hosts.write_text(f"[127.0.0.1]:{sftp.port} {other}")
    assert error_of(open_store(cloud).put, "a", sound(10)).kind == "refused"
    sftp.known_hosts.unlink()
    error = error_of(open_store(cloud).put, "a", sound(10))
    assert error.kind == "refused" and "known_hosts" in error.what
    assert not (sftp.home / "archive").exists()


def test_a_key_that_does_not_fit_is_refused(sftp, open_store, sound):
    cloud = sftp.cloud(key_file=str(make_key(sftp.folder / "wrong")))
    assert error_of(open_store(cloud).put, "a", sound(10)).kind == "refused"


def test_sftp_by_a_password(tmp_path, open_store, sound):
    server = Sftp(tmp_path / "sftp", password="it is \"secret\"")
    server.start()
    file = sound(100_000)
    store = open_store(server.cloud())
    store.put("a.mp3", file)
    assert store.matches("a.mp3", file)
    error = error_of(open_store(server.cloud(password="it is not")).put, "b", file)
    assert error.kind == "refused" and "it is" not in error.what
    server.close()


def test_paths_below_the_users_own_folder(sftp, open_store, sound):
    store = open_store(sftp.cloud(path="some where"))
    file = sound(1000)
    store.put("a/b/c d.mp3", file)
    assert (sftp.home / "some where/a/b/c d.mp3").read_bytes() == file.read_bytes()
    assert [each["key"] for each in store.list("a/")] == ["a/b/c d.mp3"]


def test_sftp_leaves_nothing_of_an_upload_that_fails(sftp, open_store, sound):
    relay = Relay(sftp.port)
    file = sound(1_000_000)
    store = open_store(sftp.cloud(port=relay.port))
    relay.cut_after(up=300_000)
    assert error_of(store.put, "kpcc/a", file).kind == "down"
    assert list((sftp.home / "archive" / ".uploads").iterdir()) == []
    relay.close()
