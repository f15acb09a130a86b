"""Finds the times that a text names: words for days, parts of days and clocks, joined where they belong together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.moments.days import DayNamed, find_days
from assistant.moments.hours import Clock, Hours, Window, find_clocks, find_parts, find_windows
from assistant.moments.moment import Moment
from assistant.text import fold

Piece = DayNamed | Hours | Clock | Window

NEAR = 8  # characters between two words of one time
_APART = re.compile(r"[。！？!?;；]")
_AFTERNOON_UNTIL = 6  # 「三點」 without a part of the day is three in the afternoon


@dataclass(slots=True)
class _Named:
    """The pieces of one time so far."""

    start: int
    end: int
    day: DayNamed | None = None
    hours: Hours | None = None
    clock: Clock | None = None
    window: Window | None = None

    def takes(self, piece: Piece, between: str) -> bool:
        """Whether a piece belongs to this time: it is near, and says something that the others do not."""
        if len(between) > NEAR or _APART.search(between) or self.window or isinstance(piece, Window):
            return False
        free = {DayNamed: self.day, Hours: self.hours, Clock: self.clock}
        return free[type(piece)] is None


def named_moment(text: str, now: datetime) -> Moment | None:
    """The time that a text names, the last of several: people correct themselves; None where it names none."""
    return next(iter(reversed(find_moments(text, now))), None)


def find_moments(text: str, now: datetime) -> list[Moment]:
    """The times that a text names, in order; offsets are in its folded form.

    Args:
        now: aware, in the city's zone.
    """
    folded = fold(text)
    found: list[_Named] = []
    for start, end, piece in _pieces(folded, now.date()):
        if not found or not found[-1].takes(piece, folded[found[-1].end : start]):
            found.append(_Named(start, end))
        named = found[-1]
        named.end = end
        match piece:
            case DayNamed():
                named.day = piece
            case Hours():
                named.hours = piece
            case Clock():
                named.clock = piece
            case Window():
                named.window = piece
    return [_moment(named, now) for named in found]


def _pieces(text: str, today: date) -> Iterator[tuple[int, int, Piece]]:
    """Words of times in order, the longer of two that overlap."""
    every: list[tuple[int, int, Piece]] = [
        *find_days(text, today),
        *find_parts(text),
        *find_clocks(text),
        *find_windows(text),
    ]
    last = 0
    for start, end, piece in sorted(every, key=lambda one: (one[0], -one[1])):
        if start >= last:
            yield start, end, piece
            last = end


def _moment(named: _Named, now: datetime) -> Moment:
    place = (named.start, named.end)
    if named.window:
        begins = now.replace(second=0, microsecond=0)
        ends = begins + named.window.length
        if named.window.at_end:
            return Moment(ends.date(), ends.date(), *place, ends)
        return Moment(begins.date(), ends.date(), *place, begins, ends)
    if named.clock:
        return _at_clock(named, named.clock, now)
    if named.hours:
        return _in_hours(named, named.hours, now)
    assert named.day is not None
    return Moment(named.day.first, named.day.last, *place)


def _at_clock(named: _Named, clock: Clock, now: datetime) -> Moment:
    begins = _hour(clock.begins, clock, named.hours)
    day = named.day.first if named.day else now.date()
    start = _at(day, begins, now)
    if named.day is None and start < now and clock.ends is None:
        start += timedelta(days=1)
    if clock.ends is None:
        return Moment(start.date(), start.date(), named.start, named.end, start)
    end = _at(start.date(), _hour(clock.ends, clock, named.hours), now)
    if end <= start:
        end += timedelta(hours=12) if end + timedelta(hours=12) > start else timedelta(days=1)
    return Moment(start.date(), start.date(), named.start, named.end, start, end)


def _in_hours(named: _Named, hours: Hours, now: datetime) -> Moment:
    day = named.day.first if named.day else now.date()
    last = named.day.last if named.day else day
    start, end = _at(day, hours.begins * 60, now), _at(day, hours.ends * 60, now)
    if named.day is None and end <= now:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    if last > day:
        return Moment(day, last, named.start, named.end)
    return Moment(start.date(), start.date(), named.start, named.end, start, end)


def _hour(minutes: int, clock: Clock, hours: Hours | None) -> int:
    """Minutes of the day, with the twelve hours that a part of the day, or pm, adds."""
    hour = minutes // 60
    if clock.half == "pm" or (not clock.half and hours and hours.begins >= 11 and hour < hours.begins - 1):
        return minutes + (720 if hour < 12 else 0)
    if clock.half == "am":
        return minutes - (720 if hour == 12 else 0)
    if not hours and not clock.exact and 1 <= hour <= _AFTERNOON_UNTIL:
        return minutes + 720
    return minutes


def _at(day: date, minutes: int, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo) + timedelta(minutes=minutes)
