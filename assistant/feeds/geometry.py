"""Places on the earth as feeds give them: points, GeoJSON geometries, and whether a point lies in one."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.feeds.values import items, members, number, text

EARTH_RADIUS_M = 6_371_008.8  # mean radius, WGS 84 (NGA.STND.0036)
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_MOST_POSITIONS = 200_000
_MOST_NESTED = 4
_WKT_POINT = re.compile(r"POINT\s*(?:Z\s*)?\(\s*(\S+)\s+(\S+)(?:\s+\S+)?\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Point:
    """A position on WGS 84, in degrees."""

    lat: float
    lon: float

    def distance_m(self, other: "Point") -> float:
        """Great-circle distance in metres (haversine; within 0.6 % of the ellipsoid's)."""
        lat, other_lat = math.radians(self.lat), math.radians(other.lat)
        d_lat, d_lon = other_lat - lat, math.radians(other.lon - self.lon)
        half = math.sin(d_lat / 2) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(d_lon / 2) ** 2
        return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class Geometry:
    """A GeoJSON geometry (RFC 7946, https://www.rfc-editor.org/rfc/rfc7946).

    Attributes:
        kind: "Point", "LineString", "Polygon", their "Multi" forms, or "GeometryCollection".
        parts: lines of points; for areas, rings, of which a ring inside another is a hole.
    """

    kind: str
    parts: tuple[tuple[Point, ...], ...]

    @property
    def points(self) -> Iterator[Point]:
        """All points, part by part."""
        return (point for part in self.parts for point in part)

    @property
    def centre(self) -> Point:
        """The middle of the bounding box: good enough to say where something is, not to measure from."""
        lats, lons = [p.lat for p in self.points], [p.lon for p in self.points]
        return Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)

    def contains(self, point: Point) -> bool:
        """Whether a point lies inside an area; holes are outside, and lines and points contain nothing."""
        return self.kind in {"Polygon", "MultiPolygon"} and sum(_crossings(part, point) for part in self.parts) % 2 == 1

    def distance_m(self, point: Point) -> float:
        """Metres to the nearest published point, 0 inside an area."""
        return 0.0 if self.contains(point) else min(point.distance_m(corner) for corner in self.points)


def parse_point(lat: object, lon: object) -> Point | None:
    """A point, or nothing where it lies off the earth or at 0, 0, where publishers put what they do not know."""
    north, east = number(lat), number(lon)
    if north is None or east is None or not (-90 <= north <= 90 and -180 <= east <= 180) or north == east == 0:
        return None
    return Point(north, east)


def parse_wkt_point(value: object) -> Point | None:
    """The point of `POINT (longitude latitude)` in well-known text (OGC 06-103r4)."""
    found = _WKT_POINT.fullmatch(text(value))
    return parse_point(found[2], found[1]) if found else None


def parse_geometry(value: object, depth: int = 0) -> Geometry | None:
    """A GeoJSON geometry; nothing where a position is broken, off the earth, or there are too many."""
    found = members(value)
    kind = text(found.get("type"))
    if kind == "GeometryCollection" and depth < _MOST_NESTED:
        inner = [parse_geometry(one, depth + 1) for one in items(found.get("geometries"))[:_MOST_POSITIONS]]
        parts = tuple(part for one in inner if one for part in one.parts)
        return Geometry(kind, parts) if parts and all(inner) else None
    if kind not in _DEPTHS:
        return None
    lines = _lines(found.get("coordinates"), _DEPTHS[kind])
    if not lines or sum(len(line) for line in lines) > _MOST_POSITIONS:
        return None
    read = [tuple(_position(one) for one in line) for line in lines]
    parts = tuple(tuple(point for point in line if point) for line in read)
    return Geometry(kind, parts) if all(line and all(line) for line in read) else None


def _lines(coordinates: object, depth: int) -> list[list[Any]]:
    """Nested coordinates as a flat list of lines of positions."""
    if depth == 0:
        return [[coordinates]]
    if depth == 1:
        return [items(coordinates)]
    return [line for inner in items(coordinates) for line in _lines(inner, depth - 1)]


def _position(value: object) -> Point | None:
    lon, lat = number(_at(value, 0)), number(_at(value, 1))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return Point(lat, lon)


def _at(value: object, place: int) -> object:
    return value[place] if isinstance(value, list) and len(value) > place else None


def _crossings(ring: Sequence[Point], point: Point) -> int:
    """How often a ray to the east crosses the ring (even-odd rule)."""
    count = 0
    for start, end in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        if (start.lat > point.lat) != (end.lat > point.lat):
            share = (point.lat - start.lat) / (end.lat - start.lat)
            count += start.lon + share * (end.lon - start.lon) > point.lon
    return count
