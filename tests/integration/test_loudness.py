# SPDX-License-Identifier: MIT
"""How loud the sound is, by our reckoning and by that of others; and stations that fall silent."""

import datetime
import json
import os
import random
import secrets

import pytest
from harness.aircheck import run_tool
from harness.control import Control
from harness.encoders import MP3_128, EncodedRadio, Source
from harness.frames import split_exactly
from harness.loudness import (
    ENCODERS, QUIETEST, UNKNOWN, correlation, decoded, encode, levels, make_sound)
from harness.page import Page
from harness.wait import wait_for

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)
FLOOR = -80  # dBFS; what coders make of silence below that differs
SILENCE_AFTER = 4
TURN = 24  # seconds, half of which is a tone of -13.5 dBFS
ON_AND_OFF = Source(
    "mp3", ["-f", "lavfi", "-i",
            f"aevalsrc='if(lt(mod(t,{TURN}),{TURN / 2}),0.3*sin(3000*t),0)'"], MP3_128)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return make_sound(tmp_path_factory.mktemp("sound"))


def put(storage, station, extension, data, start=NOON, seconds=900):
    """A recording as one file."""
    folder = storage / station / "streams"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{station}-{start:%Y%m%dT%H%M%SZ}-{secrets.token_hex(6)}.{extension}"
    path.write_bytes(data)
    end = start.timestamp() + seconds
    os.utime(path, (end, end))
    return path


def make_known(config):
    done = run_tool("reindex", "--config", config)
    assert done.returncode == 0, done.stderr


def heard(rows, station):
    """All levels of a station's only segment, as bytes, once it has been heard."""
    wait_for(lambda: rows("SELECT 1 FROM segment WHERE station = ? AND heard = 1", station), 60,
             f"{station} is heard")
    return b"".join(part for (part,) in rows(
        "SELECT levels FROM loudness JOIN segment ON segment.id = loudness.segment"
        " WHERE station = ? ORDER BY minute", station))


@pytest.fixture
def alone():
    """Makes storages on which the worker runs alone."""
    made = []

    def make(*stations):
        made.append(Control({name: {"stream": "http://127.0.0.1:9/"} for name in stations}))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_every_codec_is_as_loud_as_others_decode_it(alone, sound):
    control = alone(*ENCODERS)
    files = {name: put(control.storage, name, *encode(sound, name)) for name in ENCODERS}
    make_known(control.config)
    control.start(name="loudness-0")
    for name, file in files.items():
        ours = heard(control.rows, name)
        assert UNKNOWN not in ours, name
        ours = [max(FLOOR, -level / 2) for level in ours]
        theirs = [max(FLOOR, level) for level in levels(*decoded(file, name))]
        assert abs(len(ours) - len(theirs)) <= 2, name
        count = min(len(ours), len(theirs)) - 1
        alike = correlation(ours[:count], theirs[:count])
        # A decoder may put sound some milliseconds elsewhere: what jumps is no measure.
        steady = [n for n in range(1, count - 1)
                  if max(theirs[n - 1 : n + 2]) - min(theirs[n - 1 : n + 2]) < 3]
        off = max(abs(ours[n] - theirs[n]) for n in steady)
        print(f"{name}: {count} levels, correlation {alike:.5f}, at most {off:.2f} dB off"
              f" in {len(steady)}")
        assert alike >= 0.99, (name, alike)
        assert off <= 1, (name, off)


def test_tones_have_the_level_that_they_were_made_with(alone, sound):
    control = alone("flac")
    put(control.storage, "flac", *encode(sound, "flac"))
    make_known(control.config)
    control.start(name="loudness-0")
    ours = [-level / 2 for level in heard(control.rows, "flac")]
    # The other channel is half as loud: 10 log10 of (1 + 1/4) / 2.
    for level in (-20, -40):
        assert sum(abs(each - (level - 2.04)) <= 0.5 for each in ours) >= 12, ours
    assert ours.count(QUIETEST) >= 18


