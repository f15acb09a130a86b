"""Traffic near a place or on a road: jams, what happened and road works; of the whole city, the worst."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.geometry import Point
from assistant.places import Place
from assistant.places.place import DISTRICT, ROAD
from assistant.schema import Lang, Reading, Status
from assistant.text import fold, squeeze
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.location import how_far, located, place_name
from assistant.tools.road_names import RoadNames, road_names
from assistant.tools.road_state import (
    FREE,
    LEVELS,
    TEXTS,
    RoadPart,
    RoadRecord,
    read_events,
    read_speeds,
    read_works,
)
from assistant.tools.several import all_failed, ask_part, troubles
from assistant.tools.texts import COMMON, clock, quoted, say
from assistant.tools.whereabouts import is_city

_READERS: Mapping[str, Callable[[Request, Desk], Awaitable[RoadPart]]] = {
    "speeds": read_speeds,
    "events": read_events,
    "works": read_works,
}
_NEAR_M, _DISTRICT_M, _NAMED_M, _NEXT_M = 2000, 3000, 20_000, 5000
_MOST_FIRST, _MOST_OTHER = 3, 2


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is asked about: a road, a place, both, or, where neither, the whole city.

    Attributes:
        label: as the person or the gazetteer calls it.
        point: from where the nearest is counted; None where nobody knows.
        spot: words for a place on the road that the gazetteer lacks.
    """

    label: str
    roads: RoadNames | None
    place: Place | None
    point: Point | None
    spot: str = ""

    @property
    def is_city(self) -> bool:
        """Whether nothing is named."""
        return self.roads is None and self.place is None


async def answer(request: Request, desk: Desk) -> Finding:
    """What the feeds say, with what was asked for first; a feed that fails is said and the others still answer."""
    subject = _subject(request, desk)
    if isinstance(subject, Finding):
        return subject
    named = [name for name in _READERS if name in request.service.feeds]
    asked = await asyncio.gather(
        *(ask_part(request, desk, name, partial(_read, request, desk, name)) for name in named)
    )
    parts = [one.answer for one in asked if one.answer]
    if not parts:
        return all_failed(asked, request)
    faults = troubles(asked, request)
    found = {part.name: _chosen(subject, part.records) for part in parts}
    parts = _in_order(request, parts, found)
    if _is_unknown(request, subject, found):
        text = say(COMMON, "unknown_place", request.lang, words=subject.label)
        return Finding((Line(text),), status=Status.CLARIFY)
    if not faults and _is_nowhere(subject, found):
        text = say(TEXTS, "unknown_road", request.lang, road=subject.label)
        return Finding((Line(text),), status=Status.NO_EVIDENCE)
    elsewhere = _is_elsewhere(subject, found)
    lines = [Line(say(TEXTS, "elsewhere", request.lang, label=subject.label))] if elsewhere else []
    readings: list[Reading] = []
    for place, part in enumerate(parts):
        texts, shown, counts = _told(request, subject, part, found[part.name], is_first=place == 0)
        lines += [Line(text, len(readings)) for text in texts]
        readings.append(_reading(request, subject, part, shown, counts))
    lines += faults
    is_broken = bool(faults or elsewhere) or any(_is_old(request, part) for part in parts)
    status = _status(subject, parts, found, is_broken)
    return Finding(tuple(lines), tuple(readings), status)


def _subject(request: Request, desk: Desk) -> _Subject | Finding:
    """What is asked about; a place that the gazetteer lacks may be the name of a road."""
    values, lang = request.arguments.values, request.lang
    words = values.get("road", "")
    known = [place for place in request.arguments.places.get("road", ()) if place.kind == ROAD]
    place: Place | None = None
    if "place" in values and not is_city(values["place"], desk):
        where = located(request, "place", {DISTRICT}) if request.arguments.places.get("place") else None
        if isinstance(where, Finding):
            return where
        place = where
        if not words and (place is None or place.kind == ROAD):
            words, known, place = values["place"], [place] if place else [], None
    names = [name for one in known for name in one.names]
    roads = road_names([words, *names], _groups(request), desk.gazetteer) if words else None
    spot = values.get("place", "") if roads and not place and "road" in values else ""
    road, where_said = quoted(words, 40), quoted(place_name(place, lang) if place else spot, 40)
    label = say(TEXTS, "road_at", lang, road=road, place=where_said) if road and where_said else road or where_said
    point = place.point if place else known[0].point if len(known) == 1 else None
    return _Subject(label, roads, place, point, spot)


