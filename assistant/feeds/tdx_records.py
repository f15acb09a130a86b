"""What Taiwan's TDX platform publishes about buses, metros, bikes and roads, as records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.feeds.geometry import Point

Names = Mapping[str, str]
STOP_STATUS = {0: "running", 1: "not_departed", 2: "not_stopping", 3: "last_gone", 4: "no_service"}
DIRECTION = {0: "outbound", 1: "inbound", 2: "loop"}  # 255 is unknown
SERVICE = {0: "stopped", 1: "normal", 2: "disrupted"}
EVENT_AT_STOP = {0: "leaving", 1: "entering"}
_GONE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """When a vehicle is expected, as the publisher last estimated it.

    The published number of seconds (minutes for metros) does not count down: it is as old as `observed_at`.
    """

    status: str
    published_s: int | None
    observed_at: datetime | None

    @property
    def arrives_at(self) -> datetime | None:
        """When the vehicle comes; None where nothing says so."""
        if self.published_s is None or self.observed_at is None:
            return None
        return self.observed_at + timedelta(seconds=self.published_s)

    def wait_s(self, now: datetime) -> int | None:
        """Seconds from now until it comes: 0 where it is due, None where it is unknown or should have come."""
        if self.arrives_at is None or now - self.arrives_at > _GONE:
            return None
        return max(0, round((self.arrives_at - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class BusStop:
    """A pole at which buses stop; a stop on two sides of a road has two of the same name."""

    id: str
    names: Names
    point: Point | None


@dataclass(frozen=True, slots=True)
class BusRoute:
    """A bus route: outbound it goes from its departure to its destination, inbound the other way."""

    id: str
    names: Names
    departure_names: Names
    destination_names: Names


@dataclass(frozen=True, slots=True)
class BusEstimate:
    """A bus at a stop (N1): `status` of the estimate is a word of `STOP_STATUS`, empty where it is a new code.

    Attributes:
        route: its RouteUID; with `direction` it names a line ("" where the direction is unknown).
        plate: empty where no vehicle is assigned.
        next_bus_at: when the next bus is planned, where that is published.
    """

    route: str
    route_names: Names
    stop: str
    stop_names: Names
    direction: str
    sequence: int | None
    plate: str
    estimate: Estimate
    next_bus_at: datetime | None
    is_last_bus: bool | None


@dataclass(frozen=True, slots=True)
class BusPosition:
    """Where a bus is (A1): bearing in degrees from north, speed in m/s."""

    plate: str
    route: str
    route_names: Names
    direction: str
    point: Point
    bearing: float | None
    speed: float | None
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BusAtStop:
    """The stop that a bus enters or leaves (A2); `event` is a word of `EVENT_AT_STOP`."""

    plate: str
    route: str
    route_names: Names
    direction: str
    stop: str
    stop_names: Names
    sequence: int | None
    event: str
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceAlert:
    """An announcement of an operator: `status` is a word of `SERVICE`, `concerns` the names of lines and stations."""

    id: str
    title: str
    description: str
    status: str
    concerns: tuple[Names, ...]
    start: datetime | None
    end: datetime | None
    published_at: datetime | None
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MetroArrival:
    """The next train at a station towards a destination."""

    line: str
    station: str
    station_names: Names
    destination: str
    destination_names: Names
    headsign: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class FirstLast:
    """The first and last train at a station towards a destination: seconds of the service day, None where blank.

    Attributes:
        weekdays: on which they hold, Monday is 0; None where that is not published by weekday.
        holidays: whether they hold on national holidays.
    """

    line: str
    station: str
    station_names: Names
    destination: str
    destination_names: Names
    first_s: int | None
    last_s: int | None
    weekdays: frozenset[int] | None
    holidays: bool | None


@dataclass(frozen=True, slots=True)
class BikeStation:
    """Bikes and free docks at a station; `status` is a word of `SERVICE`, empty where it is not published."""

    id: str
    status: str
    bikes: int | None
    docks: int | None
    electric_bikes: int | None
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoadEvent:
    """An event on the road. Its type is a number without a published meaning, so only its words are kept."""

    id: str
    title: str
    description: str
    place: str
    point: Point | None
    start: datetime | None
    end: datetime | None
    observed_at: datetime | None
