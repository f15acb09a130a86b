"""Weather forecasts: both generations of the envelope mean the same, and a dash is no chance of rain."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa import ForecastPeriod, parse_cwa_forecast, parse_cwa_outlook, read_cwa_forecast
from assistant.feeds.cwa import read_cwa_outlook as read_outlook
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d12_tw_cwa"
START, END = "2025-11-16 12:00:00", "2025-11-16 18:00:00"
LOCATION: dict[str, Any] = {
    "locationName": "某市",
    "weatherElement": [
        {
            "elementName": name,
            "time": [{"startTime": START, "endTime": END, "parameter": parameter}],
        }
        for name, parameter in (
            ("Wx", {"parameterName": "晴", "parameterValue": "1"}),
            ("PoP", {"parameterName": "30", "parameterUnit": "百分比"}),
            ("MinT", {"parameterName": "27", "parameterUnit": "C"}),
            ("MaxT", {"parameterName": "29", "parameterUnit": "C"}),
            ("CI", {"parameterName": "舒適"}),
        )
    ],
}
REST = {"success": "true", "result": {"resource_id": "F-C0032-001"}, "records": {"location": [LOCATION]}}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def parse(document: object) -> Parsed[ForecastPeriod]:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_cwa_forecast(content, ZONE)


def capitals(value: Any) -> Any:
    """A document under the names of the second generation."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: capitals(inner) for name, inner in value.items()}
    return [capitals(inner) for inner in value] if isinstance(value, list) else value


@real
def test_the_real_36_hour_forecast_reads_as_a_person_reads_it() -> None:
    """Three periods for each of 22 counties, each with all that five separate elements say of it."""
    parsed = parse((REAL / "F-C0032-001.json").read_bytes())
    first = next(period for period in parsed.records if period.area == "高雄市")
    assert (len(parsed.records), parsed.skipped) == (66, 0)
    assert (first.weather, first.weather_code, first.rain_percent, first.comfort) == ("晴時多雲", "2", 0, "舒適至悶熱")
    assert (first.min_temperature_c, first.max_temperature_c) == (27, 29)
    assert first.start == datetime(2025, 11, 16, 12, tzinfo=ZONE)
    assert first.end == datetime(2025, 11, 16, 18, tzinfo=ZONE)


@real
def test_the_real_week_reads_as_a_person_reads_it() -> None:
    """Fifteen elements of the second generation become one record a period, offsets kept."""
    parsed = parse((REAL / "F-D0047-091.json").read_bytes())
    periods = [period for period in parsed.records if period.area == "高雄市"]
    first, last = periods[0], periods[-1]
    assert (len(parsed.records), len(periods)) == (22 * 15, 15)
    assert (first.temperature_c, first.min_temperature_c, first.max_temperature_c) == (29, 27, 30)
    assert (first.humidity_percent, first.wind_speed_m_s, first.wind_from, first.beaufort) == (84, 2, "偏南風", "2")
    assert first.start.isoformat() == "2025-06-07T18:00:00+08:00"
    assert first.issued_at is not None
    assert first.issued_at.isoformat() == "2025-06-07T17:00:00+08:00"
    assert first.description.startswith("晴時多雲。降雨機率10%。")
    assert (first.rain_percent, last.rain_percent, last.weather) == (10, None, "陰短暫陣雨")
    assert (first.uv_index, periods[1].uv_index) == (None, 9)


def test_both_envelopes_mean_the_same() -> None:
    """A file of either generation and an answer of the service give the same periods."""
    dataset = {"location": [LOCATION]}
    files = [{"cwbopendata": {"dataset": dataset}}, {"cwaopendata": capitals({"dataset": dataset})}]
    assert [parse(document).records for document in files] == [parse(REST).records] * 2


def test_the_older_week_is_read_too() -> None:
    """Elements with abbreviated names and values in a list are the same as the newer ones."""
    times = {"startTime": START, "endTime": END}
    location = {
        "locationName": "某市",
        "geocode": "64000000",
        "lat": "22.6",
        "lon": "120.3",
        "weatherElement": [
            {"elementName": "PoP12h", "time": [{**times, "elementValue": [{"value": " ", "measures": "百分比"}]}]},
            {"elementName": "Wx", "time": [{**times, "elementValue": [{"value": "陰"}, {"value": "07"}]}]},
            {"elementName": "WS", "time": [{**times, "elementValue": [{"value": "3"}, {"value": "<= 1"}]}]},
            {"elementName": "T", "time": [{**times, "elementValue": [{"value": "28", "measures": "攝氏度"}]}]},
        ],
    }
    (period,) = parse({"records": {"locations": [{"location": [location]}]}}).records
    assert (period.rain_percent, period.weather, period.weather_code) == (None, "陰", "07")
    assert (period.wind_speed_m_s, period.beaufort, period.temperature_c) == (3, "<= 1", 28)
    assert period.place is not None


