"""Bikes: both generations of names mean the same, and an unknown name is reported, never a zero."""

import asyncio
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.youbike import BikeStation, parse_youbike, read_youbike
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d14_youbike"
OLD = {
    "sno": "501203085",
    "sna": "YouBike2.0_某路口",
    "snaen": "YouBike2.0_Some Rd.",
    "sarea": "某區",
    "ar": "某路1號",
    "tot": "10",
    "sbi": "5",
    "bemp": "4",
    "lat": "22.63",
    "lng": "120.29",
    "mday": "20210711224228",
    "act": "1",
}
NEW = {
    "sno": "501203085",
    "sna": "YouBike2.0_某路口",
    "snaen": "YouBike2.0_Some Rd.",
    "sarea": "某區",
    "ar": "某路1號",
    "total": 10,
    "available_rent_bikes": 5,
    "available_return_bikes": 4,
    "latitude": 22.63,
    "longitude": 120.29,
    "mday": "2021-07-11 22:42:28",
    "act": 1,
}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def parse(content: bytes) -> Parsed[BikeStation]:
    return parse_youbike(content, ZONE)


def one(row: object) -> BikeStation:
    return parse(json.dumps([row]).encode()).records[0]


def test_both_generations_mean_the_same() -> None:
    """The renamed columns of 2024 give the same record as the older ones."""
    station = one(NEW)
    assert station == one(OLD)
    assert (station.capacity, station.bikes, station.docks, station.in_service) == (10, 5, 4, True)
    assert station.name == {"zh-TW": "某路口", "en": "Some Rd."}
    assert station.changed_at == datetime(2021, 7, 11, 22, 42, 28, tzinfo=ZONE)


@real
def test_a_real_feed_of_2024_is_read_whole() -> None:
    """All 1,505 stations come, with their figures, times and those that are closed."""
    parsed = parse((REAL / "taipei_2024_schema_v2_station_info.json").read_bytes())
    last = parsed.records[-1]
    assert (len(parsed.records), parsed.skipped) == (1505, 0)
    assert sum(station.in_service is False for station in parsed.records) == 16
    assert sum(station.capacity or 0 for station in parsed.records) == 39524
    assert (last.id, last.bikes, last.docks, last.capacity) == ("500119096", 47, 52, 99)
    assert last.changed_at == datetime(2024, 12, 14, 18, 56, 15, tzinfo=ZONE)
    assert last.published_at == datetime(2024, 12, 14, 19, 11, 23, tzinfo=ZONE)


@real
def test_real_samples_of_four_cities_are_read() -> None:
    """Cities differ in what they add and leave out; what they say is read, the rest is unknown."""
    samples = json.loads((REAL / "city_feed_samples.json").read_text(encoding="utf-8"))
    found = {city: one(row) for city, row in samples.items()}
    assert {city: (station.bikes, station.docks) for city, station in found.items()} == {
        "taipei": (14, 26),
        "taoyuan": (0, 0),
        "taichung": (7, 9),
        "kaohsiung": (5, 5),
    }
    assert (found["taoyuan"].in_service, found["taoyuan"].place) == (False, None)
    assert found["taichung"].electric_bikes == 0
    assert found["kaohsiung"].name["en"] == "Hebei 2nd Rd. & Zhongyong St. Intersection"


@real
def test_a_list_without_figures_is_refused() -> None:
    """A list of stations with other names says nothing about bikes."""
    with pytest.raises(FeedMalformed, match="englishname"):
        parse((REAL / "khh_stations_bilingual_citybike.json").read_bytes())


@pytest.mark.parametrize(
    "document",
    [[OLD], {"retCode": 1, "retVal": {"1": OLD}}, {"retVal": [OLD]}, {"data": {"retVal": [OLD]}}],
)
def test_envelopes_in_use_are_opened(document: object) -> None:
    """Rows come as a list, in an envelope, or by their number."""
    assert parse(json.dumps(document).encode()).records == (one(OLD),)


def test_an_unknown_generation_is_reported() -> None:
    """Names that nobody knows are named in the fault; no station is shown with no bikes."""
    row = {"sno": "1", "sna": "某路口", "bikes_now": 5}
    with pytest.raises(FeedMalformed, match="bikes_now"):
        parse(json.dumps([row]).encode())


@pytest.mark.parametrize("value", ["", None, "-", "五", -1, "5.5", [], True])
def test_a_count_that_is_none_is_unknown(value: object) -> None:
    """No figure is made up where a station gives none."""
    station = one({**NEW, "available_rent_bikes": value, "total": value})
    assert (station.bikes, station.capacity, station.docks) == (None, None, 4)


@pytest.mark.parametrize(("value", "meant"), [("1", True), (1, True), ("0", False), (0, False), ("", None), (2, None)])
def test_in_service_is_said_or_unknown(value: object, meant: bool | None) -> None:
    """The flag comes as text or number; another value is unknown."""
    assert one({**NEW, "act": value}).in_service is meant


def test_broken_bytes_are_refused() -> None:
    """Wherever a list is cut or garbled, nothing but `FeedMalformed` comes out."""
    content = json.dumps([OLD, NEW], ensure_ascii=False).encode()
    read_all(parse, noise(content))
    assert set(read_all(parse, cuts(content))) == {None}


def test_wrong_types_are_survived() -> None:
    """Whatever stands in a field, the parser answers or refuses."""
    assert len(read_all(parse, wrong_values({"retVal": [OLD, NEW]}))) == 400


def test_a_city_is_asked(publisher: City, source: FeedSource) -> None:
    """The stations come with the time at which they were had."""
    publisher.pages["/feed"] = Page(json.dumps([NEW]).encode())

    async def run() -> Parsed[BikeStation]:
        async with Fetcher() as fetcher:
            return await read_youbike(fetcher, source, ZONE)

    parsed = asyncio.run(run())
    assert (parsed.records, parsed.fetched_at is not None) == ((one(NEW),), True)
