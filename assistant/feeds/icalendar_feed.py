"""Events of iCalendar files (RFC 5545), with those that recur on each of their days."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar, Event, vBroken

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.values import malformed, text

STANDARD = "iCalendar"
_MOST_TIMES = 1000  # of one event
_MOST_EVENTS = 10_000
_LONGEST = timedelta(days=366)
_EXPANSION_S = 1.0
_CALENDAR = re.compile(rb"^BEGIN:VCALENDAR[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"^END:VCALENDAR[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_FILTERS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event on one of its days, from `starts` to before `ends`, both aware.

    Attributes:
        all_day: whether only its days are given; then it begins and ends at midnight in the city.
        status: CONFIRMED, TENTATIVE, CANCELLED, or empty.
    """

    uid: str
    summary: str
    description: str
    location: str
    place: Point | None
    url: str
    categories: tuple[str, ...]
    status: str
    starts: datetime
    ends: datetime
    all_day: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """When an event takes place: wall-clock time, the zone of that clock, and how long."""

    wall: datetime
    zone: tzinfo
    lasts: timedelta
    all_day: bool


def parse_icalendar(content: bytes, zone: tzinfo, start: datetime, end: datetime) -> Parsed[Occasion]:
    """The events of a file (https://www.rfc-editor.org/rfc/rfc5545) that take place between two aware times, in order.

    Recurrences (RRULE, RDATE, EXDATE, RECURRENCE-ID) keep their hour on the wall clock of their own zone. Times
    without a zone are in `zone`. Events whose time cannot be read, or whose rule costs too much to expand (more often
    than daily, or what is left after a second), are skipped and counted.

    Raises:
        FeedMalformed: it is no iCalendar file.
    """
    events = _events(content)
    masters = [event for event in events if "RECURRENCE-ID" not in event]
    moved = {key: event for event in events if (key := _moved_from(event, zone))}
    occasions: list[Occasion] = []
    skipped = len(events) - len(masters) - len(moved)
    deadline = time.monotonic() + _EXPANSION_S
    for event in masters:
        span = _span(event, zone)
        if span is None or (found := _times(event, span, start, end, deadline)) is None:
            skipped += 1
            continue
        uid = text(event.get("UID"))
        kept = (one for one in found if (uid, _begins(one, span).astimezone(UTC)) not in moved)
        occasions += [_occasion(event, replace(span, wall=wall)) for wall in kept]
    spans = [(event, _span(event, zone)) for event in moved.values()]
    skipped += sum(span is None for _, span in spans)
    occasions += [_occasion(event, span) for event, span in spans if span]
    within = [one for one in occasions if one.starts < end and (one.ends > start or one.starts == one.ends >= start)]
    return Parsed(tuple(sorted(within, key=lambda one: (one.starts, one.ends, one.uid))), skipped)


async def read_icalendar(
    fetcher: Fetcher, source: FeedSource, zone: tzinfo, start: datetime, end: datetime
) -> Parsed[Occasion]:
    """Fetch a file and read its events between two times.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetcher.get(source)
    parsed = await asyncio.to_thread(parse_icalendar, fetched.content, zone, start, end)
    return replace(parsed, fetched_at=fetched.fetched_at)


def _events(content: bytes) -> list[Event]:
    content = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not _CALENDAR.match(content):
        raise malformed(STANDARD, "it does not begin with BEGIN:VCALENDAR")
    if content.upper().count(b"BEGIN:VEVENT") > _MOST_EVENTS:
        raise malformed(STANDARD, f"it has more than {_MOST_EVENTS} events")
    try:
        calendars = Calendar.from_ical(content.decode("utf-8"), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    except UnicodeDecodeError as error:
        raise malformed(STANDARD, f"byte {error.start} is not UTF-8", error) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise malformed(STANDARD, str(error)[:200], error) from error
    if not len(calendars) == len(_CALENDAR.findall(content)) == len(_END.findall(content)):
        raise malformed(STANDARD, "it ends before END:VCALENDAR")
    return events


def _dated(value: Any, zone: tzinfo) -> datetime | date | None:
    """The time of a property; None where it is broken, or in a zone that nobody knows."""
    said = next(iter(_each(value)), None)
    found = _part(said, "dt")
    if isinstance(found, datetime):
        named = (_part(said, "params") or {}).get("TZID")
        return found if found.tzinfo else (None if named else found.replace(tzinfo=zone))
    return found if isinstance(found, date) else None


def _part(value: Any, name: str) -> Any:
    """A part of a property's value; None where the property is missing or broken."""
    return None if isinstance(value, vBroken) else getattr(value, name, None)


