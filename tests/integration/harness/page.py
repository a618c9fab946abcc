# SPDX-License-Identifier: MIT
"""The page in a browser, as somebody in front of it sees and uses it."""

import array
import base64
import pathlib

import clock_code
from harness.aircheck import BUILD
from harness.browser import Browser
from harness.wait import wait_for

SCREENSHOTS = BUILD / "screenshots"
AXE = pathlib.Path(__file__).parents[3] / "webapi/page/node_modules/axe-core/axe.min.js"
DESK = (1366, 900)
PHONE = (390, 844)
SHIFT = 8
SPANS = {"2 weeks": 1209600, "Week": 604800, "Day": 86400, "6 h": 21600, "1 h": 3600,
         "10 min": 600, "1 min": 60, "10 s": 10}  # seconds

# What comes out of the page's audio element, and what its clock shows at the end of that.
HEAR = """
const [rate, seconds] = given;
const audio = document.querySelector('audio');
if (!window.ear) {
    const context = new AudioContext({sampleRate: rate});
    window.ear = context.createScriptProcessor(4096, 1, 1);
    context.createMediaElementSource(audio).connect(ear);
    ear.connect(context.destination);
    await context.resume();
}
const samples = [];
return await new Promise(done => ear.onaudioprocess = ({inputBuffer}) => {
    const heard = inputBuffer.getChannelData(0);
    if (samples.length || heard.some(sample => sample != 0))
        for (const sample of heard) samples.push(Math.round(sample * 32767));
    if (samples.length < rate * seconds) return;
    ear.onaudioprocess = null;
    done({samples, clock: Number(document.querySelector('.clock .time').dataset.unix)});
});
"""


class Page(Browser):
    def __init__(self, *options):
        super().__init__(*options)
        self.size(DESK)

    def command(self, name, **parameters):
        """Of the DevTools protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def size(self, size, phone=False):
        self.command("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                     deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.command("Emulation.setTouchEmulationEnabled", enabled=phone)

    def load(self, port, path=""):
        self.open("about:blank")  # else another fragment alone would load nothing anew
        self.open(f"http://127.0.0.1:{port}/{path}")
        self.wait("return document.querySelector('.card') != null", "the stations are shown")

    def wait(self, script, what, *arguments, timeout=30):
        return wait_for(lambda: self.run(script, *arguments), timeout, what)

    def text(self, selector):
        return self.run("return document.querySelector(given[0])?.innerText ?? ''", selector)

    def click(self, selector, text=""):
        """The first of these elements that has that text, or is called so, once it rests and
        nothing covers it."""
        def resting():
            return self.run("""
                const [selector, text] = given;
                const found = [...document.querySelectorAll(selector)].find(each =>
                    each.textContent.includes(text) || each.getAttribute('aria-label') == text);
                found?.scrollIntoView({block: 'center', behavior: 'instant'});
                const middle = () => {
                    const box = found.getBoundingClientRect();
                    return [box.left + box.width / 2, box.top + box.height / 2];
                };
                const frame = () => new Promise(done => requestAnimationFrame(done));
                if (!found) return null;
                const before = middle();
                await frame();
                await frame();
                const after = middle();
                const hit = found.contains(document.elementFromPoint(...after));
                return hit && String(before) == String(after) && after;
            """, selector, text)
        found = wait_for(resting, 30, f"{selector} with {text!r} can be clicked")
        self.mouse("mousePressed", *found)
        self.mouse("mouseReleased", *found)

    def mouse(self, what, x, y, keys=0):
        self.command("Input.dispatchMouseEvent", type=what, x=x, y=y, button="left",
                     clickCount=1, modifiers=keys)

    def on_tape(self, share):
        """A point of the tape, that far from its left edge."""
        left, top, width, height = self.run("""
            scrollTo(0, 0);
            const box = document.querySelector('canvas.tape').getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];
        """)
        return left + share * width, top + 0.55 * height

    def click_tape(self, share):
        point = self.on_tape(share)
        self.mouse("mousePressed", *point)
        self.mouse("mouseReleased", *point)

    def drag_tape(self, begin, end, keys=0):
        self.mouse("mousePressed", *self.on_tape(begin), keys)
        for step in range(1, 6):
            point = self.on_tape(begin + (end - begin) * step / 5)
            self.command("Input.dispatchMouseEvent", type="mouseMoved", x=point[0], y=point[1],
                         button="left", buttons=1, modifiers=keys)
        self.mouse("mouseReleased", *self.on_tape(end), keys)

    def type(self, selector, text):
        self.run("document.querySelector(given[0]).focus()", selector)
        self.command("Input.insertText", text=text)

    def press(self, key, keys=0):
        for what in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=what, key=key, code=key, modifiers=keys)

    def shown(self):
        """The ends of what the tape shows, in Unix seconds."""
        return self.run("""
            const tape = document.querySelector('canvas.tape');
            return [Number(tape.ariaValueMin), Number(tape.ariaValueMax)];
        """)

    def show_span(self, text):
        self.click(".spans .span", text)

        def shows_it():
            begin, end = self.shown()
            return abs((end - begin) / SPANS[text] - 1) < 0.15

        wait_for(shows_it, 30, f"the tape shows {text}")

    def share_of(self, t):
        """Where that time is on the tape."""
        begin, end = self.shown()
        return (t - begin) / (end - begin)

    def clock(self):
        """What its clock shows, in Unix seconds."""
        return self.run("return Number(document.querySelector('.clock .time').dataset.unix)")

    def sound(self):
        return self.run("""
            const audio = document.querySelector('audio');
            return {source: audio.currentSrc, time: audio.currentTime, paused: audio.paused,
                    state: document.querySelector('.transport').dataset.state};
        """)

    def wait_playing(self, beyond=0.2):
        def plays():
            nonlocal sound
            sound = self.sound()
            return sound["state"] == "playing" and sound["time"] > beyond and sound
        sound = None
        try:
            return wait_for(plays, 30, "it plays")
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.text('.transport')!r}, {sound}") from None

    def hear(self, rate, seconds):
        """So much of it as `samples`, at so many Hz, and what the `clock` showed at its end."""
        return self.run(HEAR, rate, seconds)

    def hear_clock(self):
        """The time that the coded clock says, and the one that is shown then; None if the machine is
        too busy to play two seconds without a break."""
        heard = self.hear(clock_code.DECODE_RATE, 2.5)
        codes = clock_code.decode(array.array("h", heard["samples"]))
        if not codes:
            return None
        at, second = codes[-1]
        return second + (len(heard["samples"]) - at) / clock_code.DECODE_RATE, heard["clock"]

    def picture(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        data = self._ask("GET", "/screenshot")
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(data))

    def barriers(self):
        """What axe finds that keeps people out, as sentences."""
        self.run("if (!window.axe) (0, eval)(given[0])", AXE.read_text())
        return self.run("""
            const {violations} = await axe.run(document, {resultTypes: ['violations'], runOnly:
                {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}});
            return violations.filter(({impact}) => impact == 'serious' || impact == 'critical')
                .map(({id, nodes}) => `${id}: ` + nodes.map(({html, failureSummary}) =>
                    html.slice(0, 160) + ' ' + failureSummary).join('; '));
        """)
