"""Extract-only answers: the best quotes, in the order of the evidence."""

from collections.abc import Iterator, Sequence

from assistant.schema import Citation, Lang

MOST_QUOTES = 3
_QUOTED = {"zh-TW": "「{quote}」", "en": "“{quote}”"}


def compose_extract(citations: Sequence[Citation], lang: Lang) -> Iterator[tuple[str, Citation]]:
    """Quoted sentences with the citation that each comes from; never more than a reader takes in at once."""
    for citation in citations[:MOST_QUOTES]:
        yield _QUOTED[lang].format(quote=" ".join(citation.quote.split())), citation