def _groups(request: Request) -> Sequence[Sequence[str]]:
    """The option `roads` of the service: other names of roads that no gazetteer has."""
    groups: Any = request.service.options.get("roads", [])
    if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
        raise CityDataError(
            f"The option “roads” of {request.service.name} is no list of lists.", "Write [[name, ...]]."
        )
    return groups


async def _read(request: Request, desk: Desk, name: str, *_: object) -> RoadPart:
    return await _READERS[name](request, desk)


def _in_order(request: Request, parts: Iterable[RoadPart], found: Mapping[str, Sequence[RoadRecord]]) -> list[RoadPart]:
    """The parts: that which the wording asks for, then accidents and closures where there are any, then the others."""
    text = fold(" ".join((request.arguments.text, *request.arguments.values.values())))

    def is_asked(part: RoadPart) -> bool:
        languages: tuple[Lang, ...] = ("zh-TW", "en")
        words = [word for lang in languages for word in say(TEXTS, f"{part.name}_words", lang).split("|")]
        return any(word in text for word in words)

    return sorted(parts, key=lambda part: (not is_asked(part), not (part.name == "events" and found[part.name])))


def _chosen(subject: _Subject, records: Sequence[RoadRecord]) -> list[RoadRecord]:
    """The records that fit, the nearest first, or the worst first where there is no place to be near to."""
    named = [one for one in records if subject.roads is None or subject.roads.named_in(*one.texts)]
    if subject.place or subject.spot:
        near = [one for one in named if _is_there(subject, one)]
        named = near if near or subject.roads is None else named
    point = subject.point
    if point is None:
        return sorted(named, key=lambda one: -one.worse)
    return sorted(named, key=lambda one: point.distance_m(one.point) if one.point else _NAMED_M)


def _is_there(subject: _Subject, record: RoadRecord) -> bool:
    """Whether a record is of the place that was named, beside a road or alone."""
    if subject.place:
        return _is_near(subject.place, record)
    return squeeze(subject.spot) in squeeze(" ".join(record.texts))


def _is_near(place: Place, record: RoadRecord) -> bool:
    """Whether a record lies near a place, or names it and is not far away."""
    away_m = place.point.distance_m(record.point) if record.point else _NAMED_M
    is_district = place.kind == DISTRICT
    if is_district and record.district:
        return squeeze(record.district) == squeeze(place.name["zh-TW"])
    if away_m <= (_DISTRICT_M if is_district else _NEAR_M):
        return True
    said = squeeze(" ".join(record.texts))
    return away_m <= _NAMED_M and any(squeeze(name) in said for name in place.names if name not in place.weak)


def _is_unknown(request: Request, subject: _Subject, found: Mapping[str, Sequence[RoadRecord]]) -> bool:
    """Whether a place was named that neither the gazetteer nor any record knows."""
    nameless = not subject.is_city and "road" not in request.arguments.values
    return nameless and subject.point is None and not any(found.values())


def _told(
    request: Request, subject: _Subject, part: RoadPart, found: Sequence[RoadRecord], *, is_first: bool
) -> tuple[list[str], list[RoadRecord], dict[str, object]]:
    """The sentences on a part, the records they rest on, and counts that they say."""
    lang, most = request.lang, _MOST_FIRST if is_first else _MOST_OTHER
    counts: dict[str, object] = {"found": len(found), "skipped": part.skipped}
    if part.name == "speeds":
        texts, shown = _speeds(request, subject, part, found[:most], counts)
    else:
        summed = subject.is_city and part.name == "works" and not is_first
        shown = [] if summed else list(found[:most])
        texts = [one.line for one in shown]
        if summed and found:
            texts.append(say(TEXTS, "works_summed", lang, number=len(found)))
        elif len(found) > most:
            counts["more"] = len(found) - most
            texts.append(say(TEXTS, f"more_{part.name}", lang, number=len(found) - most))
        elif not found and not part.skipped and not _is_old(request, part):
            key = f"none_{part.name}_city" if subject.is_city else f"none_{part.name}"
            texts.append(say(TEXTS, key, lang, label=subject.label))
    if part.made_at and _is_old(request, part):
        counts["made_at"] = clock(part.made_at, request)
        texts.append(say(TEXTS, f"old_{part.name}", lang, time=counts["made_at"]))
    if part.skipped:
        texts.append(say(TEXTS, f"skipped_{part.name}", lang, number=part.skipped))
    return texts, shown, counts


