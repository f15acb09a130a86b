"""Sensors of a SensorThings feed as people ask of them: named, placed, and what they measured last in what unit."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import inf
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.geometry import Point
from assistant.feeds.sensorthings import Datastream, Thing, Unit, read_things
from assistant.feeds.values import text
from assistant.places import Gazetteer, Place
from assistant.places.place import DISTRICT
from assistant.schema import Lang
from assistant.text import squeeze
from assistant.tools.base import Desk, Finding, Request, fresh_enough
from assistant.tools.location import how_far
from assistant.tools.texts import quoted
from assistant.tools.whereabouts import asked_where, find_district

_EXPAND = (
    "Locations",
    "Datastreams($expand=ObservedProperty,Observations($orderby=phenomenonTime desc;$top=1))",
)
_PAGE = 500
_MOST_PAGES = 4
_AHEAD = timedelta(minutes=10)  # clocks differ; an observation from later than this is no observation
_NAME_LENGTH = 60
_HERE_M = 50.0
_BETWEEN = re.compile(r"[\s,，、（）()]+")
_BETWEEN_LATIN = re.compile(r"\s*[,;()]\s*")
_SHORTEST, _SHORTEST_LATIN = 2, 5


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest result of one stream: a number in `unit`, or a word such as "closed"."""

    value: float | str
    unit: Unit | None
    at: datetime

    def in_metres(self) -> float | None:
        """A length in metres; None for a word or another or unknown unit."""
        found = self.unit.in_si(self.value) if self.unit and isinstance(self.value, float) else None
        return found[0] if found and found[1] == "m" else None


@dataclass(frozen=True, slots=True)
class Sensor:
    """A thing of a feed; its point is None where none is published.

    Attributes:
        names: the name as published, then the English one where the feed has it.
    """

    id: str
    names: tuple[str, ...]
    point: Point | None
    properties: Mapping[str, Any]
    streams: tuple[Datastream, ...]

    def name(self, lang: Lang) -> str:
        """Its name in a language, or as it is published; safe to stand in a sentence."""
        return quoted(self.names[-1] if lang == "en" else self.names[0], _NAME_LENGTH)

    def newest(self, observed: str) -> Measured | None:
        """What it measured last of an observed property, which may also be the name of the stream."""
        wanted = squeeze(observed)
        for stream in self.streams:
            if wanted in map(squeeze, (stream.observed_property, stream.name, stream.description)) and stream.newest:
                newest = stream.newest
                value = newest.value if newest.value is not None else text(newest.result)
                return Measured(value, stream.unit, newest.end) if value != "" else None
        return None

    def lies_in(self, district: str) -> bool:
        """Whether its properties name a district."""
        return any(isinstance(value, str) and squeeze(value) == squeeze(district) for value in self.properties.values())


