"""Dates as Taiwanese and English documents write them, in Republic of China (ROC) and western years."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

_FIRST_ROC_YEAR, _LAST_ROC_YEAR = 1, 200
_FIRST_WESTERN_YEAR, _LAST_WESTERN_YEAR = 1900, 2100
_LONGEST_ALONE = 80  # a date with weekday and time
_BEFORE_ROC = 1911  # the first ROC year is 1912
_FIRST_BARE_YEAR = 10  # without 民國 before it, 三年 is a span of time
_FIRST_BARE_FIGURE_YEAR = 50  # in running text 11.2.3 is the number of a section

# One character for one, so that places in the plain text are places in the text as written.
_PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(written): plain
    for plain, variants in {" ": "\u3000\xa0", "〇": "○◯零", "-": "‐‑‒–—−", "號": "号", "國": "国"}.items()
    for written in variants
}
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()

_NUMERAL = "[0-9〇一二三四五六七八九十百廿卅]"
_ERA = r"(?P<era>(?:中\s*華\s*)?民\s*國|[西公]\s*元)\s*"
_MONTH_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WORDED = re.compile(
    rf"(?<!{_NUMERAL})(?<![農陰]曆)(?<!民國前)(?:{_ERA})?(?P<year>{_NUMERAL}{{1,7}}|元)\s*年\s*(?P<month>{_NUMERAL}{{1,3}})\s*月"
    rf"\s*(?P<day>{_NUMERAL}{{1,3}})\s*[日號]"
)
_SEPARATED = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_ERA})?(?P<year>[0-9]{{2,4}})(?:\s?(?P<mark>[-/.])\s?)(?P<month>[0-9]{{1,2}})"
    r"\s?(?P=mark)\s?(?P<day>[0-9]{1,2})(?![0-9])(?!(?P=mark)[0-9A-Za-z])(?![A-SU-Za-z])"
)
_COMPACT = re.compile(
    rf"(?:{_ERA})?(?P<year>[0-9]{{3,4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?![0-9])", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"(?<![0-9A-Za-z.])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+(?:of\s+)?|-){_MONTH_NAME}(?:,?\s+|,|-)"
    r"(?P<year>[0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![0-9A-Za-z]){_MONTH_NAME}\s*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?P<year>[0-9]{{4}})(?![0-9])",
    re.IGNORECASE,
)
_RUNNING = (_WORDED, _SEPARATED, _DAY_FIRST, _MONTH_FIRST)
_WEEKDAY_BEFORE = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s*,?\s+", re.IGNORECASE)
_AFTER = re.compile(
    r"[\s,;.。]*(?:[(\[]?\s*(?:(?:星期|週|周|禮拜)?[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?\s*[)\]]?)?"
    r"(?:[T\s,]*(?:[上下中]午|早上|晚上|凌晨|[ap]\.?m\.?|at)?\s*[0-9]{1,2}\s*[:時點].*)?\s*",
    re.IGNORECASE | re.DOTALL,
)


def parse_date(text: str) -> date | None:
    """The one date that a text consists of, a time or weekday after it ignored; None for anything else.

    Years of two or three digits are ROC years (1 to 200), those of four western (1900 to 2100).
    """
    plain = text.translate(_PLAIN).strip()
    if len(plain) > _LONGEST_ALONE:
        return None
    weekday = _WEEKDAY_BEFORE.match(plain)
    start = weekday.end() if weekday else 0
    for pattern in (*_RUNNING, _COMPACT):
        match = pattern.match(plain, start)
        if match and _AFTER.fullmatch(plain, match.end()):
            return _date(match)
    return None


def find_dates(text: str) -> Iterator[tuple[date, int, int]]:
    """Each full date of running text with its place `text[start:end]`, in order; 114年度 or 114年7月 is none."""
    plain = text.translate(_PLAIN)
    found = sorted(
        (match.start(), match.end(), day)
        for pattern in _RUNNING
        for match in pattern.finditer(plain)
        if not _is_number(match, plain) and (day := _date(match))
    )
    last_end = 0
    for start, end, day in found:
        if start >= last_end:
            yield day, start, end
            last_end = end


def only(days: Iterable[date | None]) -> date | None:
    """The one day among candidates; None where there is none, or where they contradict each other."""
    distinct = {day for day in days if day}
    return distinct.pop() if len(distinct) == 1 else None


def _is_number(match: re.Match[str], plain: str) -> bool:
    """Whether figures between marks are the number of a section, an address or a path rather than a date."""
    if match.re is not _SEPARATED or match["era"]:
        return False
    return plain[: match.start()].endswith(match["mark"]) or int(match["year"]) < _FIRST_BARE_FIGURE_YEAR


def _date(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = _MONTHS.index(groups["name"][:3].lower()) + 1 if groups.get("name") else _number(groups["month"])
    year, day = _year(groups["year"], "".join((groups.get("era") or "").split())), _number(groups["day"])
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(numeral: str, era: str) -> int | None:
    """The western year of a written one; `era` is what stands before it: 民國, 西元 or nothing."""
    value = 1 if numeral == "元" else _number(numeral)
    if value is None:
        return None
    if _FIRST_WESTERN_YEAR <= value <= _LAST_WESTERN_YEAR and not era.endswith("民國"):
        return value
    first = _FIRST_ROC_YEAR if era.endswith("民國") else _FIRST_BARE_YEAR
    return value + _BEFORE_ROC if first <= value <= _LAST_ROC_YEAR and era in {"", "民國", "中華民國"} else None


def _number(numeral: str) -> int | None:
    """The value below 10,000 of Arabic digits or a Chinese numeral (一百十四, 一一四, 廿三); None for a mixture."""
    if numeral.isdecimal():
        return int(numeral)
    if all(character in _DIGITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "百":
            total, digit = (digit or 1) * 100, 0
        elif character in _TENS:
            total, digit = total + (digit or 1) * _TENS[character], 0
        else:
            return None
    return total + digit
