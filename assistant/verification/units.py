"""Units: which class of unit a number in a text carries, so that 20 days never stand for 20 dollars."""

import re
import tomllib
from functools import lru_cache
from importlib import resources

from assistant.numerals import NUMERAL

_FARTHEST = 24  # characters before a number that may hold its unit
_RANGE = rf"(?:\s*(?:至|到|~|-|–|—|、|或|及|和|\bto\b|\band\b|\bor\b)\s*{NUMERAL}){{0,3}}"
_MORE = rf"(?:st|nd|rd|th)?{_RANGE}\s*(?:多|餘|幾|以[上下])?\s*"


@lru_cache(maxsize=50_000)
def unit_of(text: str, start: int, end: int) -> str:
    """The class of the unit of the number at `text[start:end]` (folded text), or "" where it has none that is known."""
    after, before, ordinal = _patterns()
    place = _class(ordinal.match(text, end)) if text[max(0, start - 2) : start].rstrip().endswith("第") else ""
    return place or _class(before.search(text[max(0, start - _FARTHEST) : start])) or _class(after.match(text, end))


def _class(match: "re.Match[str] | None") -> str:
    return match.lastgroup or "" if match else ""


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(resources.files(__package__).joinpath("units.toml").read_text(encoding="utf-8"))
    after, before, ordinal = (
        "|".join(f"(?P<{name}>{spellings})" for name, spellings in data[place].items())
        for place in ("after", "before", "ordinal")
    )
    return re.compile(_MORE + f"(?:{after})"), re.compile(rf"(?:{before})\s*$"), re.compile(rf"\s*(?:{ordinal})")
