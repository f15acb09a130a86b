"""API tokens: for evaluators alone, shown once, and of no use after their end."""

from datetime import timedelta

import pytest

from assistant.errors import PeopleError
from assistant.people.account import AccountRole
from assistant.people.keys import new_token
from assistant.people.people import People
from tests.people.place import Place, add


def issued(people: People) -> str:
    if people.accounts.find("eve") is None:
        add(people, "eve", AccountRole.EVALUATOR)
    return people.tokens.issue("eve", "nightly run", by="boss")


def test_a_token_opens_its_account(people: People) -> None:
    """It is found, and lists say all but the token itself."""
    token = issued(people)
    account = people.tokens.find(token)
    assert account is not None
    assert (account.name, account.role) == ("eve", AccountRole.EVALUATOR)
    listed = people.tokens.list("eve")
    assert [(one.account, one.label) for one in listed] == [("eve", "nightly run")]
    assert listed[0].used_at is not None
    assert token.removeprefix("cityassistant_") not in repr(listed)


@pytest.mark.parametrize("role", [AccountRole.CITIZEN, AccountRole.STAFF, AccountRole.EDITOR, AccountRole.ADMIN])
def test_only_evaluators_have_tokens(people: People, role: AccountRole) -> None:
    """A token that leaks opens no desk of staff."""
    add(people, "mei", role)
    with pytest.raises(PeopleError) as refusal:
        people.tokens.issue("mei", "", by="boss")
    assert refusal.value.reason == "no_evaluator"


def test_a_forged_token_opens_nothing(people: People) -> None:
    """Form and prefix alone are nothing."""
    secret = issued(people).removeprefix("cityassistant_")
    for forged in (
        "",
        secret,
        "cityassistant_",
        f"cityassistant_{new_token()}",
        f"Cityassistant_{secret}",
        "x" * 10**6,
    ):
        assert people.tokens.find(forged) is None
    assert people.sessions.find(secret) is None


def test_a_token_ends(place: Place) -> None:
    """After ninety days it is of no use, also should the clock go back."""
    people = place.open()
    token = issued(people)
    place.clock.move(days=90, seconds=-1)
    assert people.tokens.find(token) is not None
    place.clock.move(seconds=1)
    assert people.tokens.find(token) is None
    place.clock.move(days=-10)
    assert people.tokens.find(token) is None


@pytest.mark.parametrize("days", [0, -1, 367])
def test_no_token_is_for_ever(people: People, days: int) -> None:
    """A year is the longest."""
    add(people, "eve", AccountRole.EVALUATOR)
    with pytest.raises(PeopleError):
        people.tokens.issue("eve", "", by="boss", valid=timedelta(days=days))


def test_a_token_ends_with_what_it_is_for(people: People) -> None:
    """Revoked, its account disabled, or given another role: it opens nothing, and nothing again later."""
    first, second, third = issued(people), issued(people), issued(people)
    people.tokens.revoke(people.tokens.list()[0].id, by="boss", reason="leaked")
    assert [people.tokens.find(token) is None for token in (first, second, third)].count(True) == 1
    people.accounts.change_role("eve", AccountRole.STAFF, by="boss")
    people.accounts.change_role("eve", AccountRole.EVALUATOR, by="boss")
    assert [people.tokens.find(token) for token in (first, second, third)] == [None] * 3
    token = issued(people)
    people.accounts.disable("eve", by="boss", reason="left")
    people.accounts.enable("eve", by="boss", reason="back")
    assert people.tokens.find(token) is None
    assert [row.what for row in people.audit.rows()].count("token_issued") == 4
    assert [row.what for row in people.audit.rows()].count("token_revoked") == 1
