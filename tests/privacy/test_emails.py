"""E-mail addresses."""

import pytest

from assistant.privacy import known_values
from tests.privacy.found import found


@pytest.mark.parametrize(
    "written",
    [
        "wang.hm+kh@gmail.com",
        "ｗａｎｇ＠ｇｍａｉｌ．ｃｏｍ",
        "wang @ gmail.com",
        "wang[at]gmail[dot]com",
        "wang at gmail dot com",
        "wang dot hm at gmail dot com",
        "wang@\u200bgmail.com",
    ],
)
def test_an_address_is_found_in_every_writing(written: str) -> None:
    """Also spelled out against harvesters."""
    assert found(f"請寄 {written} 謝謝") == [(written, "email")]


def test_mailboxes_of_offices_pass() -> None:
    """Service and press are functions, not persons; what is published passes too."""
    assert found("寫到service@city.gov.tw或webmaster@example.org") == []
    assert found("寫到lin.office7@city.gov.tw", known_values(["lin.office7@city.gov.tw"])) == []


def test_at_in_a_sentence_is_no_address() -> None:
    """People meet at places."""
    assert found("meet me at noon, dot the i at the end") == []
