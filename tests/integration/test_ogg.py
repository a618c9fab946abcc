# SPDX-License-Identifier: MIT
"""Stations that send Ogg: what is recorded, sliced and played live holds the packets broadcast."""

import datetime
import os
import signal
import subprocess
import threading
import time

import pytest
from harness.aircheck import Aircheck
from harness.encoders import OGG, EncodedRadio
from harness.frames import find_run
from harness.ogg import HEADER_PACKETS, streams
from harness.servers import RawServer
from harness.wait import wait_for

CODECS = tuple(OGG)
RATE = 48000
RECORD_SECONDS = 25


class OggRecording:
    def __init__(self, folder):
        self.radio = EncodedRadio(OGG, folder)
        self.aircheck = Aircheck({
            codec: {"stream": self.radio.url(codec), "segment_time": "6s"} for codec in CODECS})
        self.aircheck.start()
        self.aircheck.wait_recording(*CODECS)
        self.start = int(time.time()) + 2
        end = self.start + RECORD_SECONDS
        wait_for(lambda: all(self.aircheck.heartbeat(codec)["last-recorded"] > end + 4
                             for codec in CODECS), RECORD_SECONDS + 30, "the Ogg recording")

    def slice(self, codec, start, seconds, **headers):
        begin = datetime.datetime.fromtimestamp(self.start + start, datetime.timezone.utc)
        return self.aircheck.get(f"/{codec}/slices/{begin:%Y%m%d%H%M%S}_{seconds}s", **headers)

    def close(self):
        self.aircheck.close()
        self.radio.close()


@pytest.fixture(scope="module")
def ogg(programs, tmp_path_factory):
    made = OggRecording(tmp_path_factory.mktemp("ogg"))
    yield made
    made.close()


@pytest.mark.parametrize("codec", CODECS)
def test_slices_hold_the_packets_broadcast(ogg, codec):
    for start, seconds in ((0, 20), (3, 9), (11, 2)):
        response = ogg.slice(codec, start, seconds)
        assert response.status == 200, response.body
        assert response.headers["Content-Type"] == "audio/ogg"
        assert int(response.headers["Content-Length"]) == len(response.body)
        (stream,) = streams(response.body)
        assert stream.ended
        find_run(stream.sound(codec), ogg.radio.broadcast(codec))
        assert stream.granules == sorted(stream.granules)
        # FFmpeg's pages, which are not cut, last a second and more.
        assert abs(stream.granules[-1] / RATE - seconds) < 2.5


@pytest.mark.parametrize("codec", CODECS)
def test_adjacent_slices_join(ogg, codec):
    parts = [streams(ogg.slice(codec, n * 4, 4).body)[0].sound(codec) for n in range(5)]
    find_run([packet for part in parts for packet in part], ogg.radio.broadcast(codec))


@pytest.mark.parametrize("codec", CODECS)
def test_outside_judges_take_slices_without_a_word(ogg, codec, tmp_path):
    file = tmp_path / f"slice.{codec}"
    file.write_bytes(ogg.slice(codec, 2, 15).body)
    judges = [["ffmpeg", "-v", "warning", "-i", file, "-f", "null", "-"], ["oggz-validate", file]]
    if codec == "oga":
        judges.append(["flac", "--totally-silent", "--test", "--ogg", file])
    else:
        judges.append([{"opus": "opusinfo", "ogg": "ogginfo"}[codec], "-q", file])
    for judge in judges:
        done = subprocess.run(judge, capture_output=True, text=True, timeout=60)
        said = [line for line in (done.stdout + done.stderr).splitlines()
                if "WARNING" in line.upper() or "ERROR" in line.upper()]
        assert (done.returncode, said) == (0, []), (judge[0], done.stdout, done.stderr)


@pytest.mark.parametrize("codec", CODECS)
def test_ranges_make_up_the_whole(ogg, codec):
    whole = ogg.slice(codec, 4, 12)
    size = len(whole.body)
    step = size // 3 + 1
    parts = [ogg.slice(codec, 4, 12, Range=f"bytes={first}-{first + step - 1}")
             for first in range(0, size, step)]
    assert [part.status for part in parts] == [206] * 3
    assert b"".join(part.body for part in parts) == whole.body
    assert {part.headers["ETag"] for part in parts} == {whole.headers["ETag"]}
    assert ogg.slice(codec, 4, 12, Range="bytes=-99").body == whole.body[-99:]


