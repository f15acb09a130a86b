"""The audit: who did what, when, to what and why, in rows that are only added, each with the hash of the one before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC

import sqlalchemy as sa

from assistant.people.audit_anchors import Anchors
from assistant.people.audit_chain import FIRST_PREVIOUS, AuditCheck, AuditRow, check_chain, hash_row
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock
from assistant.people.tables import audit
from assistant.people.texts import storable

_AT_ONCE = 1000  # rows in memory


class Act:
    """What is being done within `Audit.acting`: a transaction, and the rows that say so.

    Attributes:
        connection: the transaction that the act is part of.
    """

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self.connection = connection
        self.last: AuditRow | None = None
        self._clock = clock

    def record(self, who: str, what: str, target: str, reason: str = "") -> AuditRow:
        """Add a row; it is there if and only if the transaction comes through.

        Args:
            who: an account's name, or `console:` and the name of a user of the machine.
            what: the act in a word or two, such as `role_changed`.
            target: what it was done to.
            reason: why, in the words of whoever did it.
        """
        before = self.last or _last_row(self.connection)
        row = AuditRow(
            number=before.number + 1 if before else 1,
            at=self._clock().astimezone(UTC).isoformat(timespec="microseconds"),
            who=storable(who),
            what=storable(what),
            target=storable(target),
            reason=storable(reason),
            previous=before.hash if before else FIRST_PREVIOUS,
        )
        self.last = replace(row, hash=hash_row(row))
        self.connection.execute(sa.insert(audit).values(asdict(self.last)))
        return self.last


class Audit:
    """Rows that are only added, by one at a time of whichever thread and process.

    A row's time is what the clock said; the order is that of the numbers, also where the clock went back.

    Raises:
        StoreError: the database or the anchors cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, anchors: Anchors, clock: Clock) -> None:
        self._database, self._anchors, self._clock = database, anchors, clock

    @contextmanager
    def acting(self) -> Iterator[Act]:
        """An act and its audit rows in one transaction, anchored once that came through.

        All acts wait for each other; none may be nested.
        """
        with self._anchors.opened() as file:
            with self._database.writing(Subject.ACTS) as connection:
                act = Act(connection, self._clock)
                yield act
            if act.last is not None:
                self._anchors.write(file, act.last.number, act.last.hash)

    def record(self, who: str, what: str, target: str, reason: str = "") -> AuditRow:
        """Add one row about something that is done elsewhere; see `Act.record`."""
        with self.acting() as act:
            return act.record(who, what, target, reason)

    def rows(self, first: int = 1) -> Iterator[AuditRow]:
        """Rows in their order from a number on, read as they are asked for, without keeping writers waiting."""
        while True:
            query = sa.select(audit).where(audit.c.number >= first).order_by(audit.c.number).limit(_AT_ONCE)
            with self._database.reading() as connection:
                rows = [AuditRow(*row) for row in connection.execute(query)]
            yield from rows
            if len(rows) < _AT_ONCE:
                return
            first = rows[-1].number + 1

    def latest(self, limit: int) -> tuple[AuditRow, ...]:
        """The last rows, the newest first."""
        query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(AuditRow(*row) for row in connection.execute(query))

    def verify(self) -> AuditCheck:
        """Find the first row that is not as it was written, if any."""
        anchors = self._anchors.read()  # before the rows, so that none of them is newer
        return check_chain(self.rows(), anchors)


def _last_row(connection: sa.Connection) -> AuditRow | None:
    row = connection.execute(sa.select(audit).order_by(audit.c.number.desc()).limit(1)).first()
    return AuditRow(*row) if row else None
