"""The latest significant earthquakes: when, where, how strong, and how strongly they were felt in the city."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.feeds.cwa import Earthquake, read_cwa_earthquakes
from assistant.moments import Moment, named_moment
from assistant.schema import Status
from assistant.text import squeeze
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.dates import day_words, had_at, span_words
from assistant.tools.sensors import plain
from assistant.tools.texts import clock, quoted, say
from assistant.tools.whereabouts import city_name

_TEXTS = "earthquakes"
_MOST, _MOST_LATEST = 5, 3
_JUST_NOW = timedelta(hours=1)
_INTENSITY = re.compile(r"(\d)\s*(?:級)?\s*([弱強])?\s*級?")
_SUFFIX = {"弱": "level_weak", "強": "level_strong", None: "level"}


async def answer(request: Request, desk: Desk) -> Finding:
    """The latest ones, or those of the days that the question names.

    Raises:
        FeedError: the reports cannot be had or read.
    """
    source = desk.source(request.service, "earthquakes")
    parsed = await read_cwa_earthquakes(desk.fetcher, source, desk.city.timezone)
    as_of = had_at(request, parsed.fetched_at)
    quakes = [one for one in parsed.records if one.origin_at <= request.now]
    days = _asked_days(request)
    head, told = _of_days(request, quakes, days) if days else _latest(request, quakes)
    data: dict[str, object] = {
        "as_of": clock(as_of, request),
        "asked": _asked_words(request, days) if days else "",
        "count": len(told),
        "oldest": clock(quakes[-1].origin_at, request) if quakes else "",
        "skipped": parsed.skipped,
        "earthquakes": [_as_data(request, desk, one) for one in told],
    }
    reading = reading_of(request, source, data, observed_at=as_of)
    texts = [say(_TEXTS, key, request.lang, time=data["as_of"], days=data["asked"], count=len(told)) for key in head]
    texts += [_said(request, desk, one) for one in told[:_MOST]]
    complete = not parsed.skipped and not reading.stale
    if days and quakes and _begins_before(days, quakes[-1]):
        texts.append(say(_TEXTS, "begins", request.lang, time=data["oldest"]))
        complete = False
    if parsed.skipped:
        texts.append(say(_TEXTS, "skipped", request.lang, count=parsed.skipped))
    status = Status.NO_EVIDENCE if not quakes else Status.ANSWERED if complete else Status.PARTIAL
    return Finding(tuple(Line(text, 0) for text in texts), (reading,), status)


def _asked_days(request: Request) -> Moment | None:
    """The time that the question names, as far as it has come; None where it names none or a later one."""
    moment = request.arguments.moment or named_moment(request.arguments.text, request.now)
    if moment is None or _span(request, moment)[0] > request.now:
        return None
    return replace(moment, last=min(moment.last, request.now.date()))


def _latest(request: Request, quakes: Sequence[Earthquake]) -> tuple[list[str], list[Earthquake]]:
    """The newest ones; said first where none of them was just now."""
    if not quakes:
        return ["none"], []
    recent = request.now - quakes[0].origin_at <= _JUST_NOW
    return [] if recent else ["quiet", "latest"], list(quakes[:_MOST_LATEST])


def _of_days(request: Request, quakes: Sequence[Earthquake], days: Moment) -> tuple[list[str], list[Earthquake]]:
    """Those of the time that was named, else the newest one."""
    begins, ends = _span(request, days)
    found = [one for one in quakes if begins <= one.origin_at < ends]
    if found:
        return ["count"], found
    return (["no_count", "latest"], list(quakes[:1])) if quakes else (["none"], [])


def _span(request: Request, days: Moment) -> tuple[datetime, datetime]:
    """The time that is meant; a clock time is meant with an hour around it."""
    zone = request.now.tzinfo
    assert zone is not None
    begins, ends = days.span(zone)
    return (begins - _JUST_NOW, ends + _JUST_NOW) if days.is_instant else (begins, ends)


def _asked_words(request: Request, days: Moment) -> str:
    if days.begins and days.ends:
        return span_words(days.begins, days.ends, request)
    first = day_words(days.first, request)
    return first if days.last == days.first else f"{first}–{day_words(days.last, request)}"


def _begins_before(days: Moment, oldest: Earthquake) -> bool:
    return days.first < oldest.origin_at.date()


def _said(request: Request, desk: Desk, quake: Earthquake) -> str:
    values = _as_data(request, desk, quake)
    parts = []
    for key in ("magnitude", "depth"):
        if values[key] is not None:
            parts.append(say(_TEXTS, key, request.lang, value=values[key]))
    city = city_name(desk, request.lang)
    felt = values["felt"]
    parts.append(say(_TEXTS, "felt" if felt else "not_felt", request.lang, city=city, intensity=felt))
    if values["strongest"] and values["strongest_in"] != desk.city.name["zh-TW"]:
        said = {"intensity": values["strongest"], "county": values["strongest_in"]}
        parts.append(say(_TEXTS, "strongest", request.lang, **said))
    joined = ("，" if request.lang == "zh-TW" else ", ").join(parts)
    return say(_TEXTS, "quake", request.lang, when=values["when"], where=values["where"], parts=joined)


def _as_data(request: Request, desk: Desk, quake: Earthquake) -> dict[str, object]:
    city = squeeze(desk.city.name["zh-TW"])
    felt = next((said for county, said in quake.intensities.items() if squeeze(county) == city), "")
    county, strongest = max(quake.intensities.items(), key=lambda pair: _rank(pair[1]), default=("", ""))
    point = quake.epicentre
    return {
        "when": clock(quake.origin_at, request),
        "origin_at": quake.origin_at.isoformat(),
        "where": quoted(quake.where, 60) or say(_TEXTS, "somewhere", request.lang),
        "magnitude": plain(quake.magnitude) if quake.magnitude is not None else None,
        "depth": plain(quake.depth_km) if quake.depth_km is not None else None,
        "felt": _intensity(felt, request),
        "strongest": _intensity(strongest, request),
        "strongest_in": quoted(county, 20),
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
        "url": quake.url if quake.url.startswith("https://") else "",
    }


def _rank(intensity: str) -> tuple[int, int]:
    """Intensities in order: 4, 5 lower, 5 upper, 6 lower."""
    found = _INTENSITY.match(intensity)
    return (int(found[1]), {"弱": 0, None: 1, "強": 2}[found[2]]) if found else (-1, 0)


def _intensity(intensity: str, request: Request) -> str:
    """An intensity in the answer's language; as published where it is of another form."""
    found = _INTENSITY.fullmatch(intensity)
    if not found:
        return quoted(intensity, 10)
    return say(_TEXTS, _SUFFIX[found[2]], request.lang, number=found[1])


TOOL = Tool(answer)