def test_damaged_sound_costs_only_itself(alone, sound):
    control = alone("clean", "damaged", "sliced")
    extension, data = encode(sound, "mp3", turns=5)
    put(control.storage, "clean", extension, data)
    rolls = random.Random(1)
    broken = bytearray()
    for number, frame in enumerate(split_exactly(data, "mp3")):
        body = frame if number % 3 else frame[:4] + rolls.randbytes(len(frame) - 4)
        broken += body
    put(control.storage, "damaged", extension, bytes(broken))
    cut = bytearray(data)
    for _ in range(40):
        at = rolls.randrange(len(cut) - 3000)
        cut[at : at + rolls.randrange(3000)] = rolls.randbytes(rolls.randrange(3000))
    put(control.storage, "sliced", extension, bytes(cut))
    make_known(control.config)
    worker = control.start(name="loudness-0")
    clean = heard(control.rows, "clean")
    assert len(heard(control.rows, "damaged")) == len(clean)
    assert heard(control.rows, "sliced")
    assert worker.poll() is None


def test_what_cannot_be_decoded_is_not_tried_again(alone, sound):
    control = alone("gone", "there")
    file = put(control.storage, "gone", *encode(sound, "mp3"))
    put(control.storage, "there", *encode(sound, "mp3"), NOON - datetime.timedelta(hours=1))
    make_known(control.config)
    file.unlink()
    control.start(name="loudness-0")
    assert heard(control.rows, "gone") == b""
    assert heard(control.rows, "there")


def test_a_segment_that_several_processes_died_of_is_left_alone(alone, sound):
    control = alone("deadly")
    put(control.storage, "deadly", *encode(sound, "mp3"))
    make_known(control.config)
    ((segment,),) = control.rows("SELECT id FROM segment")
    # As three processes leave it that were killed by it: which one, and how often.
    record = [segment, segment, 2, *[0] * 60]
    (control.storage / "run" / "loudness").write_bytes(
        b"".join(number.to_bytes(8, "little") for number in record))
    control.start(name="loudness-0")
    assert heard(control.rows, "deadly") == b""


def test_a_worker_that_is_killed_goes_on_where_it_was(aircheck, sound):
    instance = aircheck({"clock": {"stream": "http://127.0.0.1:9/"}})
    extension, data = encode(sound, "mp3", turns=40)
    for hour in range(6):
        put(instance.storage, "clock", extension, data, NOON - datetime.timedelta(hours=hour), 600)
    make_known(instance.config)
    instance.start()

    def unheard():
        return len(instance.rows("SELECT 1 FROM segment WHERE heard = 0"))

    for left in (5, 3, 1):
        wait_for(lambda: unheard() <= left, 60, f"{left} are left to be heard")
        instance.kill("loudness-0")
    wait_for(lambda: unheard() == 0, 60, "all has been heard")
    every = [b"".join(level for (level,) in instance.rows(
        "SELECT levels FROM loudness WHERE segment = ? ORDER BY minute", segment))
        for (segment,) in instance.rows("SELECT id FROM segment")]
    assert len(every) == 6 and len(every[0]) > 3000
    # One that was begun again somewhere within hears the same but for the first frames there.
    for each in every:
        assert len(each) == len(every[0])
        assert sum(abs(a - b) > 2 for a, b in zip(each, every[0])) <= 3


@pytest.fixture
def on_and_off(tmp_path):
    """A station that is silent half of the time."""
    radio = EncodedRadio({"tone": ON_AND_OFF}, tmp_path)
    yield radio
    radio.close()


def status(instance):
    done = run_tool("status", "--once", "--json", "--config", instance.config)
    assert done.returncode == 0, done.stderr
    (station,) = json.loads(done.stdout)["stations"]
    return station


