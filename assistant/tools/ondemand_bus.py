"""Rides on demand at a place: which zone serves it, on which days and hours, how and until when to book."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource
from assistant.feeds.gofs import read_waits
from assistant.places import Place
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.location import how_far, located, place_name
from assistant.tools.ride_hours import (
    NAME,
    day_and_hours,
    days_and_hours,
    hours_data,
    system_name,
    ways,
    whole_hours,
    zone_name,
)
from assistant.tools.ride_zones import GofsZones, Hours, RideZones, areas_of, coming_hours, read_zones
from assistant.tools.texts import clock, listed, quoted, say, trouble
from assistant.tools.times import asked_span, day_said, length_said, near_day_said, span_said, time_said

_TEXTS = "ondemand_bus"
_MOST_DAYS, _NEXT_DAYS = 14, 7
_SHOWN, _NEAREST = 5, 3
_DAY_S, _MINUTE_S = 86_400, 60


@dataclass(frozen=True, slots=True)
class _Service:
    """What was read for a place; `pickup` is when the next ride comes, where that was asked for and is published."""

    place: Place
    zones: RideZones
    pickup: datetime | None = None
    fault: FeedError | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """Sentences, what they rest on, and the hours that they are about."""

    lines: list[str]
    data: dict[str, object]
    hours: Sequence[Hours] = ()
    status: Status = Status.ANSWERED


async def answer(request: Request, desk: Desk) -> Finding:
    """Whether people are picked up at a place when they asked for it, and how they book that.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "zones")
    place = located(request, "place")
    if isinstance(place, Finding):
        return place
    zones = await read_zones(request, desk, source)
    if not areas_of(zones, place):
        return _outside(request, source, zones, place)
    service = await _with_wait(request, desk, source, _Service(place, zones))
    span = asked_span(request)
    if span is None:
        said = _now(request, service)
    elif zones.last_day and span[0].date() > zones.last_day:
        said = _unpublished(request, service, zones.last_day)
    elif span[1] - span[0] > timedelta(days=1):
        said = _over_days(request, service, span)
    else:
        said = _at(request, service, span)
    data = {**_about(request, service), **said.data, **hours_data(request, said.hours, zones)}
    lines = [*said.lines, *ways(request, said.hours), *_remarks(request, zones, data)]
    found = [Line(text, 0) for text in lines]
    if service.fault:
        found.append(trouble(source, service.fault, request.lang))
    reading = reading_of(request, source, data, observed_at=zones.updated_at, place=str(data["place"]))
    return Finding(tuple(found), (reading,), Status.PARTIAL if service.fault or zones.skipped else said.status)


async def _with_wait(request: Request, desk: Desk, source: FeedSource, service: _Service) -> _Service:
    """With the next ride, where waiting times are published and the question is about now."""
    zones = service.zones
    if request.arguments.moment or not isinstance(zones, GofsZones) or not zones.system.queries:
        return service
    try:
        waits = await read_waits(desk.fetcher, source, zones.system, service.place.point)
    except FeedError as fault:
        return replace(service, fault=fault)
    near = [wait for wait in waits if wait.wait_s <= _DAY_S]
    pickups = [(wait.observed_at or request.now) + timedelta(seconds=wait.wait_s) for wait in near]
    return replace(service, pickup=min(pickups, default=None))


def _now(request: Request, service: _Service) -> _Said:
    """Rides of today that can still be booked, else the next ones; and the hours of the week."""
    coming = coming_hours(service.zones, service.place.point, request.now.date(), days=_NEXT_DAYS)
    today = [one for one in coming[request.now.date()] if one.first_bookable(request.now)]
    firsts = [first for one in today if (first := one.first_bookable(request.now))]
    if not firsts:
        said = _closed(request, service, say(_TEXTS, "rest_of_today", request.lang))
    elif service.pickup:
        minutes = round((service.pickup - request.now).total_seconds() / _MINUTE_S)
        data = {"first": clock(service.pickup, request), "wait": length_said(minutes * _MINUTE_S, request.lang)}
        said = _Said([_say(request, service, "open_wait", **data)], {**data, "wait_minutes": minutes})
    else:
        soonest = clock(min(firsts), request)
        said = _Said([_say(request, service, "open_now", first=soonest)], {"first": soonest})
    week = days_and_hours(request, coming)
    lines = [*said.lines, say(_TEXTS, "week", request.lang, days=listed(week[:_NEAREST], request.lang))]
    shown = tuple(today) or next((found for found in coming.values() if found), ())
    return _Said(lines, {**said.data, "week": week}, shown)


def _at(request: Request, service: _Service, span: tuple[datetime, datetime]) -> _Said:
    """Rides at an instant or within a part of a day."""
    when = span_said(request)
    day = span[0].date()
    found = [one for on in (day - timedelta(days=1), day) for one in service.zones.hours(service.place.point, on)]
    parts = [(one, part) for one in found if (part := one.within(*span))]
    data: dict[str, object] = {"when": when, "asked": [at.isoformat(timespec="minutes") for at in span]}
    open_parts = [
        (one, replace(part, start=first)) for one, part in parts if (first := part.first_bookable(request.now))
    ]
    if not open_parts:
        said = _too_late(request, service, when, day) if parts else _closed(request, service, when)
        return _Said(said.lines, {**data, **said.data}, [one for one, _ in parts])
    if span[1] > span[0]:
        hours = whole_hours(request, [part for _, part in open_parts])
        data["when"] = say("ride_hours", "days", request.lang, days=near_day_said(day, request), hours=hours)
    lines = [_say(request, service, "open", when=data["when"])]
    soonest = min((part for _, part in open_parts), key=lambda part: part.start)
    book_by = soonest.book_by(soonest.start)
    if book_by and book_by > request.now:
        data |= {"pickup": time_said(soonest.start, request), "book_by": time_said(book_by, request)}
        lines.append(say(_TEXTS, "book_by", request.lang, pickup=data["pickup"], time=data["book_by"]))
    return _Said(lines, data, [one for one, _ in open_parts])


