"""Citations: what becomes one quote, and what stays apart."""

from datetime import date

from assistant.retrieval import cite_evidence
from assistant.schema import Chunk, Document, EvidenceSentence, Locator, Passage

TEXT = "前言。\n渡輪全票三十元。 學生票十五元。\n逾時另計。團體票另議。"
OFFSET = 100
DOCUMENT = Document("fare", "fare.md", "票價", "交通局", url="https://a.example", effective_from=date(2026, 1, 1))


def evidence(*sentences: str, chunk_id: str = "fare:0") -> list[EvidenceSentence]:
    chunk = Chunk(chunk_id, "fare", 0, TEXT, OFFSET, OFFSET + len(TEXT), Locator(page=2, section="票種"))
    passage = Passage(chunk, DOCUMENT, 1.0)
    starts = [OFFSET + TEXT.index(sentence) for sentence in sentences]
    return [
        EvidenceSentence(passage, text, start, start + len(text), 1.0)
        for text, start in zip(sentences, starts, strict=True)
    ]


def test_neighbours_become_one_verbatim_quote() -> None:
    """Sentences with only white space between them are one quote, which keeps that white space."""
    citations = cite_evidence(evidence("渡輪全票三十元。", "學生票十五元。", "逾時另計。"))
    assert [citation.quote for citation in citations] == ["渡輪全票三十元。 學生票十五元。\n逾時另計。"]
    assert TEXT[citations[0].start - OFFSET : citations[0].end - OFFSET] == citations[0].quote


def test_a_gap_begins_a_new_citation() -> None:
    """What was left out is not quoted, and citations are numbered from 1 in order."""
    citations = cite_evidence(evidence("渡輪全票三十元。", "逾時另計。", "團體票另議。"))
    assert [(citation.n, citation.quote) for citation in citations] == [
        (1, "渡輪全票三十元。"),
        (2, "逾時另計。團體票另議。"),
    ]


def test_two_chunks_are_two_citations() -> None:
    """A quote never runs over the edge of a chunk, whose place it names."""
    first, second = evidence("渡輪全票三十元。"), evidence("學生票十五元。", chunk_id="fare:1")
    assert len(cite_evidence([*first, *second])) == 2


def test_a_citation_says_where_it_comes_from() -> None:
    """Document, source, office, place, link and date travel with the quote."""
    citation = cite_evidence(evidence("前言。"))[0]
    assert (citation.document_id, citation.source, citation.title) == ("fare", "fare.md", "票價")
    assert (citation.bureau, citation.url, citation.effective_from) == ("交通局", DOCUMENT.url, date(2026, 1, 1))
    assert citation.locator == Locator(page=2, section="票種")


def test_no_evidence_gives_no_citations() -> None:
    """Nothing to cite is an empty list."""
    assert cite_evidence([]) == []
