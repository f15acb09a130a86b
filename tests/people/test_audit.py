"""The audit: a chain in which every change is found, whoever makes it and wherever."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from assistant.errors import StoreError
from assistant.people import audit as audit_room
from assistant.people.audit_chain import FIRST_PREVIOUS, AuditRow, check_chain, hash_row
from assistant.people.people import People
from tests.people.place import Place, add
from tests.people.racing import race

COLUMNS = "number at who what target reason previous hash".split()
UNGUARD = {
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    "postgresql": ["DROP TRIGGER audit_no_change ON audit"],
}


@pytest.fixture
def filled(place: Place) -> People:
    """A database with six acts, whose table an attacker has laid open."""
    people = place.open()
    for number in range(1, 7):
        people.audit.record("boss", "topic_closed", f"topic {number}", f"reason {number}")
        place.clock.move(minutes=1)
    place.execute(*UNGUARD["postgresql" if place.url else "sqlite"])
    return people


def rechained(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """Rows with numbers and hashes that fit each other, as a careful attacker would make them."""
    found: list[AuditRow] = []
    for number, row in enumerate(rows, start=1):
        previous = found[-1].hash if found else FIRST_PREVIOUS
        row = replace(row, number=number, previous=previous)
        found.append(replace(row, hash=hash_row(row)))
    return found


def put(place: Place, rows: Sequence[AuditRow]) -> None:
    """Put rows in the place of those that are there."""
    statements = ["DELETE FROM audit"]
    for row in rows:
        values = ", ".join("'" + str(value).replace("'", "''") + "'" for value in asdict(row).values())
        statements.append(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({values})")
    place.execute(*statements)


def test_rows_form_a_chain(filled: People, place: Place) -> None:
    """Each has the number after, and the hash of, the one before; the file of anchors has them all."""
    rows = list(filled.audit.rows())
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous for row in rows] == [FIRST_PREVIOUS, *(row.hash for row in rows[:-1])]
    anchors = [json.loads(line) for line in place.anchors.read_text().splitlines()]
    assert [(one["count"], one["hash"]) for one in anchors] == [(row.number, row.hash) for row in rows]
    check = filled.audit.verify()
    assert (check.is_whole, check.rows, check.fault, check.unanchored) == (True, 6, "", 0)


def test_the_hash_is_that_of_canonical_json() -> None:
    """Anybody can check a row with the tools of their own system (RFC 8785, SHA-256)."""
    at = "2026-03-02T09:00:00.000000+00:00"
    row = AuditRow(1, at, "boss", "topic_closed", "颱風 é", 'a "reason"\n\t\x1f', FIRST_PREVIOUS)
    canonical = (
        f'{{"at":"{at}","number":1,"previous":"{FIRST_PREVIOUS}","reason":"a \\"reason\\"\\n\\t\\u001f",'
        '"target":"颱風 é","what":"topic_closed","who":"boss"}'
    )
    assert hash_row(row) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "number"])
@pytest.mark.parametrize("number", [1, 4, 6])
def test_a_changed_row_is_found(filled: People, place: Place, column: str, number: int) -> None:
    """Whichever value is changed, the first, a middle or the last row is named."""
    other = "0" * 63 + "1" if column in ("previous", "hash") else "somebody else"
    place.execute(f"UPDATE audit SET {column} = '{other}' WHERE number = {number}")
    check = filled.audit.verify()
    assert check.broken == number
    assert "changed" in check.fault


@pytest.mark.parametrize("number", [1, 4])
def test_a_deleted_row_is_found(filled: People, place: Place, number: int) -> None:
    """A gap in the numbers is one, also at the beginning."""
    place.execute(f"DELETE FROM audit WHERE number = {number}")
    check = filled.audit.verify()
    assert (check.broken, "missing" in check.fault) == (number, True)


def test_a_deleted_row_is_found_though_the_others_move_up(filled: People, place: Place) -> None:
    """New numbers do not fit the hashes."""
    place.execute("DELETE FROM audit WHERE number = 3")
    for number in (4, 5, 6):
        place.execute(f"UPDATE audit SET number = {number - 1} WHERE number = {number}")
    assert filled.audit.verify().broken == 3


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_a_cut_off_end_is_found(filled: People, place: Place, kept: int) -> None:
    """Rows that are left form a perfect chain; the anchors know that there were more."""
    place.execute(f"DELETE FROM audit WHERE number > {kept}")
    check = filled.audit.verify()
    assert (check.broken, "not any more" in check.fault) == (kept + 1, True)


def test_rows_that_changed_places_are_found(filled: People, place: Place) -> None:
    """With their own numbers, or with each other's."""
    rows = list(filled.audit.rows())
    put(place, [*rows[:2], replace(rows[3], number=3), replace(rows[2], number=4), *rows[4:]])
    assert filled.audit.verify().broken == 3
    swapped = [replace(rows[3], number=3, hash=""), replace(rows[2], number=4, hash="")]
    put(place, [*rows[:2], *(replace(row, hash=hash_row(row)) for row in swapped), *rows[4:]])
    check = filled.audit.verify()
    assert (check.broken, "does not follow" in check.fault) == (3, True)


