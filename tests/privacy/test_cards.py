"""Health insurance cards and credit cards."""

import pytest

from assistant.privacy.base import is_luhn
from tests.privacy.found import found


@pytest.mark.parametrize("written", ["000012345678", "0000 1234 5678", "0000-1234-5678", "００００１２３４５６７８"])
def test_a_health_card_is_found(written: str) -> None:
    """By its name or its four zeros."""
    assert found(f"健保卡號{written}") == [(written, "nhi_card")]
    assert found(f"這是{written}") == [(written, "nhi_card")]


@pytest.mark.parametrize(
    "written", ["4012888888881881", "4012 8888 8888 1881", "4012-8888-8888-1881", "3782 822463 10005"]
)
def test_a_credit_card_is_found(written: str) -> None:
    """Also without a word of cards: issuer and check digit say enough."""
    assert found(f"我付了{written}") == [(written, "credit_card")]


def test_a_mistyped_card_is_found_where_it_is_called_one() -> None:
    """A wrong check digit protects nobody."""
    assert found("信用卡4012888888881882刷不過") == [("4012888888881882", "credit_card")]


@pytest.mark.parametrize(
    "text", ["訂單編號4012888888881881", "銷帳編號9123456789012345", "4012888888881882", "1234567890123456"]
)
def test_references_and_other_long_numbers_pass(text: str) -> None:
    """Orders and bills have long numbers too."""
    assert found(text) == []


def test_the_check_digit_is_luhns() -> None:
    """One changed digit is noticed."""
    assert is_luhn("4012888888881881")
    assert not is_luhn("4012888888881880")
