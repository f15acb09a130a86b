"""Weather forecasts and the three-month outlook of Taiwan's Central Weather Administration."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.cwa_envelope import STANDARD, Bulletin, fetch_cwa, one_or_many, open_bulletin, plain
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import within
from assistant.feeds.values import malformed, members, moment, text

_MONTH = re.compile(r"(\d{4})[/-](\d{1,2})", re.ASCII)
_OLDER_NAMES = {
    "t": "temperature",
    "mint": "mintemperature",
    "maxt": "maxtemperature",
    "at": "apparenttemperature",
    "minat": "minapparenttemperature",
    "maxat": "maxapparenttemperature",
    "rh": "relativehumidity",
    "pop": "probabilityofprecipitation",
    "pop6h": "probabilityofprecipitation",
    "pop12h": "probabilityofprecipitation",
    "ws": "windspeed",
    "wd": "winddirection",
    "uvi": "uvindex",
    "wx": "weather",
}
_SECOND_VALUES = {"weather": "weathercode", "windspeed": "beaufortscale"}


@dataclass(frozen=True, slots=True)
class ForecastPeriod:
    """The forecast of one area for one period; None and "" for what the data set does not say.

    Attributes:
        area: a county or district, as published.
        geocode: of the area, 8 digits; empty in the 36-hour forecast.
        end: None where the forecast is for a moment.
        weather: in words; `weather_code` is its number in the administration's list.
        beaufort: the force of the wind, as published: "3", "<= 1".
        issued_at: when the forecast was made; None where the service does not say.
    """

    area: str
    geocode: str
    place: Point | None
    start: datetime
    end: datetime | None
    weather: str
    weather_code: str
    rain_percent: float | None
    temperature_c: float | None
    min_temperature_c: float | None
    max_temperature_c: float | None
    feels_like_c: float | None
    min_feels_like_c: float | None
    max_feels_like_c: float | None
    humidity_percent: float | None
    wind_speed_m_s: float | None
    wind_from: str
    beaufort: str
    uv_index: float | None
    comfort: str
    description: str
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One statement of the three-month outlook: `value` stays as published, such as 20:50:30 (below, near, above)."""

    region: str
    element: str
    month: date
    value: str
    unit: str
    issued_at: datetime | None


def parse_cwa_forecast(content: bytes, zone: tzinfo) -> Parsed[ForecastPeriod]:
    """Read F-C0032-001 (36 hours) or one of F-D0047 (districts and counties), times without offset in `zone`.

    Raises:
        FeedMalformed: it is no such data set.
    """
    bulletin = open_bulletin(content, zone)
    locations = list(_locations(bulletin.body))
    if not locations:
        raise malformed(STANDARD, "it forecasts for no location")
    found = [(location, list(_periods(location, bulletin, zone))) for location in locations]
    periods = tuple(period for _, periods in found for period in periods)
    if not periods:
        raise malformed(STANDARD, "none of its locations has a name and a forecast")
    return Parsed(periods, sum(not periods for _, periods in found))


def parse_cwa_outlook(content: bytes, zone: tzinfo) -> Parsed[Outlook]:
    """Read F-A0013-002, the outlook for the next three months by region.

    Raises:
        FeedMalformed: it is no such data set.
    """
    bulletin = open_bulletin(content, zone)
    rows = [
        (element, location, time)
        for element in one_or_many(bulletin.body.get("weatherelement"))
        for location in one_or_many(element.get("location"))
        for time in one_or_many(location.get("time"))
    ]
    found = [_outlook(*row, bulletin.sent_at) for row in rows]
    if not any(found):
        raise malformed(STANDARD, "it has no outlook by region and month")
    return Parsed(tuple(one for one in found if one), found.count(None))


