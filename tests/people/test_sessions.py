"""Sessions: what a token opens, for how long, and what a clock that goes back changes."""

import pytest

from assistant.people.account import AccountRole
from assistant.people.keys import csrf_token, is_csrf_token, key_of, new_token
from assistant.people.people import People
from tests.people.place import OTHER, PASSWORD, Place, add


def signed_in(people: People, name: str = "mei") -> str:
    if people.accounts.find(name) is None:
        add(people, name)
    return people.sign_in.sign_in(name, PASSWORD).token


def test_a_token_is_random_and_kept_hashed(place: Place) -> None:
    """Who reads the table has nothing to put into a cookie."""
    people = place.open()
    tokens = {signed_in(people) for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)
    kept = {row[0] for row in place.execute("SELECT key FROM sessions")}
    assert kept == {key_of(token) for token in tokens}
    assert [people.sessions.find(key) for key in kept] == [None] * 20


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "a" * 43,
        "' OR 1=1 --".ljust(43, "a"),
        "%" * 43,
        "_" * 43,
        "\x00" * 43,
        "\ud800" * 43,
        "é" * 43,
        "a" * 44,
        "a" * 10_000_000,
        "null",
    ],
)
def test_a_forged_token_opens_nothing(people: People, forged: str) -> None:
    """Whatever a cookie says, it is looked up or it is nothing."""
    token = signed_in(people)
    assert people.sessions.find(forged) is None
    people.sessions.end(forged)
    assert people.sessions.find(token) is not None


def test_a_token_that_is_nearly_right_opens_nothing(people: People) -> None:
    """One character, its case, or a space more is another token."""
    token = signed_in(people)
    last = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1] + last, token.swapcase(), token + " ", token[:-1], f"{token}\n"):
        assert people.sessions.find(wrong) is None


def test_a_session_ends_when_it_is_not_used(place: Place) -> None:
    """An hour without a click, and the desk is locked."""
    people = place.open()
    token = signed_in(people)
    for _ in range(3):
        place.clock.move(minutes=59)
        assert people.sessions.find(token) is not None
    place.clock.move(minutes=60)
    assert people.sessions.find(token) is None


def test_a_session_ends_even_if_it_is_used(place: Place) -> None:
    """After twelve hours one signs in again; the session says so before."""
    people = place.open()
    token = signed_in(people)
    session = people.sessions.find(token)
    assert session is not None
    assert (session.ends_at - session.started_at).total_seconds() == 12 * 3600
    for _ in range(23):
        place.clock.move(minutes=30)
        assert people.sessions.find(token) is not None
    place.clock.move(minutes=30)
    assert people.sessions.find(token) is None


def test_the_clock_going_back_does_not_revive_a_session(place: Place) -> None:
    """What was seen to have ended is gone."""
    people = place.open()
    token = signed_in(people)
    place.clock.move(hours=2)
    assert people.sessions.find(token) is None
    place.clock.move(hours=-2)
    assert people.sessions.find(token) is None


def test_a_session_from_the_future_is_none(place: Place) -> None:
    """A session that began under a wrong clock would last until that day; five minutes between machines are fine."""
    people = place.open()
    place.clock.move(days=365)
    token = signed_in(people)
    place.clock.move(minutes=-4)
    assert people.sessions.find(token) is not None
    place.clock.move(days=-365)
    assert people.sessions.find(token) is None


def test_signing_out_ends_one_session_and_everywhere_all(people: People) -> None:
    """The others of the account go on, until all are ended."""
    one, other = signed_in(people), signed_in(people)
    people.sessions.end(one)
    session = people.sessions.find(other)
    assert people.sessions.find(one) is None
    assert session is not None
    assert people.sessions.end_all(session.account.id) == 1
    assert people.sessions.find(other) is None


def test_what_happens_to_an_account_happens_to_its_sessions(people: People) -> None:
    """Disabled, given another role or a new password: the old session ends, and that of others does not."""
    bystander = signed_in(people, "lin")
    for change in (
        lambda: people.accounts.disable("mei", by="boss", reason="left"),
        lambda: people.accounts.change_role("mei", AccountRole.CITIZEN, by="boss"),
        lambda: people.accounts.set_password("mei", OTHER, by="boss"),
    ):
        if people.accounts.find("mei") is not None:
            people.accounts.enable("mei", by="boss", reason="again")
        token = signed_in(people)
        change()
        assert people.sessions.find(token) is None
    assert people.sessions.find(bystander) is not None


def test_an_account_that_is_disabled_behind_our_back_is_out(place: Place) -> None:
    """The account is looked at with every request, not only when the session began."""
    people = place.open()
    token = signed_in(people)
    place.execute("UPDATE accounts SET disabled_at = created_at")
    assert people.sessions.find(token) is None


def test_a_forms_secret_is_that_of_its_session() -> None:
    """Another session's, an empty one, or the session's own token does not do."""
    token = new_token()
    assert is_csrf_token(token, csrf_token(token))
    for forged in ("", token, csrf_token(new_token()), "é", csrf_token(token)[:-1], "\ud800"):
        assert not is_csrf_token(token, forged)
