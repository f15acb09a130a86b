"""One of several feeds: what it answers, and what is said where it does not."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import tzinfo

from assistant.errors import FeedMalformed, FeedTimeout
from assistant.feeds.base import FeedSource, Fetcher
from assistant.schema import Status
from assistant.tools.several import Part, all_failed, ask_part
from tests.tools.conftest import DemoCity

Read = Callable[[Fetcher, FeedSource, tzinfo], Awaitable[str]]


def ask(city: DemoCity, read: Read, part: str = "warnings") -> Part[str]:
    request = city.request("warnings")
    return asyncio.run(ask_part(request, city.live._desk, part, read, patience_s=0.05))


async def _never(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> str:
    await asyncio.Event().wait()
    return ""


async def _broken(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> str:
    raise FeedMalformed("It is broken.", "Tell its publisher.")


async def _good(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> str:
    return source.name


def test_an_answer_comes_with_its_source(city: DemoCity) -> None:
    """The reader gets the feed that plays the part."""
    found = ask(city, _good)
    assert (found.answer, found.fault) == ("weather-warnings", None)


def test_faults_are_kept_beside_the_source(city: DemoCity) -> None:
    """A feed that is late, broken or not set up is a result, so that others are told."""
    assert isinstance(ask(city, _never).fault, FeedTimeout)
    assert isinstance(ask(city, _broken).fault, FeedMalformed)
    nowhere = ask(city, _good, "nobody")
    assert nowhere.fault
    assert nowhere.source.publisher["zh-TW"] == "警報與特報"


def test_one_publishers_fault_is_said_once(city: DemoCity) -> None:
    """Two feeds of one publisher that fail alike give one sentence."""
    failed = ask(city, _broken)
    other = replace(failed, source=replace(failed.source, name="another"))
    finding = all_failed((failed, other), city.request("warnings"))
    assert finding.status == Status.FEED_UNAVAILABLE
    assert len(finding.lines) == 1