def test_a_chain_that_was_calculated_anew_is_found(filled: People, place: Place) -> None:
    """Whoever makes all hashes fit again has to write to the log folder as well."""
    rows = list(filled.audit.rows())
    put(place, rechained([*rows[:3], replace(rows[3], who="somebody else"), *rows[4:]]))
    check = filled.audit.verify()
    assert (check.broken, "calculated anew" in check.fault) == (4, True)
    put(place, rechained([*rows[:3], *rows[4:], rows[5]]))
    assert filled.audit.verify().broken == 4


def test_a_row_of_an_attacker_at_the_end_is_seen(filled: People, place: Place) -> None:
    """A row that fits has no anchor: the check says how many such there are."""
    rows = list(filled.audit.rows())
    put(place, rechained([*rows, replace(rows[0], target="invented")]))
    assert (filled.audit.verify().is_whole, filled.audit.verify().unanchored) == (True, 1)
    filled.audit.record("boss", "looked", "audit")
    assert filled.audit.verify().unanchored == 0


def test_anchors_that_are_gone_are_a_fault(filled: People, place: Place) -> None:
    """Deleting the file does not make the audit whole."""
    place.anchors.unlink()
    check = filled.audit.verify()
    assert (check.broken, "anchors is gone" in check.fault) == (1, True)


def test_anchors_that_were_written_over_are_a_fault(filled: People, place: Place) -> None:
    """A line that is no anchor, or one with another hash, is named."""
    lines = place.anchors.read_text().splitlines()
    place.anchors.write_text("\n".join([*lines[:2], lines[2].replace('"hash": "', '"hash": "0'), *lines[3:]]) + "\n")
    assert filled.audit.verify().broken == 3
    place.anchors.write_text("\n".join([*lines[:2], "not an anchor", *lines[3:]]) + "\n")
    with pytest.raises(StoreError, match="Line 3"):
        filled.audit.verify()


def test_the_database_itself_refuses_changes(place: Place) -> None:
    """Not even a program with the database's password changes a row by mistake."""
    people = place.open()
    people.audit.record("boss", "did", "something")
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit", *(["TRUNCATE audit"] if place.url else [])):
        with pytest.raises(Exception, match="append-only"):
            place.execute(statement)
    assert people.audit.verify().is_whole


def test_threads_and_processes_write_one_chain(place: Place) -> None:
    """Nobody's act is lost, no number is given twice, and the chain fits."""
    people = place.open()
    numbers = race(place, "record", times=15)
    assert sorted(map(int, numbers)) == list(range(1, 31))
    check = people.audit.verify()
    assert (check.is_whole, check.rows, check.unanchored) == (True, 30, 0)


