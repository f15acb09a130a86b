"""Asks a dispatcher for the ride that fits a wish best, and says why there is none and what there is instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from assistant.feeds.base import FeedSource
from assistant.feeds.ondemand_booking import Promise, Quote, Ride, read_quote, ride_body
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request, reading_of
from assistant.tools.ride_hours import day_and_hours, hours_data, ways, whole_hours
from assistant.tools.ride_zones import Hours, RideZones, coming_hours
from assistant.tools.texts import listed, say
from assistant.tools.times import asked_span, day_said, hours_said, last_step, time_said

REASONS = frozenset(
    {"outside_zones", "outside_hours", "too_soon", "too_far_ahead", "too_many", "suspended", "no_vehicle"}
)
_TEXTS = "ride_quotes"
_MOST_CHOICES = 4
_NEXT_DAYS = 14
_TO_CONFIRM = timedelta(minutes=10)  # what reading the draft and saying yes may take
_EARLY = timedelta(hours=1)  # before the wished arrival; the first promise says how long the ride really takes


@dataclass(frozen=True, slots=True)
class Wish:
    """A ride, the span within which it may begin (an instant where `start` is `end`), and by when to arrive."""

    ride: Ride
    start: datetime
    end: datetime
    arrive_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The zones of the rides, and whose they are."""

    source: FeedSource
    zones: RideZones


def wish_of(request: Request, ride: Ride, zones: RideZones | None, arrival: datetime | None = None) -> Wish:
    """The wish with its first pick-up: the first of the named span that can still be booked, as the zones say.

    Args:
        arrival: by when the person wants to be there, where that is the time that they named.
    """
    if arrival:
        return Wish(replace(ride, pickup_from=last_step(arrival - _EARLY)), arrival, arrival, arrival)
    start, end = asked_span(request) or (request.now, request.now + timedelta(days=_NEXT_DAYS))
    if start == end:
        return Wish(replace(ride, pickup_from=start), start, end)
    first = first_pickup(request, ride, zones, (start, end)) if zones else None
    return Wish(replace(ride, pickup_from=first or max(start, request.now)), start, end)


def first_pickup(request: Request, ride: Ride, zones: RideZones, span: tuple[datetime, datetime]) -> datetime | None:
    """The first pick-up of a span that can still be booked once the person has said yes; None where there is none."""
    day = max(span[0], request.now).astimezone(request.now.tzinfo).date()
    days = min((span[1].astimezone(request.now.tzinfo).date() - day).days + 1, _NEXT_DAYS)
    coming = coming_hours(zones, ride.pickup.point, day, ride.drop_off.point, days=days)
    parts = (part for hours in coming.values() for one in hours if (part := one.within(*span)))
    soon = request.now + _TO_CONFIRM
    return min((first for part in parts if (first := part.first_bookable(soon))), default=None)


async def best_quote(desk: Desk, source: FeedSource, wish: Wish) -> Quote:
    """What would be promised for a wish, in at most three questions.

    A ride that would arrive too late is asked for earlier; within a span, the first time that is free is taken.

    Raises:
        FeedError: the dispatcher cannot be asked.
    """
    quote = await read_quote(desk.fetcher, source, wish.ride)
    if wish.arrive_by:
        return await _in_time(desk, source, wish, quote, wish.arrive_by)
    if quote.promise is None and wish.start < wish.end:
        fitting = [one.pickup_from for one in quote.alternatives if wish.start <= one.pickup_from < wish.end]
        if fitting:
            return await read_quote(desk.fetcher, source, replace(wish.ride, pickup_from=min(fitting)))
    return quote


async def _in_time(desk: Desk, source: FeedSource, wish: Wish, quote: Quote, arrive_by: datetime) -> Quote:
    """The ride that is there by a time, else the one of that day that comes nearest to it."""
    if quote.promise is None:
        return quote
    pickup = last_step(arrive_by - (quote.promise.arrive_by - quote.promise.pickup_from))
    better = await read_quote(desk.fetcher, source, replace(wish.ride, pickup_from=pickup))
    if better.promise or not better.alternatives:
        return better if better.promise else quote
    nearest = better.alternatives[0].pickup_from
    return await read_quote(desk.fetcher, source, replace(wish.ride, pickup_from=nearest))


