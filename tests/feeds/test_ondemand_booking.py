"""A ride is quoted before it is booked, booked once however answers get lost, and nobody reads who rides."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds import ondemand_booking
from assistant.feeds.base import FeedSource, Fetched
from assistant.feeds.geometry import Point
from assistant.feeds.ondemand_booking import Promise, Ride, Rider, Stop, parse_booking, parse_quote, parse_refusal
from tests.feeds.hostile import cuts, noise, read_all, wrong_values
from tests.feeds.pages import ByPath, ask
from tests.feeds.test_once import FAULTS, Ledger, until_it_succeeds
from tests.indexing.loopback import City, Page

NOW = datetime(2026, 9, 21, 1, tzinfo=UTC)
RIDE = Ride(Stop("里", Point(23.27, 120.72)), Stop("衛生所", Point(23.08, 120.59)), NOW, 2, 1)
RIDER = Rider("王小明", "0912-345-678")
PROMISE = {
    "pickup_from": "2026-09-21T09:00:00+08:00",
    "pickup_to": "2026-09-21T09:20:00+08:00",
    "arrive_by": "2026-09-21T11:00:00+08:00",
}
PROMISED = Promise(NOW, NOW + timedelta(minutes=20), NOW + timedelta(hours=2))
QUOTE = {"ride": {}, "zone": "hills", "promise": PROMISE, "reason": None, "alternatives": [], "simulated": True}
REFUSED = {**QUOTE, "promise": None, "reason": "no_vehicle", "alternatives": [PROMISE, {}]}
BOOKING = {
    "id": "B1",
    "client_reference": "ref-1",
    "status": "booked",
    "zone": "hills",
    "ride": ondemand_booking.ride_body(RIDE),
    "promise": PROMISE,
    "rider": {"name": "王**", "phone": "***678"},
}
PROBLEM = {"code": "no_vehicle", "detail": "Taken.", "alternatives": [PROMISE]}


def page(document: object, status: int = 200) -> Page:
    return Page(json.dumps(document).encode(), status)


def test_a_fare_is_read_with_its_currency() -> None:
    """A fare without a currency, below zero or of another type is none."""
    found = [{"amount": 24, "currency": "TWD"}, {"amount": 24}, {"amount": -1, "currency": "TWD"}, "24", None]
    quotes = [parse_quote(json.dumps({**QUOTE, "fare": fare}).encode(), RIDE) for fare in found]
    assert [(quote.fare, quote.currency) for quote in quotes] == [(24.0, "TWD"), *[(None, "")] * 4]


def test_what_nobody_left_is_not_sent() -> None:
    """Without a number there is no rider, and without a name there is none in the body."""
    assert "rider" not in ondemand_booking.booking_body(RIDE, None)
    assert ondemand_booking.booking_body(RIDE, Rider("", "0912345678"))["rider"] == {"phone": "0912345678"}


class Desk(Ledger):
    """A booking service that keeps no key of ours: only looking before sending keeps it from booking twice."""

    async def post(self, source: FeedSource, **request: Any) -> Fetched:
        return await super().post(source, json={**BOOKING, "resourceType": "", **request["json"]})


@given(FAULTS)
def test_a_ride_is_booked_once(faults: list[str]) -> None:
    """Each attempt looks for its reference before it sends anything."""
    desk = Desk(faults, lambda kept: {"bookings": kept})
    source = FeedSource("rides", "ondemand-booking", "http://x/v1")
    until_it_succeeds(lambda: ondemand_booking.book(desk, source, RIDE, RIDER, "ref-1"))  # type: ignore[arg-type]
    assert len(desk.kept) == 1


def test_a_quote_names_no_rider(publisher: City, source: FeedSource) -> None:
    """The ride alone is sent; the promise comes back with where it is from and that it is simulated."""
    publisher.pages = ByPath({"/feed/quotes": page(QUOTE)})
    quote = ask(lambda fetcher: ondemand_booking.read_quote(fetcher, source, RIDE))
    assert (quote.promise, quote.zone, quote.simulated) == (PROMISED, "hills", True)
    ((_, sent),) = publisher.requests
    assert json.loads(sent["body"]) == ondemand_booking.ride_body(RIDE)
    assert sent["authorization"] == "Bearer s3cr3t/+key"


def test_a_quote_is_asked_anew_each_time(publisher: City, source: FeedSource) -> None:
    """A vehicle that was free a minute ago may be taken."""
    publisher.pages = ByPath({"/feed/quotes": [page(QUOTE), page(REFUSED)]})

    async def twice(fetcher: Any) -> list[ondemand_booking.Quote]:
        return [await ondemand_booking.read_quote(fetcher, source, RIDE) for _ in range(2)]

    first, second = ask(twice)
    assert (first.promise, second.promise, second.reason, second.alternatives) == (
        PROMISED,
        None,
        "no_vehicle",
        (PROMISED,),
    )


def test_a_booking_is_sent_with_its_key(publisher: City, source: FeedSource) -> None:
    """Quoted, as the draft of the header has it; the rider is in the body and in no address."""
    publisher.pages = ByPath({"/feed/bookings": [page({"bookings": []}), page(BOOKING, 201)]})
    booked = ask(lambda fetcher: ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1"))
    assert (booked.new, booked.booking.promise, booked.booking.ride) == (True, PROMISED, RIDE)
    path, sent = publisher.requests[-1]
    assert (path, sent["idempotency-key"]) == ("/feed/bookings", '"ref-1"')
    assert json.loads(sent["body"]) == ondemand_booking.booking_body(RIDE, RIDER)


def test_what_was_cancelled_is_not_booked_again(publisher: City, source: FeedSource) -> None:
    """The retry of a booking that someone has cancelled since sends nothing."""
    publisher.pages = ByPath({"/feed/bookings": page({"bookings": [{**BOOKING, "status": "cancelled"}]})})
    booked = ask(lambda fetcher: ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1"))
    assert (booked.new, booked.booking.stands, len(publisher.requests)) == (False, False, 1)


def test_a_refusal_says_what_could_be_booked_instead(publisher: City, source: FeedSource) -> None:
    """The problem of the service is with the fault."""
    publisher.pages = ByPath({"/feed/bookings": [page({"bookings": []}), page(PROBLEM, 409), page({"bookings": []})]})
    with pytest.raises(FeedRefused) as refused:
        ask(lambda fetcher: ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1"))
    refusal = parse_refusal(refused.value.content)
    assert refusal == ondemand_booking.Refusal("no_vehicle", "Taken.", (PROMISED,))
    assert [parse_refusal(content) for content in (b"", b"[]", b"{}", b"<html>")] == [None] * 4


def test_anothers_booking_is_not_taken_for_ours(publisher: City, source: FeedSource) -> None:
    """An answer with another reference is malformed, and the service is asked again."""
    other = page({**BOOKING, "client_reference": "ref-2"}, 201)
    publisher.pages = ByPath({"/feed/bookings": [page({"bookings": []}), other, page({"bookings": []})]})
    with pytest.raises(FeedMalformed, match="another one"):
        ask(lambda fetcher: ondemand_booking.book(fetcher, source, RIDE, RIDER, "ref-1"))


@pytest.mark.parametrize("answer", [{**BOOKING, "status": "booked"}, {**BOOKING, "id": "B2", "status": "cancelled"}])
def test_a_cancellation_is_believed_only_where_it_is_said(
    publisher: City, source: FeedSource, answer: dict[str, object]
) -> None:
    """A booking that stands, or another one that is cancelled, is no cancellation."""
    publisher.pages = ByPath({"/feed/bookings/B1/cancellation": page(answer)})
    with pytest.raises(FeedMalformed, match="still stands"):
        ask(lambda fetcher: ondemand_booking.cancel(fetcher, source, "B1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"promise": None},
        {"promise": {**PROMISE, "pickup_to": "2026-09-21T08:00:00+08:00"}},
        {"promise": {**PROMISE, "pickup_from": "2026-09-21T09:00:00"}},
        {"promise": {}, "reason": "no_vehicle"},
    ],
)
def test_a_quote_that_says_nothing_is_malformed(changes: dict[str, object]) -> None:
    """A time without an offset, or one that ends before it begins, is no promise."""
    with pytest.raises(FeedMalformed):
        parse_quote(json.dumps({**QUOTE, **changes}).encode(), RIDE)


@pytest.mark.parametrize(
    ("parse", "document"),
    [(parse_booking, BOOKING), (partial(parse_quote, ride=RIDE), REFUSED), (parse_refusal, PROBLEM)],
)
def test_hostile_answers_are_malformed_and_nothing_else(
    parse: Callable[[bytes], Any], document: dict[str, object]
) -> None:
    """Cut, bent, or with values of wrong types, an answer is read or refused."""
    content = json.dumps(document).encode()
    results = read_all(parse, iter([*cuts(content), *noise(content), *wrong_values(document)]))
    assert 0 < results.count(None) < len(results)


def test_nobody_reads_a_rider_by_chance() -> None:
    """What a log or an error would write of a booking holds no name and no number."""
    assert all(
        "小明" not in shown and "345" not in shown for shown in (repr(RIDER), str([replace(RIDER, name="王小明")]))
    )