def _span(event: Event, zone: tzinfo) -> _Span | None:
    """The time of an event; None where its start, or the end that it gives, cannot be read."""
    starts, ends = _dated(event.get("DTSTART"), zone), _dated(event.get("DTEND"), zone)
    if starts is None or (ends is None and "DTEND" in event):
        return None
    all_day = not isinstance(starts, datetime)
    if ends is None:
        lasts = _part(event.get("DURATION"), "dt") if "DURATION" in event else timedelta(days=int(all_day))
    else:
        lasts = ends - starts if isinstance(ends, datetime) != all_day else None
    if not isinstance(lasts, timedelta) or not timedelta(0) <= lasts <= _LONGEST:
        return None
    if isinstance(starts, datetime):
        return _Span(starts.replace(tzinfo=None), starts.tzinfo or zone, lasts, False)
    lasts = max(lasts, timedelta(days=1))  # some calendars end an event on the day on which it begins
    return _Span(datetime(starts.year, starts.month, starts.day), zone, lasts, True)


def _times(event: Event, span: _Span, start: datetime, end: datetime, deadline: float) -> list[datetime] | None:
    """When an event takes place in a window, on its wall clock; None where its rule is not expanded."""
    if "RRULE" not in event and "RDATE" not in event:
        return [span.wall]
    if time.monotonic() > deadline:
        return None
    try:
        after = start.astimezone(span.zone).replace(tzinfo=None) - span.lasts
        before = end.astimezone(span.zone).replace(tzinfo=None)
        times = rruleset()
        times.rdate(span.wall)
        for rule in _each(event.get("RRULE")):
            times.rrule(_rule(rule, span))
        for wall in _walls(event.get("RDATE"), span):
            times.rdate(wall)
        for wall in _walls(event.get("EXDATE"), span):
            times.exdate(wall)
        return list(islice(takewhile(lambda wall: wall < before, times.xafter(after, inc=True)), _MOST_TIMES))
    except (ValueError, TypeError, OverflowError, KeyError, IndexError, AttributeError):
        return None


def _rule(rule: Any, span: _Span) -> Any:
    """A recurrence rule on the wall clock.

    Raises:
        ValueError: it is none, recurs more often than daily, or filters days in a way that takes seconds to find none.
    """
    parts = {name.upper(): value for name, value in rule.items()}
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("RFC 5545 allows one of COUNT and UNTIL")
    frequency = str(_each(parts.get("FREQ"))[0]).upper()
    if frequency not in _FREQUENCIES or (frequency == "DAILY" and any(name in parts for name in _FILTERS)):
        raise ValueError(f"{frequency} is not expanded")
    until = next(iter(_each(parts.get("UNTIL"))), None)
    written = ";".join(part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL="))
    read = rrulestr(written, dtstart=span.wall)
    return read.replace(until=_wall(until, span)) if until else read


def _wall(found: datetime | date, span: _Span) -> datetime:
    """A time on the wall clock of an event; a bare date of an event with hours lasts to its end."""
    if isinstance(found, datetime):
        return (found.astimezone(span.zone) if found.tzinfo else found).replace(tzinfo=None)
    midnight = datetime(found.year, found.month, found.day)  # wall-clock time
    return midnight if span.all_day else midnight + timedelta(days=1, microseconds=-1)


def _walls(lists: Any, span: _Span) -> Iterator[datetime]:
    """The times of RDATE or EXDATE; of periods their beginnings; those of an event with hours are no bare dates."""
    for one in _each(lists):
        for each in one.dts:
            found = each.dt[0] if isinstance(each.dt, tuple) else each.dt
            if isinstance(found, datetime) or (isinstance(found, date) and span.all_day):
                yield _wall(found, span)


def _each(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _begins(wall: datetime, span: _Span) -> datetime:
    return wall.replace(tzinfo=span.zone)


def _moved_from(event: Event, zone: tzinfo) -> tuple[str, datetime] | None:
    """Which time of which event another one replaces."""
    found = _dated(event.get("RECURRENCE-ID"), zone)
    if found is None:
        return None
    at = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=zone)
    return (text(event.get("UID")), at.astimezone(UTC))


def _occasion(event: Event, span: _Span) -> Occasion:
    starts = _begins(span.wall, span)
    ends = (span.wall + span.lasts).replace(tzinfo=span.zone) if span.all_day else _later(starts, span.lasts)
    return Occasion(
        uid=text(event.get("UID")),
        summary=_said(event, "SUMMARY"),
        description=_said(event, "DESCRIPTION"),
        location=_said(event, "LOCATION"),
        place=_place(event),
        url=_said(event, "URL"),
        categories=tuple(_categories(event)),
        status=_said(event, "STATUS").upper(),
        starts=starts,
        ends=ends,
        all_day=span.all_day,
    )


def _later(starts: datetime, lasts: timedelta) -> datetime:
    """The end of an event that lasts so long, whatever the clocks do meanwhile."""
    return (starts.astimezone(UTC) + lasts).astimezone(starts.tzinfo)


def _said(event: Mapping[str, Any], name: str) -> str:
    return next((found for one in _each(event.get(name)) if (found := text(one))), "")


def _categories(event: Mapping[str, Any]) -> Iterable[str]:
    for one in _each(event.get("CATEGORIES")):
        yield from (found for category in _part(one, "cats") or () if (found := text(str(category))))


def _place(event: Mapping[str, Any]) -> Point | None:
    geo = next(iter(_each(event.get("GEO"))), None)
    return parse_point(_part(geo, "latitude"), _part(geo, "longitude"))
