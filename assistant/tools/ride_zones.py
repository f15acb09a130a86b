"""The zones of rides on demand, whichever standard publishes them: where they are, their hours, how to book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from assistant.errors import FeedRefused
from assistant.feeds.base import FeedSource
from assistant.feeds.booking import BookingRule, BookingType
from assistant.feeds.geometry import Geometry, Point
from assistant.feeds.gofs import read_on_demand
from assistant.feeds.gtfs_flex import FlexServices, FlexWindow, read_flex_services
from assistant.feeds.on_demand import OnDemand
from assistant.places import Place
from assistant.text import squeeze
from assistant.tools.base import Desk, Request
from assistant.tools.times import next_step

_DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class Area:
    """A zone on the map; `name` is as published, else its id."""

    id: str
    name: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are picked up at a place on a day, aware.

    Attributes:
        targets: names of the zones where they can go.
        rule: how to book; None where it is not said.
        counts: whether a day is one of those that the rule counts.
    """

    zone: str
    targets: tuple[str, ...]
    start: datetime
    end: datetime
    rule: BookingRule | None = None
    counts: Callable[[date], bool] | None = None

    def book_by(self, pickup: datetime) -> datetime | None:
        """The latest moment to book a pickup; None where it is not said."""
        return self.rule.book_by(pickup.astimezone(self.start.tzinfo), self.counts) if self.rule else None

    def first_bookable(self, now: datetime) -> datetime | None:
        """The first pickup of these hours that can still be booked; None where it is too late for all of them."""
        soonest = max(self.start, now)
        if self.rule and self.rule.type is BookingType.SAME_DAY and self.rule.notice_min_s is not None:
            soonest = max(self.start, now + timedelta(seconds=self.rule.notice_min_s))
        soonest = next_step(soonest)
        book_by = self.book_by(soonest)
        is_late = book_by is not None and book_by < now
        return None if soonest > self.end or is_late else soonest

    def within(self, start: datetime, end: datetime) -> "Hours | None":
        """The part of them in a span, which may be an instant."""
        first, last = max(self.start, start), min(self.end, end)
        return replace(self, start=first, end=last) if first <= last else None


class RideZones(Protocol):
    """What a publisher says of its rides on demand.

    Attributes:
        name: of the system; `phone` is the riders' number; both empty where not published.
        areas: all zones.
        last_day: the last day that the calendars know of; None where there is none.
        updated_at: aware; None where it is not said.
        skipped: how many records could not be read.
    """

    name: str
    phone: str
    areas: tuple[Area, ...]
    last_day: date | None
    updated_at: datetime | None
    skipped: int

    def hours(self, start: Point, on: date, end: Point | None = None) -> tuple[Hours, ...]:
        """When people are picked up at a point on a day, to go to another where one is given; earliest first."""


class GofsZones:
    """The zones of GOFS-lite."""

    def __init__(self, system: OnDemand) -> None:
        self.system = system
        self.name, self.phone = system.system.name, system.system.phone
        self.areas = tuple(Area(zone.id, zone.name or zone.id, zone.geometry) for zone in system.zones)
        self.last_day = max((one.last for one in system.calendars.values()), default=None)
        self.updated_at, self.skipped = system.updated_at or system.fetched_at, system.skipped
        self._names = {area.id: area.name for area in self.areas}

    def hours(self, start: Point, on: date, end: Point | None = None) -> tuple[Hours, ...]:
        """As `RideZones.hours`."""
        found = []
        for ride in self.system.rides(on, start, end):
            ways = self.system.booking(ride.rule.from_zone, ride.rule.to_zone)
            rule = ways[0].rule if ways else None
            calendar = self.system.calendars.get(rule.calendar) if rule else None
            zone, target = self._name(ride.rule.from_zone), self._name(ride.rule.to_zone)
            found.append(Hours(zone, (target,), ride.start, ride.end, rule, calendar.holds if calendar else None))
        return _joined(found)

    def _name(self, zone: str) -> str:
        return self._names.get(zone, zone)


