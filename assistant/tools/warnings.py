"""Warnings in force for the city or a place in it: those of the weather administration and of all other offices."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.feeds.cap import read_cap
from assistant.feeds.cwa import read_cwa_warnings
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool
from assistant.tools.hazards import Hazard, hazards_named
from assistant.tools.heard import Entry, Heard
from assistant.tools.public_alerts import hear_alerts
from assistant.tools.several import all_failed, ask_part
from assistant.tools.texts import listed, say
from assistant.tools.weather_warnings import TEXTS, hear_weather
from assistant.tools.whereabouts import Whereabouts, asked_where, city_name

_MOST, _MOST_OTHERS = 5, 3


async def answer(request: Request, desk: Desk) -> Finding:
    """What is in force, of the kind that is asked first, then the most severe; "none" only where that is known.

    Raises:
        FeedError: never; what each feed lacks is said.
    """
    where = asked_where(request, desk)
    if isinstance(where, Finding):
        return where
    weather, alerts = await asyncio.gather(
        ask_part(request, desk, "warnings", read_cwa_warnings), ask_part(request, desk, "alerts", read_cap)
    )
    if weather.fault and alerts.fault:
        return all_failed((weather, alerts), request)
    heard = [hear_weather(request, desk, weather, where), hear_alerts(request, desk, alerts, where)]
    return _finding(request, desk, where, heard)


def _finding(request: Request, desk: Desk, where: Whereabouts, heard: Sequence[Heard]) -> Finding:
    readings = tuple(_with_count(one.reading, heard) for one in heard if one.reading)
    places = {id(one): place for place, one in enumerate(one for one in heard if one.reading)}
    kinds = hazards_named(request.arguments.text)
    entries = [(entry, places[id(one)]) for one in heard for entry in one.entries]
    entries.sort(key=lambda pair: (not any(kind.is_in(pair[0].about) for kind in kinds), pair[0].rank))
    usable = [(one.reading.observed_at, places[id(one)], one) for one in heard if one.usable and one.reading]
    lines = []
    if usable:
        oldest = min(usable, key=lambda found: found[:2])
        said = {"time": str(readings[oldest[1]].data["as_of"]), "where": where.name}
        known = all(one.usable and not one.notes for one in heard)
        lines += _head(request, said, known, [entry for entry, _ in entries], kinds, oldest[1])
    matched = any(kind.is_in(entry.about) for kind in kinds for entry, _ in entries)
    most = _MOST if matched or not kinds else _MOST_OTHERS
    lines += [Line(entry.text, place) for entry, place in entries[:most]]
    lines += _rest(request, desk, where, heard, places, [entry for entry, _ in entries[most:]])
    for one in heard:
        lines += [Line(note, places.get(id(one), -1)) for note in one.notes]
    complete = all(one.usable and not one.notes for one in heard)
    status = Status.ANSWERED if complete else Status.PARTIAL if usable else Status.NO_EVIDENCE
    return Finding(tuple(lines), readings, status)


def _head(
    request: Request,
    said: Mapping[str, str],
    known: bool,
    entries: Sequence[Entry],
    kinds: Sequence[Hazard],
    place: int,
) -> list[Line]:
    """What answers the question at once: none of the kind that is asked, how many there are, or none at all.

    Args:
        said: of when it is and of where.
        known: whether every publisher was heard and nothing is missing.
        place: the place of the oldest reading.
    """
    lines = []
    missing = [kind for kind in kinds if not any(kind.is_in(entry.about) for entry in entries)]
    if missing:
        names = listed((kind.name[request.lang] for kind in missing), request.lang)
        key = "none_of_kind" if known else "none_of_kind_seen"
        lines.append(Line(say(TEXTS, key, request.lang, kind=names, **said), place))
    count = sum(len(entry.names) for entry in entries)
    if count:
        key = "one" if count == 1 else "count"
        lines.append(Line(say(TEXTS, key, request.lang, count=count, **said)))
    elif not missing:
        lines.append(Line(say(TEXTS, "none" if known else "none_seen", request.lang, **said), place))
    return lines


def _rest(
    request: Request,
    desk: Desk,
    where: Whereabouts,
    heard: Sequence[Heard],
    places: dict[int, int],
    untold: Sequence[Entry],
) -> list[Line]:
    """What is not told in full: further warnings, those of other parts, exercises, and who else has none."""
    lines = []
    if untold:
        names = listed(dict.fromkeys(name for entry in untold for name in entry.names), request.lang)
        lines.append(Line(say(TEXTS, "more", request.lang, names=names)))
    for number, one in enumerate(heard):
        place = places.get(id(one), -1)
        if one.elsewhere:
            names = listed(dict.fromkeys(one.elsewhere), request.lang)
            values = {"city": city_name(desk, request.lang), "count": len(one.elsewhere), "names": names}
            lines.append(Line(say(TEXTS, "elsewhere", request.lang, **values), place))
        lines += [Line(text, place) for text in one.also]
        if number and one.usable and not one.entries and not one.notes and heard[0].usable:
            lines.append(Line(say(TEXTS, "none_from", request.lang, publisher=one.publisher, where=where.name), place))
    return lines


def _with_count(reading: Reading, heard: Sequence[Heard]) -> Reading:
    """The reading, which also holds how many warnings there are in all."""
    count = sum(len(entry.names) for one in heard for entry in one.entries)
    return replace(reading, data={**reading.data, "count": count})


TOOL = Tool(answer)
