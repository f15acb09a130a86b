"""Signing in: one answer for all that is wrong, delays that grow, and races that gain nothing."""

import dataclasses
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from assistant.people import throttle
from assistant.people.account import AccountRole
from assistant.people.keys import new_token
from assistant.people.people import People
from assistant.people.sign_in import SignIn, SignInState
from tests.people.place import ADDRESS, OTHER, PASSWORD, Place, add
from tests.people.racing import at_once, race

SIGNED_IN, WRONG, WAIT = SignInState.SIGNED_IN, SignInState.WRONG, SignInState.WAIT
FREE = throttle.BY_NAME.free


class WatchedHasher(PasswordHasher):
    """Counts what is compared, and does something in the middle of it."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        object.__setattr__(self, "compared", 0)
        object.__setattr__(self, "meanwhile", lambda: None)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.compared += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().verify(hash, password)

    compared: int
    meanwhile: Callable[[], object]


def fail(people: People, times: int, name: str = "mei", address: str = "") -> list[SignIn]:
    return [people.sign_in.sign_in(name, f"wrong {number}", address) for number in range(times)]


def test_name_and_password_begin_a_session(people: People) -> None:
    """The token that comes back is that of a session of the account, and the audit says so."""
    mei = add(people, "mei")
    done = people.sign_in.sign_in(" Mei ", PASSWORD, ADDRESS)
    session = people.sessions.find(done.token)
    assert (done.state, done.account) == (SIGNED_IN, mei)
    assert session is not None
    assert session.account.name == "mei"
    assert (people.audit.latest(1)[0].what, people.audit.latest(1)[0].reason) == ("signed_in", f"from {ADDRESS}")


def test_the_token_is_not_shown_with_the_result(people: People) -> None:
    """Results end up in logs."""
    add(people, "mei")
    done = people.sign_in.sign_in("mei", PASSWORD)
    assert done.token not in repr(done)


def test_all_that_is_wrong_looks_alike_and_takes_the_same_work(place: Place) -> None:
    """An unknown name, a wrong password, a disabled or locked account, one without password: one hash, one answer."""
    hasher = WatchedHasher()
    people = place.open(hasher)
    for name in ("mei", "gone", "locked"):
        add(people, name)
    people.accounts.add("eve", AccountRole.EVALUATOR, None, by="test")
    people.accounts.disable("gone", by="test", reason="left")
    place.execute("UPDATE accounts SET failures = 100 WHERE name = 'locked'")
    cases = [("mei", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("locked", PASSWORD), ("eve", PASSWORD)]
    compared, answers = [], []
    for name, password in cases:
        before = hasher.compared
        answers.append(people.sign_in.sign_in(name, password, ADDRESS))
        compared.append(hasher.compared - before)
    assert answers == [SignIn(WRONG)] * len(cases)
    assert compared == [1] * len(cases)


@pytest.mark.parametrize("name", ["mei", "nobody"])
def test_the_delay_grows_for_known_and_unknown_names_alike(place: Place, name: str) -> None:
    """After five wrong attempts one waits 1, 2, 4 ... seconds, up to a quarter of an hour."""
    people = place.open()
    add(people, "mei")
    assert [one.state for one in fail(people, FREE, name)] == [WRONG] * FREE
    waits = []
    for _ in range(12):
        refused = people.sign_in.sign_in(name, "wrong")
        assert refused.state == WAIT
        waits.append(refused.wait_s)
        place.clock.move(seconds=refused.wait_s)
        assert people.sign_in.sign_in(name, "wrong").state == WRONG
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_who_waits_is_not_even_compared(place: Place) -> None:
    """During a delay the right password is refused too, costs nothing, and does not prolong it."""
    hasher = WatchedHasher()
    people = place.open(hasher)
    add(people, "mei")
    fail(people, FREE)
    before = hasher.compared
    refused = [people.sign_in.sign_in("mei", PASSWORD) for _ in range(20)]
    assert {one.state for one in refused} == {WAIT}
    assert hasher.compared == before
    place.clock.move(seconds=1)
    assert people.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN


def test_a_right_password_ends_the_delay(people: People) -> None:
    """Four typing errors every morning never add up."""
    add(people, "mei")
    for _ in range(4):
        fail(people, FREE - 1)
        assert people.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN


def test_one_address_cannot_try_many_names(place: Place) -> None:
    """A spray of one password over all names is slowed by the address, whichever names it takes."""
    people = place.open()
    states = [people.sign_in.sign_in(f"name{n}", "Summer in town 2026", ADDRESS).state for n in range(40)]
    assert states == [WRONG] * throttle.BY_ADDRESS.free + [WAIT] * 10
    assert people.sign_in.sign_in("name99", "x", "192.0.2.8").state == WRONG


def test_an_attackers_own_account_does_not_clear_the_address(people: People) -> None:
    """Signing in to an account of one's own in between gains nothing."""
    add(people, "eve")
    states = []
    for number in range(40):
        states.append(people.sign_in.sign_in(f"name{number}", "guess", ADDRESS).state)
        people.sign_in.sign_in("eve", PASSWORD, ADDRESS)
    assert states.count(WRONG) <= throttle.BY_ADDRESS.free


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("not an address", "not an address", True),
    ],
)
def test_addresses_of_one_customer_are_one(one: str, other: str, same: bool) -> None:
    """Who has 2^64 addresses of IPv6 has one line all the same."""
    assert (throttle.address_key(one) == throttle.address_key(other)) is same


