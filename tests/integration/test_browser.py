# SPDX-License-Identifier: MIT
"""A browser's <audio> plays slices of the long recording, and seeks in them."""

import array
import re

import clock_code
import pytest
from harness.aircheck import slice_path
from harness.browser import Browser
from harness.relay import Relay

SLICE_SECONDS = 60
PLACE = 45  # seconds into it
HEARD_SECONDS = 3
BYTES_PER_SECOND = 96_000  # of the line: when the browser seeks, most is still to come

LOAD = """
const [source] = given;
const audio = document.createElement('audio');
const happens = (name) => new Promise((done, fail) => {
    audio.addEventListener(name, done, {once: true});
    audio.addEventListener('error', () => fail(audio.error.message), {once: true});
});
Object.assign(window, {audio, happens});
audio.preload = 'metadata';
document.body.append(audio);
const known = happens('loadedmetadata');
audio.src = source;
await known;
return audio.duration;
"""

# What comes out of the element, as a loudspeaker would get it, while it plays for some seconds.
HEAR = """
const [rate, place, seconds] = given;
const context = new AudioContext({sampleRate: rate});
const code = `registerProcessor('tap', class extends AudioWorkletProcessor {
    process(inputs) {
        if (inputs[0].length) this.port.postMessage(inputs[0][0]);
        return true;
    }
})`;
await context.audioWorklet.addModule(URL.createObjectURL(
    new Blob([code], {type: 'text/javascript'})));
const tap = new AudioWorkletNode(context, 'tap');
context.createMediaElementSource(audio).connect(tap).connect(context.destination);
const sought = happens('seeked');
audio.currentTime = place;
await sought;
const began = audio.currentTime;
const samples = [];
const enough = new Promise(done => tap.port.onmessage = ({data}) => {
    const silent = samples.length == 0 && data.every(sample => sample == 0);
    if (!silent) for (const sample of data) samples.push(Math.round(sample * 32767));
    if (audio.currentTime >= began + seconds) done();
});
await context.resume();
await audio.play();
await enough;
tap.port.onmessage = null;
const ended = audio.currentTime;
audio.pause();
await context.close();
return {began, ended, samples};
"""


@pytest.fixture(scope="module")
def browser():
    chromium = Browser()
    yield chromium
    chromium.close()


@pytest.fixture
def line(recorded):
    relay = Relay(recorded.aircheck.port, BYTES_PER_SECOND)
    yield relay
    relay.close()


@pytest.mark.parametrize("station", ("clock-cut", "clock-aac-cut"))
def test_an_audio_element_plays_from_where_it_is_sought(recorded, browser, line, station):
    start = recorded.start + 4
    path = slice_path(station, start, SLICE_SECONDS)
    size = int(recorded.aircheck.request("HEAD", path).headers["Content-Length"])
    browser.open(line.url(f"http://127.0.0.1:{recorded.aircheck.port}/help"))

    duration = browser.run(LOAD, path)
    # Of ADTS it is guessed from the first frames.
    tolerance = 0.5 if recorded.CODEC[station] == "mp3" else 1.5
    assert duration == pytest.approx(SLICE_SECONDS, abs=tolerance)

    heard = browser.run(HEAR, clock_code.DECODE_RATE, PLACE, HEARD_SECONDS)
    assert heard["began"] == pytest.approx(PLACE, abs=0.1)
    assert HEARD_SECONDS <= heard["ended"] - heard["began"] < HEARD_SECONDS + 2
    codes = clock_code.decode(array.array("h", heard["samples"]))
    assert len(codes) >= HEARD_SECONDS - 1, "the clock is not heard"
    for at, second in codes:
        assert start + PLACE + at / clock_code.DECODE_RATE == pytest.approx(second, abs=0.6)

    ranges = [int(first) for asked in line.asked if path.encode() in asked
              for first in re.findall(rb"(?im)^Range: bytes=(\d+)-", asked)]
    print(f"{station}: {duration:.3f} s long; asked for bytes from {ranges} of {size}")
    # Chromium knows no other way into ADTS than to read it from the beginning on.
    if recorded.CODEC[station] == "mp3":
        wanted = size * PLACE // SLICE_SECONDS
        assert any(wanted - 80_000 < first < wanted for first in ranges)
