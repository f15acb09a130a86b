"""The weather at a place: what the nearest stations measure now, and the forecast of its district for a time."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from assistant.feeds.base import Parsed
from assistant.feeds.cwa import (
    ForecastPeriod,
    Observation,
    fetch_cwa,
    parse_cwa_forecast,
    parse_cwa_observations,
)
from assistant.places import Place
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool
from assistant.tools.several import PATIENCE_S, Part, all_failed, ask_part
from assistant.tools.stock import read_once
from assistant.tools.texts import say
from assistant.tools.weather_ahead import forecast_ahead
from assistant.tools.weather_now import TEXTS, Section, rain_now, weather_now
from assistant.tools.whereabouts import Whereabouts, asked_where, districts, find_district

_COMING = timedelta(hours=12)
_ONE_DAY = timedelta(hours=24)
_BY_HOURS = timedelta(hours=60)  # the forecast by hours is for three days
_LEAST_S = 0.5
_ASKS_RAIN = re.compile(r"雨|傘|\brain|umbrella|\bwet\b|shower", re.IGNORECASE)
_ASKS_UV = re.compile(r"紫外線|防曬|\buv\b|sunscreen|sunburn", re.IGNORECASE)
_ASKS_SEA = re.compile(r"浪|潮汐|漲潮|退潮|海象|海況|\bwaves?\b|\btides?\b|\bsurf|\bswell|sea condition", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The time that is asked about.

    Attributes:
        now: whether it is now, so that what stations measure answers too.
        by_day: whether whole days are asked.
    """

    begins: datetime
    ends: datetime
    now: bool
    by_day: bool


async def answer(request: Request, desk: Desk) -> Finding:
    """Now and the coming hours, or the forecast for the time that was named, of a place or the whole city.

    Raises:
        FeedError: never; what each feed lacks is said.
    """
    where = asked_where(request, desk)
    if isinstance(where, Finding):
        return where
    asked = _asked_time(request, desk.city.timezone)
    if asked.ends <= request.now and not asked.now:
        return Finding((Line(say(TEXTS, "past", request.lang)),), status=Status.NO_EVIDENCE)
    home = _forecast_district(where, request, desk)
    forecasts, measured = await _ask(request, desk, asked)
    parts: list[Part[Any]] = [*forecasts, *measured]
    if all(part.fault for part in parts):
        return all_failed(parts, request)
    sections = [forecast_ahead(request, desk, forecasts, where, home, (asked.begins, asked.ends), asked.by_day)]
    if measured:
        point = where.point or home.point
        now = weather_now(request, measured[0], point, where.name, desk.gazetteer)
        rain = rain_now(request, measured[1], point, desk.gazetteer)
        sections = [rain, *sections, now] if _ASKS_RAIN.search(request.arguments.text) else [now, rain, *sections]
    return _finding(request, sections)


async def _ask(
    request: Request, desk: Desk, asked: Asked
) -> tuple[list[Part[Parsed[ForecastPeriod]]], list[Part[Parsed[Observation]]]]:
    """The forecasts that are needed, and for now what stations and gauges measure."""
    measured = ("observations", "rain") if asked.now else ()
    read = read_once(desk, fetch_cwa, parse_cwa_observations)
    forecasts, observations = await asyncio.gather(
        _forecasts(request, desk, asked),
        asyncio.gather(*(ask_part(request, desk, part, read) for part in measured)),
    )
    return forecasts, list(observations)


async def _forecasts(request: Request, desk: Desk, asked: Asked) -> list[Part[Parsed[ForecastPeriod]]]:
    """The forecast by hours or by half-days; the other one too where the first fails or ends too early."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    read = read_once(desk, fetch_cwa, parse_cwa_forecast)
    fine = not asked.by_day and asked.ends - request.now <= _BY_HOURS
    first, second = ("hours", "forecast") if fine else ("forecast", "hours")
    found = [await ask_part(request, desk, first, read)]
    left_s = PATIENCE_S - (loop.time() - begun)
    lacking = found[0].fault or (fine and not _reaches(found[0], asked.ends))
    if lacking and left_s > _LEAST_S:
        found.append(await ask_part(request, desk, second, read, left_s))
    return found


def _reaches(part: Part[Parsed[ForecastPeriod]], ends: datetime) -> bool:
    return any(one.end and one.end >= ends for one in part.answer.records) if part.answer else False


def _asked_time(request: Request, zone: tzinfo) -> Asked:
    moment, now = request.arguments.moment, request.now
    if moment is None:
        return Asked(now, now + _COMING, now=True, by_day=False)
    begins, ends = moment.span(zone)
    from_now = max(begins, now)
    covers_now = begins <= now < ends
    short = ends - from_now <= _ONE_DAY
    by_day = not short or (moment.begins is None and not covers_now)
    return Asked(from_now if covers_now else begins, ends, now=covers_now and short, by_day=by_day)


def _forecast_district(where: Whereabouts, request: Request, desk: Desk) -> Place:
    """The district whose forecast is told: of the whole city the one that the service's option `district` names."""
    named = where.district or str(request.service.options.get("district", ""))
    return find_district(named, desk.gazetteer) or next(iter(districts(desk.gazetteer)))


def _finding(request: Request, sections: Sequence[Section]) -> Finding:
    lines: list[Line] = []
    readings: list[Reading] = []
    for section in sections:
        place = len(readings) if section.reading else -1
        lines += [Line(text, place) for text in section.texts]
        readings += [section.reading] if section.reading else []
    known = any(reading.data.get("uv") is not None for reading in readings)
    statuses = {section.status for section in sections}
    for key, asks, answered in (("no_uv", _ASKS_UV, known), ("no_sea", _ASKS_SEA, False)):
        if asks.search(request.arguments.text) and not answered:
            lines.append(Line(say(TEXTS, key, request.lang)))
            statuses.add(Status.NO_EVIDENCE)
    status = next(iter(statuses)) if len(statuses) == 1 else Status.PARTIAL
    return Finding(tuple(lines), tuple(readings), status)


TOOL = Tool(answer)
