# SPDX-License-Identifier: MIT
"""The page for those who have no JavaScript, who like it dark, or who come with something evil."""

import re

import pytest
import radio_station
from harness import sound
from harness.page import DESK, PHONE
from harness.wait import wait_for

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
    "media-src": "'self'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
}
LIVE_BYTES = 100_000


@pytest.fixture
def scripts_off(page):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    yield
    page.command("Emulation.setScriptExecutionDisabled", value=False)


def source_of(page):
    root = page.command("DOM.getDocument", depth=0)["root"]
    return page.command("DOM.getOuterHTML", nodeId=root["nodeId"])["outerHTML"]


def centre_of(page, selector):
    root = page.command("DOM.getDocument", depth=0)["root"]
    node = page.command("DOM.querySelector", nodeId=root["nodeId"], selector=selector)["nodeId"]
    page.command("DOM.scrollIntoViewIfNeeded", nodeId=node)
    corners = page.command("DOM.getBoxModel", nodeId=node)["model"]["content"]
    return corners[0], (corners[1] + corners[5]) / 2


def test_without_scripts_it_is_a_list_with_players(rewound, page, scripts_off, tmp_path):
    page.open(f"http://127.0.0.1:{rewound.port}/")
    html = wait_for(lambda: "<audio" in (found := source_of(page)) and found, 30, "the plain list")
    assert "Speaking Clock" in html and "recording" in html
    assert "<script" not in html
    live, *_ = re.findall(r'<audio[^>]* src="([^"]+)"', html)
    file = tmp_path / "live.mp3"
    with open(file, "wb") as heard:
        curl = radio_station.start(["curl", "-sSN", live], stdout=heard)
    wait_for(lambda: file.stat().st_size >= LIVE_BYTES, 20, "its first player's source is sound")
    radio_station.stop(curl)
    assert len(sound.of_broadcast(file.read_bytes(), "mp3")) > 200
    page.picture("plain")

    # The player has its own button, at its left.
    x, y = centre_of(page, "audio")
    page.mouse("mousePressed", x + 25, y)
    page.mouse("mouseReleased", x + 25, y)
    page.command("Emulation.setScriptExecutionDisabled", value=False)  # only to look at it
    page.wait("const {paused, currentTime} = document.querySelector('audio');"
              "return !paused && currentTime > 1", "it plays")
    page.size(PHONE, phone=True)
    page.picture("plain-phone")
    assert page.run("return document.documentElement.scrollWidth") <= PHONE[0]
    page.size(DESK)


@pytest.mark.parametrize("path", ["/", "/?plain"])
def test_a_strict_policy(rewound, path):
    answer = rewound.aircheck.get(path, Accept="text/html", User_Agent="Mozilla/5.0")
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = dict(each.strip().split(" ", 1)
                  for each in answer.headers["Content-Security-Policy"].split(";"))
    for name, allowed in POLICY.items():
        assert policy[name].split()[0] == allowed, name
    assert "unsafe" not in str(policy) and "*" not in str(policy)


def test_foreign_scripts_do_not_run(rewound, page):
    page.load(rewound.port)
    assert page.run("""
        const broken = new Promise(done =>
            addEventListener('securitypolicyviolation', ({violatedDirective}) =>
                done(violatedDirective), {once: true}));
        const script = document.createElement('script');
        script.textContent = 'window.evil = true';
        document.body.append(script);
        return [window.evil ?? false, await broken];
    """) == [False, "script-src-elem"]


def test_it_is_dark_for_those_who_like_it_dark(rewound, page):
    for scheme, brightest in (("light", True), ("dark", False)):
        page.command("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": scheme}])
        page.load(rewound.port)
        assert page.run("return document.documentElement.dataset.theme") == scheme
        back = page.run("return getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", back)[:3])) > 600) == brightest
    # A choice is kept, whatever the system likes.
    page.click(".tools button", "Light")
    page.load(rewound.port)
    assert page.run("return document.documentElement.dataset.theme") == "light"
    page.run("localStorage.clear()")
    page.command("Emulation.setEmulatedMedia", features=[])
