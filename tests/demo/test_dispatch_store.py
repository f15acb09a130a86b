"""What was acknowledged survives a kill at any step, and what was not is booked once by the retry."""

import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from assistant.demo import dispatch_store
from assistant.demo.dispatch_records import Booked, Refusal
from assistant.demo.dispatch_store import Ledger
from assistant.errors import StoreError
from tests.demo.mountains import (
    NOW,
    RIDER,
    TAIPEI,
    TOWN,
    VEHICLES,
    Clock,
    book,
    broken,
    dispatching,
    ride,
    with_vehicles,
)

DAY = NOW.date()
MOST_STATEMENTS = 40


def killed_at(statement: int, act: Callable[[], object]) -> bool:
    """Run in a child that kills itself before the n-th statement of SQLite; whether it came so far."""
    child = os.fork()
    if child == 0:
        left = [statement]

        def count(_: str) -> None:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

        connect = sqlite3.connect

        def traced(*given: object, **named: object) -> sqlite3.Connection:
            connection = connect(*given, **named)  # type: ignore[call-overload]
            connection.set_trace_callback(count)
            return connection

        dispatch_store.sqlite3.connect = traced  # type: ignore[assignment]
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}
    return os.WIFSIGNALED(status)


def attempt(path: Path) -> None:
    with dispatching(path) as (dispatcher, _):
        dispatcher.book(ride(end=TOWN[0], hour=9.5), RIDER, "second")


def test_a_kill_between_any_two_steps_loses_nothing_and_books_nothing_twice(tmp_path: Path) -> None:
    """The first booking stands as it was promised; the retry of the second leaves exactly one, in a plan that holds."""
    reached = 0
    for statement in range(1, MOST_STATEMENTS):
        path = tmp_path / f"{statement}.sqlite"
        with dispatching(path) as (dispatcher, _):
            first = book(dispatcher, ride(), "first")
        if not killed_at(statement, partial(attempt, path)):
            break
        reached = statement
        with dispatching(path) as (dispatcher, ledger):
            assert ledger.by_id(first.id) == first
            assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY)) == []
            second = book(dispatcher, ride(end=TOWN[0], hour=9.5), "second")
            assert {one.id for one in ledger.standing("hills", DAY)} == {first.id, second.id}
            assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY)) == []
    assert 10 < reached < MOST_STATEMENTS - 1


def test_a_kill_while_the_file_is_made_leaves_one_that_can_be_used(tmp_path: Path) -> None:
    """The tables come all at once."""
    for statement in range(1, 12):
        path = tmp_path / f"{statement}.sqlite"
        assert killed_at(statement, partial(attempt, path))
        with dispatching(path) as (dispatcher, _):
            assert book(dispatcher, ride(), "first").client_reference == "first"


def test_a_booking_whose_answer_was_lost_is_found_after_a_restart(tmp_path: Path) -> None:
    """It was kept before anything was answered."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        made = book(dispatcher, ride(), "a")
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, _):
        assert dispatcher.book(ride(), RIDER, "a") == Booked(made, new=False)


def test_two_processes_share_one_file(tmp_path: Path) -> None:
    """Each knows what the other has promised, and together they promise no more than the vehicles hold."""
    path, wanted = tmp_path / "rides.sqlite", ride(end=TOWN[0], people=2)
    with dispatching(path) as (one, ledger), dispatching(path) as (other, _):
        assert book(one, wanted, "0") == book(other, wanted, "0")
        made = [desk.book(wanted, RIDER, str(n)) for n, desk in enumerate((one, other, one, other), start=1)]
        assert [isinstance(found, Refusal) for found in made] == [False, False, True, True]
        assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY)) == []


def test_a_fleet_that_changes_overnight_still_keeps_its_promises(tmp_path: Path) -> None:
    """With the next booking a vehicle that is there takes over what one that is gone was to do."""
    path = tmp_path / "rides.sqlite"
    with dispatching(path) as (dispatcher, ledger):
        made = [book(dispatcher, ride(hour=hour), f"{hour}") for hour in (9, 11, 13)]
        (used,) = [name for name, calls in ledger.plan("hills", DAY).items() if calls]
    left = with_vehicles(*(vehicle for vehicle in VEHICLES if vehicle.id != used))
    with dispatching(path, operation=left) as (dispatcher, ledger):
        book(dispatcher, ride(hour=15), "later")
        assert [ledger.by_id(one.id) for one in made] == made
        assert broken(ledger.standing("hills", DAY), ledger.plan("hills", DAY), left) == []


def test_others_on_the_machine_cannot_read_who_rides(tmp_path: Path) -> None:
    """The file is its owner's alone."""
    with dispatching(tmp_path / "rides.sqlite"):
        assert (tmp_path / "rides.sqlite").stat().st_mode & 0o077 == 0


def test_who_rode_is_forgotten(tmp_path: Path) -> None:
    """At once where a ride is cancelled, else with the first booking two days after; the file holds no trace of it."""
    path, clock = tmp_path / "rides.sqlite", Clock()
    with dispatching(path, clock) as (dispatcher, ledger):
        ridden, cancelled = book(dispatcher, ride(), "a"), book(dispatcher, ride(hour=11), "b")
        assert dispatcher.cancel(cancelled.id) is not None
        clock.now += timedelta(days=2)
        book(dispatcher, ride(hour=9 + 72), "c")
        riders = [found.rider.phone for one in (ridden, cancelled) if (found := ledger.by_id(one.id))]
        assert riders == ["", ""]
        assert dispatcher.cancel(dispatcher.by_reference("c").id) is not None  # type: ignore[union-attr]
    assert RIDER.phone.encode() not in path.read_bytes()


def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """It is refused, not written over; so is what is no database."""
    path = tmp_path / "rides.sqlite"
    with sqlite3.connect(path) as rows:
        rows.execute("PRAGMA user_version = 99")
    rows.close()
    with pytest.raises(StoreError, match="99"):
        Ledger(path, TAIPEI)
    (tmp_path / "text.sqlite").write_text("no database" * 100)
    with pytest.raises(StoreError):
        Ledger(tmp_path / "text.sqlite", TAIPEI)


def test_what_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    """A booking without its plan would be a promise that nobody keeps."""
    with dispatching(tmp_path / "rides.sqlite") as (dispatcher, ledger):
        made = book(dispatcher, ride(), "a")

        def half() -> None:
            with ledger.transaction():
                ledger.cancel(made.id)
                raise RuntimeError("midway")

        with pytest.raises(RuntimeError):
            half()
        assert ledger.by_id(made.id) == made
        assert ledger.standing("hills", date(2026, 9, 22)) == []
