"""Injection: a message that gives the assistant orders about itself instead of asking something of the city."""

import logging
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError
from assistant.guardrails.disguises import plain_forms
from assistant.guardrails.wordings import Reader, compile_wordings, read_lists
from assistant.schema import Lang

WEIGHTS = "injection-weights.toml"
READ_CHARS = 320  # of a long text the meaning of its two ends is judged; orders stand at either
_LEAST_LETTERS = 4  # a shorter text, such as a bare "yes", orders nothing

_logger = logging.getLogger(__name__)
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Family:
    """Ways in which people give an assistant orders about itself."""

    name: str
    wordings: re.Pattern[str]
    marks: re.Pattern[str] | None = None

    def is_in(self, form: str, read: str) -> bool:
        """Whether a text has one of them, given as it is and in the form of the wordings."""
        return bool(self.wordings.search(read) or (self.marks and self.marks.search(form)))


@dataclass(frozen=True, slots=True)
class Judge:
    """A logistic regression over the embedding of a message and the families in it; `python -m eval safety` fits it."""

    embed: Callable[[str], Sequence[float]]
    weights: Vector  # one a dimension
    families: Vector  # one a family
    intercept: float
    threshold: float


@dataclass(frozen=True, slots=True)
class InjectionDetector:
    """Finds messages that give the assistant orders; what it misses finds nothing to obey it, so it may be strict."""

    families: tuple[Family, ...]
    reader: Reader
    reply: Mapping[Lang, str]
    judge: Judge | None = None

    def find(self, text: str, lang: Lang) -> str | None:
        """What to tell the person whose message is an order to the assistant, or None."""
        return self.reply[lang] if self.is_order(text) else None

    def is_order(self, text: str) -> bool:
        """Whether the text, or a text that it stands for, is judged to be an order; two embeddings at most a form."""
        if sum(character.isalpha() for character in text) < _LEAST_LETTERS:
            return False
        first, *others = plain_forms(text)
        if self.judge is None:
            return any(any(self.hits(form)) for form in (first, *others))
        if self.score(first, self.judge) >= self.judge.threshold:
            return True
        return any(any(self.hits(form)) and self.score(form, self.judge) >= self.judge.threshold for form in others)

    def hits(self, form: str) -> list[bool]:
        """Which families a plain text has."""
        read = self.reader.read(form)
        return [family.is_in(form, read) for family in self.families]

    def score(self, form: str, judge: Judge) -> float:
        """The probability, 0 to 1, that a plain text is an order; of a long text the likelier of its ends."""
        parts = [form] if len(form) <= READ_CHARS else [form[:READ_CHARS], form[-READ_CHARS:]]
        told = float(np.dot(self.hits(form), judge.families)) + judge.intercept
        try:
            meant = max(float(np.dot(judge.embed(part), judge.weights)) for part in parts)
        except ModelError as error:
            _logger.warning("Orders to the assistant are told by word lists alone: %s", error)
            return 1.0 if any(self.hits(form)) else 0.0
        return 1 / (1 + float(np.exp(-(told + meant))))


def load_injection(embed: Callable[[str], Sequence[float]] | None = None, fingerprint: str = "") -> InjectionDetector:
    """The detector as it ships; without a judge where there is no embedder, or another than the judge was fitted to."""
    data = _read("injection.toml")
    reader = Reader({})
    words = read_lists(data["words"], reader)
    families = tuple(_family(one, words, reader) for one in data["family"])
    reply: dict[Lang, str] = {"zh-TW": data["reply"]["zh-TW"], "en": data["reply"]["en"]}
    return InjectionDetector(families, reader, reply, _judge(families, embed, fingerprint))


def _family(data: Mapping[str, Any], words: Mapping[str, list[str]], reader: Reader) -> Family:
    marks = re.compile("|".join(data["marks"]), re.IGNORECASE | re.MULTILINE) if "marks" in data else None
    return Family(data["name"], compile_wordings(data["wordings"], words, reader), marks)


def _judge(
    families: Sequence[Family], embed: Callable[[str], Sequence[float]] | None, fingerprint: str
) -> Judge | None:
    if embed is None or not resources.files(__package__).joinpath(WEIGHTS).is_file():
        return None
    data = _read(WEIGHTS)
    if data["fingerprint"] != fingerprint or set(data["families"]) != {family.name for family in families}:
        _logger.warning("Orders to the assistant are told by word lists alone: %s was fitted to others.", WEIGHTS)
        return None
    told = np.array([data["families"][family.name] for family in families])
    return Judge(embed, np.array(data["weights"]), told, float(data["intercept"]), float(data["threshold"]))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
