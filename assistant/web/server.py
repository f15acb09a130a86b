"""Runs the web application until it is told to stop."""

import signal
import socket
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
        app = build_app(conversation)
        mount_ui(app, conversation)
        serve(app, settings.host, settings.port)
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


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; running answers get three seconds to finish.

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
    try:
        _AnnouncingServer(config).run()
    except KeyboardInterrupt:
        return


class _AnnouncingServer(uvicorn.Server):
    """Prints the address once requests are answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say where."""
        await super().startup(sockets)
        for listener in (listener for server in self.servers for listener in server.sockets):
            host, port = listener.getsockname()[:2]
            print(f"City assistant: http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
