"""Made-up people's databases of any size, written by the thousand rows; the same in each run."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.people.audit_anchors import FILE_NAME, Anchors
from assistant.people.audit_chain import FIRST_PREVIOUS, AuditRow, hash_row
from assistant.people.conversations import Owner
from assistant.people.database import Database, Subject, database_url
from assistant.people.review_tables import changes, groups, reviewed, unanswered
from assistant.people.reviewed_answer import Source
from assistant.people.tables import audit, conversations, feedback, turns
from assistant.reviewing.matching import Vector
from assistant.schema import PUBLIC, STAFF, Lang, Status
from assistant.settings import Settings

BUREAUS = tuple(f"第{number}局" for number in range(1, 31))
DIMENSIONS, FINGERPRINT = 384, "made-up"
TURNS_EACH = 5  # in a conversation
BUSY_SHARE = 100  # the busiest person has this part of all conversations
_START = datetime(2026, 1, 1, tzinfo=UTC)
_LAST_DAY = date(2999, 12, 31)
_AT_ONCE = 2000
_TEXT = "依規定每件收費三十元，臨櫃辦理，三個工作天內領取。"
_FIRST_HAN, _HAN = 0x6200, 2000  # characters of things, not of general words

Row = Mapping[str, Any]


def embed(text: str, lang: Lang) -> Vector:
    """A vector of length 1 that its text decides; those of unlike texts are nearly at right angles."""
    vector = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(DIMENSIONS).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def question(number: int) -> str:
    """A question about something that no other one is about."""
    thing = chr(_FIRST_HAN + number % _HAN) + chr(_FIRST_HAN + _HAN + number // _HAN)
    return f"{thing}證的規費多少？"


def owner(conversation: int, in_all: int) -> Owner:
    """Whose a conversation is: the first ones are one busy person's, the others ten each."""
    return Owner.account(f"{0 if conversation < in_all // BUSY_SHARE else 1 + conversation // 10:032x}")


def fill(settings: Settings, size: int, source: Source) -> None:
    """Make a database with so many turns, thumbs, groups, reviewed answers and audit rows.

    Args:
        source: what the reviewed answers rest on.

    Raises:
        StoreError: the database cannot be opened or written.
    """
    database = Database(database_url(settings))
    with database.writing(Subject.MIGRATIONS) as connection:
        for table, rows in (
            (conversations, _conversations(size)),
            (turns, _turns(size)),
            (feedback, _feedback(size)),
            (groups, _groups(size)),
            (unanswered, _unanswered(size)),
        ):
            _insert(connection, table, rows)
        if connection.dialect.name == "postgresql":  # numbers that are given leave its sequence where it was
            connection.exec_driver_sql(f"SELECT setval('unanswered_groups_number_seq', {size})")
    _fill_audit(database, settings, size)
    database.close()
    fill_reviewed(settings, size, source)
    _gather_statistics(settings)


def fill_reviewed(settings: Settings, size: int, source: Source) -> None:
    """Put so many reviewed answers into a database, nine of ten of them given, the others set aside or withdrawn.

    Raises:
        StoreError: the database cannot be opened or written.
    """
    database = Database(database_url(settings))
    with database.writing(Subject.ACTS) as connection:
        _insert(connection, reviewed, _reviewed(size, source))
        connection.execute(sa.update(changes).where(changes.c.name == "reviewed").values(number=size))
    database.close()


def _gather_statistics(settings: Settings) -> None:
    """As PostgreSQL's autovacuum does within minutes; SQLite has none, in the product neither."""
    url = database_url(settings)
    if url.get_backend_name() == "postgresql":
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        engine.dispose()


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterator[Row]) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(sa.insert(table), some)


