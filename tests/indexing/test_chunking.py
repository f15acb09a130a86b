"""Cutting documents into chunks and windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.chunking import CJK_LIMITS, LATIN_LIMITS, chunk_document
from assistant.schema import Locator

SENTENCE = "申請人應於期限內備齊文件提出申請。"


def parsed(*blocks: Block) -> ParsedDocument:
    return ParsedDocument("標題", "zh-TW", blocks, 0)


def heading(text: str, section: str) -> Block:
    return Block(text, Locator(section=section), "heading")


def body(text: str, section: str | None = None, article: str | None = None, page: int | None = None) -> Block:
    return Block(text, Locator(page=page, section=section, article=article), "paragraph")


places = st.sampled_from([None, "甲", "甲 > 乙", "甲 > 丙", "丁"])
texts = st.text("文字。，； ab.\n第1條", min_size=1, max_size=40).filter(str.strip)
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 60))
blocks = st.builds(
    lambda text, section, article, kind: Block(text.strip(), Locator(section=section, article=article), kind),
    long_texts,
    places,
    st.sampled_from([None, "第1條", "第2條"]),
    st.sampled_from(["heading", "paragraph", "item", "row"]),
)


@given(st.lists(blocks, min_size=1, max_size=12))
def test_chunks_are_exact_ordered_slices(found: list[Block]) -> None:
    """A quote of a chunk is a quote of the stored text; nothing visible is lost, nothing stands twice."""
    text, chunks, windows = chunk_document("d", parsed(*found))
    assert text == "\n".join(block.text for block in found)
    position = 0
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert position <= chunk.start
        assert not text[position : chunk.start].strip()
        position = chunk.end
    assert not text[position:].strip()
    assert {window.chunk_id for window in windows} == {chunk.id for chunk in chunks}
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@given(st.lists(blocks, min_size=1, max_size=12))
def test_no_chunk_is_longer_than_a_passage_may_be(found: list[Block]) -> None:
    """Long paragraphs are cut, whatever they hold."""
    _, chunks, _ = chunk_document("d", parsed(*found))
    assert all(len(chunk.text) <= LATIN_LIMITS.longest for chunk in chunks)


def test_chinese_chunks_end_at_sentences_near_the_target() -> None:
    """A long Chinese paragraph becomes chunks of whole sentences."""
    _, chunks, windows = chunk_document("d", parsed(body(SENTENCE * 60)))
    assert all(len(chunk.text) <= CJK_LIMITS.longest and chunk.text.endswith("。") for chunk in chunks)
    assert all(len(window.text) <= CJK_LIMITS.window * 1.25 for window in windows)


def test_a_chunk_never_crosses_sections_or_articles() -> None:
    """Each article is a chunk with its own locator."""
    _, chunks, _ = chunk_document(
        "d", parsed(body("第1條 甲。" * 9, "章", "第1條"), body("第2條 乙。" * 9, "章", "第2條"))
    )
    assert [chunk.locator.article for chunk in chunks] == ["第1條", "第2條"]


def test_headings_stand_with_their_text() -> None:
    """A heading goes with what follows; at the end of a document, with what precedes."""
    found = (heading("甲", "甲"), heading("乙", "甲 > 乙"), body(SENTENCE * 4, "甲 > 乙", page=2), heading("尾", "尾"))
    _, chunks, _ = chunk_document("d", parsed(*found))
    assert [chunk.text.split("\n")[0] for chunk in chunks] == ["甲"]
    assert chunks[0].locator == Locator(page=2, section="甲 > 乙")


def test_a_document_of_one_heading_is_one_chunk() -> None:
    """Nothing is lost where a document holds nothing else."""
    assert len(chunk_document("d", parsed(heading("公告", "公告")))[1]) == 1


def test_a_very_small_section_joins_its_neighbour() -> None:
    """It then stands under the heading that both share."""
    found = (
        heading("乙", "甲 > 乙"),
        body(SENTENCE * 3, "甲 > 乙"),
        heading("丙", "甲 > 丙"),
        body("免費。", "甲 > 丙"),
    )
    _, chunks, _ = chunk_document("d", parsed(*found))
    assert [chunk.locator.section for chunk in chunks] == ["甲"]


def test_unchanged_text_keeps_its_chunk_id() -> None:
    """Ids depend on the text, not on the place; equal texts are told apart."""
    before = chunk_document("d", parsed(body(SENTENCE * 3, "甲")))[1]
    after = chunk_document("d", parsed(body("新增。" * 9, "新"), body(SENTENCE * 3, "甲"), body(SENTENCE * 3, "乙")))[1]
    assert before[0].id == after[1].id
    assert after[1].id != after[2].id


@pytest.mark.parametrize(("section", "start"), [("甲 > 費用", "費用：免費"), (None, "免費")])
def test_windows_carry_their_last_heading(section: str | None, start: str) -> None:
    """A window without its heading would not say what it is about."""
    _, _, windows = chunk_document("d", parsed(body("免費申請。", section)))
    assert windows[0].text.startswith(start)
