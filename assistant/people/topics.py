"""Closed topics as they are kept: who closed and opened them, when and why."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.audit import Audit
from assistant.people.changes import Changing, next_change
from assistant.people.database import Database
from assistant.people.editor import Editor
from assistant.people.keys import Clock, new_id
from assistant.people.review_tables import topics
from assistant.people.reviewed import MOST_WORDING_CHARS, MOST_WORDINGS
from assistant.people.texts import storable
from assistant.people.topic import Topic, TopicDraft
from assistant.schema import Lang

LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")
MOST_TEXT_CHARS = 1000
_LEAST_WORDING_CHARS = 2


class Topics:
    """The topics of one database; closing and opening are in the audit.

    Raises:
        PeopleError: what is asked for may not be done.
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, audit: Audit, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def close(self, by: Editor, draft: TopicDraft, reason: str) -> Topic:
        """Close a topic from now on, in every process that has this database."""
        if not reason.strip():
            raise PeopleError("no_reason", "A topic is closed for a reason.", "Say why, for the audit.")
        now = self._clock()
        draft = _checked(draft, now)
        by.check(draft.bureau)
        values: dict[str, Any] = {
            "id": new_id(),
            "name": draft.name,
            "bureau": draft.bureau,
            "wordings": json.dumps(draft.wordings, ensure_ascii=False),
            "texts": json.dumps(dict(draft.texts), ensure_ascii=False),
            "reason": storable(reason),
            "closed_by": by.name,
            "closed_at": now,
            "until": draft.until,
        }
        with self._audit.acting() as act:
            next_change(act, Changing.TOPICS)
            act.connection.execute(sa.insert(topics).values(values))
            act.record(by.name, "topic_closed", f"{draft.name} ({values['id']})", reason)
            return _known(act.connection, values["id"])

    def open(self, by: Editor, topic_id: str, reason: str) -> Topic:
        """Answer a topic's questions again."""
        if not reason.strip():
            raise PeopleError("no_reason", "A topic is opened for a reason.", "Say why, for the audit.")
        with self._audit.acting() as act:
            known = _known(act.connection, topic_id)
            by.check(known.bureau)
            if known.opened_at is None:
                next_change(act, Changing.TOPICS)
                mine = sa.update(topics).where(topics.c.id == known.id)
                act.connection.execute(mine.values(opened_at=self._clock()))
            act.record(by.name, "topic_opened", f"{known.name} ({known.id})", reason)
            return _known(act.connection, known.id)

    def list(self, *, opened: bool = False) -> tuple[Topic, ...]:
        """The topics that nobody has opened, the latest first; also those that somebody has, if asked for."""
        query = sa.select(topics).order_by(topics.c.closed_at.desc(), topics.c.id)
        if not opened:
            query = query.where(topics.c.opened_at.is_(None))
        with self._database.reading() as connection:
            return tuple(map(_of, connection.execute(query)))


def _checked(draft: TopicDraft, now: datetime) -> TopicDraft:
    name = storable(draft.name).strip()
    wordings = tuple(dict.fromkeys(storable(one).strip() for one in draft.wordings if one.strip()))
    texts: dict[Lang, str] = {lang: storable(draft.texts.get(lang, "")).strip() for lang in LANGUAGES}
    if not 0 < len(name) <= 100:
        raise PeopleError("bad_name", "A topic has a name of at most 100 characters.", "Choose one.")
    if not 0 < len(wordings) <= MOST_WORDINGS or any(not _is_wording(one) for one in wordings):
        message = f"A topic has 1 to {MOST_WORDINGS} wordings, each of {_LEAST_WORDING_CHARS} to "
        raise PeopleError("bad_wording", f"{message}{MOST_WORDING_CHARS} characters.", "Mend them.")
    if any(not 0 < len(text) <= MOST_TEXT_CHARS for text in texts.values()):
        message = f"What is said instead has 1 to {MOST_TEXT_CHARS} characters in each language."
        raise PeopleError("bad_text", message, "Write it in both languages.")
    if draft.until is not None and draft.until <= now:
        raise PeopleError("bad_until", "A topic is closed until a time to come.", "Choose another one.")
    return TopicDraft(name, wordings, texts, draft.until, storable(draft.bureau).strip())


def _is_wording(text: str) -> bool:
    letters = sum(character.isalnum() for character in text)
    return letters >= _LEAST_WORDING_CHARS and len(text) <= MOST_WORDING_CHARS


def _known(connection: sa.Connection, topic_id: str) -> Topic:
    row = connection.execute(sa.select(topics).where(topics.c.id == storable(topic_id))).first()
    if row is None:
        raise PeopleError("not_found", "There is no such topic.", "Look at `topics list`.")
    return _of(row)


def _of(row: Any) -> Topic:
    wordings: Sequence[str] = json.loads(row.wordings)
    return Topic(
        id=row.id,
        name=row.name,
        bureau=row.bureau,
        wordings=tuple(wordings),
        texts=json.loads(row.texts),
        reason=row.reason,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        until=row.until,
        opened_at=row.opened_at,
    )
