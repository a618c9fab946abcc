# SPDX-License-Identifier: MIT
"""Azurite, Microsoft's own emulator of Azure Blob; it checks keys and signatures."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import http.client
import urllib.parse

from harness.clouds import node_program
from harness.clouds.server import Server

# Published: every installation has this account.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
CONTAINER = "radio"
VERSION = "2021-12-02"


def sign(text):
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class Azurite(Server):
    def command(self):
        return [*node_program("azurite/dist/src/blob/main.js"), "--location", self.folder / "data",
                "--blobPort", str(self.port), "--silent", "--skipApiVersionCheck"]

    def start(self):
        super().start()
        assert self.request("PUT", f"/{CONTAINER}", {"restype": "container"}) in (201, 409)

    def cloud(self, port=None, **options):
        credentials = {} if {"key", "sas"} & options.keys() else {"key": KEY}
        return {"service": "azure", "account": ACCOUNT, "container": CONTAINER,
                "endpoint": f"http://127.0.0.1:{port or self.port}/{ACCOUNT}", **credentials, **options}

    def request(self, method, path, query=None, body=b"", **headers):
        """By the key, written after the same documentation by other people. The status."""
        path = f"/{ACCOUNT}{path}"
        headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": VERSION,
                   **headers}
        lines = [method, "", "", str(len(body) or ""), "", "", "", "", "", "", "", ""]
        lines += [f"{name}:{headers[name]}" for name in sorted(headers)]
        lines += [f"/{ACCOUNT}{path}"] + [f"{k}:{v}" for k, v in sorted((query or {}).items())]
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{sign(chr(10).join(lines))}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, f"{path}?{urllib.parse.urlencode(query or {})}", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def sas(self, permissions="racwdl", minutes=60):
        """A signature for the container that ends in so many minutes."""
        expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        fields = {"sp": permissions, "se": expiry.strftime("%Y-%m-%dT%H:%M:%SZ"),
                  "sv": VERSION, "sr": "c"}
        lines = [permissions, "", fields["se"], f"/blob/{ACCOUNT}/{CONTAINER}", "", "", "",
                 VERSION, "c", "", "", "", "", "", "", ""]
        return urllib.parse.urlencode({**fields, "sig": sign("\n".join(lines))})

    def change(self, key, body):
        headers = {"x-ms-blob-type": "BlockBlob"}
        path = urllib.parse.quote(f"/{CONTAINER}/{key}")
        assert self.request("PUT", path, body=body, **headers) == 201

    def lose(self, key):
        assert self.request("DELETE", urllib.parse.quote(f"/{CONTAINER}/{key}")) == 202
