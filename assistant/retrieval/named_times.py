"""Times that a question names, in the calendars and words of Taiwan and in English: each is a span of days."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.numerals import chinese_number
from assistant.text import fold

_BEFORE_ROC = 1911
_BARE_ROC_SPAN = range(-25, 11)  # years from this one; without 民國, 三十年 and 80年 are spans of time
_WESTERN_SPAN = range(-60, 31)  # years from this one that a question may well name; other figures are amounts

_CHINESE_NUMERAL = re.compile(r"[〇零一二三四五六七八九十百]+(?=\s*(?:年|學年|個?月|[日號]))")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAME = (
    r"(?P<name>january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept?|october"
    r"|oct|november|nov|december|dec)\b\.?"
)
_MONTH_AND_DAY = (
    r"(?:\s*的?\s*(?:(?P<month>\d{1,2})(?:\s*月?\s*(?:到|至|~|-)\s*(?P<month_2>\d{1,2}))?\s*月份?(?:\s*(?P<day>\d{1,2})\s*[日號])?"
    r"|(?P<half>[上下])半年))?"
)
_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年度": 0, "明年": 1, "後年": 2, "大後年": 3}
_DAY_WORDS = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "後天": 2}
_STEPS = {"上上": -2, "上": -1, "這": 0, "本": 0, "下": 1, "下下": 2}
_ENGLISH_STEPS = {"last": -1, "this": 0, "next": 1}
_OTHER_YEARS = {"năm ngoái": -1, "năm nay": 0, "năm sau": 1, "năm tới": 1, "tahun lalu": -1, "tahun depan": 1}


@dataclass(frozen=True, slots=True)
class NamedTime:
    """The days from `first` to `last` that `text[start:end]` names; `closed` where it names both ends itself."""

    first: date
    last: date
    start: int
    end: int
    closed: bool = False

    def holds(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last


def plain(question: str) -> str:
    """The folded question, with Arabic digits for the Chinese numerals of years, months and days."""
    return _CHINESE_NUMERAL.sub(lambda match: f"{chinese_number(match[0]) or 0:.0f}", fold(question))


def named_times(text: str, today: date) -> list[NamedTime]:
    """The times that a `plain` text names, in order and without overlaps."""
    found: list[NamedTime] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            span = read(match, today)
            if span and not any(time.start < match.end() and match.start() < time.end for time in found):
                found.append(NamedTime(*span, match.start(), match.end()))
    return sorted(found, key=lambda time: time.start)


_Span = tuple[date, date]
_Reader = Callable[[re.Match[str], date], _Span | None]


def _numbered_year(match: re.Match[str], today: date) -> _Span | None:
    """113年, 民國113年7月1日, 2024年1到7月, 113學年度."""
    year = _year(match["year"], match["era"] or "", today)
    if year is None:
        return None
    if match["school"]:
        return date(year, 8, 1), date(year + 1, 7, 31)
    return _part_of_year(match, year)


def _separated(match: re.Match[str], today: date) -> _Span | None:
    """2024/6/1, 2024-06, 113.7.1."""
    year = _year(match["year"], "民國" if len(match["year"]) == 3 else "西元", today)
    return _days(year, int(match["month"]), int(match["day"] or 0)) if year else None


def _english_date(match: re.Match[str], today: date) -> _Span | None:
    """July 2024, 1 July 2024, July 1st, 2024, last July, March of last year."""
    groups = match.groupdict()
    month = _MONTHS.index(match["name"][:3]) + 1
    if groups.get("step"):
        year = today.year + _ENGLISH_STEPS[match["step"]]
        return _days(year, month)
    if groups.get("nearest"):
        passed = month < today.month
        year = today.year + (0 if passed else -1) if match["nearest"] == "last" else today.year + (1 if passed else 0)
        return _days(year, month)
    year_named = _year(match["year"], "西元", today)
    return _days(year_named, month, int(groups.get("day") or 0)) if year_named else None


def _bare_year(match: re.Match[str], today: date) -> _Span | None:
    """In 2024, since 2025, năm 2024."""
    year = _year(match["year"], "西元", today)
    return _days(year) if year else None


def _relative_year(match: re.Match[str], today: date) -> _Span | None:
    """去年, 前年3月, 明年上半年."""
    return _part_of_year(match, today.year + _YEAR_WORDS[match["word"]])


def _years_ago(match: re.Match[str], today: date) -> _Span | None:
    """三年前, 2 years ago: that calendar year."""
    return _days(today.year - int(match["count"]))


def _relative_month(match: re.Match[str], today: date) -> _Span | None:
    """上個月, 下下個月, last month."""
    step = {**_STEPS, **_ENGLISH_STEPS}[match["step"]]
    months = today.year * 12 + today.month - 1 + step
    return _days(months // 12, months % 12 + 1)


def _relative_week(match: re.Match[str], today: date) -> _Span | None:
    """上週, 下個禮拜, next week."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks={**_STEPS, **_ENGLISH_STEPS}[match["step"]])
    return monday, monday + timedelta(days=6)


def _relative_day(match: re.Match[str], today: date) -> _Span | None:
    """昨天, 明天, yesterday."""
    step = {**_DAY_WORDS, "yesterday": -1, "today": 0, "tomorrow": 1}[match["word"]]
    day = today + timedelta(days=step)
    return day, day


