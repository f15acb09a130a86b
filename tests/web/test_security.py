"""Headers of every response."""

import pytest

from assistant.web.security import content_policy


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
