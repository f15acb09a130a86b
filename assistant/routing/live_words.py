"""Reads `live.toml`: general words of each language that tell what is asked of live services."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from assistant.schema import Lang
from assistant.text import detect_language, fold

_LEAST = 2  # characters of a clause


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message: `text == message[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LiveWords:
    """The words of one language."""

    parts: re.Pattern[str]
    supposing: re.Pattern[str]
    generic: Mapping[str, str]
    beside: Mapping[str, re.Pattern[str]]
    heads: re.Pattern[str]
    kinds: Mapping[str, str]  # of heads, by head
    short: re.Pattern[str] | None
    names: Mapping[str, re.Pattern[str]]
    values: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=2)
def live_words(lang: Lang) -> LiveWords:
    """The words of a language."""
    data = tomllib.loads(resources.files(__package__).joinpath("live.toml").read_text(encoding="utf-8"))[lang]
    heads = {kind: words for kind, words in data["heads"].items() if kind != "short"}
    short = data["heads"]["short"]
    return LiveWords(
        parts=re.compile(data["parts"], re.IGNORECASE),
        supposing=re.compile(data["supposing"], re.IGNORECASE),
        generic=data["generic"],
        beside={name: re.compile(pattern, re.IGNORECASE) for name, pattern in data["beside"].items()},
        heads=any_of(word for words in heads.values() for word in words),
        kinds={word: kind for kind, words in heads.items() for word in words},
        short=re.compile(rf"(?:{'|'.join(short)}){data['names']['after_short']}") if short else None,
        names={name: re.compile(pattern) for name, pattern in data["names"].items()},
        values={name: re.compile(pattern, re.IGNORECASE) for name, pattern in data["values"].items()},
    )


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, longer ones first, whatever their case; Latin ones stand alone, with a plural s or not."""
    ordered = sorted({fold(word) for word in words}, key=len, reverse=True)
    alone = [
        rf"(?<![a-z0-9]){re.escape(word)}(?:e?s)?(?![a-z0-9])" if is_latin(word) else re.escape(word)
        for word in ordered
    ]
    return re.compile("|".join(alone) or r"(?!)", re.IGNORECASE)


def is_latin(word: str) -> bool:
    """Whether a word begins and ends in Latin letters or digits, so that others have to stand apart from it."""
    return word[0] < "\u2e80" and word[-1] < "\u2e80"


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The parts of a message between its stops and commas; an English one also before `and`."""
    place, found = 0, []
    for stop in (*live_words(detect_language(text)).parts.finditer(text), None):
        end = stop.start() if stop else len(text)
        said = text[place:end]
        start = place + len(said) - len(said.lstrip())
        if len(said.strip()) >= _LEAST:
            found.append(Clause(said.strip(), start, start + len(said.strip())))
        place = stop.end() if stop else end
    return tuple(found)


def supposes(text: str) -> bool:
    """Whether a text only supposes something: 「如果明天停班」."""
    return bool(live_words(detect_language(text)).supposing.search(text.strip()))
