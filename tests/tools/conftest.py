"""The demonstration city on loopback, and the tools that ask it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from assistant.demo import open_demo_city
from assistant.demo.scene import Scenario
from tests.browser.serving import serve_in_thread
from tests.tools.asking import CITY_DIR, MONDAY, Desk


@dataclass
class DemoCity(Desk):
    url: str
    app: Starlette

    def __post_init__(self) -> None:
        Desk.__init__(self, self.url)

    def at(self, when: datetime, scenario: Scenario = "normal") -> "DemoCity":
        """The same city at another time, or on a typhoon day."""
        self.app.state.world.clock = lambda: when
        self.app.state.world.scenario = scenario
        return self


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    ledger: Path = tmp_path_factory.mktemp("ledger") / "rides.sqlite"
    app = open_demo_city(CITY_DIR, clock=lambda: MONDAY, ledger=ledger)
    with serve_in_thread(app) as url:  # type: ignore[arg-type]
        city = DemoCity(url, app)
        yield city
        city.live.close()


@pytest.fixture
def city(served: DemoCity) -> DemoCity:
    """A quiet Monday afternoon; `city.at(...)` moves it, and `city.ask(service, {...})` asks a tool."""
    return served.at(MONDAY)