def test_a_forecast_for_a_moment_has_no_end() -> None:
    """Hourly forecasts of districts give moments, and the service gives their values in lists."""
    element = {
        "ElementName": "溫度",
        "Time": [{"DataTime": "2025-06-07T18:00:00+08:00", "ElementValue": [{"Temperature": "30"}]}],
    }
    document = {"records": {"Locations": [{"Location": [{"LocationName": "某區", "WeatherElement": [element]}]}]}}
    (period,) = parse(document).records
    assert (period.end, period.temperature_c) == (None, 30)


@pytest.mark.parametrize("value", ["-", " ", "", None, "-99", "101", "x", ">= 11", [], True])
def test_what_is_no_value_is_unknown(value: object) -> None:
    """A dash is not 0 % chance of rain, and -99 is no temperature."""
    location = json.loads(json.dumps(LOCATION))
    for element in location["weatherElement"][1:4]:
        element["time"][0]["parameter"]["parameterName"] = value
    (period,) = parse({"records": {"location": [location]}}).records
    assert (period.rain_percent, period.min_temperature_c, period.max_temperature_c) == (None, None, None)


def test_a_broken_location_costs_only_itself() -> None:
    """Locations without a name or a time are counted, the others are read."""
    broken = [{}, {**LOCATION, "locationName": ""}, {"locationName": "乙", "weatherElement": [{"time": [{}]}]}]
    parsed = parse({"records": {"location": [LOCATION, *broken]}})
    assert (len(parsed.records), parsed.skipped) == (1, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy</html>",
        b"[]",
        b"{}",
        b'{"success": "false", "records": {"location": []}}',
        b'{"message": "Not Found"}',
        b'{"records": []}',
        b'{"records": {"location": []}}',
        b'{"records": {"location": [{"locationName": "x"}]}}',
        b'{"cwaopendata": null}',
        b'{"cwaopendata": {"Dataset": "' + b"x" * 100 + b'"}}',
        b'{"records": {"a": ' + b"[" * 200 + b"]" * 200 + b"}}",
    ],
)
def test_another_document_is_refused(content: bytes) -> None:
    """A failed request or another data set is a fault, not a week without weather."""
    with pytest.raises(FeedMalformed):
        parse(content)


@real
def test_the_real_outlook_reads_as_a_person_reads_it() -> None:
    """Probabilities and ranges stay as they are written, by region and month."""
    parsed = parse_cwa_outlook((REAL / "F-A0013-002.json").read_bytes(), ZONE)
    first = parsed.records[0]
    assert (first.region, first.element, first.month) == ("北部", "平均氣溫機率預報", date(2023, 6, 1))
    assert (first.value, first.unit) == ("20:50:30", "%")
    assert {record.region for record in parsed.records} == {"北部", "中部", "南部", "東部"}
    assert (len(parsed.records), parsed.skipped) == (48, 0)


@real
def test_an_outlook_is_no_forecast_and_the_reverse() -> None:
    """Each parser refuses the other's data set."""
    with pytest.raises(FeedMalformed):
        parse((REAL / "F-A0013-002.json").read_bytes())
    with pytest.raises(FeedMalformed):
        parse_cwa_outlook((REAL / "F-C0032-001.json").read_bytes(), ZONE)


@real
@pytest.mark.parametrize("name", ["F-C0032-001.json", "F-A0013-002.json"])
def test_broken_bytes_are_refused(name: str) -> None:
    """A cut document never gives a part of a forecast."""
    content = (REAL / name).read_bytes()
    reader = parse if name.startswith("F-C") else (lambda cut: parse_cwa_outlook(cut, ZONE))
    read_all(reader, noise(content))
    assert set(read_all(reader, cuts(content))) == {None}


def test_wrong_types_are_survived() -> None:
    """Whatever stands in a field, the parsers answer or refuse."""
    outlook = {
        "dataset": {
            "weatherElement": [
                {"elementName": "a", "location": [{"locationName": "b", "time": [{"dataTime": "2023/06"}]}]}
            ]
        }
    }
    read_all(lambda content: parse_cwa_outlook(content, ZONE), wrong_values({"cwbopendata": outlook}))
    assert len(read_all(parse, wrong_values(REST))) == 400


def test_the_service_is_asked_with_its_key_and_the_citys_parameters(publisher: City, source: FeedSource) -> None:
    """The city narrows what is sent; the key goes along."""
    publisher.pages["/feed?locationName=%E6%9F%90%E5%B8%82&Authorization=abc"] = Page(json.dumps(REST).encode())
    source = replace(source, key=SecretStr("abc"), options={"params": {"locationName": "某市"}})

    async def run() -> Parsed[ForecastPeriod]:
        async with Fetcher() as fetcher:
            with pytest.raises(FeedMalformed):
                await read_outlook(fetcher, source, ZONE)
            return await read_cwa_forecast(fetcher, source, ZONE)

    parsed = asyncio.run(run())
    assert (parsed.records, parsed.fetched_at is not None) == (parse(REST).records, True)
