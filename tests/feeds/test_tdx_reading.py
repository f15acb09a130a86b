"""TDX says when a bus comes only where it says so, and its numbers are as old as their time."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds import tdx_reading
from assistant.feeds.base import Parsed
from assistant.feeds.tdx_records import BusEstimate
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import real

SEEN = datetime(2026, 9, 12, 0, 44, 26, tzinfo=ZoneInfo("Asia/Taipei"))
SAMPLES = "d11_tw_tdx/tdx_v2_bus_samples.json"
PARSERS = {
    "EstimatedTimeOfArrival": tdx_reading.parse_bus_estimates,
    "RealTimeByFrequency": tdx_reading.parse_bus_positions,
    "RealTimeNearStop": tdx_reading.parse_buses_at_stops,
    "Alert": tdx_reading.parse_alerts,
}
BOARD = {
    "LineID": "R",
    "StationID": "R10",
    "StationName": {"Zh_tw": "美麗島", "En": "Formosa Boulevard"},
    "TripHeadSign": "往小港",
    "DestinationStaionID": "R3",
    "DestinationStationName": {"Zh_tw": "小港", "En": "Siaogang"},
    "ServiceStatus": 0,
    "EstimateTime": 3,
    "SrcUpdateTime": "2026-09-12T00:44:26+08:00",
}
FIRST_LAST = {
    "LineID": "R",
    "StationID": "R10",
    "DestinationStaionID": "R3",
    "FirstTrainTime": "06:05",
    "LastTrainTime": "",
    "ServiceDay": {"Monday": True, "Saturday": False, "NationalHolidays": False},
}
STOP = {
    "StopUID": "KHH7",
    "StopName": {"Zh_tw": "文化中心(五福一路)", "En": ""},
    "StopPosition": {"PositionLon": 120.31, "PositionLat": 22.63},
}
ROUTE = {
    "RouteUID": "KHH88",
    "RouteName": {"Zh_tw": "88建國幹線", "En": "88"},
    "DepartureStopNameZh": "鳳山",
    "DestinationStopNameZh": "鼓山",
    "DestinationStopNameEn": "Gushan",
}
EVENT = {
    "EventID": "7",
    "EventTitle": "壅塞",
    "Description": "null中正路回堵",
    "Positions": "POINT (120.3 22.6)",
    "Location": {"Other": "中正路"},
    "EffectiveTime": "2026-09-12T00:44:26+08:00",
    "UpdateTime": "2026-09-12T00:45:00+08:00",
}


def estimate(**changes: object) -> BusEstimate:
    one = {
        "RouteUID": "KHH1",
        "StopUID": "KHH2",
        "Direction": 0,
        "StopStatus": 0,
        "EstimateTime": 960,
        "SrcUpdateTime": SEEN.isoformat(),
        **changes,
    }
    content = json.dumps([{key: value for key, value in one.items() if value is not None}]).encode()
    return tdx_reading.parse_bus_estimates(content).records[0]


def of_samples(name: str) -> Parsed[Any]:
    return PARSERS[name](json.dumps(json.loads(real(SAMPLES))[name]).encode())


def test_an_estimate_is_as_old_as_its_time() -> None:
    """Sixteen minutes said four minutes ago are twelve minutes now."""
    bus = estimate()
    assert bus.estimate.wait_s(SEEN) == 960
    assert bus.estimate.wait_s(SEEN + timedelta(minutes=4)) == 720
    assert bus.estimate.arrives_at == SEEN + timedelta(seconds=960)


def test_a_bus_that_should_have_come_is_unknown() -> None:
    """Due now is 0 for a minute; after that the estimate says nothing any more."""
    bus = estimate(EstimateTime=60)
    assert bus.estimate.wait_s(SEEN + timedelta(seconds=90)) == 0
    assert bus.estimate.wait_s(SEEN + timedelta(minutes=10)) is None


@pytest.mark.parametrize(
    ("changes", "status", "published_s"),
    [
        ({"EstimateTime": None}, "running", None),
        ({"EstimateTime": -1}, "running", None),
        ({"EstimateTime": "960"}, "running", 960),
        ({"EstimateTime": 86_401}, "running", None),
        ({"EstimateTime": 2**52}, "running", None),
        ({"StopStatus": 1, "EstimateTime": None}, "not_departed", None),
        ({"StopStatus": 1}, "not_departed", 960),
        ({"StopStatus": 2}, "not_stopping", None),
        ({"StopStatus": 3}, "last_gone", None),
        ({"StopStatus": 4}, "no_service", None),
        ({"StopStatus": 9}, "", None),
        ({"StopStatus": None}, "", 960),
    ],
)
def test_a_status_that_says_nothing_comes_has_no_estimate(
    changes: dict[str, object], status: str, published_s: int | None
) -> None:
    """An old number beside "last bus gone" is no bus; some routes estimate before the bus departs."""
    found = estimate(**changes).estimate
    assert (found.status, found.published_s) == (status, published_s)


def test_without_a_time_of_observation_nothing_is_expected() -> None:
    """A number of unknown age cannot be counted down."""
    assert estimate(SrcUpdateTime=None).estimate.wait_s(SEEN) is None
    assert estimate(SrcUpdateTime=None, UpdateTime=SEEN.isoformat()).estimate.wait_s(SEEN) == 960


@pytest.mark.parametrize(("code", "word"), [(0, "outbound"), (1, "inbound"), (2, "loop"), (255, ""), (None, "")])
def test_directions_are_words(code: int | None, word: str) -> None:
    """255 is unknown, and is not taken for one of the two ways."""
    assert estimate(Direction=code).direction == word


@pytest.mark.parametrize("plate", ["-1", "", None])
def test_no_vehicle_has_no_plate(plate: str | None) -> None:
    """ "-1" is no number plate."""
    assert estimate(PlateNumb=plate).plate == ""


def test_the_real_estimates_are_read_as_they_are_written() -> None:
    """Taichung at a quarter to one: not departed until 5:46; sixteen minutes; last bus gone, without a time."""
    first, second, third = of_samples("EstimatedTimeOfArrival").records
    assert (first.estimate.status, first.estimate.published_s, first.plate) == ("not_departed", None, "")
    assert first.next_bus_at is not None
    assert first.next_bus_at.isoformat() == "2026-09-12T05:46:00+08:00"
    assert first.stop_names == {"zh-TW": "臺中車站(A月台)", "en": "Taichung Station(Platform A)"}
    assert (second.estimate.wait_s(SEEN), second.plate, second.is_last_bus) == (960, "KKA-7868", False)
    assert second.stop_names == {"zh-TW": "逢甲大學(福星路)"}
    assert (third.estimate.status, third.estimate.observed_at) == ("last_gone", None)


def test_the_real_positions_and_stops_are_read() -> None:
    """A1: 5 km/h north-west; A2: leaving 亞大醫院; both as old as the bus's own clock says."""
    (bus,) = of_samples("RealTimeByFrequency").records
    assert (bus.plate, bus.bearing, bus.direction) == ("685-U8", 319.0, "inbound")
    assert bus.speed == pytest.approx(5 / 3.6)
    assert bus.observed_at is not None
    assert bus.observed_at.isoformat() == "2026-09-12T00:43:29+08:00"
    (at_stop,) = of_samples("RealTimeNearStop").records
    assert (at_stop.stop_names["zh-TW"], at_stop.event, at_stop.sequence) == ("亞大醫院", "leaving", 49)


