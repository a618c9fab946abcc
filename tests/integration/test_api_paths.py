# SPDX-License-Identifier: MIT
"""The ways to ask for sound and to operate that API users type, by curl and ffprobe, with one
station, which need not be named, and two recordings of this day with a hole between."""

import datetime
import json
import re
import subprocess
import zoneinfo

import pytest
from harness.aircheck import Aircheck
from harness.frames import SECONDS, find_run, split, split_exactly
from harness.past import Past

ZONE = zoneinfo.ZoneInfo("Asia/Kolkata")  # half an hour off everybody else's
BEFORE_SECONDS, HOLE_SECONDS, AFTER_SECONDS = 360, 30, 150
TOKEN = "a token of sixteen and more"


class Archive:
    def __init__(self, folder):
        token = folder / "token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        self.instance = Aircheck(
            {"clock": {"stream": "http://127.0.0.1:9/", "timezone": ZONE.key}},
            token_file=str(token))
        past = Past(self.instance, folder, BEFORE_SECONDS)
        # A whole minute.
        now = datetime.datetime.now(ZONE).replace(second=0, microsecond=0)
        self.start = now - datetime.timedelta(hours=2, minutes=3)
        past.record("clock", self.at(0), BEFORE_SECONDS, files=3)
        past.record("clock", self.at(BEFORE_SECONDS + HOLE_SECONDS), AFTER_SECONDS)
        past.make_known()
        self.instance.start()

    def at(self, seconds):
        return self.start + datetime.timedelta(seconds=seconds)

    def curl(self, path, *options):
        """(status, {header: value}, body)"""
        done = subprocess.run(
            ["curl", "-sS", "-i", *options, f"http://127.0.0.1:{self.instance.port}{path}"],
            capture_output=True, timeout=30)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        lines = head.decode().splitlines()
        assert lines, done.stderr
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers, body

    def sound(self, path):
        """What must be there as a whole."""
        status, headers, body = self.curl(path)
        assert status == 200, (path, body[:300])
        assert headers["content-type"] == "audio/mpeg"
        assert int(headers["content-length"]) == len(body)
        return headers, body


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("archive"))
    yield made
    made.instance.close()


@pytest.fixture(scope="module")
def three_minutes(archive):
    """From a minute after the start on, as it is in the files."""
    files = [path.read_bytes() for path in archive.instance.files("clock")]
    _, body = archive.sound(f"/clock/slices/clock-{archive.at(60):%Y%m%d%H%M}_3.mp3")
    frames = split_exactly(body, "mp3")
    assert find_run(frames, split_exactly(b"".join(files), "mp3")) == pytest.approx(
        60 / SECONDS["mp3"], abs=2)
    assert len(frames) * SECONDS["mp3"] == pytest.approx(180, abs=0.1)
    return body


def test_slices_by_name(archive, three_minutes):
    minute, second = f"{archive.at(60):%Y%m%d%H%M}", f"{archive.at(60):%Y%m%d%H%M%S}"
    utc = archive.at(60).astimezone(datetime.timezone.utc)
    for name in (f"clock-{minute}_3.mp3", f"clock-{minute}_3", f"{minute}_3.mp3", f"{minute}_3",
                 f"{second}_3", f"{second}_180s", f"{second}_3min.ogg", f"{minute}_0.05hr",
                 f"{utc:%Y%m%d%H%M}Z_3", f"{utc:%Y%m%d%H%M%S}Z_180s.mp3"):
        for prefix in ("/clock/slices/", "/slices/"):
            assert archive.sound(prefix + name)[1] == three_minutes, prefix + name


def test_slices_by_spoken_time(archive, three_minutes):
    at = archive.at(60)
    today = datetime.datetime.now(ZONE).date()
    day = "today" if at.date() == today else "yesterday"
    clock, noon = f"{at:%H:%M}", f"{at:%I:%M%p}".lstrip("0").lower()
    for start in (f"{day}_{clock}", f"{day}-{noon}", f"{day}+{clock}", f"{day}%20{noon}",
                  f"{at:%A}_{clock}".lower(), f"{at:%a}_{noon}".lower(), clock, noon,
                  f"{at:%Y-%m-%d}_{clock}", f"{at:%Y-%m-%dT%H:%M:%S%z}".replace("+", "%2B"),
                  f"{at.timestamp():.0f}"):
        for prefix in ("/clock/at/", "/at/"):
            for duration in ("3", "3min", "180s"):
                path = f"{prefix}{start}/{duration}"
                assert archive.sound(path)[1] == three_minutes, path
    for prefix in ("/clock/", "/"):
        for weekday in (f"{at:%a}", f"{at:%A}"):
            path = f"{prefix}{weekday.lower()}/{noon}/3min"
            assert archive.sound(path)[1] == three_minutes, path


def test_what_cannot_be_understood_is_told(archive):
    for path in ("/at/half_past_soon/1hr", "/at/monday_25:00/1hr", "/at/2pm/an_age",
                 "/slices/202613010000_5", "/slices/clock-soon_5.mp3", "/live/whenever",
                 "/mon/13pm/1hr", "/mon/2pm/0"):
        status, headers, body = archive.curl(path)
        told = json.loads(body)
        assert (status, headers["content-type"]) == (400, "application/json"), path
        assert told["result"] is False and told["error"] and told["hint"], path


