"""Bank accounts."""

import pytest

from tests.privacy.found import found


@pytest.mark.parametrize("written", ["012345678901", "012-345678-901234", "0123 4567 890123"])
def test_an_account_is_found_after_its_name(written: str) -> None:
    """In both languages, in any grouping."""
    assert found(f"匯到我的帳號{written}") == [(written, "bank_account")]
    assert found(f"My bank account number is {written}.") == [(written, "bank_account")]


def test_a_post_office_account_has_two_parts() -> None:
    """Branch and account are both masked."""
    assert found("局號0041234帳號0567891") == [("0041234", "bank_account"), ("0567891", "bank_account")]


@pytest.mark.parametrize(
    "text",
    ["捐款劃撥帳號19501234567", "市府公庫帳號16038000123456", "虛擬帳號98765432109876", "帳號被鎖住了", "帳號密碼忘記"],
)
def test_accounts_that_the_public_pays_into_pass(text: str) -> None:
    """They are published."""
    assert found(text) == []
