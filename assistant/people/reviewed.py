"""Reviewed answers as they are kept: approved by an editor, given until they expire or are set aside."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.errors import PeopleError
from assistant.people.audit import Act, Audit
from assistant.people.changes import Changing, next_change
from assistant.people.database import Database
from assistant.people.editor import Editor
from assistant.people.keys import Clock, new_id
from assistant.people.review_tables import reviewed
from assistant.people.reviewed_answer import Draft, Reviewed, ReviewState, Source
from assistant.people.texts import storable
from assistant.schema import PUBLIC, STAFF, Lang

MOST_CHARS = 5000
MOST_WORDINGS = 40
MOST_WORDING_CHARS = 300
MOST_SOURCES = 10
LONGEST = timedelta(days=2 * 366)
ASSISTANT = "assistant"
"""Who sets an answer aside, in the audit, where nobody did."""


class ReviewedAnswers:
    """The reviewed answers of one database; every act is in the audit.

    Raises:
        PeopleError: what is asked for may not be done; `reason` is a word for it, such as `other_bureau`.
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(self, database: Database, audit: Audit, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def approve(self, by: Editor, draft: Draft, reason: str = "") -> Reviewed:
        """Keep an answer; it is given from now on."""
        with self._audit.acting() as act:
            return self.approve_within(act, by, draft, reason)

    def approve_within(self, act: Act, by: Editor, draft: Draft, reason: str = "") -> Reviewed:
        """The same as a part of an act."""
        now = self._clock()
        draft = _checked(draft, now.date())
        by.check(draft.bureau)
        values: dict[str, Any] = {
            "id": new_id(),
            "bureau": draft.bureau,
            "audience": draft.audience,
            "answers": _json(dict(draft.answers)),
            "wordings": _json({lang: list(texts) for lang, texts in draft.wordings.items()}),
            "sources": _json([[s.document_id, s.quote, s.whole, s.hash] for s in draft.sources]),
            "approved_by": by.name,
            "approved_at": now,
            "expires_on": draft.expires_on,
            "state": ReviewState.ACTIVE.value,
            "reason": "",
            "change": next_change(act, Changing.REVIEWED),
        }
        act.connection.execute(sa.insert(reviewed).values(values))
        act.record(by.name, "answer_approved", values["id"], f"{draft.bureau}. {reason}".strip())
        return _known(act.connection, values["id"])

    def withdraw(self, by: Editor, reviewed_id: str, reason: str) -> Reviewed:
        """Never give an answer again."""
        if not reason.strip():
            raise PeopleError("no_reason", "An answer is withdrawn for a reason.", "Say why, for the audit.")
        with self._audit.acting() as act:
            known = _known(act.connection, reviewed_id, by.audiences)
            by.check(known.bureau)
            _change(act, known, ReviewState.WITHDRAWN, reason)
            act.record(by.name, "answer_withdrawn", known.id, reason)
            return _known(act.connection, known.id)

    def set_aside(self, reviewed_id: str, reason: str) -> None:
        """Give an answer no more until an editor has looked at it; `reason` is a word such as `source_changed`."""
        self._turn(reviewed_id, ReviewState.ACTIVE, ReviewState.SET_ASIDE, reason)

    def take_back(self, reviewed_id: str) -> None:
        """Give an answer again whose sources are once more as they were at approval."""
        self._turn(reviewed_id, ReviewState.SET_ASIDE, ReviewState.ACTIVE, "")

    def get(self, reviewed_id: str, by: Editor | None = None) -> Reviewed:
        """One answer; for an editor only where they may read it."""
        with self._database.reading() as connection:
            return _known(connection, reviewed_id, by.audiences if by else None)

    def list(
        self,
        by: Editor | None = None,
        *,
        state: ReviewState | None = None,
        bureau: str = "",
        first: int = 0,
        limit: int = 100,
    ) -> tuple[tuple[Reviewed, ...], int]:
        """A page of answers, the latest first, and how many there are; of an editor those that they may read."""
        conditions: list[sa.ColumnElement[bool]] = [sa.true()]
        if state is not None:
            conditions.append(reviewed.c.state == state.value)
        if bureau:
            conditions.append(reviewed.c.bureau == storable(bureau))
        if by is not None and by.audiences is not None:
            conditions.append(reviewed.c.audience.in_(by.audiences))
        order = (reviewed.c.approved_at.desc(), reviewed.c.id.desc())
        page = sa.select(reviewed.c.id).where(*conditions).order_by(*order).offset(first).limit(limit)
        query = sa.select(reviewed).where(reviewed.c.id.in_(page)).order_by(*order)  # rows that are passed over: unread
        counted = sa.select(sa.func.count()).select_from(reviewed).where(*conditions)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            total = connection.execute(counted).scalar_one()
        return tuple(map(_of, rows)), total

    def changed_after(self, change: int) -> tuple[Reviewed, ...]:
        """Every answer that was changed after a change, whoever may see it: for matching, never for a person."""
        query = sa.select(reviewed).where(reviewed.c.change > change).order_by(reviewed.c.change)
        with self._database.reading() as connection:
            return tuple(map(_of, connection.execute(query)))

    def _turn(self, reviewed_id: str, was: ReviewState, becomes: ReviewState, reason: str) -> None:
        with self._audit.acting() as act:
            known = _known(act.connection, reviewed_id)
            if known.state == was:
                _change(act, known, becomes, reason)
                what = "answer_set_aside" if becomes == ReviewState.SET_ASIDE else "answer_given_again"
                act.record(ASSISTANT, what, known.id, reason or known.reason)


def _change(act: Act, known: Reviewed, state: ReviewState, reason: str) -> None:
    values = {"state": state.value, "reason": storable(reason), "change": next_change(act, Changing.REVIEWED)}
    act.connection.execute(sa.update(reviewed).where(reviewed.c.id == known.id).values(values))


def _known(connection: sa.Connection, reviewed_id: str, audiences: Sequence[str] | None = None) -> Reviewed:
    query = sa.select(reviewed).where(reviewed.c.id == storable(reviewed_id))
    if audiences is not None:
        query = query.where(reviewed.c.audience.in_(audiences))
    row = connection.execute(query).first()
    if row is None:
        raise PeopleError("not_found", "There is no such reviewed answer.", "Look at `reviewed list`.")
    return _of(row)


def _checked(draft: Draft, today: date) -> Draft:
    """A draft whose texts can be kept.

    Raises:
        PeopleError: a part of it is missing, too long, or contradicts another.
    """
    bureau = storable(draft.bureau).strip()
    answers: dict[Lang, str] = {lang: storable(text).strip() for lang, text in draft.answers.items() if text.strip()}
    wordings: dict[Lang, list[str]] = {
        lang: list(dict.fromkeys(storable(one).strip() for one in draft.wordings.get(lang, ()) if one.strip()))
        for lang in answers
    }
    if not bureau:
        raise _refusal("no_bureau", "A reviewed answer belongs to a bureau.", "Name it.")
    if draft.audience not in (PUBLIC, STAFF, bureau):
        raise _refusal("bad_audience", "An answer is for the public, for staff, or for its own bureau.", "Choose one.")
    if not answers or any(len(text) > MOST_CHARS for text in answers.values()):
        raise _refusal("bad_answer", f"An answer has 1 to {MOST_CHARS} characters.", "Write it anew.")
    if any(not texts for texts in wordings.values()):
        raise _refusal("no_wording", "Each language of an answer needs the question in it.", "Add a wording.")
    if any(len(one) > MOST_WORDING_CHARS for texts in wordings.values() for one in texts):
        raise _refusal("long_wording", f"A question has at most {MOST_WORDING_CHARS} characters.", "Shorten it.")
    if sum(map(len, wordings.values())) > MOST_WORDINGS:
        raise _refusal("many_wordings", f"An answer has at most {MOST_WORDINGS} wordings.", "Leave some out.")
    if not 0 < len(draft.sources) <= MOST_SOURCES:
        raise _refusal("no_source", f"An answer rests on 1 to {MOST_SOURCES} documents.", "Name what it rests on.")
    if not today <= draft.expires_on <= today + LONGEST:
        message = f"An answer is given until a day from today to {today + LONGEST}."
        raise _refusal("bad_expiry", message, "Choose such a day; it can be approved anew then.")
    return Draft(bureau, answers, wordings, draft.sources, draft.expires_on, draft.audience)


def _refusal(reason: str, message: str, cure: str) -> PeopleError:
    return PeopleError(reason, message, cure)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _of(row: Any) -> Reviewed:
    return Reviewed(
        id=row.id,
        bureau=row.bureau,
        audience=row.audience,
        answers=json.loads(row.answers),
        wordings={lang: tuple(texts) for lang, texts in json.loads(row.wordings).items()},
        sources=tuple(Source(*values) for values in json.loads(row.sources)),
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        expires_on=row.expires_on,
        state=ReviewState(row.state),
        reason=row.reason,
        change=row.change,
    )
