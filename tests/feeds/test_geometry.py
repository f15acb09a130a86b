"""Points and areas are read as they are published, or not at all."""

import pytest

from assistant.feeds.geometry import Geometry, Point, parse_geometry, parse_point, parse_wkt_point

SQUARE_WITH_HOLE = {
    "type": "Polygon",
    "coordinates": [
        [[120, 22], [121, 22], [121, 23], [120, 23], [120, 22]],
        [[120.4, 22.4], [120.6, 22.4], [120.6, 22.6], [120.4, 22.6], [120.4, 22.4]],
    ],
}


def geometry(value: object) -> Geometry:
    found = parse_geometry(value)
    assert found is not None
    return found


def test_a_hole_is_outside() -> None:
    """A point in the hole of an area is not in the area."""
    area = geometry(SQUARE_WITH_HOLE)
    assert [area.contains(Point(lat, 120.5)) for lat in (22.2, 22.5, 22.8, 23.2)] == [True, False, True, False]


def test_an_area_of_two_parts_contains_what_either_contains() -> None:
    """The parts of a multipolygon are joined."""
    other = [[[119, 22], [119.5, 22], [119.5, 23], [119, 23], [119, 22]]]
    area = geometry({"type": "MultiPolygon", "coordinates": [SQUARE_WITH_HOLE["coordinates"], other]})
    assert [area.contains(Point(22.2, lon)) for lon in (119.2, 119.7, 120.2)] == [True, False, True]


def test_a_line_contains_nothing_and_has_a_distance() -> None:
    """A closed road is a line: one is near it, never in it."""
    line = geometry({"type": "LineString", "coordinates": [[120.3, 22.6], [120.3, 22.7]]})
    assert not line.contains(Point(22.6, 120.3))
    assert line.distance_m(Point(22.6, 120.3)) == 0


def test_distances_are_in_metres() -> None:
    """A degree of latitude is about 111.2 km."""
    assert Point(22, 120).distance_m(Point(23, 120)) == pytest.approx(111_195, abs=5)


@pytest.mark.parametrize(
    ("lat", "lon"), [(91, 120), (22, 181), (0, 0), ("", ""), (None, 120), ("22.6", None), (True, True)]
)
def test_a_point_that_is_not_on_the_earth_is_none(lat: object, lon: object) -> None:
    """Publishers put 0, 0 where they do not know; that is no place."""
    assert parse_point(lat, lon) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": [250_000, 2_500_000]},
        {"type": "Polygon", "coordinates": [[[120, 22], ["x", 22]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "LineString", "coordinates": [[]]},
        {"type": "Circle", "coordinates": [120, 22]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
    ],
)
def test_a_broken_geometry_is_none(value: object) -> None:
    """Half an area would be another area; metres of a local grid are no degrees."""
    assert parse_geometry(value) is None


def test_nesting_ends() -> None:
    """Collections in collections are read to a depth and no further."""
    value: dict[str, object] = {"type": "Point", "coordinates": [120, 22]}
    for _ in range(50):
        value = {"type": "GeometryCollection", "geometries": [value]}
    assert parse_geometry(value) is None


def test_well_known_text_has_longitude_first() -> None:
    """TDX writes the place of a road event as POINT (longitude latitude)."""
    assert parse_wkt_point("POINT (120.3 22.6)") == Point(22.6, 120.3)
    assert [parse_wkt_point(bad) for bad in ("POINT (22.6)", "LINESTRING (1 2, 3 4)", None)] == [None, None, None]
