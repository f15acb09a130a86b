"""Figures: every number, date, fee, phone, address part and URL of a sentence must occur in what it cites."""

import re
from collections.abc import Iterable

from assistant.text import fold, squeeze

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "兩": 2, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"萬": 10_000, "万": 10_000, "億": 100_000_000, "亿": 100_000_000}
_ZH = "〇零一二三四五六七八九十百千萬億兩"
_UNITS = (
    "元|塊|天|日|月|年|歲|週|周|小時|時|點|分鐘|分|秒|公斤|公克|公里|公尺|公分|公升|毫米|人|名|次|張|件|位|份|條|項|款|樓|層|號|"
    "倍|成|折|趟|站|輛|台|戶|個|處|間|所|座|場|篇|期|級|%"
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([千萬億]|thousand\b|million\b|billion\b)")
_SCALES = {
    "千": 1_000,
    "萬": 10_000,
    "億": 100_000_000,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
}
_CHINESE_WITH_UNIT = re.compile(rf"([{_ZH}]+)(?=\s*(?:多|餘|幾)?(?:{_UNITS}))")
_CHINESE_ANY = re.compile(rf"[{_ZH}]+")
_ROC_YEAR = re.compile(r"(?<!\d)(\d{2,3})\s*(?:年|學年|[./]\d{1,2}[./])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_AFTERNOON = re.compile(r"(?:下午|晚上|晚間|中午)\s*(\d{1,2})|(\d{1,2})(?::\d{2})?\s*p\.?m")
_PHONE = re.compile(r"\(?\b0\d{1,3}\)?[-\s]?\d{3,4}[-\s]?\d{3,4}(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):00(?!\d)")
_HOUR = re.compile(r"(?<!\d)(1[3-9]|2[0-4])(?=\s*(?::\d{2}|時|點))")
_LINK = re.compile(
    r"https?://[^\s，。；、）)\]>]+|www\.[^\s，。；、）)\]>]+|[\w.+-]+@[\w-]+\.[\w.]+|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|com|org|net|edu)(?:\.tw)?\b"
)
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=2,
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100", "half": "0.5"}
_MONTHS = {
    name: str(number)
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_WORD = re.compile(r"[a-z]+")


def unsupported_figures(sentence: str, sources: Iterable[str]) -> list[str]:
    """The figures and links of a sentence that occur in none of the sources, in canonical form."""
    texts = list(sources)
    known = set().union(*(source_figures(text) for text in texts)) if texts else set()
    squeezed = [squeeze(text) for text in texts]
    missing = [figure for figure in claimed_figures(sentence) if figure not in known]
    links = [link.rstrip(".") for link in _LINK.findall(fold(sentence))]
    return missing + [link for link in links if not any(squeeze(link) in text for text in squeezed)]


def claimed_figures(sentence: str) -> list[str]:
    """The figures that a sentence states, canonical and in order; read strictly, so that 一般 is no 1."""
    text = _LINK.sub(" ", fold(sentence))
    found = [_phone(match) for match in _PHONE.findall(text)]
    text = _CLOCK.sub(r"\1", _PHONE.sub(" ", text))
    for match in _SCALED.finditer(text):
        found.append(_canonical(_value(match[1]) * _SCALES[match[2]]))
    text = _SCALED.sub(" ", text)
    found += [_canonical(_value(match)) for match in _NUMBER.findall(text)]
    for match in _CHINESE_WITH_UNIT.finditer(text):
        value = chinese_number(match[1])
        if value is not None and value != 1:
            found.append(_canonical(value))
    words = _WORD.findall(text)
    found += [_WORDS[word] for word in words if word in _WORDS and word not in ("half", "hundred")]
    found += [_MONTHS[word] for word in words if word in _MONTHS and word not in ("may", "march")]
    return list(dict.fromkeys(found))


def source_figures(source: str) -> set[str]:
    """Every figure that a source supports: generous, with 12/24 hours, ROC and Gregorian years, and scales."""
    text = fold(source)
    found = {_canonical(_value(match)) for match in _NUMBER.findall(text)}
    found |= {_phone(match) for match in _PHONE.findall(text)}
    found |= {_canonical(_value(number) * _SCALES[scale]) for number, scale in _SCALED.findall(text)}
    for run in _CHINESE_ANY.findall(text):
        value = chinese_number(run)
        if value is not None:
            found.add(_canonical(value))
        found |= {str(_DIGITS[c]) for c in run if c in _DIGITS}
    found |= {str(int(year) + 1911) for year in _ROC_YEAR.findall(text)}
    found |= {str(int(year) - 1911) for year in _YEAR.findall(text)}
    found |= {str(int(a or b) % 12 + 12) for a, b in _AFTERNOON.findall(text)}
    found |= {str(int(hour) - 12) for hour in _HOUR.findall(text)}
    words = set(_WORD.findall(text))
    return found | {_WORDS[w] for w in words & _WORDS.keys()} | {_MONTHS[w] for w in words & _MONTHS.keys()}


def chinese_number(text: str) -> float | None:
    """The value of a Chinese numeral (二十三, 一百零五, 三萬, 二〇二五), or None where it is none."""
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text)) if text else None
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        elif character in _LARGE:
            total += (section + digit or 1) * _LARGE[character]
            section = digit = 0
        else:
            return None
    return float(total + section + digit)


def _phone(number: str) -> str:
    return "tel:" + re.sub(r"\D", "", number)


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _canonical(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