def refused(request: Request, source: FeedSource, ride: Ride, reason: str, alternatives: Sequence[Promise]) -> Finding:
    """Say why there is no such ride; times that can be had instead are choices."""
    lang, key = request.lang, reason if reason in REASONS else "not_taken"
    choices = tuple(dict.fromkeys(time_said(one.pickup_from, request) for one in alternatives))[:_MOST_CHOICES]
    said = {"when": time_said(ride.pickup_from, request), "day": day_said(_day(request, ride), lang)}
    data = {
        **ride_data(ride),
        **said,
        "reason": reason,
        "alternatives": [promise_data(request, one) for one in alternatives],
        "choices": list(choices),
    }
    names = {"pickup": ride.pickup.name, "drop_off": ride.drop_off.name, "passengers": ride.passengers}
    lines = [Line(say(_TEXTS, key, lang, **said, **names), 0)]
    if choices:
        lines.append(Line(say(_TEXTS, "instead", lang, times=listed(choices, lang)), 0))
    reading = reading_of(request, source, data, observed_at=request.now, place=ride.pickup.name)
    return Finding(tuple(lines), (reading,), Status.CLARIFY if choices else Status.NO_EVIDENCE, choices)


def explained(request: Request, finding: Finding, ride: Ride, reason: str, known: Known) -> Finding:
    """A refusal with what the zones say of it: the hours, how to book, where one can go, whom to call."""
    lang, zones = request.lang, known.zones
    here = zones.hours(ride.pickup.point, _day(request, ride), ride.drop_off.point)
    anywhere = zones.hours(ride.pickup.point, _day(request, ride))
    data = hours_data(request, here or anywhere or zones.hours(ride.pickup.point, request.now.date()), zones)
    lines = []
    if reason == "outside_hours":
        data["open"] = whole_hours(request, here)
        lines.append(say(_TEXTS, "hours" if here else "no_hours", lang, hours=data["open"]))
    if reason in {"too_soon", "too_far_ahead"} and data["notice"]:
        lines.append(say(_TEXTS, "notice", lang, notice=data["notice"]))
    if reason == "outside_zones":
        lines += [say(_TEXTS, "way_from", lang, pickup=ride.pickup.name, way=way) for way in ways(request, anywhere)]
    if reason in {"outside_hours", "suspended", "too_soon"} and not finding.choices:
        following = _next_hours(request, ride, zones)
        data["next"] = day_and_hours(request, following) if following else ""
        lines += [say(_TEXTS, "next", lang, next=data["next"])] if following else []
    if data["phone"]:
        lines.append(say(_TEXTS, "phone", lang, phone=data["phone"]))
    reading = reading_of(request, known.source, data, observed_at=zones.updated_at, place=ride.pickup.name)
    number = len(finding.readings)
    more = tuple(Line(text, number) for text in lines)
    return replace(finding, lines=(*finding.lines, *more), readings=(*finding.readings, reading))


def ride_data(ride: Ride) -> dict[str, object]:
    """A ride as JSON."""
    return {
        **ride_body(ride),
        "from": ride.pickup.name,
        "to": ride.drop_off.name,
    }


def promise_data(request: Request, promise: Promise) -> dict[str, object]:
    """A promise as JSON, and as it is said."""
    return {
        "pickup_from": promise.pickup_from.isoformat(),
        "pickup_to": promise.pickup_to.isoformat(),
        "arrive_by": promise.arrive_by.isoformat(),
        "day": day_said(promise.pickup_from.astimezone(request.now.tzinfo).date(), request.lang),
        "window": hours_said(promise.pickup_from, promise.pickup_to, request),
        "arrival": f"{promise.arrive_by.astimezone(request.now.tzinfo):%H:%M}",
    }


def _next_hours(request: Request, ride: Ride, zones: RideZones) -> Hours | None:
    after = max(ride.pickup_from, request.now)
    day = after.astimezone(request.now.tzinfo).date()
    coming = coming_hours(zones, ride.pickup.point, day, ride.drop_off.point, days=_NEXT_DAYS)
    later = (one for hours in coming.values() for one in hours if one.end > after)
    return next((one for one in later if one.first_bookable(request.now)), None)


def _day(request: Request, ride: Ride) -> date:
    return ride.pickup_from.astimezone(request.now.tzinfo).date()
