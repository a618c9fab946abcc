# SPDX-License-Identifier: MIT
"""OpenSSH's own sshd and sftp-server, with a host key and a user's key that were made for this."""

import getpass
import os
import pathlib
import subprocess

from harness.clouds.server import Server

SSHD = "/usr/sbin/sshd"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"


def make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path],
                   check=True)
    return path


class Sftp(Server):
    """Keys that are not absolute paths are below `home`."""

    def __init__(self, folder):
        super().__init__(folder)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.host_key = make_key(self.folder / "host_key")
        self.key = make_key(self.folder / "key")
        self.known_hosts = self.folder / "known_hosts"
        (self.folder / "sshd_config").write_text(f"""
Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.host_key}
PidFile none
AuthorizedKeysFile {self.key.with_suffix(".pub")}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
LogLevel VERBOSE
Subsystem sftp {SFTP_SERVER} -d {self.home}
""")

    def command(self):
        # A package makes this at boot.
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        return [SSHD, "-D", "-e", "-f", self.folder / "sshd_config"]

    def cloud(self, port=None, **options):
        public = self.host_key.with_suffix(".pub").read_text()
        with open(self.known_hosts, "a", encoding="utf-8") as known:
            known.write(f"[127.0.0.1]:{port or self.port} {public}")
        return {"service": "sftp", "host": "127.0.0.1", "port": str(port or self.port),
                "user": getpass.getuser(), "key_file": str(self.key),
                "known_hosts": str(self.known_hosts), "path": str(self.home / "archive"),
                **options}

    def path(self, key):
        return self.home / "archive" / key

    def change(self, key, body):
        self.path(key).parent.mkdir(parents=True, exist_ok=True)
        self.path(key).write_bytes(body)

    def lose(self, key):
        self.path(key).unlink()
