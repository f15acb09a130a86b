"""Keeps bookings and the plan of each day in one SQLite file, so that what was acknowledged survives a kill."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from assistant.demo.dispatch_plan import Call, Plan
from assistant.demo.dispatch_records import Booking, Promise, Ride, Rider, Status, Stop
from assistant.errors import StoreError
from assistant.feeds.geometry import Point

_VERSION = 1
_WAIT_S = 5.0
_TABLES = """
CREATE TABLE bookings (
    id TEXT PRIMARY KEY, client_reference TEXT NOT NULL UNIQUE, fleet TEXT NOT NULL, day TEXT NOT NULL,
    status TEXT NOT NULL, rider_name TEXT NOT NULL, rider_phone TEXT NOT NULL,
    pickup_name TEXT NOT NULL, pickup_lat REAL NOT NULL, pickup_lon REAL NOT NULL,
    drop_off_name TEXT NOT NULL, drop_off_lat REAL NOT NULL, drop_off_lon REAL NOT NULL,
    passengers INTEGER NOT NULL, wheelchairs INTEGER NOT NULL,
    wanted REAL NOT NULL, pickup_from REAL NOT NULL, pickup_to REAL NOT NULL, arrive_by REAL NOT NULL
) STRICT;
CREATE INDEX bookings_of_a_day ON bookings (fleet, day, status);
CREATE TABLE calls (
    fleet TEXT NOT NULL, day TEXT NOT NULL, vehicle TEXT NOT NULL, position INTEGER NOT NULL,
    booking TEXT NOT NULL REFERENCES bookings (id), picks_up INTEGER NOT NULL, at_s INTEGER NOT NULL,
    PRIMARY KEY (fleet, day, vehicle, position)
) STRICT;
"""
_COLUMNS = (
    "id, client_reference, fleet, day, status, rider_name, rider_phone, pickup_name, pickup_lat, pickup_lon, "
    "drop_off_name, drop_off_lat, drop_off_lon, passengers, wheelchairs, wanted, pickup_from, pickup_to, arrive_by"
)
_INSERT = f"INSERT INTO bookings ({_COLUMNS}) VALUES ({', '.join('?' * 19)})"  # noqa: S608  # names of our own
_SELECT = f"SELECT {_COLUMNS} FROM bookings WHERE "  # noqa: S608  # names of our own


class Ledger:
    """The bookings of all fleets; one at a time may be in `transaction`, of whichever process.

    A commit is on the disk when it returns (`synchronous = FULL`, https://www.sqlite.org/pragma.html), and what is
    deleted is overwritten (`secure_delete`).

    Args:
        path: the file, made where there is none.
        zone: in which times are given out.

    Raises:
        StoreError: the file cannot be opened, or is of another version.
    """

    def __init__(self, path: Path, zone: tzinfo) -> None:
        self._zone = zone
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # it holds names and numbers
            self._rows = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            self._rows.row_factory = sqlite3.Row
            for pragma in ("journal_mode = DELETE", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                self._rows.execute(f"PRAGMA {pragma}")
            with self.transaction():
                version = self._rows.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    self._make()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"The bookings in {path} cannot be opened: {error}.", "Check the file.") from error
        if version not in {0, _VERSION}:
            raise StoreError(f"The bookings in {path} are of version {version}.", "Use the program that made them.")

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What happens within is kept whole or not at all.

        Raises:
            sqlite3.OperationalError: another process holds the file for longer than a few seconds.
        """
        self._rows.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._rows.execute("COMMIT")
        except BaseException:  # whatever ends it, half of it must not stay
            if self._rows.in_transaction:
                self._rows.execute("ROLLBACK")
            raise

    def by_reference(self, client_reference: str) -> Booking | None:
        """The booking that was made with a client's reference, cancelled ones too."""
        return self._one("client_reference = ?", client_reference)

    def by_id(self, booking: str) -> Booking | None:
        """A booking by its number."""
        return self._one("id = ?", booking)

    def standing(self, fleet: str, day: date) -> list[Booking]:
        """The bookings of a fleet on a day that are not cancelled."""
        asked = (fleet, day.isoformat(), Status.BOOKED)
        rows = self._rows.execute(f"{_SELECT} fleet = ? AND day = ? AND status = ? ORDER BY id", asked)
        return [self._booking(row) for row in rows]

    def plan(self, fleet: str, day: date) -> Plan:
        """The plan that serves them."""
        rows = self._rows.execute(
            "SELECT vehicle, booking, picks_up, at_s FROM calls WHERE fleet = ? AND day = ? ORDER BY vehicle, position",
            (fleet, day.isoformat()),
        )
        plan: dict[str, tuple[Call, ...]] = {}
        for vehicle, booking, picks_up, at_s in rows:
            plan[vehicle] = (*plan.get(vehicle, ()), Call(booking, bool(picks_up), at_s))
        return plan

    def add(self, booking: Booking) -> None:
        """Keep a new booking."""
        ride, promise, rider = booking.ride, booking.promise, booking.rider
        times = (ride.pickup_from, promise.pickup_from, promise.pickup_to, promise.arrive_by)
        made = (booking.id, booking.client_reference, booking.fleet, booking.day.isoformat(), booking.status)
        where = [part for s in (ride.pickup, ride.drop_off) for part in (s.name, s.point.lat, s.point.lon)]
        counts = (ride.passengers, ride.wheelchairs)
        row: Sequence[Any] = (*made, rider.name, rider.phone, *where, *counts, *(at.timestamp() for at in times))
        self._rows.execute(_INSERT, row)

    def set_plan(self, fleet: str, day: date, plan: Plan) -> None:
        """Put a plan in place of the one that is kept."""
        self._rows.execute("DELETE FROM calls WHERE fleet = ? AND day = ?", (fleet, day.isoformat()))
        rows = [
            (fleet, day.isoformat(), vehicle, position, call.trip, call.picks_up, call.at_s)
            for vehicle, calls in plan.items()
            for position, call in enumerate(calls)
        ]
        self._rows.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def cancel(self, booking: str) -> None:
        """Let a booking stand no longer, and forget who it was for."""
        self._rows.execute(
            "UPDATE bookings SET status = ?, rider_name = '', rider_phone = '' WHERE id = ?",
            (Status.CANCELLED, booking),
        )

    def forget_riders(self, before: date) -> None:
        """Forget who rode before a day."""
        self._rows.execute(
            "UPDATE bookings SET rider_name = '', rider_phone = '' WHERE day < ? AND rider_phone <> ''",
            (before.isoformat(),),
        )

    def _make(self) -> None:
        for statement in _TABLES.split(";"):
            self._rows.execute(statement)
        self._rows.execute(f"PRAGMA user_version = {_VERSION}")

    def _one(self, condition: str, value: str) -> Booking | None:
        row = self._rows.execute(_SELECT + condition, (value,)).fetchone()
        return self._booking(row) if row else None

    def _booking(self, row: sqlite3.Row) -> Booking:
        pickup, drop_off = (
            Stop(row[f"{at}_name"], Point(row[f"{at}_lat"], row[f"{at}_lon"])) for at in ("pickup", "drop_off")
        )
        return Booking(
            id=row["id"],
            client_reference=row["client_reference"],
            fleet=row["fleet"],
            day=date.fromisoformat(row["day"]),
            ride=Ride(pickup, drop_off, self._time(row["wanted"]), row["passengers"], row["wheelchairs"]),
            promise=Promise(*(self._time(row[name]) for name in ("pickup_from", "pickup_to", "arrive_by"))),
            rider=Rider(row["rider_name"], row["rider_phone"]),
            status=Status(row["status"]),
        )

    def _time(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, UTC).astimezone(self._zone)
