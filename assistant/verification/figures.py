"""Figures: every number, date, fee, phone, address part and URL of a sentence must occur in what it cites."""

# A figure is a short string: `20`, `y:2025` (year), `m:7` (month), `w:1` (Monday), `h:21` (hour), `tel:07`, `link:...`.
# A sentence makes claims, each a set of figures of which the sources must hold one. Sources are read generously (a year
# supports both calendars, an hour without a half of the day both halves), sentences strictly.

import re
from collections.abc import Callable, Iterable

from assistant.numerals import (
    NUMERAL,
    SCALED,
    ZH_DIGITS,
    canonical,
    chinese_number,
    numeral_value,
    plain_number,
    scaled_number,
)
from assistant.text import fold

__all__ = ["chinese_number", "claimed_figures", "source_figures", "unsupported_figures"]

Claim = frozenset[str]
Reader = Callable[["re.Match[str]"], list[Claim]]

_ROC_OFFSET = 1911
_ROC_YEARS = range(30, 190)  # bare numbers before 年 that may be a year of the Republic; smaller ones are durations
_LINK = re.compile(
    r"(?:https?://|www\.)[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u4e00-\u9fff]*[a-z0-9/=]"
    r"|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?<![a-z0-9.@-])(?:[a-z0-9-]+\.)+(?:gov|com|org|net|edu)(?:\.tw)?(?:/[a-z0-9\-._~/?#=&%]*[a-z0-9/=])?"
)
_AFTERNOON = "下午|傍晚|晚上|晚間|夜間|中午"
_MORNING = "上午|早上|清晨|凌晨"
_HALF_OF_DAY = re.compile(rf"({_MORNING}|{_AFTERNOON})\s*({NUMERAL})(?:\s*[:時點]\s*(\d{{2}})?)")
_ENGLISH_HOUR = re.compile(r"(?<!\d)(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?!\d)")
_BARE_HOUR = re.compile(r"(?<![\d.,])(\d{1,2})\s*[時點](?![間數])")
_PHONE = re.compile(r"(?<![\d-])\(?0\d{1,3}\)?[-\s]?\d{3,4}[-\s]?\d{3,4}(?![\d])")
_DATE = re.compile(r"(?<![\d.])(\d{2,4})([./-])(\d{1,2})\2(\d{1,2})(?![\d])")
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/](\d{1,2})(?!\d)")
_ZH_YEAR = re.compile(rf"(民國|西元)?\s*({NUMERAL})\s*(?:學)?年")
_BARE_YEAR = re.compile(r"(?<![\d,.$])((?:19|20)\d{2})(?![\d,]|\.\d|\s*(?:元|dollars?))")
_MONTH = re.compile(rf"({NUMERAL})\s*月")
_MONTH_NAMES = "january february march april may june july august september october november december".split()
_ENGLISH_MONTH = re.compile(
    rf"\b({'|'.join(name for name in _MONTH_NAMES if name not in ('may', 'march'))})\b"
    r"|\b(may|march)(?=\s+\d|,)|(?<=\d\s)(may|march)\b|(?<=\bin\s)(may|march)\b|(?<=\bof\s)(may|march)\b"
)
_WEEKDAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ZH_WEEKDAY = re.compile(r"(?:星期|禮拜|週|周)([一二三四五六日天])(?![次天回個小])")
_ENGLISH_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAY_NAMES)})s?\b")
_WEEKDAY = rf"(?:(?:星期|禮拜|週|周)?([一二三四五六日天])|({'|'.join(_WEEKDAY_NAMES)}))"
_WEEKDAY_RANGE = re.compile(
    rf"(?:(?:星期|禮拜|週|周)([一二三四五六日天])|({'|'.join(_WEEKDAY_NAMES)}))\s*(?:至|到|~|-|–|to|through)\s*{_WEEKDAY}"
)
_PERCENT = re.compile(rf"百分之({NUMERAL})")
_ENGLISH_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(hundred|thousand|million|billion)\b")
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_UNITS = (
    "元|塊|天|日|歲|週|小時|分鐘|秒|公斤|公克|公里|公尺|公分|公升|毫米|人|名|次|張|件|位|份|條|項|款|樓|層|號|倍|成|折|趟|站|"
    "輛|台|戶|處|間|所|座|場|篇|期|級|個|%"
)
_ZH_WITH_UNIT = re.compile(rf"([{ZH_DIGITS}]+)(?=\s*(?:多|餘|幾)?(?:{_UNITS}))")
_ZH_ANY = re.compile(rf"[{ZH_DIGITS}]+")
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=2,
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}
_ENGLISH_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b")


