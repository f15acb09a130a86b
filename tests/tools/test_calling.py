"""Calls of tools: who is named where one fails, and that closing leaves nothing behind."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from assistant.errors import FeedError, FeedMalformed, FeedUnreachable
from assistant.schema import Status
from assistant.tools import Finding, LiveServices, Request, calling
from assistant.tools.base import Desk, Tool
from tests.tools.asking import text_of
from tests.tools.conftest import DemoCity


def failing(monkeypatch: pytest.MonkeyPatch, make: Callable[[], FeedError]) -> None:
    """Put a tool that fails in the place of all tools."""

    async def answer(request: Request, desk: Desk) -> Finding:
        raise make()

    monkeypatch.setattr(calling, "tool_of", lambda _: Tool(answer))


def about(feed: str) -> FeedError:
    """A fault of a feed."""
    fault = FeedMalformed("It is broken.")
    fault.feed = feed
    return fault


def test_the_feed_that_failed_is_named(city: DemoCity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the service's first one; the service itself where nobody knows, or where the feed is not set up."""
    said = {}
    for feed in ("road-speeds", "", "nobody"):
        failing(monkeypatch, lambda feed=feed: about(feed))  # type: ignore[misc]
        said[feed] = text_of(city.ask("traffic"))
    speeds = city.live._desk.sources["road-speeds"].publisher["zh-TW"]
    title = city.services["traffic"].title["zh-TW"]
    assert [text.partition("送來")[0] for text in said.values()] == [speeds, title, title]


def test_of_one_feed_its_publisher_is_at_fault(city: DemoCity, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service with one feed needs no mark to know whose it is."""
    failing(monkeypatch, lambda: FeedUnreachable("gone"))
    publisher = city.live._desk.sources["earthquakes"].publisher["zh-TW"]
    assert text_of(city.ask("earthquakes")).startswith(publisher)


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_tool_that_runs_out_of_time_names_the_service(
    city: DemoCity, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """A publisher may have done nothing wrong."""

    async def answer(request: Request, desk: Desk) -> Finding:
        await asyncio.Event().wait()
        return Finding(())

    monkeypatch.setattr(calling, "tool_of", lambda _: Tool(answer))
    monkeypatch.setattr(calling, "_ANSWER_S", 0.01)
    found = city.ask("traffic", lang=lang)
    assert found.status == Status.FEED_UNAVAILABLE
    assert city.services["traffic"].title[lang] in text_of(found)  # type: ignore[index]
    assert "TDX" not in text_of(found)


def test_a_dead_feed_marks_its_fault(city: DemoCity) -> None:
    """Whoever catches the fault of a request knows which feed it is about."""
    live = city.live
    source = replace(live._desk.sources["tdx"], url="http://127.0.0.1:9/x")
    with pytest.raises(FeedError) as caught:
        live._run(live._desk.fetcher.get(source))
    assert caught.value.feed == "tdx"


def test_closing_ends_everything_that_runs(city: DemoCity, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a task nor a generator is left for the collector to complain about."""
    live = LiveServices(calling.Live(city.city, city.gazetteer, {}))
    ended = []

    async def pages() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            ended.append("generator")

    async def begin() -> AsyncIterator[int]:
        asyncio.get_running_loop().create_task(forever())
        started = pages()
        await anext(started)
        await asyncio.sleep(0)
        return started

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    kept = live._run(begin())
    with caplog.at_level(logging.ERROR, "asyncio"):
        live.close()
        gc.collect()
    assert kept
    assert ended == ["task", "generator"]
    assert not caplog.records
