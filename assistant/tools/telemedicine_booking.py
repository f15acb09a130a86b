"""Books a video consultation: finds the free time that was asked for, shows it, and books it once after a yes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assistant.errors import FeedError, FeedRefused
from assistant.feeds.base import FeedSource
from assistant.feeds.fhir import Booked, Booking, book
from assistant.feeds.fhir_records import outcome_texts
from assistant.feeds.values import json_object
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Draft, Finding, Line, Request, Tool, reading_of
from assistant.tools.clinic_slots import CLINICS, Opening, Openings, opening_data, read_openings
from assistant.tools.dates import had_at
from assistant.tools.location import located
from assistant.tools.specialties import Specialty, meant, read_specialties
from assistant.tools.texts import as_written, listed, reference_said, say, trouble
from assistant.tools.times import asked_span, day_said, hours_said, span_said

_TEXTS = "telemedicine_booking"
_AHEAD = timedelta(days=7)
_ACT_S = 9.0  # less than the framework allows, so that an unknown outcome is told as such
_MOST_CHOICES = 4
_NAME = 60
_SERVER_FAULT = 500
_TAKEN = frozenset({409, 410, 412})


async def answer(request: Request, desk: Desk) -> Finding:
    """The free time that was asked for as a draft; else the nearest ones to choose from. Nothing is sent.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "slots")
    values = request.arguments.values
    place = located(request, "place", CLINICS) if values.get("place") else None
    if isinstance(place, Finding):
        return place
    specialty = meant(request, source, await read_specialties(desk, source))
    if isinstance(specialty, Finding):
        return specialty
    clinic = place if place and place.kind in CLINICS else None
    span = asked_span(request) or (request.now, request.now + _AHEAD)
    openings = await read_openings(request, desk, source, span, specialty, clinic)
    is_instant = span[0] == span[1]
    fitting = [one for one in openings.within if not is_instant or one.start <= span[0] < one.slot.end]
    if not fitting:
        return _other_times(request, source, specialty, openings)
    same = [one for one in fitting if one.start == fitting[0].start]
    return _offered(request, source, same, openings, is_first=not is_instant)


async def act(request: Request, payload: Mapping[str, Any], key: str, desk: Desk) -> Finding:
    """Book what a draft says, with the key as our reference; the same key again finds the first appointment.

    Raises:
        FeedError: no feed is set up.
    """
    source = desk.source(request.service, "slots")
    booking = Booking(
        slot=payload["slot"],
        start=datetime.fromisoformat(payload["start"]),
        end=datetime.fromisoformat(payload["end"]),
        participants=tuple(payload["participants"]),
        reference=key,
    )
    try:
        async with asyncio.timeout(_ACT_S):
            booked = await book(desk.fetcher, source, booking)
    except FeedRefused as fault:
        if fault.status in _TAKEN:
            return await _taken(request, desk, source, payload)
        return _unknown(request, source) if fault.status >= _SERVER_FAULT else _refused(request, source, fault)
    except (FeedError, TimeoutError):
        return _unknown(request, source)
    return _told(request, source, booked, payload)


def _offered(
    request: Request, source: FeedSource, same: Sequence[Opening], openings: Openings, *, is_first: bool
) -> Finding:
    """The first of the openings at one time as a draft; the other clinics are named."""
    lang, one = request.lang, same[0]
    if not one.actors:
        reading = _reading(request, source, {"slot": one.slot.id}, openings)
        return Finding((Line(say(_TEXTS, "nobody", lang), 0),), (reading,), Status.NO_EVIDENCE)
    others = [other.clinic for other in same[1:]]
    data = {**opening_data(one, request), **_times(one.start, one.slot.end, request), "others": others}
    lines = [say(_TEXTS, "offer", lang, **data)]
    lines += [say(_TEXTS, "first_of_span", lang)] if is_first else []
    if others:
        lines.append(say(_TEXTS, "others", lang, others=listed(others, lang)))
    publisher = source.publisher.get(lang) or source.name
    doctors = listed(one.doctors, lang)
    keys = ["draft_clinic", "draft_specialty", *(["draft_doctors"] if doctors else []), "draft_time", "draft_mode"]
    keys += ["draft_person", "draft_to"]
    draft = [say(_TEXTS, key, lang, **{**data, "doctors": doctors, "publisher": publisher}) for key in keys]
    payload = {
        "slot": one.slot.id,
        "start": one.start.isoformat(),
        "end": one.slot.end.isoformat(),
        "participants": list(one.actors),
        "clinic": one.clinic,
        "specialty": one.specialty,
        "code": one.code,
    }
    return Finding(
        tuple(Line(text, 0) for text in lines),
        (_reading(request, source, data, openings, one.clinic),),
        draft=Draft(request.service.name, tuple(draft), payload),
    )


