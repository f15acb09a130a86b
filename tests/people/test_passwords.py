"""Passwords: which may be chosen (NIST SP 800-63B-4), and how they are kept."""

import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PeopleError, StoreError
from assistant.people.passwords import MAX_LENGTH, PasswordHashes, check_password, normal_form
from tests.people.place import PASSWORD, quick_hasher

WORDS = ("mei.lin", "mei", "lin", "Parks Bureau", "smalltown")


@pytest.mark.parametrize(
    "password",
    [
        "violet tram 72!",  # 15 characters
        "onlylowercaselettersbutmany",
        "山上的貓喜歡在下雨天讀很長的信",
        "🚲 riding under four bridges",
        "a sentence that goes on and on, with commas " * 2 + "until it has as many as are allowed 128",
    ],
)
def test_long_passwords_of_any_characters_may_be_chosen(password: str) -> None:
    """Length counts, and no kind of character is asked for or refused."""
    check_password(password, WORDS)
    assert 15 <= len(password) <= MAX_LENGTH


@pytest.mark.parametrize("password", ["", "violet tram 72", "Ab3$" * 3, "x" * (MAX_LENGTH + 1)])
def test_too_short_and_too_long_ones_are_refused(password: str) -> None:
    """Fifteen characters where there is no second factor; the upper bound keeps hashing cheap."""
    with pytest.raises(PeopleError, match=r"it takes 15|there may be 128"):
        check_password(password)


def test_eight_characters_do_with_a_second_factor() -> None:
    """The shorter minimum is for accounts that a stolen password alone does not open."""
    check_password("vKq7#tram", second_factor=True)
    with pytest.raises(PeopleError, match="it takes 8"):
        check_password("vKq7#tr", second_factor=True)


@pytest.mark.parametrize(
    "password",
    [
        "123456789012345",
        "passwordpassword",
        "Password12345678!",
        "p4$$w0rd!!!!!!!!!",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "iloveyouiloveyou",
        "adminadminadmin1",
        "我愛貓我愛貓我愛貓我愛貓我愛貓",
        "smalltownsmalltown",
        "mei.linmei.lin2026",
        "Parks Bureau 2026",
    ],
)
def test_what_attackers_try_first_is_refused(password: str) -> None:
    """Common passwords, keys in a row, repeats, and what stands to reason for this account."""
    with pytest.raises(PeopleError) as refusal:
        check_password(password, WORDS)
    assert refusal.value.reason == "weak_password"
    assert "easy to guess" in refusal.value.message
    assert password not in str(refusal.value)


@pytest.mark.parametrize("character", ["\n", "\x00", "\x1b", "\ud800", "\ue000", "\uffff"])
def test_characters_that_cannot_be_typed_are_refused(character: str) -> None:
    """A control character comes from a broken form; nobody could type it on the next machine."""
    with pytest.raises(PeopleError, match="cannot be typed"):
        check_password(f"violet{character}tram under bridges")


def test_one_password_typed_on_two_systems_is_one() -> None:
    """Composed and decomposed letters, and the wide space of Chinese keyboards, are the same characters."""
    hashes, typed = PasswordHashes(quick_hasher()), "café bridges tram ten"
    kept = hashes.hash(unicodedata.normalize("NFD", typed).replace(" ", "\u3000"))
    assert hashes.matches(kept, unicodedata.normalize("NFC", typed))
    assert not hashes.matches(kept, typed.upper())


@given(st.text())
def test_the_normal_form_is_its_own(text: str) -> None:
    """What was normalised once stays, so that a kept hash can always be met."""
    assert normal_form(normal_form(text)) == normal_form(text)


@given(st.text(max_size=400))
def test_any_text_can_be_tried(text: str) -> None:
    """Whatever comes from a form is a wrong password, never a fault."""
    assert not HASHES.matches(KEPT, text)


HASHES = PasswordHashes(quick_hasher())
KEPT = HASHES.hash(PASSWORD)


def test_only_a_salted_hash_is_kept() -> None:
    """The same password twice gives two texts, and neither has it inside."""
    one, other = HASHES.hash(PASSWORD), HASHES.hash(PASSWORD)
    assert one != other
    assert PASSWORD not in one
    assert one.startswith("$argon2id$")


def test_the_hash_costs_what_the_standard_asks_for() -> None:
    """The parameters are those of RFC 9106 for little memory, not the quick ones of these tests."""
    assert extract_parameters(PasswordHashes().hash(PASSWORD)) == RFC_9106_LOW_MEMORY


def test_no_password_takes_the_same_work_as_a_wrong_one() -> None:
    """Where there is nothing to compare with, a stand-in of the same parameters is, and never fits."""
    seen: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            seen.append(str(hash))
            return super().verify(hash, password)

    hashes = PasswordHashes(Watched(time_cost=1, memory_cost=8, parallelism=1))
    assert not hashes.matches(None, "no account has this password")
    assert not hashes.matches(KEPT, "something else")
    assert [extract_parameters(one) for one in seen] == [extract_parameters(KEPT)] * 2


def test_what_is_no_hash_is_a_fault_and_no_open_door() -> None:
    """A damaged row lets nobody in."""
    with pytest.raises(StoreError, match="could not be compared"):
        HASHES.matches("plain text", "plain text")
