"""Air quality: every value is the publisher's, or missing."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.moenv_aqi import AirQuality, parse_moenv_aqi, read_moenv_aqi
from tests.feeds.hostile import SHARED, cuts, noise, read_all, wrong_values
from tests.indexing.loopback import City, Page

ZONE = ZoneInfo("Asia/Taipei")
REAL = SHARED / "d13_tw_moenv_aqi"
ROW = {
    "﻿sitename": "測站",
    "county": "某市",
    "aqi": "61",
    "pollutant": "臭氧八小時",
    "status": "普通",
    "pm2.5": "12",
    "o3_8hr": "",
    "wind_speed": "-",
    "wind_direc": "31",
    "publishtime": "2024/10/08 16:00:00",
    "longitude": "121.68",
    "latitude": "25.17",
    "siteid": "3",
}

real = pytest.mark.skipif(not REAL.exists(), reason="real payloads are not at hand")


def parse(content: bytes) -> Parsed[AirQuality]:
    return parse_moenv_aqi(content, ZONE)


def one(**changes: object) -> AirQuality:
    return parse(json.dumps([{**ROW, **changes}]).encode()).records[0]


@real
@pytest.mark.parametrize("name", ["aqx_p_432.json", "aqx_p_432.csv"])
def test_a_real_table_reads_as_a_person_reads_it(name: str) -> None:
    """All stations come, JSON and CSV alike, with their values and the hour of the values."""
    parsed = parse((REAL / name).read_bytes())
    found = {record.station: record for record in parsed.records}
    meinong = found["美濃"]
    assert (len(found), parsed.skipped) == (85, 0)
    assert (meinong.county, meinong.aqi, meinong.status, meinong.pm2_5_ug_m3) == ("高雄市", 35, "良好", 10)
    assert meinong.published_at == datetime(2024, 10, 8, 16, tzinfo=ZONE)
    assert meinong.place is not None
    assert meinong.place.lat == 22.883583


@real
def test_real_gaps_stay_gaps() -> None:
    """Empty cells and dashes are unknown, and no pollutant is an empty word."""
    records = parse((REAL / "aqx_p_432.json").read_bytes()).records
    assert sum(record.no2_ppb is None for record in records) == 10
    assert sum(record.wind_speed_m_s is None for record in records) == 4
    assert sum(record.pollutant == "" for record in records) == 72


@pytest.mark.parametrize("name", ["aqi", "pm2.5", "o3_8hr", "wind_speed", "wind_direc", "publishtime", "latitude"])
@pytest.mark.parametrize(
    "value", [None, True, [], {"a": 1}, "", "-", "x", "ND", "９", "1_0", "nan", "1e999", 1e300, 10**30]
)
def test_no_value_is_invented(name: str, value: object) -> None:
    """What is no number or time is None: never 0, never a neighbour's; nor is a number that no instrument gives."""
    fields = {
        "aqi": "aqi",
        "pm2.5": "pm2_5_ug_m3",
        "o3_8hr": "o3_8h_ppb",
        "wind_speed": "wind_speed_m_s",
        "wind_direc": "wind_from_degrees",
        "publishtime": "published_at",
        "latitude": "place",
    }
    assert getattr(one(**{name: value}), fields[name]) is None


def test_an_index_outside_its_scale_is_unknown() -> None:
    """The index of Taiwan ends at 500, and negative codes stand for no value."""
    assert [one(aqi=value).aqi for value in ("-1", "501", "35.5", "500", 0)] == [None, None, None, 500, 0]


def test_the_envelope_of_the_service_is_opened() -> None:
    """The service itself wraps its rows, with or without a byte order mark in their first name."""
    row = {name.removeprefix("﻿"): value for name, value in ROW.items()}
    parsed = parse(json.dumps({"fields": [], "records": [row]}).encode())
    assert [record.station for record in parsed.records] == ["測站"]


def test_a_broken_row_costs_only_itself() -> None:
    """Rows without a station are counted, the others are read."""
    parsed = parse(json.dumps([ROW, {}, None, 3, {"sitename": ""}]).encode())
    assert (len(parsed.records), parsed.skipped) == (1, 4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<html>busy</html>", "HTML"),
        (b'{"success": "false"}', "failed"),
        (b'{"total": 0}', "no list"),
        (b'[{"SiteName": "x"}]', "SiteName"),
        (b"[1, 2]", "none of its 2 rows"),
        (b"plain words", "neither JSON nor a CSV"),
        (b'[{"sitename": NaN}]', "number"),
        ("測站,1".encode("utf-16"), "U"),
    ],
)
def test_what_is_no_such_table_is_said(content: bytes, said: str) -> None:
    """An error page, a renamed column or another document is a fault with its reason, not an empty list."""
    with pytest.raises(FeedMalformed, match=said):
        parse(content)


def test_a_line_with_missing_cells_is_skipped() -> None:
    """A CSV line that was cut cannot shift or halve a value unseen."""
    parsed = parse("sitename,county,aqi\n甲,某市,35\n乙,某市\n丙,某市,40,,\n".encode())
    assert [(record.station, record.aqi) for record in parsed.records] == [("甲", 35), ("丙", 40)]
    assert parsed.skipped == 1


@real
@pytest.mark.parametrize("name", ["aqx_p_432.json", "aqx_p_432.csv"])
def test_broken_bytes_are_refused_or_read_in_part(name: str) -> None:
    """Wherever the document is cut or garbled, nothing but `FeedMalformed` comes out."""
    content = (REAL / name).read_bytes()
    read_all(parse, noise(content))
    results = read_all(parse, cuts(content))
    assert all(len(result.records) < 85 for result in results if result)
    assert name.endswith(".csv") or results == [None] * len(results)


def test_wrong_types_are_survived() -> None:
    """Whatever stands in a field, the parser answers or refuses."""
    assert len(read_all(parse, wrong_values([ROW, ROW]))) == 400


def test_the_service_is_asked_with_its_key(publisher: City, source: FeedSource) -> None:
    """The key goes to the publisher as the parameter that it asks for."""
    publisher.pages["/feed?api_key=abc&limit=1000&format=JSON"] = Page(json.dumps([ROW]).encode())
    source = replace(source, key=SecretStr("abc"))

    async def run() -> Parsed[AirQuality]:
        async with Fetcher() as fetcher:
            return await read_moenv_aqi(fetcher, source, ZONE)

    parsed = asyncio.run(run())
    assert parsed.records == parse(json.dumps([ROW]).encode()).records
    assert parsed.fetched_at is not None


def test_a_refusal_of_the_service_is_passed_on(publisher: City, source: FeedSource) -> None:
    """A wrong key is told as such."""
    publisher.pages["/feed"] = Page(b"denied", 403)

    async def run() -> None:
        async with Fetcher() as fetcher:
            await read_moenv_aqi(fetcher, replace(source, key=None), ZONE)

    with pytest.raises(FeedRefused):
        asyncio.run(run())
