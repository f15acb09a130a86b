"""Street addresses of Taiwan in Chinese and English: what stands around a road's name, and roads that nobody listed."""

import re

from assistant.text import CJK

_COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4})"
_SECTION = r"(?:[一二三四五六七八九十]|\d{1,2})段"
_NUMBER = rf"{_COUNT}(?:[之 ]\d{{1,4}})?號(?:之\d{{1,4}})?"
_FLOOR = rf"(?:地下)?{_COUNT}樓(?:之\d{{1,3}})?"
# Floors need a house: 五樓 after a road alone may be anything.
_DOORS = rf"(?:{_COUNT}巷)?(?:{_COUNT}弄)?(?:{_NUMBER}(?:{_FLOOR})?)?"
_AFTER_ROAD = re.compile(rf"(?:{_SECTION})?{_DOORS}")
_VILLAGE = rf"(?:[{CJK}]{{2,3}}[里村])?(?:\d{{1,3}}鄰)?"
_ROAD = rf"[{CJK}]{{1,5}}?(?:大道|路|街)"
_AFTER_DISTRICT = re.compile(rf"{_VILLAGE}{_ROAD}(?:{_SECTION})?{_DOORS}")
_BETWEEN = re.compile(_VILLAGE)
# Without a district the left edge of an unlisted road is a guess: it stops at words that are in no road's name.
_ALONE = re.compile(
    rf"[^\W\d_在到去從往住於的是我你他家請問和跟有這那]{{2,3}}[一二三四五六七八九十]?(?:大道|路|街)(?:{_SECTION})?"
    rf"(?:{_COUNT}巷)?(?:{_COUNT}弄)?{_NUMBER}(?:{_FLOOR})?"
)
_BEFORE_ROAD_EN = re.compile(
    r"(?:no ?)?\d{1,4}(?: \d{1,4})?[ ,]+(?:(?:alley|aly) \d{1,4}[ ,]+)?(?:(?:lane|ln) \d{1,4}[ ,]+)?"
    r"(?:(?:section|sec) \d{1,2}[ ,]+)?$|(?:(?:lane|ln) \d{1,4}|(?:section|sec) \d{1,2})[ ,]+$"
)
_AFTER_ROAD_EN = re.compile(r"[ ,]+(?:section|sec) \d{1,2}(?!\w)")
_COMMAS = re.compile(r"[ ,]*")
_LONGEST_BEFORE = 48


def end_of_doors(text: str, road_end: int) -> int:
    """Where section, lane, alley, number and floor after a road's name end; `road_end` where none follow."""
    found = _AFTER_ROAD_EN.match(text, road_end) or _AFTER_ROAD.match(text, road_end)
    return found.end() if found else road_end


def start_of_doors(text: str, road_start: int) -> int:
    """Where number, lane and section before an English road's name begin; `road_start` where none precede."""
    first = max(0, road_start - _LONGEST_BEFORE)
    found = next(
        (m for m in _BEFORE_ROAD_EN.finditer(text[first:road_start]) if _starts_word(text, first + m.start())), None
    )
    return first + found.start() if found else road_start


def joins(text: str, end: int, start: int) -> bool:
    """Whether nothing but a village, commas and spaces stands between a district and a road."""
    return any(m is not None for m in (_BETWEEN.fullmatch(text, end, start), _COMMAS.fullmatch(text, end, start)))


def end_of_unlisted(text: str, district_end: int) -> int:
    """Where an address after a district ends whose road is in no gazetteer; `district_end` where none follows."""
    found = _AFTER_DISTRICT.match(text, district_end)
    return found.end() if found and found[0][-1] in "號巷弄樓段" else district_end


def unlisted_addresses(text: str) -> list[tuple[int, int]]:
    """The spans of Chinese addresses with a house number; the first characters of each may not belong to it."""
    return [found.span() for found in _ALONE.finditer(text)]


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
