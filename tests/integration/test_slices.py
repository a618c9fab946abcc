# SPDX-License-Identifier: MIT
"""Slices of the long recording against what an uninterrupted listener heard."""

import datetime
import subprocess

import clock_code
import pytest
from harness.aircheck import slice_path
from harness.frames import SECONDS, find_run, split_exactly

STATIONS = ("clock", "clock-aac", "clock-cut", "clock-aac-cut")
CONTENT_TYPE = {"mp3": "audio/mpeg", "aac": "audio/aac"}


def at(unix_second):
    return datetime.datetime.fromtimestamp(unix_second, datetime.timezone.utc)


def fetch(recording, station, start, seconds):
    response = recording.aircheck.get(slice_path(station, start, seconds))
    assert response.status == 200, response.body
    assert response.headers["X-Gaps"] is None
    assert int(response.headers["Content-Length"]) == len(response.body)
    return response


@pytest.mark.parametrize("station", STATIONS)
def test_slices_are_contiguous_runs_of_the_broadcast(recorded, station):
    codec = recorded.CODEC[station]
    broadcast = recorded.references[codec].frames()
    length = recorded.end - recorded.start
    for start, seconds in ((0, length), (1, 30), (length // 2, 20), (length - 11, 10)):
        response = fetch(recorded, station, recorded.start + start, seconds)
        frames = split_exactly(response.body, codec)
        find_run(frames, broadcast)
        assert abs(len(frames) * SECONDS[codec] - seconds) <= 2 * SECONDS[codec]
        assert response.headers["Content-Type"] == CONTENT_TYPE[codec]


@pytest.mark.parametrize("station", STATIONS)
def test_adjacent_slices_join(recorded, station):
    codec = recorded.CODEC[station]
    parts = [
        split_exactly(fetch(recorded, station, recorded.start + n * 10, 10).body, codec)
        for n in range(6)
    ]
    find_run([frame for part in parts for frame in part], recorded.references[codec].frames())


@pytest.mark.parametrize("station", STATIONS)
def test_slices_start_at_the_asked_time(recorded, station, tmp_path):
    codec = recorded.CODEC[station]
    start, seconds = recorded.start + 20, 15
    file = tmp_path / f"slice.{codec}"
    file.write_bytes(fetch(recorded, station, start, seconds).body)
    found = clock_code.decode_file(file)
    assert len(found) >= seconds - 2
    assert [second for _, second in found] == list(range(found[0][1], found[-1][1] + 1))
    early = [position - (second - start) for position, second in found]
    print(f"{station}: begins {early[0]:+.3f} s before the asked time by its own clock")
    assert max(map(abs, early)) <= 0.5
    assert max(early) - min(early) <= 0.02, "time does not run evenly in the slice"


@pytest.mark.parametrize("station", STATIONS)
def test_outside_judges_take_slices_without_a_warning(recorded, station, tmp_path):
    codec = recorded.CODEC[station]
    file = tmp_path / f"slice.{codec}"
    file.write_bytes(fetch(recorded, station, recorded.start + 7, 30).body)
    judges = [
        ["ffprobe", "-v", "warning", "-show_entries", "packet=size", "-of", "csv", file],
        ["ffmpeg", "-v", "warning", "-i", file, "-f", "null", "-"],
    ]
    if codec == "mp3":
        judges.append(["mpg123", "-q", "-t", file])
    for judge in judges:
        done = subprocess.run(judge, capture_output=True, text=True, timeout=60)
        # ffmpeg guesses the length of a headerless AAC file from its bitrate, and says so.
        said = [line for line in done.stderr.splitlines() if "Estimating duration" not in line]
        assert (done.returncode, said) == (0, []), judge[0]


def test_ranges_make_up_the_whole(recorded):
    for station in STATIONS:
        url = slice_path(station, recorded.start + 3, 25)
        whole = recorded.aircheck.get(url).body
        assembled = b""
        for first in range(0, len(whole), 50001):
            last = min(first + 50000, len(whole) - 1)
            part = recorded.aircheck.get(url, Range=f"bytes={first}-{last}")
            assert part.status == 206
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
            assembled += part.body
        assert assembled == whole
        assert recorded.aircheck.get(url, Range="bytes=1000-").body == whole[1000:]
        assert recorded.aircheck.get(url, Range="bytes=-777").body == whole[-777:]
        assert recorded.aircheck.get(url, Range="bytes=5-9999999999").body == whole[5:]


def test_impossible_ranges_are_refused(recorded):
    url = slice_path("clock", recorded.start + 3, 10)
    size = len(recorded.aircheck.get(url).body)
    refused = recorded.aircheck.get(url, Range=f"bytes={size}-")
    assert refused.status == 416
    assert refused.headers["Content-Range"] == f"bytes */{size}"
    # What is no byte range is ignored, as RFC 9110 has it.
    assert recorded.aircheck.get(url, Range="lines=1-2").status == 200


def test_head_and_conditional_requests(recorded):
    url = slice_path("clock-cut", recorded.start + 3, 22)
    whole = recorded.aircheck.get(url)
    head = recorded.aircheck.request("HEAD", url)
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head.headers[name] == whole.headers[name] != None, name  # noqa: E711
    etag = whole.headers["ETag"]
    assert recorded.aircheck.get(url, If_None_Match=etag).status == 304
    assert recorded.aircheck.get(url, If_None_Match='"other"').status == 200
    since = whole.headers["Last-Modified"]
    assert recorded.aircheck.get(url, If_Modified_Since=since).status == 304
    fresh = recorded.aircheck.get(url, Range="bytes=0-9", If_Range=etag)
    assert (fresh.status, fresh.body) == (206, whole.body[:10])
    assert recorded.aircheck.get(url, Range="bytes=0-9", If_Range='"other"').status == 200


def test_other_ways_to_write_the_same_slice(recorded):
    start = recorded.start + 12
    wanted = fetch(recorded, "clock", start, 10).body
    time = f"{at(start):%Y%m%d%H%M%S}"
    for url in (
        f"/clock/slices/{time}_10s",
        f"/clock/slices/{time}Z_10s.mp3",
        f"/clock/slices/clock-{time}_10s.aac",
        f"/clock/at/{at(start):%Y-%m-%d_%H:%M:%S}/10s",
        f"/clock/at/{at(start):%Y-%m-%d%%20%H:%M:%S}/10s",
    ):
        response = recorded.aircheck.get(url)
        assert (response.status, response.body == wanted) == (200, True), url
        assert response.headers["Content-Type"] == "audio/mpeg"


def test_download_under_a_name(recorded):
    response = recorded.aircheck.get(
        f"/clock/slices/{at(recorded.start + 5):%Y%m%d%H%M%S}_5s/The%20News.mp3")
    assert response.status == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "The News.mp3" in response.headers["Content-Disposition"]


def test_info_tells_what_a_slice_is_made_of(recorded):
    info = recorded.aircheck.get(slice_path("clock-cut", recorded.start + 3, 22) + "?info")
    body = fetch(recorded, "clock-cut", recorded.start + 3, 22).body
    assert info.headers["Content-Type"].startswith("application/json")
    told = info.json()
    assert told["size"] == len(body)
    assert told["bitrate"] == 128
    assert len(told["pieces"]) >= 4
    assert told["gaps"] == []


def test_nothing_recorded_is_a_404_with_a_hint(recorded):
    response = recorded.aircheck.get("/clock/slices/20010101120000_30s")
    assert response.status == 404
    told = response.json()
    assert told["result"] is False and told["error"] and told["hint"]


def test_the_future_is_too_early(recorded):
    response = recorded.aircheck.get(slice_path("clock", recorded.end + 3600, 30))
    assert response.status == 425
    assert response.json()["result"] is False


def test_a_slice_that_reaches_into_the_future_is_what_there_is(recorded):
    response = recorded.aircheck.get(slice_path("clock", recorded.end - 10, 7200))
    assert response.status == 200
    assert response.headers["X-Complete"] == "no"
    frames = split_exactly(response.body, "mp3")
    find_run(frames, recorded.references["mp3"].frames())
    assert len(frames) * SECONDS["mp3"] > 9


def test_files_play_as_they_are(recorded):
    """Closed segments are whole frames, and one begins where the one before it ended."""
    for station in ("clock-cut", "clock-aac-cut"):
        codec = recorded.CODEC[station]
        joined = []
        files = [row for row in recorded.aircheck.segments(station) if row[1] == "closed"]
        assert len(files) >= (recorded.end - recorded.start) // 5 - 1
        for name, _, begin, end, size in files:
            data = (recorded.aircheck.storage / name).read_bytes()
            assert len(data) == size
            frames = split_exactly(data, codec)
            assert abs(len(frames) * SECONDS[codec] - (end - begin)) < 0.1
            joined += frames
        find_run(joined, recorded.references[codec].frames())
