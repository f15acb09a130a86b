"""Features of an OGC API near a place: asks for those in a box around it, and puts the nearest first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.errors import CityDataError
from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import EARTH_RADIUS_M, Point
from assistant.feeds.ogc_features import Feature, read_features
from assistant.feeds.values import text
from assistant.places import Place
from assistant.places.place import DISTRICT
from assistant.text import squeeze
from assistant.tools.base import Desk

_M_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M
_PAGE = 500


@dataclass(frozen=True, slots=True)
class NearFeature:
    """A feature with where it is and its distance in metres, as the crow flies; None where no place was asked."""

    feature: Feature
    point: Point
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """Features, the nearest first; `skipped` others could not be read, and `whole` says that no page is missing."""

    features: tuple[NearFeature, ...]
    skipped: int
    whole: bool
    fetched_at: datetime | None


async def read_nearby(
    desk: Desk, source: FeedSource, place: Place | None, within_m: float, *, collection: str = ""
) -> Nearby:
    """The features within a distance of a place, or, without one, all of the collection in the service's order.

    Args:
        collection: instead of the option `collection` of the source.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: no collection is named.
    """
    name = collection or text(source.options.get("collection"))
    if not name:
        message = f"Neither the feed “{source.name}” nor the service that reads it names a collection."
        raise CityDataError(message, "Set the option “collection” of the feed.")
    box = _box(place.point, within_m) if place else None
    found = await read_features(desk.fetcher, source, name, box=box, limit=_PAGE)
    placed = [(one, one.geometry) for one in found.features if one.geometry]
    near = [NearFeature(one, where.centre, where.distance_m(place.point) if place else None) for one, where in placed]
    near = [one for one in near if one.distance_m is None or one.distance_m <= within_m]
    near.sort(key=lambda one: one.distance_m or 0.0)
    return Nearby(tuple(near), found.skipped, found.whole, found.fetched_at)


def in_district(features: Sequence[NearFeature], place: Place, property_name: str) -> list[NearFeature]:
    """Those of which a property names the district that was asked for; none where something else was asked."""
    if place.kind != DISTRICT or not property_name:
        return []
    names = {squeeze(name) for name in place.names}
    return [one for one in features if squeeze(text(one.feature.properties.get(property_name))) in names]


def _box(centre: Point, within_m: float) -> tuple[Point, Point]:
    """South-west and north-east corner of a square around a circle."""
    lat = within_m / _M_PER_DEGREE
    lon = lat / max(0.01, math.cos(math.radians(centre.lat)))
    return Point(centre.lat - lat, centre.lon - lon), Point(centre.lat + lat, centre.lon + lon)
