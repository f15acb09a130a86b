"""Business numbers of persons."""

import json

import pytest

from assistant.privacy.business_numbers import is_business_number
from eval.datasets import SHARED
from tests.privacy.found import found

VECTORS = SHARED / "e3_tw_pii" / "tw_id_vectors.json"


@pytest.mark.parametrize("digits", ["00501503", "12345675", "12345670"])
def test_the_check_is_that_of_2023(digits: str) -> None:
    """The digit sum is a multiple of five."""
    assert is_business_number(digits)


def test_a_wrong_check_digit_is_refused() -> None:
    """Eight digits alone are no business number."""
    assert not is_business_number("12345678")


def test_a_sole_persons_number_is_personal() -> None:
    """Who is a business is still a person."""
    assert found("我的工作室統編12345675，想停業") == [("12345675", "business_id")]
    assert found("I am a sole proprietor, tax ID 12345675.") == [("12345675", "business_id")]


def test_a_companys_number_is_public() -> None:
    """It is found below the threshold only."""
    assert found("統一編號12345675的公司在哪裡登記") == []
    assert found("統一編號12345675的公司在哪裡登記", threshold=0.2) == [("12345675", "business_id")]


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not here")
def test_the_check_agrees_with_published_vectors() -> None:
    """Every vector of eight digits passes under the rule of 2023 where it passes at all."""
    pairs = json.loads(VECTORS.read_text(encoding="utf-8"))["others"]["business-administration-number"]
    right = {number for number, valid in pairs if valid and len(number) == 8}
    assert right
    assert [number for number in right if not is_business_number(number)] == []
