"""The queue: groups of questions that found no answer or a bad one, by bureau; it copies no words of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.audit import Act, Audit
from assistant.people.database import Database, Subject
from assistant.people.editor import Editor
from assistant.people.keys import Clock, new_id
from assistant.people.review_tables import groups, unanswered
from assistant.people.reviewed import ReviewedAnswers
from assistant.people.reviewed_answer import Draft, Reviewed
from assistant.people.tables import feedback, turns
from assistant.people.texts import storable
from assistant.schema import Status

MOST_SAMPLES = 20


class GroupState(StrEnum):
    """What has become of a group: nothing yet, a reviewed answer, or an editor's decision that it needs none."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Why(StrEnum):
    """Why a question is in the queue."""

    NO_EVIDENCE = "no_evidence"
    THUMBS_DOWN = "thumbs_down"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A turn that belongs into the queue and is in no group yet; its question is masked, as turns are kept."""

    turn_id: str
    question: str
    lang: str
    audience: str
    why: Why
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class GroupVector:
    """What tells whether a question belongs to a group: the embedding (bytes) of its first one, and whose it is."""

    number: int
    lang: str
    audience: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to begin with a question."""

    bureau: str
    fingerprint: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the queue shows it.

    Attributes:
        bureau: that of the documents nearest to its first question; empty where there were none.
        seen: how often it was asked, those since forgotten too.
        samples: questions, the latest first, masked; only those that are still kept.
    """

    id: str
    bureau: str
    audience: str
    lang: str
    state: GroupState
    seen: int
    first_seen: datetime
    last_seen: datetime
    reviewed_id: str
    samples: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Unanswered:
    """The queue of one database. Forgetting a turn takes it out of the queue, and its group with the last one.

    Raises:
        PeopleError: what is asked for may not be done, or there is no such group for this editor (`not_found`).
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, audit: Audit, reviewed: ReviewedAnswers, clock: Clock) -> None:
        self._database, self._audit, self._reviewed, self._clock = database, audit, reviewed, clock

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Turns that belong into the queue and are not in it, the oldest first."""
        down = sa.exists().where((feedback.c.turn_id == turns.c.id) & (feedback.c.verdict == "down"))
        placed = sa.exists().where(unanswered.c.turn_id == turns.c.id)
        empty = turns.c.status == str(Status.NO_EVIDENCE)
        columns = (turns.c.id, turns.c.question, turns.c.lang, turns.c.audience, turns.c.asked_at, empty.label("empty"))
        query = sa.select(*columns).where((empty | down) & ~placed & (turns.c.audience != ""))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(turns.c.asked_at, turns.c.id).limit(limit)).all()
        why = {True: Why.NO_EVIDENCE, False: Why.THUMBS_DOWN}
        return tuple(Waiting(r.id, r.question, r.lang, r.audience, why[bool(r.empty)], r.asked_at) for r in rows)

    def vectors_after(self, number: int, fingerprint: str) -> tuple[GroupVector, ...]:
        """The groups with a higher number, in their order."""
        columns = (groups.c.number, groups.c.lang, groups.c.audience, groups.c.vector)
        mine = (groups.c.number > number) & (groups.c.fingerprint == fingerprint)
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(mine).order_by(groups.c.number))
            return tuple(GroupVector(*row) for row in rows)

    def place(self, turn: Waiting, group: NewGroup | int) -> int | None:
        """Put a turn into a group, or begin one with it; gives the group's number.

        None where the turn is placed or forgotten meanwhile, or the group is gone. A question that comes after a
        group was answered opens it again: the answer did not reach it.
        """
        with self._database.writing(Subject.QUEUE) as connection:
            here = connection.execute(sa.select(turns.c.id).where(turns.c.id == turn.turn_id)).first()
            done = connection.execute(sa.select(unanswered).where(unanswered.c.turn_id == turn.turn_id)).first()
            if here is None or done is not None:
                return None
            number = _begin(connection, turn, group) if isinstance(group, NewGroup) else _join(connection, turn, group)
            if number is not None:
                row = {
                    "turn_id": turn.turn_id,
                    "group_number": number,
                    "why": turn.why.value,
                    "seen_at": turn.asked_at,
                }
                connection.execute(sa.insert(unanswered).values(row))
            return number

    def page(
        self, by: Editor, *, state: GroupState = GroupState.OPEN, bureau: str = "", first: int = 0, limit: int = 50
    ) -> tuple[tuple[Group, ...], int]:
        """A page of the queue, what was asked most first, and how many there are; editors get their bureau's."""
        conditions = [groups.c.state == state.value, *_visible(by)]
        if bureau:
            conditions.append(groups.c.bureau == storable(bureau))
        conditions.append(sa.exists().where(unanswered.c.group_number == groups.c.number))
        order = (groups.c.seen.desc(), groups.c.number.desc())
        page = sa.select(groups.c.number).where(*conditions).order_by(*order).offset(first).limit(limit)
        query = sa.select(groups).where(groups.c.number.in_(page)).order_by(*order)  # rows that are passed over: unread
        counted = sa.select(sa.func.count()).select_from(groups).where(*conditions)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            samples = _samples(connection, [row.number for row in rows], 3)
            total = connection.execute(counted).scalar_one()
        return tuple(_group(row, samples.get(row.number, [])) for row in rows), total

    def show(self, by: Editor, group_id: str) -> Group:
        """One group with more of its questions."""
        with self._database.reading() as connection:
            row = _known(connection, by, group_id)
            return _group(row, _samples(connection, [row.number], MOST_SAMPLES).get(row.number, []))

    def dismiss(self, by: Editor, group_id: str, reason: str) -> None:
        """Take a group off the queue without an answer."""
        if not reason.strip():
            raise PeopleError("no_reason", "Questions are dismissed for a reason.", "Say why, for the audit.")
        with self._audit.acting() as act:
            row = _known(act.connection, by, group_id)
            _decide(act, row.number, GroupState.DISMISSED, self._clock())
            act.record(by.name, "questions_dismissed", row.id, reason)

    def answer(self, by: Editor, group_id: str, draft: Draft, reason: str = "") -> Reviewed:
        """Approve an answer for a group; both come through, or neither."""
        with self._audit.acting() as act:
            row = _known(act.connection, by, group_id)
            approved = self._reviewed.approve_within(act, by, draft, reason)
            _decide(act, row.number, GroupState.ANSWERED, self._clock(), approved.id)
            act.record(by.name, "questions_answered", row.id, approved.id)
            return approved

    def forget_empty(self) -> int:
        """Delete groups whose questions are all forgotten; gives their number."""
        empty = ~sa.exists().where(unanswered.c.group_number == groups.c.number)
        with self._database.writing(Subject.QUEUE) as connection:
            return connection.execute(sa.delete(groups).where(empty)).rowcount


