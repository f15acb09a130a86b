"""Numbers as documents write them, read and written."""

import pytest

from assistant.numerals import chinese_number, chinese_numeral

NUMERALS = {
    1: "一",
    10: "十",
    12: "十二",
    20: "二十",
    105: "一百零五",
    110: "一百一十",
    1005: "一千零五",
    1050: "一千零五十",
    10500: "一萬零五百",
    15000: "一萬五千",
    100000: "十萬",
    12000305: "一千二百萬零三百零五",
}


@pytest.mark.parametrize(("value", "text"), NUMERALS.items())
def test_a_whole_number_is_written_as_text_writes_it(value: int, text: str) -> None:
    """Zeros between are said once, and ten needs no one before it."""
    assert chinese_numeral(value) == text


@pytest.mark.parametrize("value", [*NUMERALS, 99999999, 10000001, 20020])
def test_what_is_written_reads_back(value: int) -> None:
    """Reader and writer agree."""
    assert chinese_number(chinese_numeral(value)) == value


def test_zero_has_a_numeral() -> None:
    """Nothing is 零."""
    assert chinese_numeral(0) == "零"