def _english_year(match: re.Match[str], today: date) -> _Span | None:
    """In last year, the year before last, next year, năm ngoái, tahun depan."""
    steps = {**_OTHER_YEARS, "last year": -1, "this year": 0, "next year": 1, "the year before last": -2}
    return _days(today.year + steps[match["word"]])


_YEARS_OF_LIFE = r"(?<![滿逾達共約近過每前後第])(?<!未滿)(?<!至少)(?<!最多)"
_NO_SPAN = r"(?!以[上下內]|[內期份老制生級]|歷史|屋齡|租期|資歷)"
_AMOUNT = (
    r"(?!\s*(?:[-/]?\d|%|[,.]\d|(?:nt|twd|usd|dollars?|points?|people|households?|km|kg|m2?|meters?|metres?|sq)\b))"
)
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (
        re.compile(
            rf"(?<![\d.,/$-]){_YEARS_OF_LIFE}(?P<era>(?:中華)?民國|西元|公元)?\s*(?P<year>\d{{2,4}})\s*"
            rf"(?P<school>學)?年度?{_NO_SPAN}{_MONTH_AND_DAY}"
        ),
        _numbered_year,
    ),
    (
        re.compile(
            r"(?<![\da-z./-])(?:(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?)(?![\d/-])"
        ),
        _separated,
    ),
    (
        re.compile(
            r"(?<![\da-z./-])(?P<year>\d{3,4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?![\d/-])"
        ),
        _separated,
    ),
    (
        re.compile(
            rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH_NAME},?\s+(?:of\s+)?(?P<year>\d{{4}})\b"
        ),
        _english_date,
    ),
    (re.compile(rf"\b{_MONTH_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b"), _english_date),
    (re.compile(rf"\b{_MONTH_NAME}\s+(?:of\s+)?(?P<step>last|this|next)\s+year\b"), _english_date),
    (re.compile(rf"\b(?P<nearest>last|next)\s+{_MONTH_NAME}"), _english_date),
    (
        re.compile(
            r"\b(?:in|of|during|for|since|before|until|till|by|from|to|after|through|year|early|mid|late|between|and|năm"
            rf"|tahun)[\s-](?:the\s+)?(?:year\s+)?(?P<year>(?:19|20)\d\d)\b{_AMOUNT}"
        ),
        _bare_year,
    ),
    (
        re.compile(
            r"\b(?P<year>(?:19|20)\d\d)(?=\s+(?:rule|regulation|version|fare|fee|rate|price|polic|requirement))"
        ),
        _bare_year,
    ),
    (
        re.compile(
            rf"(?P<word>大前年|(?<![目以之學提生日年])前年|(?<!過)去年|今年|本年度|(?<![證說聲表註])明年|大後年"
            rf"|(?<![以之業婚年日])後年)(?![滿齡紀金薪級資費終])度?{_MONTH_AND_DAY}"
        ),
        _relative_year,
    ),
    (
        re.compile(r"(?<![\d.-])(?P<count>\d{1,2})\s*(?:年(?:多|半)?(?:以|之)?前(?![往要應須先提申])|years?\s+ago\b)"),
        _years_ago,
    ),
    (re.compile(r"(?<!以)(?P<step>上上|上|這|下下|下)個月(?!內)"), _relative_month),
    (re.compile(r"\b(?<!the )(?P<step>last|this|next)\s+month\b(?!\s+of)"), _relative_month),
    (re.compile(r"(?<![以線車早晚])(?P<step>上上|上|這|本|下下|下)個?(?:週|周|星期|禮拜)(?!末)"), _relative_week),
    (re.compile(r"\b(?<!the )(?P<step>last|this|next)\s+week\b(?!\s+of)"), _relative_week),
    (re.compile(r"(?P<word>(?<![提以之日])前天|昨[天日]|今[天日]|(?<![證說聲])明[天日]|(?<!先天)後天)"), _relative_day),
    (re.compile(r"\b(?P<word>yesterday|today|tomorrow)\b"), _relative_day),
    (
        re.compile(rf"(?<!\bthe )\b(?P<word>last year|this year|next year|{'|'.join(_OTHER_YEARS)})\b(?!\s+of)"),
        _english_year,
    ),
    (re.compile(r"\b(?P<word>the year before last)\b"), _english_year),
)


def _part_of_year(match: re.Match[str], year: int) -> _Span | None:
    """The year, or the half, month, months or day of it that the match names."""
    if match["half"]:
        return (
            (date(year, 1, 1), date(year, 6, 30)) if match["half"] == "上" else (date(year, 7, 1), date(year, 12, 31))
        )
    if not match["month"]:
        return _days(year)
    span = _days(year, int(match["month"]), int(match["day"] or 0))
    until = _days(year, int(match["month_2"])) if match["month_2"] else span
    return (span[0], until[1]) if span and until else None


def _days(year: int, month: int = 0, day: int = 0) -> _Span | None:
    """The first and last day of a year, of a month, or one day twice; None where there is no such day."""
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        first = date(year, month or 1, 1)
    except ValueError:
        return None
    after = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return first, after - timedelta(days=1)


def _year(digits: str, era: str, today: date) -> int | None:
    """The western year of a written one; None for what is more likely a span of time or an amount."""
    value = int(digits)
    republican = era.endswith("民國")
    if len(digits) == 4 and not republican:
        return value if value - today.year in _WESTERN_SPAN else None
    if era in {"西元", "公元"}:
        return None
    year = value + _BEFORE_ROC
    return year if republican or year - today.year in _BARE_ROC_SPAN else None
