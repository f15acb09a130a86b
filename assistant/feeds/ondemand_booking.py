"""Booking of rides on demand: asks what would be promised, books it exactly once, looks it up and cancels it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.paging import under
from assistant.feeds.values import items, json_object, malformed, members, moment, number, text, whole

STANDARD = "on-demand booking"
BOOKED, CANCELLED = "booked", "cancelled"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where someone gets on or off, with the name that the driver reads."""

    name: str
    point: Point


@dataclass(frozen=True, slots=True)
class Ride:
    """A ride to be booked.

    Attributes:
        pickup_from: not before; aware.
        passengers: all of them; `wheelchairs` of them stay in a wheelchair.
    """

    pickup: Stop
    drop_off: Stop
    pickup_from: datetime
    passengers: int = 1
    wheelchairs: int = 0


@dataclass(frozen=True, slots=True)
class Rider:
    """A number for the driver to call, and a name or nickname, which may be empty; no log or repr shows it."""

    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Promise:
    """The vehicle comes between two moments and arrives by a third, aware."""

    pickup_from: datetime
    pickup_to: datetime
    arrive_by: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """What would be booked now.

    Attributes:
        promise: None where the ride cannot be had; then `reason` is a code: "no_vehicle", "outside_zones",
            "outside_hours", "too_soon", "too_far_ahead", "too_many" or "suspended".
        alternatives: near times that could be had, nearest first.
        zone: whose vehicles would come.
        fare: what all passengers pay together, in `currency` (ISO 4217); None where it is not said.
    """

    ride: Ride
    promise: Promise | None
    zone: str = ""
    reason: str = ""
    fare: float | None = None
    currency: str = ""
    alternatives: tuple[Promise, ...] = ()
    simulated: bool = False
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RideBooking:
    """A booking; `masked_name` and `masked_phone` are enough to know oneself again."""

    id: str
    client_reference: str
    status: str
    zone: str
    ride: Ride
    promise: Promise
    masked_name: str
    masked_phone: str
    simulated: bool = False

    @property
    def stands(self) -> bool:
        """Whether a vehicle comes."""
        return self.status == BOOKED


@dataclass(frozen=True, slots=True)
class Booked:
    """The booking with our reference; `new` is whether this call made it. It may have been cancelled since."""

    booking: RideBooking
    new: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a booking was not made or cancelled: a code as of `Quote.reason`, or "reference_taken", "under_way" ..."""

    code: str
    detail: str
    alternatives: tuple[Promise, ...] = ()


async def read_quote(fetcher: Fetcher, source: FeedSource, ride: Ride) -> Quote:
    """What would be promised now; nothing is booked, and no rider is named. The source's address is the API's root.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where the answer is no quote.
    """
    url = under(source.url, "quotes")
    asked = await fetcher.get(_now(source), url=url, query=ride_body(ride), headers=_headers(source), max_age_s=0.0)
    return replace(parse_quote(asked.content, ride), fetched_at=asked.fetched_at)


async def book(fetcher: Fetcher, source: FeedSource, ride: Ride, rider: Rider | None, reference: str) -> Booked:
    """Book a ride; called again with the same reference it finds the first booking and makes no second.

    It looks for the reference first, sends it as the Idempotency-Key, and where no answer comes it looks again. Show
    the person what will be sent before (`read_quote`, `booking_body`).

    Args:
        rider: None where nobody left a number; then the number of the booking is all that the driver knows.
        reference: our own id of this booking, the same for each attempt: letters, digits and `._:-`, at most 100.

    Raises:
        FeedTimeout, FeedUnreachable: nobody knows whether the ride was booked; call again with the same reference.
        FeedRefused: it was not booked; `parse_refusal` of its content reads why, and what could be booked instead.
        FeedMalformed: the answer is no booking, and the service knows none.
    """
    earlier = await find_booking(fetcher, source, reference)
    if earlier:
        return Booked(earlier, new=False)
    headers = {**_headers(source), "Idempotency-Key": f'"{reference}"'}
    url = under(source.url, "bookings")
    try:
        answer = await fetcher.post(source, url=url, json=booking_body(ride, rider), headers=headers)
        return Booked(_own(parse_booking(answer.content), reference), new=True)
    except FeedError:
        made = await _look_again(fetcher, source, reference)
        if made is None:
            raise
        return Booked(made, new=True)


async def find_booking(fetcher: Fetcher, source: FeedSource, reference: str) -> RideBooking | None:
    """The booking with our reference, cancelled or not, asked anew each time.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where the answer is no list of bookings.
    """
    url, params = under(source.url, "bookings"), {"client_reference": reference}
    asked = await fetcher.get(_now(source), url=url, params=params, headers=_headers(source), max_age_s=0.0)
    found = json_object(asked.content, STANDARD).get("bookings")
    if not isinstance(found, list):
        raise malformed(STANDARD, "it holds no bookings")
    bookings = [_booking(members(one)) for one in found]
    return next((one for one in bookings if one.client_reference == reference), None)


async def read_booking(fetcher: Fetcher, source: FeedSource, booking: str) -> RideBooking:
    """A booking by its number, asked anew each time.

    Raises:
        FeedRefused: 404 where there is none.
        FeedError: as `Fetcher.get`; FeedMalformed where the answer is no booking.
    """
    url = under(source.url, "bookings", booking)
    asked = await fetcher.get(_now(source), url=url, headers=_headers(source), max_age_s=0.0)
    return parse_booking(asked.content)


async def cancel(fetcher: Fetcher, source: FeedSource, booking: str) -> RideBooking:
    """Cancel a booking by its number; one that is cancelled stays so, so this may be repeated.

    Raises:
        FeedTimeout, FeedUnreachable: nobody knows whether it is cancelled; call again.
        FeedRefused: 404 where there is none, 409 where the vehicle is on its way.
        FeedMalformed: the answer is no booking that is cancelled.
    """
    url = under(source.url, "bookings", booking, "cancellation")
    answer = await fetcher.post(source, url=url, json={}, headers=_headers(source))
    found = parse_booking(answer.content)
    if found.id != booking or found.status != CANCELLED:
        raise malformed(STANDARD, "the booking still stands")
    return found


def ride_body(ride: Ride) -> dict[str, Any]:
    """What is sent to ask for a quote."""
    return {
        "pickup": _stop_body(ride.pickup),
        "drop_off": _stop_body(ride.drop_off),
        "pickup_from": ride.pickup_from.isoformat(timespec="seconds"),
        "passengers": ride.passengers,
        "wheelchairs": ride.wheelchairs,
    }


def booking_body(ride: Ride, rider: Rider | None) -> dict[str, Any]:
    """What is sent to book: the ride and, where one is given, the rider's number and name."""
    if rider is None:
        return ride_body(ride)
    named = {"name": rider.name} if rider.name else {}
    return {**ride_body(ride), "rider": {**named, "phone": rider.phone}}


