"""What is loaded or read once for many questions: timetables, lists of stops and large documents."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Generic, TypeVar

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource, Fetched, Fetcher, Parsed
from assistant.tools.base import Desk

Content = TypeVar("Content")
Record = TypeVar("Record")
LOAD_S = 60.0
"""What loading may take as a whole; a question does not wait so long."""


@dataclass(frozen=True, slots=True)
class Stock(Generic[Content]):
    """What was loaded, and when by the clock of the question that asked for it."""

    content: Content
    loaded_at: datetime


async def stocked(
    desk: Desk,
    name: str,
    load: Callable[[Content | None], Awaitable[Content]],
    *,
    now: datetime,
    keep_s: float,
    patience_s: float,
) -> Stock[Content]:
    """What is kept under a name; older than `keep_s`, it is renewed, while questions still get the old one.

    Args:
        load: makes it anew; it gets the old one, and may give that back.
        patience_s: how long a question waits for the first load.

    Raises:
        FeedTimeout: the first load goes on.
        FeedError: the first load failed; the next question begins another.
    """

    async def first() -> Stock[Content]:
        return Stock(await load(None), now)

    kept = await desk.keep(name, first, patience_s)
    if abs((now - kept.loaded_at).total_seconds()) <= keep_s:
        return kept

    async def again() -> Stock[Content]:
        return Stock(await load(kept.content), now)

    renewal = f"{name}, renewed"
    try:
        newer = await desk.keep(renewal, again, 0.0)
    except FeedError:  # it goes on, or failed; how old the kept one is stands in the reading
        return kept

    async def done() -> Stock[Content]:
        return newer

    desk.drop(renewal)
    desk.drop(name)
    return await desk.keep(name, done, patience_s)


def read_once(
    desk: Desk,
    fetch: Callable[[Fetcher, FeedSource], Awaitable[Fetched]],
    parse: Callable[[bytes, tzinfo], Parsed[Record]],
) -> Callable[[Fetcher, FeedSource, tzinfo], Awaitable[Parsed[Record]]]:
    """A reader that parses a document once, beside the event loop, and keeps it until the feed gives another one.

    The reader raises FeedError where the feed cannot be had or read.
    """

    async def read(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[Record]:
        fetched = await fetch(fetcher, source)

        async def make() -> tuple[bytes, Parsed[Record]]:
            return fetched.content, await to_thread(parse, fetched.content, zone)

        name = f"{parse.__name__}:{source.name}"
        content, parsed = await desk.keep(name, make, LOAD_S)
        if content != fetched.content:
            desk.drop(name)
            _, parsed = await desk.keep(name, make, LOAD_S)
        return replace(parsed, fetched_at=fetched.fetched_at)

    return read
