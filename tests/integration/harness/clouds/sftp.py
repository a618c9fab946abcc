# SPDX-License-Identifier: MIT
"""OpenSSH's own sshd and sftp-server, with a host key and a user's key that were made for this."""

import getpass
import os
import pathlib
import pwd
import subprocess

from harness.clouds.server import Server

SSHD = "/usr/sbin/sshd"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"


def make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path],
                   check=True)
    return path


class Sftp(Server):
    """Keys that are not absolute paths are below `home`. With a `password` it takes that and no
    key: the system's users, as sshd sees them, are one in a file of its own."""

    def __init__(self, folder, password=None):
        super().__init__(folder)
        self._password = password
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
PasswordAuthentication {"yes" if password else "no"}
PubkeyAuthentication {"no" if password else "yes"}
KbdInteractiveAuthentication no
PermitRootLogin yes
LogLevel VERBOSE
Subsystem sftp {SFTP_SERVER} -d {self.home}
""")

    def command(self):
        # A package makes this at boot.
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        sshd = [SSHD, "-D", "-e", "-f", self.folder / "sshd_config"]
        return [*self._users(), *sshd] if self._password else sshd

    def _users(self):
        user = pwd.getpwuid(os.geteuid())
        secret = subprocess.run(["openssl", "passwd", "-6", self._password], check=True,
                                capture_output=True, text=True).stdout.strip()
        (self.folder / "passwd").write_text(
            f"{user.pw_name}:x:{user.pw_uid}:{user.pw_gid}::{self.home}:/bin/sh\n"
            "sshd:x:65534:65534::/run/sshd:/bin/false\n")
        (self.folder / "shadow").write_text(f"{user.pw_name}:{secret}:19000:0:99999:7:::\n")
        (self.folder / "group").write_text(f"{user.pw_name}:x:{user.pw_gid}:\nnogroup:x:65534:\n")
        files = [f"NSS_WRAPPER_{name.upper()}={self.folder / name}"
                 for name in ("passwd", "shadow", "group")]
        return ["env", "LD_PRELOAD=libnss_wrapper.so", *files]

    def cloud(self, port=None, **options):
        public = self.host_key.with_suffix(".pub").read_text()
        with open(self.known_hosts, "a", encoding="utf-8") as known:
            known.write(f"[127.0.0.1]:{port or self.port} {public}")
        secret = {"password": self._password} if self._password else {"key_file": str(self.key)}
        return {"service": "sftp", "host": "127.0.0.1", "port": str(port or self.port),
                "user": getpass.getuser(), **secret,
                "known_hosts": str(self.known_hosts), "path": str(self.home / "archive"),
                **options}

    def path(self, key):
        return self.home / "archive" / key

    def change(self, key, body):
        self.path(key).parent.mkdir(parents=True, exist_ok=True)
        self.path(key).write_bytes(body)

    def lose(self, key):
        self.path(key).unlink()
