"""On which days government offices in Taiwan work, as its Directorate-General of Personnel Administration sets it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.tables import first, parse_rows, rows_of
from assistant.feeds.values import day, text, truth

STANDARD = "office calendar"
_WEEKDAYS = "一二三四五六日"
_WORKS = {"0": True, "2": False}  # the codes of the column 是否放假


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """One day: whether offices work, and the name of a holiday or the reason for a day off or a make-up day."""

    day: date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The days that the calendar speaks of; about any other day it says nothing."""

    days: Mapping[date, OfficeDay]
    skipped: int = 0
    fetched_at: datetime | None = None

    def works(self, on: date) -> bool | None:
        """Whether offices work on a day; None where the calendar does not have it.

        Days off for a typhoon are decided by each city and are not in it.
        """
        found = self.days.get(on)
        return found.works if found else None

    def joined(self, other: "OfficeCalendar") -> "OfficeCalendar":
        """Both calendars; of a day that both have, the other's counts."""
        return OfficeCalendar({**self.days, **other.days}, self.skipped + other.skipped, other.fetched_at)


def parse_office_calendar(content: bytes) -> OfficeCalendar:
    """Read a year: CSV with 西元日期, 星期, 是否放假, 備註 (https://data.gov.tw/dataset/14718), or JSON with isHoliday.

    A day whose weekday is wrong, or that occurs twice with different answers, is left out and counted.

    Raises:
        FeedMalformed: it is no such table.
    """
    parsed = parse_rows(rows_of(content, STANDARD), _day, STANDARD, need="a date, a weekday and whether offices work")
    days: dict[date, OfficeDay] = {}
    conflicts: set[date] = set()
    for found in parsed.records:
        if days.setdefault(found.day, found).works != found.works:
            conflicts.add(found.day)
    return OfficeCalendar({on: one for on, one in days.items() if on not in conflicts}, parsed.skipped + len(conflicts))


async def read_office_calendar(fetcher: Fetcher, source: FeedSource) -> OfficeCalendar:
    """Fetch and read a year, and those of the option `urls` (further years) with it.

    Raises:
        FeedError: one of them cannot be had or read.
    """
    addresses: Iterable[str] = [source.url, *source.options.get("urls", ())]
    calendar = OfficeCalendar({})
    for address in addresses:
        fetched = await fetcher.get(source, url=address)
        read = parse_office_calendar(fetched.content)
        calendar = calendar.joined(OfficeCalendar(read.days, read.skipped, fetched.fetched_at))
    return calendar


def _day(row: Mapping[str, Any]) -> OfficeDay | None:
    on, works = day(first(row, "西元日期", "date")), _works(row)
    weekday = text(first(row, "星期", "week"))
    if on is None or works is None or (weekday and weekday != _WEEKDAYS[on.weekday()]):
        return None
    return OfficeDay(on, works, text(first(row, "備註", "description")))


def _works(row: Mapping[str, Any]) -> bool | None:
    if "isHoliday" in row:
        holiday = truth(row["isHoliday"])
        return None if holiday is None else not holiday
    return _WORKS.get(text(row.get("是否放假")))
