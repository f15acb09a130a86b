"""Accounts: who makes them, what may not be done to them, and that every act is in the audit."""

import pytest

from assistant.errors import PeopleError
from assistant.people.account import AccountRole
from assistant.people.people import People
from assistant.people.sign_in import SignInState
from tests.people.place import OTHER, PASSWORD, Place, add
from tests.people.racing import at_once, race

INJECTIONS = [
    "x' OR '1'='1",
    "x'; DROP TABLE accounts; --",
    'x" UNION SELECT password FROM accounts --',
    "x\\'; DELETE FROM audit; --",
    "%",
    "_" * 5,
    "x\x00y",
    "\ud800",
    "x" * 100_000,
]


def reason_of(refusal: pytest.ExceptionInfo[PeopleError]) -> str:
    return refusal.value.reason


def acts(people: People) -> list[tuple[str, str, str]]:
    return [(row.who, row.what, row.target) for row in people.audit.rows()]


def test_a_new_database_lets_nobody_in(people: People) -> None:
    """There is no default account, whatever name and password somebody tries."""
    assert people.accounts.list() == ()
    for name in ("admin", "root", "administrator", "user", ""):
        assert people.sign_in.sign_in(name, name).state == SignInState.WRONG


def test_the_first_admin_is_made_once(people: People) -> None:
    """The command that makes an admin out of nothing works as long as there is none."""
    admin = people.accounts.create_first_admin("Boss@City.example", PASSWORD, by="console:root")
    assert (admin.name, admin.role) == ("boss@city.example", AccountRole.ADMIN)
    with pytest.raises(PeopleError) as refusal:
        people.accounts.create_first_admin("second", PASSWORD, by="console:root")
    assert reason_of(refusal) == "not_first"
    assert acts(people) == [("console:root", "first_admin", "boss@city.example")]


def test_of_many_first_admins_at_once_one_is_made(place: Place) -> None:
    """Two people who set up the city at the same time do not become two admins unawares."""
    place.open()
    came_of_it = race(place, "first_admin", times=3)
    assert sorted(came_of_it) == ["admin"] + ["not_first"] * 5


def test_the_last_admin_stays(people: People) -> None:
    """Nobody locks the city out of its own accounts."""
    people.accounts.create_first_admin("boss", PASSWORD, by="test")
    with pytest.raises(PeopleError) as disabling:
        people.accounts.disable("boss", by="boss", reason="gone")
    with pytest.raises(PeopleError) as demoting:
        people.accounts.change_role("boss", AccountRole.STAFF, by="boss")
    assert (reason_of(disabling), reason_of(demoting)) == ("last_admin", "last_admin")
    assert people.accounts.list()[0].role == AccountRole.ADMIN


def test_two_admins_who_disable_each_other_leave_one(place: Place) -> None:
    """The rule of the last admin holds also for acts at the same moment."""
    people = place.open()
    for name in ("one", "two"):
        add(people, name, AccountRole.ADMIN)
    race(place, "disable_other", times=2)
    assert [account.disabled for account in people.accounts.list()].count(False) == 1


@pytest.mark.parametrize("name", ["", " ", "-x", "王小明", "аdmin", "a b", "a/b", "a" * 65, *INJECTIONS])
def test_names_are_plain(people: People, name: str) -> None:
    """A name that looks like another, or means something to a program, is no name."""
    with pytest.raises(PeopleError) as refusal:
        people.accounts.add(name, AccountRole.STAFF, PASSWORD, by="test")
    assert reason_of(refusal) == "bad_name"
    assert (people.accounts.list(), acts(people)) == ((), [])


def test_a_name_is_taken_whatever_its_capitals(people: People) -> None:
    """Mei and mei are one person."""
    add(people, "mei")
    with pytest.raises(PeopleError) as refusal:
        add(people, " MEI ")
    assert reason_of(refusal) == "name_taken"
    found = people.accounts.find("Mei")
    assert found is not None
    assert found.name == "mei"


def test_of_many_accounts_of_one_name_at_once_one_is_made(people: People) -> None:
    """The second gets a clear refusal, not a fault of the database."""

    def try_to_add() -> str:
        try:
            return add(people, "mei").name
        except PeopleError as refusal:
            return refusal.reason

    assert sorted(map(str, at_once([()] * 4, try_to_add))) == ["mei"] + ["name_taken"] * 3


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_that_means_something_to_sql_finds_nothing(people: People, text: str) -> None:
    """What people type is a value in every statement."""
    add(people, "mei")
    assert people.accounts.find(text) is None
    assert people.sign_in.sign_in(text, text, text, text).state == SignInState.WRONG
    with pytest.raises(PeopleError):
        people.tokens.revoke(text[:50], by=text, reason=text)
    assert [account.name for account in people.accounts.list()] == ["mei"]


