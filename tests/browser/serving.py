"""A real uvicorn server in a thread, on a free port."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI


class _NotifyingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = threading.Event()

    async def startup(self, sockets: list | None = None) -> None:
        """Tell the waiting thread once requests are answered."""
        await super().startup(sockets)
        self.is_listening.set()


@contextmanager
def serve_in_thread(app: FastAPI, **options: Any) -> Iterator[str]:
    """The app's base URL while the block runs; the options are uvicorn's."""
    given = {"host": "127.0.0.1", "port": 0, "log_level": "critical", "timeout_graceful_shutdown": 0, **options}
    config = uvicorn.Config(app, **given)
    server = _NotifyingServer(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        if not server.is_listening.wait(timeout=30):
            raise RuntimeError("The test server did not start within 30 s.")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, timeout_s: float) -> None:
    """Wait until the application at the URL says that it is ready, its engine included."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        with suppress(httpx.HTTPError):
            state = httpx.get(f"{url}/readyz").json()
            if state["ready"] and state["engine"] == "ready":
                return
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} was not ready within {timeout_s:.0f} s.")
        pause.wait(0.2)