def unsupported_figures(sentence: str, sources: Iterable[str]) -> list[str]:
    """The figures and links of a sentence that occur in none of the sources."""
    known: set[str] = set().union(*map(source_figures, sources))
    return [min(claim) for claim in _claims(sentence) if not claim & known and not _is_part_of_link(claim, known)]


def claimed_figures(sentence: str) -> list[str]:
    """The figures that a sentence states, in canonical form; read strictly, so that 一般 is no 1."""
    return [min(claim) for claim in _claims(sentence)]


def source_figures(source: str) -> set[str]:
    """Every figure that a source supports."""
    text = fold(source)
    found = {figure for claim in _claims(source) for figure in claim}
    spoken = SCALED.sub(" ", _ENGLISH_SCALED.sub(" ", text))
    found |= {canonical(plain_number(number)) for number in _NUMBER.findall(spoken)}
    values = [chinese_number(run) for run in _ZH_ANY.findall(text)]
    found |= {canonical(value) for value in values if value is not None}
    bare = _ENGLISH_HOUR.sub(" ", _HALF_OF_DAY.sub(" ", text))  # hours that name no half of the day
    for hour in map(int, [*_BARE_HOUR.findall(bare), *(hour for hour, _ in _CLOCK.findall(bare))]):
        found |= {f"h:{hour}", f"h:{(hour + 12) % 24}"} if hour < 12 else {f"h:{hour}"}
    for first, first_en, last, last_en in _WEEKDAY_RANGE.findall(text):
        begin, end = _weekday(first or first_en), _weekday(last or last_en)
        found |= {f"w:{day}" for day in range(begin, end + 1)}
    return found


def _claims(sentence: str) -> list[Claim]:
    """What the patterns read, each taking its text away from those after it."""
    text = fold(sentence)
    claims: list[Claim] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            claims += read(match)
        text = pattern.sub(" ", text)
    return list(dict.fromkeys(claims))


def _one(*figures: str) -> list[Claim]:
    return [frozenset(figures)]


def _is_part_of_link(claim: Claim, known: set[str]) -> bool:
    """Whether a claimed host or address is the beginning of a known one, up to a slash."""
    links = [figure.removeprefix("link:") for figure in known if figure.startswith("link:")]
    wanted = [figure.removeprefix("link:") for figure in claim if figure.startswith("link:")]
    return any(link == want or link.startswith(f"{want}/") for want in wanted for link in links)


def _read_link(match: "re.Match[str]") -> list[Claim]:
    bare = re.sub(r"^https?://", "", match[0]).rstrip("/.,;)(")
    cut = re.split(r"[\u4e00-\u9fff]", bare)[0]  # Chinese text right behind a link is no part of it
    return _one(f"link:{cut}")


def _read_half_of_day(match: "re.Match[str]") -> list[Claim]:
    hour = numeral_value(match[2])
    return [] if hour is None else _hour(int(hour), match[1] in _AFTERNOON.split("|"), match[3])


def _read_english_hour(match: "re.Match[str]") -> list[Claim]:
    return _hour(int(match[1]), match[3] == "p", match[2])


def _hour(hour: int, afternoon: bool, minute: str | None) -> list[Claim]:
    exact = hour if hour > 12 else hour % 12 + 12 * afternoon
    return _one(f"h:{exact}") + _minute(minute)


