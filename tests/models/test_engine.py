"""What opening an engine promises, whichever it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EngineUnavailable, ModelNotInstalled, ModelRefused, SettingsError
from assistant.models import chat_model
from assistant.models.engine import OPENERS, open_engine
from assistant.schema import EXTRACT_ONLY, ModelInfo
from assistant.settings import Settings, load_settings

Eventually = Callable[..., None]
HELLO = [("user", "hello")]


def test_without_an_engine_quotes_only(settings: Settings) -> None:
    """The engine `none` is off, never ready, and fails as an engine does that cannot answer."""
    engine = open_engine(settings.model_copy(update={"engine": "none"}), ["CN"])
    engine.start()
    assert (engine.info, engine.state, engine.wait_ready(0)) == (EXTRACT_ONLY, "off", False)
    with pytest.raises(EngineUnavailable, match="No model is configured"):
        engine.complete(HELLO, max_tokens=1)
    engine.close()


def test_every_engine_of_the_settings_can_be_opened() -> None:
    """Each name that the settings accept has its opener, and the room's door is one of them all."""
    names = Settings.model_fields["engine"].annotation.__args__  # type: ignore[union-attr]
    assert set(OPENERS) == set(names)
    assert chat_model is open_engine


@pytest.mark.parametrize("engine", ["llamacpp", "transformers"])
def test_a_missing_file_comes_with_the_command_that_fetches_it(settings: Settings, engine: str) -> None:
    """An engine without its model file does not open, and says what to type."""
    with pytest.raises(ModelNotInstalled, match="city-assistant models pull"):
        open_engine(settings.model_copy(update={"engine": engine}), [])


@pytest.mark.parametrize("engine", ["llamacpp", "transformers", "endpoint"])
def test_production_refuses_a_model_of_unknown_origin(tmp_path: Path, engine: str) -> None:
    """The provenance gate stands before every engine that has a model."""
    file = tmp_path / "unknown.gguf"
    file.write_bytes(b"GGUF")
    settings = load_settings(
        home=tmp_path, engine=engine, model=str(file), deployment="production", endpoint_url="http://127.0.0.1:1/v1"
    )
    with pytest.raises(ModelRefused, match="unknown"):
        open_engine(settings, ["CN"])


def test_an_endpoint_serving_a_catalog_model_has_the_catalogs_origin(tmp_path: Path) -> None:
    """Nobody can rename a denied model's origin by serving it elsewhere under its own name."""
    settings = load_settings(
        home=tmp_path,
        engine="endpoint",
        endpoint_url="http://127.0.0.1:1/v1",
        deployment="production",
        model_origin="US",
    )
    with pytest.raises(ModelRefused, match="made in CN"):
        open_engine(settings, ["CN"])


def test_llamacpp_wants_a_file(tmp_path: Path) -> None:
    """A checkpoint folder is sent to the engine that can open it."""
    with pytest.raises(ModelNotInstalled, match="ENGINE=transformers"):
        open_engine(load_settings(home=tmp_path, engine="llamacpp", model=str(tmp_path)), [])


def test_an_engine_that_was_not_started_fails_and_does_not_hang(tmp_path: Path) -> None:
    """Asking before the start is a fault that says so."""
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    engine = open_engine(load_settings(home=tmp_path, model=str(file)), [])
    with pytest.raises(EngineUnavailable, match="off"):
        next(engine.stream(HELLO, max_tokens=1))
    engine.close()


def test_an_endpoint_needs_its_url(tmp_path: Path) -> None:
    """The engine `endpoint` without a URL names the missing variable."""
    with pytest.raises(SettingsError, match="CITY_ASSISTANT_ENDPOINT_URL"):
        open_engine(load_settings(home=tmp_path, engine="endpoint", endpoint_url=""), [])


def test_an_endpoint_answers(tmp_path: Path, chat_server: Any) -> None:
    """A server that somebody else runs is watched by its list of models, and answers."""
    engine = open_engine(endpoint_settings(tmp_path, chat_server.url), ["CN"])
    engine.start()
    assert engine.wait_ready(10)
    assert engine.info == ModelInfo("m", "TW")
    assert engine.complete(HELLO, max_tokens=9) == "one two three"
    engine.close()
    assert engine.state == "off"


def test_an_endpoint_out_of_reach_is_down(tmp_path: Path, dead_url: str, eventually: Eventually) -> None:
    """A server that does not answer is down, and asking it says why."""
    engine = open_engine(endpoint_settings(tmp_path, f"{dead_url}/v1"), ["CN"])
    engine.start()
    eventually(lambda: engine.state == "down")
    with pytest.raises(EngineUnavailable, match="did not answer"):
        engine.complete(HELLO, max_tokens=9)
    engine.close()


def endpoint_settings(home: Path, url: str) -> Settings:
    """Settings of an endpoint that serves a model named m, made in Taiwan."""
    return load_settings(home=home, engine="endpoint", endpoint_url=url, model="m", model_origin="TW")
