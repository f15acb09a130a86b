"""The ordered checks of one draft sentence against the evidence, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.schema import Citation, Lang
from assistant.verification.claim import Check, Claim, Verifier
from assistant.verification.copying import check_copying
from assistant.verification.figures import check_figures, with_sources_of_figures
from assistant.verification.language import check_language
from assistant.verification.polarity import check_polarity
from assistant.verification.promise import check_promise
from assistant.verification.quotes import check_quotes
from assistant.verification.support import check_support, supporting_citations

CHECKS: tuple[Check, ...] = (
    check_language,
    check_promise,
    check_support,
    check_copying,
    check_figures,
    check_polarity,
    check_quotes,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sentence: shown with its citations, or dropped for a reason."""

    sentence: str
    citations: tuple[Citation, ...]
    dropped_for: str = ""

    @property
    def passed(self) -> bool:
        """Whether the sentence may be shown."""
        return not self.dropped_for


def verify_sentence(
    sentence: str, citations: Sequence[Citation], lang: Lang, verifier: Verifier, question: str = ""
) -> Verdict:
    """Bind a sentence to the citations that carry it, and drop it for the first check that it fails.

    The question is no source: what only the question says must not come back as the city's word.
    """
    bound = supporting_citations(sentence, citations, verifier.support, question)
    bound = with_sources_of_figures(sentence, bound, citations, verifier)
    claim = Claim(sentence, question, lang, tuple(bound), verifier)
    reason = next((reason for check in CHECKS if (reason := check(claim))), "")
    return Verdict(sentence, () if reason else claim.citations, reason)
