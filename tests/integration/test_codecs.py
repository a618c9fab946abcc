# SPDX-License-Identifier: MIT
"""What real encoders make, in every form that stations send it: recorded bit for bit."""

import contextlib
import dataclasses
import datetime
import subprocess
import time

import pytest
import radio_station
from harness.aircheck import Aircheck
from harness.encoded import Encoders, adts_frames, ape_tag, gather_blocks, run
from harness.ogg import streams
from harness.servers import RawServer, paced
from harness.wait import wait_for

SECONDS = 8
THIRD = SECONDS / 3


@dataclasses.dataclass
class Sent:
    """What a station sends, as (bytes, seconds), and what of it is sound."""
    parts: list
    sound: bytes
    rate: int = 0
    frame_samples: int = 0
    frame_bytes: int = 0  # in free format, but for padding
    judges: tuple = ()

    def samples(self):
        if self.frame_bytes:
            return len(self.sound) // self.frame_bytes * self.frame_samples
        return count_packets(self.sound) * self.frame_samples


def count_packets(data):
    return len(run(["ffprobe", "-v", "quiet", "-show_packets", "-show_entries", "packet=size",
                    "-of", "csv=p=0", "-"], input=data).split())


def mpeg_stations(folder):
    make = Encoders(folder, SECONDS)

    def free_bytes(rate, kbps, samples=1152):
        return samples * kbps * 125 // rate

    judges = ("ffmpeg", "mpg123")
    rows = {
        "cbr": (44100, 1152, make.lame(44100, "-t", "-p", "-b", "128")),  # with checksums
        "mpeg2": (24000, 576, make.lame(24000, "-t", "-b", "64")),
        "mpeg2-mono": (22050, 576, make.lame(22050, "-t", "-m", "m", "-b", "32", channels=1)),
        "mpeg25": (11025, 576, make.lame(11025, "-t", "-b", "32")),
        "mpeg25-mono": (8000, 576, make.lame(8000, "-t", "-m", "m", "-b", "16", channels=1)),
        "layer2": (48000, 1152, make.twolame(48000, "-b", "192")),
        "layer2-mpeg2": (24000, 1152, make.ffmpeg(24000, "-c:a", "mp2", "-b:a", "96k", "-f",
                                                  "mp2")),
    }
    stations = {name: Sent([(data, SECONDS)], data, rate, samples, 0, judges)
                for name, (rate, samples, data) in rows.items()}
    rows = {
        "free": (44100, 1152, 200, make.lame(44100, "-t", "--freeformat", "-b", "200")),
        "free-mpeg25": (8000, 576, 45, make.lame(8000, "-t", "-m", "m", "--freeformat", "-b", "45",
                                                 channels=1)),
        "free-layer2": (44100, 1152, 300, make.twolame(44100, "--freeformat", "-b", "300")),
    }
    for name, (rate, samples, kbps, data) in rows.items():
        # FFmpeg does not know free format.
        stations[name] = Sent([(data, SECONDS)], data, rate, samples,
                              free_bytes(rate, kbps, samples), ("mpg123",))

    # One file after the other, with all that stands in files.
    make = Encoders(folder, SECONDS / 2)
    track = make.lame(44100, "-V", "4", "--tt", "Noise", "--add-id3v2") + ape_tag(b"Noise")
    sound = make.lame(44100, "-V", "4", "-t")
    assert track.startswith(b"ID3") and b"TAGNoise" in track and b"Xing" in track
    stations["tagged-vbr"] = Sent([(track, SECONDS / 2)] * 2, sound * 2, 44100, 1152, 0, judges)
    return stations


