"""Quotes: what is shown as a quote stands letter by letter in the stored document, at its offsets."""

from assistant.schema import Citation
from assistant.verification.claim import Claim


def check_quotes(claim: Claim) -> str:
    """Drop a sentence one of whose quotes no longer stands in its document."""
    text_of = claim.verifier.text_of
    return "" if all(is_verbatim(c, text_of(c.document_id)) for c in claim.citations) else "quote"


def is_verbatim(citation: Citation, document_text: str) -> bool:
    """Whether the quote is exactly the document's text between the citation's offsets."""
    return bool(citation.quote) and document_text[citation.start : citation.end] == citation.quote
