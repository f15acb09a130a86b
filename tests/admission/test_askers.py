"""Askers: whose rates and turns a request counts for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.admission import asker_of
from assistant.people.account import Account, AccountRole
from assistant.people.caller import Caller
from assistant.people.conversations import Owner
from assistant.people.keys import new_token

BROWSER = Owner.browser(new_token())
CITIZEN = Caller("citizen", "", None, BROWSER, "203.0.113.7")


def holder(role: AccountRole) -> Caller:
    account = Account("id-1", "name", role, "", datetime(2026, 1, 1, tzinfo=UTC))
    return Caller("citizen", "", account, Owner.account("id-1"), "203.0.113.7")


def test_a_browser_counts_as_itself_and_as_its_address() -> None:
    """Neither key gives the address or the mark away."""
    asker = asker_of(CITIZEN)
    assert (asker.kind, asker.person) == ("citizen", BROWSER.key)
    assert asker.address
    assert "203.0.113.7" not in f"{asker.person}{asker.address}"


def test_a_browser_without_a_mark_is_nobody_new() -> None:
    """Whoever throws the mark away with each question stays one person: the address."""
    first, second = (replace(CITIZEN, owner=Owner.browser(new_token()), is_new_browser=True) for _ in range(2))
    assert asker_of(first) == asker_of(second)


def test_addresses_of_one_customer_are_one() -> None:
    """The first 64 bits of IPv6 count (RFC 6177), and other customers are others."""
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    first, same, other = (asker_of(replace(CITIZEN, address=address)).address for address in addresses)
    assert first == same != other


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (AccountRole.STAFF, "staff"),
        (AccountRole.EDITOR, "staff"),
        (AccountRole.ADMIN, "staff"),
        (AccountRole.EVALUATOR, "evaluator"),
    ],
)
def test_whoever_is_signed_in_counts_as_the_account_alone(role: AccountRole, kind: str) -> None:
    """The address of an office is no part of it."""
    asker = asker_of(holder(role))
    assert (asker.kind, asker.person, asker.address) == (kind, "account:id-1", "")


def test_a_citizens_account_lifts_no_limit_of_its_address() -> None:
    """Accounts that anybody may have are no proof of being several people."""
    assert asker_of(holder(AccountRole.CITIZEN)).address == asker_of(CITIZEN).address
