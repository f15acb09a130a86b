"""Forms of figures: the patterns by which numbers, dates, times, phones, addresses, articles and links are read."""

# A figure is a short string: `20@money` (a number with the class of its unit, `20@` without one), `y:2025` (year),
# `m:7` (month), `md:7-1` (1 July), `w:1` (Monday), `h:21` (hour), `art:12-1`, `road:中正1路`, `tel:07`, `link:...`.
# A sentence makes claims, each a set of figures of which the sources must hold one. Sources are read generously (a year
# supports both calendars, an hour without a half of the day both halves, a number without a unit any), sentences
# strictly.

import re
from collections.abc import Callable

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
from assistant.verification.units import unit_of

Figures = frozenset[str]
Reader = Callable[["re.Match[str]"], list[Figures]]

_ROC_OFFSET = 1911
_ROC_YEARS = range(30, 190)  # bare numbers before 年 that may be a year of the Republic; smaller ones are durations
_LINK = re.compile(
    r"(?:https?://|www\.)[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[a-z0-9/=]"
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
_MONTHS = "|".join(_MONTH_NAMES)
_ENGLISH_DAY = re.compile(
    rf"\b(?P<m1>{_MONTHS}) (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
    rf"|(?<![\d.,])(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m2>{_MONTHS})\b"
)
_SLASHED_DAY = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
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
    "元|塊|天|日|歲|週|小時|分鐘|秒|公斤|公克|公里|公尺|公分|公升|毫米|人|名|次|張|件|位|份|條|項|款|目|樓|層|號|段|巷|弄|鄰|"
    "倍|成|折|趟|站|輛|台|戶|處|間|所|座|場|篇|期|級|個|坪|噸|本|冊|%"
)
_ZH_WITH_UNIT = re.compile(rf"([{ZH_DIGITS}]+)(?=\s*(?:多|餘|幾)?(?:{_UNITS}))")
_ARTICLE = re.compile(
    rf"第\s*({NUMERAL})\s*條\s*之\s*({NUMERAL})|第\s*(\d+)\s*-\s*(\d+)\s*條|\barticles? (\d+)-(\d+)(?!\d)"
)
_ROAD = re.compile(r"([\u4e00-\u9fff]{2})([一二三四五六七八九十]{1,2}|\d{1,2})([路街])(?!口)")
_ZH_DAY = re.compile(rf"({NUMERAL})\s*月\s*({NUMERAL})\s*[日號]")
_ZH_ANY = re.compile(rf"[{ZH_DIGITS}]+")
_SMALL_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_ORDINAL_WORDS = "third fourth fifth sixth seventh eighth ninth tenth".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = (
    {word: value for value, word in enumerate(_SMALL_WORDS, start=2)}
    | {word: value for value, word in enumerate(_ORDINAL_WORDS, start=3)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {"twice": 2, "one": 1, "hundred": 100}
)
_ENGLISH_WORD = re.compile(
    rf"\b((?:{'|'.join(_TENS)})[- ](?:one|{'|'.join(_SMALL_WORDS[:8])})"
    rf"|{'|'.join(word for word in _WORDS if word != 'one')})\b(?!-party|-hand)"
)


def read_figures(sentence: str) -> list[Figures]:
    """The claims of a sentence: what each pattern reads, taking its text away from those after it."""
    text = fold(sentence)
    claims: list[Figures] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            claims += read(match)
        text = pattern.sub(" ", text)
    return list(dict.fromkeys(claims))


def generous_figures(source: str) -> set[str]:
    """What a source supports beyond its own claims: any number in it, both halves of the day, and days of a range."""
    text = fold(source)
    spoken = SCALED.sub(" ", _ENGLISH_SCALED.sub(" ", text))
    found = {f"{canonical(plain_number(number))}@loose" for number in _NUMBER.findall(spoken)}
    for match in _ZH_ANY.finditer(_PERCENT.sub(" ", text)):
        value = chinese_number(match[0])
        if value is not None:
            unit = unit_of(match.string, match.start(), match.end()) or ("loose" if len(match[0]) == 1 else "")
            found.add(f"{canonical(value)}@{unit}")
    bare = _ENGLISH_HOUR.sub(" ", _HALF_OF_DAY.sub(" ", text))  # hours that name no half of the day
    for hour in map(int, [*_BARE_HOUR.findall(bare), *(hour for hour, _ in _CLOCK.findall(bare))]):
        found |= {f"h:{hour}", f"h:{(hour + 12) % 24}"} if hour < 12 else {f"h:{hour}"}
    for first, first_en, last, last_en in _WEEKDAY_RANGE.findall(text):
        begin, end = _weekday(first or first_en), _weekday(last or last_en)
        found |= {f"w:{day}" for day in range(begin, end + 1)}
    for month, day in _SLASHED_DAY.findall(text):
        found |= {f"m:{int(month)}", f"md:{int(month)}-{int(day)}"}
    return found


def _one(*figures: str) -> list[Figures]:
    return [frozenset(figures)]


def _read_link(match: "re.Match[str]") -> list[Figures]:
    bare = re.sub(r"^https?://", "", match[0]).rstrip("/.,;)(")
    return _one(f"link:{bare}")


def _read_half_of_day(match: "re.Match[str]") -> list[Figures]:
    hour = numeral_value(match[2])
    return [] if hour is None else _hour(int(hour), match[1] in _AFTERNOON.split("|"), match[3])


def _read_english_hour(match: "re.Match[str]") -> list[Figures]:
    return _hour(int(match[1]), match[3] == "p", match[2])


def _hour(hour: int, afternoon: bool, minute: str | None) -> list[Figures]:
    exact = hour if hour > 12 else hour % 12 + 12 * afternoon
    return _one(f"h:{exact}") + _minute(minute)


def _minute(minute: str | None) -> list[Figures]:
    return _one(f"{int(minute)}@minute") if minute and int(minute) else []


def _read_clock(match: "re.Match[str]") -> list[Figures]:
    return _one(f"h:{int(match[1])}") + _minute(match[2])


def _read_bare_hour(match: "re.Match[str]") -> list[Figures]:
    hour = int(match[1])
    halves = [f"h:{hour}", f"h:{hour + 12}"] if hour < 12 else [f"h:{hour}"]
    return _one(*halves, f"{hour}@clock")


def _read_date(match: "re.Match[str]") -> list[Figures]:
    year = int(match[1])
    year = year if year >= 1000 else year + _ROC_OFFSET
    return _one(f"y:{year}") + _month_and_day(int(match[3]), int(match[4]))


def _read_year_month(match: "re.Match[str]") -> list[Figures]:
    return _one(f"y:{match[1]}") + _one(f"m:{int(match[2])}")


def _read_zh_year(match: "re.Match[str]") -> list[Figures]:
    value = numeral_value(match[2])
    if value is None or value == 1:
        return []
    number = int(value)
    if match[1] == "民國":
        return _one(f"y:{number + _ROC_OFFSET}")
    if number >= 1000:
        return _one(f"y:{number}")
    return _one(f"{canonical(value)}@year", *([f"y:{number + _ROC_OFFSET}"] if number in _ROC_YEARS else []))


def _read_month(match: "re.Match[str]") -> list[Figures]:
    value = numeral_value(match[1])
    return [] if value is None else _one(f"m:{canonical(value)}")


def _read_english_month(match: "re.Match[str]") -> list[Figures]:
    return _one(f"m:{_MONTH_NAMES.index(match[0]) + 1}")


def _weekday(name: str) -> int:
    return (
        _WEEKDAY_NAMES.index(name) + 1
        if name in _WEEKDAY_NAMES
        else "一二三四五六日".find(name.replace("天", "日")) + 1
    )


def _read_percent(match: "re.Match[str]") -> list[Figures]:
    value = numeral_value(match[1])
    return [] if value is None else _one(f"{canonical(value)}@percent")


def _read_zh_with_unit(match: "re.Match[str]") -> list[Figures]:
    value = chinese_number(match[1])
    return [] if value is None or value == 1 else _number(value, match)


def _read_zh_day(match: "re.Match[str]") -> list[Figures]:
    month, day = numeral_value(match[1]), numeral_value(match[2])
    return [] if month is None or day is None else _month_and_day(int(month), int(day))


def _read_english_day(match: "re.Match[str]") -> list[Figures]:
    return _month_and_day(_MONTH_NAMES.index(match["m1"] or match["m2"]) + 1, int(match["d1"] or match["d2"]))


def _month_and_day(month: int, day: int) -> list[Figures]:
    return [frozenset([f"m:{month}"]), frozenset([f"md:{month}-{day}"])]


def _read_article(match: "re.Match[str]") -> list[Figures]:
    article, branch = (numeral_value(part) for part in match.groups() if part)
    return [] if article is None or branch is None else _one(f"art:{canonical(article)}-{canonical(branch)}")


def _read_road(match: "re.Match[str]") -> list[Figures]:
    value = numeral_value(match[2])
    return [] if value is None else _one(f"road:{match[1]}{canonical(value)}{match[3]}")


def _read_english_scaled(match: "re.Match[str]") -> list[Figures]:
    return _number(plain_number(match[1]) * _ENGLISH_SCALES[match[2]], match)


def _read_english_word(match: "re.Match[str]") -> list[Figures]:
    return _number(sum(_WORDS[part] for part in re.split(r"[- ]", match[1])), match)


def _number(value: float, match: "re.Match[str]") -> list[Figures]:
    """A number with the class of its unit; the end of a range lends its unit to the beginning."""
    return _one(f"{canonical(value)}@{unit_of(match.string, match.start(), match.end())}")


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_LINK, _read_link),
    (_PHONE, lambda match: _one("tel:" + re.sub(r"\D", "", match[0]))),
    (_DATE, _read_date),
    (_YEAR_MONTH, _read_year_month),
    (_ARTICLE, _read_article),
    (_HALF_OF_DAY, _read_half_of_day),
    (_ENGLISH_HOUR, _read_english_hour),
    (_CLOCK, _read_clock),
    (_BARE_HOUR, _read_bare_hour),
    (_PERCENT, _read_percent),
    (_ROAD, _read_road),
    (_ZH_YEAR, _read_zh_year),
    (_ZH_DAY, _read_zh_day),
    (_MONTH, _read_month),
    (_ENGLISH_DAY, _read_english_day),
    (_ENGLISH_MONTH, _read_english_month),
    (_ZH_WEEKDAY, lambda match: _one(f"w:{_weekday(match[1])}")),
    (_ENGLISH_WEEKDAY, lambda match: _one(f"w:{_weekday(match[1])}")),
    (SCALED, lambda match: _number(scaled_number(match[0]), match)),
    (_ENGLISH_SCALED, _read_english_scaled),
    (_BARE_YEAR, lambda match: _one(f"{match[1]}@", f"y:{match[1]}")),
    (_NUMBER, lambda match: _number(plain_number(match[0]), match)),
    (_ZH_WITH_UNIT, _read_zh_with_unit),
    (_ENGLISH_WORD, _read_english_word),
)
