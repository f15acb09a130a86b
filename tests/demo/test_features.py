"""Shelters, findings, toilets and flood-prone areas, read by the client of OGC API Features."""

import pytest

from assistant.feeds.geometry import Point
from assistant.feeds.ogc_features import Features, read_collections, read_features
from tests.demo.conftest import MONDAY, DemoCity


def features(demo: DemoCity, collection: str, limit: int = 100, box: tuple[Point, Point] | None = None) -> Features:
    source = demo.source("ogc-features", "/ogc")
    found = demo.read(lambda fetcher: read_features(fetcher, source, collection, limit=limit, box=box))
    assert (found.whole, found.skipped) == (True, 0)
    return found


def test_the_collections_are_listed(demo: DemoCity) -> None:
    """The landing page leads to four layers, each with a title in both languages."""
    found = demo.read(lambda fetcher: read_collections(fetcher, demo.source("ogc-features", "/ogc")))
    assert {one.id for one in found} == {"shelters", "drone-findings", "toilets", "flood-areas"}


@pytest.mark.parametrize(("collection", "least"), [("shelters", 20), ("toilets", 25), ("flood-areas", 7)])
def test_pages_add_up(demo: DemoCity, collection: str, least: int) -> None:
    """Five a page or all at once, the features are the same, and each says that it is simulated."""
    pages, at_once = features(demo, collection, limit=5), features(demo, collection)
    assert [one.id for one in pages.features] == [one.id for one in at_once.features]
    assert len(at_once.features) == at_once.matched
    assert len(at_once.features) >= least
    assert all(one.properties["simulated"] and one.properties["name_en"] for one in at_once.features)


def test_a_box_chooses_what_lies_in_it(demo: DemoCity) -> None:
    """Around one shelter there are fewer than in the whole city."""
    one = features(demo, "shelters").features[0]
    assert one.geometry is not None
    centre = one.geometry.centre
    box = (Point(centre.lat - 0.02, centre.lon - 0.02), Point(centre.lat + 0.02, centre.lon + 0.02))
    found = features(demo, "shelters", box=box).features
    assert one.id in {each.id for each in found}
    assert len(found) < 10


def test_shelters_fill_in_the_storm(demo: DemoCity) -> None:
    """On a quiet day they stand by and are empty; in the storm they open, fill, and never hold more than they can."""
    quiet = features(demo, "shelters").features
    assert {one.properties["status"] for one in quiet} == {"standby"}
    people = []
    for hour in (8, 12, 16):
        found = features(demo.at(MONDAY.replace(hour=hour), "typhoon"), "shelters").features
        assert all(0 <= one.properties["free"] <= one.properties["capacity"] for one in found)
        people.append(sum(one.properties["people"] for one in found))
    assert people[0] < people[1] < people[2]
    assert {one.properties["status"] for one in found} == {"open"}


def test_shelters_say_what_they_are_for(demo: DemoCity) -> None:
    """Each names kinds of disaster; some are step-free, some take pets, some in the hills are for debris flows."""
    found = {one.properties["name"]: one.properties for one in features(demo, "shelters").features}
    assert all("earthquake" in one["disasters"] for one in found.values())
    assert {one["accessible"] for one in found.values()} == {one["pets"] for one in found.values()} == {True, False}
    assert "debris_flow" in found["那瑪夏區公所活動中心"]["disasters"]


def test_flood_areas_contain_their_middle(demo: DemoCity) -> None:
    """They are areas, not points."""
    for one in features(demo, "flood-areas").features:
        assert one.geometry is not None
        assert one.geometry.contains(one.geometry.centre)


def test_the_storm_adds_findings(demo: DemoCity) -> None:
    """Slope failures are found once the storm has made them."""
    before = {one.id for one in features(demo, "drone-findings").features}
    after = {one.id for one in features(demo.at(MONDAY.replace(hour=16), "typhoon"), "drone-findings").features}
    assert before < after
