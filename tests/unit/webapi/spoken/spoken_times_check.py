# SPDX-License-Identifier: MIT
"""Checks the expected times of spoken_times.txt against a second opinion: the same rules, written
anew on Python's zoneinfo."""

import datetime
import pathlib
import re
import sys
import zoneinfo

UTC = datetime.timezone.utc
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def to_utc(reading, zone):
    """A skipped reading is the instant of the jump, of two the first."""
    there = reading.replace(tzinfo=zone)
    time = there.astimezone(UTC)
    if time.astimezone(zone).replace(tzinfo=None) == reading:
        return time
    before = (reading - there.replace(fold=0).utcoffset()).replace(tzinfo=UTC)
    step = datetime.timedelta(hours=26)  # Apia once skipped a whole day
    low, high = before - step, before
    while high - low > datetime.timedelta(microseconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).replace(tzinfo=None) > reading:
            high = middle
        else:
            low = middle
    return high


def seconds_of(text):
    """"1hr30": a number without a unit counts the next smaller one, at first minutes."""
    total, smaller = 0.0, "m"
    for number, unit in re.findall(r"([\d.]+)([a-z]*)", text):
        unit = unit[:1] or smaller
        total += float(number) * SECONDS[unit]
        smaller = {"w": "d", "d": "h", "h": "m"}.get(unit, "s")
    return total


def clock_of(words):
    """The time of day in the words, taken out of them; None if there is none."""
    text = " ".join(words)
    for pattern in (r"\bnoon\b", r"\bmidnight\b",
                    r"\b(\d\d?)(?::(\d\d))?(?::(\d\d))? ?([ap])m\b",
                    r"\b(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?\b",
                    r"\b(\d\d)(\d\d)(\d\d)?\b"):
        found = re.search(pattern, text)
        if not found:
            continue
        words[:] = (text[:found.start()] + text[found.end():]).split()
        if found[0] in ("noon", "midnight"):
            return datetime.timedelta(hours=12 if found[0] == "noon" else 0)
        hour = int(found[1])
        if len(found.groups()) > 3:
            hour = hour % 12 + (12 if found[4] == "p" else 0)
        return datetime.timedelta(hours=hour, minutes=int(found[2] or 0),
                                  seconds=float(found[3] or 0))
    return None


def latest(day, clock, zone, now, step):
    time = to_utc(datetime.datetime.combine(day, datetime.time()) + clock, zone)
    if time <= now:
        return time
    day -= datetime.timedelta(days=step)
    return to_utc(datetime.datetime.combine(day, datetime.time()) + clock, zone)


def understand(text, zone, now):
    text = text.lower()
    if text.startswith("-"):
        return now - datetime.timedelta(seconds=seconds_of(re.sub(r"[-_+ ]", "", text)))
    if re.fullmatch(r"\d{9,11}", text):
        return datetime.datetime.fromtimestamp(int(text), UTC)
    if re.search(r"[\dm]z$", text):
        zone, text = UTC, text[:-1]
    offset = re.search(r"t[\d:.]+([+-])(\d\d):?(\d\d)?$", text)
    if offset:
        text = text[:offset.start(1)]
        away = datetime.timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        zone = datetime.timezone(away if offset[1] == "+" else -away)
    if re.fullmatch(r"\d{12}|\d{14}", text):
        text = text[:8] + "t" + text[8:]
    date = re.search(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)t?", text)
    if date:
        text = text[:date.start()] + " " + text[date.end():]
    words = [word for word in re.split(r"[-_+ ]+", text) if word and word not in ("at", "on")]
    if words == ["now"]:
        return now
    return by_words(words, date, zone, now)


def by_words(words, date, zone, now):
    here = now.astimezone(zone)
    today = here.date()
    none = datetime.timedelta()
    if "ago" in words:
        at = words.index("ago")
        said = "".join("1" if word in ("a", "an") else word for word in words[:at])
        words = words[at + 1:]
        whole = re.fullmatch(r"(\d+(d|w)[a-z]*)+", said)
        if not whole:
            return now - datetime.timedelta(seconds=seconds_of(said))
        day = today - datetime.timedelta(days=round(seconds_of(said) / 86400))
        clock = clock_of(words)
        if clock is None:
            return to_utc(datetime.datetime.combine(day, here.time()), zone)
        return to_utc(datetime.datetime.combine(day, datetime.time()) + clock, zone)
    clock = clock_of(words)
    if date:
        day = datetime.date(*map(int, date.groups()))
        return to_utc(datetime.datetime.combine(day, datetime.time()) + (clock or none), zone)
    if words in (["today"], ["yesterday"]):
        day = today - datetime.timedelta(days=words == ["yesterday"])
        return to_utc(datetime.datetime.combine(day, datetime.time()) + (clock or none), zone)
    if not words:
        return latest(today, clock, zone, now, 1)
    since = (today.weekday() - DAYS.index(words[-1][:3])) % 7
    if words[0] == "last":
        day = today - datetime.timedelta(days=since or 7)
        return to_utc(datetime.datetime.combine(day, datetime.time()) + (clock or none), zone)
    return latest(today - datetime.timedelta(days=since), clock or none, zone, now, 7)


def show(time):
    text = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{time.microsecond // 1000:03}Z" if time.microsecond else "Z")


def main():
    wrong = checked = 0
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, at, expected, text = line.split("\t")
        if expected.startswith("?"):
            continue
        now = datetime.datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        said = show(understand(text, zoneinfo.ZoneInfo(name), now))
        checked += 1
        if said != expected:
            wrong += 1
            print(f"{text!r} in {name} at {at}: {expected} in the table, {said} here")
    print(f"{checked} times, {wrong} wrong")
    sys.exit(1 if wrong or checked < 200 else 0)


if __name__ == "__main__":
    main()
