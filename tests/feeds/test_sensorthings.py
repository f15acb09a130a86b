"""Sensors tell where they are, what they measured, in which unit and when."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds import sensorthings
from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ByPath, ask, real
from tests.indexing.loopback import City, Page

TAIPEI = ZoneInfo("Asia/Taipei")
STATION: dict[str, Any] = {
    "@iot.id": 17,
    "name": "愛河水位站",
    "description": "水位",
    "properties": {"authority": "水利局"},
    "Locations": [{"name": "x", "location": {"type": "Point", "coordinates": [120.29, 22.62]}}],
    "Datastreams": [
        {
            "@iot.id": "a'1",
            "name": "水位",
            "description": "水位",
            "unitOfMeasurement": {"name": "公尺", "symbol": "m", "definition": "http://unitsofmeasure.org/ucum#m"},
            "ObservedProperty": {"name": "water level"},
            "Observations": [
                {"phenomenonTime": "2026-09-21T00:00:00.000Z", "result": 1.5},
                {"phenomenonTime": "2026-09-21T00:10:00.000Z/2026-09-21T00:20:00.000Z", "result": "1.75"},
            ],
        }
    ],
}


def page(*entities: object, following: str = "") -> bytes:
    document: dict[str, object] = {"value": list(entities)}
    return json.dumps(document | ({"@iot.nextLink": following} if following else {})).encode()


def test_a_station_is_read_with_its_newest_observation() -> None:
    """The newest is the one that ends last, whatever the order."""
    (thing,) = sensorthings.parse_things(page(STATION)).records
    (stream,) = thing.datastreams
    assert (thing.id, thing.point) == ("17", Point(22.62, 120.29))
    assert stream.unit == sensorthings.Unit("公尺", "m", "http://unitsofmeasure.org/ucum#m")
    assert stream.newest is not None
    assert (stream.newest.value, stream.newest.end) == (1.75, datetime(2026, 9, 21, 0, 20, tzinfo=UTC))
    assert stream.newest.start == datetime(2026, 9, 21, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "observation",
    [
        {"phenomenonTime": "2026-09-21T00:00:00Z", "result": None},
        {"phenomenonTime": None, "result": 1},
        {"phenomenonTime": "2026-09-21T00:20:00Z/2026-09-21T00:10:00Z", "result": 1},
        {"phenomenonTime": "2026-09-21T00:20:00Z/soon", "result": 1},
        {"phenomenonTime": "2026-09-21T00:20:00", "result": 1},
    ],
)
def test_an_observation_without_time_or_result_is_none(observation: dict[str, object]) -> None:
    """A value of no moment, or a moment of no value, is not an observation."""
    parsed = sensorthings.parse_observations(page(observation))
    assert (parsed.records, parsed.skipped) == ((), 1)


def test_a_time_without_offset_is_in_the_zone_passed_in() -> None:
    """Some publishers leave the offset out, against the standard."""
    content = page({"phenomenonTime": "2026-09-21T08:00:00", "result": 1})
    (one,) = sensorthings.parse_observations(content, TAIPEI).records
    assert one.start == datetime(2026, 9, 21, 0, 0, tzinfo=UTC)


def test_a_result_that_is_no_number_has_no_value() -> None:
    """A word or a state is kept as it is, and is no 0."""
    content = page({"phenomenonTime": "2026-09-21T08:00:00Z", "result": "開啟"})
    (one,) = sensorthings.parse_observations(content).records
    assert (one.value, one.result) == (None, "開啟")


@pytest.mark.parametrize(
    ("name", "symbol", "si"),
    [("公尺", "m", (2.0, "m")), ("", "cm", (0.02, "m")), ("公分", "", (0.02, "m")), ("攝氏", "℃", (2.0, "°C"))],
)
def test_known_units_are_brought_to_si(name: str, symbol: str, si: tuple[float, str]) -> None:
    """Two centimetres of water are not two metres."""
    assert sensorthings.Unit(name, symbol, "").in_si(2.0) == si


def test_an_unknown_unit_is_not_guessed() -> None:
    """A "C" may be a degree or a coulomb."""
    assert sensorthings.Unit("Centigrade", "C", "").in_si(2.0) is None


def test_a_location_may_be_a_feature_or_missing() -> None:
    """A broken place is none; the values stay."""
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.29, 22.62]}}
    moved = {**STATION, "Locations": [{"location": feature}]}
    lost = {**STATION, "Locations": [{"location": {"type": "Point", "coordinates": [None, 22]}}]}
    things = sensorthings.parse_things(page(moved, lost, {"name": "no id"}))
    assert [thing.point for thing in things.records] == [Point(22.62, 120.29), None]
    assert (things.skipped, len(things.records[1].datastreams)) == (1, 1)


def test_the_reference_servers_entities_are_read() -> None:
    """FROST's set, with the ids a server adds: lumen and centigrade, the newest of each two observations."""
    thing = json.loads(real("d7_sensorthings/entitiesDefault.json")) | {"@iot.id": 1}
    for i, stream in enumerate(thing["Datastreams"]):
        stream["@iot.id"] = i
    (found,) = sensorthings.parse_things(page(thing)).records
    assert found.point == Point(51.05, -117.05)
    read = [
        (one.unit.symbol, one.observed_property, one.newest.value, one.newest.end.isoformat())
        for one in found.datastreams
        if one.unit and one.newest
    ]
    assert read == [
        ("lm", "Luminous Flux", 4.0, "2015-03-04T00:00:00+00:00"),
        ("C", "Tempretaure", 6.0, "2015-03-06T00:00:00+00:00"),
    ]


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"value": {}}', b'{"code": 404, "message": "Nothing found."}'])
def test_what_is_no_list_of_entities_is_malformed(content: bytes) -> None:
    """An error document is not an empty list."""
    with pytest.raises(FeedMalformed, match="SensorThings"):
        sensorthings.parse_things(content)


