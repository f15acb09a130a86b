"""Free times of video clinics by specialty, place and time, the soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.feeds.base import FeedSource
from assistant.places import Place
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.clinic_slots import (
    CLINICS,
    Opening,
    Openings,
    in_district,
    opening_data,
    opening_line,
    read_openings,
)
from assistant.tools.dates import had_at
from assistant.tools.location import located, place_name
from assistant.tools.specialties import Specialty, meant, read_specialties
from assistant.tools.texts import listed, quoted, say
from assistant.tools.times import asked_span, span_said

_TEXTS = "telemedicine_slots"
_SHOWN = 5
_NAME = 60
_AHEAD = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for; no `specialty` means any, and `span` is what is read."""

    specialty: Specialty | None
    place: Place | None
    span: tuple[datetime, datetime]
    when: str

    @property
    def clinic(self) -> Place | None:
        """The place, where it is one of care."""
        return self.place if self.place and self.place.kind in CLINICS else None


async def answer(request: Request, desk: Desk) -> Finding:
    """What is free when it was asked for; where nothing is, the nearest before and after.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "slots")
    values = request.arguments.values
    place = located(request, "place", CLINICS) if values.get("place") else None
    if isinstance(place, Finding):
        return place
    specialty = meant(request, source, await read_specialties(desk, source)) if values.get("specialty") else None
    if isinstance(specialty, Finding):
        return specialty
    wish = _Wish(specialty, place, *_span(request, specialty))
    openings = await read_openings(request, desk, source, wish.span, wish.specialty, wish.clinic)
    if wish.clinic and not openings.within and not openings.near:
        others = await read_openings(request, desk, source, wish.span, wish.specialty)
        return _found(request, source, wish, others, elsewhere=True)
    return _found(request, source, wish, openings)


def _span(request: Request, specialty: Specialty | None) -> tuple[tuple[datetime, datetime], str]:
    """What is read and how it is said; without a specialty the first day is enough to show what there is."""
    span = asked_span(request)
    if span is None:
        ahead = _AHEAD if specialty else _DAY
        return (request.now, request.now + ahead), say(_TEXTS, "coming" if specialty else "coming_day", request.lang)
    if specialty is None and span[1] - span[0] > _DAY:
        start = max(span[0], request.now)
        return (start, min(span[1], start + _DAY)), span_said(request)
    return span, span_said(request)


def _found(
    request: Request, source: FeedSource, wish: _Wish, openings: Openings, *, elsewhere: bool = False
) -> Finding:
    """The openings in words: head, at most five of them, and what is left open."""
    lang = request.lang
    local = in_district(openings.within, wish.place)
    chosen = _chosen(wish, local or openings.within or openings.near)
    shown = chosen[:_SHOWN]
    others = list(dict.fromkeys(one.specialty for one in chosen[_SHOWN:])) if wish.specialty is None else []
    count = len(local or openings.within)
    place = quoted(place_name(wish.place, lang), _NAME) if wish.place else ""
    data: dict[str, object] = {
        "when": wish.when,
        "place": place,
        "specialty": wish.specialty.name(lang) if wish.specialty else say(_TEXTS, "any", lang),
        "count": count,
        "openings": [opening_data(one, request) for one in shown],
        "others": others,
    }
    at = say(_TEXTS, "at", lang, place=place) if (wish.clinic and not elsewhere) or local else ""
    values = {**data, "at": at}
    lines = []
    if wish.place and not local and (elsewhere or not wish.clinic):
        lines.append(say(_TEXTS, "not_there", lang, **values))
    lines.append(say(_TEXTS, _head(wish, openings, count), lang, **values))
    lines += [opening_line(one, request) for one in shown]
    if others:
        lines.append(say(_TEXTS, "others", lang, others=listed(others, lang)))
    if shown and request.service.options.get("books_here"):
        lines.append(say(_TEXTS, "here", lang))
    if not openings.whole:
        lines.append(say(_TEXTS, "not_whole", lang))
    reading = reading_of(request, source, data, observed_at=had_at(request, openings.fetched_at), place=place)
    status = Status.ANSWERED if openings.whole else Status.PARTIAL
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), status if shown else Status.NO_EVIDENCE)


def _head(wish: _Wish, openings: Openings, count: int) -> str:
    """The key of the first sentence."""
    if not openings.within:
        return "nearest" if openings.near else "nothing"
    if wish.span[0] == wish.span[1]:
        return "exact" if openings.within[0].start == wish.span[0] else "around"
    if wish.specialty is None:
        return "by_specialty"
    return "soonest" if count > _SHOWN else "free"


def _chosen(wish: _Wish, openings: Sequence[Opening]) -> list[Opening]:
    """Those at an instant where there are any; without a specialty the first one of each."""
    exact = [one for one in openings if wish.span == (one.start, one.start)]
    firsts: dict[str, Opening] = {}
    for one in exact or openings:
        firsts.setdefault(one.slot.id if wish.specialty else one.code, one)
    return list(firsts.values())


TOOL = Tool(answer)
