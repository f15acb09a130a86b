"""Free times of video clinics: those within a span, the nearest ones around it, with clinic and doctor."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.feeds.base import FeedSource
from assistant.feeds.fhir import read_slots
from assistant.feeds.fhir_records import Bundle, Location, Slot
from assistant.places import Place
from assistant.places.place import DISTRICT
from assistant.schema import Lang
from assistant.text import squeeze
from assistant.tools.base import Desk, Request
from assistant.tools.location import place_name
from assistant.tools.specialties import Specialty, specialties_of
from assistant.tools.texts import listed, name_as_written, quoted, say
from assistant.tools.times import time_said

CLINICS = ("hospital", "health_centre")
_TEXTS = "clinic_slots"
_MOST_PAGES = 6
_BEFORE, _AFTER = timedelta(days=3), timedelta(days=7)
_AROUND = timedelta(hours=2)
_SAME_M = 500
_NAME = 60


@dataclass(frozen=True, slots=True)
class Opening:
    """A free slot with where, what and who it is, in the answer's language.

    Attributes:
        actors: references of those who keep its schedule.
        code: of the specialty.
    """

    slot: Slot
    clinic: str
    location: Location | None
    specialty: str
    code: str
    doctors: tuple[str, ...]
    actors: tuple[str, ...]

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.slot.start


@dataclass(frozen=True, slots=True)
class Openings:
    """What is free, soonest first.

    Attributes:
        within: in the span that was asked for; around an instant, the nearest first.
        near: where nothing is, the last before it and the first after it.
        whole: whether all of the span was read, and nothing was broken.
        fetched_at: when the oldest part was had.
    """

    within: tuple[Opening, ...]
    near: tuple[Opening, ...] = ()
    whole: bool = True
    fetched_at: datetime | None = None


async def read_openings(
    request: Request,
    desk: Desk,
    source: FeedSource,
    span: tuple[datetime, datetime],
    specialty: Specialty | None = None,
    clinic: Place | None = None,
) -> Openings:
    """What is free in a span; nothing that has begun.

    Args:
        span: an instant stands for the hours around it.
        clinic: a place of care; only its own times count.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    first, last = span if span[0] < span[1] else (span[0] - _AROUND, span[1] + _AROUND)
    code = specialty.code if specialty else ""
    found = await _read(desk, source, (max(first, request.now), last), code)
    within = _openings(request, desk, found, specialty, clinic)
    if span[0] == span[1]:
        within = tuple(sorted(within, key=lambda one: (abs(one.start - span[0]), one.start)))
    if within:
        return Openings(within, whole=_is_whole(found), fetched_at=found.fetched_at)
    since = max(last, request.now)
    spans = ((max(first - _BEFORE, request.now), first), (since, since + _AFTER))
    parts = await asyncio.gather(*(_read(desk, source, one, code) for one in spans))
    before, after = (_openings(request, desk, part, specialty, clinic) for part in parts)
    whole = _is_whole(found) and not any(part.skipped for part in parts)
    fetched_at = min((one.fetched_at for one in (found, *parts) if one.fetched_at), default=None)
    return Openings((), (*before[-1:], *after[:3]), whole, fetched_at)


def clinic_name(location: Location, desk: Desk, lang: Lang) -> str:
    """The name of a place of care in a language, where the gazetteer knows the place; else as published."""
    for mention in desk.gazetteer.find_places(location.name):
        near = (one for one in mention.entries if _is_at(one, location))
        place = next(near, None) if mention.text == location.name else None
        if place:
            return quoted(place_name(place, lang), _NAME)
    return name_as_written(location.name, lang, _NAME)


def in_district(openings: Sequence[Opening], place: Place | None) -> tuple[Opening, ...]:
    """Those whose clinic lies in a district; none where the place is no district."""
    if place is None or place.kind != DISTRICT:
        return ()
    name = squeeze(place.district)
    return tuple(one for one in openings if one.location and squeeze(one.location.district) == name)


def opening_line(one: Opening, request: Request) -> str:
    """An opening as a sentence."""
    values = opening_data(one, request)
    key = "opening_with" if one.doctors else "opening"
    return say(_TEXTS, key, request.lang, **{**values, "doctors": listed(one.doctors, request.lang)})


def opening_data(one: Opening, request: Request) -> dict[str, object]:
    """An opening as JSON."""
    point = one.location.point if one.location else None
    return {
        "slot": one.slot.id,
        "time": time_said(one.start, request),
        "start": one.start.isoformat(),
        "end": one.slot.end.isoformat(),
        "clinic": one.clinic,
        "specialty": one.specialty,
        "doctors": list(one.doctors),
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
    }


async def _read(desk: Desk, source: FeedSource, span: tuple[datetime, datetime], code: str) -> Bundle:
    """Free slots of a span; of one that is over, none."""
    if span[0] >= span[1]:
        return Bundle()
    return await read_slots(desk.fetcher, source, *span, service_type=code, most_pages=_MOST_PAGES)


def _is_whole(found: Bundle) -> bool:
    return not found.skipped and (found.total is None or found.total <= len(found.slots))


def _openings(
    request: Request, desk: Desk, found: Bundle, specialty: Specialty | None, clinic: Place | None
) -> tuple[Opening, ...]:
    names: dict[str, str] = {}
    openings = []
    for slot in found.slots:
        kinds = specialties_of(slot.services)
        kind = next((one for one in kinds if specialty is None or one.code == specialty.code), None)
        location = found.location_of(slot)
        if (specialty and kinds and kind is None) or (clinic and not (location and _is_at(clinic, location))):
            continue
        if location and location.id not in names:
            names[location.id] = clinic_name(location, desk, request.lang)
        said = kind or specialty
        openings.append(
            Opening(
                slot=slot,
                clinic=names[location.id] if location else say(_TEXTS, "some_clinic", request.lang),
                location=location,
                specialty=said.name(request.lang) if said else "",
                code=said.code if said else "",
                doctors=tuple(name_as_written(name, request.lang, _NAME) for name in found.doctors_of(slot)),
                actors=found.actors_of(slot),
            )
        )
    return tuple(openings)


def _is_at(place: Place, location: Location) -> bool:
    """Whether a place of the gazetteer is a place of care: near it, or of its name where it says no position."""
    if location.point:
        return place.point.distance_m(location.point) <= _SAME_M
    return squeeze(location.name) in {squeeze(name) for name in place.names}