def test_hostile_documents_are_malformed_and_nothing_else() -> None:
    """Cut, bent, or with values of wrong types, a document is read or refused."""
    content = page(STATION, following="http://x")
    bent = [*cuts(content), *noise(content), *wrong_values(json.loads(content))]
    results = read_all(sensorthings.parse_things, iter(bent))
    assert 0 < results.count(None) < len(results)


def test_a_text_of_a_filter_stays_a_text() -> None:
    """A quote is doubled, and a path is a name: nothing of a question becomes part of the filter."""
    assert sensorthings.equals("properties/city", "x' or true or 'x") == "properties/city eq 'x'' or true or ''x'"
    assert sensorthings.contains_text("Datastreams/name", "水") == "substringof('水',Datastreams/name)"
    assert sensorthings.identifier("17") == "17"
    assert sensorthings.identifier("a'1") == "'a''1'"
    with pytest.raises(ValueError, match="no property path"):
        sensorthings.equals("name eq 'x' or name", "y")


def test_all_pages_are_read_with_the_filter(publisher: City, source: FeedSource) -> None:
    """The first question has the filter and the expansion; the next link is taken as it is."""
    following = f"{publisher.url}/feed/Things?$skip=1"
    publisher.pages["/feed/Things?$skip=1"] = Page(page({**STATION, "@iot.id": 18}))
    publisher.pages = ByPath({**publisher.pages, "/feed/Things": Page(page(STATION, {}, following=following))})
    near = sensorthings.within(Point(22.62, 120.29), 0.05)
    parsed = ask(lambda fetcher: sensorthings.read_things(fetcher, source, chosen=near))
    assert ([thing.id for thing in parsed.records], parsed.skipped) == (["17", "18"], 1)
    asked = parse_qs(urlsplit(publisher.requests[0][0]).query)
    assert asked["$filter"] == ["geo.distance(Locations/location,geography'POINT(120.29 22.62)') lt 0.05"]
    assert asked["$expand"] == [f"Locations,{sensorthings.NEWEST}"]


def test_observations_are_asked_for_since_a_moment(publisher: City, source: FeedSource) -> None:
    """The id is quoted where it is a text."""
    path = "/feed/Datastreams('a''1')/Observations"
    publisher.pages = ByPath({path: Page(page({"phenomenonTime": "2026-09-21T00:00:00Z", "result": 1}))})
    since = datetime(2026, 9, 20, 8, 0, tzinfo=TAIPEI)
    parsed = ask(lambda fetcher: sensorthings.read_observations(fetcher, source, "a'1", since=since))
    assert parsed.records[0].value == 1.0
    asked = parse_qs(urlsplit(publisher.requests[0][0]).query)
    assert asked["$filter"] == ["phenomenonTime ge 2026-09-20T08:00:00+08:00"]


def test_a_next_link_elsewhere_and_an_error_are_faults(publisher: City, source: FeedSource) -> None:
    """What was read before a fault is not passed off as all."""
    publisher.pages = ByPath({"/feed/Things": Page(page(STATION, following="http://other.example/Things"))})
    with pytest.raises(FeedMalformed, match="another host"):
        ask(lambda fetcher: sensorthings.read_things(fetcher, source))
    publisher.pages = ByPath({"/feed/Things": Page(b"down", 500)})
    with pytest.raises(FeedRefused):
        ask(lambda fetcher: sensorthings.read_things(fetcher, source))
