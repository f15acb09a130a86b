"""Sensors, read by the client of SensorThings: plausible over days, and with a history."""

from datetime import timedelta

import pytest

from assistant.feeds.geometry import Point
from assistant.feeds.sensorthings import Thing, contains_text, equals, read_observations, read_things, within
from tests.demo.conftest import MONDAY, DemoCity

BOUNDS = {
    "weather_station": ("rain_1h", 0, 130),
    "river_level": ("water_level", 0.05, 12),
    "sewer_level": ("water_level", 0.02, 3),
    "underpass": ("flood_depth", 0, 160),
    "street_flood": ("flood_depth", 0, 160),
    "pump": ("pumps_running", 0, 6),
    "crowd": ("people", 0, 17_000),
    "building": ("power", 20, 4200),
    "robot": ("battery", 0, 100),
    "road_speed": ("speed", 4, 110),
}


def things(demo: DemoCity, path: str, chosen: str = "", page_size: int = 100) -> tuple[Thing, ...]:
    source = demo.source("sensorthings", path)
    parsed = demo.read(lambda fetcher: read_things(fetcher, source, chosen=chosen, page_size=page_size))
    assert parsed.skipped == 0
    return parsed.records


def values(demo: DemoCity, kind: str, observed: str) -> dict[str, float]:
    found = {}
    for thing in things(demo, f"/sensorthings/{kind}/v1.1"):
        stream = next(one for one in thing.datastreams if one.observed_property == observed)
        assert stream.newest is not None
        assert stream.newest.value is not None
        assert timedelta(0) <= demo.scene.now - stream.newest.end < timedelta(minutes=30)
        found[thing.id] = stream.newest.value
    return found


@pytest.mark.parametrize("kind", BOUNDS)
def test_a_day_stays_within_bounds_and_moves(demo: DemoCity, kind: str) -> None:
    """In both scenarios every sensor gives what such a sensor can give, and a typhoon day is no still picture."""
    observed, least, most = BOUNDS[kind]
    pictures = []
    for scenario in ("normal", "typhoon"):
        for hour in (1, 7, 13, 19):
            found = values(demo.at(MONDAY.replace(hour=hour), scenario), kind, observed)  # type: ignore[arg-type]
            assert all(least <= value <= most for value in found.values()), found
            pictures.append(tuple(found.values()))
    assert len(set(pictures[4:])) >= 3


def test_the_typhoon_raises_water_and_slows_roads(demo: DemoCity) -> None:
    """Rivers pass their thresholds, an underpass closes, streets are under water, pumps run, people stay at home."""
    dry = {kind: values(demo, kind, BOUNDS[kind][0]) for kind in BOUNDS}
    demo.at(MONDAY.replace(hour=18), "typhoon")
    wet = {kind: values(demo, kind, BOUNDS[kind][0]) for kind in BOUNDS}
    for kind in ("river_level", "sewer_level", "pump", "underpass", "street_flood"):
        assert sum(wet[kind].values()) > 1.5 * sum(dry[kind].values()), kind
    for kind in ("road_speed", "building", "crowd"):
        assert sum(wet[kind].values()) < 0.7 * sum(dry[kind].values()), kind
    rivers = things(demo, "/sensorthings/river_level/v1.1")
    assert any(wet["river_level"][one.id] > max(one.properties["alert_m"]) for one in rivers)
    states = [one.datastreams[1].newest for one in things(demo, "/sensorthings/underpass/v1.1")]
    assert "closed" in {state.result for state in states if state}


def test_a_quiet_day_is_dry(demo: DemoCity) -> None:
    """No underpass holds water and no river is near its threshold."""
    assert set(values(demo, "underpass", "flood_depth").values()) == {0.0}
    rivers = values(demo, "river_level", "water_level")
    for river in things(demo, "/sensorthings/river_level/v1.1"):
        assert rivers[river.id] < min(river.properties["alert_m"])


def test_history_goes_back_two_days(demo: DemoCity) -> None:
    """Every ten minutes for 48 hours, newest first, over several pages; the storm shows as a rise."""
    source = demo.at(MONDAY, "typhoon").source("sensorthings", "/sensorthings/river_level/v1.1")
    stream = things(demo, "/sensorthings/river_level/v1.1")[0].datastreams[0].id
    found = demo.read(lambda fetcher: read_observations(fetcher, source, stream)).records
    assert len(found) == 48 * 6 + 1
    assert found[0].end - found[-1].end == timedelta(hours=48)
    assert (found[0].value or 0) > 2 * (found[-1].value or 0)
    since = MONDAY - timedelta(hours=3)
    late = demo.read(lambda fetcher: read_observations(fetcher, source, stream, since=since)).records
    assert (len(late), late[-1].end) == (19, since)


def test_the_newest_observation_is_that_of_the_history(demo: DemoCity) -> None:
    """What a thing shows as newest is the first line of its history."""
    source = demo.source("sensorthings", "/sensorthings/crowd/v1.1")
    stream = things(demo, "/sensorthings/crowd/v1.1")[0].datastreams[0]
    found = demo.read(lambda fetcher: read_observations(fetcher, source, stream.id)).records
    assert stream.newest == found[0]


def test_filters_choose_things(demo: DemoCity) -> None:
    """By property, by words and by nearness, alone and together; pages add up to the whole."""
    everything = things(demo, "/sensorthings/v1.1", page_size=40)
    robots = things(demo, "/sensorthings/v1.1", equals("properties/kind", "robot"))
    assert len(everything) > 100
    assert len(robots) == 8
    both = f"{equals('properties/kind', 'crowd')} and {contains_text('name', '夜市')}"
    assert {one.name for one in things(demo, "/sensorthings/v1.1", both)} == {"六合夜市", "瑞豐夜市"}
    near = things(demo, "/sensorthings/crowd/v1.1", within(Point(22.6195, 120.2816), 0.01))
    assert 0 < len(near) < 8