def _conversations(size: int) -> Iterator[Row]:
    count = max(1, size // TURNS_EACH)
    for number in range(count):
        last = _moment(min(size, (number + 1) * TURNS_EACH) - 1)
        begun = _moment(number * TURNS_EACH)
        yield {"id": _id(number), "owner": owner(number, count).key, "started_at": begun, "updated_at": last}


def _turns(size: int) -> Iterator[Row]:
    details = json.dumps({"citations": [{"n": 1, "title": "規費標準", "quote": _TEXT}]}, ensure_ascii=False)
    last = max(1, size // TURNS_EACH) - 1
    for number in range(size):
        conversation = min(number // TURNS_EACH, last)
        yield {
            "id": _id(number),
            "conversation_id": _id(conversation),
            "number": number - conversation * TURNS_EACH + 1,
            "question": question(number),
            "answer": f"{_TEXT}[1]",
            "status": str(Status.NO_EVIDENCE),
            "lang": "zh-TW",
            "audience": _audience(number),
            "details": details,
            "asked_at": _moment(number),
        }


def _feedback(size: int) -> Iterator[Row]:
    for number in range(size):
        verdict = "down" if number % 5 == 0 else "up"
        yield {"turn_id": _id(number), "verdict": verdict, "reason": "看不懂", "given_at": _moment(number)}


def _groups(size: int) -> Iterator[Row]:
    states = ("open",) * 8 + ("answered", "dismissed")
    for number in range(size):
        state = states[number % 10]
        yield {
            "number": number + 1,
            "id": _id(number),
            "bureau": _bureau(number),
            "audience": _audience(number),
            "lang": "zh-TW",
            "fingerprint": FINGERPRINT,
            "vector": embed(question(number), "zh-TW").astype(np.float16).tobytes(),
            "state": state,
            "seen": 1 + number * 7919 % 97,
            "first_seen": _moment(number),
            "last_seen": _moment(number),
            "decided_at": None if state == "open" else _moment(number),
            "reviewed_id": _id(number) if state == "answered" else "",
        }


def _unanswered(size: int) -> Iterator[Row]:
    for number in range(size):
        yield {"turn_id": _id(number), "group_number": number + 1, "why": "no_evidence", "seen_at": _moment(number)}


def _reviewed(size: int, source: Source) -> Iterator[Row]:
    states = ("active",) * 18 + ("set_aside", "withdrawn")
    sources = json.dumps([[source.document_id, source.quote, source.whole, source.hash]], ensure_ascii=False)
    for number in range(size):
        yield {
            "id": _id(number),
            "bureau": _bureau(number),
            "audience": _audience(number),
            "answers": json.dumps({"zh-TW": _TEXT}, ensure_ascii=False),
            "wordings": json.dumps({"zh-TW": [question(number)]}, ensure_ascii=False),
            "sources": sources,
            "approved_by": f"editor{number % 200}",
            "approved_at": _moment(number),
            "expires_on": _LAST_DAY,
            "state": states[number % 20],
            "reason": "",
            "change": number + 1,
        }


def _fill_audit(database: Database, settings: Settings, size: int) -> None:
    """Rows and anchors as the product writes them, but many at once."""

    def chained() -> Iterator[Row]:
        previous = FIRST_PREVIOUS
        for number in range(1, size + 1):
            at = _moment(number).isoformat(timespec="microseconds")
            row = AuditRow(number, at, f"editor{number % 200}", "answer_approved", _id(number), "依規定。", previous)
            row = replace(row, hash=hash_row(row))
            previous = row.hash
            hashes.append(row.hash)
            yield asdict(row)

    hashes: list[str] = []
    with database.writing(Subject.ACTS) as connection:
        _insert(connection, audit, chained())
    path = settings.log_dir / FILE_NAME
    with Anchors(path, database.name).opened():
        lines = [{"count": n, "database": database.name, "hash": one} for n, one in enumerate(hashes, start=1)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _id(number: int) -> str:
    """A made-up id; mixed, because real ones come in no order."""
    return f"{(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"


def _moment(number: int) -> datetime:
    return _START + timedelta(seconds=20 * number)


def _bureau(number: int) -> str:
    return BUREAUS[number % len(BUREAUS)]


def _audience(number: int) -> str:
    return STAFF if number % 10 == 7 else PUBLIC
