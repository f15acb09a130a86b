"""The demonstration city of the shipped data on loopback, at a time and in a scenario that a test chooses."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette

from assistant.demo import open_demo_city
from assistant.demo.scene import Scenario, Scene
from assistant.feeds.base import FeedSource, Fetcher
from assistant.settings import PROJECT_ROOT
from tests.browser.serving import serve_in_thread

ZONE = ZoneInfo("Asia/Taipei")
MONDAY = datetime(2026, 11, 23, 14, 30, tzinfo=ZONE)
CITY_DIR = PROJECT_ROOT / "corpus" / "kaohsiung"
Read = TypeVar("Read")


@dataclass
class DemoCity:
    url: str
    app: Starlette

    def at(self, when: datetime, scenario: Scenario = "normal") -> "DemoCity":
        self.app.state.world.clock = lambda: when
        self.app.state.world.scenario = scenario
        return self

    @property
    def scene(self) -> Scene:
        return self.app.state.world.scene()

    def source(self, standard: str, path: str, **options: object) -> FeedSource:
        return FeedSource(
            name=path,
            standard=standard,
            url=f"{self.url}{path}",
            refresh_s=0.0,
            options=options,
            simulated=True,
        )

    def read(self, ask: Callable[[Fetcher], Awaitable[Read]]) -> Read:
        async def run() -> Read:
            async with Fetcher(budget_s=20.0) as fetcher:
                return await ask(fetcher)

        return asyncio.run(run())


@pytest.fixture(scope="module")
def served() -> Iterator[DemoCity]:
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY)
    with serve_in_thread(app) as url:  # type: ignore[arg-type]
        yield DemoCity(url, app)


@pytest.fixture
def demo(served: DemoCity) -> DemoCity:
    """A quiet Monday afternoon; `demo.at(...)` moves it."""
    return served.at(MONDAY)
