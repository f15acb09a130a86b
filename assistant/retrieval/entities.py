"""Entities: what a question is about, word by word without the asking, and how much of it a text covers."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieval.answer_type import gate_data
from assistant.store import Store, Term
from assistant.text import CJK, fold

_RUN = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_HAN = re.compile(f"[{CJK}]")
_NOWHERE = "\x01"  # stands in no index: as rare as a word can be


@dataclass(frozen=True, slots=True)
class Part:
    """A character or word of what a question is about.

    Attributes:
        wordings: index tokens that stand for it; those of one wording must all stand in a text.
        rarity: how much its presence says.
    """

    wordings: tuple[tuple[str, ...], ...]
    rarity: float


def subject(store: Store, question: str) -> list[Part]:
    """The parts of what a question is about.

    A Chinese character stands in a text where one of the two pairs that it forms in the question does. Of these, one
    often spans two words and stands nowhere; the one that the index knows best says how rare the character's word is.
    """
    rarest = store.idf(_NOWHERE)
    parts: list[Part] = []
    for run in _RUN.findall(_asking().sub(" ", fold(question))):
        if _HAN.match(run):
            parts += [_part(store, pairs, rarest) for pairs in _pairs(run)]
        elif run not in _asking_words():
            parts += [_part(store, [token], rarest) for token in store.query_tokens(run)[:1]]
    return parts


def named(store: Store, names: Sequence[Term]) -> list[Part]:
    """The parts of a question by the other names of what it names, to look for in another language."""
    return [Part(term.wordings, store.rarity(term)) for term in names]


def covered(parts: Sequence[Part], tokens: Set[str]) -> float:
    """Share of the parts, by rarity, that stand among a text's index tokens, 0..1."""
    mass = sum(part.rarity for part in parts)
    here = sum(part.rarity for part in parts if any(tokens >= set(wording) for wording in part.wordings))
    return here / mass if mass > 0 else 0.0


def _pairs(run: str) -> list[list[str]]:
    """For each character of a run, the pairs that it is part of; a lone character itself."""
    if len(run) == 1:
        return [[run]]
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    return [pairs[max(0, i - 1) : i + 1] for i in range(len(run))]


def _part(store: Store, tokens: Sequence[str], rarest: float) -> Part:
    known = [rarity for token in tokens if (rarity := store.idf(token)) < rarest]
    return Part(tuple((token,) for token in tokens), min(known, default=rarest))


@lru_cache(maxsize=1)
def _asking() -> re.Pattern[str]:
    words: list[str] = gate_data()["asking"]["zh"]
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _asking_words() -> frozenset[str]:
    return frozenset(gate_data()["asking"]["en"].split())
