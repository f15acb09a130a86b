"""Accounts that a provider's identities open."""

import pytest

from assistant.errors import PeopleError
from assistant.people.account import AccountRole
from assistant.people.identities import Grant, Identity
from assistant.people.people import People
from assistant.people.sign_in import SignInState
from tests.people.place import ADDRESS, PASSWORD, Place, add

MEI = Identity("https://id.example", "u-1", "Mei.Lin@city")
STAFF, ADMIN = Grant(AccountRole.STAFF, "Parks"), Grant(AccountRole.ADMIN)


def test_an_identity_opens_one_account_for_ever(people: People) -> None:
    """The account is made once, found by issuer and subject, and stays the same under another name."""
    first = people.identities.sign_in(MEI, STAFF, ADDRESS)
    again = people.identities.sign_in(Identity(MEI.issuer, MEI.subject, "mei.wang@city"), STAFF, ADDRESS)
    assert first.account == again.account
    assert (first.account.name, first.account.role, first.account.bureau) == ("mei.lin@city", "staff", "Parks")
    assert people.sessions.find(first.token).account == first.account


@pytest.mark.parametrize(
    "identity", [Identity("https://id.example", "u-2", "mei.lin@city"), Identity("https://other", "u-1", "")]
)
def test_another_identity_opens_another_account(people: People, identity: Identity) -> None:
    """Neither the same name nor the same subject at another issuer opens somebody's account."""
    first, other = people.identities.sign_in(MEI, STAFF), people.identities.sign_in(identity, STAFF)
    assert first.account.id != other.account.id
    assert first.account.name != other.account.name


def test_a_local_account_is_not_taken_over(people: People) -> None:
    """A provider's identity that is called as the local admin does not become them."""
    people.accounts.create_first_admin("root", PASSWORD, by="test")
    taken = people.identities.sign_in(Identity(MEI.issuer, "u-9", "root"), STAFF)
    assert taken.account.name.startswith("root+")
    assert people.accounts.find("root").role == AccountRole.ADMIN


def test_no_password_opens_such_an_account(people: People) -> None:
    """There is none until an admin sets one."""
    people.identities.sign_in(MEI, STAFF)
    assert people.sign_in.sign_in("mei.lin@city", PASSWORD).state == SignInState.WRONG


def test_another_role_ends_the_sessions_of_the_old_one(people: People) -> None:
    """Rights that the provider took back are not in use any more, and the change is in the audit."""
    add(people, "root", AccountRole.ADMIN)
    before = people.identities.sign_in(MEI, ADMIN)
    after = people.identities.sign_in(MEI, STAFF)
    assert people.sessions.find(before.token) is None
    assert people.sessions.find(after.token).account.role == AccountRole.STAFF
    assert "role_changed" in {row.what for row in people.audit.rows()}
    assert people.audit.verify().is_whole


def test_without_a_grant_nothing_begins(people: People) -> None:
    """Nobody gets an account, and who had one is signed out everywhere."""
    assert people.identities.sign_in(MEI, None).state == SignInState.WRONG
    assert people.accounts.list() == ()
    token = people.identities.sign_in(MEI, STAFF).token
    people.identities.sign_in(MEI, None)
    assert people.sessions.find(token) is None


def test_a_disabled_account_stays_closed(people: People) -> None:
    """What an admin of the assistant closed, the provider does not open."""
    people.identities.sign_in(MEI, STAFF)
    people.accounts.disable("mei.lin@city", by="test", reason="left")
    refused = people.identities.sign_in(MEI, STAFF)
    assert (refused.state, refused.token) == (SignInState.WRONG, "")


def test_the_last_admin_keeps_the_role(people: People) -> None:
    """A mistake at the provider does not leave the assistant without an admin."""
    people.identities.sign_in(MEI, ADMIN)
    with pytest.raises(PeopleError, match="last admin"):
        people.identities.sign_in(MEI, STAFF)
    assert people.accounts.find("mei.lin@city").role == AccountRole.ADMIN


def test_the_session_before_ends(people: People) -> None:
    """The browser's old token is worth nothing once somebody signs in anew."""
    before = people.identities.sign_in(MEI, STAFF).token
    people.identities.sign_in(MEI, STAFF, replaces=before)
    assert people.sessions.find(before) is None


@pytest.mark.parametrize("name", ["", "林美美", "../../etc", "x" * 200, "-.-", "A B\x00C"])
def test_every_name_becomes_one_that_accounts_may_have(people: People, name: str) -> None:
    """Names that a provider allows and accounts do not are shortened, never refused."""
    account = people.identities.sign_in(Identity(MEI.issuer, "u-5", name), STAFF).account
    assert people.accounts.find(account.name) == account
    assert 1 <= len(account.name) <= 64


@pytest.mark.parametrize("subject", ["", "x" * 256])
def test_an_identity_that_cannot_be_kept_is_refused(people: People, subject: str) -> None:
    """Cutting a subject would make one person another."""
    with pytest.raises(PeopleError, match="nobody who can be kept"):
        people.identities.sign_in(Identity(MEI.issuer, subject, "x"), STAFF)


def test_identities_outlive_a_restart(place: Place) -> None:
    """Who signed in yesterday has the same account today."""
    first = place.open().identities.sign_in(MEI, STAFF).account
    assert place.open().identities.sign_in(MEI, STAFF).account == first
