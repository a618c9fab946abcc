# SPDX-License-Identifier: MIT
"""What was played when, and looking for it."""

import datetime
import re
import subprocess
import urllib.parse

import pytest
from harness.aircheck import run_tool
from harness.frames import SECONDS, split_exactly
from harness.servers import RawServer, shoutcast
from harness.wait import wait_for

KBPS = 128
ARTISTS = ["Björk - Jóga", "Sigur Rós - Ágætis byrjun", "AC/DC - Don't \"Stop\"", "Björk - Hunter"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def titles(instance, path="/clock/titles", **query):
    response = instance.get(f"{path}?{urllib.parse.urlencode(query)}")
    assert response.status == 200, response.body
    assert response.headers["Content-Type"].startswith("application/json")
    return response.json()


def texts(instance, path, **query):
    return [entry["title"] for entry in titles(instance, path, **query)["titles"]]


@pytest.fixture(scope="module")
def jukebox(tmp_path_factory):
    """A station that plays each of ARTISTS for some seconds."""
    file = tmp_path_factory.mktemp("audio") / "noise.mp3"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=60:c=pink:r=44100:a=0.3",
         "-c:a", "libmp3lame", "-b:a", f"{KBPS}k", "-write_xing", "0", "-id3v2_version", "0",
         str(file)], check=True)
    blocks = [title.encode() if number % 6 == 0 else None
              for title in ARTISTS for number in range(6)]
    server = RawServer(shoutcast(file.read_bytes(), blocks, KBPS * 125))
    yield server
    server.close()


def test_a_jukebox_is_listed_and_searched(aircheck, radio, jukebox):
    instance = aircheck({"old": {"stream": jukebox.url}, "clock": {"stream": radio.url("mp3")}})
    instance.start()
    wait_for(lambda: instance.segments("clock") and instance.segments("old"), 20)
    wait_for(lambda: len(texts(instance, "/old/titles")) >= len(ARTISTS), 40, "all titles")
    listed = titles(instance, "/old/titles")["titles"]
    assert [entry["title"] for entry in listed][-len(ARTISTS):] == ARTISTS[::-1]
    for later, earlier in zip(listed, listed[1:]):
        assert earlier["end"] == later["time"]
    assert 2 < moment(listed[-1]["end"]) - moment(listed[-1]["time"]) < 6

    assert texts(instance, "/old/titles", q="bjork") == ["Björk - Hunter", "Björk - Jóga"]
    assert texts(instance, "/old/titles", q="BJÖRK jog") == ["Björk - Jóga"]
    assert texts(instance, "/old/titles", q="agaetis") == []  # æ is a letter of its own
    assert texts(instance, "/old/titles", q="ágæ") == ["Sigur Rós - Ágætis byrjun"]
    assert texts(instance, "/old/titles", q='don\'t "stop"') == ['AC/DC - Don\'t "Stop"']
    assert texts(instance, "/titles", q="hunter") == ["Björk - Hunter"]
    assert texts(instance, "/clock/titles", q="hunter") == []
    wait_for(lambda: {entry["station"] for entry in titles(instance, "/titles")["titles"]}
             == {"old", "clock"}, 20, "titles of both")

    assert run_tool("reindex", "--config", instance.config).returncode == 0
    assert texts(instance, "/titles", q="hunter") == ["Björk - Hunter"]
    instance.stop()


def test_titles_come_with_their_time_and_their_slice(recorded):
    found = titles(recorded.aircheck)
    assert found["next"] is None
    entries = found["titles"]
    assert len(entries) >= 2
    times = [moment(entry["time"]) for entry in entries]
    assert times == sorted(times, reverse=True)
    assert entries[0]["end"] is None, "the present one is still on the air"
    for later, entry in zip(entries, entries[1:]):
        assert entry["station"] == "clock"
        assert re.fullmatch(r"The time is \d\d:\d\d", entry["title"])
        assert entry["end"] == later["time"]
    # The clock says the minute when it begins; the server tells listeners some seconds later.
    at = datetime.datetime.fromtimestamp(times[0], datetime.timezone.utc)
    assert entries[0]["title"] == f"The time is {at:%H:%M}"

    entry = entries[1]
    assert entry["url"].startswith(f"http://127.0.0.1:{recorded.aircheck.port}/clock/slices/")
    seconds = moment(entry["end"]) - moment(entry["time"])
    audio = recorded.aircheck.get(urllib.parse.urlsplit(entry["url"]).path)
    assert audio.status == 200
    frames = split_exactly(audio.body, "mp3")
    assert seconds - 0.1 <= len(frames) * SECONDS["mp3"] <= seconds + 2.1


def test_titles_by_time_and_in_pages(recorded):
    everything = titles(recorded.aircheck)["titles"]
    assert len(everything) >= 2
    collected, path = [], "/clock/titles?limit=1"
    for _ in range(len(everything) + 1):
        response = recorded.aircheck.get(path)
        page = response.json()
        collected += page["titles"]
        assert len(page["titles"]) <= 1
        if page["next"] is None:
            break
        assert response.headers["Link"] == f'<{page["next"]}>; rel="next"'
        parts = urllib.parse.urlsplit(page["next"])
        path = f"{parts.path}?{parts.query}"
    assert [entry["time"] for entry in collected] == [entry["time"] for entry in everything]
    after = texts(recorded.aircheck, "/clock/titles", **{"from": everything[0]["time"][:19] + "Z"})
    assert after == [everything[0]["title"]]
    assert everything[0]["title"] not in texts(
        recorded.aircheck, "/clock/titles", to=everything[0]["time"][:19] + "Z")
    assert texts(recorded.aircheck, "/clock/titles", **{"from": "-1min", "to": "now"}) != []
    assert texts(recorded.aircheck, "/clock/titles", to="yesterday") == []


@pytest.mark.parametrize("words", [
    "a OR b", "NOT", '"x', "title:time", "time*", "^time", "{title}:time", "NEAR(a b)",
    "'; DROP TABLE title; --", "—", "\U0001f4fb", "a" * 1500, "a " * 700, "time)", "(time",
])
def test_whatever_is_looked_for_is_words(recorded, words):
    assert titles(recorded.aircheck, q=words)["titles"] == [] or "time" in words


@pytest.mark.parametrize("query", [
    "q=%00", "q=%ff", "q=%22", "q=***", "limit=0", "limit=501", "limit=x", "before=1", "before=-", "from=soon",
    "before=99999999999999999999-1", "from=today&to=yesterday", "q=" + "a" * 100_000, "to=%27",
])
def test_what_makes_no_sense_is_refused(recorded, query):
    response = recorded.aircheck.get(f"/clock/titles?{query}")
    assert 400 <= response.status < 500, response.body
    assert response.json()["error"]
