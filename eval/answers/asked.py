"""A question as the stage asks it, what is wanted of its answer, and the documents that it is asked of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from assistant.schema import Lang, Role, Turn
from assistant.store import Store
from eval.datasets import AS_OF, Item
from eval.retrieval.indexes import Indexes

Outcome = Literal["answer", "abstain", "ask", "error"]
Facts = tuple[tuple[str, ...], ...]  # for each fact the spellings that count


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Attributes:
        want: what a right reply does: answer, abstain, or ask back.
        facts: what a right answer says; `wrong_facts`: what it must not say.
        documents: names of the documents that hold the answer: an id, a file's stem, or a part of a file.
        group: a part of its set that is reported for itself.
    """

    id: str
    split: str
    lang: Lang
    question: str
    want: Outcome = "answer"
    facts: Facts = ()
    wrong_facts: Facts = ()
    documents: frozenset[str] = frozenset()
    role: Role = "citizen"
    bureau: str = ""
    as_of: date = AS_OF
    history: tuple[Turn, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by name, and how the product's index of them is opened or made."""

    name: str
    index: Callable[[Indexes], tuple[Store, Path]]


@dataclass(frozen=True, slots=True)
class Part:
    """Questions that are asked of one corpus."""

    corpus: Corpus
    questions: Sequence[Asked]


CITY = Corpus("city", lambda indexes: indexes.of_city())


def asked_of(item: Item) -> Asked:
    """A question of a set that has the layout of the city's own."""
    return Asked(
        id=item.id,
        split=item.split,
        lang=language(item.lang),
        question=item.question,
        want="answer" if item.answerable else "abstain",
        facts=item.key_facts,
        documents=frozenset(item.documents),
        role="staff" if item.role == "staff" else "citizen",
        bureau=item.bureau,
        as_of=item.as_of or AS_OF,
        group=item.style,
    )


def language(name: str) -> Lang:
    """The language in which an answer is expected."""
    return "en" if name == "en" else "zh-TW"
