"""Shows dates and times of spreadsheets: as their format does where that begins with the year, else as ISO 8601."""

import re
from datetime import datetime
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[\$(?P<locale>[^\]]*)\]|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]'
    r"|e[+-]0+|(?P<half>am/pm|a/p|上午/下午)|(?P<part>y+|m+|d+|h+|s+|e+|g+|a{3,4})|(?P<fraction>\.0+)|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_GENERAL = re.compile("general", re.IGNORECASE)
_TAIWAN = re.compile(r"-(?:[0-9a-f]{0,4}0?404|zh-tw)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FIRST_YEAR_BEFORE = 1911  # the year before the first of the Republic of China
_ERAS = {1: "民國", 2: "民國", 3: "中華民國"}
_WEEKDAYS = "一二三四五六日"
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

Token = tuple[str, str]


def is_date_format(form: str) -> bool:
    """Whether a number format shows dates or times."""
    if _GENERAL.search(form):
        return False
    return any(kind in {"part", "elapsed"} for kind, _ in _tokens(form))


def show_date(moment: datetime, serial: float, form: str) -> str:
    """A moment as a format shows it; `serial` is its number of days, which elapsed hours are counted from.

    Where a format begins with the day or month, its order depends on the country: such dates are written as ISO 8601.
    """
    tokens = _tokens(form)
    parts = [text[0] for kind, text in tokens if kind == "part"]
    written = any(kind == "literal" and _CHINESE.search(text) for kind, text in tokens)
    dated = any(part in "ydega" for part in parts) or "M" in parts
    if dated and not written and parts[0] not in set("yeg"):
        return _iso(moment, parts)
    roc = any(kind == "locale" and _TAIWAN.search(text) for kind, text in tokens) and moment.year > _FIRST_YEAR_BEFORE
    halves = any(kind == "half" for kind, _ in tokens)
    shown = "".join(_piece(kind, text, moment, serial, roc=roc, halves=halves) for kind, text in tokens)
    return " ".join(shown.split())


@lru_cache(maxsize=256)
def _tokens(form: str) -> tuple[Token, ...]:
    """Kinds and texts of a format's tokens; months are `M`, minutes `m`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(form):
        kind = match.lastgroup or ""
        if kind in {"quoted", "escaped", "literal"}:
            found.append(("literal", match[kind]))
        elif kind == "part":
            found.append((kind, match[kind].lower()))
        elif kind:
            found.append((kind, match[kind]))
    places = [index for index, (kind, _) in enumerate(found) if kind in {"part", "elapsed"}]
    for order, index in enumerate(places):
        text = found[index][1]
        if found[index][0] == "part" and text[0] == "m":
            before = found[places[order - 1]][1][0].lower() if order else ""
            after = found[places[order + 1]][1][0].lower() if order + 1 < len(places) else ""
            minutes = before == "h" or after == "s"
            found[index] = ("part", text if minutes else text.upper())
    return tuple(found)


def _iso(moment: datetime, parts: list[str]) -> str:
    whole = "d" in parts or not {"M", "y"} <= set(parts)
    day = f"{moment:%Y-%m-%d}" if whole else f"{moment:%Y-%m}"
    return f"{day} {moment:%H:%M}" if "h" in parts else day


def _piece(kind: str, text: str, moment: datetime, serial: float, *, roc: bool, halves: bool) -> str:
    if kind == "literal":
        return text
    if kind == "half":
        late = moment.hour >= 12
        return ("下午" if late else "上午") if _CHINESE.search(text) else ("PM" if late else "AM")
    if kind == "elapsed":
        per_day = {"h": 24, "m": 1440, "s": 86_400}[text[0].lower()]
        return f"{int(round(serial * 86_400) * per_day / 86_400):0{len(text)}}"
    if kind != "part":
        return ""
    return _part(text, moment, roc=roc, halves=halves)


def _part(text: str, moment: datetime, *, roc: bool, halves: bool) -> str:
    width = 2 if len(text) > 1 else 1
    match text[0]:
        case "y":
            return f"{moment:%Y}" if len(text) > 2 else f"{moment:%y}"
        case "e":
            return str(moment.year - _FIRST_YEAR_BEFORE if roc else moment.year)
        case "g":
            return _ERAS.get(len(text), _ERAS[3]) if roc else ""
        case "M":
            return f"{moment.month:0{width}}" if len(text) < 3 else _MONTHS[moment.month - 1][: _name_length(text)]
        case "d":
            return f"{moment.day:0{width}}" if len(text) < 3 else _DAYS[moment.weekday()][: _name_length(text)]
        case "a":
            return f"{'週' if len(text) == 3 else '星期'}{_WEEKDAYS[moment.weekday()]}"
        case "h":
            hour = moment.hour % 12 or 12 if halves else moment.hour
            return f"{hour:0{width}}"
        case "m":
            return f"{moment.minute:0{width}}"
        case _:
            return f"{moment.second:0{width}}"


def _name_length(text: str) -> int | None:
    return 3 if len(text) == 3 else None