class FlexZones:
    """The zones of GTFS-Flex, which publishes no system name, and numbers to call only with its booking rules."""

    def __init__(self, services: FlexServices, loaded_at: datetime) -> None:
        self.services = services
        self.name = next(iter(services.route_names.values()), "") if len(services.route_names) == 1 else ""
        self.phone = next((rule.phone for rule in services.rules.values() if rule.phone), "")
        zones = services.zones.values()
        self.areas = tuple(Area(zone.id, zone.name or zone.id, zone.geometry) for zone in zones)
        weekly, exceptions = services.calendar.weekly, services.calendar.exceptions
        extra = [on for days in exceptions.values() for on in days]
        self.last_day = max([*(last for _, _, last in weekly.values()), *extra], default=None)
        self.updated_at: datetime | None = loaded_at
        self.skipped = services.skipped

    def hours(self, start: Point, on: date, end: Point | None = None) -> tuple[Hours, ...]:
        """As `RideZones.hours`."""
        here = {zone.id: zone.name or zone.id for zone in self.services.zones_at(start)}
        found = []
        for ride in self.services.pickups(start, on):
            targets = self._targets(ride.window, end)
            zone = next(here[place] for place in ride.window.places if place in here)
            if targets:
                rule = ride.window.pickup_rule
                found.append(Hours(zone, targets, ride.start, ride.end, rule, self._counts(rule)))
        return _joined(found)

    def _targets(self, window: FlexWindow, end: Point | None) -> tuple[str, ...]:
        """Where a trip sets down: at the end that is given, else anywhere."""
        there = {zone.id for zone in self.services.zones_at(end)} if end else set(self.services.zones)
        places = [
            place
            for other in self.services.windows
            if other.trip == window.trip and other.sets_down
            for place in other.places
            if place in there
        ]
        return tuple(dict.fromkeys(self.services.zones[place].name or place for place in places))

    def _counts(self, rule: BookingRule | None) -> Callable[[date], bool] | None:
        if rule is None or not rule.calendar:
            return None
        service, calendar = rule.calendar, self.services.calendar
        return lambda on: calendar.runs(service, on)


async def read_zones(request: Request, desk: Desk, source: FeedSource) -> RideZones:
    """The zones of a source that speaks "gofs" or "gtfs-flex".

    Raises:
        FeedError: the feed cannot be had or read; FeedRefused where it speaks another standard.
    """
    if source.standard == "gofs":
        return GofsZones(await read_on_demand(desk.fetcher, source, request.lang))
    if source.standard != "gtfs-flex":
        message = f"{source.name} speaks {source.standard}, which tells no zones."
        raise FeedRefused(0, message, "Name a feed of gofs or gtfs-flex.")

    async def load() -> FlexZones:
        return FlexZones(await read_flex_services(desk.fetcher, source), request.now)

    name = f"zones of {source.name}"
    zones = await desk.keep(name, load)
    if zones.updated_at and (request.now - zones.updated_at).total_seconds() > source.refresh_s:
        desk.drop(name)
        zones = await desk.keep(name, load)
    return zones


def areas_of(zones: RideZones, place: Place) -> tuple[Area, ...]:
    """The zones in which a place lies, and those that bear the name of a district that is so meant."""
    names = {squeeze(name) for name in place.name.values()} if place.approximate else set()
    return tuple(area for area in zones.areas if area.geometry.contains(place.point) or squeeze(area.name) in names)


def coming_hours(
    zones: RideZones, start: Point, on: date, end: Point | None = None, days: int = _DAYS_AHEAD
) -> Mapping[date, tuple[Hours, ...]]:
    """The hours of a day and of those after it."""
    ahead = (on + timedelta(days=number) for number in range(days))
    return {day: zones.hours(start, day, end) for day in ahead}


def _joined(found: list[Hours]) -> tuple[Hours, ...]:
    """Hours that differ in their targets alone as one; earliest first."""
    by_window: dict[tuple[datetime, datetime, BookingRule | None], Hours] = {}
    for one in found:
        key = (one.start, one.end, one.rule)
        known = by_window.get(key)
        targets = tuple(dict.fromkeys((*known.targets, *one.targets))) if known else one.targets
        by_window[key] = replace(known or one, targets=targets)
    return tuple(sorted(by_window.values(), key=lambda one: (one.start, one.end)))
