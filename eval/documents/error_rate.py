"""How far a reading is from the known text: character error rates, and the share of known passages found in it."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Count:
    """How many of so many characters count: as edits, or as found."""

    counted: int
    characters: int


def as_written(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def compact(text: str) -> str:
    """NFKC without white space: full-width and compatibility forms are one."""
    return as_written(unicodedata.normalize("NFKC", text))


def letters(text: str) -> str:
    """Letters and digits alone, after NFKC."""
    return "".join(character for character in compact(text) if character.isalnum())


RATES: dict[str, Callable[[str], str]] = {"cer": compact, "cer_letters": letters, "cer_as_written": as_written}


def edits(gold: str, reading: str, form: Callable[[str], str] = compact) -> Count:
    """Insertions, deletions and substitutions that lead from the known text to the reading."""
    known = form(gold)
    return Count(Levenshtein.distance(known, form(reading)), len(known))


def found(passages: Iterable[str], reading: str) -> Count:
    """How many characters of the passages stand in the reading, each passage whole or not at all."""
    whole = letters(reading)
    known = [letters(passage) for passage in passages]
    return Count(sum(len(text) for text in known if text in whole), sum(len(text) for text in known))


def bigrams_found(known: str, reading: str) -> float:
    """The share of the known text's character pairs that occur in the reading; 1 for an empty text."""
    text, whole = compact(known), compact(reading)
    pairs = [text[start : start + 2] for start in range(max(1, len(text) - 1))] if text else []
    return sum(pair in whole for pair in pairs) / len(pairs) if pairs else 1.0


def rate(counts: Sequence[Count]) -> float:
    """What was counted as a share of all characters of all texts; NaN without characters."""
    characters = sum(count.characters for count in counts)
    return sum(count.counted for count in counts) / characters if characters else float("nan")
