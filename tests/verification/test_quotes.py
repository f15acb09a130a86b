"""Quotes are verbatim or they are none."""

import pytest

from assistant.schema import Citation, Locator
from assistant.verification.quotes import is_verbatim

TEXT = "前言。渡輪全票三十元。"


@pytest.mark.parametrize(
    ("quote", "start", "verbatim"),
    [
        ("渡輪全票三十元。", 3, True),
        ("渡輪全票三十元。", 2, False),
        ("渡輪全票二十元。", 3, False),
        ("渡輪 全票三十元。", 3, False),
        ("", 3, False),
        ("元。以及", 9, False),
    ],
)
def test_a_quote_is_the_text_at_its_offsets(quote: str, start: int, verbatim: bool) -> None:
    """Letter by letter, at the place that the citation names."""
    citation = Citation(1, "ferry", "ferry.md", "票價", "", Locator(), quote, start, start + len(quote))
    assert is_verbatim(citation, TEXT) is verbatim