def test_a_hundred_wrong_passwords_lock_an_account_until_a_new_one_is_set(place: Place) -> None:
    """Patience does not help: after a hundred in a row the right password is refused as a wrong one is."""
    people = place.open()
    add(people, "mei")
    for number in range(100):
        assert people.sign_in.sign_in("mei", f"wrong {number}").state == WRONG
        place.clock.move(minutes=15)
    assert people.sign_in.sign_in("mei", PASSWORD) == SignIn(WRONG)
    assert [row.what for row in people.audit.rows()] == ["account_added", "account_locked"]
    assert [account.locked for account in people.accounts.list()] == [True]
    people.accounts.set_password("mei", OTHER, by="boss")
    assert people.sign_in.sign_in("mei", OTHER).state == SIGNED_IN


def test_a_lock_does_not_outlast_a_clock_that_went_back(place: Place) -> None:
    """Attempts that were counted in a wrong future delay nobody for years."""
    people = place.open()
    add(people, "mei")
    place.clock.move(days=3650)
    fail(people, FREE)
    place.clock.move(days=-3650)
    refused = people.sign_in.sign_in("mei", PASSWORD)
    assert (refused.state, refused.wait_s) == (WAIT, 1)
    place.clock.move(seconds=1)
    assert people.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN


def test_setting_the_clock_back_gives_no_more_attempts(place: Place) -> None:
    """Time that runs twice does not count twice."""
    people = place.open()
    add(people, "mei")
    fail(people, FREE)
    place.clock.move(seconds=-5)
    assert [one.state for one in fail(people, 5)] == [WAIT] * 5


@pytest.mark.parametrize("name", ["guessed", "unknown"])
def test_threads_at_once_get_no_more_attempts(place: Place, name: str) -> None:
    """Attempts are counted before they are made, so that many at once are as many as in a row."""
    people = place.open()
    add(people, "guessed")
    found = at_once([(name, f"wrong {number}") for number in range(16)], people.sign_in.sign_in)
    states = [one.state for one in found if isinstance(one, SignIn)]
    assert (states.count(WRONG), states.count(WAIT)) == (FREE, 16 - FREE)


def test_processes_at_once_get_no_more_attempts(place: Place) -> None:
    """The count is in the database, so that further processes of the server are no further chances."""
    add(place.open(), "guessed")
    states = race(place, "sign_in", times=8)
    assert (states.count("wrong"), states.count("wait")) == (FREE, 16 - FREE)
    assert place.execute("SELECT failures FROM accounts") == [(FREE,)]


