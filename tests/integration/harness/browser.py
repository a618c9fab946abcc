# SPDX-License-Identifier: MIT
"""A real browser without a screen: Debian's Chromium, led by the WebDriver protocol (W3C)."""

import http.client
import json
import re
import shutil
import subprocess
import tempfile

import radio_station

OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    # It is to talk to nobody but the tests.
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SCRIPT_SECONDS = 45


class Browser:
    """One window with an empty profile. The driver ends with this process, however it ends, and
    the browser with the driver."""

    def __init__(self, *options):
        self._folder = tempfile.mkdtemp(prefix="browser-")
        self._session = ""
        self._driver = radio_station.start(
            ["chromedriver", "--port=0", f"--log-path={self._folder}/driver.log"],
            stdout=subprocess.PIPE, text=True)
        try:
            said = iter(self._driver.stdout.readline, "")
            self._port = next(int(found[1]) for found in
                              (re.search(r"successfully on port (\d+)", line) for line in said)
                              if found)
            chromium = {"binary": shutil.which("chromium"),
                        "args": [*OPTIONS, f"--user-data-dir={self._folder}/profile", *options]}
            started = self._ask("POST", "", {
                "capabilities": {"alwaysMatch": {"goog:chromeOptions": chromium}}})
            self._session = "/" + started["sessionId"]
            self._ask("POST", "/timeouts", {"script": SCRIPT_SECONDS * 1000})
        except BaseException:
            self.close()
            raise

    def open(self, url):
        self._ask("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """The body of an async function of the page, and what it returns."""
        body = ("const done = arguments[arguments.length - 1];"
                "(async (...given) => {" + script + "})(...Array.from(arguments).slice(0, -1))"
                ".then(value => done({value}), error => done({error: String(error)}));")
        told = self._ask("POST", "/execute/async", {"script": body, "args": list(arguments)})
        assert "error" not in told, told["error"]
        return told.get("value")

    def _ask(self, method, command, body=None):
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SCRIPT_SECONDS + 30)
        try:
            line.request(method, f"/session{self._session}{command}",
                         body and json.dumps(body), {"Content-Type": "application/json"})
            value = json.loads(line.getresponse().read())["value"]
        finally:
            line.close()
        assert not (isinstance(value, dict) and "stacktrace" in value), value
        return value

    def close(self):
        try:
            if self._session:
                self._ask("DELETE", "")
        finally:
            radio_station.stop(self._driver)
            self._driver.stdout.close()
            shutil.rmtree(self._folder, ignore_errors=True)
