"""What trusted proxies say of the client: its address and whether it speaks HTTPS."""

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class TrustedProxies:
    """ASGI middleware: puts the client's address and scheme in the place of the nearest proxy's.

    Each proxy appends whom it heard (X-Forwarded-For): the entry that counts is the one that the outermost of ours
    wrote, and what stands before it is the client's own claim.

    Args:
        count: how many proxies of ours stand in front; 0: no header is believed.
    """

    def __init__(self, app: ASGIApp, count: int) -> None:
        self._app, self._count = app, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as the client sent it."""
        if self._count and scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            heard = _values(headers, "x-forwarded-for")
            if len(heard) >= self._count and (address := _address(heard[-self._count])):
                scope = {**scope, "client": (address, 0)}
                schemes = _values(headers, "x-forwarded-proto")
                if schemes and schemes[-1].lower() in ("http", "https"):
                    scope["scheme"] = schemes[-1].lower()
        await self._app(scope, receive, send)


def _values(headers: Headers, name: str) -> list[str]:
    return [part.strip() for value in headers.getlist(name) for part in value.split(",")]


def _address(heard: str) -> str:
    """The IP address of an entry, which may carry a port; empty where it has none."""
    host = heard.removeprefix("[").partition("]")[0] if heard.startswith("[") else heard
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        return str(ip_address(host))
    except ValueError:
        return ""