@dataclass(frozen=True, slots=True)
class Sensors:
    """The sensors of a feed; `skipped` others were too broken to read."""

    source: FeedSource
    sensors: tuple[Sensor, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class Spot:
    """What is asked about: a place, a whole district, or the whole city.

    Attributes:
        district: in Chinese; empty for the whole city.
        point: None for the whole city.
    """

    name: str
    district: str = ""
    point: Point | None = None
    is_district: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """A sensor and how far it is from what was asked; `inside` where it lies in the district that was asked."""

    sensor: Sensor
    distance_m: float = 0.0
    inside: bool = False

    @property
    def word(self) -> str:
        """How near it is, as a key of texts: `inside`, `here` or `near`."""
        return "inside" if self.inside else "here" if self.distance_m < _HERE_M else "near"


async def read_sensors(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Sensors:
    """The sensors of a feed; its option `filter` is a `$filter`, such as that for one city of a country.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    parsed = await read_things(
        fetcher,
        source,
        chosen=str(source.options.get("filter", "")),
        expand=_EXPAND,
        zone=zone,
        page_size=_PAGE,
        most_pages=_MOST_PAGES,
    )
    return Sensors(source, tuple(_sensor(thing) for thing in parsed.records), parsed.skipped)


async def read_part(request: Request, desk: Desk, part: str) -> Sensors:
    """The sensors of the feed that plays a part in a service.

    Raises:
        FeedError: the feed is not set up, or cannot be had or read.
    """
    return await read_sensors(desk.fetcher, desk.source(request.service, part), desk.city.timezone)


def asked_spot(request: Request, desk: Desk, argument: str = "place") -> Spot | Finding:
    """What an argument means; without one the whole city, or a question back where its words are not understood."""
    where = asked_where(request, desk, argument)
    if isinstance(where, Finding):
        return where
    district = find_district(where.district, desk.gazetteer)
    return Spot(where.name, where.district, where.point, district is not None and district.point == where.point)


def is_current(request: Request, source: FeedSource, at: datetime) -> bool:
    """Whether an observation is of now: neither older than its feed allows, nor from the future."""
    return fresh_enough(request, source, at) and at <= request.now + _AHEAD


def near(sensors: Iterable[Sensor], spot: Spot, most_m: float = inf) -> list[Near]:
    """The sensors within a distance of a place, or in it where it is a district, the nearest first.

    Of the whole city they are all sensors, none of them any distance away.
    """
    centre = spot.point
    if centre is None:
        return [Near(one) for one in sensors]
    found = [
        Near(one, centre.distance_m(one.point), spot.is_district and one.lies_in(spot.district))
        for one in sensors
        if one.point
    ]
    return sorted((one for one in found if one.inside or one.distance_m <= most_m), key=lambda one: one.distance_m)


def far_data(one: Near, spot: Spot | None, lang: Lang) -> dict[str, object]:
    """What a reading holds of how far a sensor is from what was asked."""
    if spot is None or spot.point is None:
        return {}
    return {"near": spot.name, "distance_m": round(one.distance_m), "distance": how_far(one.distance_m, lang)}


def named_in(words: str, sensors: Iterable[Sensor], gazetteer: Gazetteer) -> list[Sensor]:
    """The sensors that words name, wholly or by a part: 後勁溪 names 後勁溪 後勁橋, but a district names none."""
    said = squeeze(words)
    return [one for one in sensors if any(part in said for part in _parts(one, gazetteer))]


def bearing(words: str, sensors: Iterable[Sensor]) -> list[Sensor]:
    """The sensors whose name has these words in it, those that are called exactly so alone where there are any."""
    said = squeeze(words)
    exact = [one for one in sensors if said in map(squeeze, one.names)]
    return exact or [one for one in sensors if said and any(said in squeeze(name) for name in one.names)]


def at_places(sensors: Collection[Sensor], places: Iterable[Place], most_m: float) -> list[Sensor]:
    """The sensors that bear a name of one of the places, else those that stand there; districts are no such places."""
    places = [place for place in places if place.kind != DISTRICT]
    called = {squeeze(name) for place in places for name in place.names}
    found = [one for one in sensors if any(squeeze(name) in called for name in one.names)]
    here = [(place.point.distance_m(one.point), one) for place in places for one in sensors if one.point]
    standing = sorted((pair for pair in here if pair[0] <= most_m), key=lambda pair: pair[0])
    return found or list({one.id: one for _, one in standing}.values())


def plain(value: float, digits: int = 1) -> int | float:
    """A number as it is said: 22.0 is 22, in the sentence and in the data alike."""
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _sensor(thing: Thing) -> Sensor:
    english = text(thing.properties.get("name_en"))
    names = tuple(name for name in (thing.name or thing.id, english) if name)
    return Sensor(thing.id, names, thing.point, thing.properties, thing.datastreams)


def _parts(sensor: Sensor, gazetteer: Gazetteer) -> set[str]:
    """The folded parts of its names that can stand for it."""
    found = set()
    for name in sensor.names:
        latin = name.isascii()
        pieces = [name, *(_BETWEEN_LATIN if latin else _BETWEEN).split(name)]
        long_enough = (piece for piece in pieces if len(piece) >= (_SHORTEST_LATIN if latin else _SHORTEST))
        found |= {squeeze(piece) for piece in long_enough if not _is_district(piece, gazetteer)}
    return found


def _is_district(name: str, gazetteer: Gazetteer) -> bool:
    mentions = gazetteer.find_places(name)
    return any(squeeze(one.text) == squeeze(name) and DISTRICT in one.kinds for one in mentions)
