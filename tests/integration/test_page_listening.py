# SPDX-License-Identifier: MIT
"""Listening on the page, by hand, by keys and from the lock screen, and after the server has died."""

import os
import signal
import time

import pytest
from harness.page import DESK, PHONE, SHIFT
from harness.relay import Relay
from harness.wait import wait_for

MOMENT = 100  # seconds from the beginning of what was recorded: where these listen
WIND = 15
MISSING = 8  # seconds in which nobody records
KEPT = 10  # seconds of a pause after which a browser has nothing more to play by itself

# What the page tells the system's media keys and lock screen to do.
SPY = """
window.handlers = {};
const set = MediaSession.prototype.setActionHandler;
MediaSession.prototype.setActionHandler = function(action, handler) {
    handlers[action] = handler;
    return set.call(this, action, handler);
};
"""
METADATA = """
const {metadata, playbackState} = navigator.mediaSession;
return {title: metadata?.title, artist: metadata?.artist, album: metadata?.album,
        icon: metadata?.artwork[0]?.src, state: playbackState};
"""

# Seconds of the clock that pass in one second, while six are played.
PACE = """
const audio = document.querySelector('audio');
const clock = () => Number(document.querySelector('.clock .time').dataset.unix);
const turn = () => new Promise(done => {
    const before = clock();
    const timer = setInterval(() => {
        if (clock() == before) return;
        clearInterval(timer);
        done([clock(), performance.now() / 1000]);
    }, 10);
});
const [begin, began] = await turn();
while (clock() < begin + 8) await turn();
const [end, ended] = await turn();
return (end - begin) / (ended - began);
"""


@pytest.fixture
def paused(rewound, page):
    """The page at a moment that is over, as its link opens it. Answers the moment."""
    moment = rewound.begin + MOMENT
    page.load(rewound.port, rewound.address(moment))
    wait_for(lambda: page.clock() == moment, 30, "the page is there")
    page.show_span("10 min")
    return moment


def wait_clock(page, wanted, within=6):
    """A player that plays is a little further when it is looked at."""
    wait_for(lambda: 0 <= page.clock() - wanted <= within, 30, f"the clock shows {wanted}")


def play(page):
    page.click(".transport button", "Play")
    return page.wait_playing()


