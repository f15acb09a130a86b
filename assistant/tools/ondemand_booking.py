"""Books a ride on demand: asks the dispatcher what it would promise, shows that, and books it once after a yes."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.errors import FeedError, FeedRefused, FeedTimeout
from assistant.feeds.base import FeedSource, blamed
from assistant.feeds.geometry import Point
from assistant.feeds.ondemand_booking import Booked, Quote, Ride, Rider, Stop, book, booking_body, parse_refusal
from assistant.places import Place
from assistant.schema import Lang, Status
from assistant.tools.base import Desk, Draft, Finding, Line, Request, Tool, reading_of
from assistant.tools.location import place_name
from assistant.tools.ride_hours import NAME, phone_said, system_name, zone_name
from assistant.tools.ride_quotes import Known, Wish, best_quote, explained, promise_data, refused, ride_data, wish_of
from assistant.tools.ride_wish import arrival_of, passengers_of, place_of, rider_of, stop_at, wheelchairs_of
from assistant.tools.ride_zones import areas_of, read_zones
from assistant.tools.texts import listed, quoted, reference_said, say, trouble
from assistant.tools.times import time_said

_TEXTS = "ondemand_booking"
_ZONES_S = 1.2  # what the zones may take of a question; without them the dispatcher still answers
_ACT_S = 9.0  # less than the framework allows, so that an unknown outcome is told as such
_SAME_M = 50
_SHOWN = 5
_SERVER_FAULT = 500


async def answer(request: Request, desk: Desk) -> Finding:
    """What would be booked, as a draft; nothing is sent but the question for it, which names nobody.

    Raises:
        FeedError: the dispatcher cannot be asked.
    """
    source = desk.source(request.service, "booking")
    start, end, passengers = place_of(request, "from"), place_of(request, "to"), passengers_of(request)
    if isinstance(start, Finding):
        return start
    if isinstance(end, Finding):
        return end
    known = await _known(request, desk)
    if isinstance(known, Known) and not known.zones.skipped:  # a zone that cannot be read may be the one
        outside = [one for one in (start, end) if not areas_of(known.zones, one)]
        if outside:
            return _outside(request, known, outside)
    pickup, drop_off = stop_at(request, desk, "from", start), stop_at(request, desk, "to", end)
    if isinstance(pickup, Finding):
        return pickup
    if isinstance(drop_off, Finding):
        return drop_off
    if isinstance(passengers, Finding):
        return passengers
    if pickup.point.distance_m(drop_off.point) < _SAME_M:
        return Finding((Line(say(_TEXTS, "same_place", request.lang, place=pickup.name)),), status=Status.CLARIFY)
    if request.service.options.get("needs_phone") and rider_of(request) is None:
        return Finding((Line(say(_TEXTS, "whose_phone", request.lang)),), status=Status.CLARIFY)
    ride = Ride(pickup, drop_off, request.now, passengers, min(wheelchairs_of(request), passengers))
    zones = known.zones if isinstance(known, Known) else None
    wish = wish_of(request, ride, zones, arrival_of(request))
    with blamed(source):
        quote = await best_quote(desk, source, wish)
    finding = _offered(request, source, wish, quote, known, _vague(request.lang, start, end))
    return _with_fault(request, desk, finding, known)


async def act(request: Request, payload: Mapping[str, Any], key: str, desk: Desk) -> Finding:
    """Book what a draft says, with the key as our reference; the same key again finds the first booking.

    Raises:
        FeedError: no dispatcher is set up.
    """
    source = desk.source(request.service, "booking")
    ride, rider = _ride(payload), _rider(payload)
    try:
        async with asyncio.timeout(_ACT_S):
            booked = await book(desk.fetcher, source, ride, rider, key)
    except FeedRefused as fault:
        if fault.status >= _SERVER_FAULT:
            return _unknown(request, source, payload)
        refusal = parse_refusal(fault.content)
        return refused(request, source, ride, refusal.code if refusal else "", refusal.alternatives if refusal else ())
    except (FeedError, TimeoutError):
        return _unknown(request, source, payload)
    return _told(request, source, booked, payload)


async def _known(request: Request, desk: Desk) -> Known | FeedError:
    """The zones, or why they cannot be had."""
    try:
        source = desk.source(request.service, "zones")
        async with asyncio.timeout(_ZONES_S):
            return Known(source, await read_zones(request, desk, source))
    except TimeoutError:
        return FeedTimeout("The zones took too long.", "Ask again later.")
    except FeedError as fault:
        return fault


def _with_fault(request: Request, desk: Desk, finding: Finding, known: Known | FeedError) -> Finding:
    """The finding, which says so where the zones could not be had."""
    source = desk.sources.get(request.service.feeds.get("zones", ""))
    if isinstance(known, Known) or source is None:
        return finding
    status = Status.PARTIAL if finding.status == Status.ANSWERED else finding.status
    lines = (*finding.lines, trouble(source, known, request.lang))
    return Finding(lines, finding.readings, status, finding.choices, finding.draft)


def _outside(request: Request, known: Known, places: Sequence[Place]) -> Finding:
    """Say which end of the ride no zone serves, and which zones there are."""
    zones = known.zones
    near = sorted(zones.areas, key=lambda area: area.geometry.distance_m(places[0].point))
    outside = [quoted(place_name(place, request.lang), NAME) for place in places]
    named = [zone_name(request, area.name) for area in near]
    system, phone = system_name(request, zones), phone_said(zones.phone)
    names = {"places": listed(outside, request.lang), "zones": listed(named[:_SHOWN], request.lang)}
    lines = [say(_TEXTS, "outside", request.lang, system=system, **names)]
    if phone:
        lines.append(say(_TEXTS, "ask_at", request.lang, phone=phone))
    data = {"outside": outside, "system": system, "zones": named, "phone": phone}
    reading = reading_of(request, known.source, data, observed_at=zones.updated_at)
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), Status.NO_EVIDENCE)


def _offered(
    request: Request, source: FeedSource, wish: Wish, quote: Quote, known: Known | FeedError, vague: Sequence[str]
) -> Finding:
    """A promise as a draft, or why there is none."""
    ride = quote.ride
    if quote.promise is None:
        finding = refused(request, source, ride, quote.reason, quote.alternatives)
        return explained(request, finding, ride, quote.reason, known) if isinstance(known, Known) else finding
    lang, promise = request.lang, quote.promise
    ride = Ride(ride.pickup, ride.drop_off, promise.pickup_from, ride.passengers, ride.wheelchairs)
    book_by = _book_by(request, ride, known)
    data = {
        **ride_data(ride),
        **promise_data(request, promise),
        "zone": quote.zone,
        "fare": _money(quote, request) if quote.fare is not None else "",
        "book_by": time_said(book_by, request) if book_by else "",
    }
    lines = [say(_TEXTS, "offer", lang, **{**data, **_names(ride)})]
    if wish.arrive_by and promise.arrive_by > wish.arrive_by:
        data["wished_arrival"] = time_said(wish.arrive_by, request)
        lines.append(say(_TEXTS, "too_late_there", lang, time=data["wished_arrival"]))
    if wish.start < wish.end:
        lines.append(say(_TEXTS, "first_of_span", lang))
    lines += [say(_TEXTS, "vague", lang, place=one) for one in vague]
    rider = rider_of(request)
    payload = {
        **booking_body(ride, rider),
        "promise": promise_data(request, promise),
        "ask_at": phone_said(known.zones.phone) if isinstance(known, Known) else "",
    }
    draft = Draft(request.service.name, tuple(_draft_lines(request, source, ride, rider, data)), payload)
    reading = reading_of(request, source, data, observed_at=request.now, place=ride.pickup.name)
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), Status.ANSWERED, draft=draft)


def _draft_lines(
    request: Request, source: FeedSource, ride: Ride, rider: Rider | None, data: Mapping[str, Any]
) -> list[str]:
    """All that is sent, and to whom, in people's words."""
    values = {**data, **_names(ride), "passengers": ride.passengers, "wheelchairs": ride.wheelchairs}
    keys = ["draft_pickup", "draft_drop_off", "draft_window", "draft_arrival", "draft_passengers"]
    keys += ["draft_wheelchairs"] if ride.wheelchairs else []
    keys += ["draft_fare" if data["fare"] else "draft_no_fare"]
    keys += ["draft_book_by"] if data["book_by"] else []
    if rider:
        values |= {"phone": rider.phone, "name": rider.name}
        keys += ["draft_name", "draft_phone"] if rider.name else ["draft_phone"]
    else:
        keys.append("draft_no_phone")
    values["publisher"] = source.publisher.get(request.lang) or source.name
    return [say(_TEXTS, key, request.lang, **values) for key in [*keys, "draft_to"]]