def test_the_real_alert_is_read() -> None:
    """A detour of route 186 until the middle of November."""
    (alert,) = of_samples("Alert").records
    assert (alert.title, alert.status, alert.concerns) == ("施工改道", "disrupted", ({"zh-TW": "186"},))
    assert alert.end is not None
    assert alert.end.isoformat() == "2026-11-13T23:59:59+08:00"


def test_the_newest_of_a_stations_records_is_kept() -> None:
    """The Kinmen snapshot repeats stations; its ServiceAvailable is 0 throughout, so that no status is told."""
    content = real("d11_tw_tdx/tdx_bike_availability_kinmen_2023.json")
    every = [one for one in json.loads(content) if one["StationUID"] == "KINA1A"]
    newest = max(every, key=lambda one: one["SrcUpdateTime"])
    found = {one.id: one for one in tdx_reading.parse_bikes(content).records}["KINA1A"]
    assert (found.bikes, found.docks) == (newest["AvailableRentBikes"], newest["AvailableReturnBikes"])
    assert found.status == ""
    assert len(every) > 1


def test_a_live_board_counts_in_minutes() -> None:
    """Three minutes are 180 seconds; the destination's id is misspelt in v2 and right in newer documents."""
    (train,) = tdx_reading.parse_metro_arrivals(json.dumps([BOARD]).encode()).records
    assert (train.estimate.wait_s(SEEN), train.destination, train.headsign) == (180, "R3", "往小港")
    newer = {"LiveBoards": [{**BOARD, "DestinationStationID": "R4"}], "UpdateTime": "x"}
    assert tdx_reading.parse_metro_arrivals(json.dumps(newer).encode()).records[0].destination == "R4"


