# SPDX-License-Identifier: MIT
"""What is recorded, doubled and missing, and why."""

import json
import subprocess
import xml.etree.ElementTree as xml

import pytest
from harness.aircheck import run_tool
from harness.servers import RawServer, paced
from harness.wait import wait_for

SVG = "{http://www.w3.org/2000/svg}"


def coverage(instance, station="clock", query=""):
    response = instance.get(f"/{station}/coverage.json{query}")
    assert response.status == 200, response.body
    return response.json()


def test_an_unbroken_recording_lacks_nothing(recorded):
    found = coverage(recorded.aircheck, "clock-cut")
    assert (found["percent"], found["missing"], found["holes"]) == (100, 0, [])
    assert found["recorded"] > recorded.end - recorded.start
    assert found["reading-files"] is False
    cells = [cell for day in found["days"] for cell in day["cells"]]
    assert abs(sum(cell["recorded"] for cell in cells) - found["recorded"]) < 0.1


def test_time_before_the_recording_is_missing(recorded):
    found = coverage(recorded.aircheck, query="?from=-1h")
    assert 3400 < found["recorded"] + found["missing"] < 3602
    assert found["holes"][0]["cause"] == "not recorded"
    assert any(cell.get("cause") == "not recorded" for day in found["days"] for cell in day["cells"])


@pytest.fixture(scope="module")
def flapping(tmp_path_factory):
    """A station that breaks off after four seconds, each time, with sound of its own."""
    file = tmp_path_factory.mktemp("audio") / "noise.mp3"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=60:c=pink:r=44100:a=0.3",
         "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0",
         str(file)], check=True)
    audio = file.read_bytes()
    turns = iter(range(100))

    def serve(client):
        turn = next(turns)
        paced([(audio[turn * 64_000:(turn + 1) * 64_000], 4)], stay=False)(client)

    server = RawServer(serve)
    yield server
    server.close()


def test_holes_have_causes(aircheck, flapping):
    instance = aircheck({"flap": {"stream": flapping.url}}).start()
    instance.wait_recording("flap")

    def hole():
        if instance.get("/flap/coverage.json").status != 200:
            return None
        found = coverage(instance, "flap")
        # Why the sound ended is written down within a second; where it goes on may move by a part of
        # a second until that has ended, too.
        known = len(found["holes"]) > 1 and found["holes"][0]["cause"] != "not recorded"
        return found if known else None

    found = wait_for(hole, 40, "a hole with a cause")
    assert found["holes"][0]["cause"] == "server closed"
    assert 0 < found["missing"] < 60 and found["percent"] < 100

    text = instance.get("/flap/coverage.txt")
    assert text.headers["Content-Type"].startswith("text/plain")
    lines = text.body.decode().splitlines()
    assert lines[0].startswith("flap: ") and max(map(len, lines)) <= 80
    assert "server closed" in text.body.decode()

    svg = instance.get("/flap/coverage.svg")
    assert svg.headers["Content-Type"].startswith("image/svg+xml")
    picture = xml.fromstring(svg.body)
    assert picture.get("role") == "img"
    assert picture.find(SVG + "title").text.startswith("flap: ")
    assert "server closed" in picture.find(SVG + "desc").text
    assert b"prefers-color-scheme:dark" in svg.body and b"<script" not in svg.body

    told = run_tool("coverage", "flap", "--config", instance.config)
    assert told.returncode == 0 and told.stdout.startswith("flap: "), told.stderr
    assert "server closed" in told.stdout
    asked = json.loads(run_tool("coverage", "flap", "--json", "--config", instance.config).stdout)
    assert asked["holes"][0] == found["holes"][0]
    instance.stop()


def test_the_command_line_tells_without_a_running_instance(aircheck, radio):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}, "none": {
        "stream": "http://127.0.0.1:1/"}}).start()
    instance.wait_recording("clock")
    wait_for(lambda: instance.segments("clock"), 10)
    instance.stop()
    told = run_tool("coverage", "--config", instance.config)
    assert told.returncode == 0
    assert [line.split()[0] for line in told.stdout.splitlines()] == ["clock", "none"]
    assert "nothing is recorded" in told.stdout
    assert run_tool("coverage", "kpcc", "--config", instance.config).returncode == 1
    assert run_tool("coverage", "--from", "soon", "--config", instance.config).returncode == 1
    assert run_tool("coverage", "--storage", instance.folder).returncode == 1


@pytest.mark.parametrize("query", [
    "?from=soon", "?from=today&to=yesterday", "?from=2001-01-01", "?from=2099-01-01",
])
def test_what_makes_no_sense_is_refused(recorded, query):
    for form in ("json", "txt", "svg"):
        response = recorded.aircheck.get(f"/clock/coverage.{form}{query}")
        assert response.status == 400 and response.json()["hint"], response.body