@pytest.mark.parametrize("codec", CODECS)
def test_every_file_plays_by_itself(ogg, codec):
    files = ogg.aircheck.files(codec)
    assert len(files) >= 2
    for file in files:
        assert file.suffix == f".{codec}"
        (stream,) = streams(file.read_bytes(), strict=False)
        assert len(stream.packets) > HEADER_PACKETS[codec]


@pytest.mark.parametrize("codec", CODECS)
def test_live_is_the_broadcast_from_then_on(ogg, codec):
    heard = subprocess.run(
        ["curl", "-sN", "--max-time", "12",
         f"http://127.0.0.1:{ogg.aircheck.port}/{codec}/live/-15s"],
        capture_output=True, timeout=30).stdout
    (stream,) = streams(heard)
    find_run(stream.sound(codec), ogg.radio.broadcast(codec))
    assert stream.granules[-1] / RATE > 12


@pytest.mark.parametrize("codec", ["opus", "ogg"])
def test_a_killed_downloader_loses_no_packet(ogg, aircheck, codec):
    """The burst on connect holds some seconds of it, so the takes overlap."""
    instance = aircheck({codec: {"stream": ogg.radio.url(codec)}}).start()
    instance.wait_recording(codec)
    start = time.time() + 1

    def wait_for_second(second):
        wait_for(lambda: instance.heartbeat(codec)["last-recorded"] > start + second, 30, "sound")

    wait_for_second(7)
    os.kill(instance.pid_of("downloader-0"), signal.SIGKILL)
    wait_for_second(18)
    begin = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)

    def whole():
        response = instance.get(f"/{codec}/slices/{begin:%Y%m%d%H%M%S}_14s")
        return response if response.headers["X-Complete"] is None else None

    wait_for(whole, 90, "the splice")
    response = whole()
    assert response.headers["X-Gaps"] is None
    (stream,) = streams(response.body)
    find_run(stream.sound(codec), ogg.radio.broadcast(codec))
    assert len(instance.rows("SELECT id FROM take")) == 2


def test_chained_streams_stay_chained(aircheck, tmp_path):
    """As a station that begins a stream anew with each track sends them."""
    tracks = []
    for seed in (1, 2):
        file = tmp_path / f"track{seed}.opus"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
             f"anoisesrc=color=pink:amplitude=0.2:sample_rate={RATE}:duration=8:seed={seed}",
             "-c:a", "libopus", "-b:a", "64k", "-page_duration", "100000",
             "-metadata", f"title=Track {seed}", file], check=True)
        tracks.append(file.read_bytes())
    sent = tracks[0] + tracks[1]

    def broadcast(client):
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/ogg\r\n\r\n")
        tick = threading.Event()
        for at in range(0, len(sent), 800):  # a tenth of a second
            client.sendall(sent[at : at + 800])
            tick.wait(0.1)
        client.recv(1)

    server = RawServer(broadcast)
    try:
        instance = aircheck({"chain": {"stream": server.url}}).start()
        instance.wait_recording("chain")
        start = time.time() - 1
        wait_for(lambda: [row[4] > 20000 for row in instance.segments("chain")] == [True] * 2, 30,
                 "some seconds of the second track")
        begin = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
        body = instance.get(f"/chain/slices/{begin:%Y%m%d%H%M%S}_11s").body
    finally:
        server.close()
    heard = streams(body)
    wanted = [streams(track)[0].sound("opus") for track in tracks]
    assert len(heard) == 2
    assert heard[0].ended and heard[1].ended
    assert heard[0].sound("opus") == wanted[0]
    assert heard[1].sound("opus") == wanted[1][: len(heard[1].sound("opus"))]
    file = tmp_path / "chained.opus"
    file.write_bytes(body)
    done = subprocess.run(["opusinfo", "-q", file], capture_output=True, text=True)
    assert "WARNING" not in done.stdout + done.stderr
