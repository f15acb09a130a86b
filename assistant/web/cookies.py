"""The two cookies: the session of whoever signed in, and the random mark of a browser."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.people.keys import is_token, new_token

SESSION, BROWSER = "city-assistant-session", "city-assistant-browser"
BROWSER_AGE_S = 365 * 24 * 3600
_NEW_BROWSER = "new_browser"


class Cookies:
    """Reads and sets them: HttpOnly, SameSite=Lax, and over HTTPS Secure under a `__Host-` name (RFC 6265bis, 4.1.3).

    Over HTTPS no other name is read, so that a neighbouring host cannot plant one.

    Args:
        public_url: where people reach the assistant; with https, cookies are Secure whatever a request says.
    """

    def __init__(self, public_url: str = "") -> None:
        self._always_secure = public_url.lower().startswith("https:")

    def is_secure(self, request: HTTPConnection) -> bool:
        """Whether the person's browser speaks HTTPS."""
        return self._always_secure or request.url.scheme == "https"

    def session(self, request: HTTPConnection) -> str:
        """The session token of a request, or nothing; it may be anybody's invention."""
        return request.cookies.get(self._name(SESSION, request), "")

    def set_session(self, request: HTTPConnection, response: Response, token: str) -> None:
        """Give the browser a session; it lasts until the browser closes or the server ends it."""
        self._set(request, response, SESSION, token)

    def end_session(self, request: HTTPConnection, response: Response) -> None:
        """Take the session back."""
        self._set(request, response, SESSION, "", max_age=0)

    def browser(self, request: HTTPConnection) -> str:
        """The browser's mark; one that lacks it, or has one of another form, is given a new one with the response."""
        if self.has_browser(request):
            return request.cookies[self._name(BROWSER, request)]
        state: dict[str, Any] = request.scope.setdefault("state", {})
        given: str = state.setdefault(_NEW_BROWSER, new_token())
        return given

    def has_browser(self, request: HTTPConnection) -> bool:
        """Whether the request shows a mark of the right form."""
        return is_token(request.cookies.get(self._name(BROWSER, request), ""))

    def give_browser(self, request: HTTPConnection, headers: MutableHeaders) -> None:
        """Set the new mark of this request, if `browser` made one."""
        mark = request.scope.get("state", {}).get(_NEW_BROWSER)
        if mark is None:
            return
        response = Response()
        self._set(request, response, BROWSER, mark, max_age=BROWSER_AGE_S)
        headers.append("Set-Cookie", response.headers["Set-Cookie"])
        headers["Cache-Control"] = "no-store"

    def _set(
        self, request: HTTPConnection, response: Response, name: str, value: str, max_age: int | None = None
    ) -> None:
        secure = self.is_secure(request)
        response.set_cookie(
            self._name(name, request), value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax"
        )

    def _name(self, name: str, request: HTTPConnection) -> str:
        return f"__Host-{name}" if self.is_secure(request) else name


class BrowserMarks:
    """ASGI middleware: sets the browser's mark where a request needed one, and with every page."""

    def __init__(self, app: ASGIApp, cookies: Cookies) -> None:
        self._app, self._cookies = app, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `send` that adds the cookie."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if _is_page(message, headers):
                    self._cookies.browser(request)
                self._cookies.give_browser(request, headers)
            await send(message)

        await self._app(scope, receive, send_marked)


def _is_page(message: Mapping[str, Any], headers: Headers) -> bool:
    return message["status"] == 200 and headers.get("content-type", "").startswith("text/html")
