"""Air quality at a place: the nearest station of the environment ministry, and the worst one of the city."""

from assistant.feeds.moenv_aqi import AirQuality, read_moenv_aqi
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.location import located, place_name
from assistant.tools.texts import quoted, say

_TEXTS = "air_quality"
_LEVELS = ((50, "good"), (100, "moderate"), (150, "sensitive"), (200, "unhealthy"), (300, "very_unhealthy"))
_WORST = "hazardous"
_STATIONS_APART_M = 8000.0


async def answer(request: Request, desk: Desk) -> Finding:
    """The index at the station nearest to the place; without a place, of every station from the worst to the best.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "stations")
    parsed = await read_moenv_aqi(desk.fetcher, source, desk.city.timezone)
    city = desk.city.name["zh-TW"]
    stations = [one for one in parsed.records if one.aqi is not None and one.county.startswith(city)]
    if "place" in request.arguments.values:
        place = located(request, "place", within_m=_STATIONS_APART_M)
        if isinstance(place, Finding):
            return place
        stations = sorted((one for one in stations if one.place), key=lambda one: place.point.distance_m(one.place))[:1]  # type: ignore[arg-type]
        near = place_name(place, request.lang)
    else:
        stations.sort(key=lambda one: -(one.aqi or 0))
        near = ""
    if not stations:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    readings = []
    for one in stations:
        data = {"aqi": one.aqi, "level": _level(one), "pm2_5": one.pm2_5_ug_m3, "near": near}
        readings.append(reading_of(request, source, data, observed_at=one.published_at, place=quoted(one.station, 40)))
    lines = tuple(_line(one, near, number, request) for number, one in enumerate(stations))
    fresh = all(fresh_enough(request, source, one.published_at) for one in stations)
    return Finding(lines, tuple(readings), Status.ANSWERED if fresh else Status.PARTIAL)


def _line(one: AirQuality, near: str, number: int, request: Request) -> Line:
    level = say(_TEXTS, _level(one), request.lang)
    values = {"station": quoted(one.station, 40), "aqi": one.aqi, "level": level, "near": near}
    return Line(say(_TEXTS, "near" if near else "station", request.lang, **values), number)


def _level(one: AirQuality) -> str:
    """The level of Taiwan's index (https://airtw.moenv.gov.tw/)."""
    return next((word for most, word in _LEVELS if (one.aqi or 0) <= most), _WORST)


TOOL = Tool(answer)
