"""What the booking API of rides on demand takes and gives, and its description as OpenAPI."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.json_schema import models_json_schema

from assistant.demo.dispatch_records import Booking, Fare, Offer, Promise, Reason, Refusal, Ride, Rider, Status, Stop
from assistant.feeds.geometry import Point

ROOT = "/ondemand/v1"
PROBLEM = "application/problem+json"  # RFC 9457, https://www.rfc-editor.org/rfc/rfc9457
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PHONE = r"^\+?[0-9][0-9 ()#-]{5,18}[0-9]$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Message(BaseModel):
    """Members that are not known are refused: a misspelled one would otherwise change what is booked."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class StopMessage(Message):
    """Where someone gets on or off, WGS 84."""

    name: Name
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)

    @field_validator("name")
    @classmethod
    def _is_plain(cls, value: str) -> str:
        return _plain(value)


class RideMessage(Message):
    """A ride that someone wishes for, not before `pickup_from`."""

    pickup: StopMessage
    drop_off: StopMessage
    pickup_from: AwareDatetime
    passengers: int = Field(default=1, ge=1, le=20)
    wheelchairs: int = Field(default=0, ge=0, le=20)

    def ride(self) -> Ride:
        """The ride as the dispatcher knows it."""
        pickup, drop_off = (Stop(one.name, Point(one.lat, one.lon)) for one in (self.pickup, self.drop_off))
        return Ride(pickup, drop_off, self.pickup_from, self.passengers, self.wheelchairs)


class RiderMessage(Message):
    """A number for the driver to call, and a name or nickname."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(default="", repr=False)
    phone: Annotated[str, StringConstraints(pattern=_PHONE)] = Field(repr=False)

    @field_validator("name")
    @classmethod
    def _is_plain(cls, value: str) -> str:
        return _plain(value)


class BookingRequest(RideMessage):
    """A ride to be booked; who leaves no number is known by the number of the booking."""

    rider: RiderMessage | None = None

    def booked_for(self) -> Rider:
        """The rider as the dispatcher knows them."""
        return Rider(self.rider.name, self.rider.phone) if self.rider else Rider("", "")


class PromiseMessage(BaseModel):
    """When a vehicle comes and until when it arrives."""

    pickup_from: datetime
    pickup_to: datetime
    arrive_by: datetime


class FareMessage(BaseModel):
    """What all passengers pay together, in a currency of ISO 4217."""

    amount: float
    currency: str


class QuoteMessage(BaseModel):
    """What would be booked; without a promise, why not, and the nearest times that could be."""

    ride: RideMessage
    zone: str = ""
    promise: PromiseMessage | None = None
    fare: FareMessage | None = None
    reason: Reason | None = None
    alternatives: list[PromiseMessage] = []
    simulated: bool = True


class MaskedRider(BaseModel):
    """Enough to know oneself again; empty once the ride is past or cancelled."""

    name: str
    phone: str


class BookingMessage(BaseModel):
    """A booking."""

    id: str
    client_reference: str
    status: Status
    zone: str
    ride: RideMessage
    promise: PromiseMessage
    rider: MaskedRider
    simulated: bool = True


class BookingList(BaseModel):
    """The bookings with a client's reference: one or none."""

    bookings: list[BookingMessage]


class ProblemMessage(BaseModel):
    """A problem of RFC 9457; `code` is stable, `alternatives` are times that could be booked instead."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    alternatives: list[PromiseMessage] = []
    errors: list[dict[str, str]] = []


def _plain(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("control characters are no part of a name")
    return value


def promise_message(promise: Promise) -> PromiseMessage:
    """A promise as it is sent."""
    return PromiseMessage(pickup_from=promise.pickup_from, pickup_to=promise.pickup_to, arrive_by=promise.arrive_by)


def ride_message(ride: Ride) -> RideMessage:
    """A ride as it is sent."""
    stops = [StopMessage(name=s.name, lat=s.point.lat, lon=s.point.lon) for s in (ride.pickup, ride.drop_off)]
    return RideMessage(
        pickup=stops[0],
        drop_off=stops[1],
        pickup_from=ride.pickup_from,
        passengers=ride.passengers,
        wheelchairs=ride.wheelchairs,
    )


def quote_message(ride: Ride, quote: Offer | Refusal, fare: Fare | None = None) -> QuoteMessage:
    """An offer, with its fare where there is one, or a refusal as it is sent."""
    if isinstance(quote, Offer):
        price = fare and FareMessage(amount=fare.amount(ride), currency=fare.currency)
        promise = promise_message(quote.promise)
        return QuoteMessage(ride=ride_message(ride), zone=quote.fleet, promise=promise, fare=price)
    others = [promise_message(one) for one in quote.alternatives]
    return QuoteMessage(ride=ride_message(ride), reason=quote.reason, alternatives=others)


def booking_message(booking: Booking) -> BookingMessage:
    """A booking as it is sent: the rider masked."""
    return BookingMessage(
        id=booking.id,
        client_reference=booking.client_reference,
        status=booking.status,
        zone=booking.fleet,
        ride=ride_message(booking.ride),
        promise=promise_message(booking.promise),
        rider=MaskedRider(name=booking.rider.masked_name, phone=booking.rider.masked_phone),
    )


def openapi() -> dict[str, Any]:
    """The API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0)."""
    given = (QuoteMessage, BookingMessage, BookingList, ProblemMessage)
    modes: list[Any] = [(one, "validation") for one in (RideMessage, BookingRequest)]
    modes += [(one, "serialization") for one in given]
    _, schemas = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    reference = {"name": "client_reference", "in": "query", "required": True, "schema": {"type": "string"}}
    one = {"200": "BookingMessage", "404": "ProblemMessage"}
    made = {"201": "BookingMessage", **dict.fromkeys(("400", "409", "413", "422", "503"), "ProblemMessage")}
    ended = {**one, "409": "ProblemMessage"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "On-demand rides: booking", "version": "1"},
        "paths": {
            f"{ROOT}/quotes": {
                "post": _operation("What would be booked", {"200": "QuoteMessage"}, sends="RideMessage"),
            },
            f"{ROOT}/bookings": {
                "get": _operation("Bookings with a client's reference", {"200": "BookingList"}, [reference]),
                "post": _operation("Book once for a key", {"200": "BookingMessage", **made}, [key], "BookingRequest"),
            },
            f"{ROOT}/bookings/{{id}}": {
                "get": _operation("A booking", one, [number]),
                "delete": _operation("Cancel it", ended, [number]),
            },
            f"{ROOT}/bookings/{{id}}/cancellation": {
                "post": _operation("Cancel it, for clients without DELETE", ended, [number]),
            },
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(
    summary: str, answers: dict[str, str], parameters: list[dict[str, Any]] | None = None, sends: str = ""
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters or [],
        "responses": {
            status: {"description": model, "content": {_media(model): {"schema": _ref(model)}}}
            for status, model in answers.items()
        },
    }
    if sends:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(sends)}}}
    return operation


def _media(model: str) -> str:
    return PROBLEM if model == "ProblemMessage" else "application/json"


def _ref(model: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model}"}
