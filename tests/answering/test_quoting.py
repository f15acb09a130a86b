"""Extract-only answers."""

import pytest

from assistant.answering import compose_extract
from assistant.answering.extract import MOST_QUOTES
from assistant.schema import Citation, Lang, Locator


def cite(n: int, quote: str) -> Citation:
    return Citation(n, "ferry", "ferry.md", "渡輪票價", "", Locator(), quote, 0, len(quote))


@pytest.mark.parametrize(("lang", "shown"), [("zh-TW", "「全票30元。 學生15元。」"), ("en", "“全票30元。 學生15元。”")])
def test_a_quote_is_shown_as_one(lang: Lang, shown: str) -> None:
    """Each line is one quote in the quotation marks of the language, on one line, with its citation."""
    citation = cite(1, "全票30元。\n學生15元。")
    assert list(compose_extract([citation], lang)) == [(shown, citation)]


def test_no_more_quotes_than_a_reader_takes_in() -> None:
    """The first few citations, in their order."""
    citations = [cite(n, f"第{n}條") for n in range(1, 9)]
    assert [citation.n for _, citation in compose_extract(citations, "zh-TW")] == list(range(1, MOST_QUOTES + 1))