def _told(request: Request, source: FeedSource, booked: Booked, payload: Mapping[str, Any]) -> Finding:
    """What was booked, with its number."""
    lang, booking = request.lang, booked.booking
    data = {
        "reference": reference_said(booking.id, lang),
        "client_reference": booking.client_reference,
        "status": booking.status,
        **ride_data(booking.ride),
        **promise_data(request, booking.promise),
        "ask_at": str(payload.get("ask_at", "")),
    }
    key = "cancelled" if not booking.stands else "booked" if booked.new else "booked_before"
    keys = [key, "booked_ride"] if booking.stands else [key]
    if booking.stands and data["pickup_from"] != _promised(payload):
        keys.append("changed")
    keys += ["change_at"] if data["ask_at"] else []
    lines = [say(_TEXTS, one, lang, **{**data, **_names(booking.ride)}) for one in keys]
    reading = reading_of(request, source, data, observed_at=request.now, place=quoted(booking.ride.pickup.name, NAME))
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), Status.ANSWERED)


def _unknown(request: Request, source: FeedSource, payload: Mapping[str, Any]) -> Finding:
    """Say that nobody knows whether the ride is booked, and that asking again does not book twice."""
    publisher, ask_at = source.publisher.get(request.lang) or source.name, str(payload.get("ask_at", ""))
    lines = [say(_TEXTS, "unknown", request.lang, publisher=publisher)]
    lines += [say(_TEXTS, "ask_at", request.lang, phone=ask_at)] if ask_at else []
    return Finding(tuple(map(Line, lines)), status=Status.FEED_UNAVAILABLE)


