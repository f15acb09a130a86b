"""Passwords: which ones may be chosen, by NIST SP 800-63B-4, and how they are kept and compared, with Argon2."""

import threading
import unicodedata
from collections.abc import Sequence
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from assistant.errors import PeopleError, StoreError

MIN_LENGTH, MIN_LENGTH_WITH_SECOND_FACTOR = 15, 8
MAX_LENGTH = 128
FEWEST_GUESSES, FEWEST_GUESSES_WITH_SECOND_FACTOR = 10**10, 10**7
"""By zxcvbn's count, which gives 10^8 to eight random characters."""
_WEIGHED = 72  # characters that are looked at for common parts; longer texts take zxcvbn too long
_AT_ONCE = 4  # passwords that are hashed at the same time, 64 MiB each
_UNFIT = {"Cc", "Cs", "Cn", "Co"}  # control, surrogate, unassigned and private characters (RFC 8265, 4.1)
_STAND_IN = "no account has this password"
_weighing = threading.Lock()  # zxcvbn keeps the words that it is given in a table of its module


def normal_form(password: str) -> str:
    """The characters that are hashed: NFC, every space a plain one (RFC 8265, 4.2; SP 800-63B-4, 3.1.1.2)."""
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced)


def check_password(password: str, words: Sequence[str] = (), second_factor: bool = False) -> None:
    """Refuse a password that may not be chosen, by NIST SP 800-63B-4, 3.1.1.2.

    Length counts, in code points; kinds of characters and age do not. What is common is refused: zxcvbn (Wheeler,
    USENIX Security 2016) carries the most common passwords, words and names, and finds them, keyboard walks, sequences,
    dates and repeats also where a password is put together of them. One that is guessed in few tries this way counts as
    being on the list: in fewer than 10^10, or with a second factor 10^7.

    Args:
        words: what stands to reason for this account: its name, its bureau, the city.
        second_factor: whether the account is protected by more than the password.

    Raises:
        PeopleError: it may not be chosen (`weak_password`); the message says why, and never repeats it.
    """
    chosen, least = normal_form(password), MIN_LENGTH_WITH_SECOND_FACTOR if second_factor else MIN_LENGTH
    if len(chosen) < least:
        raise _refusal(f"The password has {len(chosen)} characters; it takes {least}.")
    if len(chosen) > MAX_LENGTH:
        raise _refusal(f"The password has {len(chosen)} characters; there may be {MAX_LENGTH}.")
    if any(unicodedata.category(character) in _UNFIT for character in chosen):
        raise _refusal("The password has a character that cannot be typed everywhere.")
    with _weighing:
        weighed = zxcvbn(chosen[:_WEIGHED], [part for word in words for part in (word, *word.split())])
    if weighed["guesses"] < (FEWEST_GUESSES_WITH_SECOND_FACTOR if second_factor else FEWEST_GUESSES):
        warning = weighed["feedback"]["warning"] or "It is made of common words, names, dates or keys in a row."
        raise _refusal(f"The password is easy to guess. {warning}")


class PasswordHashes:
    """Argon2id with the parameters for servers with little memory of RFC 9106, 4: 64 MiB, 3 passes, 4 lanes.

    Args:
        hasher: another one, for tests.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._hasher.hash(normal_form(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; takes as long where none was.

        Raises:
            StoreError: what was kept is no hash, or there is no memory for another.
        """
        stand_in = self._stand_in
        given = normal_form(password[: 2 * MAX_LENGTH]).encode("utf-8", "replace")
        try:
            with self._turns:
                self._hasher.verify(stand_in if kept is None else kept, given)
        except VerifyMismatchError:
            return False
        except (Argon2Error, InvalidHashError) as error:
            raise StoreError(f"A password could not be compared: {error}.", "Set it anew, or add memory.") from error
        return kept is not None and len(password) <= 2 * MAX_LENGTH

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _stand_in(self) -> str:
        return self.hash(_STAND_IN)


def _refusal(message: str) -> PeopleError:
    return PeopleError("weak_password", message, "Choose several words that have nothing to do with you.")
