"""TDX is asked with a token, seldom enough, and never for another question than the one meant."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from pydantic import SecretStr

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.tdx import Tdx
from tests.feeds.asking import Clock
from tests.feeds.pages import ByPath
from tests.indexing.loopback import City, Page

Answer = TypeVar("Answer")
ESTIMATES = "/api/v2/Bus/EstimatedTimeOfArrival/City/Kaohsiung"
SECRET = "very-s3cret"


@pytest.fixture
def tdx_source(publisher: City, source: FeedSource) -> FeedSource:
    publisher.pages = ByPath({"/token": token("first")})
    return replace(
        source,
        url=f"{publisher.url}/api",
        key=SecretStr(f"me:{SECRET}"),
        options={"city": "Kaohsiung", "token_url": f"{publisher.url}/token"},
        refresh_s=20,
        stale_s=300,
    )


def token(value: str, life_s: int = 86400) -> Page:
    return Page(json.dumps({"access_token": value, "expires_in": life_s, "token_type": "Bearer"}).encode())


def estimates(seconds: int) -> Page:
    one = {"RouteUID": "R", "StopUID": "S", "StopStatus": 0, "EstimateTime": seconds}
    return Page(json.dumps([one]).encode())


def using(source: FeedSource, questions: Callable[[Tdx, Clock], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        clock = Clock()
        async with Fetcher(clock=clock) as fetcher:
            return await questions(Tdx(fetcher, source, clock=clock), clock)

    return asyncio.run(run())


def paths(publisher: City) -> list[str]:
    return [path.partition("?")[0] for path, _ in publisher.requests]


def test_a_token_is_asked_for_once(publisher: City, tdx_source: FeedSource) -> None:
    """Two questions carry the same token; the secret goes to the token service alone."""
    publisher.pages[f"{ESTIMATES}/300"] = publisher.pages[f"{ESTIMATES}/301"] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> None:
        await tdx.bus_estimates("300")
        await tdx.bus_estimates("301")

    using(tdx_source, questions)
    assert paths(publisher) == ["/token", f"{ESTIMATES}/300", f"{ESTIMATES}/301"]
    assert [headers.get("authorization") for _, headers in publisher.requests[1:]] == ["Bearer first"] * 2
    assert f"client_secret={SECRET}" in publisher.requests[0][1]["body"]


def test_a_token_that_ends_is_renewed_before(publisher: City, tdx_source: FeedSource) -> None:
    """A minute before its end a token is no longer used."""
    publisher.pages["/token"] = [token("first", 600), token("second", 600)]
    publisher.pages[f"{ESTIMATES}/300"] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> None:
        await tdx.bus_estimates("300")
        clock.now += 545
        await tdx.bus_estimates("300")

    using(tdx_source, questions)
    assert publisher.requests[-1][1]["authorization"] == "Bearer second"


def test_a_token_that_is_refused_is_renewed_once(publisher: City, tdx_source: FeedSource) -> None:
    """401 leads to one new token; a second 401 is passed on."""
    publisher.pages["/token"] = [token("first"), token("second")]
    publisher.pages[f"{ESTIMATES}/300"] = [Page(b"", 401), estimates(60)]
    found = using(tdx_source, lambda tdx, clock: tdx.bus_estimates("300"))
    assert (found.records[0].estimate.published_s, found.fetched_at is None) == (60, False)
    assert publisher.requests[-1][1]["authorization"] == "Bearer second"
    publisher.pages[f"{ESTIMATES}/300"] = Page(b"", 401)
    publisher.requests.clear()
    with pytest.raises(FeedRefused) as refused:
        using(tdx_source, lambda tdx, clock: tdx.bus_estimates("300"))
    assert (refused.value.status, len(publisher.asked(f"{ESTIMATES}/300?%24format=JSON"))) == (401, 2)


@pytest.mark.parametrize("answer", [Page(b"{}"), Page(b"<html>"), Page(b'{"access_token": "a b"}')])
def test_a_token_service_without_a_token_is_malformed(publisher: City, tdx_source: FeedSource, answer: Page) -> None:
    """No question is asked with a token that is none."""
    publisher.pages["/token"] = answer
    with pytest.raises(FeedMalformed):
        using(tdx_source, lambda tdx, clock: tdx.bus_alerts())
    assert paths(publisher) == ["/token"]


def test_the_calls_of_a_minute_are_not_exceeded(publisher: City, tdx_source: FeedSource) -> None:
    """The sixth question of a minute is refused here, says when to ask again, and works then."""
    for route in "123456":
        publisher.pages[f"{ESTIMATES}/{route}"] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> int:
        for route in "12345":
            await tdx.bus_estimates(route)
            clock.now += 2
        with pytest.raises(FeedRefused, match="used up") as refused:
            await tdx.bus_estimates("6")
        assert "50 s" in refused.value.cure
        clock.now += 50
        return len((await tdx.bus_estimates("6")).records)

    assert using(tdx_source, questions) == 1
    assert len(paths(publisher)) == 1 + 6


def test_what_is_kept_helps_over_the_minute(publisher: City, tdx_source: FeedSource) -> None:
    """Without calls left, an answer that is older than refresh_s but not yet stale is given again."""
    for route in "12345":
        publisher.pages[f"{ESTIMATES}/{route}"] = [estimates(60), estimates(30)]

    async def questions(tdx: Tdx, clock: Clock) -> list[int | None]:
        for route in "12345":
            await tdx.bus_estimates(route)
        clock.now += 25
        kept = await tdx.bus_estimates("1")
        clock.now += 40
        new = await tdx.bus_estimates("1")
        return [kept.records[0].estimate.published_s, new.records[0].estimate.published_s]

    assert using(tdx_source, questions) == [60, 30]


def test_questions_at_the_same_time_are_one_call(publisher: City, tdx_source: FeedSource) -> None:
    """Ten people at one stop cost one of the five calls."""
    publisher.pages[f"{ESTIMATES}/300"] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> None:
        await asyncio.gather(*(tdx.bus_estimates("300") for _ in range(10)))

    using(tdx_source, questions)
    assert paths(publisher) == ["/token", f"{ESTIMATES}/300"]


def test_different_questions_at_the_same_time_share_a_token_and_the_minute(
    publisher: City, tdx_source: FeedSource
) -> None:
    """Six questions at once: one token, five calls, and one that is told to wait."""
    for route in "123456":
        publisher.pages[f"{ESTIMATES}/{route}"] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> list[object]:
        return await asyncio.gather(*(tdx.bus_estimates(route) for route in "123456"), return_exceptions=True)

    answers = using(tdx_source, questions)
    assert [type(answer).__name__ for answer in answers] == ["Parsed"] * 5 + ["FeedRefused"]
    assert paths(publisher).count("/token") == 1


def test_a_fault_is_not_kept(publisher: City, tdx_source: FeedSource) -> None:
    """After an error the platform is asked again."""
    publisher.pages[f"{ESTIMATES}/300"] = [Page(b"", 500), estimates(60)]

    async def questions(tdx: Tdx, clock: Clock) -> int:
        with pytest.raises(FeedRefused):
            await tdx.bus_estimates("300")
        return len((await tdx.bus_estimates("300")).records)

    assert using(tdx_source, questions) == 1


def test_names_are_quoted_in_addresses_and_filters(publisher: City, tdx_source: FeedSource) -> None:
    """A route name cannot lead to another address, nor a stop to another filter."""
    publisher.pages[f"{ESTIMATES}/%E7%B4%851%2F..%2Fx"] = publisher.pages[ESTIMATES] = estimates(60)

    async def questions(tdx: Tdx, clock: Clock) -> None:
        await tdx.bus_estimates("紅1/../x")
        await tdx.bus_estimates_at(["KHH1", "x' or 1 eq 1 or StopUID eq '"])
        for route in ("..", ""):
            with pytest.raises(FeedRefused, match="no name"):
                await tdx.bus_estimates(route)

    using(tdx_source, questions)
    asked = publisher.requests[-1][0].replace("%20", "+")
    assert "%24filter=StopUID+eq+%27KHH1%27+or+StopUID+eq+%27x%27%27+or+1+eq+1" in asked


def test_without_a_key_one_asks_as_a_visitor(publisher: City, tdx_source: FeedSource) -> None:
    """Visitors have few calls a day, and no token."""
    publisher.pages["/api/v2/Bus/Alert/City/Kaohsiung"] = Page(b"[]")
    found = using(replace(tdx_source, key=None), lambda tdx, clock: tdx.bus_alerts())
    assert found.records == ()
    assert "authorization" not in publisher.requests[0][1]


def test_a_key_without_its_two_halves_is_said_to_be_wrong(tdx_source: FeedSource) -> None:
    """The fault names the form of the key and not the key."""
    with pytest.raises(FeedRefused) as refused:
        using(replace(tdx_source, key=SecretStr(SECRET)), lambda tdx, clock: tdx.bus_alerts())
    assert "id:secret" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_every_question_has_its_address(publisher: City, tdx_source: FeedSource) -> None:
    """Each method asks the endpoint that the platform documents."""
    publisher.pages = ByPath({"/token": token("t")})
    source = replace(tdx_source, options={**tdx_source.options, "calls_a_minute": 100})
    endpoints = {
        "v2/Bus/Stop/City/Kaohsiung": lambda tdx: tdx.bus_stops(),
        "v2/Bus/Route/City/Kaohsiung": lambda tdx: tdx.bus_routes(),
        "v2/Bus/RealTimeByFrequency/City/Kaohsiung/300": lambda tdx: tdx.bus_positions("300"),
        "v2/Bus/RealTimeNearStop/City/Kaohsiung/300": lambda tdx: tdx.buses_at_stops("300"),
        "v2/Rail/Metro/LiveBoard/KRTC": lambda tdx: tdx.metro_arrivals("KRTC"),
        "v2/Rail/Metro/FirstLastTimetable/KLRT": lambda tdx: tdx.first_last("KLRT"),
        "v2/Rail/Metro/Alert/KRTC": lambda tdx: tdx.metro_alerts("KRTC"),
        "v2/Bike/Availability/City/Kaohsiung": lambda tdx: tdx.bikes(["KHH1"]),
        "v1/Traffic/RoadEvent/LiveEvent/City/Kaohsiung": lambda tdx: tdx.road_events(),
    }
    for path in endpoints:
        publisher.pages[f"/api/{path}"] = Page(b"[]")

    async def questions(tdx: Tdx, clock: Clock) -> None:
        for question in endpoints.values():
            await question(tdx)

    using(source, questions)
    assert paths(publisher)[1:] == [f"/api/{path}" for path in endpoints]
