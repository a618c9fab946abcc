# SPDX-License-Identifier: MIT
"""The page as one winds back: what the tape shows of the past, and what is heard there."""

import datetime
import re
import time
import urllib.parse
import xml.etree.ElementTree as xml

import clock_code
import pytest
import radio_station
from harness import sound
from harness.page import DESK, PHONE, SHIFT, SPANS
from harness.wait import wait_for

BACK = 600  # seconds
FOUR_SECONDS = 64_000  # bytes

# The colours of one column of the tape, from its top to its bottom, and of what they stand for.
COLUMN = """
const [t] = given;
const tape = document.querySelector('canvas.tape');
const [begin, end] = [Number(tape.ariaValueMin), Number(tape.ariaValueMax)];
const context = tape.getContext('2d');
const column = Math.round((t - begin) / (end - begin) * tape.width);
const {data} = context.getImageData(column, 0, 1, tape.height);
const text = at => `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
const named = name => {
    const probe = document.createElement('i');
    probe.style.color = `var(--tape-${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
};
return {colours: Array.from({length: tape.height}, (_, row) => text(4 * row)),
        doubled: named('doubled'), ribbon: named('ribbon'), gap: named('gapLine')};
"""


def asked_of(source):
    """The Unix second in the address of what is played."""
    [text] = re.findall(r"/live/(\d{8}T\d{6}Z)$", source)
    return datetime.datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp()


def begins_at(instance, source, folder):
    """The time that the sound from this address begins at, by its own clock."""
    file = folder / "heard.mp3"
    with open(file, "wb") as heard:
        curl = radio_station.start(["curl", "-sSN", source], stdout=heard)
    wait_for(lambda: file.stat().st_size >= FOUR_SECONDS, 20, "four seconds of sound")
    radio_station.stop(curl)
    at, second = clock_code.decode_file(file)[0]
    return second - at


def test_ten_minutes_back_the_clock_says_so(rewound, page, tmp_path):
    page.load(rewound.port)
    page.show_span("1 h")
    wanted = time.time() - BACK
    page.click_tape(page.share_of(wanted))
    source = page.wait_playing()["source"]
    asked = asked_of(source)
    assert abs(asked - wanted) < 10  # so far does a hand aim: a pixel is three seconds
    begins = begins_at(rewound, source, tmp_path)
    assert begins == pytest.approx(asked, abs=0.1)
    said, shown = wait_for(page.hear_clock, 40, "the clock is heard")
    print(f"asked for {asked:.0f}; the source begins at {begins:.3f}; {said - asked:.1f} s later "
          f"the loudspeaker says {said:.2f}, and the page {shown}")
    assert abs(said - shown) < 3
    assert 0 < said - asked < 40
    assert "10 min ago" in page.text(".transport .ago")
    page.picture("ten-minutes-back")


def test_from_two_weeks_to_ten_seconds(rewound, page):
    page.load(rewound.port)
    for text in SPANS:
        page.show_span(text)
        assert page.run("return document.querySelector('.span[aria-pressed=true]').innerText") == text
        if text in ("2 weeks", "10 min", "10 s"):
            page.wait("return document.querySelector('canvas.tape').ariaValueText", "it is read out")
            page.picture("tape-" + text.replace(" ", "-"))
    # The wheel goes on from there, and no closer.
    x, y = page.on_tape(0.5)
    for _ in range(5):
        page.command("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=-300,
                     modifiers=2)
    begin, end = page.shown()
    assert 9 <= end - begin <= 11


def test_what_is_missing_and_what_is_doubled_is_seen(rewound, page):
    page.load(rewound.port, f"{rewound.address(rewound.doubled[0] - 60)}")
    page.show_span("10 min")
    middle = sum(rewound.doubled) / 2
    once = rewound.begin + 60

    def doubled():
        column = page.run(COLUMN, middle)
        return column["doubled"] in column["colours"]

    wait_for(doubled, 30, "the tape shows what is doubled")
    column = page.run(COLUMN, once)
    assert column["doubled"] not in column["colours"]
    page.picture("doubled")
    page.load(rewound.port, f"{rewound.address(rewound.end - 60)}")
    page.show_span("10 min")
    page.run("document.querySelector('details.list').open = true")
    gap = page.wait("""
        return [...document.querySelectorAll('.lists li')].map(each => each.innerText)
            .find(text => text.includes('cause unknown'))
    """, "the gap and its cause are listed")
    assert re.search(r"\d+ min", gap)
    page.picture("gap")


def test_a_show_is_marked_shared_and_subscribed_to(rewound, page):
    page.load(rewound.port, f"{rewound.address(rewound.begin + 120)}")
    page.show_span("10 min")
    begin, end = rewound.begin + 150, rewound.begin + 270  # its margins are recorded, too
    page.drag_tape(page.share_of(begin), page.share_of(end), SHIFT)
    path = urllib.parse.urlsplit(
        page.wait("return document.querySelector('.marked a')?.href", "a link to download")).path
    answer = rewound.aircheck.get(path)
    frames = sound.of_slice(answer.body, "mp3")
    assert len(frames) > 110 / 0.0262
    assert sound.compare(frames, rewound.frames, len(rewound.frames) // 3).exact

    # By its link somebody else sees the same.
    page.command("Browser.grantPermissions",
                 permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    marked = "return [...document.querySelectorAll('.marked input[type=datetime-local]')]" \
             ".map(({value}) => value)"
    ends = page.run(marked)
    page.click(".marked button", "Copy link")
    page.wait("return document.querySelector('.marked .actions').innerText.includes('Copied')",
              "it says that it is copied")
    link = page.run("return await navigator.clipboard.readText()")
    page.load(rewound.port, "#" + urllib.parse.urlsplit(link).fragment)
    page.wait("return document.querySelector('.marked') != null", "the mark is there again")
    assert page.run(marked) == ends

    page.click(".marked button", "podcast")
    shown = page.wait("return document.querySelector('.feed input')?.value", "a feed's address")
    page.click(".podcast button", "Copy feed address")
    page.wait("return await navigator.clipboard.readText() == given[0]", "it is copied", shown)
    feed = rewound.aircheck.get(urllib.parse.urlsplit(shown).path)
    [episode] = xml.fromstring(feed.body).iter("item")
    enclosure = urllib.parse.urlsplit(episode.find("enclosure").get("url"))
    heard = rewound.aircheck.get(enclosure.path + ("?" + enclosure.query if enclosure.query else ""))
    assert sound.compare(sound.of_slice(heard.body, "mp3"), rewound.frames, 0).exact
    page.size(PHONE, phone=True)
    page.run("document.querySelector('.marked').scrollIntoView()")
    page.picture("mark-phone")
    page.size(DESK)