async def read_cwa_forecast(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[ForecastPeriod]:
    """Fetch and read a forecast.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetch_cwa(fetcher, source)
    return replace(parse_cwa_forecast(fetched.content, zone), fetched_at=fetched.fetched_at)


async def read_cwa_outlook(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[Outlook]:
    """Fetch and read the outlook.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetch_cwa(fetcher, source)
    return replace(parse_cwa_outlook(fetched.content, zone), fetched_at=fetched.fetched_at)


def _locations(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from one_or_many(body.get("location"))
    for group in one_or_many(body.get("locations")):
        yield from one_or_many(group.get("location"))


def _periods(location: Mapping[str, Any], bulletin: Bulletin, zone: tzinfo) -> Iterator[ForecastPeriod]:
    """The elements of a location, which are published one after the other, as periods in order of time."""
    area = text(location.get("locationname"))
    times: dict[tuple[datetime, datetime | None], dict[str, object]] = {}
    for element in one_or_many(location.get("weatherelement")):
        name = text(element.get("elementname")).lower()
        for time in one_or_many(element.get("time")):
            start = moment(time.get("starttime", time.get("datatime")), zone)
            end = moment(time.get("endtime"), zone)
            if start and area and (end is None) == ("endtime" not in time) and (end is None or start < end):
                times.setdefault((start, end), {}).update(_values(_OLDER_NAMES.get(name, name), time))
    issued = moment(members(bulletin.body.get("datasetinfo")).get("issuetime"), zone) or bulletin.sent_at
    for (start, end), values in sorted(times.items(), key=lambda item: (item[0][0], item[0][1] or item[0][0])):
        yield _period(location, start, end, values, issued)


def _values(name: str, time: Mapping[str, Any]) -> dict[str, object]:
    """The values of an element by the names that the newest generation gives them."""
    if "parameter" in time:
        parameter = members(time["parameter"])
        return {name: parameter.get("parametername"), _SECOND_VALUES.get(name, ""): parameter.get("parametervalue")}
    values = one_or_many(time.get("elementvalue"))
    if any("value" in value for value in values):
        names = [name, _SECOND_VALUES.get(name, "")]
        return {known: value.get("value") for known, value in zip(names, values, strict=False) if known}
    return {known: value for each in values for known, value in each.items()}


def _period(
    location: Mapping[str, Any],
    start: datetime,
    end: datetime | None,
    values: Mapping[str, object],
    issued: datetime | None,
) -> ForecastPeriod:
    def degrees(name: str) -> float | None:
        return within(values.get(name), -60, 70)

    return ForecastPeriod(
        area=text(location.get("locationname")),
        geocode=text(location.get("geocode")),
        place=parse_point(
            location.get("latitude", location.get("lat")), location.get("longitude", location.get("lon"))
        ),
        start=start,
        end=end,
        weather=text(values.get("weather")),
        weather_code=text(values.get("weathercode")),
        rain_percent=within(values.get("probabilityofprecipitation"), 0, 100),
        temperature_c=degrees("temperature"),
        min_temperature_c=degrees("mintemperature"),
        max_temperature_c=degrees("maxtemperature"),
        feels_like_c=degrees("apparenttemperature"),
        min_feels_like_c=degrees("minapparenttemperature"),
        max_feels_like_c=degrees("maxapparenttemperature"),
        humidity_percent=within(values.get("relativehumidity"), 0, 100),
        wind_speed_m_s=within(values.get("windspeed"), 0, 120),
        wind_from=text(values.get("winddirection")),
        beaufort=text(values.get("beaufortscale")),
        uv_index=within(values.get("uvindex"), 0, 25),
        comfort=text(values.get("ci")),
        description=text(values.get("weatherdescription")),
        issued_at=issued,
    )


def _outlook(
    element: Mapping[str, Any], location: Mapping[str, Any], time: Mapping[str, Any], issued: datetime | None
) -> Outlook | None:
    said = members(time.get("elementvalue"))
    region, name, value = text(location.get("locationname")), text(element.get("elementname")), plain(said)
    month = _MONTH.fullmatch(text(time.get("datatime")))
    if not (region and name and text(value) and month and 1 <= int(month[2]) <= 12 and int(month[1])):
        return None
    return Outlook(region, name, date(int(month[1]), int(month[2]), 1), text(value), text(said.get("measures")), issued)
