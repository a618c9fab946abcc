# SPDX-License-Identifier: MIT
"""The speaking clock of moments that are over, as its station would have sent it."""

import datetime
import time

from clock_sound import ANNOUNCE_EVERY, RATE, ClockSound
from harness.aircheck import Aircheck
from harness.encoded import run
from harness.encoders import MP3_128
from harness.frames import SECONDS, split_exactly
from harness.past import Past

AGO = 960  # seconds before now
LENGTH = 540
TAKES = ((0, 320), (300, LENGTH))  # seconds from its beginning: some are recorded twice
DAYS_AGO = (4, 9, 13)


def spoken(begin, seconds):
    """MP3 of the clock from that Unix second on."""
    sound = ClockSound()
    pcm = bytearray()
    for second in range(begin, begin + seconds):
        if second % ANNOUNCE_EVERY == 0:
            sound.prepare(second).result()
        pcm += sound.second(second).tobytes()
    return run(["ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-",
                *MP3_128, "-"], input=bytes(pcm))


class Rewound:
    """Aircheck that has recorded the clock a quarter of an hour ago, in two takes, and noise on some
    days before; then it was not there, and now it records the clock that is on the air."""

    def __init__(self, radio, folder):
        self.aircheck = Aircheck({"clock": {"stream": radio.url("mp3"), "name": "Speaking Clock"}})
        self.begin = int(time.time()) - AGO
        self.end = self.begin + LENGTH
        self.doubled = (self.begin + TAKES[1][0], self.begin + TAKES[0][1])
        self.frames = split_exactly(spoken(self.begin, LENGTH), "mp3")
        past = Past(self.aircheck, folder, 60)
        for first, last in TAKES:
            past.put("clock", self._at(first), self.frames[self._place(first):self._place(last)])
        for days in DAYS_AGO:
            past.record("clock", self._at(-86400 * days), 60)
        past.make_known()

    def _at(self, seconds):
        return datetime.datetime.fromtimestamp(self.begin + seconds, datetime.timezone.utc)

    @staticmethod
    def _place(seconds):
        return round(seconds / SECONDS["mp3"])

    def start(self):
        self.aircheck.start()
        self.aircheck.wait_recording("clock")
        return self

    @staticmethod
    def address(t):
        """What the page's address ends in for that time, as its links do."""
        return f"#clock@{datetime.datetime.fromtimestamp(t, datetime.timezone.utc):%Y%m%dT%H%M%SZ}"

    @property
    def port(self):
        return self.aircheck.port
