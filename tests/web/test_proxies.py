"""Whose address and scheme count behind proxies."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.web.proxies import TrustedProxies


def seen(count: int, **headers: str) -> str:
    """Address and scheme as the application sees them."""
    app = Starlette(routes=[Route("/", lambda r: PlainTextResponse(f"{r.client.host} {r.url.scheme}"))])
    app.add_middleware(TrustedProxies, count=count)
    return TestClient(app, client=("10.0.0.1", 5)).get("/", headers=headers).text


@pytest.mark.parametrize(
    ("count", "heard", "address"),
    [
        (0, "192.0.2.9", "10.0.0.1"),
        (1, "192.0.2.9", "192.0.2.9"),
        (1, "203.0.113.1, 192.0.2.9", "192.0.2.9"),
        (2, "203.0.113.1, 192.0.2.9, 10.0.0.2", "192.0.2.9"),
        (2, "192.0.2.9", "10.0.0.1"),
        (1, "192.0.2.9:4711", "192.0.2.9"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "<script>", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_our_proxies_wrote_counts(count, heard, address):
    """A client's own claims stand before the entry of our outermost proxy, and are not believed."""
    assert seen(count, **{"x-forwarded-for": heard}) == f"{address} http"


@pytest.mark.parametrize(("count", "scheme"), [(0, "http"), (1, "https")])
def test_a_trusted_proxy_says_whether_the_client_speaks_https(count, scheme):
    """The scheme is believed with the address, and never from a client."""
    assert seen(count, **{"x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https"}).endswith(f" {scheme}")
