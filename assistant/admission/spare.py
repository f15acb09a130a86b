"""A model for what can be left out, such as translating a question: it works only while nobody waits for a turn."""

from collections.abc import Sequence

from assistant.admission.turns import Turns
from assistant.errors import EngineUnavailable
from assistant.models import Engine
from assistant.models.backend import State
from assistant.models.chat_client import Messages


class SpareEngine:
    """An engine, asked in spare turns; without one it says that it cannot answer now."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._engine = engine
        self._turns = turns

    @property
    def state(self) -> State:
        """The engine's."""
        return self._engine.state

    def complete(self, messages: Messages, *, max_tokens: int, stop: Sequence[str] = ()) -> str:
        """The whole answer, as the engine gives it.

        Raises:
            EngineUnavailable: all turns are taken, or the engine cannot answer.
        """
        with self._turns.spare() as free:
            if not free:
                raise EngineUnavailable("The language model is busy.", "Go on without it.")
            return self._engine.complete(messages, max_tokens=max_tokens, stop=stop)