def _book_by(request: Request, ride: Ride, known: Known | FeedError) -> datetime | None:
    """Until when the offer can be booked by the rules, where they say so."""
    if not isinstance(known, Known):
        return None
    day = ride.pickup_from.astimezone(request.now.tzinfo).date()
    hours = known.zones.hours(ride.pickup.point, day, ride.drop_off.point)
    times = (one.book_by(ride.pickup_from) for one in hours if one.start <= ride.pickup_from <= one.end)
    return max((one for one in times if one), default=None)


def _vague(lang: Lang, *places: Place) -> list[str]:
    """Places of which only the surroundings are known."""
    return [quoted(place_name(place, lang), NAME) for place in places if place.approximate]


def _money(quote: Quote, request: Request) -> str:
    amount = f"{quote.fare:g}"
    key = "currency_TWD" if quote.currency == "TWD" else "currency"
    return say(_TEXTS, key, request.lang, amount=amount, currency=quoted(quote.currency, 3))


def _names(ride: Ride) -> dict[str, str]:
    return {"pickup": quoted(ride.pickup.name, NAME), "drop_off": quoted(ride.drop_off.name, NAME)}


def _ride(payload: Mapping[str, Any]) -> Ride:
    """The ride of a draft; the inverse of `ride_body`."""
    stops = [Stop(one["name"], Point(one["lat"], one["lon"])) for one in (payload["pickup"], payload["drop_off"])]
    start = datetime.fromisoformat(payload["pickup_from"])
    return Ride(stops[0], stops[1], start, payload["passengers"], payload["wheelchairs"])


def _rider(payload: Mapping[str, Any]) -> Rider | None:
    rider = payload.get("rider")
    return Rider(rider.get("name", ""), rider["phone"]) if rider else None


def _promised(payload: Mapping[str, Any]) -> object:
    return payload["promise"]["pickup_from"]


TOOL = Tool(answer, act)
