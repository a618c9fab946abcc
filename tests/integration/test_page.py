# SPDX-License-Identifier: MIT
"""The page, driven in Chromium against a real recording of the speaking clock."""

import time
import urllib.parse

import pytest
from harness import sound
from harness.page import AXE, PHONE, SHIFT
from harness.wait import wait_for

LARGEST = 150_000  # bytes of all that the page loads
SLOWEST_PAINT = 1.0  # seconds, on a line that is slow

MEASURE = """
const shift = await new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(sum), 500);
});
const loaded = [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource').filter(({name}) => name.includes('/assets/'))];
return {
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000,
    bytes: loaded.reduce((sum, each) => sum + each.encodedBodySize, 0),
    foreign: performance.getEntriesByType('resource').map(({name}) => name)
        .filter(name => !name.startsWith(location.origin)),
    shift,
};
"""


@pytest.fixture
def instance(radio, aircheck):
    made = aircheck({"clock": {"stream": radio.url("mp3")}},
                    restart_overlap="2s", cycle_time="2s").start()
    made.wait_recording("clock")
    return made


def open_tape(page, recorded):
    """The last minute of it."""
    page.load(recorded.aircheck.port)
    page.click(".card .name", "clock")
    page.show_span("1 min")
    wait_for(lambda: page.shown()[1] > time.time(), 30, "the tape shows the present")


def test_a_soft_restart_does_not_stop_the_player(instance, page):
    page.load(instance.port)
    page.click(".card .round", "Listen to clock live")
    page.wait_playing(1)
    page.run("""
        window.heard = [];
        for (const name of ['pause', 'error', 'emptied', 'ended'])
            document.querySelector('audio').addEventListener(name, () => heard.push(name));
        const state = document.querySelector('.card .state');
        window.states = new Set([state.className]);
        new MutationObserver(() => states.add(state.className))
            .observe(state, {attributeFilter: ['class']});
    """)
    before, since = page.sound(), time.monotonic()
    page.click(".tools button", "Operate")
    page.click(".operator button", "Soft restart")
    page.wait("return document.querySelector('.steps [data-event=done]') != null",
              "the page tells that the restart is done", timeout=80)
    page.picture("restart")
    assert "1 of 1 station joined" in page.text(".steps")
    assert "0 frames lost, 0 doubled" in page.text(".steps")
    after, passed = page.sound(), time.monotonic() - since
    assert page.run("return heard") == []
    assert page.run("return [...states]") == ["state recording"]
    assert after["source"] == before["source"] and after["state"] == "playing"
    assert after["time"] - before["time"] > passed - 3
    generations = page.run("""
        const rows = [...document.querySelectorAll('.operator tbody tr')];
        return rows.map(row => row.cells[2].innerText);
    """)
    assert "2" in generations
    print(f"played {after['time'] - before['time']:.1f} s in {passed:.1f} s of a soft restart")


def test_it_opens_quickly_and_asks_nobody_else(recorded, page):
    page.command("Network.enable")
    page.command("Network.setCacheDisabled", cacheDisabled=True)
    page.command("Network.emulateNetworkConditions", offline=False, latency=100,
                 downloadThroughput=200_000, uploadThroughput=90_000)
    page.load(recorded.aircheck.port)
    page.command("Network.emulateNetworkConditions", offline=False, latency=0,
                 downloadThroughput=-1, uploadThroughput=-1)
    measured = page.run(MEASURE)
    print("on a line of 1.6 Mbit/s: first paint after {paint:.2f} s, {bytes} bytes, "
          "layout shift {shift:.4f}".format(**measured))
    assert measured["foreign"] == []
    assert measured["bytes"] < LARGEST
    assert measured["paint"] < SLOWEST_PAINT
    assert measured["shift"] < 0.01
    page.picture("desk")


def test_the_byte_rate_moves(recorded, page):
    page.load(recorded.aircheck.port)
    line = "return document.querySelector('.card polyline')?.getAttribute('points')"
    first = page.wait(line, "a line of the byte rate")
    wait_for(lambda: page.run(line) != first, 15, "the line moves")
    wait_for(lambda: "kB/s" in page.text(".card .rate"), 15, "some kB a second")
    assert "Recording" in page.text(".card .state")


