"""Rides on demand over HTTP: the GOFS-lite documents of the operation, and a booking API that books once for a key."""

import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.city import LANGUAGES
from assistant.demo.dispatch import Dispatcher
from assistant.demo.dispatch_city import load_operation
from assistant.demo.dispatch_records import Booking, Reason, Refusal
from assistant.demo.dispatch_store import Ledger
from assistant.demo.ondemand_documents import FILES, WAIT_TIMES, discovery, document, envelope, wait_times
from assistant.demo.ondemand_messages import (
    PROBLEM,
    ROOT,
    BookingList,
    BookingRequest,
    ProblemMessage,
    RideMessage,
    booking_message,
    openapi,
    promise_message,
    quote_message,
)
from assistant.feeds.geometry import Point, parse_point

GOFS = "/ondemand/gofs.json"
_MOST_BYTES = 16 * 1024
_DOCUMENT_TTL_S, _WAIT_TTL_S = 300, 0
_KEY = re.compile(r'"?([\w.:-]{1,100})"?', re.ASCII)
_STATUS = {Reason.NO_VEHICLE: 409, Reason.UNDER_WAY: 409}  # the others are 422
_DETAILS = {
    Reason.OUTSIDE_ZONES: "No vehicle drives between these places.",
    Reason.OUTSIDE_HOURS: "No vehicle drives at this time.",
    Reason.TOO_SOON: "This is too soon to be booked.",
    Reason.TOO_FAR_AHEAD: "This is too far ahead to be booked.",
    Reason.TOO_MANY: "These are more people than one booking may be for.",
    Reason.SUSPENDED: "All rides are suspended on this day.",
    Reason.NO_VEHICLE: "Every vehicle is taken then.",
    Reason.REFERENCE_TAKEN: "Another ride was booked with this key.",
    Reason.UNDER_WAY: "The promised time has begun; call the driver.",
}
Sent = TypeVar("Sent", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class _Problem(Exception):
    """A request ends with a problem of RFC 9457."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(code)
        self.message = ProblemMessage(
            type=f"urn:city-assistant:ondemand:{code}",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            code=code,
            **more,
        )


def open_dispatcher(
    city_dir: Path,
    ledger: Path,
    clock: Callable[[], datetime],
    suspended: Callable[[date], bool] = lambda day: False,
) -> Dispatcher:
    """The dispatcher of a city's rides on demand, with the bookings of a file that is made where there is none.

    Args:
        suspended: whether no rides are given on a day.

    Raises:
        CityDataError: the city's data has no rides on demand.
        StoreError: the file cannot be opened.
    """
    operation = load_operation(city_dir)
    return Dispatcher(operation, Ledger(ledger, operation.zone), clock, suspended=suspended)


def ondemand_routes(dispatcher: Dispatcher) -> list[Route]:
    """The routes of an operation: `/ondemand/gofs.json` with its files, and the booking API under `/ondemand/v1`."""
    system = _System(dispatcher)
    files = "/ondemand/gofs/{language}/{name}.json"
    return [
        Route(GOFS, _guarded(system.discovery)),
        Route(files, _guarded(system.file), name="ondemand_file"),
        Route(f"{ROOT}/openapi.json", _guarded(system.openapi)),
        Route(f"{ROOT}/quotes", _guarded(system.quote), methods=["POST"]),
        Route(f"{ROOT}/bookings", _guarded(system.book), methods=["POST"]),
        Route(f"{ROOT}/bookings", _guarded(system.find), methods=["GET"]),
        Route(f"{ROOT}/bookings/{{id}}", _guarded(system.read), methods=["GET"]),
        Route(f"{ROOT}/bookings/{{id}}", _guarded(system.cancel), methods=["DELETE"]),
        Route(f"{ROOT}/bookings/{{id}}/cancellation", _guarded(system.cancel), methods=["POST"]),
    ]


class _System:
    """The endpoints; planning runs beside the event loop."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def discovery(self, request: Request) -> Response:
        def address(language: str, name: str) -> str:
            return str(request.url_for("ondemand_file", language=language, name=name))

        return _json(envelope(discovery(address), self._dispatcher.now(), _DOCUMENT_TTL_S))

    async def file(self, request: Request) -> Response:
        name, language = request.path_params["name"], request.path_params["language"]
        if language not in LANGUAGES or name not in {*FILES, WAIT_TIMES}:
            raise _Problem(404, "no_such_file", "There is no such file.")
        now = self._dispatcher.now()
        if name == WAIT_TIMES:
            return _json(envelope(await self._wait_times(request, now), now, _WAIT_TTL_S))
        found = document(name, self._dispatcher.operation, language, now.date(), self._dispatcher.closed())
        return _json(envelope(found, now, _DOCUMENT_TTL_S))

    async def _wait_times(self, request: Request, now: datetime) -> dict[str, Any]:
        start = _point(request, "pickup_lat", "pickup_lon")
        end = _point(request, "drop_off_lat", "drop_off_lon")
        if start is None:
            raise _Problem(422, "no_pickup", "pickup_lat and pickup_lon say where, in degrees.")
        zones = [zone for zone in self._dispatcher.operation.zones if zone.vehicles and zone.area.contains(start)]
        if end is None and not zones:
            return wait_times(None, now)
        target = end or zones[0].vehicles[0].depot
        promise = await run_in_threadpool(self._dispatcher.earliest, start, target)
        return wait_times(promise.pickup_from if promise else None, now)

    async def openapi(self, request: Request) -> Response:
        return _json(openapi())

    async def quote(self, request: Request) -> Response:
        ride = (await _sent(request, RideMessage)).ride()
        found = await run_in_threadpool(self._dispatcher.quote, ride)
        return _message(quote_message(ride, found, self._dispatcher.operation.fare))

    async def book(self, request: Request) -> Response:
        key = _KEY.fullmatch(request.headers.get("idempotency-key", "").strip())
        if key is None:
            raise _Problem(400, "no_key", "The header Idempotency-Key holds an id of your own, the same in each retry.")
        sent = await _sent(request, BookingRequest)
        found = await run_in_threadpool(self._dispatcher.book, sent.ride(), sent.booked_for(), key[1])
        if isinstance(found, Refusal):
            raise _refused(found)
        location = {"Location": f"{ROOT}/bookings/{found.booking.id}"}
        return _message(booking_message(found.booking), 201 if found.new else 200, location)

    async def find(self, request: Request) -> Response:
        reference = request.query_params.get("client_reference", "")
        found = await run_in_threadpool(self._dispatcher.by_reference, reference)
        return _message(BookingList(bookings=[booking_message(found)] if found else []))

    async def read(self, request: Request) -> Response:
        return _booking(await run_in_threadpool(self._dispatcher.by_id, request.path_params["id"]))

    async def cancel(self, request: Request) -> Response:
        found = await run_in_threadpool(self._dispatcher.cancel, request.path_params["id"])
        if isinstance(found, Refusal):
            raise _refused(found)
        return _booking(found)


def _guarded(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose problems are answered as such."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _Problem as problem:
            return _message(problem.message, problem.message.status, kind=PROBLEM)
        except sqlite3.OperationalError:
            busy = _Problem(503, "busy", "The bookings are in use; ask again with the same key.").message
            return _message(busy, busy.status, {"Retry-After": "1"}, PROBLEM)

    return guarded


async def _sent(request: Request, model: type[Sent]) -> Sent:
    """The body as a message; what it holds is repeated in no error."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise _Problem(413, "too_large", f"A request has at most {_MOST_BYTES} bytes.")
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if any(one["type"] == "json_invalid" for one in found):
            raise _Problem(400, "no_json", "The body is no JSON.") from None
        errors = [{"pointer": "".join(f"/{step}" for step in one["loc"]), "detail": one["msg"]} for one in found]
        raise _Problem(422, "not_valid", "A member is missing or wrong.", errors=errors) from None


def _refused(refusal: Refusal) -> _Problem:
    others = [promise_message(one) for one in refusal.alternatives]
    status = _STATUS.get(refusal.reason, 422)
    return _Problem(status, refusal.reason, _DETAILS[refusal.reason], alternatives=others)


def _booking(found: Booking | None) -> Response:
    if found is None:
        raise _Problem(404, "no_such_booking", "There is no such booking.")
    return _message(booking_message(found))


def _point(request: Request, lat: str, lon: str) -> Point | None:
    return parse_point(request.query_params.get(lat), request.query_params.get(lon))


def _message(
    message: BaseModel, status: int = 200, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> Response:
    return _json(message.model_dump(mode="json"), status, headers, kind)


def _json(
    found: object, status: int = 200, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> Response:
    """JSON that says in a header that it is simulated, and that nobody keeps."""
    said = {"X-Simulated": "true", "Cache-Control": "no-store", **(headers or {})}
    return Response(json.dumps(found, ensure_ascii=False).encode(), status, said, kind)