@pytest.mark.patience(240)
def test_a_station_that_falls_silent_is_told_of_until_it_is_heard(aircheck, on_and_off):
    instance = aircheck({"tone": {"stream": on_and_off.url("tone")}},
                        silence_after=f"{SILENCE_AFTER}s", cascade_time="off").start()
    instance.wait_recording("tone")
    tap = instance.tap("silence.tone")
    _, first = tap.until(lambda _, told: told["silent"], TURN + 20)
    assert SILENCE_AFTER - 0.5 < first["time"] - first["since"] < SILENCE_AFTER + 6
    (station,) = instance.get("/stats").json()["stations"]
    assert station["silent-since"] == first["since"]
    assert 0 < status(instance)["silent_age"] < 60
    assert "aircheck_station_silent{station=\"tone\"} 1" in instance.get("/metrics").body.decode()

    # Whoever takes its place knows since when, and tells of the end.
    instance.kill("loudness-0")
    _, again = instance.tap("silence.tone").until(lambda _, told: told["silent"], 5)
    assert again["since"] == first["since"]
    _, last = tap.until(lambda _, told: not told["silent"], TURN + 20)
    assert last["since"] == first["since"]
    assert abs(last["until"] - last["since"] - TURN / 2) < 1.5
    assert last["time"] - last["until"] < 6
    wait_for(lambda: status(instance)["silent_age"] is None, 5)
    assert not instance.rows("SELECT 1 FROM kv WHERE key LIKE 'silent.%'")

    # The tape shows what was heard.
    def at(moment):
        begin = int(last["since"])
        tape = instance.get(f"/tone/tape.json?from={begin}&to={begin + TURN}").json()
        assert tape["loudness"]["step"] == 0.1
        number = round((moment - tape["from"]) / 0.1)
        return next(iter(tape["loudness"]["loudest"][number:]), None)

    assert at(last["since"] + 2) < -60
    level = wait_for(lambda: at(last["until"] + 1), 10, "the tone is on the tape")
    assert -17.5 < level < -10
    wide = instance.get("/tone/tape.json?from=-10min&step=10s").json()["loudness"]
    assert wide["step"] == 10 and len(wide["mean"]) < 100
    known = [(loudest, mean) for loudest, mean in zip(wide["loudest"], wide["mean"]) if mean]
    assert known and all(loudest >= mean for loudest, mean in known)


def test_nobody_listens_who_was_not_asked_to(aircheck, radio):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, loudness=False).start()
    instance.wait_recording("clock")
    assert "loudness-0" not in [each["name"] for each in instance.get("/stats").json()["workers"]]


def test_the_worker_takes_only_what_is_left(aircheck, radio):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    pid = instance.pid_of("loudness-0")

    def policies():
        threads = os.listdir(f"/proc/{pid}/task")
        return {os.sched_getscheduler(int(thread)) for thread in threads}

    wait_for(lambda: os.SCHED_IDLE in policies(), 10, "a thread is idle")


# How high the wave is at a moment: pixels of its colour, which is brighter than the tape's.
WAVE = """
const [moment] = given;
const canvas = document.querySelector('canvas.tape');
const begin = Number(canvas.ariaValueMin), end = Number(canvas.ariaValueMax);
const x = Math.round((moment - begin) / (end - begin) * canvas.width);
const {data} = canvas.getContext('2d').getImageData(x, 0, 1, canvas.height);
let high = 0;
for (let i = 0; i < data.length; i += 4) high += data[i] > 195 && data[i + 1] > 150 && data[i + 3] == 255;
return high;
"""


# Whether it is high anywhere in a tape of so many seconds.
HIGHEST = """
const [span] = given;
const canvas = document.querySelector('canvas.tape');
const shown = Number(canvas.ariaValueMax) - Number(canvas.ariaValueMin);
if (Math.abs(shown - span) > 0.2 * span + 1) return false;
const {data, width} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
const high = new Array(width).fill(0);
for (let i = 0; i < data.length; i += 4)
    high[i / 4 % width] += data[i] > 195 && data[i + 1] > 150 && data[i + 3] == 255;
return Math.max(...high) > 20;
"""
SPANS = {"10 s": 10, "10 min": 600, "2 weeks": 1209600}


@pytest.fixture(scope="module")
def page():
    made = Page()
    yield made
    made.close()


@pytest.mark.patience(240)
def test_the_page_shows_the_wave_and_who_is_silent(aircheck, on_and_off, page):
    instance = aircheck({"tone": {"stream": on_and_off.url("tone")}},
                        silence_after=f"{SILENCE_AFTER}s", cascade_time="off").start()
    instance.wait_recording("tone")
    page.load(instance.port)
    page.wait("return document.querySelector('.card .silent')?.innerText.includes('Silent for')",
              "the card says that it is silent", timeout=TURN + 30)
    page.picture("silent")
    _, last = instance.tap("silence.tone").until(lambda _, told: not told["silent"], TURN + 20)
    page.wait("return document.querySelector('.card .silent') == null", "it is heard again")
    page.click(".spans .span", "1 min")
    quiet, loud = last["until"] - TURN / 4, last["until"] + 4
    wait_for(lambda: page.run(WAVE, loud) > 3 * page.run(WAVE, quiet), 30, "the wave is drawn")
    assert page.run(WAVE, quiet) < 12
    page.picture("wave")
    for span in ("10 s", "10 min", "2 weeks"):
        page.click(".spans .span", span)
        page.wait(HIGHEST, f"there is a wave in {span}", SPANS[span])