def test_a_blank_last_train_is_unknown() -> None:
    """A blank field is no train at midnight."""
    (one,) = tdx_reading.parse_first_last(json.dumps([FIRST_LAST]).encode()).records
    assert (one.first_s, one.last_s, one.weekdays, one.holidays) == (6 * 3600 + 300, None, frozenset({0}), False)


def test_stops_and_routes_have_their_names_and_places() -> None:
    """A stop without English has one name; a stop without a place stays, one without a name does not."""
    stops = tdx_reading.parse_bus_stops(
        json.dumps([STOP, {**STOP, "StopPosition": None}, {"StopUID": "KHH8"}]).encode()
    )
    assert stops.skipped == 1
    assert [one.names for one in stops.records] == [{"zh-TW": "文化中心(五福一路)"}] * 2
    assert [one.point is None for one in stops.records] == [False, True]
    (route,) = tdx_reading.parse_bus_routes(json.dumps([ROUTE]).encode()).records
    assert (route.departure_names, route.destination_names) == ({"zh-TW": "鳳山"}, {"zh-TW": "鼓山", "en": "Gushan"})


def test_a_road_event_has_its_place_and_words() -> None:
    """The place is well-known text; a "null" that the publisher put before its words is none of them."""
    content = json.dumps({"UpdateTime": "x", "LiveEvents": [EVENT, {}]}).encode()
    parsed = tdx_reading.parse_road_events(content)
    (event,) = parsed.records
    assert (event.title, event.description, event.place, parsed.skipped) == ("壅塞", "中正路回堵", "中正路", 1)
    assert event.point is not None
    assert (event.point.lat, event.point.lon) == (22.6, 120.3)


@pytest.mark.parametrize("content", [b"{}", b'{"message": "API rate limit exceeded"}', b"5", b'{"a": [], "b": []}'])
def test_what_is_no_list_of_records_is_malformed(content: bytes) -> None:
    """A message of the gateway is not an empty timetable."""
    with pytest.raises(FeedMalformed, match="no list"):
        tdx_reading.parse_bus_estimates(content)


@pytest.mark.parametrize(
    ("parse", "document"),
    [
        (tdx_reading.parse_metro_arrivals, [BOARD]),
        (tdx_reading.parse_first_last, [FIRST_LAST]),
        (tdx_reading.parse_bus_stops, [STOP]),
        (tdx_reading.parse_bus_routes, [ROUTE]),
        (tdx_reading.parse_road_events, {"LiveEvents": [EVENT]}),
        (tdx_reading.parse_bus_estimates, None),
        (tdx_reading.parse_alerts, None),
    ],
)
def test_hostile_documents_are_malformed_and_nothing_else(
    parse: Callable[[bytes], Parsed[Any]], document: object
) -> None:
    """Cut, bent, or with values of wrong types, a document is read or refused."""
    samples = json.loads(real(SAMPLES)) if document is None else {}
    name = "Alert" if parse is tdx_reading.parse_alerts else "EstimatedTimeOfArrival"
    found = samples.get(name, document)
    content = json.dumps(found).encode()
    results = read_all(parse, iter([*cuts(content), *noise(content), *wrong_values(found, 300)]))
    assert 0 < results.count(None) < len(results)
