"""What weather stations measured, as Taiwan's Central Weather Administration publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa_envelope import STANDARD, fetch_cwa, one_or_many, open_bulletin, plain
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import within
from assistant.feeds.values import malformed, members, moment, parse_each, text

_TRACE = "T"  # rain that wets the gauge and is less than it can measure
_MOST_RAIN_MM = 3000.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What one station measured at `observed_at`; None for what it did not (published as -99, X or nothing).

    Attributes:
        rain_10min_mm, rain_1h_mm, rain_24h_mm: that fell in the time before; a trace counts as 0.
        rain_today_mm: since midnight.
        wind_from_degrees: None also where the direction varies (published as 990).
    """

    station: str
    station_id: str
    county: str
    town: str
    place: Point | None
    observed_at: datetime
    weather: str
    temperature_c: float | None
    humidity_percent: float | None
    pressure_hpa: float | None
    wind_speed_m_s: float | None
    wind_from_degrees: float | None
    gust_m_s: float | None
    uv_index: float | None
    rain_10min_mm: float | None
    rain_1h_mm: float | None
    rain_24h_mm: float | None
    rain_today_mm: float | None


def parse_cwa_observations(content: bytes, zone: tzinfo) -> Parsed[Observation]:
    """Read O-A0001-001, O-A0003-001 (weather) or O-A0002-001 (rain), times without offset in `zone`.

    Raises:
        FeedMalformed: it is no such data set.
    """
    body = open_bulletin(content, zone).body
    newer, older = one_or_many(body.get("station")), one_or_many(body.get("location"))
    if "station" not in body and "location" not in body:
        raise malformed(STANDARD, "it has no stations")
    rows = [*newer, *(_renamed(row) for row in older)]
    parsed = parse_each(rows, lambda row: _observation(row, zone))
    if rows and not parsed.records:
        raise malformed(STANDARD, "none of its stations has a name, a time and a measurement")
    return parsed


async def read_cwa_observations(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[Observation]:
    """Fetch and read the observations.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetch_cwa(fetcher, source)
    return replace(parse_cwa_observations(fetched.content, zone), fetched_at=fetched.fetched_at)


def _observation(row: Mapping[str, Any], zone: tzinfo) -> Observation | None:
    station, geo = text(row.get("stationname")), members(row.get("geoinfo"))
    observed_at = moment(members(row.get("obstime")).get("datetime"), zone)
    measured = {**members(row.get("weatherelement")), **members(row.get("rainfallelement"))}
    if not station or not observed_at or not measured:
        return None
    return Observation(
        station=station,
        station_id=text(row.get("stationid")),
        county=text(geo.get("countyname")),
        town=text(geo.get("townname")),
        place=_place(geo.get("coordinates")),
        observed_at=observed_at,
        weather=_words(measured.get("weather")),
        temperature_c=within(measured.get("airtemperature"), -60, 60),
        humidity_percent=within(measured.get("relativehumidity"), 0, 100),
        pressure_hpa=within(measured.get("airpressure"), 400, 1100),
        wind_speed_m_s=within(measured.get("windspeed"), 0, 120),
        wind_from_degrees=within(measured.get("winddirection"), 0, 360),
        gust_m_s=within(members(measured.get("gustinfo")).get("peakgustspeed"), 0, 150),
        uv_index=within(measured.get("uvindex"), 0, 25),
        rain_10min_mm=_rain_mm(measured.get("past10min")),
        rain_1h_mm=_rain_mm(measured.get("past1hr")),
        rain_24h_mm=_rain_mm(measured.get("past24hr")),
        rain_today_mm=_rain_mm(measured.get("now")),
    )


def _place(coordinates: object) -> Point | None:
    """The point on WGS 84; the older datum TWD67 lies 800 m off and is not used."""
    named = {text(one.get("coordinatename")).upper(): one for one in one_or_many(coordinates)}
    found = named.get("WGS84", {})
    return parse_point(found.get("stationlatitude"), found.get("stationlongitude"))


def _words(value: object) -> str:
    said = text(value)
    return "" if said.startswith("-") else said


def _rain_mm(value: object) -> float | None:
    amount = members(value).get("precipitation")
    return 0.0 if text(amount) == _TRACE else within(amount, 0, _MOST_RAIN_MM)


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A station of the first generation (to 2023) under the names of the second."""
    values = {text(one.get("elementname")): plain(one.get("elementvalue")) for one in _elements(row)}
    told = {text(one.get("parametername")): one.get("parametervalue") for one in one_or_many(row.get("parameter"))}
    share = within(values.get("HUMD"), 0, 1)  # published from 0 to 1
    humidity = None if share is None else round(share * 100, 1)
    return {
        "stationname": row.get("locationname"),
        "stationid": row.get("stationid"),
        "obstime": {"datetime": members(row.get("time")).get("obstime")},
        "geoinfo": {
            "countyname": told.get("CITY"),
            "townname": told.get("TOWN"),
            "coordinates": _first_datum(row),
        },
        "weatherelement": {
            "weather": values.get("Weather"),
            "airtemperature": values.get("TEMP"),
            "relativehumidity": humidity,
            "airpressure": values.get("PRES"),
            "windspeed": values.get("WDSD"),
            "winddirection": values.get("WDIR"),
            "past10min": {"precipitation": values.get("MIN_10")},
            "past1hr": {"precipitation": values.get("RAIN")},
            "past24hr": {"precipitation": values.get("HOUR_24")},
            "now": {"precipitation": values.get("24R", values.get("NOW"))},
        }
        if values
        else {},
    }


def _elements(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return one_or_many(row.get("weatherelement"))


def _first_datum(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The point on WGS 84, which the first generation calls lat_wgs84 where it has both."""
    latitude, longitude = row.get("lat_wgs84"), row.get("lon_wgs84")
    return [{"coordinatename": "WGS84", "stationlatitude": latitude, "stationlongitude": longitude}]
