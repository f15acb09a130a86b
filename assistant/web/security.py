"""Security headers of every response, and a limit on what a request may send."""

import base64
import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import problem

MAX_BODY_BYTES = 64 * 1024
LIMITED_PATHS = ("/api/", "/gradio_api/", "/sign-in", "/sign-out", "/account/")
TOO_LARGE = f"The request is larger than {MAX_BODY_BYTES // 1024} KB. Send a shorter question or less history."

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = f"max-age={365 * 24 * 3600}"  # RFC 6797; other hosts of the city's domain are not ours to bind
_KEPT_NOWHERE = ("/api/", "/gradio_api/", "/healthz", "/readyz")


def content_policy(page: bytes = b"") -> str:
    """The Content-Security-Policy of a response.

    Gradio's page carries a few inline scripts that change with its configuration: exactly those are allowed, by the
    hash of their text (CSP Level 3, 2.3.1), so that no injected script runs. Its components set inline styles.
    """
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in _INLINE_SCRIPT.findall(page)]
    scripts = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; media-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


class SecurityHeaders:
    """ASGI middleware: adds the headers of OWASP's Secure Headers Project; an HTML page waits for its scripts' hashes.

    What is said to a person is kept by no cache: answers, pages, problems. Static files may be.

    Args:
        public_url: where people reach the assistant; with https, browsers are told to use nothing else from then on.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        self._always_https = public_url.lower().startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `send` that adds the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        more = {"Strict-Transport-Security": _HSTS} if self._always_https or scope["scheme"] == "https" else {}
        await self._app(scope, receive, _HeaderSender(send, more, scope["path"].startswith(_KEPT_NOWHERE)))


class _HeaderSender:
    def __init__(self, send: Send, more: Mapping[str, str], kept_nowhere: bool) -> None:
        self._send = send
        self._headers = {**_FIXED_HEADERS, **more}
        self._kept_nowhere = kept_nowhere
        self._start: Message | None = None
        self._page = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.update(self._headers)
            is_page = headers.get("content-type", "").startswith("text/html")
            if is_page or self._kept_nowhere or message["status"] >= HTTPStatus.BAD_REQUEST:
                headers.setdefault("Cache-Control", "no-store")
            if is_page:
                self._start = message
                return
            headers["Content-Security-Policy"] = content_policy()
        elif message["type"] == "http.response.body" and self._start is not None:
            self._page += message.get("body", b"")
            if message.get("more_body", False):
                return
            MutableHeaders(raw=self._start["headers"])["Content-Security-Policy"] = content_policy(bytes(self._page))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": bytes(self._page)}
        await self._send(message)


class BodyLimit:
    """ASGI middleware: refuses a request body over the limit, whether its length is announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in on the limited paths."""
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED_PATHS):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > MAX_BODY_BYTES:
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
            return message

        await self._app(scope, receive_counted, send)
