"""A publisher on loopback, and the source that names it."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from assistant.feeds.base import FeedSource
from tests.indexing import loopback


class Publisher(loopback.Handler):
    """Answers POST as it does GET, and keeps what was sent as the header `body`."""

    def do_POST(self) -> None:  # noqa: N802  # the name that http.server calls
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.headers["body"] = sent.decode()
        self.do_GET()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[loopback.City]:
    monkeypatch.setattr(loopback, "Handler", Publisher)
    with loopback.serving() as server:
        yield server


@pytest.fixture
def source(publisher: loopback.City) -> FeedSource:
    return FeedSource(
        name="test-feed",
        standard="test",
        url=f"{publisher.url}/feed",
        publisher={"zh-TW": "測試", "en": "Test"},
        licence="test",
        refresh_s=60,
        stale_s=600,
        key=SecretStr("s3cr3t/+key"),
    )
