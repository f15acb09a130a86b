"""What stands behind an engine: a supervised child process, or a server that somebody else runs."""

from typing import Literal, Protocol

State = Literal["starting", "ready", "down", "off"]


class Backend(Protocol):
    """A server of the OpenAI protocol that is started, watched and ended."""

    @property
    def state(self) -> State:
        """`off` before the start and after the end; `down` when given up or out of reach."""

    @property
    def api_url(self) -> str:
        """Base address of its API; it may change when the server is restarted."""

    @property
    def failure(self) -> str:
        """Why it is down; empty while it is not."""

    def start(self) -> None:
        """Begin to start or watch it, and return at once."""

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until it can answer; whether it can."""

    def close(self) -> None:
        """End it, or stop watching it; may be called twice."""