def test_the_head_is_dragged_to_what_is_heard_next(paused, page):
    play(page)
    target = paused + 120
    begin, end = page.share_of(page.clock()), page.share_of(target)
    page.mouse("mousePressed", *page.on_tape(begin))
    for step in (0.2, 0.6, 1):
        x, y = page.on_tape(begin + step * (end - begin))
        page.command("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)
    wait_for(lambda: abs(page.clock() - target) <= 2, 10, "the clock follows the hand")
    page.picture("scrub")
    page.mouse("mouseReleased", *page.on_tape(end))
    wait_clock(page, target - 2)
    page.wait_playing()
    said, shown = wait_for(page.hear_clock, 40, "the clock is heard")
    assert abs(said - shown) < 3
    assert -2 < said - target < 40


def test_who_pauses_can_wind(paused, page):
    page.click(".transport button", "Forward 15 seconds")
    page.click(".transport button", "Forward 15 seconds")
    page.click(".transport button", "Back 15 seconds")
    wait_for(lambda: page.clock() == paused + WIND, 10, "fifteen seconds further")
    assert page.sound()["state"] == "paused"
    page.click_tape(page.share_of(paused + 60))
    wait_for(lambda: abs(page.clock() - paused - 60) <= 1, 10, "a minute further")
    assert page.sound()["paused"]
    play(page)
    wait_clock(page, paused + 59, 15)
    page.size(PHONE, phone=True)
    page.picture("playing-phone")
    page.size(DESK)


def test_live_radio_waits_and_is_caught_up_with(rewound, page):
    page.load(rewound.port)
    page.click(".card .round", "Listen to Speaking Clock live")
    page.wait_playing()
    assert time.time() - page.clock() < 20
    page.click(".transport button", "Pause")
    kept = page.clock()
    wait_for(lambda: rewound.aircheck.heartbeat("clock")["last-recorded"] > time.time() - 3
             and time.time() > kept + KEPT + 5, 40, "the radio goes on without the listener")
    assert page.clock() == kept
    page.picture("paused")
    play(page)
    said, shown = wait_for(page.hear_clock, 40, "the clock is heard")
    assert abs(said - shown) < 3
    assert 0 < said - kept < 40 and time.time() - said > 5
    page.click(".transport button", "Back to live")
    wait_for(lambda: page.text(".transport .ago") == "live", 30, "it is live again")
    assert time.time() - page.clock() < 20


def test_twice_as_fast(paused, page):
    page.run("""
        const speed = document.querySelector('.speed select');
        speed.value = '2';
        speed.dispatchEvent(new Event('change', {bubbles: true}));
    """)
    source = play(page)["source"]
    assert "/clock/slices/" in source
    assert page.run("return document.querySelector('audio').playbackRate") == 2
    pace = wait_for(lambda: (found := page.run(PACE)) > 1.6 and found, 60, "it is twice as fast")
    print(f"{pace:.2f} s of sound in a second")
    assert pace < 2.4


def test_all_is_done_by_keys(paused, page):
    def after(key, keys=0):
        page.press(key, keys)
        return page.clock()

    page.run("document.activeElement.blur()")
    assert after("ArrowRight") == paused + 15
    assert after("ArrowRight", SHIFT) == paused + 75
    assert after("ArrowLeft", SHIFT) == paused + 15
    assert after("j") == paused
    page.press(" ")
    page.wait_playing()
    page.press("k")
    page.wait("return document.querySelector('audio').paused", "it pauses")
    page.press("m")
    assert page.run("return document.querySelector('audio').muted")
    page.press("m")

    begin, end = page.shown()
    page.press("+")
    wait_for(lambda: page.shown()[1] - page.shown()[0] < 0.6 * (end - begin), 10, "closer")
    page.press("-")
    wait_for(lambda: page.shown()[1] - page.shown()[0] > 0.9 * (end - begin), 10, "farther")

    page.press("[")
    page.press("ArrowRight", SHIFT)
    page.press("]")
    page.wait("return document.querySelector('.marked h2')?.innerText.includes('1 min')", "a mark")
    page.press("Escape")
    page.wait("return document.querySelector('.marked') == null", "no mark")

    page.press("/")
    assert page.run("return document.activeElement.id") == "search"
    page.press("Escape")
    page.press("?")
    page.wait("return document.querySelector('dialog.keys').open", "the keys are told")
    page.picture("keys")
    page.click("dialog.keys button", "Close")
    page.wait("return document.querySelector('dialog[open]') == null", "that is closed")
    page.press("l")
    wait_for(lambda: time.time() - page.clock() < 20, 30, "it is live")


def test_the_tape_is_a_slider_to_those_who_do_not_see_it(paused, page):
    page.run("document.querySelector('canvas.tape').focus()")
    page.press("ArrowLeft")
    wait_for(lambda: page.clock() == paused - 15, 10, "fifteen seconds back")
    tape = page.run("""
        const {ariaLabel, ariaValueNow, ariaValueText} = document.querySelector('canvas.tape');
        return {ariaLabel, ariaValueNow, ariaValueText};
    """)
    assert tape["ariaLabel"] == "Tape of Speaking Clock"
    assert int(tape["ariaValueNow"]) == paused - 15
    assert "Recorded" in tape["ariaValueText"]
    begin, _ = page.shown()
    page.press("PageUp")
    wait_for(lambda: page.shown()[0] < begin - 200, 10, "half a window back")
    page.press("End")
    wait_for(lambda: page.shown()[1] > time.time(), 10, "the present")


def test_media_keys_and_the_lock_screen(rewound, page):
    moment = rewound.begin + MOMENT
    spy = page.command("Page.addScriptToEvaluateOnNewDocument", source=SPY)["identifier"]
    try:
        page.load(rewound.port, rewound.address(moment))
        play(page)
        told = page.wait("const told = await (async () => {" + METADATA + "})();"
                         "return told.state == 'playing' && told.title && told", "it is told of")
        assert told["artist"] == told["title"] == "Speaking Clock"  # no title was announced then
        assert told["album"]
        icon = told["icon"].partition(f":{rewound.port}")[2]
        assert rewound.aircheck.get(icon).headers["Content-Type"] == "image/png"

        page.run("handlers.pause()")
        page.wait("return document.querySelector('audio').paused", "it pauses")
        assert page.run(METADATA)["state"] == "paused"
        before = page.clock()
        page.run("handlers.seekforward({})")
        assert page.clock() == before + 15
        page.run("handlers.seekbackward({})")
        assert page.clock() == before
        page.run("handlers.play()")
        page.wait_playing()
        assert page.run(METADATA)["state"] == "playing"
        page.run("handlers.nexttrack()")
        wait_for(lambda: time.time() - page.clock() < 20, 30, "it is live")
        wait_for(lambda: page.run(METADATA)["album"] == "Live", 30, "it says so")
    finally:
        page.command("Page.removeScriptToEvaluateOnNewDocument", identifier=spy)


def test_the_volume_is_kept(rewound, page):
    page.load(rewound.port)
    volume = "return document.querySelector('audio').volume"
    assert page.run(volume) == 1
    left, top, width, height = page.run("""
        const box = document.querySelector('.volume input').getBoundingClientRect();
        return [box.left, box.top, box.width, box.height];
    """)
    page.mouse("mousePressed", left + 0.3 * width, top + height / 2)
    page.mouse("mouseReleased", left + 0.3 * width, top + height / 2)
    chosen = page.run(volume)
    assert 0.2 < chosen < 0.4
    page.load(rewound.port)
    assert page.run(volume) == chosen
    page.run("localStorage.clear()")


def test_it_outlives_a_server_that_is_killed(radio, aircheck, page):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}).start()
    instance.wait_recording("clock")
    page.load(instance.port)
    page.click(".card .round", "Listen to clock live")
    page.wait_playing(1)
    for pid in instance.processes():
        os.kill(pid, signal.SIGKILL)
    instance.process.wait()
    killed = time.time()
    page.wait("return document.querySelector('.link').innerText.includes('Reconnecting')",
              "it says that the server is gone")
    assert page.run("return document.querySelector('.cards.stale') != null")
    page.picture("server-gone")
    wait_for(lambda: time.time() > killed + MISSING, 30, "more is missing than Icecast sends again")
    instance.start()
    page.wait("return document.querySelector('.link').innerText.includes('Live')",
              "it has found the server again", timeout=60)
    line = "return document.querySelector('.card polyline')?.getAttribute('points')"
    first = page.wait(line, "a line of the byte rate")
    wait_for(lambda: page.run(line) != first, 20, "the line moves")
    wait_for(lambda: page.sound()["state"] == "playing", 60, "it plays again, by itself")
    said, shown = wait_for(page.hear_clock, 60, "the clock is heard")
    assert abs(said - shown) < 3

    # Why there was nothing meanwhile.
    page.run("document.querySelector('details.list').open = true")
    gap = ("return [...document.querySelectorAll('.lists li')]"
           ".find(each => each.innerText.endsWith('crash')) != null")
    page.wait(gap, "the gap is listed with its cause", timeout=60)
    page.picture("server-back")


def test_who_listens_too_early_hears_the_first_sound(page, radio, aircheck):
    relay = Relay(radio.port)
    try:
        relay.refuse()
        instance = aircheck({"clock": {"stream": relay.url(radio.url("mp3"))}}).start()
        page.load(instance.port)
        page.click(".card .round", "Listen to clock live")
        wait_for(lambda: "Nothing is recorded yet" in page.text(".transport"), 20, "it is told")
        assert page.sound()["state"] == "loading"
        relay.accept()
        page.wait_playing()
        assert "Nothing" not in page.text(".transport")
    finally:
        relay.close()
