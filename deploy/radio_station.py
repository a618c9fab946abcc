# SPDX-License-Identifier: MIT
"""A local radio station of real programs: icecast2 and one ffmpeg encoder a mount.

Standard library only. Both die with this process, however it ends.
"""

import base64
import contextlib
import errno
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

PASSWORD = "speaking-clock"  # serves on the loopback interface only
CODECS = {
    "mp3": (["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"],
            "audio/mpeg"),
    "aac": (["-c:a", "aac", "-f", "adts"], "audio/aac"),
}

ICECAST_XML = """<icecast>
  <hostname>localhost</hostname>
  <limits>
    <clients>{clients}</clients> <sources>20</sources> <source-timeout>10</source-timeout>
    <queue-size>{queue_size}</queue-size>
    <burst-on-connect>1</burst-on-connect> <burst-size>{burst_size}</burst-size>
  </limits>
  <authentication>
    <source-password>{password}</source-password> <relay-password>{password}</relay-password>
    <admin-user>admin</admin-user> <admin-password>{password}</admin-password>
  </authentication>
  <listen-socket><port>{port}</port> <bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths>
    <basedir>{folder}</basedir> <logdir>{folder}</logdir>
    <webroot>/usr/share/icecast2/web</webroot> <adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog> <errorlog>error.log</errorlog></logging>
  <security><chroot>0</chroot></security>
</icecast>
"""


def start(command, **options):
    """As subprocess.Popen, of a program that is asked to end when the calling thread ends.

    By setpriv: a preexec_fn may hang for ever in a process that has threads.
    """
    command = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    return subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, **options})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def stop(process, patience=5):
    """Ends a child in order, or after `patience` seconds without."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class Icecast:
    """A real icecast2 with a folder of its own, on the loopback interface."""

    def __init__(self, port, burst_size=65536, queue_size=524288, clients=1000):
        self.port = port
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="aircheck-icecast-"))
        config = self._folder / "icecast.xml"
        config.write_text(ICECAST_XML.format(
            port=port, folder=self._folder, password=PASSWORD,
            burst_size=burst_size, queue_size=queue_size, clients=clients,
        ))
        self._options = {}
        if os.geteuid() == 0:  # icecast2 refuses to run as root
            shutil.chown(self._folder, "nobody", "nogroup")
            self._options = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        self._command = [_find("icecast2"), "-c", str(config)]
        self.process = None

    def start(self, timeout=10):
        if not is_free(self.port):
            raise RuntimeError(f"port {self.port} is in use by another program")
        self.process = start(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, cwd="/", **self._options,
        )
        end = time.monotonic() + timeout
        # It listens before it is whole, and whoever asks that soon can bring it down.
        while is_free(self.port) or "YP update thread started" not in self.log():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("icecast2 did not start: " + self.log()[-500:])
            time.sleep(0.02)

    def log(self):
        with contextlib.suppress(OSError):
            return (self._folder / "error.log").read_text(errors="replace")
        return ""

    def stop(self):
        if self.process:
            stop(self.process)

    def close(self):
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _find(program):
    """icecast2 may live outside an ordinary user's PATH."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin")
    if not found:
        raise RuntimeError(f"{program} is not installed: deploy/install-packages demo")
    return found


class Mount:
    """Where one encoder sends to."""

    def __init__(self, port, path, codec, bitrate):
        self.port = port
        self.path = path
        self.codec = codec
        self.bitrate = bitrate

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.path}"

    def is_on_air(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def set_title(self, title):
        """Best effort: a station whose titles lag is still on the air."""
        query = urllib.parse.urlencode({
            "mount": self.path, "mode": "updinfo", "song": title, "charset": "UTF-8",
        })
        login = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request(
                "GET", "/admin/metadata?" + query, headers={"Authorization": "Basic " + login})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Encoder:
    """One ffmpeg that takes PCM and feeds a mount; started anew when it has died."""

    RETRY_SECONDS = 1
    MAX_BACKLOG_SECONDS = 5

    def __init__(self, mount, rate):
        self.mount = mount
        self._rate = rate
        self._process = None
        self._backlog = b""
        self._retry_at = 0.0

    def _start(self):
        arguments, content_type = CODECS[self.mount.codec]
        target = f"icecast://source:{PASSWORD}@127.0.0.1:{self.mount.port}{self.mount.path}"
        command = [
            _find("ffmpeg"), "-v", "error", "-fflags", "nobuffer", "-probesize", "32",
            "-f", "s16le", "-ar", str(self._rate), "-ac", "1", "-i", "pipe:0",
            "-ac", "2", "-b:a", f"{self.mount.bitrate}k", *arguments, "-flush_packets", "1",
            "-content_type", content_type, "-ice_name", "Speaking clock", target,
        ]
        self._process = start(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
        os.set_blocking(self._process.stdin.fileno(), False)
        self._backlog = b""

    def write(self, pcm):
        if self._process is None or self._process.poll() is not None:
            if time.monotonic() < self._retry_at:
                return
            self._retry_at = time.monotonic() + self.RETRY_SECONDS
            self._start()
        self._backlog += pcm
        try:
            sent = os.write(self._process.stdin.fileno(), self._backlog)
            self._backlog = self._backlog[sent:]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.stop()
        if len(self._backlog) > self.MAX_BACKLOG_SECONDS * self._rate * 2:
            self.stop()

    def stop(self):
        if self._process:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            stop(self._process)
            self._process = None
