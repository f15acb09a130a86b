"""Conversations and their turns, each seen by its owner alone; what is kept is masked by the caller."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.database import Database, Subject
from assistant.people.keys import Clock, is_token, key_of, new_id
from assistant.people.tables import conversations, feedback, turns
from assistant.people.texts import storable
from assistant.schema import PUBLIC

Audiences = Collection[str]
_ANY_PUBLIC = (PUBLIC,)
_TITLE_CHARS = 80
_HAS_TURNS = sa.exists().where(turns.c.conversation_id == conversations.c.id).correlate(conversations)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a conversation is: an account's, or that of a browser with a random token in its cookie."""

    key: str

    @classmethod
    def account(cls, account_id: str) -> "Owner":
        """The holder of an account."""
        return cls(f"account:{account_id}")

    @classmethod
    def browser(cls, token: str) -> "Owner":
        """Whoever has a token of `keys.new_token`, which is kept hashed.

        Raises:
            PeopleError: it has not the form of one (`bad_token`): a cookie that was made up; give out a new one.
        """
        if not is_token(token):
            raise PeopleError("bad_token", "This browser's mark has not the right form.", "Load the page anew.")
        return cls(f"browser:{key_of(token)}")


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question and its answer as they are kept.

    Attributes:
        audience: who may see what the answer rests on: public, staff, or a bureau.
        details: JSON values, such as citations, for the page and for exports.
        id, number, asked_at: given when it is kept; numbers count from 1.
    """

    question: str
    answer: str
    status: str
    lang: str
    audience: str = PUBLIC
    details: Mapping[str, object] = field(default_factory=dict)
    id: str = ""
    number: int = 0
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation in a list; its title is the beginning of its first question, where that may be seen."""

    id: str
    started_at: datetime
    updated_at: datetime
    title: str