def _speeds(
    request: Request,
    subject: _Subject,
    part: RoadPart,
    found: Sequence[RoadRecord],
    counts: dict[str, object],
) -> tuple[list[str], list[RoadRecord]]:
    lang = request.lang
    if subject.is_city:
        return _worst(request, part, len(found), counts)
    if found:
        shown = sorted(found, key=lambda one: one.is_old)
        return [one.line for one in shown], shown
    point = subject.point
    placed = [(point.distance_m(one.point), one) for one in part.records if point and one.point and not one.is_old]
    away_m, nearest = min(placed, key=lambda each: each[0], default=(_NEXT_M + 1, None))
    if nearest and away_m <= _NEXT_M:
        counts["away"] = how_far(away_m, lang)
        text = say(TEXTS, "next_speed", lang, label=subject.label, away=counts["away"], line=nearest.line)
        return [text], [nearest]
    return [say(TEXTS, "none_speeds", lang, label=subject.label)], []


def _worst(
    request: Request, part: RoadPart, most: int, counts: dict[str, object]
) -> tuple[list[str], list[RoadRecord]]:
    """How many sensors see what, and where it is worst; those with old data do not count."""
    lang = request.lang
    current = sorted((one for one in part.records if not one.is_old), key=lambda one: -one.worse)
    by_level = {level: sum(one.data["level"] == level for one in current) for level in (*_LEVEL_NAMES, FREE)}
    counts |= {"sensors": len(current), "old": len(part.records) - len(current), **by_level}
    if not current:
        return [say(TEXTS, "no_sensors", lang)], []
    named = [say(TEXTS, "count", lang, level=say(TEXTS, key, lang), number=n) for key, n in by_level.items() if n]
    joined = say(TEXTS, "joint", lang).join(named)
    texts = [say(TEXTS, "summary", lang, number=len(current), counts=joined)]
    shown = [one for one in current if one.data["level"] != FREE][:most] or current[:1]
    texts += [one.line for one in shown]
    if counts["old"]:
        texts.append(say(TEXTS, "old_sensors", lang, number=counts["old"]))
    return texts, shown


def _reading(
    request: Request, subject: _Subject, part: RoadPart, shown: Sequence[RoadRecord], counts: Mapping[str, object]
) -> Reading:
    data = {"about": subject.label, **counts, part.name: [dict(one.data) for one in shown]}
    times = [one.at for one in shown if one.at and not one.is_old] or [one.at for one in shown if one.at]
    had = part.made_at or part.asked_at
    return reading_of(request, part.source, data, observed_at=min(times, default=had), place=subject.label)


def _is_old(request: Request, part: RoadPart) -> bool:
    """Whether the document as a whole is too old to tell how it is now."""
    return part.made_at is not None and not fresh_enough(request, part.source, part.made_at)


def _is_nowhere(subject: _Subject, found: Mapping[str, Sequence[RoadRecord]]) -> bool:
    """Whether only the person knows such a road."""
    unknown = subject.roads is not None and not subject.roads.is_known and subject.point is None
    return unknown and not any(found.values())


def _is_elsewhere(subject: _Subject, found: Mapping[str, Sequence[RoadRecord]]) -> bool:
    """Whether all that is known of a road lies away from the place that was named with it."""
    told = [one for records in found.values() for one in records]
    both = subject.roads is not None and bool(subject.place or subject.spot)
    return both and bool(told) and not any(_is_there(subject, one) for one in told)


def _status(
    subject: _Subject, parts: Sequence[RoadPart], found: Mapping[str, Sequence[RoadRecord]], is_broken: bool
) -> Status:
    """Nothing reported is an answer to who asks for that, and none to who asks how fast traffic moves."""
    if is_broken or any(part.skipped for part in parts):
        return Status.PARTIAL
    if subject.is_city:
        return Status.ANSWERED
    if any(one.is_old for one in found.get("speeds", ())):
        return Status.PARTIAL
    nothing = not any(found.values()) and parts[0].name == "speeds"
    return Status.NO_EVIDENCE if nothing else Status.ANSWERED


_LEVEL_NAMES = tuple(word for _, word in LEVELS)
TOOL = Tool(answer)
