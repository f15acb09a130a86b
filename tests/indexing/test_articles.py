"""Articles of laws."""

import pytest

from assistant.indexing.articles import article_of, chinese_number, mark_articles
from assistant.indexing.blocks import Block
from assistant.schema import Locator


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("第12條 本辦法所稱", "第12條"),
        ("第 12 條", "第12條"),
        ("第十二條之一　申請人", "第12條之1"),
        ("第3-1條 主管機關", "第3條之1"),
        ("第一百零五條本市", "第105條"),
        ("Article 7 The applicant", "Article 7"),
        ("第三條規定之文件", None),
        ("第三條第一項的期限", None),
        ("依第三條辦理", None),
        ("Article 7 of this Act", None),
    ],
)
def test_only_an_articles_own_opening_counts(text: str, article: str | None) -> None:
    """A reference to an article in running text opens no article."""
    assert article_of(text) == article


@pytest.mark.parametrize(
    ("numeral", "value"), [("十", 10), ("二十三", 23), ("一百零五", 105), ("一二", 12), ("１２", 12)]
)
def test_chinese_numerals_have_their_value(numeral: str, value: int) -> None:
    """Chinese and full-width numerals read as numbers."""
    assert chinese_number(numeral) == value


def test_an_article_lasts_until_the_next_article_or_heading() -> None:
    """Paragraphs after an opening belong to its article; a heading ends it."""
    texts = [
        ("第1條 目的", "paragraph"),
        ("續文", "paragraph"),
        ("第2條", "paragraph"),
        ("附則", "heading"),
        ("完", "item"),
    ]
    blocks = [Block(text, Locator(), kind) for text, kind in texts]  # type: ignore[arg-type]
    assert [block.locator.article for block in mark_articles(blocks)] == ["第1條", "第1條", "第2條", None, None]
