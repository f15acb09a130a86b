"""Shows the numbers of spreadsheets as their number formats do: percentages, thousands, currency, dates."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from assistant.indexing.formats.office.date_formats import is_date_format, show_date

GENERAL = "General"
_EPOCH = datetime(1899, 12, 30)
_DAYS_BEFORE_1904 = 1462
_LATEST_SERIAL = 2_958_466  # the year 10000
_LONGEST_FORMAT = 255
_MOST_DECIMALS = 30
_SIGNIFICANT = 10  # decimals that the general format shows in a column of usual width
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<condition>[<>=]+-?[\d.]+)\]|\[[^\]]*\]|(?P<general>[Gg][Ee][Nn][Ee][Rr][Aa][Ll])"
    r"|(?P<exponent>[Ee][+-]0+)|(?P<place>[0#?]+)|(?P<mark>[.,%@/])|(?P<literal>.)",
    re.DOTALL,
)
_SECTION = re.compile(r'(?:[^;"\\\[]|"[^"]*"?|\\.?|\[[^\]]*\]?)+|(?<=;)(?=;|\Z)|\A(?=;)')
_CONDITION = re.compile(r"([<>=]+)(-?[\d.]+)")
_BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00',
    8: '"$"#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "m/d/yyyy",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yyyy h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)", 41: '#,##0;-#,##0;"-"', 42: '"$"#,##0;-"$"#,##0;"$-"', 43: '#,##0.00;-#,##0.00;"-"',
    44: '"$"#,##0.00;-"$"#,##0.00;"$-"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: 'hh"時"mm"分"', 33: 'hh"時"mm"分"ss"秒"',
}  # fmt: skip
# Codes whose meaning depends on the language of the program; this is the one of Taiwan.
_BUILT_IN |= dict.fromkeys((27, 36, 50, 57), "[$-404]e/m/d")
_BUILT_IN |= dict.fromkeys((28, 29, 51, 54, 58), '[$-404]e"年"m"月"d"日"')
_BUILT_IN |= dict.fromkeys((34, 52, 55), '上午/下午hh"時"mm"分"')
_BUILT_IN |= dict.fromkeys((35, 53, 56), '上午/下午hh"時"mm"分"ss"秒"')


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four sections of a number format."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    source: str

    @property
    def places(self) -> str:
        """The digit places and marks alone."""
        return "".join(text for kind, text in self.tokens if kind in {"place", "mark", "exponent"})


def built_in_format(number: int) -> str:
    """The number format that a built-in code of Excel stands for."""
    return _BUILT_IN.get(number, GENERAL)


def is_date(form: str) -> bool:
    """Whether a number format shows dates or times."""
    return is_date_format(_sections(form)[0].source)


def show_number(value: str, form: str, *, from_1904: bool = False) -> str:
    """A stored number as its format shows it; what is no number stays as it is.

    Args:
        value: the number as the file stores it.
        form: an Excel number format, such as `#,##0.00` or `[$-404]e/m/d`.
        from_1904: whether the file counts its dates from 1904.
    """
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return ""
    if form == GENERAL:
        return _general(number)
    sections = _sections(form)
    if is_date_format(sections[0].source):
        serial = number + _DAYS_BEFORE_1904 * from_1904
        if 0 <= serial < _LATEST_SERIAL:
            return show_date(_moment(serial), serial, sections[0].source)
        return _general(number)
    section, signed = _section_for(number, sections)
    text = _shown(abs(number), section)
    return f"-{text}" if signed and any(digit in "123456789" for digit in text) else text


def _moment(serial: float) -> datetime:
    return _EPOCH + timedelta(seconds=round(serial * 86_400))


@lru_cache(maxsize=512)
def _sections(form: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    for source in _SECTION.findall(form[:_LONGEST_FORMAT]):
        tokens: list[tuple[str, str]] = []
        condition = None
        for match in _TOKEN.finditer(source):
            kind, text = match.lastgroup or "", match[match.lastgroup] if match.lastgroup else ""
            if kind == "condition" and (parsed := _CONDITION.fullmatch(text)):
                condition = (parsed[1], float(parsed[2].strip(".") or 0))
            elif kind in {"quoted", "escaped", "currency", "literal"}:
                tokens.append(("literal", text))
            elif kind:
                tokens.append((kind, text))
        sections.append(_Section(tuple(tokens), condition, source))
    return tuple(sections) or _sections(GENERAL)


def _section_for(number: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section of a number, and whether its sign is still to be written."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(number, *section.condition):
                return section, number < 0
        return sections[-1], number < 0
    if number < 0 and len(sections) > 1:
        return sections[1], False
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], number < 0


def _holds(number: float, operator: str, bound: float) -> bool:
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }.get(operator, False)


def _shown(number: float, section: _Section) -> str:
    places = section.places
    kinds = {kind for kind, _ in section.tokens}
    if "general" in kinds or "/" in places or "@" in places:
        return _around(section, _general(number))
    if not kinds & {"place", "exponent"}:
        return _around(section, "")
    if "exponent" in kinds:
        return _around(section, f"{number:.{_decimals(places)[0]}E}")
    value = Decimal(repr(number)) * Decimal(100) ** places.count("%")
    whole, _, rest = places.replace("%", "").partition(".")
    scale = len(whole) - len(whole.rstrip(",")) if not rest else len(rest) - len(rest.rstrip(","))
    value /= Decimal(1000) ** scale
    decimals, needed = _decimals(places)
    text = f"{value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}"
    digits, _, fraction = text.partition(".")
    while len(fraction) > needed and fraction.endswith("0"):
        fraction = fraction[:-1]
    return _filled(section, digits.lstrip("0"), fraction, grouped="," in whole.rstrip(","))


def _decimals(places: str) -> tuple[int, int]:
    """The most and the fewest decimals that a format shows."""
    rest = re.match(r"[0#?]*", places.partition(".")[2])
    found = rest[0][:_MOST_DECIMALS] if rest else ""
    return len(found), found.rfind("0") + 1


def _filled(section: _Section, digits: str, fraction: str, *, grouped: bool) -> str:
    """Digits in the places of a format, with the literals between and around them."""
    needed = [index for index, (kind, _) in enumerate(section.tokens) if kind == "place"]
    point = next((index for index, token in enumerate(section.tokens) if token == ("mark", ".")), len(section.tokens))
    whole = [index for index in needed if index < point]
    parts: dict[int, str] = {}
    for index in reversed(whole):
        text = section.tokens[index][1]
        count = len(digits) if index == whole[0] else len(text)
        taken, digits = digits[max(len(digits) - count, 0) :], digits[: max(len(digits) - count, 0)]
        least = len(text) - len(text.lstrip("#?"))
        parts[index] = taken.rjust(len(text) - least, "0")
    if grouped:
        joined = "".join(parts[index] for index in whole)
        parts = dict.fromkeys(whole, "")
        parts[whole[0]] = f"{int(joined):,}".rjust(len(joined), "0") if joined else ""
    if not whole:
        parts[-1] = digits
    shown = parts.get(-1, "")
    for index, (kind, text) in enumerate(section.tokens):
        if kind == "literal":
            shown += text
        elif kind == "place":
            shown += parts.get(index, "")
        elif text == "%":
            shown += "%"
        elif index == point and fraction:
            shown += f".{fraction}"
    return " ".join(shown.split())


def _around(section: _Section, number: str) -> str:
    """A number between the literals of its section."""
    shown = ""
    for kind, text in section.tokens:
        if kind == "literal":
            shown += text
        elif kind in {"general", "place", "exponent"} or text == "@":
            shown += number
            number = ""
        elif text == "%":
            shown += "%"
    return " ".join(shown.split())


def _general(number: float) -> str:
    """A number without a format: whole numbers whole, others with up to ten significant digits."""
    if number == int(number):
        return str(int(number))
    return f"{number:.{_SIGNIFICANT}g}"
