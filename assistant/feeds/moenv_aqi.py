"""Air quality by station, as Taiwan's Ministry of Environment publishes it (data set aqx_p_432, JSON and CSV)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import parse_rows, rows_of, within
from assistant.feeds.values import moment, text, whole

STANDARD = "MOENV air quality"
_MOST_STATIONS = 1000
_MOST_OF_ANYTHING = 10_000  # in any of the units below: dust storms stay under it


@dataclass(frozen=True, slots=True)
class AirQuality:
    """What one station measured; None where the publisher gives no usable value.

    Attributes:
        aqi: the index of Taiwan, 0 to 500.
        pollutant: the one that decides the index, in the publisher's words; empty below an index of 51.
        status: the publisher's word for the index, such as 良好.
        published_at: the hour that the values are of.
    """

    station: str
    county: str
    station_id: str
    aqi: int | None
    pollutant: str
    status: str
    pm2_5_ug_m3: float | None
    pm2_5_mean_ug_m3: float | None
    pm10_ug_m3: float | None
    pm10_mean_ug_m3: float | None
    o3_ppb: float | None
    o3_8h_ppb: float | None
    co_ppm: float | None
    so2_ppb: float | None
    no2_ppb: float | None
    wind_speed_m_s: float | None
    wind_from_degrees: float | None
    place: Point | None
    published_at: datetime | None


def parse_moenv_aqi(content: bytes, zone: tzinfo) -> Parsed[AirQuality]:
    """Read data set aqx_p_432 (https://data.moenv.gov.tw/dataset/detail/AQX_P_432); its times are in `zone`.

    Raises:
        FeedMalformed: it is neither JSON nor CSV, or no row names a station.
    """
    rows = rows_of(content, STANDARD)
    return parse_rows(rows, lambda row: _air_quality(row, zone), STANDARD, need="a sitename")


async def read_moenv_aqi(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[AirQuality]:
    """Fetch and read the air quality of all stations.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    params: dict[str, str | int | float] = {}
    if source.key:
        params = {"api_key": source.key.get_secret_value(), "limit": _MOST_STATIONS, "format": "JSON"}
    fetched = await fetcher.get(source, params=params)
    return replace(parse_moenv_aqi(fetched.content, zone), fetched_at=fetched.fetched_at)


def _air_quality(row: Mapping[str, Any], zone: tzinfo) -> AirQuality | None:
    station = text(row.get("sitename"))
    if not station:
        return None
    return AirQuality(
        station=station,
        county=text(row.get("county")),
        station_id=text(row.get("siteid")),
        aqi=_index(row.get("aqi")),
        pollutant=text(row.get("pollutant")),
        status=text(row.get("status")),
        pm2_5_ug_m3=_amount(row.get("pm2.5")),
        pm2_5_mean_ug_m3=_amount(row.get("pm2.5_avg")),
        pm10_ug_m3=_amount(row.get("pm10")),
        pm10_mean_ug_m3=_amount(row.get("pm10_avg")),
        o3_ppb=_amount(row.get("o3")),
        o3_8h_ppb=_amount(row.get("o3_8hr")),
        co_ppm=_amount(row.get("co")),
        so2_ppb=_amount(row.get("so2")),
        no2_ppb=_amount(row.get("no2")),
        wind_speed_m_s=_amount(row.get("wind_speed")),
        wind_from_degrees=_bearing(row.get("wind_direc")),
        place=parse_point(row.get("latitude"), row.get("longitude")),
        published_at=moment(text(row.get("publishtime")).replace("/", "-"), zone),
    )


def _index(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and 0 <= found <= 500 else None


def _amount(value: object) -> float | None:
    """A measured amount; below 0 the publisher's codes for what was not measured begin."""
    return within(value, 0, _MOST_OF_ANYTHING)


def _bearing(value: object) -> float | None:
    return within(value, 0, 360)
