# SPDX-License-Identifier: MIT
"""Mistakes in a configuration file: all at once, each with its line."""

import subprocess

import pytest
from harness.aircheck import AIRCHECKD, environment, run_tool

# Each line that is wrong says so; the words must be in its message.
TEN_MISTAKES = """\
storage: /tmp/aircheck-never-made
listen: 127.0.0.1:70000                     # wrong: 127.0.0.1:5000
loglevel: loud                              # wrong: debug, info, warn or error
cascade_tme: 15m                            # wrong: cascade_time
cycle_time: 7                               # wrong: duration
min_free: lots                              # wrong: size
downloaders: 0                              # wrong: from 1
public_url: radio                           # wrong: URL
stations:
  kpcc:
    stream: ftp//stream.example.org/kpcc    # wrong: URL
    timezone: America/Los_Angles            # wrong: time zone
  KQED!:                                    # wrong: callsign
    stream: http://stream.example.org/kqed
  kcrw:                                     # wrong: stream
    name: KCRW
"""


def mistakes():
    return {number: line.split("# wrong: ")[1]
            for number, line in enumerate(TEN_MISTAKES.splitlines(), 1) if "# wrong" in line}


def problems(text, file):
    """Line number: message, of what was printed about this file."""
    found = {}
    for line in text.splitlines():
        if line.startswith(f"{file}:"):
            number, _, message = line[len(str(file)) + 1 :].partition(":")
            found[int(number)] = message
    return found


@pytest.fixture
def wrong(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(TEN_MISTAKES)
    return file


def test_ten_mistakes_are_reported_at_once_with_their_lines(wrong):
    done = run_tool("check-config", wrong)
    assert done.returncode == 1
    found = problems(done.stdout + done.stderr, wrong)
    assert sorted(found) == sorted(mistakes())
    for number, words in mistakes().items():
        assert words.lower() in found[number].lower(), f"line {number}: {found[number]}"


def test_aircheckd_refuses_it_with_the_same_words(wrong, tmp_path):
    said = run_tool("check-config", wrong)
    done = subprocess.run(
        [AIRCHECKD, "--config", wrong], capture_output=True, text=True, timeout=20,
        env=environment(tmp_path))
    assert done.returncode == 1
    assert problems(done.stderr, wrong) == problems(said.stdout + said.stderr, wrong)


@pytest.mark.parametrize("text", ["", "[", "- a\n- b\n", "\0\1\2", "a: &x\n  b: *x\n", "{" * 5000])
def test_what_is_no_configuration_at_all(text, tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    done = run_tool("check-config", file)
    assert done.returncode == 1
    assert str(file) in done.stdout + done.stderr


def test_a_file_that_is_not_there(tmp_path):
    done = run_tool("check-config", tmp_path / "none.yaml")
    assert done.returncode == 1
    assert "none.yaml" in done.stdout + done.stderr
