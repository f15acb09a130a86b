"""Asks a fetcher once, and a clock that a test moves."""

import asyncio
from collections.abc import Awaitable, Callable

from assistant.feeds.base import Fetched, Fetcher


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fetch(ask: Callable[[Fetcher], Awaitable[Fetched]], **settings: object) -> Fetched:
    async def run() -> Fetched:
        async with Fetcher(**settings) as fetcher:  # type: ignore[arg-type]
            return await ask(fetcher)

    return asyncio.run(run())