def parse_quote(content: bytes, ride: Ride) -> Quote:
    """The answer about a ride.

    Raises:
        FeedMalformed: it neither promises the ride nor says why not.
    """
    data = json_object(content, STANDARD)
    promise, reason = _promise(data.get("promise")), text(data.get("reason"))
    if promise is None and (not reason or data.get("promise") is not None):
        raise malformed(STANDARD, "it neither promises the ride nor says why not")
    fare = members(data.get("fare"))
    amount, currency = number(fare.get("amount")), text(fare.get("currency"))
    is_said = amount is not None and amount >= 0 and bool(currency)
    return Quote(
        ride=ride,
        promise=promise,
        zone=text(data.get("zone")),
        reason=reason,
        fare=amount if is_said else None,
        currency=currency if is_said else "",
        alternatives=_promises(data.get("alternatives")),
        simulated=data.get("simulated") is True,
    )


def parse_booking(content: bytes) -> RideBooking:
    """A booking.

    Raises:
        FeedMalformed: it is none, or lacks its number, state, ride or promise.
    """
    return _booking(json_object(content, STANDARD))


def parse_refusal(content: bytes) -> Refusal | None:
    """The problem (RFC 9457) with which something was refused; nothing where it is none."""
    try:
        data = json_object(content, STANDARD)
    except FeedError:
        return None
    code = text(data.get("code"))
    return Refusal(code, text(data.get("detail")), _promises(data.get("alternatives"))) if code else None


async def _look_again(fetcher: Fetcher, source: FeedSource, reference: str) -> RideBooking | None:
    """Whether a booking came through whose answer did not; a fault of this look tells nothing new."""
    try:
        return await find_booking(fetcher, source, reference)
    except FeedError:
        return None


def _own(booking: RideBooking, reference: str) -> RideBooking:
    if booking.client_reference != reference:
        raise malformed(STANDARD, "the booking that was answered is another one")
    return booking


def _booking(data: Mapping[str, Any]) -> RideBooking:
    booking, status, promise = text(data.get("id")), text(data.get("status")), _promise(data.get("promise"))
    ride = _ride(members(data.get("ride")))
    if not booking or status not in {BOOKED, CANCELLED} or promise is None or ride is None:
        raise malformed(STANDARD, "a booking lacks its number, state, ride or promise")
    rider = members(data.get("rider"))
    return RideBooking(
        id=booking,
        client_reference=text(data.get("client_reference")),
        status=status,
        zone=text(data.get("zone")),
        ride=ride,
        promise=promise,
        masked_name=text(rider.get("name")),
        masked_phone=text(rider.get("phone")),
        simulated=data.get("simulated") is True,
    )


def _ride(data: Mapping[str, Any]) -> Ride | None:
    pickup, drop_off = (_stop(members(data.get(name))) for name in ("pickup", "drop_off"))
    pickup_from, passengers = moment(data.get("pickup_from")), whole(data.get("passengers"))
    if pickup is None or drop_off is None or pickup_from is None or passengers is None or passengers < 1:
        return None
    return Ride(pickup, drop_off, pickup_from, passengers, max(0, whole(data.get("wheelchairs")) or 0))


def _stop(data: Mapping[str, Any]) -> Stop | None:
    point = parse_point(data.get("lat"), data.get("lon"))
    return Stop(text(data.get("name")), point) if point else None


def _promises(value: object) -> tuple[Promise, ...]:
    return tuple(one for one in map(_promise, items(value)) if one)


def _promise(value: object) -> Promise | None:
    data = members(value)
    times = [moment(data.get(name)) for name in ("pickup_from", "pickup_to", "arrive_by")]
    start, until, arrive_by = times
    if start is None or until is None or arrive_by is None or not start <= until <= arrive_by:
        return None
    return Promise(start, until, arrive_by)


def _stop_body(stop: Stop) -> dict[str, Any]:
    return {"name": stop.name, "lat": round(stop.point.lat, 6), "lon": round(stop.point.lon, 6)}


def _now(source: FeedSource) -> FeedSource:
    return replace(source, refresh_s=0.0)


def _headers(source: FeedSource) -> dict[str, str]:
    return {"Authorization": f"Bearer {source.key.get_secret_value()}"} if source.key else {}