def test_a_password_that_was_changed_in_the_meantime_is_wrong(place: Place) -> None:
    """Somebody who is just being shut out does not slip in while the old password is compared."""
    hasher = WatchedHasher()
    people = place.open(hasher)
    add(people, "mei")
    hasher.meanwhile = lambda: people.accounts.set_password("mei", OTHER, by="boss")
    assert people.sign_in.sign_in("mei", PASSWORD) == SignIn(WRONG)
    assert place.execute("SELECT count(*) FROM sessions") == [(0,)]


def test_an_account_that_was_disabled_in_the_meantime_stays_out(place: Place) -> None:
    """The decision is made once more when the session begins."""
    hasher = WatchedHasher()
    people = place.open(hasher)
    add(people, "mei")
    hasher.meanwhile = lambda: people.accounts.disable("mei", by="boss", reason="stolen")
    assert people.sign_in.sign_in("mei", PASSWORD) == SignIn(WRONG)
    assert place.execute("SELECT count(*) FROM sessions") == [(0,)]


def test_a_token_that_a_browser_brings_along_begins_nothing(people: People) -> None:
    """Session fixation: who plants a token in somebody's browser does not share the session that begins there."""
    add(people, "mei")
    planted = new_token()
    done = people.sign_in.sign_in("mei", PASSWORD, replaces=planted)
    assert done.token != planted
    assert people.sessions.find(planted) is None


def test_signing_in_again_ends_the_session_before(people: People) -> None:
    """The token that a browser had as somebody else is of no use after it."""
    for name in ("mei", "lin"):
        add(people, name)
    first = people.sign_in.sign_in("mei", PASSWORD).token
    second = people.sign_in.sign_in("lin", PASSWORD, replaces=first).token
    assert people.sessions.find(first) is None
    assert people.sessions.find(second) is not None


def test_a_new_password_ends_all_sessions(people: People) -> None:
    """Whoever sits in the account with the old password is out at once; who changed it goes on with a new session."""
    add(people, "mei")
    old = [people.sign_in.sign_in("mei", PASSWORD).token for _ in range(3)]
    done = people.sign_in.change_password(old[0], PASSWORD, OTHER)
    assert done.state == SIGNED_IN
    assert [people.sessions.find(token) for token in old] == [None] * 3
    assert people.sessions.find(done.token) is not None
    assert people.sign_in.sign_in("mei", PASSWORD).state == WRONG
    assert people.sign_in.sign_in("mei", OTHER).state == SIGNED_IN


def test_a_new_password_needs_the_old_one(people: People) -> None:
    """Whoever finds an open browser cannot take the account over, however often they guess."""
    add(people, "mei")
    token = people.sign_in.sign_in("mei", PASSWORD).token
    states = [people.sign_in.change_password(token, f"wrong {number}", OTHER).state for number in range(7)]
    assert states == [WRONG] * FREE + [WAIT] * 2
    assert people.sign_in.change_password(new_token(), PASSWORD, OTHER).state == WRONG
    assert people.sessions.find(token) is not None


def test_an_old_password_is_asked_for_nothing(place: Place) -> None:
    """Passwords do not age (NIST SP 800-63B-4, 3.1.1.2)."""
    people = place.open()
    add(people, "mei")
    place.clock.move(days=3650)
    assert people.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN


def test_a_hash_with_old_parameters_is_made_anew(place: Place) -> None:
    """When hashing costs more one day, accounts follow as they are used."""
    add(place.open(), "mei")
    stronger = place.open(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert stronger.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN
    assert "m=16,t=2,p=1" in place.execute("SELECT password FROM accounts")[0][0]
    assert stronger.sign_in.sign_in("mei", PASSWORD).state == SIGNED_IN


def test_a_result_tells_nothing_more_than_it_should() -> None:
    """A refusal has no field that differs by what was wrong."""
    assert dataclasses.asdict(SignIn(WRONG)) == {"state": WRONG, "token": "", "account": None, "wait_s": 0}
