"""Road works, read by their client, and how fast roads are."""

import tomllib
from datetime import timedelta

from assistant.demo.roads import speed_km_h
from assistant.feeds.roadworks import read_roadworks
from tests.demo.conftest import CITY_DIR, MONDAY, DemoCity

FEEDS = tomllib.loads((CITY_DIR / "services.toml").read_text(encoding="utf-8"))["feed"]


def test_road_works_are_read_with_the_citys_own_columns(demo: DemoCity) -> None:
    """The options of the city's data fit the table; some works hold today, and some do not."""
    feed = next(one for one in FEEDS if one["name"] == "road-works")
    source = demo.source("roadworks", feed["demo"], **feed["options"])
    found = demo.read(lambda fetcher: read_roadworks(fetcher, source))
    assert (len(found.records), found.skipped) == (12, 0)
    assert {one.holds(MONDAY.date()) for one in found.records} == {True, False}
    assert all(one.place and one.id for one in found.records)


def test_works_end_and_others_begin(demo: DemoCity) -> None:
    """Over half a year the permits move on."""
    feed = next(one for one in FEEDS if one["name"] == "road-works")
    source = demo.source("roadworks", feed["demo"], **feed["options"])
    spans = set()
    for months in range(3):
        demo.at(MONDAY + timedelta(days=60 * months))
        found = demo.read(lambda fetcher: read_roadworks(fetcher, source)).records
        spans.add(tuple(one.starts for one in found))
    assert len(spans) == 3


def test_roads_are_slower_in_the_rush_hour(demo: DemoCity) -> None:
    """On a working day all roads together are slower at six than at night."""
    scene, sites = demo.scene, demo.app.state.world.sites.sites("road_speed")
    night, rush = (
        sum(speed_km_h(scene, site, MONDAY.replace(hour=hour, minute=0)) for site in sites) for hour in (3, 18)
    )
    assert rush < 0.75 * night
