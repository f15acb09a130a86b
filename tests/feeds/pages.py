"""What the tests of feeds share: real payloads, pages found by path alone, and running an asynchronous question."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from assistant.feeds.base import Fetcher
from tests.feeds.hostile import SHARED
from tests.indexing.loopback import Page

Answer = TypeVar("Answer")


class ByPath(dict[str, Page | list[Page]]):
    """Pages of a publisher, whatever the query, unless one with that query is there."""

    def get(self, path: str, default: object = None) -> object:  # type: ignore[override]
        return super().get(path) or super().get(path.partition("?")[0], default)  # type: ignore[arg-type]


def ask(question: Callable[[Fetcher], Awaitable[Answer]], **settings: object) -> Answer:
    """The answer of a question to a fetcher of its own."""

    async def run() -> Answer:
        async with Fetcher(**settings) as fetcher:  # type: ignore[arg-type]
            return await question(fetcher)

    return asyncio.run(run())


def real(path: str) -> bytes:
    """A payload that others published; the test is skipped where it is not at hand."""
    if not (SHARED / path).exists():
        pytest.skip("real payloads are not at hand")
    return (SHARED / path).read_bytes()
