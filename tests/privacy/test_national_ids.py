"""National ID numbers and those of resident certificates."""

import json

import pytest

from assistant.privacy.national_ids import has_check_digit
from eval.datasets import SHARED
from tests.privacy.found import found

VECTORS = SHARED / "e3_tw_pii" / "tw_id_vectors.json"


@pytest.mark.parametrize(
    "written",
    [
        "A123456789",
        "a123456789",
        "Ａ１２３４５６７８９",
        "A 123 456 789",
        "A12-345-6789",
        "A 1 2 3 4 5 6 7 8 9",
        "А123456789",
    ],
)
def test_a_national_id_is_found_without_its_name(written: str) -> None:
    """The check digit says enough."""
    assert found(f"用{written}登入") == [(written, "national_id")]


@pytest.mark.parametrize("written", ["A800000014", "A 800 000 014", "AB23456789", "ab23456789"])
def test_resident_numbers_are_found_in_both_forms(written: str) -> None:
    """The form of 2021 has a digit 8 or 9, the one before it two letters."""
    assert found(f"居留證 {written} 要延期") == [(written, "resident_id")]


def test_a_mistyped_id_is_personal_where_it_is_called_an_id() -> None:
    """A typing error does not make it public."""
    assert found("身分證字號A123456780，系統說錯誤") == [("A123456780", "national_id")]


@pytest.mark.parametrize(
    "text", ["案號A123456780", "發票AB-23456789", "統一發票AB23456789中獎了嗎", "A20241100123", "XA1234567890"]
)
def test_what_only_looks_like_an_id_passes(text: str) -> None:
    """Case numbers and receipts are nobody's identity."""
    assert found(text) == []


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not here")
def test_the_check_agrees_with_published_vectors() -> None:
    """Every vector of the two forms passes or fails as published."""
    published = json.loads(VECTORS.read_text(encoding="utf-8"))["id_card_tests"]
    pairs = [(number, right) for table in published.values() for number, right in table]
    shaped = [(n, right) for n, right in pairs if len(n) == 10 and n[1:2] in "1289ABCD" and n[0].isalpha()]
    assert shaped
    assert [n for n, right in shaped if has_check_digit(n) != right] == []
