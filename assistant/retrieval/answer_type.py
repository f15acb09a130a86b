"""Answer types: what kind of thing a question asks for, and whether a text holds or denies such a thing."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from assistant.numerals import ZH_DIGITS
from assistant.text import fold

_NUMERAL = rf"(?:\d[\d,.]*|[{ZH_DIGITS}半]+)"
_PART = re.compile(r"[?？;；,，。]|以及|還有|另外|\band\b")
_QUESTION = re.compile(r"[?？]")
_CELL = re.compile(r"[;；]")
_FIELD = re.compile(r"[:：]")


@dataclass(frozen=True, slots=True)
class AnswerType:
    """A kind of answer: what asks for it, and what only a text that holds it contains."""

    name: str
    asks: re.Pattern[str]
    holds: re.Pattern[str]

    def stands_in(self, text: str) -> bool:
        """Whether a text holds something of this kind."""
        return self.holds.search(fold(text)) is not None


def asked_type(question: str) -> AnswerType | None:
    """What a question asks for, where the absence of such a thing can be seen; else None."""
    folded = fold(question)
    return next((kind for kind in _types() if kind.asks.search(folded)), None)


def missing_kinds(question: str, texts: Sequence[str]) -> list[str]:
    """The names of what the parts of a question ask for and none of the texts holds."""
    return [kind.name for kind in _asked_kinds(question) if not any(map(kind.stands_in, texts))]


def nothing_asked_for(question: str, texts: Sequence[str]) -> str | None:
    """The name of a missing kind, where each question that was put asks for kinds and the texts hold none of them."""
    questions = [part for part in _QUESTION.split(question) if part.strip()]
    missing = [missing_kinds(part, texts) for part in questions]
    every = [kind.name for part in questions for kind in _asked_kinds(part)]
    return missing[0][0] if missing and all(missing) and sum(map(len, missing)) == len(every) else None


def _asked_kinds(question: str) -> list[AnswerType]:
    kinds = (asked_type(part) for part in _PART.split(question))
    return list(dict.fromkeys(kind for kind in kinds if kind))


def asks_own_case(question: str) -> bool:
    """Whether the question is how the asker's own case stands, which no published document can tell."""
    return _pattern("own_case", "asks").search(fold(question)) is not None


def said_and_denied(text: str) -> tuple[str, list[str]]:
    """What a sentence says, and the things that it says are not known; a table row is taken cell by cell.

    A denied cell is told with the row's first cell, which says what the row is about.
    """
    cells = [cell for cell in _CELL.split(text) if cell.strip()]
    if len(cells) < 2 or not _FIELD.search(text):
        return ("", [text]) if _denies(text) else (text, [])
    denied = [cell for cell in cells if _denies(cell)]
    return "；".join(cell for cell in cells if cell not in denied), [f"{cells[0]} {cell}" for cell in denied]


def _denies(text: str) -> bool:
    return _pattern("denial", "says").search(fold(text)) is not None


@lru_cache(maxsize=1)
def gate_data() -> dict[str, Any]:
    """The word lists and patterns of `answer_types.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("answer_types.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _types() -> tuple[AnswerType, ...]:
    return tuple(
        AnswerType(kind["name"], re.compile(kind["asks"]), re.compile(kind["holds"].replace("{n}", _NUMERAL)))
        for kind in gate_data()["kind"]
    )


@lru_cache(maxsize=8)
def _pattern(section: str, key: str) -> re.Pattern[str]:
    return re.compile(gate_data()[section][key])
