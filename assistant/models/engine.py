"""Engines that run or reach a language model, and the one place that chooses among them."""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import Protocol

from assistant.errors import EngineUnavailable
from assistant.models.backend import State
from assistant.models.chat_client import Messages
from assistant.models.endpoint import open_endpoint
from assistant.models.llamacpp import open_llamacpp
from assistant.models.provenance import Provenance
from assistant.models.transformers_engine import open_transformers
from assistant.schema import EXTRACT_ONLY, ModelInfo
from assistant.settings import Settings


class Engine(Protocol):
    """A language model as the other rooms see it; safe to share between threads."""

    @property
    def info(self) -> ModelInfo:
        """Which model answers, and where it was made."""

    @property
    def provenance(self) -> Provenance:
        """What the provenance gate said about it."""

    @property
    def state(self) -> State:
        """`off`: there is none. `down`: it was given up, or cannot be reached."""

    def start(self) -> None:
        """Begin to load the model and return at once."""

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the model can answer; whether it can."""

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        """Yield the answer's text as it comes; closing the generator frees the engine.

        Args:
            messages: (role, text) pairs; role is system, user or assistant.
            max_tokens: the longest answer.
            stop: texts at which the answer ends.
            temperature: 0 for the same answer each time.
            extra: further fields of the request, for instance llama.cpp's `json_schema` or `grammar`.

        Raises:
            EngineUnavailable: there is no engine, it is loading, or it failed before the answer's end.
        """

    def complete(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """The whole answer; arguments and errors as in `stream`."""

    def close(self) -> None:
        """End the engine; may be called twice."""


class NoEngine:
    """No model at all: the assistant then shows quotes only."""

    info = EXTRACT_ONLY
    provenance = Provenance(origin="")
    state: State = "off"

    def start(self) -> None:
        """Nothing to start."""

    def wait_ready(self, timeout_s: float) -> bool:
        """There is nothing to wait for."""
        return False

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        """Fail as an engine does that cannot answer."""
        raise EngineUnavailable("No model is configured.", "Set CITY_ASSISTANT_ENGINE, or use quotes only.")
        yield ""

    def complete(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """Fail as `stream` does."""
        return "".join(self.stream(messages, max_tokens=max_tokens, stop=stop, temperature=temperature, extra=extra))

    def close(self) -> None:
        """Nothing to end."""


def _open_none(_settings: Settings, _denied_origins: Collection[str]) -> NoEngine:
    return NoEngine()


OPENERS: Mapping[str, Callable[[Settings, Collection[str]], Engine]] = {
    "llamacpp": open_llamacpp,
    "transformers": open_transformers,
    "endpoint": open_endpoint,
    "none": _open_none,
}


def open_engine(settings: Settings, denied_origins: Collection[str]) -> Engine:
    """Open the engine that the settings name; it is not started yet.

    Args:
        settings: `engine` and `model`, and how to run them.
        denied_origins: country codes that the city's policy denies.

    Raises:
        UnknownModel, ModelNotInstalled: there is no such model; the message says how to get it.
        ModelRefused: the city's policy does not allow it in this deployment.
        SettingsError: the endpoint's URL is missing.
    """
    return OPENERS[settings.engine](settings, denied_origins)
