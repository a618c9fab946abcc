# SPDX-License-Identifier: MIT
"""Shows as feeds, read by the clients that people have, from an archive of some days."""

import configparser
import contextlib
import datetime
import html.parser
import json
import pathlib
import sqlite3
import subprocess
import zoneinfo

import feedparser
import pytest
from harness.aircheck import Aircheck
from harness.past import Past

ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
SCHEMA = pathlib.Path(__file__).parent / "feed.rng"
NEWS = "/clock/daily/20:00/3min/The_Evening_%3CNews%3E_%26_more"
NIGHT = "/clock/daily/23:58/6min/Night"
DAYS = 3


def evening(days_ago, hour, minute):
    today = datetime.datetime.now(ZONE).date()
    return datetime.datetime.combine(
        today - datetime.timedelta(days=days_ago), datetime.time(hour, minute), ZONE)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The last three evenings from 19:57 to 20:06, and three nights from 23:55 to 0:07."""
    instance = Aircheck(
        {"clock": {"stream": "http://127.0.0.1:9/", "timezone": "Europe/Berlin",
                   "name": "Clock & <Radio>"},
         "other": {"stream": "http://127.0.0.1:9/", "timezone": "Europe/Berlin"}},
        trusted_proxies=["127.0.0.1"])
    past = Past(instance, tmp_path_factory.mktemp("sound"), 730)
    takes = [past.record("clock", evening(days, 19, 57), 540) for days in range(1, DAYS + 1)]
    for days in range(1, DAYS + 1):
        past.record("clock", evening(days + 1, 23, 55), 720, files=3)
    past.record("other", evening(1, 19, 57), 540, codec="aac")
    past.make_known()
    with contextlib.closing(sqlite3.connect(instance.storage / "catalog.db")) as catalog, catalog:
        for days, take in enumerate(takes, 1):
            at = evening(days, 20, 1).timestamp()
            for n, title in enumerate(("Först song", "Second \"song\"")):
                catalog.execute("INSERT INTO title (station, at_us, take, title, url)"
                                " VALUES ('clock', ?, ?, ?, '')",
                                (int((at + 60 * n) * 1e6), take, title))
    instance.start()
    yield instance
    instance.close()


def url_of(archive, path):
    return f"http://127.0.0.1:{archive.port}{path}"


def path_of(url):
    return "/" + url.split("/", 3)[3]


def curl(*arguments):
    return subprocess.run(["curl", "-sS", *arguments], capture_output=True, timeout=30, check=True)


def probe(url, entry):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", entry, "-of", "json", url],
                          capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", (NEWS, NIGHT, "/other/daily/20:00/3min/Other",
                                  "/clock/mon_9am/1hr/Never"))
def test_podcasts_are_valid(archive, path, tmp_path):
    file = tmp_path / "feed.xml"
    curl("-o", file, url_of(archive, path + ".xml"))
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--relaxng", SCHEMA, file],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", (NEWS, NIGHT, "/other/daily/20:00/3min/Other"))
def test_feedparser_finds_every_episode(archive, path):
    feed = feedparser.parse(url_of(archive, path + ".xml"))
    assert (feed.bozo, feed.status, feed.version) == (False, 200, "rss20")
    assert len(feed.entries) == (1 if "other" in path else DAYS)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    dates = [entry.published_parsed for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)
    for entry in feed.entries:
        enclosure, = entry.enclosures
        answer = archive.get(path_of(enclosure.href))
        head = archive.request("HEAD", path_of(enclosure.href))
        assert len(answer.body) == int(enclosure.length) == int(head.headers["Content-Length"])
        assert answer.headers["Content-Type"] == head.headers["Content-Type"] == enclosure.type
        assert answer.headers["X-Gaps"] is None and answer.headers["X-Complete"] is None
        assert enclosure.href.endswith(".aac" if "other" in path else ".mp3")
        seconds = (6 if path == NIGHT else 3) * 60 + 240
        assert abs(int(entry.itunes_duration) - seconds) <= 1
        packets = probe(enclosure.href, "packet=duration_time")["packets"]
        heard = sum(float(packet["duration_time"]) for packet in packets)
        assert abs(heard - int(entry.itunes_duration)) <= 1


def test_the_podcast_tells_what_people_see(archive):
    feed = feedparser.parse(url_of(archive, NEWS + ".xml"))
    assert feed.feed.title == "The Evening <News> & more"
    assert feed.feed.author == "Clock & <Radio>"
    began = evening(1, 20, 0)
    newest = feed.entries[0]
    assert newest.title.endswith(f"{began:%A} {began.day} {began:%B} {began.year}")
    assert newest.published_parsed[:5] == began.astimezone(datetime.timezone.utc).timetuple()[:5]
    streams = probe(feed.feed.image.href, "stream=width,height,codec_name")["streams"]
    assert streams == [{"codec_name": "png", "width": 1400, "height": 1400}]
    assert archive.get(path_of(feed.feed.link)).status == 200


def test_a_show_over_midnight_is_one_episode(archive):
    newest = feedparser.parse(url_of(archive, NIGHT + ".xml")).entries[0]
    info = archive.get(path_of(newest.enclosures[0].href) + "?info").json()
    assert len(info["pieces"]) >= 2 and info["gaps"] == []
    began = datetime.datetime.fromisoformat(info["start"].replace("Z", "+00:00"))
    assert abs((began - evening(2, 23, 56)).total_seconds()) < 1


def test_what_has_not_changed_is_not_sent_again(archive):
    url = url_of(archive, NEWS + ".xml")
    first = feedparser.parse(url)
    assert feedparser.parse(url, etag=first.etag).status == 304
    assert feedparser.parse(url, modified=first.modified).status == 304
    assert archive.get(NEWS + ".xml").body == archive.get(NEWS + ".xml").body
    assert archive.get(NEWS + ".xml").headers["Last-Modified"] is not None


def test_chapters_are_the_recorded_titles(archive):
    text = archive.get(NEWS + ".xml").body.decode()
    url = text.split('<podcast:chapters url="')[1].split('"')[0]
    answer = archive.get(path_of(url))
    assert answer.headers["Content-Type"] == "application/json+chapters"
    chapters = answer.json()["chapters"]
    assert [chapter["title"] for chapter in chapters] == ["Först song", "Second \"song\""]
    assert [round(chapter["startTime"]) for chapter in chapters] == [180, 240]
    assert "podcast:chapters" not in archive.get(NIGHT + ".xml").body.decode()


def test_playlists_play(archive):
    m3u = archive.get(NEWS + ".m3u").body.decode().splitlines()
    assert m3u[0] == "#EXTM3U"
    urls = [line for line in m3u if not line.startswith("#")]
    assert len(urls) == DAYS
    pls = configparser.ConfigParser(interpolation=None, strict=True)
    pls.read_string(archive.get(NEWS + ".pls").body.decode())
    assert [pls["playlist"][f"File{n}"] for n in range(1, DAYS + 1)] == urls
    assert all(archive.request("HEAD", path_of(url)).status == 200 for url in urls)


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def test_the_page_has_a_player_for_each_episode(archive):
    answer = archive.get(NEWS + ".html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = Page(answer.body.decode())
    players = [attributes for tag, attributes in page.tags if tag == "audio"]
    assert len(players) == DAYS and all("controls" in each for each in players)
    assert all(archive.request("HEAD", path_of(each["src"])).status == 200 for each in players)
    assert all(each["aria-label"].startswith("The Evening <News>") for each in players)
    assert not {"script", "news"} & {tag for tag, _ in page.tags}
    assert "The Evening <News> & more" in page.text and "Clock & <Radio>" in page.text


def test_the_latest_episode_is_sound(archive, tmp_path):
    file = tmp_path / "latest.mp3"
    curl("-f", "-o", file, url_of(archive, NEWS + ".mp3"))
    newest = feedparser.parse(url_of(archive, NEWS + ".xml")).entries[0]
    assert file.stat().st_size == int(newest.enclosures[0].length)
    assert file.read_bytes() == archive.get(path_of(newest.enclosures[0].href)).body
    other = archive.get("/other/daily/20:00/3min/Other.mp3")
    assert other.headers["Content-Type"] == "audio/aac"


def test_weekdays_are_slices(archive):
    began = evening(1, 20, 0)
    wanted = archive.get(f"/clock/slices/{began:%Y%m%d%H%M}_3.mp3")
    assert wanted.status == 200
    for path in (f"/clock/{began:%a}/20:00/3min", f"/clock/{began:%A}/8pm/3min".lower(),
                 "/clock/daily/20:00/3min" if datetime.datetime.now(ZONE).hour < 20 else None):
        if path:
            assert archive.get(path).body == wanted.body, path


def test_only_a_trusted_proxy_changes_the_links(archive):
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example, radio.example.org",
            "X-Forwarded-Prefix": "/dvr"}
    feed = archive.request("GET", NEWS + ".xml", said).body.decode()
    assert f'<atom:link href="https://radio.example.org/dvr{NEWS}.xml"' in feed
    assert "127.0.0.1" not in feed and "evil" not in feed
    for headers in ({"X-Forwarded-Host": 'x"><script>'}, {"X-Forwarded-Prefix": "//evil.example"}):
        feed = archive.request("GET", NEWS + ".xml", headers).body.decode()
        assert f'<atom:link href="http://127.0.0.1:{archive.port}/' in feed
    # Trusted with links is not trusted with operating.
    assert archive.request("POST", "/restart", said).status == 403


def test_hostile_shows_are_refused_cleanly(archive):
    for path, status in (
            ("/clock/mon/2pm/1hr/..%2f..%2fetc%2fpasswd.xml", 400),
            ("/clock/mon/2pm/1hr/a%00.xml", 400), ("/clock/mon/2pm/1hr/%ff.xml", 400),
            ("/clock/mon/2pm/1hr/a%0d%0aX:y.xml", 400),
            ("/clock/mon/2pm/1hr/" + "a" * 1900 + ".xml", 400),
            ("/clock/mon/2pm'--/1hr/a.xml", 400),
            ("/clock/" + "mon," * 400 + "/2pm/1hr/a.xml", 404),
            ("/clock/mon/2pm/99999999999999hr/a.xml", 400), ("/icon/%3Cscript%3E_64.png", 200),
            ("/icon/a_999999999999999999999.png", 404), ("/clock/chapters/..%2f.json", 400)):
        answer = archive.get(path)
        assert answer.status == status, (path, answer.status, answer.body[:200])
        if status >= 400:
            assert answer.json()["hint"], path
