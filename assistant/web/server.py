"""Runs the web application until it is told to stop."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from assistant.conversation import open_conversation
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.ui.citizen import mount_ui
from assistant.web.application import build_app

GRACE_S = 3


def run_web(settings: Settings) -> None:
    """Open the assistant and serve it; returns after SIGTERM or Ctrl-C, with the engine stopped.

    Raises:
        AssistantError: the port is taken, or a part of the assistant cannot start.
    """
    check_port(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _leave)
    conversation = open_conversation(settings)
    try:
        conversation.warm_up()
        app = build_app(conversation)
        mount_ui(app, conversation)
        serve(app, settings.host, settings.port, conversation.close)
    finally:
        conversation.close()


def check_port(host: str, port: int) -> None:
    """Find out early, and cheaply, whether the server could listen.

    Raises:
        SettingsError: it could not; the message names host and port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {host} port {port}: {error.strerror}.",
                "Stop the program that uses the port, or choose another one with --port (CITY_ASSISTANT_PORT).",
            ) from error


def serve(app: FastAPI, host: str, port: int, on_stop: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; running answers get three seconds to finish.

    `on_stop` is called after those seconds: it ends the work that answers still wait for, so that the process can go.

    Requests are not logged: their addresses can hold what people ask.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_fault)
    try:
        _AnnouncingServer(config, on_stop).run()
    except KeyboardInterrupt:
        return


class _AnnouncingServer(uvicorn.Server):
    """Prints the address once requests are answered, and ends the work behind it when it stops."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say where."""
        await super().startup(sockets)
        for listener in (listener for server in self.servers for listener in server.sockets):
            host, port = listener.getsockname()[:2]
            print(f"City assistant: http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, wait for the grace period, then end what still runs."""
        await super().shutdown(sockets)
        if self._on_stop is not None:
            await asyncio.to_thread(self._on_stop)


def _is_fault(record: logging.LogRecord) -> bool:
    """Open pages are cut off when the server stops; that is no fault to log."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
