"""GBFS: versions 1 to 3 mean the same, a station that says nothing is not an empty one, and the ttl is kept."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.gbfs import BikeShare, read_gbfs
from assistant.feeds.gbfs_records import (
    StationStatus,
    open_envelope,
    parse_alerts,
    parse_discovery,
    parse_station_status,
    parse_stations,
    parse_system_information,
    parse_vehicle_types,
    parse_vehicles,
)
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

REAL = SHARED / "d4_gbfs"
POSIX = 1_631_517_710
MOMENT = datetime.fromtimestamp(POSIX, UTC)
Parser = Callable[[bytes], object]

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def document(data: object, version: str = "2.3", **fields: object) -> bytes:
    return json.dumps({"last_updated": POSIX, "ttl": 60, "version": version, "data": data, **fields}).encode()


def status(**fields: object) -> StationStatus:
    row = {"station_id": "1", "num_bikes_available": 2, "is_installed": True, "last_reported": POSIX, **fields}
    return parse_station_status(document({"stations": [row]})).records[0]


@real
def test_a_real_system_of_version_1_reads_as_a_person_reads_it() -> None:
    """Helsinki: flags are 1 and 0, times are seconds, names are plain texts."""
    folder = REAL / "otp" / "helsinki"
    stations = parse_stations((folder / "station_information.json").read_bytes(), "en")
    found = {one.station_id: one for one in parse_station_status((folder / "station_status.json").read_bytes()).records}
    first = stations.records[0]
    assert (first.id, first.name, first.capacity) == ("001", {"en": "Kaivopuisto"}, 30)
    assert (found["001"].vehicles, found["001"].docks, found["001"].renting) == (2, 29, True)
    assert found["001"].reported_at == datetime.fromtimestamp(1631517287, UTC)
    assert (len(stations.records), stations.skipped) == (6, 4)


@real
def test_real_documents_of_version_3_are_read() -> None:
    """Names by language, times in RFC 3339, vehicles instead of bikes."""
    folder = REAL / "otp" / "ridecheck" / "almere"
    information = parse_system_information((folder / "system_information.json").read_bytes())
    vehicles = parse_vehicles((folder / "vehicle_status.json").read_bytes())
    (moped,) = parse_vehicle_types((folder / "vehicle_types.json").read_bytes()).records
    first = vehicles.records[0]
    assert information.name == {"en": "Check Technologies", "nl": "Check Technologies (nl)"}
    assert (first.range_m, first.disabled, first.type_id) == (32400, False, moped.id)
    assert (moped.form_factor, moped.propulsion) == ("moped", "electric")
    assert "vehicle_status" in parse_discovery((folder / "gbfs.json").read_bytes())[""]


@real
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_of_a_station_that_occurs_twice_the_later_report_counts(version: str) -> None:
    """A real feed lists a station twice; what was reported last is what it has."""
    folder = REAL / "otp" / f"duplicate-stations-{version}"
    rows = json.loads((folder / "station_status.json").read_bytes())["data"]["stations"]
    found = parse_station_status((folder / "station_status.json").read_bytes()).records
    assert len(found) == len({row["station_id"] for row in rows}) < len(rows)
    if version == "v3":
        assert {one.station_id: one.vehicles for one in found}["station_duplicate"] == 8


@real
def test_the_examples_of_the_standard_are_read() -> None:
    """Every example of versions 2 and 3, 3.1 included, is read whole."""
    parsers: dict[str, Callable[[bytes], Any]] = {
        "station_information": lambda content: parse_stations(content, "en"),
        "station_status": parse_station_status,
        "free_bike_status": parse_vehicles,
        "vehicle_status": parse_vehicles,
        "vehicle_types": parse_vehicle_types,
        "system_alerts": lambda content: parse_alerts(content, "en"),
    }
    paths = [path for path in sorted((REAL / "examples").rglob("*.json")) if path.stem in parsers]
    read = [parsers[path.stem](path.read_bytes()) for path in paths]
    assert len(read) == 15
    assert all(parsed.records and not parsed.skipped for parsed in read)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"num_bikes_available": 2}, (2, None)),
        ({"num_vehicles_available": 2, "num_bikes_available": 9}, (2, None)),
        ({"num_docks_available": 0}, (2, 0)),
        ({"num_bikes_available": -1, "num_docks_available": "3"}, (None, 3)),
        ({"num_bikes_available": None, "num_docks_available": 1.5}, (None, None)),
    ],
)
def test_counts_are_read_or_unknown(written: dict[str, object], meant: object) -> None:
    """A count that is missing, negative or broken is None and not 0."""
    found = status(**written)
    assert (found.vehicles, found.docks) == meant


@pytest.mark.parametrize(
    ("flag", "meant"), [(True, True), (1, True), (0, False), (False, False), ("", None), (None, None), (2, None)]
)
def test_flags_are_true_or_1(flag: object, meant: bool | None) -> None:
    """Version 1 wrote numbers; another value is unknown."""
    assert status(is_renting=flag).renting is meant


@pytest.mark.parametrize("written", [POSIX, "2021-09-13T07:21:50Z", "2021-09-13T15:21:50+08:00"])
def test_times_are_seconds_or_rfc_3339(written: object) -> None:
    """Both ways of writing a time are the same instant; a text without an offset is none."""
    assert status(last_reported=written).reported_at == MOMENT
    assert status(last_reported="2021-09-13T07:21:50").reported_at is None


def test_a_feed_that_renamed_its_counts_is_refused() -> None:
    """No station is shown with no bikes because a name is new."""
    with pytest.raises(FeedMalformed, match="free_now"):
        parse_station_status(document({"stations": [{"station_id": "1", "free_now": 5}]}))


def test_an_alert_holds_in_its_times() -> None:
    """A closure holds from its start to its end; without times it holds while it is published."""
    rows = [
        {
            "alert_id": "1",
            "type": "STATION_CLOSURE",
            "summary": "Closed",
            "times": [{"start": POSIX, "end": POSIX + 60}],
        },
        {"alert_id": "2", "type": "other", "summary": [{"text": "關閉", "language": "zh"}], "station_ids": [7, None]},
        {"alert_id": "3"},
    ]
    parsed = parse_alerts(document({"alerts": rows}), "en")
    closure, other = parsed.records
    minute = timedelta(seconds=60)
    assert [closure.holds(at) for at in (MOMENT - minute, MOMENT, MOMENT + minute)] == [False, True, False]
    assert (closure.summary, closure.kind, other.summary) == ({"en": "Closed"}, "station_closure", {"zh": "關閉"})
    assert (other.holds(MOMENT), other.station_ids, parsed.skipped) == (True, ("7",), 1)


@pytest.mark.parametrize(
    ("version", "known"), [("1.1", True), ("2.3", True), ("3.1-RC3", True), ("4.0", False), ("x", False)]
)
def test_versions_that_are_not_known_are_refused(version: str, known: bool) -> None:
    """A future version may give a name another meaning."""
    content = document({}, version=version)
    if known:
        assert open_envelope(content).version == version
    else:
        with pytest.raises(FeedMalformed, match="version"):
            open_envelope(content)


def test_a_document_is_fresh_until_its_ttl_has_passed() -> None:
    """The ttl counts from the publisher's last update; without that time nothing is assumed."""
    envelope = open_envelope(document({}))
    waits = [envelope.fresh_s(MOMENT + timedelta(seconds=n)) for n in (-100, 0, 45, 61)]
    assert waits == [60, 60, 15, 0]
    assert open_envelope(document({}, last_updated=0)).fresh_s(MOMENT) == 0
    assert open_envelope(document({}, ttl=-5)).ttl_s == 0


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"<html></html>", b'{"data": []}', b'{"data": {"stations": {}}}']
)
@pytest.mark.parametrize(
    "parse",
    [
        parse_discovery,
        parse_station_status,
        parse_vehicles,
        parse_vehicle_types,
        parse_system_information,
        lambda content: parse_stations(content, "en"),
        lambda content: parse_alerts(content, "en"),
    ],
)
def test_another_document_is_refused(content: bytes, parse: Parser) -> None:
    """What is not the document that was asked for is a fault, not an empty city."""
    with pytest.raises(FeedMalformed):
        parse(content)


