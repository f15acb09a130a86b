"""Sessions of people who signed in: a random token in a cookie, kept hashed, that ends when unused, late or revoked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.people.account import Account
from assistant.people.accounts import account_of
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock, is_token, key_of, new_token
from assistant.people.tables import accounts, sessions

_TOUCHED_EVERY = timedelta(minutes=1)
_CLOCK_LEEWAY = timedelta(minutes=5)  # between the clocks of several machines


@dataclass(frozen=True, slots=True)
class Session:
    """Who is asking, and until when without signing in again, even if they are busy."""

    account: Account
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When a session ends: so long after it was last used, and so long after it began, whichever is first.

    NIST SP 800-63B-4, 2.2.3, asks for an hour and a day at the second level of assurance.
    """

    idle: timedelta = timedelta(hours=1)
    whole: timedelta = timedelta(hours=12)


class Sessions:
    """The sessions of one database. A token comes from `start` alone: one that a browser brings along begins nothing.

    Raises:
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, clock: Clock, lifetime: Lifetime) -> None:
        self._database, self._clock, self._lifetime = database, clock, lifetime

    def start(self, connection: sa.Connection, account_id: str, provider_session: str | None = None) -> str:
        """Begin a session within a transaction; its token is in nobody's hands but the caller's.

        Args:
            provider_session: the key of the provider's session that it is begun from.
        """
        now, token = self._clock(), new_token()
        row = {"key": key_of(token), "account_id": account_id, "started_at": now, "seen_at": now}
        connection.execute(sa.insert(sessions).values({**row, "provider_session": provider_session}))
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token, if it goes on; being asked for counts as use.

        What has ended is deleted when it is seen, so that it does not begin again should the clock go back; and one
        that begins in the future, for the same reason.
        """
        if not is_token(token):
            return None
        mine, now = sessions.c.key == key_of(token), self._clock()
        query = sa.select(sessions, accounts).join(accounts, accounts.c.id == sessions.c.account_id).where(mine)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if self._has_ended(row, now):
            self.end(token)
            return None
        if now - row.seen_at >= _TOUCHED_EVERY:
            with self._database.writing(Subject.ACTS) as connection:
                connection.execute(sa.update(sessions).where(mine & (sessions.c.seen_at < now)).values(seen_at=now))
        return Session(account_of(row), row.started_at, row.started_at + self._lifetime.whole)

    def end(self, token: str) -> None:
        """Sign out; a token that is no session's is as good."""
        if is_token(token):
            with self._database.writing(Subject.ACTS) as connection:
                connection.execute(sa.delete(sessions).where(sessions.c.key == key_of(token)))

    def end_all(self, account_id: str) -> int:
        """Sign an account out everywhere; gives the number of sessions."""
        with self._database.writing(Subject.ACTS) as connection:
            return connection.execute(sa.delete(sessions).where(sessions.c.account_id == account_id)).rowcount

    def forget_ended(self, connection: sa.Connection, now: datetime) -> int:
        """Within a transaction: delete the sessions that have ended; gives their number."""
        late = sessions.c.started_at < now - self._lifetime.whole
        unused = sessions.c.seen_at < now - self._lifetime.idle
        return connection.execute(sa.delete(sessions).where(late | unused)).rowcount

    def _has_ended(self, row: Any, now: datetime) -> bool:
        return (
            row.disabled_at is not None
            or now - row.started_at >= self._lifetime.whole
            or now - row.seen_at >= self._lifetime.idle
            or row.started_at - now > _CLOCK_LEEWAY
        )
