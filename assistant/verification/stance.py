"""What a text says of permission, duty, charge and plain facts: marks of a kind, each on an axis with a sign."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from assistant.schema import Lang
from assistant.text import fold

_CLAUSE = re.compile(r"[，,；;。！!？?\n:：|]+(?!\d)|\.(?=\s|$)|\b(?:but|however|while|whereas)\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that say, for example, that something is free; offsets are in the folded text.

    `axis` is "" and `sign` 0 for a limit (only, except, unless), which contradicts nothing by itself.
    """

    kind: str
    axis: str
    sign: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence between commas: its folded text, the text without its marks, and its marks."""

    text: str
    content: str
    marks: tuple[Mark, ...]


def stance(text: str, lang: Lang) -> list[Mark]:
    """The marks of a text in order; each pattern takes its words away from the later ones, so 不得不 is no 不得."""
    rest = fold(text)
    marks: list[Mark] = []
    for kind, pattern in _patterns()[lang]:
        axis, sign = _axes().get(kind, ("", 0))
        for match in pattern.finditer(rest):
            if match.end() > match.start():
                marks.append(Mark(kind, axis, sign, match.start(), match.end()))
        rest = pattern.sub(lambda match: "\0" * len(match[0]), rest)
    return sorted(marks, key=lambda mark: mark.start)


def clauses(text: str, lang: Lang) -> list[Clause]:
    """The clauses of a text with their marks; a mark belongs to the clause in which it begins."""
    folded, marks = fold(text), stance(text, lang)
    ends = [match.span() for match in _CLAUSE.finditer(folded)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(folded)]
    found = []
    for start, stop in zip(starts, stops, strict=True):
        if folded[start:stop].strip():
            own = tuple(mark for mark in marks if start <= mark.start < stop)
            found.append(Clause(folded[start:stop], _without(folded, own, start, stop), own))
    return found


def without_marks(text: str, lang: Lang) -> str:
    """The folded text with its marks blanked: what it is about."""
    folded = fold(text)
    return _without(folded, tuple(stance(text, lang)), 0, len(folded))


def _without(folded: str, marks: tuple[Mark, ...], start: int, stop: int) -> str:
    characters = list(folded[start:stop])
    for mark in marks:
        for place in range(max(mark.start, start), min(mark.end, stop)):
            characters[place - start] = " "
    return "".join(characters)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("stance.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _axes() -> dict[str, tuple[str, int]]:
    return {kind: (axis, sign) for kind, (axis, sign) in _data()["axes"].items()}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    langs: tuple[Lang, ...] = ("zh-TW", "en")
    return {
        lang: [(group["kind"], re.compile("|".join(group["patterns"]))) for group in _data()[lang]] for lang in langs
    }
