"""What was offered and waits for a person's yes: kept in one file, acted on once, and forgotten within a day."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from assistant.errors import StoreError
from assistant.schema import Lang, Reading, Status
from assistant.tools.base import Draft, Finding, Line
from assistant.tools.claims import UNKNOWN_OUTCOME, VALID, Claim, ClaimState
from assistant.tools.offers import offer_choices, offer_sentences
from assistant.tools.telling import LiveReport

KEPT = timedelta(hours=24)
ALPHABET = "CDFGHJKMNPQRTVWXY23456789"
"""No vowels, so that no word comes about, and of the signs that look alike (0 O, 1 I L, 5 S, 8 B, 2 Z) one alone."""
CODE_LENGTH = 6
_LEASE = timedelta(seconds=20)  # an act takes at most half of that: whoever took longer has died
_PATIENCE_S = 12.0
_POLL_S = 0.05
_BUSY_S = 10.0  # how long one waits for another that writes to the file

_metadata = sa.MetaData()
_offers = sa.Table(
    "offers",
    _metadata,
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("service", sa.String, nullable=False),
    sa.Column("lang", sa.String, nullable=False),
    sa.Column("draft", sa.Text),  # JSON; nothing once it is acted on, expired or withdrawn
    sa.Column("offered_at", sa.Float, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("claimed_at", sa.Float),
    sa.Column("finding", sa.Text),
)


class PendingActs:
    """Drafts that were offered, in one SQLite file; safe for several threads and processes.

    A draft is kept for a quarter of an hour, or until it is acted on; what came of it for a day. What is deleted is
    overwritten (`secure_delete`, https://www.sqlite.org/pragma.html), for drafts hold what people wrote.

    Args:
        path: the file, made where there is none, readable by its owner alone.
        pause: waits some seconds; tests set it.

    Raises:
        StoreError: the file cannot be opened, read or written; so do all methods.
    """

    def __init__(self, path: Path, pause: Callable[[float], None] = time.sleep) -> None:
        self._path, self._pause = path, pause
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": _BUSY_S, "isolation_level": None},
            hide_parameters=True,
        )
        sa.event.listen(self._engine, "connect", _prepare)
        sa.event.listen(self._engine, "begin", _begin)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise StoreError(f"The pending acts in {path} cannot be opened: {error}.", "Check the file.") from error
        with self._transaction() as connection:
            _metadata.create_all(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def offer(self, service: str, draft: Draft, lang: Lang, now: datetime) -> str:
        """Keep a draft, and give the code with which a person agrees to it."""
        kept = json.dumps({"lines": draft.lines, "payload": dict(draft.payload)}, ensure_ascii=False)
        row = {"key": secrets.token_hex(8), "service": service, "lang": lang, "draft": kept}
        with self._transaction() as connection:
            _sweep(connection, now)
            while True:
                code = _new_code()
                if connection.execute(sa.select(_offers.c.code).where(_offers.c.code == code)).first() is None:
                    break
            connection.execute(sa.insert(_offers).values(code=code, offered_at=now.timestamp(), tries=0, **row))
        return code

    def offered(self, report: LiveReport, lang: Lang, now: datetime) -> LiveReport:
        """A report with its drafts offered, each with a code of its own; as it is where it has none."""
        sentences, yes, no = list(report.sentences), [], ""
        for request, draft in report.drafts:
            code = self.offer(request.service.name, draft, lang, now)
            sentences += offer_sentences(draft, code, lang)
            agree, no = offer_choices(code, lang)
            yes.append(agree)
        return replace(report, sentences=tuple(sentences), choices=(*yes, no)) if yes else report

    def claim(self, code: str, now: datetime, patience_s: float = _PATIENCE_S) -> Claim:
        """What a yes to a code means: of several at once, one gets the draft, and the others wait for its finding.

        A draft whose claimant died is given out again, with the same key, and so is one of which it is unknown
        whether the act came through: the act looks under its key first.

        Args:
            patience_s: how long to wait for the finding of another.
        """
        start = time.monotonic()
        while True:
            waited = time.monotonic() - start
            claim = self._claim(code, now + timedelta(seconds=waited))
            if claim.state != ClaimState.BUSY or waited >= patience_s:
                return claim
            self._pause(_POLL_S)

    def finish(self, code: str, finding: Finding) -> Finding:
        """Keep what came of an act, so that a repeated yes gets the same; gives what is kept, the first for good.

        Where it is unknown whether the act came through, nothing is kept but the draft: a later yes tries it again.
        """
        mine = _offers.c.code == code
        with self._transaction() as connection:
            kept = connection.execute(sa.select(_offers.c.finding).where(mine)).scalar()
            if kept:
                return _finding_of(kept)
            if finding.status in UNKNOWN_OUTCOME:
                connection.execute(sa.update(_offers).where(mine).values(claimed_at=None))
            else:
                values = {"finding": _json_of(finding), "draft": None, "claimed_at": None}
                connection.execute(sa.update(_offers).where(mine).values(**values))
        return finding

    def withdraw(self, code: str, now: datetime) -> Claim:
        """What a no to a code means: its draft is deleted, unless it is acted on already."""
        with self._transaction() as connection:
            _sweep(connection, now)
            row = _row(connection, code)
            state = _state(row, now)
            if row is None or state != ClaimState.ACT:
                return _claim_of(state, code, row)
            connection.execute(sa.delete(_offers).where(_offers.c.code == code))
            return Claim(ClaimState.WITHDRAWN, code, cast(Lang, row.lang), was_tried=row.tries > 0)

    def sweep(self, now: datetime) -> None:
        """Delete what has had its time; each offer, yes and no does so too."""
        with self._transaction() as connection:
            _sweep(connection, now)

    def _claim(self, code: str, now: datetime) -> Claim:
        with self._transaction() as connection:
            _sweep(connection, now)
            row = _row(connection, code)
            state = _state(row, now)
            if state == ClaimState.ACT:
                values = {"claimed_at": now.timestamp(), "tries": _offers.c.tries + 1}
                connection.execute(sa.update(_offers).where(_offers.c.code == code).values(**values))
            return _claim_of(state, code, row)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """What happens within is done by one at a time, of whichever process, whole or not at all."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            message = f"The pending acts in {self._path} cannot be read or written: {type(error).__name__}."
            raise StoreError(message, "Check the file and the room on the disk.") from error


def _prepare(connection: Any, _: object) -> None:
    for pragma in ("journal_mode = DELETE", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # before anything is read, so that nobody else writes in between


def _new_code() -> str:
    """A code of letters and digits, both of them, so that it is no word and no number."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not code.isalpha() and not code.isdigit():
            return code


def _sweep(connection: sa.Connection, now: datetime) -> None:
    """Delete what is a day old, and the drafts that nobody agreed to in time."""
    connection.execute(sa.delete(_offers).where(_offers.c.offered_at < (now - KEPT).timestamp()))
    expired = (_offers.c.offered_at < (now - VALID).timestamp()) & (_offers.c.tries == 0) & _offers.c.draft.is_not(None)
    connection.execute(sa.update(_offers).where(expired).values(draft=None))


def _row(connection: sa.Connection, code: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(_offers).where(_offers.c.code == code)).first()


def _state(row: sa.Row[Any] | None, now: datetime) -> ClaimState:
    """What a code stands for; `ACT` where its draft can be acted on, for the first time or again."""
    if row is None:
        return ClaimState.UNKNOWN
    if row.finding is not None:
        return ClaimState.DONE
    if row.draft is None or (row.tries == 0 and now.timestamp() - row.offered_at > VALID.total_seconds()):
        return ClaimState.EXPIRED
    if row.claimed_at is not None and now.timestamp() - row.claimed_at < _LEASE.total_seconds():
        return ClaimState.BUSY
    return ClaimState.ACT


def _claim_of(state: ClaimState, code: str, row: sa.Row[Any] | None) -> Claim:
    if row is None:
        return Claim(state, code)
    lang = cast(Lang, row.lang)
    if state == ClaimState.DONE:
        return Claim(state, code, lang, finding=_finding_of(row.finding))
    if state != ClaimState.ACT:
        return Claim(state, code, lang)
    kept = json.loads(row.draft)
    draft = Draft(row.service, tuple(kept["lines"]), kept["payload"])
    return Claim(state, code, lang, draft, row.key, was_tried=row.tries > 0)


def _json_of(finding: Finding) -> str:
    """A finding as JSON; what it offers further is not part of what came of an act."""
    names = Reading.__dataclass_fields__
    readings = [{name: getattr(one, name) for name in names} | {"data": dict(one.data)} for one in finding.readings]
    lines = [[line.text, line.reading] for line in finding.lines]
    return json.dumps({"lines": lines, "readings": readings, "status": finding.status}, ensure_ascii=False)


def _finding_of(kept: str) -> Finding:
    found = json.loads(kept)
    lines = tuple(Line(text, reading) for text, reading in found["lines"])
    return Finding(lines, tuple(Reading(**one) for one in found["readings"]), Status(found["status"]))
