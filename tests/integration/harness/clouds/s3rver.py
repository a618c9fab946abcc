# SPDX-License-Identifier: MIT
"""s3rver, an S3 server of others. It takes wrong signatures as well: see signed_s3.py."""

import hashlib

from harness.clouds import node_program
from harness.clouds.server import Server

BUCKET = "radio"


class S3rver(Server):
    keeps_conditions = False
    keeps_only_what_is_whole = False

    def command(self):
        # Its tokens of lists in pages are made with DES.
        node, program = node_program("s3rver/bin/s3rver.js")
        return [node, "--openssl-legacy-provider", program, "--directory", self.folder / "data",
                "--port", str(self.port), "--silent", "--configure-bucket", BUCKET]

    def cloud(self, port=None, **options):
        return {"service": "s3", "endpoint": f"http://127.0.0.1:{port or self.port}", "bucket": BUCKET,
                "access_key_id": "S3RVER", "secret_access_key": "S3RVER", **options}

    def _file(self, key, kind):
        return self.folder / "data" / BUCKET / f"{key}._S3rver_{kind}"

    def change(self, key, body):
        """As it keeps its objects."""
        self._file(key, "object").parent.mkdir(parents=True, exist_ok=True)
        self._file(key, "object").write_bytes(body)
        self._file(key, "object.md5").write_text(hashlib.md5(body).hexdigest())
        self._file(key, "metadata.json").write_text('{"content-type":"binary/octet-stream"}')

    def lose(self, key):
        self._file(key, "object").unlink()
