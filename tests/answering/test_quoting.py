"""Quotes in an answer."""

from assistant.answering import deciding_lines, extract_lines
from assistant.answering.quoting import MOST_DECIDING, MOST_EXTRACTED
from assistant.schema import Chunk, Citation, Document, EvidenceSentence, Lang, Locator, Passage

ZH = "全票每次30元。學生票每次15元。每週一停駛。"
EN = "A ticket costs NT$30. No service on Mondays."


def passage(document_id: str, title: str, text: str, language: str) -> Passage:
    return Passage(
        Chunk(document_id, document_id, 0, text, 0, len(text)), Document(document_id, "", title, language=language), 1
    )


def evidence(found: Passage, *parts: tuple[str, float]) -> list[EvidenceSentence]:
    starts = [found.chunk.text.index(text) for text, _ in parts]
    return [
        EvidenceSentence(found, text, start, start + len(text), 1.0, score)
        for (text, score), start in zip(parts, starts, strict=True)
    ]


def cite(n: int, found: Passage) -> Citation:
    text, document = found.chunk.text, found.document
    return Citation(n, document.id, "", document.title, "", Locator(), text, 0, len(text))


FERRY, BOAT = passage("ferry", "渡輪票價", ZH, "zh-TW"), passage("boat", "The boat", EN, "en")
FARES = evidence(FERRY, ("全票每次30元。", 0.9), ("學生票每次15元。", 0.5), ("每週一停駛。", 0.1))
TICKET = evidence(BOAT, ("A ticket costs NT$30.", 0.8))


def extract(lang: Lang) -> list[str]:
    found = [*TICKET, *FARES]
    return [line for line, _ in extract_lines(found, [cite(1, BOAT), cite(2, FERRY)], lang)]


def test_extracts_are_grouped_by_document_with_the_readers_language_first() -> None:
    """Each document is named once; neighbouring sentences are one quote; every quote carries its mark."""
    assert extract("zh-TW") == [
        "《渡輪票價》\n「全票每次30元。學生票每次15元。每週一停駛。」 [2]",
        "《The boat》\n「A ticket costs NT$30.」 [1]",
    ]
    assert extract("en")[0] == "“The boat”\n“A ticket costs NT$30.” [1]"


def test_no_more_is_quoted_than_a_reader_takes_in() -> None:
    """The best sentences only, in reading order."""
    text = "".join(f"第{n}項規定。" for n in range(1, 10))
    found = passage("rules", "規定", text, "zh-TW")
    parts = evidence(found, *[(f"第{n}項規定。", 1 / n) for n in range(1, 10)])
    lines = [line for line, _ in extract_lines(parts, [cite(1, found)], "zh-TW")]
    assert lines == ["《規定》\n「" + "".join(f"第{n}項規定。" for n in range(1, MOST_EXTRACTED + 1)) + "」 [1]"]


def test_an_answer_is_followed_by_what_decides_it() -> None:
    """The sentence that the model pointed to is quoted with its document."""
    lines = deciding_lines(FARES[1:2], FARES, [cite(1, FERRY)], "學生半價。 [1]", "zh-TW")
    assert [line for line, _ in lines] == ["依據《渡輪票價》：「全票每次30元。學生票每次15元。」 [1]"]
    assert [citation.n for citation in lines[0][1]] == [1]


def test_what_the_answer_says_already_is_not_quoted_again() -> None:
    """An answer in the words of its source stands alone."""
    assert deciding_lines(FARES[:1], FARES, [cite(1, FERRY)], "全票每次30元。 [1]", "zh-TW") == []


def test_a_few_quotes_are_enough() -> None:
    """However much the model pointed to, an answer is no list of quotes."""
    lines = deciding_lines([FARES[2], FARES[0], *TICKET], FARES, [cite(1, FERRY), cite(2, BOAT)], "", "zh-TW")
    assert sum(line.count("「") for line, _ in lines) == MOST_DECIDING
