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
MOST_CHOICES = 4
THIN = 4  # words: with so few, a question names a topic only, and what else it has is said of any procedure
THIN_MARGIN = 0.7  # of fused score, for those: one word alone moves scores by more
_ASKING = frozenset("怎麼什哪幾嗎呢我你您")  # a pair of characters with one of these asks, and names nothing
_JOINING = frozenset(
    "a an and any at can do does for from get how i in is it me much my of on or the to what when where which".split()
)
_ASKS = re.compile(r"[?？]\s*$")
_SAID_OF = re.compile(r"：|: ")  # 「復康巴士：預約與收費」
_REMARK = re.compile(r"[（(][^）)]*[）)]")
# Titles name procedures between marks and joining words: 「博愛卡與復康巴士」, "Rehab bus: booking and charges".
_BETWEEN_NAMES = re.compile(
    rf"[^\w\s-]+|(?<=[{CJK}])[與和及或](?=[{CJK}])|(?<![\w-])(?:and|or|of|for|in|on|at|to|the|a|an)(?![\w-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the procedures that a question could mean: a few words of its title to ask with, and its best passage."""

    label: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class _Name:
    """A part of a title that names something, with its index terms; or what is said of a `thing` before it."""

    text: str
    tokens: frozenset[str]
    thing: str = ""

    @property
    def label(self) -> str:
        """A few words to ask with."""
        return self.thing or self.text


def ties(store: Store, question: str, passages: Sequence[Passage]) -> list[Choice]:
    """The look-alikes among the passages, best first: two to four where the question could mean each, else none.

    Two documents are look-alikes where a name in the title of each has a word of the question and another one besides
    (公園認養 and 犬貓認養, for a question on 認養). The question chooses where it has a word that only one of them
    has, or names either in full. Documents in another language (translations) and versions of one rule never tie.

    A question of a few words names only a topic: then what only one text speaks of chooses nothing, what a title says
    of a thing after a colon names that thing, and a published question with its answer is no procedure to choose.

    Args:
        passages: as retrieved, best first.
    """
    asked = _Asked(store, question)
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        if not (asked.thin and _ASKS.search(passage.document.title)):
            by_document.setdefault(passage.document.id, []).append(passage)
    (first, *others) = by_document.values() or [[]]
    choices: list[Choice] = []
    for other in others:
        names = asked.undecided(first, other) if _may_tie(first[0], other[0], asked.thin) else None
        if names:
            choices = choices or [Choice(names[0].label, first[0])]
            choices.append(Choice(names[1].label, other[0]))
    return _distinct(choices)[:MOST_CHOICES]


class _Asked:
    """A question, as words that choose between documents."""

    def __init__(self, store: Store, question: str) -> None:
        self._store = store
        self._squeezed = squeeze(question)
        self._tokens = set(store.query_tokens(question))
        self._subject = {token for token in self._tokens if _is_word(token) and store.idf(token) >= RARE}
        self.thin = len(self._subject) <= THIN

    def undecided(self, first: Sequence[Passage], other: Sequence[Passage]) -> tuple[_Name, _Name] | None:
        """The names between which the question does not choose; None where it does."""
        ours, theirs = (list(self._names(passages[0])) for passages in (first, other))
        if any(squeeze(name.text) in self._squeezed for name in (*ours, *theirs) if not name.thing):
            return None
        if (self._words(ours) ^ self._words(theirs)) & self._subject:
            return None
        if not self.thin and self._favours(first, other):
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
        """The names in a title; to a question of a few words, what is said of a thing names that thing."""
        title = passage.document.title
        thing, said = _SAID_OF.split(title, maxsplit=1) if self.thin and _SAID_OF.search(title) else (title, "")
        for part in filter(_is_name, _BETWEEN_NAMES.split(thing)):
            yield _Name(part.strip(), self._terms(part))
        for part in filter(_is_name, _BETWEEN_NAMES.split(said)):
            yield _Name(part.strip(), self._terms(f"{thing} {part}"), _REMARK.sub("", thing).strip())

    def _terms(self, text: str) -> frozenset[str]:
        return frozenset(self._store.query_tokens(text))

    def _words(self, names: Sequence[_Name]) -> set[str]:
        return {token for name in names for token in name.tokens if _is_word(token)}

    def _text_tokens(self, passages: Sequence[Passage]) -> set[str]:
        text = "\n".join(f"{p.document.title} {p.chunk.locator.section or ''} {p.chunk.text}" for p in passages)
        return set(self._store.query_tokens(text))

    def _mass(self, tokens: set[str]) -> float:
        return sum(self._store.idf(token) for token in tokens)


def _distinct(choices: Sequence[Choice]) -> list[Choice]:
    """The choices with labels of their own; none where fewer than two are left."""
    distinct = list({squeeze(choice.label): choice for choice in reversed(choices)}.values())[::-1]
    return distinct if len(distinct) > 1 else []


def _is_name(part: str) -> bool:
    return len(part.strip()) > 1


def _is_word(token: str) -> bool:
    """A Latin word, a number, or two Chinese characters that can name something; one alone is no word to choose by."""
    if token.isascii():
        return token not in _JOINING
    return len(token) > 1 and not _ASKING.intersection(token)


def _may_tie(first: Passage, other: Passage, thin: bool) -> bool:
    ours, theirs = first.document, other.document
    versions = ours.id == theirs.supersedes or theirs.id == ours.supersedes
    near = first.score - other.score <= (THIN_MARGIN if thin else MARGIN)
    return ours.language == theirs.language and not versions and near
