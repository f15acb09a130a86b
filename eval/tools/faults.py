"""The demonstration city behind doors, each of which can be broken: what a fault makes of a publisher's answer."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import AF_INET, SOCK_STREAM, socket
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import SettingsError
from eval.tools.hostile import poisoned

SLOW_S = 10.0
TIMES_TOO_LARGE = 1000
_LOOPBACK = "127.0.0.1"
_START_S, _STOP_S = 30.0, 5.0
_PIECE = b" " * (256 * 1024)
# Names under which the feeds' standards say when a document was made, or a value measured.
_DATED = re.compile(
    rb"<(?:\w+:)?updated>|\"(?:last_?updated|timeStamp|SrcUpdateTime|UpdateTime|publishtime|txT_DATE|phenomenonTime"
    rb"|resultTime|ObsTime|IssueTime)\"",
    re.IGNORECASE,
)
_PROTOBUF = "application/x-protobuf"  # GTFS-Realtime: its header has a time
_PAGE = b"<!DOCTYPE html><html><head><title>502</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class Door:
    """One port of the city.

    Attributes:
        app: the city behind it, which can be changed.
        fault: a key of `FAULTS`; empty where the door is sound.
        asked: how many requests have come.
        lost: what the city had said to what was sent (POST), before the fault spoilt it.
        dated: whether a document that came through it said when it was made, or its values measured.
    """

    app: ASGIApp
    fault: str = ""
    asked: int = 0
    lost: list[bytes] = field(default_factory=list)
    dated: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """What the city itself answers."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type, without its parameters."""
        found = next((value for name, value in self.headers if name.lower() == b"content-type"), b"")
        return found.decode("latin-1").partition(";")[0].strip()


Break = Callable[[Door, Scope, Receive, Send], Awaitable[None]]


async def _dead(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _hang_up(send)


async def _slow(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(SLOW_S)
    await door.app(scope, receive, send)


async def _error(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _reply(send, 500, b"text/plain", b"Internal Server Error")


async def _truncated(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    whole = await _original(door, scope, receive)
    await _reply(send, whole.status, whole.content_type.encode(), whole.body[: len(whole.body) // 2])


async def _page(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _reply(send, 200, b"text/html", _PAGE)


async def _other_json(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    whole = await _original(door, scope, receive)
    swapped: object = {"result": True} if whole.body.lstrip()[:1] == b"[" else [1, "a", None, {"result": True}]
    await _reply(send, 200, b"application/json", json.dumps(swapped).encode())


async def _text(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _reply(send, 200, b"text/plain", b"OK")


async def _huge(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """The document, and blanks without end: for as long as the reader stays, 1,000 times what a feed may send."""
    whole = await _original(door, scope, receive)
    await send(_start(whole.status, whole.content_type.encode()))
    gone = asyncio.ensure_future(_reader_left(receive))
    left = TIMES_TOO_LARGE * 8 * 1024 * 1024
    piece = whole.body
    while left > 0 and not gone.done():
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        left, piece = left - len(piece), _PIECE
        await asyncio.sleep(0)
    gone.cancel()


async def _stale(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """What the city says, which is behind its time; noted is whether a reader can know that."""
    whole = await _original(door, scope, receive)
    dated = whole.content_type == _PROTOBUF or bool(_DATED.search(whole.body))
    door.dated = door.dated or (dated and scope["method"] == "GET")
    await _reply(send, whole.status, whole.content_type.encode(), whole.body)


async def _hostile_texts(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _poison(door, scope, receive, send, names=False)


async def _hostile_names(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _poison(door, scope, receive, send, names=True)


async def _lost(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    await _original(door, scope, receive)
    await _hang_up(send)


FAULTS: Mapping[str, Break] = {
    "dead": _dead,
    "slow": _slow,
    "error_500": _error,
    "truncated": _truncated,
    "html_page": _page,
    "other_json": _other_json,
    "text": _text,
    "huge": _huge,
    "stale": _stale,
    "hostile_texts": _hostile_texts,
    "hostile_names": _hostile_names,
    "lost_answer": _lost,
}


class Doors:
    """An ASGI application that tells its doors apart by their port."""

    def __init__(self) -> None:
        self.by_port: dict[int, Door] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the city behind the door does, or as the door's fault makes of it."""
        door = self.by_port[scope["server"][1]]
        door.asked += 1
        await (FAULTS[door.fault](door, scope, receive, send) if door.fault else door.app(scope, receive, send))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Tell the thread that waits once requests are answered."""
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def open_doors(doors: Sequence[Door]) -> Iterator[None]:
    """Serve each door at its `url`, on a free port of the loopback interface, for the time of the block.

    Raises:
        SettingsError: the server does not start.
    """
    application = Doors()
    sockets = []
    for door in doors:
        listener = socket(AF_INET, SOCK_STREAM)
        listener.bind((_LOOPBACK, 0))
        sockets.append(listener)
        port = listener.getsockname()[1]
        door.url = f"http://{_LOOPBACK}:{port}"
        application.by_port[port] = door
    config = uvicorn.Config(
        application, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=0
    )
    server = _Server(config)
    thread = Thread(target=server.run, args=(sockets,), name="broken-city", daemon=True)
    thread.start()
    try:
        if not server.listens.wait(_START_S):
            raise SettingsError("The demonstration city does not start.", "Try again.")
        yield
    finally:
        server.should_exit = True
        thread.join(_STOP_S)


async def _original(door: Door, scope: Scope, receive: Receive) -> Original:
    started: dict[str, Any] = {}
    body = bytearray()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            body.extend(message.get("body", b""))

    await door.app(scope, receive, keep)
    if scope["method"] == "POST" and started["status"] < 300:
        door.lost.append(bytes(body))
    return Original(started["status"], tuple(started["headers"]), bytes(body))


async def _poison(door: Door, scope: Scope, receive: Receive, send: Send, names: bool) -> None:
    whole = await _original(door, scope, receive)
    await _reply(send, whole.status, whole.content_type.encode(), poisoned(whole.body, whole.content_type, names=names))


async def _reader_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reply(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    await send(_start(status, content_type, len(body)))
    await send({"type": "http.response.body", "body": body})


async def _hang_up(send: Send) -> None:
    """Promise a body and send none: the server then closes the connection."""
    await send(_start(200, b"application/json", 1))


def _start(status: int, content_type: bytes, length: int | None = None) -> Message:
    headers = [(b"content-type", content_type)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": status, "headers": headers}
