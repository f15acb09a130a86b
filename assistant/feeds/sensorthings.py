"""OGC SensorThings: where sensors are, what they measure in which unit, and what they measured last."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from assistant.feeds.base import FeedSource, Fetcher, Params, Parsed
from assistant.feeds.geometry import Geometry, Point, parse_geometry
from assistant.feeds.paging import MOST_PAGES, read_pages, under
from assistant.feeds.values import items, json_object, malformed, members, moment, number, parse_each, text

STANDARD = "SensorThings"
NEWEST = "Datastreams($expand=Observations($orderby=phenomenonTime desc;$top=1))"
"""Expands a thing with its datastreams and the newest observation of each."""
_SI = {
    written: (factor, unit)
    for unit, factor, names in (
        ("m", 1.0, "m 公尺 米"),
        ("m", 0.01, "cm 公分"),
        ("m", 0.001, "mm 公釐 毫米"),
        ("m", 1000.0, "km 公里"),
        ("m/s", 1.0, "m/s 公尺/秒"),
        ("m/s", 1 / 3.6, "km/h 公里/小時"),
        ("m³/s", 1.0, "m³/s m3/s cms CMS 立方公尺/秒"),
        ("°C", 1.0, "°C ℃ degC Cel 攝氏度"),
        ("Pa", 100.0, "hPa 百帕"),
        ("W", 1000.0, "kW 千瓦"),
        ("J", 3_600_000.0, "kWh 度 千瓦小時"),
    )
    for written in names.split()
}
_NEXT = "@iot.nextLink"
Record = TypeVar("Record")
Read = Callable[[Mapping[str, Any]], Record | None]
_NAME = re.compile(r"[A-Za-z_][\w/]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement as published: its name, symbol ("cm") and definition (UCUM or a URI)."""

    name: str
    symbol: str
    definition: str

    def in_si(self, value: float) -> tuple[float, str] | None:
        """A value and its unit in SI (degrees Celsius stay); None for a unit that is not among those known."""
        for written in (self.symbol, self.name):
            if written.strip() in _SI:
                factor, unit = _SI[written.strip()]
                return value * factor, unit
        return None


@dataclass(frozen=True, slots=True)
class Observation:
    """One result; `value` is its number where it is one, in the unit of its datastream.

    Attributes:
        start, end: the phenomenon time; equal for an instant.
    """

    value: float | None
    result: object
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Datastream:
    """What one sensor of a thing measures; observations are newest first."""

    id: str
    name: str
    description: str
    observed_property: str
    unit: Unit | None
    observations: tuple[Observation, ...]

    @property
    def newest(self) -> Observation | None:
        """The observation with the latest end."""
        return self.observations[0] if self.observations else None


@dataclass(frozen=True, slots=True)
class Thing:
    """A station: its place is that of its last location, None where none is published."""

    id: str
    name: str
    description: str
    properties: Mapping[str, Any]
    geometry: Geometry | None
    datastreams: tuple[Datastream, ...]

    @property
    def point(self) -> Point | None:
        """Where it is, or the middle of the area where it is."""
        return self.geometry.centre if self.geometry else None


async def read_things(
    fetcher: Fetcher,
    source: FeedSource,
    *,
    chosen: str = "",
    expand: Sequence[str] = ("Locations", NEWEST),
    zone: tzinfo | None = None,
    page_size: int = 100,
    most_pages: int = MOST_PAGES,
) -> Parsed[Thing]:
    """The things of a service whose root (`.../v1.1`) is the source's address, page by page.

    Args:
        chosen: a `$filter`; make it with `equals`, `contains_text`, `within` and `newer`, joined by " and ".
        expand: what comes with each thing.
        zone: of times without an offset, which the standard does not allow and some publishers write.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where a page is no SensorThings or the next is on another host.
    """
    params: dict[str, str | int | float] = {"$expand": ",".join(expand), "$top": page_size}
    if chosen:
        params["$filter"] = chosen
    return await _read(fetcher, source, ("Things",), params, lambda one: _thing(one, zone), most_pages)


async def read_observations(
    fetcher: Fetcher,
    source: FeedSource,
    datastream: str,
    *,
    since: datetime | None = None,
    zone: tzinfo | None = None,
    most_pages: int = MOST_PAGES,
) -> Parsed[Observation]:
    """The observations of a datastream since a moment, newest first.

    Raises:
        FeedError: as `read_things`.
    """
    params: dict[str, str | int | float] = {"$orderby": "phenomenonTime desc", "$top": 100}
    if since:
        params["$filter"] = newer("phenomenonTime", since)
    steps = (f"Datastreams({identifier(datastream)})", "Observations")
    return await _read(fetcher, source, steps, params, lambda one: _observation(one, zone), most_pages)


