"""No request that changes anything may come from a page of another site: by what browsers say, and by form tokens."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.people.keys import csrf_token, is_csrf_token, is_token
from assistant.web.callers import Callers
from assistant.web.problems import problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOREIGN = "The request comes from a page of another site. Use the assistant's own page."
_PORTS = {"http": 80, "https": 443}


class SameSite:
    """ASGI middleware: refuses what a browser sends on behalf of another site, with or without cookies.

    Browsers say whence a request comes in Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/) or Origin (RFC 6454),
    and pages cannot change either. A session's cookie without both is refused as well; programs send neither, and
    have tokens.
    """

    def __init__(self, app: ASGIApp, callers: Callers, public_url: str = "") -> None:
        self._app, self._callers, self._own = app, callers, _origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is safe or ours."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not self._is_own(Request(scope)):
            await problem(HTTPStatus.FORBIDDEN, FOREIGN)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, request: Request) -> bool:
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return _origin(origin) in {self._own or _origin(str(request.url)), _origin(str(request.url))} - {None}
        return site is not None or not self._callers.cookies.session(request)


def form_token(callers: Callers, request: HTTPConnection) -> str:
    """What a form carries to show that it is ours: bound to the session, or before there is one to the browser's mark.

    Source: OWASP's HMAC-based token pattern; the cookies that it is bound to cannot be read by any script.
    """
    return csrf_token(_secret(callers, request))


def is_own_form(callers: Callers, request: HTTPConnection, given: str) -> bool:
    """Whether a form was made for this browser and session."""
    return is_csrf_token(_secret(callers, request), given)


def _secret(callers: Callers, request: HTTPConnection) -> str:
    session = callers.cookies.session(request)
    return session if is_token(session) else callers.cookies.browser(request)


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None where it has none, such as `null`."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.scheme in _PORTS and parts.hostname else None