def _minute(minute: str | None) -> list[Claim]:
    return _one(canonical(int(minute))) if minute and int(minute) else []


def _read_clock(match: "re.Match[str]") -> list[Claim]:
    return _one(f"h:{int(match[1])}") + _minute(match[2])


def _read_bare_hour(match: "re.Match[str]") -> list[Claim]:
    hour = int(match[1])
    halves = [f"h:{hour}", f"h:{hour + 12}"] if hour < 12 else [f"h:{hour}"]
    return _one(*halves, canonical(hour))


def _read_date(match: "re.Match[str]") -> list[Claim]:
    year = int(match[1])
    year = year if year >= 1000 else year + _ROC_OFFSET
    return _one(f"y:{year}") + _one(f"m:{int(match[3])}") + _one(canonical(int(match[4])))


def _read_year_month(match: "re.Match[str]") -> list[Claim]:
    return _one(f"y:{match[1]}") + _one(f"m:{int(match[2])}")


def _read_zh_year(match: "re.Match[str]") -> list[Claim]:
    value = numeral_value(match[2])
    if value is None or value == 1:
        return []
    number = int(value)
    if match[1] == "民國":
        return _one(f"y:{number + _ROC_OFFSET}")
    if number >= 1000:
        return _one(f"y:{number}")
    return _one(canonical(value), *([f"y:{number + _ROC_OFFSET}"] if number in _ROC_YEARS else []))


def _read_month(match: "re.Match[str]") -> list[Claim]:
    value = numeral_value(match[1])
    return [] if value is None else _one(f"m:{canonical(value)}")


def _read_english_month(match: "re.Match[str]") -> list[Claim]:
    return _one(f"m:{_MONTH_NAMES.index(match[0]) + 1}")


def _weekday(name: str) -> int:
    return (
        _WEEKDAY_NAMES.index(name) + 1
        if name in _WEEKDAY_NAMES
        else "一二三四五六日".find(name.replace("天", "日")) + 1
    )


def _read_numeral(match: "re.Match[str]") -> list[Claim]:
    value = numeral_value(match[1])
    return [] if value is None else _one(canonical(value))


def _read_zh_with_unit(match: "re.Match[str]") -> list[Claim]:
    value = chinese_number(match[1])
    return [] if value is None or value == 1 else _one(canonical(value))


def _read_english_scaled(match: "re.Match[str]") -> list[Claim]:
    return _one(canonical(plain_number(match[1]) * _ENGLISH_SCALES[match[2]]))


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_LINK, _read_link),
    (_PHONE, lambda match: _one("tel:" + re.sub(r"\D", "", match[0]))),
    (_DATE, _read_date),
    (_YEAR_MONTH, _read_year_month),
    (_HALF_OF_DAY, _read_half_of_day),
    (_ENGLISH_HOUR, _read_english_hour),
    (_CLOCK, _read_clock),
    (_BARE_HOUR, _read_bare_hour),
    (_PERCENT, _read_numeral),
    (_ZH_YEAR, _read_zh_year),
    (_MONTH, _read_month),
    (_ENGLISH_MONTH, _read_english_month),
    (_ZH_WEEKDAY, lambda match: _one(f"w:{_weekday(match[1])}")),
    (_ENGLISH_WEEKDAY, lambda match: _one(f"w:{_weekday(match[1])}")),
    (SCALED, lambda match: _one(canonical(scaled_number(match[0])))),
    (_ENGLISH_SCALED, _read_english_scaled),
    (_BARE_YEAR, lambda match: _one(match[1], f"y:{match[1]}")),
    (_NUMBER, lambda match: _one(canonical(plain_number(match[0])))),
    (_ZH_WITH_UNIT, _read_zh_with_unit),
    (_ENGLISH_WORD, lambda match: _one(_WORDS[match[1]])),
)
