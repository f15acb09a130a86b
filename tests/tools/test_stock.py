"""What is loaded once serves all questions, and is renewed behind them."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, cast

import pytest

from assistant.errors import FeedMalformed, FeedTimeout, FeedUnreachable
from assistant.feeds.base import FeedSource, Fetched, Fetcher, Parsed
from assistant.tools.base import Desk
from assistant.tools.stock import read_once, stocked

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def new_desk() -> Desk:
    return Desk(*cast(Any, (None, None, None, {})))


def test_a_question_within_the_time_gets_what_is_kept() -> None:
    """The second question loads nothing."""
    loads: list[object] = []

    async def load(known: object) -> str:
        loads.append(known)
        return "timetable"

    async def ask() -> None:
        desk = new_desk()
        for minutes in (0, 59):
            now = NOW + timedelta(minutes=minutes)
            assert (await stocked(desk, "x", load, now=now, keep_s=3600, patience_s=1)).loaded_at == NOW

    asyncio.run(ask())
    assert loads == [None]


def test_what_is_old_is_renewed_while_questions_get_the_old_one() -> None:
    """The question that finds it old is not kept waiting; the next one after the renewal gets the new one."""
    ready = asyncio.Event()

    async def load(known: object) -> str:
        if known:
            await ready.wait()
        return "new" if known else "old"

    async def ask() -> list[str]:
        desk, later = new_desk(), NOW + timedelta(hours=2)
        found = []
        for now, is_ready in ((NOW, False), (later, False), (later, True), (later, True)):
            if is_ready:
                ready.set()
                await asyncio.gather(*(task for task in desk._kept.values()))
            found.append((await stocked(desk, "x", load, now=now, keep_s=3600, patience_s=1)).content)
        return found

    assert asyncio.run(ask()) == ["old", "old", "new", "new"]


def test_what_still_loads_is_said_to_load_and_what_failed_is_tried_again() -> None:
    """Patience ends in a timeout, while the load goes on; a failure is no content."""
    go = asyncio.Event()
    tries: list[int] = []

    async def load(_: object) -> str:
        tries.append(1)
        await go.wait()
        if len(tries) == 1:
            raise FeedUnreachable("gone")
        return "there"

    async def ask() -> str:
        desk = new_desk()
        with pytest.raises(FeedTimeout):
            await stocked(desk, "x", load, now=NOW, keep_s=60, patience_s=0.0)
        go.set()
        with pytest.raises(FeedUnreachable):
            await stocked(desk, "x", load, now=NOW, keep_s=60, patience_s=1)
        return (await stocked(desk, "x", load, now=NOW, keep_s=60, patience_s=1)).content

    assert asyncio.run(ask()) == "there"


def test_a_document_is_parsed_once_until_another_one_comes() -> None:
    """What is kept has the time of the last answer; a document that cannot be read is never kept."""
    answers = [b"a", b"a", b"broken", b"b", b"b"]
    parsed: list[bytes] = []

    async def fetch(_: Fetcher, source: FeedSource) -> Fetched:
        at = NOW + timedelta(minutes=5 - len(answers))
        return Fetched(answers.pop(0), "", source.url, at, False)

    def parse(content: bytes, _: tzinfo) -> Parsed[str]:
        parsed.append(content)
        if content == b"broken":
            raise FeedMalformed("It is broken.")
        return Parsed((content.decode(),))

    async def ask() -> list[object]:
        read = read_once(new_desk(), fetch, parse)
        found: list[object] = []
        while answers:
            try:
                one = await read(cast(Any, None), FeedSource("x", "", ""), UTC)
                found.append((one.records, one.fetched_at))
            except FeedMalformed:
                found.append("malformed")
        return found

    minutes = [NOW + timedelta(minutes=number) for number in range(5)]
    told = [(("a",), minutes[0]), (("a",), minutes[1]), "malformed", (("b",), minutes[3]), (("b",), minutes[4])]
    assert asyncio.run(ask()) == told
    assert parsed == [b"a", b"broken", b"b"]
