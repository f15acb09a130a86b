"""What people say of answers: a thumb up or down and why, one for each turn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.conversations import KeptTurn, Owner, turn_of
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock
from assistant.people.tables import conversations, feedback, turns
from assistant.people.texts import storable

Verdict = Literal["up", "down"]
MAX_REASON_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a turn; nothing tells who."""

    turn: KeptTurn
    verdict: Verdict
    reason: str
    given_at: datetime


class Feedback:
    """The feedback of one database.

    Raises:
        PeopleError: the owner has no such turn (`not_found`).
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def give(self, owner: Owner, turn_id: str, verdict: Verdict, reason: str = "") -> None:
        """Say something of a turn of one's own, in place of what was said before; `reason` is masked by the caller."""
        values = {"verdict": verdict, "reason": storable(reason)[:MAX_REASON_CHARS], "given_at": self._clock()}
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            turn_id = _owned(connection, owner, turn_id)
            connection.execute(sa.delete(feedback).where(feedback.c.turn_id == turn_id))
            connection.execute(sa.insert(feedback).values({**values, "turn_id": turn_id}))

    def withdraw(self, owner: Owner, turn_id: str) -> None:
        """Take back what was said."""
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            turn_id = _owned(connection, owner, turn_id)
            connection.execute(sa.delete(feedback).where(feedback.c.turn_id == turn_id))

    def list(self, audiences: Collection[str], verdict: Verdict | None = None, limit: int = 100) -> tuple[Said, ...]:
        """What was said, the latest first, of turns that rest on documents of these audiences alone."""
        query = sa.select(turns, feedback.c.verdict, feedback.c.reason, feedback.c.given_at).join(feedback)
        query = query.where(turns.c.audience.in_(list(audiences)))
        if verdict is not None:
            query = query.where(feedback.c.verdict == verdict)
        query = query.order_by(feedback.c.given_at.desc(), turns.c.id).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Said(turn_of(row), row.verdict, row.reason, row.given_at) for row in rows)


def _owned(connection: sa.Connection, owner: Owner, turn_id: str) -> str:
    """The id of a turn that is the owner's."""
    query = sa.select(turns.c.id).join(conversations)
    query = query.where(turns.c.id == storable(turn_id), conversations.c.owner == owner.key)
    found = connection.execute(query).scalar()
    if found is None:
        raise PeopleError("not_found", "There is no such answer.", "It may have been deleted.")
    return str(found)
