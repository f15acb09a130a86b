"""Runs the web application until it is told to stop."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stderr
from types import FrameType

import uvicorn
from fastapi import FastAPI

from assistant.city import load_city
from assistant.conversation import open_conversation
from assistant.errors import SettingsError
from assistant.people.people import open_people
from assistant.privacy import NOTHING_KNOWN, Known, MaskedStream, known_of, mask_logs
from assistant.settings import Settings
from assistant.ui.citizen import mount_ui
from assistant.web.application import build_app
from assistant.web.connections import PunctualProtocol
from assistant.web.deployment import check_deployment
from assistant.web.limits import MOST_HEADER_BYTES
from assistant.web.upkeep import Upkeep, upkeep_tasks

log = logging.getLogger(__name__)
GRACE_S = 3


def run_web(settings: Settings) -> None:
    """Open the assistant and serve it; returns after SIGTERM or Ctrl-C, with the engine stopped.

    Raises:
        AssistantError: the port is taken, or a part of the assistant cannot start.
    """
    check_port(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _leave)
    city = load_city(settings.city_dir)
    known = known_of(city)
    mask_logs(known)
    for warning in check_deployment(settings, city):
        log.warning(warning)
    with (
        redirect_stderr(MaskedStream(sys.stderr, known)),
        closing(open_people(settings)) as people,
        closing(open_conversation(settings)) as conversation,
        closing(Upkeep(upkeep_tasks(people, conversation)).start()),
    ):
        conversation.warm_up()
        app = build_app(conversation, people)
        mount_ui(app, conversation)
        serve(app, settings.host, settings.port, conversation.close, known, settings.max_connections)


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


def serve(
    app: FastAPI,
    host: str,
    port: int,
    on_stop: Callable[[], None] | None = None,
    known: Known = NOTHING_KNOWN,
    max_connections: int | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; running answers get three seconds to finish.

    `on_stop` is called after those seconds: it ends the work that answers still wait for, so that the process can go.

    Requests are not logged: their addresses can hold what people ask. Logs are masked but for what is `known`.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `TrustedProxies` reads them, and believes no other proxy
        timeout_graceful_shutdown=GRACE_S,
        http=PunctualProtocol,
        limit_concurrency=max_connections,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
    )
    mask_logs(known)
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
