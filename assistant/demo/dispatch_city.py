"""The rides on demand of a city as its data says: zones around its districts, hours, vehicles and booking rules."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assistant.city import LANGUAGES, load_city
from assistant.demo.dispatch_records import Fare, Vehicle
from assistant.demo.dispatch_travel import MountainRoads, TravelTimes
from assistant.errors import CityDataError
from assistant.feeds.geometry import Geometry, Point
from assistant.feeds.values import clock_s
from assistant.places import Gazetteer, Place, load_gazetteer
from assistant.places.place import DISTRICT, ROAD
from assistant.schema import Lang

FILE = "ondemand.toml"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STEPS = ((0, 1), (0.7, 0.7), (1, 0), (0.7, -0.7), (0, -1), (-0.7, -0.7), (-1, 0), (-0.7, 0.7))
_M_PER_DEGREE = 111_195.0  # of latitude, on the mean radius


@dataclass(frozen=True, slots=True)
class ServiceZone:
    """A district with its fleet, whose vehicles also go to and come from the zones that it `reaches`.

    `opens_s` and `closes_s` are the first and last pickup in seconds of the day, `last_drop_off_s` is the end of it.
    """

    id: str
    name: Mapping[Lang, str]
    area: Geometry
    reaches: tuple[str, ...]
    weekdays: frozenset[int]
    opens_s: int
    closes_s: int
    last_drop_off_s: int
    vehicles: tuple[Vehicle, ...]


@dataclass(frozen=True, slots=True)
class BookingTerms:
    """How rides are promised; times are in seconds, `most_days` is how far ahead one books.

    `settled_s`: what is nearer than that stays as it is planned, because the driver is on the way.
    """

    window_s: int
    notice_s: int
    settled_s: int
    most_days: int
    most_passengers: int
    board_s: int
    wheelchair_board_s: int
    longest_factor: float
    longest_extra_s: int


@dataclass(frozen=True, slots=True)
class Operation:
    """All that a city's data says of its rides on demand."""

    zone: ZoneInfo
    texts: Mapping[str, Mapping[Lang, str]]
    phone: str
    closed: frozenset[date]
    terms: BookingTerms
    travel: TravelTimes
    zones: tuple[ServiceZone, ...]
    fare: Fare | None = None

    def fleets(self, start: Point, end: Point) -> tuple[ServiceZone, ...]:
        """The zones whose vehicles drive from a point to another; those of the start come first."""
        found = {
            fleet.id: (from_zone.id != fleet.id, fleet)
            for from_zone, to_zone, fleet in self.relations()
            if from_zone.area.contains(start) and to_zone.area.contains(end)
        }
        return tuple(fleet for _, fleet in sorted(found.values(), key=lambda one: one[0]))

    def relations(self) -> list[tuple[ServiceZone, ServiceZone, ServiceZone]]:
        """From which zone to which the vehicles of a zone drive: inside, out and back, as (from, to, fleet)."""
        known = {zone.id: zone for zone in self.zones}
        inside = [(zone, zone, zone) for zone in self.zones]
        out = [(zone, known[other], zone) for zone in self.zones for other in zone.reaches]
        return inside + out + [(to_zone, from_zone, fleet) for from_zone, to_zone, fleet in out]

    def runs_on(self, zone: ServiceZone, day: date) -> bool:
        """Whether vehicles of a zone drive on a day."""
        return day.weekday() in zone.weekdays and day not in self.closed

    def at(self, day: date, seconds: int) -> datetime:
        """The moment that lies so many seconds after the beginning of a day."""
        return datetime.combine(day, time(), self.zone) + timedelta(seconds=seconds)


def load_operation(city_dir: Path, travel: TravelTimes | None = None) -> Operation:
    """Read `ondemand.toml` of a city's folder, whose places are those of its gazetteer.

    Args:
        travel: the city's own driving times; without them they are estimated as the data says.

    Raises:
        CityDataError: the file is missing, malformed, or names a place that the gazetteer lacks.
    """
    path = city_dir / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "Correct it; other cities have examples.") from error
    try:
        return _operation(data, load_city(city_dir).timezone, load_gazetteer(city_dir), travel)
    except (KeyError, TypeError, ValueError) as error:
        raise CityDataError(f"{path} lacks or misspells {error}.", "Other cities have examples.") from error


def _operation(data: Mapping[str, Any], zone: ZoneInfo, places: Gazetteer, travel: TravelTimes | None) -> Operation:
    zones = tuple(_zone(row, data, places) for row in data["zone"])
    unknown = {other for one in zones for other in one.reaches} - {one.id for one in zones}
    if unknown:
        raise ValueError(f"the zones {sorted(unknown)}")
    return Operation(
        zone=zone,
        texts={key: {lang: data["text"][key][lang] for lang in LANGUAGES} for key in ("name", "operator", "message")},
        phone=data["phone"],
        closed=frozenset(data["closed"]),
        terms=BookingTerms(**data["terms"]),
        travel=travel or MountainRoads(data["travel"]["detour"], data["travel"]["speed_kmh"]),
        zones=zones,
        fare=Fare(**data["fare"]) if "fare" in data else None,
    )


def _zone(row: Mapping[str, Any], data: Mapping[str, Any], places: Gazetteer) -> ServiceZone:
    district = _place(places, row["district"])
    inside = [place for place in places.places if place.kind != ROAD and place.lies_in(row["district"])]
    own = [one for one in data["vehicle"] if one["zone"] == row["id"]]
    return ServiceZone(
        id=row["id"],
        name=district.name,
        area=area_around([place.point for place in inside], data["travel"]["walk_m"]),
        reaches=tuple(row["reaches"]),
        weekdays=frozenset(WEEKDAYS.index(name) for name in row["days"]),
        opens_s=_clock(row["opens"]),
        closes_s=_clock(row["closes"]),
        last_drop_off_s=_clock(row["last_drop_off"]),
        vehicles=tuple(_vehicle(one, places) for one in own),
    )


def _vehicle(row: Mapping[str, Any], places: Gazetteer) -> Vehicle:
    start_s, end_s = _clock(row["from"]), _clock(row["to"])
    return Vehicle(row["id"], row["seats"], row["wheelchairs"], start_s, end_s, _place(places, row["depot"]).point)


def _clock(value: object) -> int:
    seconds = clock_s(value)
    if seconds is None:
        raise ValueError(f"the time {value!r}")
    return seconds


def _place(places: Gazetteer, name: str) -> Place:
    """A place by its Chinese name; of several, the district."""
    found = [place for place in places.places if place.name["zh-TW"] == name]
    if not found:
        raise ValueError(f"the place {name!r}")
    return min(found, key=lambda place: place.kind != DISTRICT)


def area_around(points: Sequence[Point], walk_m: float) -> Geometry:
    """The convex hull of circles around points (as octagons), a closed ring that runs counterclockwise.

    Andrew's monotone chain (https://doi.org/10.1016/0020-0190(79)90072-3), on degrees.
    """
    degrees = walk_m / _M_PER_DEGREE
    corners = sorted({(one.lon + x * degrees, one.lat + y * degrees) for one in points for x, y in _STEPS})
    lower, upper = _chain(corners), _chain(corners[::-1])
    ring = tuple(Point(lat, lon) for lon, lat in (*lower[:-1], *upper[:-1]))
    return Geometry("Polygon", ((*ring, ring[0]),))


def _chain(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in corners:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
            chain.pop()
        chain.append((x, y))
    return chain


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
