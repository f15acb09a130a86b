"""Since when a law holds, by the history that the national law database keeps of it."""

import re
from calendar import monthrange
from datetime import date, timedelta

from assistant.indexing.articles import chinese_number
from assistant.indexing.dates import find_dates, parse_date
from assistant.indexing.lines import join_lines

_ENTRY = re.compile(r"^(?=\s*\d{1,3}\s*\.)", re.MULTILINE)
_UNDECIDED = 9999  # the year of 99991231: a date that the government has yet to set
_EXCEPTION = re.compile(r"除[^。]{0,200}?外[，,]")
_ENFORCED = re.compile(r"\s*起?\s*(?:施行|生效)")
_AFTER_PROMULGATION = re.compile(r"公[布發]?[布]?\s*後([一二三四五六七八九十]{1,3})\s*(年|個月)\s*施行")
_AMENDED = re.compile(r"修正|增訂|刪除|amend", re.IGNORECASE)
_SOON = timedelta(days=14)
_ABOLISHED = re.compile(r"廢止|(abolish|repeal)", re.IGNORECASE)


def numbered_entries(text: str) -> list[str]:
    """The numbered entries of a history or note, each with its broken lines joined."""
    return [join_lines(entry.split("\n")) for entry in _ENTRY.split(text) if entry.strip()]


def latest_entry(history: str) -> str:
    """The last numbered entry of a history."""
    return next(reversed(numbered_entries(history)), "")


def effective_day(declared: str, history: str, changed: str) -> date | None:
    """The day since which the present text holds; None where most of it held before the last change.

    The declared day where the government has set it for the last change, else what the last entry of the history says:
    the day that it enforces the whole change from, or its promulgation; else the day of the last change. An amendment
    that begins weeks after its promulgation says nothing of the other articles, which would else be hidden until then.
    """
    day, last, entry = law_day(declared), law_day(changed), latest_entry(history)
    if day is None or (last is not None and day < last):
        day = _enforced_day(entry) or last
    partly = _AMENDED.search(entry) is not None
    return None if day and last and partly and day > last + _SOON else day


def abolished_day(history: str, changed: str) -> date | None:
    """The day on which a law was abolished, by the entry that says so, else that of its last change."""
    entry = latest_entry(history)
    match = _ABOLISHED.search(entry)
    days = list(find_dates(entry)) if match else []
    before = [day for day, _, end in days if match and end <= match.start()]
    after = [day for day, start, _ in days if match and start >= match.end()]
    english = match is not None and match[1] is not None
    return next(iter((after + before[-1:]) if english else (before[-1:] + after)), law_day(changed))


def law_day(text: str) -> date | None:
    """A date field of a law; None where it is empty, malformed, or a day that is yet to be set."""
    if text.strip().startswith(str(_UNDECIDED)):
        return None
    return parse_date(text)


def _enforced_day(entry: str) -> date | None:
    days = list(find_dates(entry))
    if not days:
        return None
    promulgated = days[0][0]
    exception = _EXCEPTION.search(entry)
    start = exception.end() if exception else 0
    enforced = [day for day, first, last in days if first >= start and _ENFORCED.match(entry, last)]
    if enforced:
        return enforced[-1]
    after = _AFTER_PROMULGATION.search(entry, start)
    return _later(promulgated, chinese_number(after[1]), after[2]) if after else promulgated


def _later(day: date, count: int, unit: str) -> date:
    months = day.month - 1 + count * (12 if unit == "年" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