@real
@pytest.mark.parametrize("path", ["otp/helsinki/station_status.json", "examples/v3_0/station_information.json"])
def test_broken_bytes_and_wrong_types_are_survived(path: str) -> None:
    """Cut, garbled or wrongly typed, a document is refused or read in part."""
    content = (REAL / path).read_bytes()
    parse: Parser = parse_station_status if "status" in path else (lambda cut: parse_stations(cut, "en"))
    read_all(parse, noise(content))
    assert len(read_all(parse, wrong_values(json.loads(content)))) == 400
    assert set(read_all(parse, cuts(content.rstrip()))) == {None}


def test_wrong_types_in_other_documents_are_survived() -> None:
    """Discovery, vehicles and messages answer or refuse, whatever stands in a field."""
    feeds = {"en": {"feeds": [{"name": "a", "url": "b"}]}}
    vehicles = {"bikes": [{"bike_id": "1", "lat": 1, "lon": 2, "is_reserved": False}]}
    alerts = {"alerts": [{"alert_id": "1", "summary": [{"text": "a", "language": "en"}], "times": [{"start": POSIX}]}]}
    cases: list[tuple[Parser, object]] = [
        (parse_discovery, feeds),
        (parse_vehicles, vehicles),
        (lambda content: parse_alerts(content, "en"), alerts),
    ]
    for parse, data in cases:
        assert len(read_all(parse, wrong_values(json.loads(document(data)), 200))) == 200


