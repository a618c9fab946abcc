# SPDX-License-Identifier: MIT
"""s3rver, an S3 server of others. It takes wrong signatures as well: see signed_s3.py."""

from harness.clouds import node_program
from harness.clouds.server import Server

BUCKET = "radio"


class S3rver(Server):
    keeps_conditions = False

    def command(self):
        return [*node_program("s3rver/bin/s3rver.js"), "--directory", self.folder / "data",
                "--port", str(self.port), "--silent", "--configure-bucket", BUCKET]

    def cloud(self, **options):
        return {"service": "s3", "endpoint": f"http://127.0.0.1:{self.port}", "bucket": BUCKET,
                "access_key_id": "S3RVER", "secret_access_key": "S3RVER", **options}
