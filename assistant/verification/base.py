"""The ordered checks of one draft sentence against the evidence, and the verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.schema import Citation, Lang
from assistant.verification.figures import unsupported_figures
from assistant.verification.language import wrong_language
from assistant.verification.quotes import is_verbatim
from assistant.verification.support import SupportScorer, supporting_citations


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


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the checks need: support scores, the context of a citation, and the stored text of a document."""

    support: SupportScorer
    context_of: Callable[[Citation], str]
    text_of: Callable[[str], str]


def verify_sentence(
    sentence: str, citations: Sequence[Citation], lang: Lang, verifier: Verifier, question: str = ""
) -> Verdict:
    """Bind a sentence to the citations that support it, or drop it.

    In order: the answer's language; support by at least one citation; every figure and link in a cited
    passage (the question is no source); every quote verbatim in its document.
    """
    if wrong_language(sentence, lang):
        return Verdict(sentence, (), "language")
    supporting = supporting_citations(sentence, citations, verifier.support, question)
    if not supporting:
        return Verdict(sentence, (), "support")
    supporting = _with_sources_of_figures(sentence, supporting, citations, verifier)
    contexts = [verifier.context_of(citation) for citation in supporting]
    missing = unsupported_figures(sentence, contexts)
    if missing:
        return Verdict(sentence, (), f"figures: {', '.join(missing)}")
    if not all(is_verbatim(citation, verifier.text_of(citation.document_id)) for citation in supporting):
        return Verdict(sentence, (), "quote")
    return Verdict(sentence, tuple(supporting))


def _with_sources_of_figures(
    sentence: str, supporting: list[Citation], citations: Sequence[Citation], verifier: Verifier
) -> list[Citation]:
    """Add the citation that holds a figure which the supporting ones lack, where there is one."""
    missing = unsupported_figures(sentence, [verifier.context_of(c) for c in supporting])
    for citation in citations:
        if not missing:
            break
        if citation not in supporting:
            still = unsupported_figures(sentence, [verifier.context_of(c) for c in (*supporting, citation)])
            if len(still) < len(missing):
                supporting, missing = [*supporting, citation], still
    return sorted(supporting, key=lambda c: c.n)
