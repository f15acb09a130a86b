"""What a check is given: a draft sentence with the citations bound to it, and what the room may look up."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.schema import Citation, Lang


@dataclass(frozen=True, slots=True)
class SupportScorer:
    """How a sentence is compared with a quote: index terms, their rarity, and the cosine of two texts."""

    tokens: Callable[[str], list[str]]
    idf: Callable[[str], float]
    cosine: Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the checks need: support scores, the context of a citation, and the stored text of a document."""

    support: SupportScorer
    context_of: Callable[[Citation], str]
    text_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A draft sentence, the question that it answers, and the citations that carry it."""

    sentence: str
    question: str
    lang: Lang
    citations: tuple[Citation, ...]
    verifier: Verifier

    @property
    def contexts(self) -> list[str]:
        """What each citation says, with the title and heading that it stands under."""
        return [self.verifier.context_of(citation) for citation in self.citations]


Check = Callable[[Claim], str]  # the reason to drop the sentence, or ""
