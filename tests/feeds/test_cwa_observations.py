"""Weather observations: the codes of a broken instrument are not measurements."""

import asyncio
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa import Observation, parse_cwa_observations, read_cwa_observations
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
MEASURED: dict[str, Any] = {
    "Weather": "晴",
    "Now": {"Precipitation": 1.5},
    "WindDirection": 250.0,
    "WindSpeed": "2.3",
    "AirTemperature": 29.5,
    "RelativeHumidity": 78,
    "AirPressure": 1005.1,
    "UVIndex": 3,
    "GustInfo": {"PeakGustSpeed": -99, "Occurred_at": {"WindDirection": -99, "DateTime": "-99"}},
}
STATION: dict[str, Any] = {
    "StationName": "某站",
    "StationId": "467440",
    "ObsTime": {"DateTime": "2026-06-30T20:40:00+08:00"},
    "GeoInfo": {
        "Coordinates": [
            {"CoordinateName": "TWD67", "StationLatitude": 22.1, "StationLongitude": 120.1},
            {"CoordinateName": "WGS84", "StationLatitude": "22.566", "StationLongitude": "120.3157"},
        ],
        "CountyName": "某市",
        "TownName": "某區",
    },
    "WeatherElement": MEASURED,
}
REST = {"success": "true", "result": {"resource_id": "O-A0003-001"}, "records": {"Station": [STATION]}}


def parse(document: object) -> Parsed[Observation]:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_cwa_observations(content, ZONE)


def one(**measured: object) -> Observation:
    station = {**STATION, "WeatherElement": {**MEASURED, **measured}}
    return parse({"records": {"Station": [station]}}).records[0]


def test_a_station_reads_as_a_person_reads_it() -> None:
    """Numbers come as numbers or texts; the point is that of WGS 84."""
    found = one()
    assert (found.station, found.county, found.town, found.weather) == ("某站", "某市", "某區", "晴")
    assert (found.temperature_c, found.humidity_percent, found.pressure_hpa) == (29.5, 78, 1005.1)
    assert (found.wind_speed_m_s, found.wind_from_degrees, found.uv_index, found.rain_today_mm) == (2.3, 250, 3, 1.5)
    assert found.observed_at == datetime(2026, 6, 30, 20, 40, tzinfo=ZONE)
    assert found.place is not None
    assert (found.place.lat, found.place.lon) == (22.566, 120.3157)
    assert found.gust_m_s is None


def test_files_and_the_service_mean_the_same() -> None:
    """Both generations of files hold the stations that the service gives."""
    files = [{"cwaopendata": {"dataset": {"Station": STATION}}}, {"cwbopendata": {"dataset": {"station": [STATION]}}}]
    assert [parse(document) for document in files] == [parse(REST)] * 2


@pytest.mark.parametrize("code", [-99, "-99", -99.0, "-99.0", -98, "X", "", None, "NaN", [], 1e9])
def test_codes_are_no_measurements(code: object) -> None:
    """What an instrument did not measure is unknown."""
    found = one(
        AirTemperature=code,
        RelativeHumidity=code,
        AirPressure=code,
        WindSpeed=code,
        WindDirection=code,
        UVIndex=code,
        Now={"Precipitation": code},
    )
    values = (found.temperature_c, found.humidity_percent, found.pressure_hpa, found.wind_speed_m_s)
    assert {*values, found.wind_from_degrees, found.uv_index, found.rain_today_mm} == {None}
    assert one(Weather="-99").weather == ""


def test_a_direction_that_varies_is_no_direction() -> None:
    """990 stands for wind from changing directions."""
    assert one(WindDirection=990).wind_from_degrees is None


def test_a_rain_station_gives_its_sums() -> None:
    """Rain of ten minutes, an hour and a day are kept apart; a trace is no rain that adds up."""
    station = {name: value for name, value in STATION.items() if name != "WeatherElement"}
    rain = {
        "Now": {"Precipitation": "T"},
        "Past10Min": {"Precipitation": 0.5},
        "Past1hr": {"Precipitation": "12"},
        "Past24hr": {"Precipitation": -99},
    }
    found = parse({"records": {"Station": [{**station, "RainfallElement": rain}]}}).records[0]
    assert (found.rain_today_mm, found.rain_10min_mm, found.rain_1h_mm, found.rain_24h_mm) == (0, 0.5, 12, None)


def test_the_first_generation_is_read_too() -> None:
    """Abbreviated elements in a list, humidity from 0 to 1, and parameters for the place."""
    elements = {"TEMP": "29.50", "HUMD": "0.78", "PRES": "1005.1", "WDSD": "2.3", "WDIR": "250", "24R": "1.5"}
    older = {
        "lat": "22.1",
        "lon": "120.1",
        "lat_wgs84": "22.566",
        "lon_wgs84": "120.3157",
        "locationName": "某站",
        "stationId": "467440",
        "time": {"obsTime": "2026-06-30 20:40:00"},
        "weatherElement": [
            *({"elementName": name, "elementValue": value} for name, value in elements.items()),
            {"elementName": "Weather", "elementValue": {"value": "晴"}},
        ],
        "parameter": [
            {"parameterName": "CITY", "parameterValue": "某市"},
            {"parameterName": "TOWN", "parameterValue": "某區"},
        ],
    }
    (found,) = parse({"records": {"location": [older]}}).records
    newer = one()
    assert found.uv_index is None
    assert (found.humidity_percent, found.temperature_c, found.rain_today_mm) == (78, 29.5, 1.5)
    assert (found.place, found.observed_at, found.county) == (newer.place, newer.observed_at, newer.county)


def test_a_broken_station_costs_only_itself() -> None:
    """A station without a name, a time or measurements is counted."""
    broken = [{**STATION, "ObsTime": {}}, {**STATION, "StationName": ""}, {**STATION, "WeatherElement": None}]
    parsed = parse({"records": {"Station": [STATION, *broken]}})
    assert (len(parsed.records), parsed.skipped) == (1, 3)


@pytest.mark.parametrize("document", [{}, {"records": {}}, {"records": {"Station": [{}]}}, b"<html></html>", b""])
def test_another_document_is_refused(document: object) -> None:
    """A document without stations is a fault, not a country without weather."""
    with pytest.raises(FeedMalformed):
        parse(document)


def test_broken_bytes_and_wrong_types_are_survived() -> None:
    """Whatever comes, the parser answers or refuses."""
    content = json.dumps(REST).encode()
    read_all(parse, noise(content))
    assert len(read_all(parse, wrong_values(REST))) == 400
    assert set(read_all(parse, cuts(content))) == {None}


def test_the_service_is_asked(publisher: City, source: FeedSource) -> None:
    """The observations come with the time at which they were had."""
    publisher.pages["/feed?Authorization=s3cr3t%2F%2Bkey"] = Page(json.dumps(REST).encode())

    async def run() -> Parsed[Observation]:
        async with Fetcher() as fetcher:
            return await read_cwa_observations(fetcher, source, ZONE)

    parsed = asyncio.run(run())
    assert (parsed.records, parsed.fetched_at is not None) == (parse(REST).records, True)