class Conversations:
    """The conversations of one database.

    Every method takes the owner, and of anybody else's conversation says what it says of none. Those that read take the
    audiences whose documents the owner may see today, and leave out turns that rest on others; public if not told.

    Raises:
        PeopleError: the owner has no such conversation (`not_found`).
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def start(self, owner: Owner) -> str:
        """Begin a conversation; gives its id, which nobody can guess."""
        now, conversation_id = self._clock(), new_id()
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            row = {"id": conversation_id, "owner": owner.key, "started_at": now, "updated_at": now}
            connection.execute(sa.insert(conversations).values(row))
        return conversation_id

    def has(self, owner: Owner, conversation_id: str) -> bool:
        """Whether a conversation is the owner's."""
        with self._database.reading() as connection:
            return _find(connection, owner, conversation_id) is not None

    def add_turn(self, owner: Owner, conversation_id: str, turn: KeptTurn) -> str:
        """Keep a turn after those there are; gives its id."""
        now, turn_id = self._clock(), new_id()
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            conversation_id = _known(connection, owner, conversation_id).id
            mine = turns.c.conversation_id == conversation_id
            last = connection.execute(sa.select(sa.func.max(turns.c.number)).where(mine)).scalar() or 0
            row = {
                "id": turn_id,
                "conversation_id": conversation_id,
                "number": last + 1,
                "question": storable(turn.question),
                "answer": storable(turn.answer),
                "status": turn.status,
                "lang": turn.lang,
                "audience": turn.audience,
                "details": storable(json.dumps(dict(turn.details), ensure_ascii=False)),
                "asked_at": now,
            }
            connection.execute(sa.insert(turns).values(row))
            touched = sa.update(conversations).where(conversations.c.id == conversation_id)
            connection.execute(touched.values(updated_at=now))
        return turn_id

    def turns(self, owner: Owner, conversation_id: str, audiences: Audiences = _ANY_PUBLIC) -> tuple[KeptTurn, ...]:
        """The turns of a conversation in their order."""
        with self._database.reading() as connection:
            known = _known(connection, owner, conversation_id)
            return tuple(turn_of(row) for row in _rows(connection, known.id, audiences))

    def list(self, owner: Owner, audiences: Audiences = _ANY_PUBLIC, limit: int = 100) -> tuple[KeptConversation, ...]:
        """The owner's conversations, the latest first, without those whose first answer is still being written."""
        first = sa.and_(
            turns.c.conversation_id == conversations.c.id, turns.c.number == 1, turns.c.audience.in_(list(audiences))
        )
        query = (
            sa.select(conversations, sa.func.substr(turns.c.question, 1, _TITLE_CHARS).label("title"))
            .outerjoin(turns, first)
            .where((conversations.c.owner == owner.key) & _HAS_TURNS)
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(KeptConversation(row.id, row.started_at, row.updated_at, row.title or "") for row in rows)

    def export(self, owner: Owner, conversation_id: str, audiences: Audiences = _ANY_PUBLIC) -> dict[str, Any]:
        """A conversation as JSON values, with what its owner said of the answers; times in ISO 8601.

        `withheld` counts the turns that rest on documents which the owner may not see today.
        """
        with self._database.reading() as connection:
            known = _known(connection, owner, conversation_id)
            rows = _rows(connection, known.id, audiences)
            mine = turns.c.conversation_id == known.id
            count = connection.execute(sa.select(sa.func.count()).select_from(turns).where(mine)).scalar() or 0
        return {
            "conversation": known.id,
            "started_at": known.started_at.isoformat(),
            "updated_at": known.updated_at.isoformat(),
            "turns": [_exported(row) for row in rows],
            "withheld": count - len(rows),
        }

    def delete(self, owner: Owner, conversation_id: str) -> None:
        """Delete a conversation with its turns and what was said of them."""
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            known = _known(connection, owner, conversation_id)
            connection.execute(sa.delete(conversations).where(conversations.c.id == known.id))

    def forget(self, owner: Owner) -> int:
        """Delete all that is kept of what somebody asked; gives the number of conversations."""
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            return connection.execute(sa.delete(conversations).where(conversations.c.owner == owner.key)).rowcount

    def forget_before(self, moment: datetime) -> tuple[int, int]:
        """Delete the turns asked before a moment, and conversations left without any; gives the number of each."""
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            old = connection.execute(sa.delete(turns).where(turns.c.asked_at < moment)).rowcount
            empty = (conversations.c.updated_at < moment) & ~_HAS_TURNS
            return old, connection.execute(sa.delete(conversations).where(empty)).rowcount

    def forget_empty(self, moment: datetime) -> int:
        """Delete conversations begun before a moment whose first answer nobody waited for; gives their number."""
        empty = (conversations.c.updated_at < moment) & ~_HAS_TURNS
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            return connection.execute(sa.delete(conversations).where(empty)).rowcount

    def forget_everything(self) -> int:
        """Delete all conversations of everybody; gives their number."""
        with self._database.writing(Subject.CONVERSATIONS) as connection:
            return connection.execute(sa.delete(conversations)).rowcount

    def count_before(self, moment: datetime) -> tuple[int, int]:
        """How many turns and conversations `forget_before` would delete."""
        newer = sa.exists().where((turns.c.conversation_id == conversations.c.id) & (turns.c.asked_at >= moment))
        newer = newer.correlate(conversations)
        old = (conversations.c.updated_at < moment) & ~newer
        with self._database.reading() as connection:
            return _count(connection, turns, turns.c.asked_at < moment), _count(connection, conversations, old)

    def count(self, owner: Owner | None = None) -> tuple[int, int]:
        """How many turns and conversations are kept, of one owner or of all."""
        mine = conversations.c.owner == owner.key if owner else sa.true()
        theirs = turns.c.conversation_id.in_(sa.select(conversations.c.id).where(mine))
        with self._database.reading() as connection:
            return _count(connection, turns, theirs), _count(connection, conversations, mine)


def _count(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar() or 0


def turn_of(row: Any) -> KeptTurn:
    """The turn that a row of the table holds."""
    return KeptTurn(
        question=row.question,
        answer=row.answer,
        status=row.status,
        lang=row.lang,
        audience=row.audience,
        details=json.loads(row.details),
        id=row.id,
        number=row.number,
        asked_at=row.asked_at,
    )


def _find(connection: sa.Connection, owner: Owner, conversation_id: str) -> Any:
    mine = (conversations.c.id == storable(conversation_id)) & (conversations.c.owner == owner.key)
    return connection.execute(sa.select(conversations).where(mine)).first()


def _known(connection: sa.Connection, owner: Owner, conversation_id: str) -> Any:
    row = _find(connection, owner, conversation_id)
    if row is None:
        raise PeopleError("not_found", "There is no such conversation.", "It may have been deleted; begin a new one.")
    return row


def _rows(connection: sa.Connection, conversation_id: str, audiences: Audiences) -> list[sa.Row[Any]]:
    mine = (turns.c.conversation_id == conversation_id) & turns.c.audience.in_(list(audiences))
    query = sa.select(turns, feedback.c.verdict, feedback.c.reason).outerjoin(feedback).where(mine)
    return list(connection.execute(query.order_by(turns.c.number)))


def _exported(row: sa.Row[Any]) -> dict[str, Any]:
    names = ("id", "number", "question", "answer", "status", "lang")
    said = {"verdict": row.verdict, "reason": row.reason} if row.verdict else None
    values = {name: getattr(row, name) for name in names}
    return values | {"asked_at": row.asked_at.isoformat(), "details": json.loads(row.details), "feedback": said}