def _over_days(request: Request, service: _Service, span: tuple[datetime, datetime]) -> _Said:
    """The hours of each of several days, those that have the same ones together."""
    first = max(span[0].date(), request.now.date())
    last = min((span[1] - timedelta(microseconds=1)).date(), service.zones.last_day or first)
    number = min((last - first).days + 1, _MOST_DAYS)
    coming = coming_hours(service.zones, service.place.point, first, days=number)
    when = span_said(request)
    shown = next((hours for hours in coming.values() if hours), ())
    if not shown:
        said = _closed(request, service, when)
        return _Said(said.lines, {"when": when, **said.data})
    week = days_and_hours(request, coming)
    days = listed(week[:_SHOWN], request.lang)
    return _Said([_say(request, service, "open_days", when=when, days=days)], {"when": when, "week": week}, shown)


def _closed(request: Request, service: _Service, when: str) -> _Said:
    """Say that there is no ride then, and when the next one is."""
    span = asked_span(request)
    after = max(span[0] if span else request.now, request.now)
    coming = coming_hours(service.zones, service.place.point, after.date(), days=_NEXT_DAYS)
    later = (one for hours in coming.values() for one in hours if one.end > after)
    following = next((one for one in later if one.first_bookable(request.now)), None)
    if following is None:
        number = length_said(_NEXT_DAYS * _DAY_S, request.lang)
        return _Said([_say(request, service, "closed", when=when, number=number)], {"looked_ahead": number})
    told = day_and_hours(request, following)
    return _Said([_say(request, service, "closed_until", when=when, next=told)], {"next": told})


def _unpublished(request: Request, service: _Service, last_day: date) -> _Said:
    """Say that nobody knows yet."""
    data: dict[str, object] = {"when": span_said(request), "last_day": day_said(last_day, request.lang)}
    hours = service.zones.hours(service.place.point, request.now.date())
    return _Said([_say(request, service, "unpublished", **data)], data, hours, Status.NO_EVIDENCE)


def _too_late(request: Request, service: _Service, when: str, day: date) -> _Said:
    """Say that the time can no longer be booked, and which is the first that can."""
    day = max(day, request.now.date())
    coming = coming_hours(service.zones, service.place.point, day, days=_NEXT_DAYS)
    firsts = [first for hours in coming.values() for one in hours if (first := one.first_bookable(request.now))]
    if not firsts:
        return _Said([_say(request, service, "too_late", when=when)], {})
    told = time_said(min(firsts), request)
    return _Said([_say(request, service, "too_late_until", when=when, first=told)], {"first": told})


def _outside(request: Request, source: FeedSource, zones: RideZones, place: Place) -> Finding:
    """Say that no zone serves a place, and which are the nearest."""
    lang = request.lang
    away = sorted(((area.geometry.distance_m(place.point), area) for area in zones.areas), key=lambda one: one[0])
    near = [
        {
            "zone": zone_name(request, area.name),
            "distance": how_far(metres, lang),
            "lat": area.geometry.centre.lat,
            "lon": area.geometry.centre.lon,
        }
        for metres, area in away[:_NEAREST]
    ]
    data = {**_about(request, _Service(place, zones)), "nearest": near}
    lines = [_say(request, _Service(place, zones), "outside" if near else "no_zones")]
    if near:
        told = [say(_TEXTS, "near_zone", lang, zone=one["zone"], distance=one["distance"]) for one in near]
        lines.append(say(_TEXTS, "nearest", lang, zones=listed(told, lang)))
    lines += _remarks(request, zones, {})
    reading = reading_of(request, source, data, observed_at=zones.updated_at, place=str(data["place"]))
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), Status.NO_EVIDENCE)


def _remarks(request: Request, zones: RideZones, data: dict[str, object]) -> list[str]:
    """How to book, and what could not be read."""
    lines = []
    keys = [key for key in ("notice", "phone") if data.get(key)]
    how = [say(_TEXTS, key, request.lang, **{key: data[key]}) for key in keys]
    if keys and request.service.options.get("books_here"):
        how.append(say(_TEXTS, "here", request.lang))
    if how:
        lines.append(say(_TEXTS, "how", request.lang, how=say(_TEXTS, "how_joint", request.lang).join(how)))
    if zones.skipped:
        lines.append(say(_TEXTS, "skipped", request.lang, number=zones.skipped))
    return lines


def _about(request: Request, service: _Service) -> dict[str, object]:
    place, zones = service.place, service.zones
    return {
        "place": quoted(place_name(place, request.lang), NAME),
        "lat": place.point.lat,
        "lon": place.point.lon,
        "system": system_name(request, zones),
        "zones": [zone_name(request, area.name) for area in areas_of(zones, place)],
        "skipped": zones.skipped,
    }


def _say(request: Request, service: _Service, key: str, **values: object) -> str:
    names = [zone_name(request, area.name) for area in areas_of(service.zones, service.place)]
    place, system = quoted(place_name(service.place, request.lang), NAME), system_name(request, service.zones)
    return say(_TEXTS, key, request.lang, place=place, system=system, zone=listed(names, request.lang), **values)


TOOL = Tool(answer)
