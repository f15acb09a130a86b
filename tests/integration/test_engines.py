"""What the engines promise, with a real model behind each."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import EngineUnavailable
from assistant.models.engine import Engine, open_engine
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.schema import ModelInfo
from assistant.settings import load_settings

pytestmark = pytest.mark.integration

SMALL_MODEL = "gemma3-270m"
START_TIMEOUT_S = 280.0
HELLO = [("user", "The capital of Japan is")]
LONG = [("user", "Write a very long story about a whale and a lighthouse.")]
Eventually = Callable[..., None]


def begin(engine: str, home: Path, **more: str) -> ServedEngine:
    """Open an engine, start it, and wait until it is ready."""
    settings = load_settings(home=home, engine=engine, context_tokens=2048, **{"model": SMALL_MODEL, **more})
    opened = open_engine(settings, ["CN"])
    assert isinstance(opened, ServedEngine)
    opened.start()
    assert opened.wait_ready(START_TIMEOUT_S), opened.backend.failure
    return opened


def child_pid(engine: ServedEngine) -> int:
    """The process behind a supervised engine."""
    assert isinstance(engine.backend, Supervisor)
    return engine.backend.pid


@pytest.fixture(scope="module")
def llamacpp(models_home: Path) -> Iterator[ServedEngine]:
    """The llama.cpp engine with the small model."""
    engine = begin("llamacpp", models_home)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def transformers(models_home: Path) -> Iterator[ServedEngine]:
    """The transformers engine with the same model, converted once from its GGUF file."""
    engine = begin("transformers", models_home)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def endpoint(models_home: Path, llamacpp: ServedEngine) -> Iterator[ServedEngine]:
    """The endpoint engine, pointed at the running llama.cpp child."""
    engine = begin("endpoint", models_home, endpoint_url=llamacpp.backend.api_url)
    yield engine
    engine.close()


@pytest.fixture(params=["llamacpp", "transformers", "endpoint"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: they keep the same promises."""
    opened: Engine = request.getfixturevalue(request.param)
    return opened


def test_an_engine_says_which_model_answers(engine: Engine) -> None:
    """Every engine names its model and where that was made."""
    assert engine.info == ModelInfo(SMALL_MODEL, "US")
    assert engine.state == "ready"


def test_an_engine_streams_what_it_completes(engine: Engine) -> None:
    """At temperature 0 the streamed deltas make up the same text as the whole answer."""
    deltas = list(engine.stream(HELLO, max_tokens=12))
    assert len(deltas) > 1
    assert "".join(deltas) == engine.complete(HELLO, max_tokens=12)


def test_an_engine_stops_at_a_stop_text(engine: Engine) -> None:
    """The answer ends where a stop text would come."""
    whole = engine.complete(HELLO, max_tokens=12)
    stop = whole.split()[1]
    assert len(engine.complete(HELLO, max_tokens=12, stop=[stop])) < len(whole)


def test_a_closed_answer_frees_the_engine(engine: Engine) -> None:
    """Whoever stops reading a long answer does not keep the next one waiting until its end."""
    answer = engine.stream(LONG, max_tokens=1500)
    started = time.monotonic()
    for _ in range(20):
        next(answer)
    seconds_per_delta = (time.monotonic() - started) / 20
    answer.close()
    started = time.monotonic()
    engine.complete(HELLO, max_tokens=4)
    assert time.monotonic() - started < 500 * seconds_per_delta


@pytest.mark.parametrize("name", ["llamacpp", "endpoint"])
def test_llamacpp_keeps_to_a_json_schema(name: str, request: pytest.FixtureRequest) -> None:
    """A schema given as a further field of the request binds the answer's form."""
    engine: Engine = request.getfixturevalue(name)
    schema = {
        "type": "object",
        "properties": {"days": {"type": "integer", "maximum": 9, "minimum": 1}},
        "required": ["days"],
        "additionalProperties": False,
    }
    answer = json.loads(engine.complete(HELLO, max_tokens=60, extra={"json_schema": schema}))
    assert 1 <= answer["days"] <= 9


def test_an_engine_killed_in_mid_answer_comes_back(models_home: Path, eventually: Eventually) -> None:
    """The reader of the broken answer gets a fault at once, and the next one gets an answer."""
    engine = begin("llamacpp", models_home)
    answer = engine.stream(LONG, max_tokens=1500)
    next(answer)
    first = child_pid(engine)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(EngineUnavailable):
        list(answer)
    eventually(lambda: child_pid(engine) != first and engine.state == "ready", 60)
    assert engine.complete(HELLO, max_tokens=4)
    engine.close()


def test_a_file_that_is_no_model_is_said_with_the_engines_words(tmp_path: Path) -> None:
    """A damaged file ends in `down` with the engine's own reason, not in endless restarts."""
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"this is no model")
    engine = open_engine(load_settings(home=tmp_path, model=str(file)), [])
    assert isinstance(engine, ServedEngine)
    engine.start()
    assert not engine.wait_ready(60)
    assert engine.state == "down"
    assert "broken.gguf" in engine.backend.failure
    engine.close()