def test_a_hole_is_told(archive, tmp_path):
    name = f"{archive.at(BEFORE_SECONDS - 20):%Y%m%d%H%M%S}_{40 + HOLE_SECONDS}s"
    headers, body = archive.sound(f"/slices/{name}")
    count, seconds = re.fullmatch(r"(\d+); ([\d.]+)s", headers["x-gaps"]).groups()
    assert int(count) == 1 and float(seconds) == pytest.approx(HOLE_SECONDS, abs=0.1)
    assert "x-complete" not in headers
    assert len(split_exactly(body, "mp3")) * SECONDS["mp3"] == pytest.approx(40, abs=0.1)
    status, headers, info = archive.curl(f"/slices/{name}", "-H", "Accept: application/json")
    told = json.loads(info)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert told["size"] == len(body) and len(told["gaps"]) == 1 and len(told["pieces"]) == 2
    # One that is all hole: the nearest recordings are named, and can be had.
    status, _, body = archive.curl(f"/slices/{archive.at(BEFORE_SECONDS + 5):%Y%m%d%H%M%S}_10s")
    told = json.loads(body)
    assert status == 404
    for near in ("before", "after"):
        archive.sound(told[near]["url"])


def test_ffprobe_reads_slices_by_range(archive, three_minutes):
    url = f"http://127.0.0.1:{archive.instance.port}/at/{archive.at(60):%H:%M}/3min"
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration,format_name", "-of", "json",
         "-seekable", "1", url], capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout)["format"]
    assert told["format_name"] == "mp3"
    assert float(told["duration"]) == pytest.approx(180, abs=0.2)
    assert archive.curl(f"/at/{archive.at(60):%H:%M}/3min", "-r", "1000-1999")[2] == (
        three_minutes[1000:2000])


def test_several_ranges_by_curl(archive, three_minutes):
    status, headers, body = archive.curl(
        f"/at/{archive.at(60):%H:%M}/3min", "-r", "0-99,500000-500099,-100")
    assert status == 206 and headers["content-type"].startswith("multipart/byteranges")
    assert int(headers["content-length"]) == len(body)
    boundary = headers["content-type"].partition("boundary=")[2].encode()
    parts = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
             for part in body.split(b"--" + boundary)[1:-1]]
    assert parts == [three_minutes[:100], three_minutes[500000:500100], three_minutes[-100:]]


def test_live_from_the_past(archive):
    """It begins at that time, whether that is told by a clock or by how long ago."""
    files = [path.read_bytes() for path in archive.instance.files("clock")]
    broadcast = split_exactly(b"".join(files), "mp3")
    at = archive.at(240)
    for prefix in ("/clock/live/", "/live/"):
        ago = datetime.datetime.now(ZONE).timestamp() - at.timestamp()
        for start, off in ((f"{at:%H:%M}", 0.1), (f"{at:%I:%M%p}".lstrip("0").lower(), 0.1),
                           (f"-{ago:.0f}s", 15), (f"-{ago // 60:.0f}min", 75),
                           (f"-{ago / 3600:.3f}h", 20)):
            client = subprocess.Popen(
                ["curl", "-sSN", f"http://127.0.0.1:{archive.instance.port}{prefix}{start}"],
                stdout=subprocess.PIPE)
            try:
                heard = split(client.stdout.read(30_000), "mp3")
            finally:
                client.kill()
                client.wait()
                client.stdout.close()
            begin = find_run(heard[1:-1], broadcast) * SECONDS["mp3"]
            assert begin == pytest.approx(240, abs=off), prefix + start


def test_operating_from_elsewhere_takes_the_token(archive):
    elsewhere = ["-H", "X-Forwarded-For: 203.0.113.5"]
    for path in ("/prune", "/clock/prune", "/prune?", "/rename", "/clock/rename", "/reindex",
                 "/clock/reindex"):
        for method in ("GET", "POST"):
            def asked(*options):
                return archive.curl(path, "-X", method, *elsewhere, *options)

            assert asked()[0] == 403
            assert asked("-H", "Authorization: Bearer " + TOKEN[:-1])[0] == 403
            assert asked("-H", "Authorization: Basic " + TOKEN)[0] == 403
            status, _, body = asked("-H", "Authorization: Bearer " + TOKEN)
            assert status in (200, 202) and json.loads(body)["result"] is True, (path, body)
    status, headers, body = archive.curl("/db", *elsewhere, "-H", f"Authorization: Bearer {TOKEN}")
    assert (status, body[:2]) == (200, b"\x1f\x8b")


def test_the_page_is_text_for_curl_and_html_for_browsers(archive):
    status, headers, body = archive.curl("/")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert b"clock" in body
    status, headers, body = archive.curl("/", "-H", "Accept: text/html,*/*;q=0.8")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<html" in body
