"""An engine whose model answers over the OpenAI protocol, whatever runs behind it."""

import threading
from collections.abc import Generator, Mapping, Sequence

from assistant.errors import EngineUnavailable
from assistant.models.backend import Backend, State
from assistant.models.chat_client import ChatClient, Messages, warm_up
from assistant.models.provenance import Provenance
from assistant.schema import ModelInfo
from assistant.settings import Settings


class ServedEngine:
    """A model behind the OpenAI protocol.

    Args:
        info: the model as answers name it.
        provenance: the gate's verdict.
        backend: runs or reaches the server.
        settings: for `answer_timeout_s` and the key.
        served_name: the model's name at the server.
        api_key: where the server wants one.
    """

    def __init__(
        self,
        info: ModelInfo,
        provenance: Provenance,
        backend: Backend,
        settings: Settings,
        *,
        served_name: str,
        api_key: str = "",
    ) -> None:
        self.info = info
        self.provenance = provenance
        self.backend = backend
        self._settings = settings
        self._served_name = served_name
        self._api_key = api_key
        self._client: ChatClient | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> State:
        """The backend's state."""
        return self.backend.state

    def start(self) -> None:
        """Begin to load the model and return at once."""
        threading.Thread(target=warm_up, name="chat-client-import", daemon=True).start()
        self.backend.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the model can answer; whether it can."""
        return self.backend.wait_ready(timeout_s)

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> Generator[str]:
        """Yield the answer's text as it comes; see `Engine.stream`."""
        client = self._current_client()
        yield from client.stream(messages, max_tokens=max_tokens, stop=stop, temperature=temperature, extra=extra or {})

    def complete(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """The whole answer; see `Engine.complete`."""
        return "".join(self.stream(messages, max_tokens=max_tokens, stop=stop, temperature=temperature, extra=extra))

    def close(self) -> None:
        """End the backend; may be called twice."""
        self.backend.close()

    def _current_client(self) -> ChatClient:
        """The client of the running server; a restarted child has another port and gets a new one."""
        state = self.backend.state
        if state == "starting":
            raise EngineUnavailable("The model is still loading.", "Ask again in a moment.")
        if state != "ready":
            reason = self.backend.failure or "it is not running"
            raise EngineUnavailable(f"The model's engine is {state}: {reason}", "See its log, then start it again.")
        api_url = self.backend.api_url
        with self._lock:
            if self._client is None or self._client.base_url != api_url:
                timeout_s = self._settings.answer_timeout_s
                self._client = ChatClient(api_url, self._served_name, timeout_s, self._api_key)
            return self._client
