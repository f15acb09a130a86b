"""Findings of drone inspections, for staff: near a place or everywhere, by kind, the most severe and newest first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.feeds.base import FeedSource
from assistant.places import Place
from assistant.places.place import DISTRICT
from assistant.schema import Status
from assistant.text import squeeze
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.inspections import InspectionFinding, InspectionOptions, inspection_finding, inspection_options
from assistant.tools.location import how_far, located, place_name
from assistant.tools.nearby import Nearby, in_district, read_nearby
from assistant.tools.texts import clock, quoted, say
from assistant.tools.times import asked_at, asked_span
from assistant.tools.whereabouts import is_city

_TEXTS = "drone_findings"
_NEAR_M = 3000.0
_SHOWN, _MOST_CHOICES = 5, 4


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for.

    Attributes:
        about: how the place is called, empty for everywhere.
        place: where; None for everywhere, and where a finding itself bears the name.
        wanted: the kinds and severities in people's words, each empty for all.
    """

    about: str
    place: Place | None
    wanted: tuple[str, ...] = ()


async def answer(request: Request, desk: Desk) -> Finding:
    """How many findings there are of which severity, and the five that matter most.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    options = inspection_options(request.service)
    source = desk.source(request.service, "findings")
    read = await read_nearby(desk, source, None, 0.0, collection=options.collection)
    found = [inspection_finding(request, options, one) for one in read.features]
    here = _here(request, desk, options, found)
    if isinstance(here, Finding):
        return here
    asked, near = here
    wanted = _wanted(request, options, near)
    if isinstance(wanted, Finding):
        return wanted
    titles, chosen = wanted
    chosen.sort(key=lambda one: (options.severity.rank(one.severity), -(one.at.timestamp() if one.at else 0.0)))
    return _told(request, options, source, replace(asked, wanted=titles), chosen, read)


def _here(
    request: Request, desk: Desk, options: InspectionOptions, found: Sequence[InspectionFinding]
) -> tuple[_Asked, list[InspectionFinding]] | Finding:
    """The findings that bear the name that was asked for, else those at the place, in the time that was named."""
    span = asked_span(request)
    timely = [one for one in found if span is None or (one.at and span[0] <= one.at <= span[1])]
    words = request.arguments.values.get("place", "")
    if not words or is_city(words, desk):
        return _Asked("", None), timely
    named = [one for one in timely if any(squeeze(words) in squeeze(text) for text in one.texts)]
    place = located(request, "place", {DISTRICT})
    if named and (isinstance(place, Finding) or squeeze(words) not in map(squeeze, place.names)):
        return _Asked(quoted(words, 40), None), named
    if isinstance(place, Finding):
        return place
    inside = {id(one) for one in in_district([one.near for one in timely], place, options.district)}
    near = [one for one in timely if id(one.near) in inside or _away_m(place, one) <= _NEAR_M]
    return _Asked(quoted(place_name(place, request.lang), 40), place), near


def _wanted(
    request: Request, options: InspectionOptions, found: Sequence[InspectionFinding]
) -> tuple[tuple[str, ...], list[InspectionFinding]] | Finding:
    """The findings of the kind and severity that was asked for, with what these are called."""
    lang = request.lang
    said = request.arguments.values.get("kind", "")
    severities = options.severity.meant_by(f"{request.arguments.text} {said}")
    titles = tuple(options.severity.label(one, lang) for one in options.severity.labels if one in severities)
    chosen = [one for one in found if not severities or one.severity in severities]
    kinds = options.kind.meant_by(said)
    if not said or (severities and not kinds):
        return titles, chosen
    if kinds:
        labels = tuple(options.kind.label(one, lang) for one in options.kind.labels if one in kinds)
        return (*titles, *labels), [one for one in chosen if one.kind in kinds]
    named = [one for one in chosen if any(squeeze(said) in squeeze(text) for text in one.texts)]
    if named:
        return (*titles, quoted(said, 20)), named
    common = [kind for kind, _ in Counter(one.kind for one in found).most_common(_MOST_CHOICES)]
    kinds_known = tuple(options.kind.label(one, lang) for one in common or list(options.kind.labels)[:_MOST_CHOICES])
    line = Line(say(_TEXTS, "which_kind", lang, words=quoted(said, 40)))
    return Finding((line,), status=Status.CLARIFY, choices=kinds_known)


def _told(
    request: Request,
    options: InspectionOptions,
    source: FeedSource,
    asked: _Asked,
    chosen: Sequence[InspectionFinding],
    read: Nearby,
) -> Finding:
    lang = request.lang
    joint = say(_TEXTS, "joint", lang)
    about = say(_TEXTS, "at", lang, place=asked.about) if asked.about else say(_TEXTS, "everywhere", lang)
    wanted = say(_TEXTS, "wanted", lang, titles=joint.join(asked.wanted)) if asked.wanted else ""
    values = {"about": about, "wanted": wanted, "number": len(chosen)}
    shown = chosen[:_SHOWN]
    counts = _counts(options, chosen)
    if chosen:
        labels = [(options.severity.label(one, lang), number) for one, number in counts.items()]
        counted = joint.join(say(_TEXTS, "count", lang, label=label, number=number) for label, number in labels)
        lines = [say(_TEXTS, "summary", lang, **values, counts=counted)]
        lines += [_line(request, options, asked, one) for one in shown]
    else:
        lines = [say(_TEXTS, "none", lang, **values)]
    more = len(chosen) - len(shown)
    lines += [say(_TEXTS, "more", lang, number=more)] if more else []
    lines += [say(_TEXTS, "skipped", lang, number=read.skipped)] if read.skipped else []
    lines += [] if read.whole else [say(_TEXTS, "cut", lang)]
    data = {
        "about": asked.about,
        "wanted": list(asked.wanted),
        "found": len(chosen),
        "by_severity": counts,
        "by_kind": dict(Counter(one.kind for one in chosen)),
        "more": more,
        "skipped": read.skipped,
        "findings": [_data(request, options, asked, one) for one in shown],
    }
    newest = max((one.at for one in chosen if one.at), default=None)
    at = newest if chosen else asked_at(request, read.fetched_at)
    reading = reading_of(request, source, data, observed_at=at, place=asked.about)
    gaps = read.skipped or not read.whole or (chosen and not fresh_enough(request, source, newest))
    status = Status.PARTIAL if gaps else Status.ANSWERED if chosen else Status.NO_EVIDENCE
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), status)


def _counts(options: InspectionOptions, found: Sequence[InspectionFinding]) -> Mapping[str, int]:
    """How many there are of each severity, the most severe first."""
    counted = Counter(one.severity for one in found)
    return {one: counted[one] for one in sorted(counted, key=options.severity.rank)}


def _line(request: Request, options: InspectionOptions, asked: _Asked, one: InspectionFinding) -> str:
    lang = request.lang
    place = one.place
    if asked.place and asked.place.kind != DISTRICT:
        away = how_far(_away_m(asked.place, one), lang)
        place = say(_TEXTS, "away", lang, place=place, distance=away)
    kind = options.kind.label(one.kind, lang)
    parts = [place] if squeeze(kind) in squeeze(one.name) else [kind, place]
    parts += [say(_TEXTS, "seen", lang, time=clock(one.at, request))] if one.at else []
    if one.confidence_percent is not None:
        parts.append(say(_TEXTS, "confidence", lang, number=one.confidence_percent))
    parts.append(options.status.label(one.status, lang))
    details = say(_TEXTS, "joint", lang).join(filter(None, parts))
    severity = options.severity.label(one.severity, lang)
    return say(_TEXTS, "finding", lang, severity=severity[:1].upper() + severity[1:], name=one.name, details=details)


def _data(request: Request, options: InspectionOptions, asked: _Asked, one: InspectionFinding) -> dict[str, object]:
    return {
        "name": one.name,
        "place": one.place,
        "lat": one.near.point.lat,
        "lon": one.near.point.lon,
        "kind": one.kind,
        "severity": one.severity,
        "status": one.status,
        "seen": clock(one.at, request) if one.at else "",
        "at": one.at.isoformat(timespec="seconds") if one.at else None,
        "confidence_percent": one.confidence_percent,
        **({"distance": how_far(_away_m(asked.place, one), request.lang)} if asked.place else {}),
    }


def _away_m(place: Place, one: InspectionFinding) -> float:
    return place.point.distance_m(one.near.point)


TOOL = Tool(answer)
