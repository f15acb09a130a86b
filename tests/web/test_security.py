"""Headers of every response."""

import pytest
from fastapi.testclient import TestClient

from assistant.web.application import build_app
from assistant.web.security import content_policy

OWASP = {
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
    "x-frame-options": "SAMEORIGIN",
}


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/search?q=x", "/api/v1/nothing", "/api/v1/documents/memo"])
def test_every_response_carries_the_headers(client, path):
    """Answers and problems alike forbid sniffing, framing elsewhere, and foreign content."""
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_no_other_origin_may_read(client):
    """A page of another origin is not allowed to read answers."""
    headers = client.get("/healthz", headers={"Origin": "https://evil.example"}).headers

    assert "access-control-allow-origin" not in headers


def test_only_known_inline_scripts_run():
    """An inline script is allowed by the hash of its text; inline and evaluated scripts as such are not."""
    policy = content_policy(b'<script type="module">let a = 1;</script><script src="/x.js"></script>')
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))

    assert scripts.count("sha256-") == 1
    assert "unsafe" not in scripts
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/about", "/api/v1/nothing", "/nowhere"])
def test_the_headers_that_owasp_lists_are_there(client, path):
    """Answers, problems and what nobody serves: none may be read, framed or embedded by another site."""
    headers = client.get(path).headers

    assert {name: headers.get(name) for name in OWASP} == OWASP


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/search?q=x"),
        ("GET", "/api/v1/documents/bike-fees"),
        ("GET", "/api/v1/documents/memo"),
        ("GET", "/api/v1/about"),
        ("POST", "/api/v1/ask"),
        ("GET", "/readyz"),
        ("GET", "/nowhere"),
    ],
)
def test_no_cache_keeps_what_is_said_to_a_person(client, method, path):
    """What one person was told is never given to the next one at the same machine or proxy."""
    response = client.request(method, path, json={"question": "車"} if method == "POST" else None)

    assert response.headers["cache-control"] == "no-store"


def test_browsers_are_bound_to_https_where_people_come_by_it(conversation):
    """By the public address or by the request's own scheme, and never over plain HTTP (RFC 6797, 7.2)."""
    plain = TestClient(build_app(conversation))
    secure = TestClient(build_app(conversation), base_url="https://testserver")
    conversation.settings = conversation.settings.model_copy(update={"public_url": "https://assistant.example"})
    behind_proxy = TestClient(build_app(conversation))

    assert "strict-transport-security" not in plain.get("/healthz").headers
    for client in (secure, behind_proxy):
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


def test_an_oversized_request_is_refused_with_the_headers(client):
    """What middleware answers by itself carries them, too."""
    response = client.post("/api/v1/ask", content=b"x" * 70_000)

    assert (response.status_code, response.headers["x-content-type-options"]) == (413, "nosniff")
    assert response.headers["cache-control"] == "no-store"
