"""An engine for what can be left out, such as translating a question: it works only while nobody waits for a turn."""

from collections.abc import Generator, Mapping, Sequence

from assistant.admission.turns import Turns
from assistant.errors import EngineUnavailable
from assistant.models import Engine
from assistant.models.backend import State
from assistant.models.chat_client import Messages
from assistant.models.provenance import Provenance
from assistant.schema import ModelInfo


class SpareEngine:
    """Another engine, asked in spare turns; without one it says that it cannot answer now."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    @property
    def info(self) -> ModelInfo:
        """The engine's."""
        return self._engine.info

    @property
    def provenance(self) -> Provenance:
        """The engine's."""
        return self._engine.provenance

    @property
    def state(self) -> State:
        """The engine's."""
        return self._engine.state

    def start(self) -> None:
        """It is started by whoever opened it."""

    def wait_ready(self, timeout_s: float) -> bool:
        """As the engine's."""
        return self._engine.wait_ready(timeout_s)

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        """As the engine's; the turn is given back with the generator's end.

        Raises:
            EngineUnavailable: all turns are taken, or the engine cannot answer.
        """
        with self._turns.spare() as free:
            if not free:
                raise EngineUnavailable("The language model is busy.", "Go on without it.")
            yield from self._engine.stream(
                messages, max_tokens=max_tokens, stop=stop, temperature=temperature, extra=extra
            )

    def complete(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """The whole answer; errors as in `stream`."""
        return "".join(self.stream(messages, max_tokens=max_tokens, stop=stop, temperature=temperature, extra=extra))

    def close(self) -> None:
        """It is closed by whoever opened it."""
