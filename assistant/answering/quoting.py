"""Quotes in an answer: the sentences that decide it, and extracts where no model writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.compose import best_first
from assistant.schema import Citation, EvidenceSentence, Lang
from assistant.text import detect_language, keyword_tokens

MOST_DECIDING = 2
MOST_EXTRACTED = 4  # sentences; the best four hold .94 of the city questions' answers, all nine .96
RESTATED = 0.8  # share of a quote's index terms that stand in the answer already
_QUOTED = {"zh-TW": "「{quote}」", "en": "“{quote}”"}
_BASIS = {"zh-TW": "依據《{title}》：", "en": "Source: “{title}”: "}
_EXTRACTED = {"zh-TW": "《{title}》", "en": "“{title}”"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim part of a citation: `text == document_text[start:end]`."""

    citation: Citation
    text: str
    start: int
    end: int


def deciding_lines(
    pointed: Sequence[EvidenceSentence],
    evidence: Sequence[EvidenceSentence],
    citations: Sequence[Citation],
    told: str,
    lang: Lang,
) -> list[tuple[str, list[Citation]]]:
    """A line for each document with the sentences on which the answer rests, and the citations that it quotes.

    These are the sentences that the model pointed to and the best of the evidence; a sentence that the answer has
    nearly word for word is not said twice.
    """
    best = best_first(evidence, lang)[:1]
    chosen = list({(e.passage.document.id, e.start): e for e in (*pointed, *best)}.values())
    fresh = [e for e in chosen if not _restated(e.text, told)][:MOST_DECIDING]
    lines = []
    for quotes in _by_document(_quotes(fresh, citations), lang):
        head = _BASIS[lang].format(title=quotes[0].citation.title)
        lines.append((head + "".join(_marked(quote, lang) for quote in quotes), [q.citation for q in quotes]))
    return lines


def extract_lines(
    evidence: Sequence[EvidenceSentence], citations: Sequence[Citation], lang: Lang
) -> list[tuple[str, list[Citation]]]:
    """The best sentences of the evidence: for each document its title and a line for each quote, and what it cites.

    Documents in the reader's language come first, then the order of the evidence.
    """
    best = best_first(evidence, lang)[:MOST_EXTRACTED]
    lines = []
    for quotes in _by_document(_quotes(best, citations), lang):
        title = _EXTRACTED[lang].format(title=quotes[0].citation.title)
        said = "\n".join((title, *(_marked(quote, lang) for quote in quotes)))
        lines.append((said, [quote.citation for quote in quotes]))
    return lines


def _quotes(chosen: Sequence[EvidenceSentence], citations: Sequence[Citation]) -> list[Quote]:
    """What is quoted of the citations, neighbouring sentences together."""
    places = sorted({(c.n, e.start, e.end) for e in chosen for c in citations if _holds(c, e)})
    by_number = {c.n: c for c in citations}
    quotes: list[Quote] = []
    for n, start, end in places:
        citation = by_number[n]
        last = quotes[-1] if quotes and quotes[-1].citation.n == n else None
        if last and not citation.quote[last.end - citation.start : start - citation.start].strip():
            quotes.pop()
            start = last.start
        text = citation.quote[start - citation.start : end - citation.start]
        quotes.append(Quote(citation, text, start, end))
    return quotes


def _by_document(quotes: Sequence[Quote], lang: Lang) -> list[list[Quote]]:
    order = {q.citation.document_id: place for place, q in reversed(list(enumerate(quotes)))}
    foreign = {q.citation.document_id for q in quotes if detect_language(q.text) != lang}

    def place(quote: Quote) -> tuple[bool, int]:
        document = quote.citation.document_id
        return document in foreign, order[document]

    ordered = sorted(quotes, key=place)
    return [list(group) for _, group in groupby(ordered, key=lambda q: q.citation.document_id)]


def _holds(citation: Citation, sentence: EvidenceSentence) -> bool:
    same = citation.document_id == sentence.passage.document.id
    return same and citation.start <= sentence.start and sentence.end <= citation.end


def _restated(quote: str, told: str) -> bool:
    terms = set(keyword_tokens(quote))
    return len(terms & set(keyword_tokens(told))) >= RESTATED * len(terms)


def _marked(quote: Quote, lang: Lang) -> str:
    return f"{_QUOTED[lang].format(quote=' '.join(quote.text.split()))} [{quote.citation.n}]"
