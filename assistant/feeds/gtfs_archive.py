"""GTFS archives opened within limits, their tables read row by row, and the days on which services run."""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import IO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.errors import FeedMalformed, FeedTooLarge
from assistant.feeds.values import TELL_PUBLISHER, day, malformed
from assistant.text import strip_control

STANDARD = "GTFS"
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
_MOST_MEMBERS = 200
_MOST_ROWS = 1_000_000  # of a table that is kept row by row
_LONGEST_LINE = 1024 * 1024
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_HOSTILE = "Check the source; it may be hostile."
Row = Mapping[str, str]


class Archive:
    """The tables of a GTFS zip file, at its top or in one folder.

    Args:
        content: the zip file.
        max_unpacked_bytes: of all tables that are read, counted as they are unpacked and not as the file claims.

    Raises:
        FeedMalformed: it is no zip file.
    """

    def __init__(self, content: bytes, max_unpacked_bytes: int = MAX_UNPACKED_BYTES) -> None:
        self._left = max_unpacked_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _UNREADABLE as error:
            raise malformed(STANDARD, "it is no readable zip file", error) from error
        names = [name for name in self._zip.namelist() if not name.startswith("__MACOSX")]
        if len(names) > _MOST_MEMBERS:
            raise malformed(STANDARD, f"it has {len(names)} members")
        self._members = {name.rpartition("/")[2].lower(): name for name in reversed(names)}

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return name in self._members

    def rows(self, name: str, *required: str) -> Iterator[Row]:
        """The rows of a table, by column; no rows where there is no such table.

        Raises:
            FeedMalformed: a required column is missing, or the file cannot be unpacked or read as CSV.
            FeedTooLarge: the tables unpack to more than is allowed.
        """
        table = self._table(name, required)
        columns = next(table, [])
        for count, values in enumerate(table):
            if count >= _MOST_ROWS:
                raise FeedTooLarge(f"{name} has more than {_MOST_ROWS} rows.", _HOSTILE)
            yield dict(zip(columns, map(str.strip, values), strict=False))

    def cells(self, name: str, required: tuple[str, ...], others: tuple[str, ...]) -> Iterator[list[str]]:
        """The cells of some columns, empty where there are none; for a table with millions of rows.

        Raises:
            FeedMalformed, FeedTooLarge: as `rows`.
        """
        table = self._table(name, required)
        columns = next(table, [])
        places = [columns.index(column) if column in columns else -1 for column in (*required, *others)]
        for values in table:
            values.extend([""] * (len(columns) - len(values)))
            yield [values[place].strip() if place >= 0 else "" for place in places]

    def _table(self, name: str, required: tuple[str, ...]) -> Iterator[list[str]]:
        """The columns, then the rows that are not empty."""
        if name not in self._members:
            return
        reader = csv.reader(self._lines(name))
        try:
            columns = [strip_control(column).strip() for column in next(reader, [])]
            missing = [column for column in required if column not in columns]
            if missing:
                raise malformed(STANDARD, f"{name} lacks the column {missing[0]}")
            yield columns
            yield from (values for values in reader if values)
        except csv.Error as error:
            raise malformed(STANDARD, f"{name}, line {reader.line_num}: {error}", error) from error

    def content(self, name: str) -> bytes:
        """The bytes of a member; empty where there is none.

        Raises:
            FeedMalformed, FeedTooLarge: as `rows`.
        """
        return b"".join(self._pieces(name)) if name in self._members else b""

    def _lines(self, name: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        rest = ""
        for piece in self._pieces(name):
            *whole, rest = (rest + decoder.decode(piece)).split("\n")
            if len(rest) > _LONGEST_LINE:
                raise malformed(STANDARD, f"{name} has a line of more than {_LONGEST_LINE} characters")
            yield from (line + "\n" for line in whole)
        if rest:
            yield rest

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._members[name]) as member:
                while piece := self._read(member, name):
                    yield piece
        except _UNREADABLE as error:
            raise malformed(STANDARD, f"{name} cannot be unpacked", error) from error

    def _read(self, member: IO[bytes], name: str) -> bytes:
        piece = member.read(1 << 16)
        self._left -= len(piece)
        if self._left < 0:
            raise FeedTooLarge(f"The archive unpacks to too much at {name}.", _HOSTILE)
        return piece


@dataclass(frozen=True, slots=True)
class ServiceCalendar:
    """On which days services run: calendar.txt and calendar_dates.txt.

    Attributes:
        weekly: by service, its weekdays (Monday is 0), first and last day.
        exceptions: by service, days on which it runs all the same (True) or does not (False).
    """

    zone: ZoneInfo
    weekly: Mapping[str, tuple[frozenset[int], date, date]] = field(default_factory=dict)
    exceptions: Mapping[str, Mapping[date, bool]] = field(default_factory=dict)

    def runs(self, service: str, on: date) -> bool:
        """Whether a service runs on a service day."""
        exception = self.exceptions.get(service, {}).get(on)
        if exception is not None:
            return exception
        if service not in self.weekly:
            return False
        weekdays, first, last = self.weekly[service]
        return on.weekday() in weekdays and first <= on <= last

    def knows(self, on: date) -> bool:
        """Whether the calendar says anything about a day: an expired schedule does not say that nothing runs."""
        return any(first <= on <= last for _, first, last in self.weekly.values()) or any(
            on in days for days in self.exceptions.values()
        )

    def time_of(self, on: date, seconds: int) -> datetime:
        """When a time of a service day is: seconds after noon less 12 hours, as GTFS counts through clock changes."""
        noon = datetime.combine(on, time(12), self.zone).astimezone(UTC)
        return (noon + timedelta(seconds=seconds - 12 * 3600)).astimezone(self.zone)


def read_calendar(archive: Archive, zone: ZoneInfo) -> ServiceCalendar:
    """The days on which services run; a row that cannot be read is left out."""
    weekly: dict[str, tuple[frozenset[int], date, date]] = {}
    for row in archive.rows("calendar.txt", "service_id", *_WEEKDAYS, "start_date", "end_date"):
        first, last = day(row.get("start_date")), day(row.get("end_date"))
        if first and last and row["service_id"]:
            weekdays = frozenset(i for i, name in enumerate(_WEEKDAYS) if row.get(name) == "1")
            weekly[row["service_id"]] = (weekdays, first, last)
    exceptions: dict[str, dict[date, bool]] = {}
    for row in archive.rows("calendar_dates.txt", "service_id", "date", "exception_type"):
        on, kind = day(row.get("date")), row.get("exception_type")
        if on and kind in {"1", "2"}:
            exceptions.setdefault(row["service_id"], {})[on] = kind == "1"
    return ServiceCalendar(zone, weekly, exceptions)


def zone_of(archive: Archive) -> ZoneInfo:
    """The time zone of the agencies, of which GTFS allows one.

    Raises:
        FeedMalformed: there is no agency.txt, or its zone is unknown: no time could be told.
    """
    for row in archive.rows("agency.txt", "agency_timezone"):
        try:
            return ZoneInfo(row.get("agency_timezone", ""))
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise malformed(STANDARD, "agency.txt names no time zone that is known", error) from error
    raise FeedMalformed("This GTFS archive has no agency.txt, so that its times have no zone.", TELL_PUBLISHER)
