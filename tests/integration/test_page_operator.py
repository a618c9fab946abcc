# SPDX-License-Identifier: MIT
"""The page's part for operators: who may do what, and what they are warned of."""

import re

import pytest
from harness.page import DESK, PHONE
from harness.wait import wait_for
from test_machines import beat, free_udp_port

TOKEN = "an operator's token"


@pytest.fixture
def instance(aircheck, radio, tmp_path):
    token = tmp_path / "token"
    token.write_text(TOKEN)
    port = free_udp_port()
    made = aircheck(
        {"clock": {"stream": radio.url("mp3")}}, token_file=str(token), prune_every="1d",
        machines={"listen": f"127.0.0.1:{port}", "check": "0.5s", "timeout": "1s",
                  "expect": ["127.9.9.9/never"]})
    made.machines_port = port
    made.start()
    made.wait_recording("clock")
    return made


@pytest.fixture
def from_elsewhere(page):
    """The page as it comes through a proxy."""
    page.command("Network.enable")
    page.command("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": "203.0.113.5"})
    yield
    page.command("Network.setExtraHTTPHeaders", headers={})


def open_operator(page, instance):
    page.load(instance.port)
    page.click(".tools button", "Operate")
    page.wait("return document.querySelector('.operator table') != null", "the operator's part")


def test_who_comes_from_elsewhere_needs_the_token(instance, page, from_elsewhere):
    open_operator(page, instance)
    page.wait("return document.querySelector('.operator').innerText.includes('It needs the token')",
              "the log is not for everybody")
    page.click(".operator button", "Tidy up now")
    said = page.wait("return document.querySelector('.said.bad')?.innerText", "it is refused")
    assert "token" in said.lower()
    assert page.run("return document.querySelector('.said').getBoundingClientRect().top >= 0")
    page.picture("refused")
    page.type(".token input", TOKEN)
    page.wait("return document.querySelector('.operator .tail')?.innerText.includes('aircheckd')",
              "the log can be read")
    page.click(".operator button", "Tidy up now")
    page.wait("return document.querySelector('.said:not(.bad)')?.innerText", "it is done")
    page.run("sessionStorage.clear()")


def test_machines_that_fall_silent_are_seen(instance, page):
    open_operator(page, instance)
    beat(instance.machines_port, "127.1.2.3")
    rows = "return [...document.querySelectorAll('.machines li')]" \
           ".map(each => each.className + ' ' + each.innerText)"

    def both_are_silent():
        found = "\n".join(page.run(rows))
        return (re.search(r"bad 127\.1\.2\.3 silent last heard \d+ s ago", found)
                and re.search(r"bad 127\.9\.9\.9/never silent never heard", found))

    wait_for(both_are_silent, 20, "two silent machines")
    assert "127.1.2.3 silent" in page.text(".operator .log")
    page.run("document.querySelector('.machines').scrollIntoView({block: 'center'})")
    page.picture("machines")
    page.size(PHONE, phone=True)
    page.picture("operator-phone")
    assert page.run("return document.documentElement.scrollWidth") <= PHONE[0]
    page.size(DESK)
