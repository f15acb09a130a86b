"""Passports, medical records and messenger IDs."""

import pytest

from tests.privacy.found import found


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("護照號碼300123456過期", "300123456"),
        ("My passport number is 300123456.", "300123456"),
        ("passport P1234567A expired", "P1234567A"),
        ("持P1234567號護照入境", "P1234567"),
        ("護照 3 0 0 1 2 3 4 5 6", "3 0 0 1 2 3 4 5 6"),
    ],
)
def test_a_passport_is_found_near_its_name(text: str, piece: str) -> None:
    """Nine digits, or letters before six to eight."""
    assert found(text) == [(piece, "passport")]


def test_nine_digits_alone_are_no_passport() -> None:
    """They need the word."""
    assert found("人口數300123456") == []


@pytest.mark.parametrize(
    "text", ["病歷號{}", "病歷號碼：{}", "My medical record number is {}", "MRN {}", "chart no. {}"]
)
def test_a_medical_record_is_found_after_its_name(text: str) -> None:
    """In both languages."""
    assert found(text.format("00123456")) == [("00123456", "medical_record")]


@pytest.mark.parametrize(
    "text", ["LINE ID：{}", "我的line是{}", "加我LINE {}", "賴的ID {}", "Add me on LINE: {}", "用LINE聯絡我，ID：{}"]
)
def test_a_line_id_is_found(text: str) -> None:
    """However people bring it up."""
    assert found(text.format("wang_0503")) == [("wang_0503", "line_id")]


@pytest.mark.parametrize(
    "text", ["LINE Pay可以用嗎", "LINE官方帳號@city", "用LINE通報1999", "LINE TODAY新聞", "Line 2 is closed?"]
)
def test_the_messenger_itself_passes(text: str) -> None:
    """Its services and official accounts are public."""
    assert found(text) == []
