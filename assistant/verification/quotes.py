"""Quotes: what is shown as a quote stands letter by letter in the stored document, at its offsets."""

from assistant.schema import Citation


def is_verbatim(citation: Citation, document_text: str) -> bool:
    """Whether the quote is exactly the document's text between the citation's offsets."""
    return bool(citation.quote) and document_text[citation.start : citation.end] == citation.quote