@pytest.mark.parametrize(
    ("role", "bureau", "reason"),
    [
        (AccountRole.EDITOR, "", "no_bureau"),
        (AccountRole.EDITOR, "  ", "no_bureau"),
        (AccountRole.CITIZEN, "Parks", "bad_bureau"),
        (AccountRole.STAFF, "x" * 101, "bad_bureau"),
    ],
)
def test_role_and_bureau_fit_together(people: People, role: AccountRole, bureau: str, reason: str) -> None:
    """An editor without a bureau could edit nothing, or everything."""
    with pytest.raises(PeopleError) as refusal:
        people.accounts.add("mei", role, PASSWORD, by="test", bureau=bureau)
    assert reason_of(refusal) == reason


def test_weak_passwords_are_refused_everywhere(people: People) -> None:
    """Adding, setting and changing all ask the same."""
    account = add(people, "mei")
    token = people.sign_in.sign_in("mei", PASSWORD).token
    weak = "smalltown mei 123"
    for attempt in (
        lambda: people.accounts.add("lin", AccountRole.STAFF, "short", by="test"),
        lambda: people.accounts.create_first_admin("boss", "admin", by="test"),
        lambda: people.accounts.set_password("mei", "meimeimeimeimeimei", by="test"),
        lambda: people.accounts.check_new_password("assistantassistant", account),
        lambda: people.sign_in.change_password(token, PASSWORD, weak[:14]),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert reason_of(refusal) == "weak_password"


def test_every_act_says_who_and_why(people: People) -> None:
    """The audit has a row for each act that came through, and none for those that did not."""
    add(people, "mei")
    people.accounts.change_role("mei", AccountRole.EDITOR, by="boss", bureau="Parks", reason="new post")
    people.accounts.set_password("mei", OTHER, by="boss", reason="forgotten")
    people.accounts.disable("mei", by="boss", reason="left")
    people.accounts.enable("mei", by="boss", reason="back")
    with pytest.raises(PeopleError):
        people.accounts.disable("nobody", by="boss", reason="x")
    whats = "account_added role_changed password_set account_disabled account_enabled".split()
    assert [what for _, what, _ in acts(people)] == whats
    reasons = [row.reason for row in people.audit.rows()]
    assert reasons == ["staff.", "staff -> editor (Parks). new post", "forgotten", "left", "back"]
    assert people.audit.verify().is_whole


def test_no_password_is_in_what_is_kept(place: Place) -> None:
    """Tables, audit and log folder hold neither passwords nor tokens."""
    people = place.open()
    add(people, "mei")
    add(people, "eve", AccountRole.EVALUATOR)
    people.sign_in.sign_in("mei", "a wrong one that was typed", "192.0.2.9")
    secrets = [PASSWORD, "a wrong one", people.sign_in.sign_in("mei", PASSWORD).token]
    secrets.append(people.tokens.issue("eve", "nightly", by="test").removeprefix("cityassistant_"))
    kept = place.dump() + place.anchors.read_text()
    assert [secret for secret in secrets if secret in kept] == []


def test_an_account_of_unknown_name_is_a_clear_refusal(people: People) -> None:
    """A typing error in a command changes nothing."""
    for attempt in (
        lambda: people.accounts.disable("nobody", by="t", reason="r"),
        lambda: people.accounts.enable("nobody", by="t", reason="r"),
        lambda: people.accounts.change_role("nobody", AccountRole.STAFF, by="t"),
        lambda: people.accounts.set_password("nobody", PASSWORD, by="t"),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert reason_of(refusal) == "unknown_account"


def test_an_evaluator_without_password_becomes_nothing_else(people: People) -> None:
    """An account that cannot sign in would be a post that nobody holds."""
    people.accounts.add("eve", AccountRole.EVALUATOR, None, by="test")
    with pytest.raises(PeopleError) as refusal:
        people.accounts.change_role("eve", AccountRole.ADMIN, by="test")
    assert reason_of(refusal) == "no_password"