def test_a_clock_that_goes_back_breaks_nothing(place: Place) -> None:
    """The order is that of the numbers; the times are what the clock said."""
    people = place.open()
    for _ in range(3):
        people.audit.record("boss", "did", "something")
        place.clock.move(hours=-5)
    times = [row.at for row in people.audit.rows()]
    assert times == sorted(times, reverse=True)
    assert people.audit.verify().is_whole


def test_an_act_that_fails_leaves_no_row(place: Place) -> None:
    """The row and what it speaks of come through together, or neither does."""
    people = place.open()
    people.audit.record("boss", "did", "one")

    def fail_halfway() -> None:
        with people.audit.acting() as act:
            act.record("boss", "did", "two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert [row.target for row in people.audit.rows()] == ["one"]
    assert people.audit.verify().unanchored == 0


def test_an_act_has_any_number_of_rows(place: Place) -> None:
    """Rows of one transaction follow each other, and an act without any writes no anchor."""
    people = place.open()
    with people.audit.acting() as act:
        act.record("boss", "did", "one")
        act.record("boss", "did", "two")
    with people.audit.acting():
        pass
    check = people.audit.verify()
    assert (check.is_whole, check.rows, len(place.anchors.read_text().splitlines())) == (True, 2, 1)


def test_no_act_is_done_where_no_anchor_can_be_written(place: Place) -> None:
    """A log folder that cannot be written stops acts before they are done, and says so."""
    people = place.open()
    place.anchors.parent.mkdir(parents=True)
    place.anchors.mkdir()
    with pytest.raises(StoreError, match="anchors"):
        add(people, "mei")
    assert (people.accounts.list(), list(people.audit.rows())) == ((), [])


def test_a_full_disk_is_said_though_the_act_is_done(place: Place) -> None:
    """Whoever acts is told that the act is in the audit but not anchored."""
    people = place.open()
    place.anchors.parent.mkdir(parents=True)
    place.anchors.symlink_to("/dev/full")
    with pytest.raises(StoreError, match="done and in the audit"):
        add(people, "mei")
    assert [row.what for row in people.audit.rows()] == ["account_added"]


def test_two_databases_of_one_home_keep_their_anchors_apart(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A city that moves from SQLite to PostgreSQL begins a new chain, and the old one stays whole."""
    people = place.open()
    people.audit.record("boss", "did", "one")
    moved = Place(place.home, f"sqlite:///{tmp_path_factory.mktemp('moved') / 'moved.sqlite'}").open()
    for _ in range(2):
        moved.audit.record("boss", "did", "another")
    assert (people.audit.verify().rows, moved.audit.verify().rows) == (1, 2)
    assert people.audit.verify().is_whole
    assert moved.audit.verify().is_whole
    moved.close()


def test_odd_signs_do_not_break_the_chain(place: Place) -> None:
    """What is written into a reason is hashed as it is kept."""
    people = place.open()
    for reason in ("\x00", "\ud800", "'; DELETE FROM audit; --", "\u2028 颱風 🌀", "x" * 100_000, '{"a": 1}'):
        people.audit.record("boss", "did", reason, reason)
    assert people.audit.verify().is_whole
    assert [row.number for row in people.audit.latest(2)] == [6, 5]


def test_many_rows_are_read_in_parts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long audit is neither held in memory nor does it keep writers waiting."""
    monkeypatch.setattr(audit_room, "_AT_ONCE", 2)
    people = place.open()
    for number in range(5):
        people.audit.record("boss", "did", str(number))
        place.clock.now += timedelta(seconds=1)
    seen = []
    for row in people.audit.rows(first=2):
        seen.append(row.number)
        if row.number == 3:
            people.audit.record("boss", "did", "meanwhile")
    assert seen == [2, 3, 4, 5, 6]
    assert people.audit.verify().is_whole


def test_an_empty_audit_is_whole() -> None:
    """A new city has nothing to verify."""
    assert check_chain([], {}).is_whole
