"""Rides on demand as GOFS-lite describes them: zones, hours, booking rules and waiting times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assistant.feeds.booking import BookingRule
from assistant.feeds.geometry import Geometry, Point

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class System:
    """Who offers the rides (system_information); `phone` is the riders' number."""

    name: str
    language: str
    zone: ZoneInfo
    operator: str
    url: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A kind of ride that riders can tell apart (service_brands)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Zone:
    """An area where riders are picked up or set down (zones)."""

    id: str
    name: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class DayCalendar:
    """On which days a rule holds (calendars)."""

    id: str
    weekdays: frozenset[int]
    first: date
    last: date
    excepted: frozenset[date]

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= on <= self.last and on.weekday() in self.weekdays and on not in self.excepted


@dataclass(frozen=True, slots=True)
class OperatingRule:
    """Rides from one zone to another (operating_rules); windows are seconds of the day, None where any time will do.

    `brand` is empty where the rule is for all of them.
    """

    from_zone: str
    to_zone: str
    start_pickup_s: int | None
    end_pickup_s: int | None
    end_dropoff_s: int | None
    calendars: tuple[str, ...]
    brand: str
    vehicle_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneBooking:
    """How to book between zones (booking_rules); no `to_zones` means to any."""

    from_zones: tuple[str, ...]
    to_zones: tuple[str, ...]
    rule: BookingRule


@dataclass(frozen=True, slots=True)
class Ride:
    """When a rule lets someone be picked up on a day, aware; `last_dropoff` is None where it is not said."""

    rule: OperatingRule
    start: datetime
    end: datetime
    last_dropoff: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a rider waits at a place now, in seconds; what is not said is None or empty.

    `travel_s`, `cost` and the addresses come with realtime_booking alone.
    """

    brand: str
    wait_s: int
    observed_at: datetime | None
    travel_s: int | None = None
    cost: float | None = None
    currency: str = ""
    booking_url: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OnDemand:
    """A system as it is now; `skipped` counts records that could not be read.

    Attributes:
        queries: addresses of `wait_time` and `realtime_booking`, where they are offered.
        updated_at: of the oldest of its files.
    """

    system: System
    brands: tuple[Brand, ...]
    zones: tuple[Zone, ...]
    calendars: Mapping[str, DayCalendar]
    rules: tuple[OperatingRule, ...]
    bookings: tuple[ZoneBooking, ...]
    queries: Mapping[str, str]
    updated_at: datetime | None
    skipped: int
    fetched_at: datetime | None = None

    def zones_at(self, point: Point) -> tuple[Zone, ...]:
        """The zones in which a point lies."""
        return tuple(zone for zone in self.zones if zone.geometry.contains(point))

    def rides(self, on: date, start: Point, end: Point | None = None) -> tuple[Ride, ...]:
        """When someone can be picked up at a point on a day, to another point where one is given; earliest first."""
        origins = {zone.id for zone in self.zones_at(start)}
        targets = {zone.id for zone in self.zones_at(end)} if end else {rule.to_zone for rule in self.rules}
        fitting = [rule for rule in self.rules if rule.from_zone in origins and rule.to_zone in targets]
        return tuple(sorted((self._ride(rule, on) for rule in fitting if self.holds(rule, on)), key=lambda r: r.start))

    def holds(self, rule: OperatingRule, on: date) -> bool:
        """Whether a rule holds on a day; a calendar that is not published holds on none."""
        return any(self.calendars[name].holds(on) for name in rule.calendars if name in self.calendars)

    def booking(self, from_zone: str, to_zone: str) -> tuple[ZoneBooking, ...]:
        """The rules for booking from a zone to another."""
        return tuple(
            one
            for one in self.bookings
            if from_zone in one.from_zones and (not one.to_zones or to_zone in one.to_zones)
        )

    def _ride(self, rule: OperatingRule, on: date) -> Ride:
        start_s = rule.start_pickup_s or 0
        end_s = next((s for s in (rule.end_pickup_s, rule.end_dropoff_s) if s is not None), _DAY_S)
        return Ride(
            rule=rule,
            start=self._time(on, start_s),
            end=self._time(on, end_s if end_s >= start_s else end_s + _DAY_S),  # a window over midnight
            last_dropoff=None if rule.end_dropoff_s is None else self._time(on, rule.end_dropoff_s),
        )

    def _time(self, on: date, seconds: int) -> datetime:
        midnight = datetime.combine(on + timedelta(days=seconds // _DAY_S), time(), self.system.zone)
        return midnight + timedelta(seconds=seconds % _DAY_S)
