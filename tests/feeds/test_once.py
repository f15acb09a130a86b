"""However answers get lost, repeating a booking or a report until it succeeds leaves exactly one."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FeedError, FeedRefused, FeedTimeout
from assistant.feeds import fhir, open311
from assistant.feeds.base import FeedSource, Fetched
from assistant.feeds.geometry import Point

NOW = datetime(2026, 9, 21, 1, tzinfo=UTC)
BOOKING = fhir.Booking("s1", NOW, NOW, ("Patient/p1",), "ref-1")
REPORT = open311.NewReport("001", "坑洞", "ref-1", point=Point(22.6, 120.3))
FAULTS = st.lists(st.sampled_from(["fine", "lost", "unmade", "garbled", "deaf"]), max_size=12)


class Ledger:
    """A publisher that keeps what it is sent, and does to each request the next of some faults.

    fine: it answers. lost: it does what is asked and the answer is lost. unmade: it does nothing and says so.
    garbled: it does what is asked and answers nonsense. deaf: it does nothing and nobody hears of it.
    """

    def __init__(self, faults: list[str], document: Callable[[list[dict[str, object]]], object]) -> None:
        self.kept: list[dict[str, object]] = []
        self.faults: Iterator[str] = iter(faults)
        self.document = document

    async def get(self, source: FeedSource, **request: object) -> Fetched:
        return self.answer(next(self.faults, "fine"), self.document(self.kept))

    async def post(self, source: FeedSource, **request: object) -> Fetched:
        fault = next(self.faults, "fine")
        sent = request.get("json") or request["data"]
        assert isinstance(sent, dict)
        made = {**sent, "id": f"a{len(self.kept)}", "service_request_id": str(len(self.kept))}
        if fault not in {"unmade", "deaf"}:
            self.kept.append(made)
        return self.answer(fault, made if "resourceType" in made else [made])

    def answer(self, fault: str, document: object) -> Fetched:
        if fault in {"lost", "deaf"}:
            raise FeedTimeout("late")
        if fault == "unmade":
            raise FeedRefused(503, "busy")
        content = b"<html>" if fault == "garbled" else json.dumps(document).encode()
        return Fetched(content, "", "", NOW, False)


def until_it_succeeds(attempt: Callable[[], Awaitable[object]]) -> None:
    async def run() -> None:
        for _ in range(20):
            try:
                await attempt()
            except FeedError:
                continue
            return

    asyncio.run(run())


def searchset(kept: list[dict[str, object]]) -> object:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in kept]}


@given(FAULTS)
def test_an_appointment_is_made_once(faults: list[str]) -> None:
    """Each attempt looks for the reference of the booking before it sends anything."""
    server = Ledger(faults, searchset)
    source = FeedSource("clinic", "fhir", "http://x/fhir")
    until_it_succeeds(lambda: fhir.book(server, source, BOOKING))  # type: ignore[arg-type]
    assert len(server.kept) == 1


@given(FAULTS)
def test_a_report_is_sent_once(faults: list[str]) -> None:
    """Each attempt looks for the reference in the descriptions before it sends anything."""
    server = Ledger(faults, lambda kept: kept)
    source = replace(FeedSource("city", "open311", "http://x/v2"), refresh_s=60)
    until_it_succeeds(lambda: open311.send_report(server, source, REPORT, NOW))  # type: ignore[arg-type]
    assert len(server.kept) == 1
