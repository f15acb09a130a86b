"""A web server on loopback whose answers a test sets, and that remembers what it was asked."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """One answer; `write` sends the body itself, `before` sends something after the status line."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None
    before: Callable[[BaseHTTPRequestHandler], None] | None = None


class City:
    """The pages of a server by path, and the requests that came."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.pages: dict[str, Page | list[Page]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.stopping = threading.Event()
        self.port = server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def page(self, path: str) -> Page:
        """The answer for a path; of several, each is given once and the last one again and again."""
        found = self.pages.get(path, Page(b"not here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of the requests for a path."""
        return [headers for asked, headers in self.requests if asked == path]


class Handler(BaseHTTPRequestHandler):
    city: City
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.city.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.city.page(self.path)
        etag = page.headers.get("ETag", "")
        unchanged = etag and self.headers.get("If-None-Match") == etag
        modified = page.headers.get("Last-Modified", "")
        unchanged = unchanged or (modified and self.headers.get("If-Modified-Since") == modified)
        body = b"" if unchanged else page.body
        self.send_response(304 if unchanged else page.status)
        if page.before:
            self.flush_headers()
            page.before(self)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in page.headers and page.write is None:
            self.send_header("Content-Length", str(len(body)))
        if page.write:
            self.send_header("Connection", "close")
        self.end_headers()
        if page.write:
            self.close_connection = True
            page.write(self)
        else:
            with suppress(OSError):  # whoever refuses an answer hangs up
                self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    """A client that hangs up is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[City]:
    """A running server; with a context it speaks TLS."""
    handler = type("CityHandler", (Handler,), {})
    server = QuietServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    handler.city = City(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield handler.city
    finally:
        handler.city.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
