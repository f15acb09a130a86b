"""Runs the demonstration city beside the assistant: a server in a thread, on a free port of the loopback interface."""

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import uvicorn

from assistant.demo.application import open_demo_city
from assistant.demo.scene import Scenario
from assistant.errors import SettingsError

_START_S = 30.0
_STOP_S = 5.0


class RunningDemo:
    """A demonstration city that answers at `url` until it is closed."""

    def __init__(self, server: "_Server", thread: Thread, url: str) -> None:
        self._server = server
        self._thread = thread
        self.url = url

    def close(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        self._thread.join(_STOP_S)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the thread that waits once requests are answered."""
        await super().startup(sockets)
        self.listens.set()


def run_demo_city(
    city_dir: Path, ledger: Path, *, scenario: Scenario = "normal", clock: Callable[[], datetime] | None = None
) -> RunningDemo:
    """Start the demonstration city of a folder; arguments and faults as `open_demo_city`.

    Raises:
        SettingsError: it does not start.
    """
    ledger.parent.mkdir(parents=True, exist_ok=True)
    app = open_demo_city(city_dir, clock=clock, scenario=scenario, ledger=ledger)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", access_log=False, timeout_graceful_shutdown=0
    )
    server = _Server(config)
    thread = Thread(target=server.run, name="demo-city", daemon=True)
    thread.start()
    if not server.listens.wait(_START_S):
        raise SettingsError("The demonstration city does not start.", "Set CITY_ASSISTANT_FEEDS to published or off.")
    port = server.servers[0].sockets[0].getsockname()[1]
    return RunningDemo(server, thread, f"http://127.0.0.1:{port}")
