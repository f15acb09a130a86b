"""Pages are followed on the same host, up to a limit, and never in a circle."""

from dataclasses import replace

import pytest

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource
from assistant.feeds.paging import next_address, read_pages, under
from tests.feeds.pages import ByPath, ask
from tests.indexing.loopback import City, Page


def numbers(content: bytes) -> tuple[int, str]:
    own, _, following = content.decode().partition(" ")
    return int(own), following


def read(source: FeedSource, most_pages: int = 10) -> list[int]:
    async def question(fetcher: object) -> list[int]:
        pages = read_pages(fetcher, source, source.url, numbers, most_pages=most_pages)  # type: ignore[arg-type]
        return [page async for page, _ in pages]

    return ask(question)


def test_pages_are_read_in_order_up_to_the_limit(publisher: City, source: FeedSource) -> None:
    """A relative address is below the current one; what lies beyond the limit is not asked for."""
    publisher.pages |= {
        "/feed": Page(b"1 ?page=2"),
        "/feed?page=2": Page(b"2 /feed?page=3"),
        "/feed?page=3": Page(b"3"),
    }
    assert read(source) == [1, 2, 3]
    assert read(source, most_pages=2) == [1, 2]


def test_a_circle_is_malformed(publisher: City, source: FeedSource) -> None:
    """A page that leads back to an earlier one would be read for ever."""
    publisher.pages |= {"/feed": Page(b"1 /feed?page=2"), "/feed?page=2": Page(b"2 /feed")}
    with pytest.raises(FeedMalformed, match="circle"):
        read(source)


@pytest.mark.parametrize(
    ("options", "header", "query"),
    [
        ({"key_header": "X-Key"}, "s3cr3t/+key", ""),
        ({"key_header": "X-Key", "key_prefix": "Bearer "}, "Bearer s3cr3t/+key", ""),
        ({"key_param": "k"}, None, "k=s3cr3t%2F%2Bkey"),
        ({}, None, ""),
    ],
)
def test_the_key_goes_with_every_page_as_the_city_says(
    publisher: City, source: FeedSource, options: dict[str, str], header: str | None, query: str
) -> None:
    """A header or a parameter; the next link of a service seldom repeats it."""
    publisher.pages = ByPath({"/feed": Page(b"1 /next"), "/next": Page(b"2")})
    assert read(replace(source, options=options)) == [1, 2]
    assert [headers.get("x-key") for _, headers in publisher.requests] == [header] * 2
    assert [path.partition("?")[2] for path, _ in publisher.requests] == [query] * 2


@pytest.mark.parametrize(
    "following",
    [
        "http://other.example/feed",
        "//other.example/x",
        "http://[::1",
        "ftp://city.example/feed",
        "http://city.example:99/",
    ],
)
def test_another_host_is_not_asked(following: str) -> None:
    """The next page cannot be elsewhere: what is asked, and the key, would go with it."""
    with pytest.raises(FeedMalformed, match="next page"):
        next_address("http://city.example/feed", following)


def test_the_scheme_of_a_proxy_is_not_taken_over() -> None:
    """Behind a proxy a service often writes http where it is reached by https."""
    assert next_address("https://city.example/feed", "http://city.example/feed?2") == "https://city.example/feed?2"


def test_a_step_is_quoted_and_cannot_climb() -> None:
    """An id is one step of an address, whatever it holds."""
    assert under("http://x/api/", "a/b", "c?d#e", "紅") == "http://x/api/a%2Fb/c%3Fd%23e/%E7%B4%85"
    for step in ("", ".", ".."):
        with pytest.raises(FeedRefused):
            under("http://x/api", step)
