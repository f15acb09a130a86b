"""The token meter reads llama.cpp's counters, and says nothing where there are none."""

from types import SimpleNamespace

import httpx
import pytest

from assistant.models.engine import NoEngine
from eval.answers import token_meter
from eval.answers.token_meter import TokenMeter

METRICS = """# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
llamacpp:prompt_tokens_total {read}
llamacpp:tokens_predicted_total 1e+02
"""


class Served(SimpleNamespace):
    """What the meter looks at of an engine whose server is on this machine."""


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> TokenMeter:
    """A meter of a server that has read 300 more tokens each time it is looked at."""
    reads = iter((300, 600, 10))
    asked: list[str] = []

    def get(address: str, **_: object) -> httpx.Response:
        asked.append(address)
        return httpx.Response(200, text=METRICS.format(read=next(reads)), request=httpx.Request("GET", address))

    monkeypatch.setattr(token_meter, "ServedEngine", Served)
    monkeypatch.setattr(token_meter.httpx, "get", get)
    backend = SimpleNamespace(api_url="http://127.0.0.1:1/v1")
    return TokenMeter(Served(state="ready", backend=backend))  # type: ignore[arg-type]  # what the meter needs of an engine


def test_tokens_are_the_difference_of_two_readings(meter: TokenMeter) -> None:
    """Whatever was read and written in between belongs to the question."""
    assert meter.since(meter.read()) == {"read": 300, "written": 0}


def test_a_restarted_engine_is_not_counted(meter: TokenMeter) -> None:
    """Its counters begin at zero again."""
    before = {"read": 900, "written": 0}
    assert meter.since(before) == {}


def test_without_a_model_nothing_is_counted() -> None:
    """Nothing is read, and no difference is told."""
    meter = TokenMeter(NoEngine())
    assert meter.since(meter.read()) == {}
