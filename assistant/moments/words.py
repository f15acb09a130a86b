"""Reads `words.toml`: words for days, holidays and parts of the day."""

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

_DATA = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
DAYS: dict[str, int] = {word: int(days) for days, words in _DATA["days"].items() for word in words}
HOLIDAYS: dict[str, tuple[int, int]] = {
    word: (int(day[:2]), int(day[3:])) for day, words in _DATA["holidays"].items() for word in words
}
PARTS: dict[str, tuple[int, int]] = {
    word: (int(begin), int(end))
    for hours, words in _DATA["parts"].items()
    for begin, end in [hours.split("-")]
    for word in words
}


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, longer ones first; English ones stand alone."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(rf"\b{re.escape(word)}\b" if word[0].isascii() else re.escape(word) for word in ordered)
