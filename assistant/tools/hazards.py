"""The kinds of hazards that a question names, and whether a warning is of such a kind."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.schema import Lang
from assistant.text import fold

_WORDS = "_words"


@dataclass(frozen=True, slots=True)
class Hazard:
    """A kind of hazard; `words` are those of all languages, folded."""

    name: Mapping[Lang, str]
    words: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether a question or a warning speaks of it."""
        folded = fold(text)
        return any(word in folded for word in self.words)


def hazards_named(question: str) -> tuple[Hazard, ...]:
    """The kinds of hazards that a question names; none where it asks of any."""
    return tuple(hazard for hazard in _hazards() if hazard.is_in(question))


@cache
def _hazards() -> tuple[Hazard, ...]:
    texts = tomllib.loads((files("assistant.tools") / "texts" / "hazards.toml").read_text(encoding="utf-8"))
    kinds = {key: name for key, name in texts.items() if not key.endswith(_WORDS)}
    return tuple(Hazard(name, _split(texts[key + _WORDS].values())) for key, name in kinds.items())


def _split(lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(word) for words in lists for word in words.split("|"))