def serve(publisher: City, languages: tuple[str, ...] = ("fr", "en", "zh-Hant"), **more: object) -> None:
    """A system of version 2 whose station 1 has a name in each language."""
    root = publisher.url
    names = ["system_information", "station_information", "station_status", "system_alerts"]
    feeds = {
        language: {"feeds": [{"name": name, "url": f"{root}/{language}/{name}"} for name in names]}
        for language in languages
    }
    now = int(datetime.now(UTC).timestamp())
    publisher.pages["/feed"] = Page(document(feeds, last_updated=now))
    for language in languages:
        station = {"station_id": "1", "name": f"name {language}", "lat": 22.6, "lon": 120.3, "capacity": 10}
        publisher.pages |= {
            f"/{language}/system_information": Page(document({"system_id": "s", "name": "S", "language": language})),
            f"/{language}/station_information": Page(document({"stations": [station]})),
            f"/{language}/station_status": Page(
                document({"stations": [{"station_id": "1", "num_bikes_available": 3, "num_docks_available": 7}]})
            ),
            f"/{language}/system_alerts": Page(document({"alerts": []})),
        }


def read(source: FeedSource) -> BikeShare:
    async def run() -> BikeShare:
        async with Fetcher() as fetcher:
            return await read_gbfs(fetcher, source)

    return asyncio.run(run())


def test_a_system_is_read_from_its_discovery_document(publisher: City, source: FeedSource) -> None:
    """Names come in the readers' languages, figures once, with the publisher's own time."""
    serve(publisher)
    system = read(source)
    (station,) = system.stations
    assert station.name == {"zh-Hant": "name zh-Hant", "en": "name en"}
    assert (system.status["1"].vehicles, system.status["1"].docks) == (3, 7)
    assert (system.updated_at, system.missing, system.skipped) == (MOMENT, {}, 0)
    assert system.information is not None
    assert not publisher.asked("/fr/station_status")


def test_what_is_missing_is_named(publisher: City, source: FeedSource) -> None:
    """Without names or messages the figures still count; without figures there is no answer."""
    serve(publisher, ("en",))
    publisher.pages["/en/station_information"] = Page(b"", 500)
    publisher.pages["/en/system_alerts"] = Page(b"<html></html>")
    system = read(source)
    assert set(system.missing) == {"station_information", "system_alerts"}
    assert system.status["1"].vehicles == 3
    publisher.pages["/en/station_status"] = Page(b"", 500)
    with pytest.raises(FeedRefused):
        read(source)


def test_a_system_without_figures_is_refused(publisher: City, source: FeedSource) -> None:
    """A system that publishes neither stations' status nor vehicles cannot answer."""
    publisher.pages["/feed"] = Page(document({"feeds": [{"name": "system_information", "url": publisher.url}]}, "3.0"))
    with pytest.raises(FeedMalformed, match="station_status"):
        read(source)


def test_an_address_on_another_host_is_not_asked(publisher: City, source: FeedSource) -> None:
    """A discovery document cannot send us to hosts that the city did not name."""
    feeds = [{"name": "station_status", "url": "http://elsewhere.example/s"}]
    publisher.pages["/feed"] = Page(document({"feeds": feeds}, "3.0"))
    with pytest.raises(FeedRefused, match="elsewhere"):
        read(source)


def test_the_ttl_is_the_publishers_age(publisher: City, source: FeedSource) -> None:
    """A document is not asked for again before its ttl has passed, and is asked for after that."""
    now = int(datetime.now(UTC).timestamp())
    feeds = {"feeds": [{"name": "station_status", "url": f"{publisher.url}/status"}]}
    rows = {"stations": [{"station_id": "1", "num_vehicles_available": 3}]}
    publisher.pages["/feed"] = Page(document(feeds, "3.0", last_updated=now, ttl=3600))
    publisher.pages["/status"] = Page(document(rows, "3.0", last_updated=now, ttl=30))
    seconds = [0.0]
    source = replace(source, refresh_s=1, stale_s=7200)

    async def run() -> None:
        async with Fetcher(clock=lambda: seconds[0]) as fetcher:
            for at in (0.0, 20.0, 40.0):
                seconds[0] = at
                await read_gbfs(fetcher, source)

    asyncio.run(run())
    assert (len(publisher.asked("/feed")), len(publisher.asked("/status"))) == (1, 2)


def test_an_empty_system_is_no_fault() -> None:
    """An empty list of stations is an empty system, and says so."""
    assert parse_stations(document({"stations": []}), "en") == Parsed((), 0)
