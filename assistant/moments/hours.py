"""Words for parts of a day, clock times, and spans from now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from assistant.moments.words import PARTS, alternatives
from assistant.numerals import numeral_value

_NUMBER = r"(?:\d{1,3}(?:\.5)?|[〇零一二兩三四五六七八九十]+|半)"
_ENGLISH_NUMBERS = {
    word: value
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1, "half": 0.5, "a couple of": 2}
_WORDS = "|".join(sorted((word for word in _ENGLISH_NUMBERS if " " not in word), key=len, reverse=True))
_ENGLISH_NUMBER = rf"(?:\d{{1,3}}|a couple of|{_WORDS})"
_PART = re.compile(  # 一早 is no part of 週一早上
    rf"(?:(?<![週周期拜])|(?!一))(?:{alternatives(PARTS)})|(?<=[今明昨一二三四五六日天])(?P<short>[早晚])(?!點)",
    re.ASCII,
)
_SHORT = {"早": (6, 12), "晚": (18, 24)}
_POINT = (
    r"(?P<hour>\d{1,2}|[〇零一二兩三四五六七八九十]{1,3})(?: ?點(?!點)鐘?|時(?![間段候刻常代速]))"
    r"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>\d{1,2}|[〇零一二三四五六七八九十]{1,3})分?)?"
)
_COLON = r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])\s*(?P<noon>[ap]\.?m\b\.?)?"
_HOUR = "1[0-2]|[2-9]|1|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_ENGLISH = rf"(?<![\w:.])(?P<hour>0|{_HOUR})\s*(?P<noon>[ap]\.?m\b\.?|o'?clock)"
_BARE_AT = r"\bat\s+(?P<hour>1[0-2]|\d)(?![\d:]|\s*(?:[ap]\.?m|o'?clock))\b"
# A bare "at seven" is a time where the sentence ends or another word of time follows: "at two stops" is none.
_WORD_AT = (
    rf"\bat\s+(?P<hour>{_HOUR})\b(?=\s*(?:$|[,.;?!])"
    r"|\s+(?:in the|tonight|today|tomorrow|this|on|sharp|please|for|from|to)\b)"
)
_HALF_PAST = rf"half past\s+(?P<hour>{_HOUR})\b"
_CLOCKS = [re.compile(pattern) for pattern in (_POINT, _COLON, _ENGLISH, _BARE_AT, _WORD_AT, _HALF_PAST)]
_TO = re.compile(r"\s*(?:到|至|~|～|-|–|to|until|and)\s*")
_UNITS = {
    "小時": 60,
    "鐘頭": 60,
    "分鐘": 1,
    "分": 1,
    "天": 1440,
    "hour": 60,
    "hr": 60,
    "minute": 1,
    "min": 1,
    "day": 1440,
}
_CHINESE_WINDOW = re.compile(
    rf"(?P<ahead>未來|接下來|往後|今後)?的?\s*(?P<number>{_NUMBER})\s*個?\s*(?P<more>半)?\s*(?P<unit>小時|鐘頭|分鐘|天)"
    r"(?P<more_after>半)?\s*(?P<after>後|之後|以後)?(?P<within>內|之內|以內)?"
)
_ENGLISH_WINDOW = re.compile(
    rf"\b(?P<lead>in the next|over the next|during the next|for the next|the next|next|within|in|after)\s+"
    rf"(?P<number>{_ENGLISH_NUMBER})\s*(?P<more>and a half\s*)?(?:an\s+)?(?P<unit>hour|hr|minute|min|day)s?\b"
    r"(?P<more_after>\s+and a half)?"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day: hours from `begins` to `ends`."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time in minutes of the day as it is said, or two; `half` is am, pm or not said.

    `exact` where the writing leaves no doubt of the half: 15:30, 07:15.
    """

    begins: int
    ends: int | None = None
    half: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A span from now on; `at_end` where its end is meant: 「兩小時後」."""

    length: timedelta
    at_end: bool


def find_parts(text: str) -> Iterator[tuple[int, int, Hours]]:
    """Parts of the day with their places."""
    for match in _PART.finditer(text):
        hours = _SHORT[match["short"]] if match["short"] else PARTS[match[0]]
        yield match.start(), match.end(), Hours(*hours)


def find_clocks(text: str) -> Iterator[tuple[int, int, Clock]]:
    """Clock times with their places; two that are joined by to or 到 are one span."""
    every = sorted(
        (read for pattern in _CLOCKS for match in pattern.finditer(text) if (read := _clock(match))),
        key=lambda one: one[0],
    )
    place = 0
    while place < len(every):
        start, end, clock = every[place]
        if place + 1 < len(every) and _TO.fullmatch(text[end : every[place + 1][0]]):
            _, end, last = every[place + 1]
            clock = Clock(clock.begins, last.begins, clock.half or last.half, clock.exact and last.exact)
            place += 1
        yield start, end, clock
        place += 1


def find_windows(text: str) -> Iterator[tuple[int, int, Window]]:
    """Spans from now with their places: 「未來三小時」, "in an hour and a half"."""
    for match in _CHINESE_WINDOW.finditer(text):
        if match["ahead"] or match["after"] or match["within"]:
            value = 0.5 if match["number"] == "半" else numeral_value(match["number"])
            if value is not None:
                yield match.start(), match.end(), _window(match, value, bool(match["after"]))
    for match in _ENGLISH_WINDOW.finditer(text):
        word = match["number"]
        value = float(word) if word.isdecimal() else _ENGLISH_NUMBERS[word]
        yield match.start(), match.end(), _window(match, value, match["lead"] in ("in", "after"))


def _window(match: re.Match[str], value: float, at_end: bool) -> Window:
    more = 0.5 if match["more"] or match["more_after"] else 0.0
    return Window(timedelta(minutes=(value + more) * _UNITS[match["unit"]]), at_end)


def _clock(match: re.Match[str]) -> tuple[int, int, Clock] | None:
    parts = match.groupdict()
    hour = _ENGLISH_NUMBERS.get(parts["hour"]) or numeral_value(parts["hour"])
    if hour is None or hour > 24:
        return None
    minute = numeral_value(parts["minute"]) if parts.get("minute") else 0.0
    if parts.get("half") or match[0].startswith("half past"):
        minute = 30.0
    if parts.get("quarter"):
        minute = 15.0 if parts["quarter"] == "一" else 45.0
    if minute is None or minute > 59:
        return None
    noon = (parts.get("noon") or "").replace(".", "")
    half = noon if noon in ("am", "pm") else ""
    exact = ":" in match[0] and (hour >= 13 or parts["hour"].startswith("0") or hour >= 7)
    return match.start(), match.end(), Clock(round(hour) * 60 + round(minute), None, half, exact)
