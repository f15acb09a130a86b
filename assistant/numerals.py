"""Numbers as documents write them: Chinese numerals, thousands separators, and scales such as 萬 and million."""

import re

ZH_DIGITS = "〇零一二三四五六七八九十百千萬億兩"
NUMERAL = rf"(?:\d[\d,]*(?:\.\d+)?|[{ZH_DIGITS}]+)"
SCALED = re.compile(r"\d[\d,]*(?:\.\d+)?\s?[千萬億](?:\d[\d,]*(?:\.\d+)?\s?[百千萬億])*(?:\d[\d,]*)?(?![\d.])")
_COMPONENT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?([百千萬億]?)")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "兩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"萬": 10_000, "億": 100_000_000}
_SCALES = {"": 1, **_SMALL, **_LARGE}


def canonical(value: float) -> str:
    """The one spelling under which equal numbers are compared."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def plain_number(text: str) -> float:
    """The value of digits with thousands separators."""
    return float(text.replace(",", ""))


def scaled_number(text: str) -> float:
    """The value of digits with Chinese scales: 3萬, 1萬5,000, 2億3,000萬."""
    return sum(plain_number(number) * _SCALES[scale] for number, scale in _COMPONENT.findall(text))


def numeral_value(text: str) -> float | None:
    """The value of digits or of a Chinese numeral, or None where it is neither."""
    return plain_number(text) if text[0].isdigit() and text[0].isascii() else chinese_number(text)


def chinese_number(text: str) -> float | None:
    """The value of a Chinese numeral (二十三, 一百零五, 三萬, 二〇二五), or None where it is none."""
    if text and all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        elif character in _LARGE:
            total = (
                (total + section + digit or 1) * _LARGE[character]
                if character == "億"
                else (total + (section + digit or 1) * _LARGE[character])
            )
            section = digit = 0
        else:
            return None
    return float(total + section + digit) if text else None


def chinese_numeral(value: int) -> str:
    """A whole number below 100,000,000 as Chinese text writes it: 20 is 二十, 10500 is 一萬零五百."""
    if value >= _LARGE["萬"]:
        head, rest = divmod(value, _LARGE["萬"])
        joint = "零" if 0 < rest < _SMALL["千"] else ""
        return chinese_numeral(head) + "萬" + (joint + chinese_numeral(rest) if rest else "")
    text, skipped = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // size % 10
        if digit:
            text += ("零" if skipped and text else "") + "零一二三四五六七八九"[digit] + unit
        skipped = not digit
    return (text[1:] if text.startswith("一十") else text) or "零"