def parse_things(content: bytes, zone: tzinfo | None = None) -> Parsed[Thing]:
    """The things of one page (OGC 18-088, SensorThings API 1.1, https://docs.ogc.org/is/18-088/18-088.html).

    A thing without an id is skipped and counted; so are datastreams and observations within, without a count.

    Raises:
        FeedMalformed: it is no list of entities.
    """
    return _page(content, lambda one: _thing(one, zone))[0]


def parse_observations(content: bytes, zone: tzinfo | None = None) -> Parsed[Observation]:
    """The observations of one page.

    Raises:
        FeedMalformed: it is no list of entities.
    """
    return _page(content, lambda one: _observation(one, zone))[0]


def equals(path: str, value: str) -> str:
    """A filter: a property, such as `properties/authority`, is a text."""
    return f"{_path(path)} eq {quoted(value)}"


def contains_text(path: str, value: str) -> str:
    """A filter: a property contains a text (`substringof`)."""
    return f"substringof({quoted(value)},{_path(path)})"


def newer(path: str, since: datetime) -> str:
    """A filter: a time is not before a moment, which is aware."""
    return f"{_path(path)} ge {since.isoformat()}"


def within(point: Point, degrees: float) -> str:
    """A filter: the thing is nearer to a point than so many degrees (SensorThings measures as the service stores)."""
    return f"geo.distance(Locations/location,geography'POINT({point.lon} {point.lat})') lt {degrees}"


def quoted(value: str) -> str:
    """A text of a filter; a quote in it is doubled, so that it stays a text (OData 4, ABNF: SQUOTE)."""
    return "'" + value.replace("'", "''") + "'"


def identifier(value: str) -> str:
    """An id as part of an address: a number as it is, a text quoted."""
    return value if value.isascii() and value.isdecimal() else quoted(value)


def _path(path: str) -> str:
    if not _NAME.fullmatch(path):
        raise ValueError(f"{path!r} is no property path")
    return path


async def _read(
    fetcher: Fetcher, source: FeedSource, steps: Sequence[str], params: Params, parse: Read[Record], most_pages: int
) -> Parsed[Record]:
    records: list[Record] = []
    skipped = 0
    url = under(source.url, *steps)
    fetched_at: datetime | None = None
    async for page, at in read_pages(
        fetcher, source, url, lambda content: _page(content, parse), params=params, most_pages=most_pages
    ):
        records += page.records
        skipped += page.skipped
        fetched_at = min(at, fetched_at or at)
    return Parsed(tuple(records), skipped, fetched_at)


def _page(content: bytes, parse: Read[Record]) -> tuple[Parsed[Record], str]:
    document = json_object(content, STANDARD)
    if not isinstance(document.get("value"), list):
        raise malformed(STANDARD, "it has no list of entities")
    return parse_each(document["value"], parse), text(document.get(_NEXT))


def _thing(one: Mapping[str, Any], zone: tzinfo | None) -> Thing | None:
    found = text(one.get("@iot.id"))
    if not found:
        return None
    places = [_geometry(members(place)) for place in items(one.get("Locations"))]
    streams = parse_each(items(one.get("Datastreams")), lambda stream: _datastream(stream, zone))
    return Thing(
        id=found,
        name=text(one.get("name")),
        description=text(one.get("description")),
        properties=members(one.get("properties")),
        geometry=next((place for place in places if place), None),
        datastreams=streams.records,
    )


def _geometry(place: Mapping[str, Any]) -> Geometry | None:
    """A location is a geometry, or, as some services write it, a feature with one."""
    location = members(place.get("location"))
    return parse_geometry(location.get("geometry") if location.get("type") == "Feature" else location)


def _datastream(one: Mapping[str, Any], zone: tzinfo | None) -> Datastream | None:
    found = text(one.get("@iot.id"))
    if not found:
        return None
    unit = members(one.get("unitOfMeasurement"))
    observations = parse_each(items(one.get("Observations")), lambda each: _observation(each, zone))
    words = {name: text(unit.get(name)) for name in ("name", "symbol", "definition")}
    return Datastream(
        id=found,
        name=text(one.get("name")),
        description=text(one.get("description")),
        observed_property=text(members(one.get("ObservedProperty")).get("name")),
        unit=Unit(**words) if any(words.values()) else None,
        observations=tuple(sorted(observations.records, key=lambda each: each.end, reverse=True)),
    )


def _observation(one: Mapping[str, Any], zone: tzinfo | None) -> Observation | None:
    """An observation without a time or a result says nothing about any moment."""
    begins, _, ends = text(one.get("phenomenonTime")).partition("/")
    start = moment(begins, zone)
    end = moment(ends, zone) if ends else start
    if start is None or end is None or end < start or one.get("result") is None:
        return None
    return Observation(number(one["result"]), one["result"], start, end)
