"""What is loaded once and renewed in the background: timetables and lists of stops, with when they were loaded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from assistant.errors import FeedError
from assistant.tools.base import Desk

Content = TypeVar("Content")
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
