"""The weather that stations near a point measure now, and the rain that fell there."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.feeds.base import FeedSource, Parsed
from assistant.feeds.cwa import Observation
from assistant.feeds.geometry import Point
from assistant.places import Gazetteer
from assistant.schema import Lang, Reading, Status
from assistant.tools.base import Request, fresh_enough, reading_of
from assistant.tools.cwa_words import in_words
from assistant.tools.location import how_far
from assistant.tools.sensors import plain
from assistant.tools.several import Part
from assistant.tools.texts import clock, quoted, say, trouble
from assistant.tools.whereabouts import name_in

TEXTS = "weather"
_NEAR_M = 3000
_STRONG_GUST_M_S = 10.8  # force 6, from which Taiwan's weather administration warns


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the answer: its sentences, the reading that they rest on, and how it ended."""

    texts: tuple[str, ...]
    reading: Reading | None = None
    status: Status = Status.ANSWERED


def weather_now(
    request: Request, part: Part[Parsed[Observation]], point: Point, where: str, gazetteer: Gazetteer
) -> Section:
    """What the nearest station measures that has a temperature; one with current values goes before a nearer one."""
    if part.fault:
        return _failed("without_now", part, request)
    station = _nearest(request, part, point, lambda one: one.temperature_c is not None)
    if station is None:
        return Section((say(TEXTS, "no_stations", request.lang),), status=Status.NO_EVIDENCE)
    data = _placed(request, station, point, gazetteer)
    pieces = [in_words(station.weather, request.lang)] if station.weather else []
    gust = station.gust_m_s if (station.gust_m_s or 0) >= _STRONG_GUST_M_S else None
    values = (
        ("celsius", station.temperature_c),
        ("humidity", station.humidity_percent),
        ("wind", station.wind_speed_m_s),
        ("gust", gust),
        ("uv", station.uv_index),
    )
    for key, value in values:
        if value is not None:
            data[key] = shown = plain(value)
            pieces.append(say(TEXTS, key, request.lang, value=shown, low=shown))
    data["weather"] = quoted(station.weather, 40)
    said = _said(data, "now", pieces, request.lang, where)
    return Section((said,), *_reading(request, part.source, station, data))


def rain_now(request: Request, part: Part[Parsed[Observation]], point: Point, gazetteer: Gazetteer) -> Section:
    """How much rain the nearest gauge measured in the last hour and day, and whether it rains."""
    if part.fault:
        return _failed("without_rain", part, request)
    station = _nearest(request, part, point, lambda one: one.rain_1h_mm is not None)
    if station is None:
        return Section((say(TEXTS, "no_stations", request.lang),), status=Status.NO_EVIDENCE)
    data = _placed(request, station, point, gazetteer)
    pieces = []
    if station.rain_10min_mm is not None:
        data["rain_10min_mm"] = plain(station.rain_10min_mm)
        pieces.append(say(TEXTS, "raining" if station.rain_10min_mm > 0 else "not_raining", request.lang))
    for key, value in (("rain_1h", station.rain_1h_mm), ("rain_24h", station.rain_24h_mm)):
        if value is not None:
            data[f"{key}_mm"] = shown = plain(value)
            pieces.append(say(TEXTS, key, request.lang, value=shown))
    data["hours"] = [1, 24]
    data["minutes"] = 10
    return Section((_said(data, "rain", pieces, request.lang),), *_reading(request, part.source, station, data))


def pieces_joined(pieces: list[str], lang: Lang) -> str:
    """Several things said in a row."""
    return ("，" if lang == "zh-TW" else ", ").join(pieces)


def _said(data: dict[str, object], key: str, pieces: list[str], lang: Lang, where: str = "") -> str:
    far = say(TEXTS, "far", lang, distance=data["far"]) if data["far"] else ""
    parts = pieces_joined(pieces, lang)
    return say(TEXTS, key, lang, where=where, parts=parts, station=data["station"], time=data["time"], far=far)


def _nearest(
    request: Request, part: Part[Parsed[Observation]], point: Point, has: Callable[[Observation], bool]
) -> Observation | None:
    records = part.answer.records if part.answer else ()
    found = [(point.distance_m(one.place), one) for one in records if one.place and has(one)]
    current = [pair for pair in found if fresh_enough(request, part.source, pair[1].observed_at)]
    return min(current or found, key=lambda pair: pair[0], default=(0.0, None))[1]


def _placed(request: Request, station: Observation, point: Point, gazetteer: Gazetteer) -> dict[str, object]:
    """What says where and when it was measured."""
    assert station.place is not None
    distance = point.distance_m(station.place)
    return {
        "station": name_in(station.station, gazetteer, request.lang),
        "town": quoted(station.town, 40),
        "time": clock(station.observed_at, request),
        "far": how_far(distance, request.lang) if distance > _NEAR_M else "",
        "distance_m": round(distance),
        "lat": station.place.lat,
        "lon": station.place.lon,
    }


def _reading(
    request: Request, source: FeedSource, station: Observation, data: dict[str, object]
) -> tuple[Reading, Status]:
    reading = reading_of(request, source, data, observed_at=station.observed_at, place=str(data["station"]))
    fresh = fresh_enough(request, source, station.observed_at)
    return reading, Status.ANSWERED if fresh else Status.PARTIAL


def _failed(key: str, part: Part[Parsed[Observation]], request: Request) -> Section:
    assert part.fault is not None
    said = trouble(part.source, part.fault, request.lang).text
    return Section((say(TEXTS, key, request.lang, trouble=said),), status=Status.FEED_UNAVAILABLE)