def test_a_click_on_the_tape_is_heard(recorded, page):
    open_tape(page, recorded)
    begin, end = page.shown()
    page.click_tape(0.3)
    playing = page.wait_playing()
    asked = begin + 0.3 * (end - begin)
    said, shown = wait_for(page.hear_clock, 40, "the clock is heard")
    print(f"asked for {asked:.1f}; the sound says {said:.2f}, the page {shown}")
    assert abs(said - shown) < 3
    assert 0 < said - asked < 40
    assert playing["source"].startswith(f"http://127.0.0.1:{recorded.aircheck.port}/clock")
    page.picture("playing")
    # Back by fifteen seconds, then to the present, and a pause keeps the place.
    before = page.clock()
    page.click(".transport button", "Back 15 seconds")
    wait_for(lambda: page.clock() < before - 5, 30, "it goes back")
    page.click(".transport button", "Back to live")
    wait_for(lambda: time.time() - page.clock() < 20, 30, "it is live again")
    page.wait_playing()
    page.click(".transport button", "Pause")
    assert page.sound()["paused"]


def test_a_mark_is_downloaded_bit_by_bit(recorded, page):
    open_tape(page, recorded)
    page.drag_tape(0.2, 0.5, SHIFT)
    link = page.wait("return document.querySelector('.marked a')?.href", "a link to download")
    path = urllib.parse.urlsplit(link).path
    answer = recorded.aircheck.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    frames = sound.of_slice(answer.body, "mp3")
    broadcast = recorded.references["mp3"].frames()
    assert sound.compare(frames, broadcast, len(broadcast) // 2).exact
    page.click(".marked button", "podcast")
    feed = page.wait("return document.querySelector('.feed input')?.value", "a feed's address")
    assert recorded.aircheck.get(urllib.parse.urlsplit(feed).path).status == 200
    assert page.run("return document.querySelector('.qr path').getAttribute('d').length") > 1000
    page.picture("mark")


def test_words_and_times_are_found(recorded, page):
    page.load(recorded.aircheck.port)
    page.type("#search", "30 seconds ago")
    page.wait("return document.querySelector('#choices .time')?.innerText", "the time's meaning")
    assert "Go to" in page.text("#choices .time")
    page.run("const field = document.getElementById('search'); field.select()")
    page.type("#search", "time is")
    page.wait("""
        const [first] = document.querySelectorAll('#choices li');
        return first?.innerText.includes('The time is') && !first.classList.contains('time')
    """, "titles")
    page.picture("search")
    page.press("Enter")
    page.wait_playing()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci in webapi/page")
def test_nobody_is_kept_out(recorded, page):
    open_tape(page, recorded)
    page.run("document.querySelector('details.list').open = true")
    page.drag_tape(0.2, 0.5, SHIFT)
    page.click(".marked button", "podcast")
    found = page.barriers()
    page.click(".tools button", "Dark" if page.run("return matchMedia('(prefers-color-scheme: "
                                                   "light)').matches") else "Light")
    page.picture("dark")
    page.click(".tools button", "Operate")
    page.wait("return document.querySelector('.operator table') != null", "the operator's part")
    page.wait("return document.querySelector('.operator .tail')?.innerText.includes('aircheckd')",
              "the end of the log")
    page.wait("return document.querySelector('.operator .moved') != null", "the pruner's state")
    page.wait("return /Grows by .*a day/.test(document.querySelector('.operator').innerText)"
              "&& /Full in |Levels off at/.test(document.querySelector('.operator').innerText)",
              "how the disk fills up")
    found += page.barriers()
    page.picture("operator")
    page.size(PHONE, phone=True)
    page.load(recorded.aircheck.port)
    found += page.barriers()
    page.picture("phone")
    assert page.run("return document.documentElement.scrollWidth") <= PHONE[0]
    assert not found, "\n".join(found)
