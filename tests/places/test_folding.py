"""Folding: names are compared in one form, and a mention's offsets are those of the text as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.places.folding import fold_text, name_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("臺鐵", "台鐵"),
        ("ＭＲＴ　Ｓｔａｔｉｏｎ", "mrt station"),
        ("義大 醫院", "義大醫院"),
        ("Pier-2", "pier 2"),
        ("Bo'ai 1st Rd.", "boai 1st rd"),
        ("  St.  Joseph ", "st joseph"),
        ("85 大樓", "85大樓"),
    ],
)
def test_one_form_for_all_spellings(typed: str, key: str) -> None:
    """Width, case, 臺 and 台, hyphens, apostrophes and spaces make no difference to a name."""
    assert name_key(typed) == key


@given(st.text(max_size=60))
def test_every_character_knows_where_it_stood(text: str) -> None:
    """Each folded character has the offset of one typed character, and offsets never run back."""
    folded = fold_text(text)
    assert len(folded.text) == len(folded.places)
    assert list(folded.places) == sorted(folded.places)
    assert all(0 <= place < len(text) for place in folded.places)


def test_span_covers_what_was_dropped_inside() -> None:
    """A span of the folded text covers spaces and dots that stood within it."""
    text = "去 義大 醫院。"
    start, end = fold_text(text).span(1, 5)
    assert text[start:end] == "義大 醫院"
