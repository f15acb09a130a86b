"""Look-alikes: procedures between which the question does not choose, so that the reader can be asked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.schema import Passage
from assistant.store import Store
from assistant.text import CJK, squeeze

MARGIN = 0.4  # of fused score: wider, because one word more or less in a passage moves it by as much
TOLD_APART = 0.25  # share of the question's mass that only the best document has: it is the one that is meant
RARE = 2.0  # least idf of a word that says what a text is about: it stands in at most 13 % of the chunks
MOST_CHOICES = 3
_ASKING = frozenset("怎麼什哪幾嗎呢我你您")  # a pair of characters with one of these asks, and names nothing
# Titles name procedures between marks and joining words: 「博愛卡與復康巴士」, "Rehab bus: booking and charges".
_BETWEEN_NAMES = re.compile(
    rf"[^\w\s-]+|(?<=[{CJK}])[與和及或](?=[{CJK}])|\b(?:and|or|of|for|in|on|at|to|the|a|an)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the procedures that a question could mean: a few words of its title to ask with, and its best passage."""

    label: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class _Name:
    """A part of a title that names something, with its index terms."""

    text: str
    tokens: frozenset[str]


def ties(store: Store, question: str, passages: Sequence[Passage]) -> list[Choice]:
    """The look-alikes among the passages, best first: two or three where the question could mean each, else none.

    Two documents are look-alikes where a name in the title of each has a word of the question and another one besides
    (公園認養 and 犬貓認養, for a question on 認養). The question chooses where it has a word that only one of them
    has, or names either in full. Documents in another language (translations) and versions of one rule never tie.

    Args:
        passages: as retrieved, best first.
    """
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.document.id, []).append(passage)
    (first, *others) = by_document.values() or [[]]
    if not first or not others:
        return []
    asked = _Asked(store, question)
    choices: list[Choice] = []
    for other in others:
        names = asked.undecided(first, other) if _may_tie(first[0], other[0]) else None
        if names:
            choices = choices or [Choice(names[0].text, first[0])]
            choices.append(Choice(names[1].text, other[0]))
    return choices[:MOST_CHOICES]


class _Asked:
    """A question, as words that choose between documents."""

    def __init__(self, store: Store, question: str) -> None:
        self._store = store
        self._squeezed = squeeze(question)
        self._tokens = set(store.query_tokens(question))
        self._subject = {token for token in self._tokens if _is_word(token) and store.idf(token) >= RARE}

    def undecided(self, first: Sequence[Passage], other: Sequence[Passage]) -> tuple[_Name, _Name] | None:
        """The names between which the question does not choose; None where it does."""
        ours, theirs = (list(self._names(passages[0])) for passages in (first, other))
        if any(squeeze(name.text) in self._squeezed for name in (*ours, *theirs)):
            return None
        if (self._words(ours) ^ self._words(theirs)) & self._subject or self._favours(first, other):
            return None
        return next(((a, b) for a in ours for b in theirs if self._alike(a, b)), None)

    def _alike(self, a: _Name, b: _Name) -> bool:
        """Whether two names share what the question is about, and differ in what it does not say."""
        apart = a.tokens - b.tokens, b.tokens - a.tokens
        return bool(a.tokens & b.tokens & self._subject) and all(rest and not rest & self._tokens for rest in apart)

    def _favours(self, first: Sequence[Passage], other: Sequence[Passage]) -> bool:
        """Whether the best document has more of the question's words, of those that the two documents have."""
        here, there = self._text_tokens(first) & self._subject, self._text_tokens(other) & self._subject
        mass = self._mass(here | there)
        return mass > 0 and self._mass(here - there) > TOLD_APART * mass

    def _names(self, passage: Passage) -> Iterator[_Name]:
        for part in _BETWEEN_NAMES.split(passage.document.title):
            if len(part.strip()) > 1:
                yield _Name(part.strip(), frozenset(self._store.query_tokens(part)))

    def _words(self, names: Sequence[_Name]) -> set[str]:
        return {token for name in names for token in name.tokens if _is_word(token)}

    def _text_tokens(self, passages: Sequence[Passage]) -> set[str]:
        text = "\n".join(f"{p.document.title} {p.chunk.locator.section or ''} {p.chunk.text}" for p in passages)
        return set(self._store.query_tokens(text))

    def _mass(self, tokens: set[str]) -> float:
        return sum(self._store.idf(token) for token in tokens)


def _is_word(token: str) -> bool:
    """A Latin word, a number, or two Chinese characters that can name something; one alone is no word to choose by."""
    return token.isascii() or (len(token) > 1 and not _ASKING.intersection(token))


def _may_tie(first: Passage, other: Passage) -> bool:
    ours, theirs = first.document, other.document
    versions = ours.id == theirs.supersedes or theirs.id == ours.supersedes
    return ours.language == theirs.language and not versions and first.score - other.score <= MARGIN
