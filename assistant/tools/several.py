"""Asks one of the several feeds of a service within its time, and keeps a fault beside what the others say."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Generic, TypeVar

from assistant.errors import FeedError, FeedTimeout
from assistant.feeds.base import FeedSource, Fetcher
from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request
from assistant.tools.texts import trouble

Answer = TypeVar("Answer")
PATIENCE_S = 3.2
"""Less than a tool may take, so that what other feeds said is not lost with a slow one."""


@dataclass(frozen=True, slots=True)
class Part(Generic[Answer]):
    """What the feed that plays a part in a service answered: an answer, or a fault."""

    source: FeedSource
    answer: Answer | None = None
    fault: FeedError | None = None


async def ask_part(
    request: Request,
    desk: Desk,
    part: str,
    read: Callable[[Fetcher, FeedSource, tzinfo], Awaitable[Answer]],
    patience_s: float = PATIENCE_S,
) -> Part[Answer]:
    """Ask the feed of a part with one of the readers of `assistant.feeds`; every fault of it is in the result."""
    titles: Mapping[Any, str] = request.service.title
    source = FeedSource(part, "", "", publisher=dict(titles))
    try:
        source = desk.source(request.service, part)
        async with asyncio.timeout(patience_s):
            return Part(source, await read(desk.fetcher, source, desk.city.timezone))
    except TimeoutError:
        return Part(source, fault=FeedTimeout(f"{source.name} took too long.", "Ask again later."))
    except FeedError as fault:
        return Part(source, fault=fault)


def troubles(parts: Iterable[Part[Any]], request: Request) -> tuple[Line, ...]:
    """What to say of the feeds that gave nothing, each publisher's fault once."""
    return tuple(dict.fromkeys(trouble(one.source, one.fault, request.lang) for one in parts if one.fault))


def all_failed(parts: Iterable[Part[Any]], request: Request) -> Finding:
    """The finding where no feed gave anything."""
    return Finding(troubles(parts, request), status=Status.FEED_UNAVAILABLE)
