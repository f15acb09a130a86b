"""Writing the numbers of lists."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.articles import chinese_number
from assistant.indexing.formats.office import numerals


@pytest.mark.parametrize(
    ("write", "number", "written"),
    [
        (numerals.chinese, 10, "十"),
        (numerals.chinese, 11, "十一"),
        (numerals.chinese, 105, "一百零五"),
        (numerals.chinese, 110, "一百一十"),
        (numerals.formal, 12, "壹拾貳"),
        (numerals.chinese_digits, 10, "一〇"),
        (numerals.stems, 10, "癸"),
        (numerals.stems, 11, "11"),
        (numerals.circled, 21, "㉑"),
        (numerals.letters, 28, "BB"),
        (numerals.small_roman, 14, "xiv"),
        (numerals.full_width, 10, "１０"),
        (numerals.ordinal, 12, "12th"),
    ],
)
def test_numbers_are_written_as_word_processors_do(write: Callable[[int], str], number: int, written: str) -> None:
    """The printed number is part of the quote."""
    assert write(number) == written


@given(st.integers(1, 9999))
def test_chinese_numbers_read_back(number: int) -> None:
    """What a list prints is what the reader of articles understands."""
    assert chinese_number(numerals.chinese(number)) == number
