"""Signing in with name and password: the same answer, after the same work, whatever was wrong."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Any

import sqlalchemy as sa

from assistant.people import throttle
from assistant.people.account import Account
from assistant.people.accounts import MOST_FAILURES, Accounts, account_of, fold_name, store_password
from assistant.people.audit import Audit
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock, is_token, key_of
from assistant.people.passwords import PasswordHashes
from assistant.people.sessions import Sessions
from assistant.people.tables import accounts, sessions

_NAME_CHARS = 256


class SignInState(StrEnum):
    """How an attempt ended."""

    SIGNED_IN = "signed_in"
    WRONG = "wrong"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class SignIn:
    """How an attempt ended; all that the person who made it may know.

    Attributes:
        token: of the new session; goes into a cookie (HttpOnly, Secure, SameSite=Lax) and nowhere else.
        account: who signed in.
        wait_s: with `WAIT`, after how many seconds to try again.
    """

    state: SignInState
    token: str = field(default="", repr=False)
    account: Account | None = None
    wait_s: int = 0


class SignIns:
    """Attempts to sign in, counted before they are made.

    An unknown name, a disabled account, one without password and one that is locked answer as a wrong password does,
    and a password is hashed for each. After 100 wrong passwords in a row an account is locked until a new one is set.

    Raises:
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(
        self,
        database: Database,
        audit: Audit,
        hashes: PasswordHashes,
        sessions: Sessions,
        known: Accounts,
        clock: Clock,
    ) -> None:
        self._database, self._audit, self._hashes = database, audit, hashes
        self._sessions, self._accounts, self._clock = sessions, known, clock

    def sign_in(self, name: str, password: str, address: str = "", replaces: str = "") -> SignIn:
        """Begin a session, if name and password are right.

        Args:
            address: whence the attempt comes; behind a proxy, what that says of its client.
            replaces: the session token that the browser had before; that session ends.
        """
        refused, row = self._attempt(name, password, address)
        if refused is not None:
            return refused
        renewed = self._hashes.hash(password) if self._hashes.is_outdated(row.password) else row.password
        with self._audit.acting() as act:
            if not _is_unchanged(act.connection, row):
                return SignIn(SignInState.WRONG)
            throttle.clear(act.connection, name, address)
            values = {"failures": 0, "password": renewed}
            act.connection.execute(sa.update(accounts).where(accounts.c.id == row.id).values(values))
            if is_token(replaces):
                act.connection.execute(sa.delete(sessions).where(sessions.c.key == key_of(replaces)))
            token = self._sessions.start(act.connection, row.id)
            act.record(row.name, "signed_in", row.name, f"from {address}" if address else "")
        return SignIn(SignInState.SIGNED_IN, token, account_of(row))

    def change_password(self, token: str, old: str, new: str, address: str = "") -> SignIn:
        """Let somebody who is signed in choose another password; all their sessions end, and a new one begins.

        Raises:
            PeopleError: the new password may not be chosen (`weak_password`).
        """
        session = self._sessions.find(token)
        if session is None:
            return SignIn(SignInState.WRONG)
        hashed = self._accounts.check_new_password(new, session.account)
        refused, row = self._attempt(session.account.name, old, address)
        if refused is not None:
            return refused
        with self._audit.acting() as act:
            if not _is_unchanged(act.connection, row):
                return SignIn(SignInState.WRONG)
            throttle.clear(act.connection, row.name, address)
            store_password(act, row.id, hashed)
            started = self._sessions.start(act.connection, row.id)
            act.record(row.name, "password_changed", row.name, f"from {address}" if address else "")
        return SignIn(SignInState.SIGNED_IN, started, account_of(row))

    def _attempt(self, name: str, password: str, address: str) -> tuple[SignIn | None, Any]:
        """Why an attempt is refused, if it is; and the account's row as it was before."""
        name = name[:_NAME_CHARS]
        with self._database.writing(Subject.ACTS) as connection:
            wait = throttle.admit(connection, throttle.keys_of(name, address), self._clock())
            if wait > throttle.NOTHING:
                return SignIn(SignInState.WAIT, wait_s=ceil(wait.total_seconds())), None
            mine = accounts.c.name == fold_name(name)
            row = connection.execute(sa.select(accounts).where(mine)).first()
            connection.execute(sa.update(accounts).where(mine).values(failures=accounts.c.failures + 1))
        is_open = row is not None and row.disabled_at is None and row.failures < MOST_FAILURES
        if self._hashes.matches(row.password if row is not None and is_open else None, password):
            return None, row
        if row is not None and row.failures == MOST_FAILURES - 1:
            self._audit.record("system", "account_locked", row.name, f"{MOST_FAILURES} wrong passwords in a row")
        return SignIn(SignInState.WRONG), None


def _is_unchanged(connection: sa.Connection, row: Any) -> bool:
    """Whether an account is still what the password was compared with: it may have changed in the meantime."""
    now = connection.execute(sa.select(accounts).where(accounts.c.id == row.id)).first()
    return now is not None and now.disabled_at is None and now.password == row.password
