"""Words for days: dates in both calendars, weekdays, weeks, months, holidays, and days from today."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.moments.words import DAYS, HOLIDAYS, alternatives
from assistant.numerals import numeral_value

_BEFORE_ROC = 1911
_LONG_AGO = 180  # days; a date without a year that is further back is meant next year
_NUMBER = r"(?:\d{1,2}|[〇零一二三四五六七八九十]{1,3})"
_WEEKDAYS = {name: place for place, name in enumerate("一二三四五六日")} | {"天": 6}
_STEPS = {"下下": 2, "下": 1, "這": 0, "本": 0, "上": -1, "": None}
_ENGLISH_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ENGLISH_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon\b|tues?\b|wed\b|thurs?\b|fri\b|sat\b|sun\b"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<name>january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept?|october"
    r"|oct|november|nov|december|dec)\b\.?"
)
_WEEK = r"(?P<step>下下|下|這|本|上)?\s*個?(?:週|周|星期|禮拜|拜)"


@dataclass(frozen=True, slots=True)
class DayNamed:
    """The days from `first` to `last`."""

    first: date
    last: date


Read = Callable[[re.Match[str], date], DayNamed | None]


def find_days(text: str, today: date) -> Iterator[tuple[int, int, DayNamed]]:
    """Days with their places in a folded text; overlapping ones are all given."""
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            named = read(match, today)
            if named:
                yield match.start(), match.end(), named


def _one(day: date) -> DayNamed:
    return DayNamed(day, day)


def _dated(match: re.Match[str], today: date) -> DayNamed | None:
    parts = match.groupdict()
    month = _month(parts)
    day = numeral_value(parts["day"])
    if month is None or day is None:
        return None
    year = parts.get("year")
    try:
        if year:
            return _one(date(_year(int(year)), month, int(day)))
        here = date(today.year, month, int(day))
    except ValueError:
        return None
    if (today - here).days > _LONG_AGO and not (month == 2 and day == 29):
        here = here.replace(year=today.year + 1)
    return _one(here)


def _month(parts: dict[str, str | None]) -> int | None:
    name, figure = parts.get("name"), parts.get("month")
    if name:
        return _MONTHS.index(name[:3]) + 1
    value = numeral_value(figure) if figure else None
    return int(value) if value is not None else None


def _year(year: int) -> int:
    return year + _BEFORE_ROC if year < 1000 else year


def _weekday(match: re.Match[str], today: date) -> DayNamed:
    day, step = _WEEKDAYS[match["day"]], _STEPS[match["step"] or ""]
    return _one(_in_week(today, day, step))


def _in_week(today: date, day: int, step: int | None) -> date:
    """A day of the week that is so many weeks from this one; without a step the next such day, or today."""
    monday = today - timedelta(days=today.weekday())
    if step is None:
        return today + timedelta(days=(day - today.weekday()) % 7)
    return monday + timedelta(days=7 * step + day)


def _weekend(match: re.Match[str], today: date) -> DayNamed:
    step = _STEPS.get(match["step"] or "")
    saturday = _in_week(today, 5, 0 if step is None else step)
    return DayNamed(saturday, saturday + timedelta(days=1))


def _week(match: re.Match[str], today: date) -> DayNamed | None:
    step = _STEPS[match["step"] or ""]
    if step is None:
        return None
    monday = _in_week(today, 0, step)
    return DayNamed(monday, monday + timedelta(days=6))


def _whole_month(match: re.Match[str], today: date) -> DayNamed:
    year, month = divmod(today.year * 12 + today.month - 1 + (1 if match["step"] in ("下", "next") else 0), 12)
    first = date(year, month + 1, 1)
    return DayNamed(first, first.replace(day=calendar.monthrange(year, month + 1)[1]))


def _day_of_month(match: re.Match[str], today: date) -> DayNamed | None:
    whole, day = _whole_month(match, today), numeral_value(match["day"])
    if day is None or not 1 <= day <= whole.last.day:
        return None
    return _one(whole.first.replace(day=int(day)))


def _named_month(match: re.Match[str], today: date) -> DayNamed | None:
    """A month by its name: this year's, unless it is long past."""
    month = _month(match.groupdict())
    if month is None or not 1 <= month <= 12:
        return None
    year = today.year + (1 if (today - date(today.year, month, 1)).days > _LONG_AGO else 0)
    return DayNamed(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _english_weekday(match: re.Match[str], today: date) -> DayNamed:
    day = next(place for place, name in enumerate(_ENGLISH_DAYS) if name.startswith(match["day"][:3]))
    if match["step"] == "next":
        return _one(_in_week(today, day, 1))
    return _one(_in_week(today, day, None))


def _english_week(match: re.Match[str], today: date) -> DayNamed:
    step = 1 if match["step"] == "next" else 0
    if match["what"] == "weekend":
        saturday = _in_week(today, 5, step)
        return DayNamed(saturday, saturday + timedelta(days=1))
    monday = _in_week(today, 0, step)
    return DayNamed(monday, monday + timedelta(days=6))


def _from_today(match: re.Match[str], today: date) -> DayNamed:
    return _one(today + timedelta(days=DAYS[match[0]]))


def _short_day(match: re.Match[str], today: date) -> DayNamed:
    return _one(today + timedelta(days={"今": 0, "明": 1, "昨": -1}[match[0]]))


def _holiday(match: re.Match[str], today: date) -> DayNamed:
    month, day = HOLIDAYS[match[0]]
    here = date(today.year, month, day)
    return _one(here if here >= today else here.replace(year=today.year + 1))


_YEAR_MONTH_DAY = rf"(?:民國)?\s*(?P<year>\d{{2,4}})\s*年\s*(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*[日號]?"
_READERS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (re.compile(_YEAR_MONTH_DAY), _dated),
    (re.compile(r"(?<![\d/-])(?P<year>\d{3,4})[/-](?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?![\d/-])"), _dated),
    (re.compile(rf"(?<!\d)(?P<month>{_NUMBER})\s*月\s*(?P<day>{_NUMBER})\s*[日號]?"), _dated),
    (re.compile(r"(?<![\d/.])(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/.])"), _dated),
    (re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?"), _dated),
    (re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?"), _dated),
    (re.compile(rf"{_WEEK}(?P<day>[一二三四五六日天])"), _weekday),
    (re.compile(r"(?P<step>下下|下|這|本)?\s*個?[週周]末"), _weekend),
    (re.compile(rf"{_WEEK}(?![一二三四五六日天末])"), _week),
    (re.compile(rf"(?P<step>下|這|本)個?月\s*(?P<day>{_NUMBER})\s*[日號]"), _day_of_month),
    (re.compile(rf"(?P<step>下|這|本)個?月(?!\s*{_NUMBER}\s*[日號])"), _whole_month),
    (re.compile(rf"(?<![\d年個幾])(?P<month>{_NUMBER})\s*月(?!\s*{_NUMBER}|[\d天])份?"), _named_month),
    (re.compile(rf"\b(?:in|during|for|until|since) {_MONTH}(?!\s+\d)"), _named_month),
    (re.compile(rf"\b(?:(?P<step>this|next|coming|on)\s+)?(?P<day>{_ENGLISH_DAY})"), _english_weekday),
    (re.compile(r"\b(?P<step>this|next|the|coming)\s+(?P<what>week|weekend)\b"), _english_week),
    (re.compile(r"\b(?P<step>this|next)\s+month\b"), _whole_month),
    (re.compile(alternatives(HOLIDAYS)), _holiday),
    (re.compile(alternatives(DAYS)), _from_today),
    (re.compile(r"[今明昨](?=[早晚午夜])"), _short_day),
)