def _begin(connection: sa.Connection, turn: Waiting, group: NewGroup) -> int:
    row = {
        "id": new_id(),
        "bureau": group.bureau,
        "audience": turn.audience,
        "lang": turn.lang,
        "fingerprint": group.fingerprint,
        "vector": group.vector,
        "state": GroupState.OPEN.value,
        "seen": 1,
        "first_seen": turn.asked_at,
        "last_seen": turn.asked_at,
        "reviewed_id": "",
    }
    connection.execute(sa.insert(groups).values(row))
    return int(connection.execute(sa.select(groups.c.number).where(groups.c.id == row["id"])).scalar_one())


def _join(connection: sa.Connection, turn: Waiting, number: int) -> int | None:
    mine = groups.c.number == number
    row = connection.execute(sa.select(groups).where(mine, groups.c.audience == turn.audience)).first()
    if row is None:
        return None
    again = row.state == GroupState.ANSWERED and row.decided_at is not None and turn.asked_at > row.decided_at
    values = {
        "seen": row.seen + 1,
        "first_seen": min(row.first_seen, turn.asked_at),
        "last_seen": max(row.last_seen, turn.asked_at),
        "state": GroupState.OPEN.value if again else row.state,
    }
    connection.execute(sa.update(groups).where(mine).values(values))
    return number


def _decide(act: Act, number: int, state: GroupState, now: datetime, reviewed_id: str = "") -> None:
    values = {"state": state.value, "decided_at": now, "reviewed_id": reviewed_id}
    act.connection.execute(sa.update(groups).where(groups.c.number == number).values(values))


def _visible(by: Editor) -> list[sa.ColumnElement[bool]]:
    """An editor sees the groups of their bureau, and of those none whose answers rest on what they may not read."""
    if by.audiences is None:
        return []
    return [groups.c.bureau == by.bureau, groups.c.audience.in_(by.audiences)]


def _known(connection: sa.Connection, by: Editor, group_id: str) -> Any:
    row = connection.execute(sa.select(groups).where(groups.c.id == storable(group_id), *_visible(by))).first()
    if row is None:
        raise PeopleError("not_found", "There is no such group of questions.", "Look at `queue list`.")
    return row


def _samples(connection: sa.Connection, numbers: Sequence[int], each: int) -> dict[int, list[tuple[str, str]]]:
    """The latest questions of groups with why they are there: no more than a few of each, by one query."""
    if not numbers:
        return {}
    place = sa.func.row_number().over(
        partition_by=unanswered.c.group_number, order_by=(unanswered.c.seen_at.desc(), unanswered.c.turn_id)
    )
    latest = sa.select(unanswered, place.label("place")).where(unanswered.c.group_number.in_(list(numbers))).subquery()
    query = (
        sa.select(latest.c.group_number, latest.c.why, turns.c.question)
        .join(turns, turns.c.id == latest.c.turn_id)
        .where(latest.c.place <= each)
        .order_by(latest.c.group_number, latest.c.place)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.group_number, []).append((row.question, row.why))
    return found


def _group(row: Any, samples: Sequence[tuple[str, str]]) -> Group:
    return Group(
        id=row.id,
        bureau=row.bureau,
        audience=row.audience,
        lang=row.lang,
        state=GroupState(row.state),
        seen=row.seen,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        reviewed_id=row.reviewed_id,
        samples=tuple(question for question, _ in samples),
        reasons=tuple(sorted({why for _, why in samples})),
    )