def _other_times(request: Request, source: FeedSource, specialty: Specialty, openings: Openings) -> Finding:
    """Say that nothing is free then, and offer the nearest times."""
    found = sorted((openings.within or openings.near)[:_MOST_CHOICES], key=lambda one: one.start)
    choices = tuple(_choice(one, request) for one in found)
    values = {
        "specialty": specialty.name(request.lang),
        "when": span_said(request) or say(_TEXTS, "week", request.lang),
    }
    data = {**values, "openings": [opening_data(one, request) for one in found], "choices": list(choices)}
    reading = _reading(request, source, data, openings)
    if not choices:
        return Finding((Line(say(_TEXTS, "nothing", request.lang, **values), 0),), (reading,), Status.NO_EVIDENCE)
    lines = [say(_TEXTS, "not_free", request.lang, **values), *choices, say(_TEXTS, "which", request.lang)]
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), Status.CLARIFY, choices)


async def _taken(request: Request, desk: Desk, source: FeedSource, payload: Mapping[str, Any]) -> Finding:
    """Say that someone else was quicker, with the next free times of the same specialty."""
    lang, start = request.lang, datetime.fromisoformat(payload["start"])
    specialty = Specialty(payload["code"], (payload["specialty"],))
    text = say(_TEXTS, "taken", lang, clinic=payload["clinic"], specialty=payload["specialty"])
    try:
        openings = await read_openings(request, desk, source, (start, start), specialty)
    except FeedError as fault:
        return Finding((Line(text), trouble(source, fault, lang)), status=Status.PARTIAL)
    found = _other_times(request, source, specialty, openings)
    (reading,) = found.readings
    data = {**reading.data, "taken": [payload["clinic"], payload["specialty"]]}
    rest = found.lines[1:] if found.choices else found.lines
    return replace(found, lines=(Line(text, 0), *rest), readings=(replace(reading, data=data),))


def _told(request: Request, source: FeedSource, booked: Booked, payload: Mapping[str, Any]) -> Finding:
    """What was booked, with its number."""
    lang, made = request.lang, booked.appointment
    start = made.start or datetime.fromisoformat(payload["start"])
    end = made.end or datetime.fromisoformat(payload["end"])
    data = {
        "reference": reference_said(made.id, lang),
        "client_reference": made.identifiers[0] if made.identifiers else "",
        "clinic": payload["clinic"],
        "specialty": payload["specialty"],
        "start": start.isoformat(),
        **_times(start, end, request),
    }
    keys = ["booked" if booked.new else "booked_before", "booked_time", "keep_number"]
    lines = [say(_TEXTS, key, lang, **data) for key in keys]
    reading = reading_of(request, source, data, observed_at=request.now, place=payload["clinic"])
    return Finding(tuple(Line(text, 0) for text in lines), (reading,))


def _refused(request: Request, source: FeedSource, fault: FeedRefused) -> Finding:
    """Say that the server did not take it, in its own words where it has some."""
    try:
        said = "; ".join(outcome_texts(json_object(fault.content, source.standard)))
    except FeedError:
        said = ""
    publisher = source.publisher.get(request.lang) or source.name
    key = "refused_because" if said else "refused"
    text = say(_TEXTS, key, request.lang, publisher=publisher, said=as_written(said, request.lang))
    reading = reading_of(
        request, source, {"status": fault.status, "said": as_written(said, request.lang)}, observed_at=request.now
    )
    return Finding((Line(text, 0),), (reading,), Status.NO_EVIDENCE)


def _unknown(request: Request, source: FeedSource) -> Finding:
    """Say that nobody knows whether it is booked, and that asking again does not book twice."""
    publisher = source.publisher.get(request.lang) or source.name
    return Finding((Line(say(_TEXTS, "unknown", request.lang, publisher=publisher)),), status=Status.FEED_UNAVAILABLE)


def _choice(one: Opening, request: Request) -> str:
    """An opening as a person can say it back."""
    return f"{opening_data(one, request)['time']} {one.clinic}"


def _times(start: datetime, end: datetime, request: Request) -> dict[str, str]:
    day = day_said(start.astimezone(request.now.tzinfo).date(), request.lang)
    return {"day": day, "hours": hours_said(start, end, request)}


def _reading(
    request: Request, source: FeedSource, data: Mapping[str, object], openings: Openings, place: str = ""
) -> Reading:
    return reading_of(request, source, data, observed_at=had_at(request, openings.fetched_at), place=place)


TOOL = Tool(answer, act)