def aac_stations(folder):
    make = Encoders(folder, SECONDS)
    stations = {}
    for rate, kbps, channels in ((44100, 96, 2), (22050, 48, 2), (8000, 16, 1)):
        data = make.aac(rate, kbps, channels)
        stations[f"aac-{rate}"] = Sent([(data, SECONDS)], data, rate, 1024, 0, ("ffmpeg",))
    # As the core of HE-AAC at 44.1 kHz is sent by encoders that gather it.
    core = make.aac(22050, 48)
    core = b"".join(adts_frames(core)[: len(adts_frames(core)) // 4 * 4])
    for name, checked, judges in (("aac-blocks", False, ("ffmpeg",)), ("aac-checked", True, ())):
        data = gather_blocks(core, 4, checked)
        stations[name] = Sent([(data, SECONDS)], data, 22050, 4 * 1024, 0, judges)
    return stations


def changing_stations(folder):
    make = Encoders(folder, THIRD)
    rows = {
        "changes": ("mpg123", [make.lame(44100, "-t", "-b", "128"),
                               make.lame(22050, "-t", "-m", "m", "-b", "48", channels=1),
                               make.twolame(48000, "-b", "192")]),
        "aac-changes": ("ffmpeg", [make.aac(44100, 96), make.aac(24000, 32, 1),
                                   make.aac(48000, 128)]),
    }
    return {name: Sent([(part, THIRD) for part in parts], b"".join(parts), judges=(judge,))
            for name, (judge, parts) in rows.items()}


class Recording:
    """All of them at once, and what became of it."""

    def __init__(self, folder):
        self.folder = folder
        self.sent = {**mpeg_stations(folder), **aac_stations(folder), **changing_stations(folder)}
        make = Encoders(folder, THIRD)
        self.mp3 = [make.lame(rate, "-t", "-b", "128") for rate in (44100, 48000)]
        self.opus = make.ffmpeg(48000, "-c:a", "libopus", "-b:a", "64k", "-page_duration", "100000",
                                "-f", "ogg")
        self.aac = make.aac(48000, 96)
        codecs = [self.mp3[0], self.opus, self.mp3[1]]
        # It leaves after the first part, and comes back as another one.
        turns = iter([paced([(self.mp3[0], THIRD)], stay=False), paced([(self.aac, THIRD)])])
        serve = {name: paced(sent.parts) for name, sent in self.sent.items()}
        serve["codecs"] = paced([(part, THIRD) for part in codecs])
        serve["reborn"] = lambda client: next(turns)(client)

        with contextlib.ExitStack() as stack:
            servers = {name: RawServer(each) for name, each in serve.items()}
            for server in servers.values():
                stack.callback(server.close)
            self.aircheck = Aircheck({name: {"stream": server.url}
                                      for name, server in servers.items()})
            stack.callback(self.aircheck.close)
            self._record(tuple(servers), stack)

    def _record(self, names, stack):
        self.began = int(time.time()) - 1
        self.aircheck.start()
        self.aircheck.wait_recording(*names)
        listeners = {name: self._listen(name, stack) for name in ("codecs", "changes")}
        wait_for(self._all_recorded, SECONDS + 30, "all sound")
        wait_for(lambda: self.heard("changes").stat().st_size == len(self.sent["changes"].sound),
                 15, "all sound live")
        assert listeners["codecs"].wait(15) == 0
        self.slices = {name: self.slice(name, self.began, 60) for name in names}
        self.infos = {name: self.slice(name, self.began, 60, "?info").json() for name in names}
        self.parts = {name: [self.slice(name, self.began + at, 4) for at in range(0, 24, 4)]
                      for name in names}
        opus_start = self.rows("codecs")[1][2]
        self.opus_slice = self.slice("codecs", int(opus_start) + 1, 1)
        self.now = self._listen_now("codecs")
        self.aircheck.stop()
        self.files = {name: [(self.aircheck.storage / path).read_bytes()
                             for path, *_ in self.aircheck.segments(name)] for name in names}
        self.final_rows = {name: self.rows(name) for name in names}

    def rows(self, name):
        """(codec, samples, start, end) of each segment."""
        return self.aircheck.rows(
            "SELECT codec, samples, start_us / 1e6, end_us / 1e6 FROM segment WHERE station = ?"
            " ORDER BY start_us", name)

    def _all_recorded(self):
        def done(name, wanted):
            return sum(row[4] for row in self.aircheck.segments(name)) >= wanted

        # Of free format the last frame is known when the connection ends.
        return (all(done(name, len(sent.sound) - (sent.frame_bytes and sent.frame_bytes + 1))
                    for name, sent in self.sent.items())
                and done("codecs", sum(map(len, self.mp3)) + len(self.opus))
                and done("reborn", len(self.mp3[0]) + len(self.aac)))

    def heard(self, name):
        return self.folder / f"heard-{name}"

    def _url(self, path):
        return f"http://127.0.0.1:{self.aircheck.port}{path}"

    def _listen(self, name, stack):
        wait_for(lambda: sum(row[4] for row in self.aircheck.segments(name)), 10, "first frames")
        program = radio_station.start(
            ["curl", "-sN", "-o", self.heard(name), self._url(f"/{name}/live/-1min")])
        stack.callback(radio_station.stop, program)
        wait_for(self.heard(name).exists, 10, "live radio")
        return program

    def _listen_now(self, name):
        program = radio_station.start(
            ["curl", "-sN", "-o", self.heard("now"), self._url(f"/{name}/live")])
        try:
            wait_for(lambda: self.heard("now").exists()
                     and self.heard("now").stat().st_size >= len(self.mp3[1]), 10, "the present")
        finally:
            radio_station.stop(program)
        return self.heard("now").read_bytes()

    def slice(self, name, start, seconds, query=""):
        at = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
        return self.aircheck.get(f"/{name}/slices/{at:%Y%m%d%H%M%S}_{seconds}s{query}")


@pytest.fixture(scope="module")
def codecs(programs, tmp_path_factory):
    return Recording(tmp_path_factory.mktemp("codecs"))


def test_all_that_was_sent_is_in_the_files(codecs):
    for name, sent in codecs.sent.items():
        assert b"".join(codecs.files[name]) == sent.sound, name


def test_slices_are_what_was_sent(codecs):
    for name, sent in codecs.sent.items():
        answer = codecs.slices[name]
        assert answer.status == 200, name
        assert int(answer.headers["Content-Length"]) == len(answer.body)
        rest = len(sent.sound) - len(answer.body)
        assert rest == 0 or sent.frame_bytes <= rest <= sent.frame_bytes + 1, name
        assert answer.body == sent.sound[: len(answer.body)], name
        kind = "audio/aac" if name.startswith("aac") else "audio/mpeg"
        assert answer.headers["Content-Type"] == kind


def test_adjacent_slices_join(codecs):
    for name in codecs.sent:
        joined = b"".join(part.body for part in codecs.parts[name] if part.status == 200)
        assert joined == codecs.slices[name].body, name


def test_durations_are_those_of_the_samples(codecs):
    for name, sent in codecs.sent.items():
        rows = codecs.final_rows[name]
        assert abs(rows[-1][3] - rows[0][2] - SECONDS) < 0.3, name
        if sent.rate:
            ((_, samples, start, end),) = rows
            assert samples == sent.samples(), name
            assert abs(end - start - samples / sent.rate) < 0.01, name


def decoded_samples(judge, data, file):
    """How much a real decoder makes of it without a word of complaint."""
    file.write_bytes(data)
    command = {
        "ffmpeg": ["ffmpeg", "-v", "error", "-i", file, "-ac", "1", "-f", "s16le", "-"],
        "mpg123": ["mpg123", "-q", "--no-gapless", "-m", "-e", "s16", "-s", file],
    }[judge]
    done = subprocess.run(command, capture_output=True, timeout=60)
    # FFmpeg plays blocks behind the first one, and other rates, but does not know their times.
    said = [line for line in done.stderr.splitlines() if b"monotonically" not in line
            and b"Last message repeated" not in line]
    assert (done.returncode, said) == (0, []), (judge, file)
    return len(done.stdout) // 2


def test_outside_judges_decode_the_slices(codecs, tmp_path):
    for name, sent in codecs.sent.items():
        for judge in sent.judges:
            data = codecs.slices[name].body
            decoded = decoded_samples(judge, data, tmp_path / name)
            if sent.rate:
                missing = sent.samples() - decoded
                assert abs(missing) <= 2 * 1152, (name, judge, missing)


def test_a_change_of_parameters_is_no_gap(codecs):
    for name in ("changes", "aac-changes"):
        assert [row[0] for row in codecs.final_rows[name]] == 3 * [codecs.infos[name]["codec"]]
        (before,) = codecs.infos[name]["gaps"]  # nothing but what was asked for too early
        assert before["start"] < codecs.infos[name]["start"]
        assert codecs.files[name] == [part for part, _ in codecs.sent[name].parts]
    assert codecs.heard("changes").read_bytes() == codecs.sent["changes"].sound


def test_a_change_of_codec_loses_nothing(codecs):
    assert [row[0] for row in codecs.final_rows["codecs"]] == ["mpeg", "opus", "mpeg"]
    first, opus, last = codecs.files["codecs"]
    assert [first, last] == codecs.mp3
    assert streams(opus)[0].packets == streams(codecs.opus)[0].packets


def test_slices_and_live_never_mix_codecs(codecs):
    # Most of it was MP3.
    assert codecs.slices["codecs"].body == b"".join(codecs.mp3)
    gap = codecs.infos["codecs"]["gaps"][-1]
    assert gap["cause"] == "another codec" and abs(gap["seconds"] - THIRD) < 0.2
    assert codecs.opus_slice.headers["Content-Type"] == "audio/ogg"
    (heard,) = streams(codecs.opus_slice.body)
    sent = streams(codecs.opus)[0].sound("opus")
    at = sent.index(heard.sound("opus")[0])
    assert sent[at : at + len(heard.sound("opus"))] == heard.sound("opus")
    # Live radio from the beginning ended at the border; what begins now is of the present codec.
    assert codecs.heard("codecs").read_bytes() == codecs.mp3[0]
    assert codecs.now == codecs.mp3[1]


def test_another_codec_after_a_new_connection(codecs):
    assert [row[0] for row in codecs.final_rows["reborn"]] == ["mpeg", "adts"]
    assert codecs.files["reborn"] == [codecs.mp3[0], codecs.aac]
    assert codecs.slices["reborn"].body in (codecs.mp3[0], codecs.aac)
    assert "another codec" in [gap["cause"] for gap in codecs.infos["reborn"]["gaps"]]
