"""Street addresses down to the house number, in the Chinese and the English order."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.privacy.base import LABELLED, LIKELY, Span, is_labelled, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_FILE = Path(__file__).parent / "addresses.toml"
_HAN = r"\u3400-\u9fff"
_N = r"[\d〇零一二三四五六七八九十百千]{1,7}"
_TO = r"\s?(?:之|-)\s?"
_HOUSE = rf"(?:\s?{_N}\s?段)?(?:\s?{_N}\s?巷)?(?:\s?{_N}\s?弄)?\s?{_N}(?:{_TO}{_N})?\s?號(?:{_TO}{_N})?"
_FLOOR = rf"(?:[\s,]?(?:地下)?{_N}\s?(?:樓|[fF](?![A-Za-z]))(?:{_TO}{_N})?)?(?:\s?{_N}\s?室)?"
_STREET = "(?:路|街|大道|道|巷)"
_ROAD = rf"(?:{_STREET}|[里村](?:{_N}鄰)?)"
_CORE = re.compile(rf"(?P<core>{_ROAD}{_HOUSE}|{_N}\s?巷(?:\s?{_N}\s?弄)?\s?{_N}(?:{_TO}{_N})?\s?號){_FLOOR}")
_OPEN = re.compile(
    rf"(?P<core>{_STREET}(?:\s?{_N}\s?段)?(?:\s?{_N}\s?巷)?(?:\s?{_N}\s?弄)?\s?{_N}(?:{_TO}{_N})?(?!\s?[號\d段巷弄鄰]))"
)
_LABEL = label(r"地址|住址|我?住|住在|住於|戶籍|寄到")
_NUMBERED = re.compile(r"\b(?:route|exit|bus|line|gate|stop|platform|article|chapter|km)\s\Z", re.IGNORECASE | re.ASCII)
_LONGEST_ROAD = 6  # characters of a road's name before its suffix
_SUFFIXES, _SUFFIXES_OR_NAMES = "區號", "縣鄉鎮市里村鄰"
_SHORTEST_ROAD = 2

_EN_ROAD = r"(?:Rd|Road|St|Street|Blvd|Boulevard|Ave|Avenue|Lane|Ln)\b\.?"
_EN_NAME = r"(?:[A-Z0-9][\w'.-]*\s){1,4}"
_EN_TAIL = r"(?:,\s*[A-Z][A-Za-z'-]+(?:\s(?:Dist\b\.?|District|City|County|Township|Vil\b\.?))*){0,4}(?:\s\d{3,6}\b)?"
_EN_DISTRICT = r"(?:,?\s[A-Z][A-Za-z'-]+\s(?:Dist\b\.?|District))?"
_ENGLISH = re.compile(
    rf"(?:(?:Rm\.?|Room)\s?\w{{1,5}},\s?)?(?:\d{{1,3}}F\.?(?:-\d+)?,\s?)?"
    rf"(?P<core>(?:\b[Nn]o\.\s?|\b)\d{{1,4}}(?:-\d+)?,?\s(?:(?:Aly|Alley|Ln|Lane|Sec|Section)\b\.?\s?\d+,\s?){{0,3}}{_EN_NAME}{_EN_ROAD})"
    rf"{_EN_DISTRICT}{_EN_TAIL}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Words:
    division: re.Pattern[str]
    before: str
    numbered: re.Pattern[str]
    numberless: tuple[str, ...]


def find_addresses(folded: Folded) -> Iterator[Span]:
    """Road, lane or village with a house number; crossings, roads alone and numbered exits are no addresses."""
    for start, end, _ in _chinese(folded.text):
        yield Span(start, end, Kind.ADDRESS, LABELLED)
    for match in _ENGLISH.finditer(folded.text):
        if not _NUMBERED.search(folded.text, max(0, match.start() - 12), match.start()):
            yield Span(match.start(), match.end(), Kind.ADDRESS, LIKELY)


def house_of(text: str) -> str:
    """Road and house number of an address in its shortest spelling, by which addresses are compared; "" without one.

    Args:
        text: a folded text with one address.
    """
    found = next(iter(_chinese(text)), None)
    if found:
        return re.sub(r"\s", "", found[2]).replace("臺", "台")
    match = _ENGLISH.search(text)
    return re.sub(r"[^a-z0-9]", "", match["core"].lower()) if match else ""


def _chinese(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each address, and its road and number."""
    words = _words()
    for match in _CORE.finditer(text):
        start, road = _starts(text, match.start(), words)
        if road is not None and not words.numbered.match(text, match.end("core")):
            yield start, match.end(), text[road : match.end("core")]
    for match in _OPEN.finditer(text):  # without 號, where it is called an address
        start, road = _starts(text, match.start(), words)
        if road is not None and is_labelled(text, start, _LABEL):
            yield start, match.end(), text[road : match.end()]


def _starts(text: str, suffix: int, words: "_Words") -> tuple[int, int | None]:
    """Where an address and its road begin, whose suffix stands at `suffix`; None where it is no road of houses."""
    road = _road_start(text, suffix, words.before)
    if text[road : suffix + 2].startswith(words.numberless) or (road == suffix and not text[road].isdigit()):
        return road, None
    division = words.division.search(text, max(0, road - 24), road)
    start = division.start() if division else road
    return start + (len(text[start:road]) - len(text[start:road].lstrip())), road


def _road_start(text: str, suffix: int, before: str) -> int:
    """Where the name of a road begins whose suffix (路, 街 ...) stands at `suffix`."""
    start = suffix
    if text[suffix].isdigit():
        return start
    for _ in range(_LONGEST_ROAD):
        character = text[start - 1] if start else ""
        if not re.match(f"[{_HAN}]", character) or character in before or _ends_division(character, suffix - start):
            break
        start -= 1
    return start


def _ends_division(character: str, read: int) -> bool:
    """Whether a character ends a district and not a part of the road's name, of which so many characters were read."""
    return (character in _SUFFIXES and read > 0) or (character in _SUFFIXES_OR_NAMES and read >= _SHORTEST_ROAD)


@cache
def _words() -> _Words:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    counties = "|".join(data["counties"].split()).replace("臺", "[臺台]")
    long = "|".join(data["long_districts"].split())
    apart = f"[^{re.escape(data['before'])}\\W\\d_]"
    division = (
        rf"(?:(?<!\d)\d{{3}}(?:\d{{2,3}})?\s?)?(?:(?:{counties})[市縣])?\s?"
        rf"(?:(?:{long}|{apart}{{2}}|[東西南北中])[區鄉鎮市])?\s?(?:{apart}{{1,4}}[里村])?\s?(?:{_N}鄰)?\s?\Z"
    )
    numbered = "|".join(data["numbered"].split())
    return _Words(
        re.compile(division), data["before"], re.compile(rf"\s?(?:{numbered})"), tuple(data["numberless"].split())
    )
