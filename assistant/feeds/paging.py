"""Answers that come in pages: the next one is fetched while there is one, on the same host, up to a limit."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit

from assistant.errors import FeedMalformed, FeedRefused
from assistant.feeds.base import FeedSource, Fetcher, Params
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.values import TELL_PUBLISHER

MOST_PAGES = 10
Page = TypeVar("Page")


async def read_pages(
    fetcher: Fetcher,
    source: FeedSource,
    url: str,
    parse: Callable[[bytes], tuple[Page, str]],
    *,
    params: Params | None = None,
    headers: Mapping[str, str] | None = None,
    most_pages: int = MOST_PAGES,
    max_age_s: float | None = None,
) -> AsyncIterator[tuple[Page, datetime]]:
    """Pages in order, each with when it was had; `parse` makes of bytes a page and the next address, "" after the last.

    Raises:
        FeedError: as `Fetcher.get`; a next address on another host or one that was read already is FeedMalformed.
    """
    seen = {url}
    keys = key_params(source)
    params, headers = {**(params or {}), **keys}, {**key_headers(source), **(headers or {})}
    for _ in range(most_pages):
        fetched = await fetcher.get(source, url=url, params=params, headers=headers, max_age_s=max_age_s)
        page, following = parse(fetched.content)
        yield page, fetched.fetched_at
        if not following:
            return
        url, params = next_address(url, following), keys
        if url in seen:
            raise FeedMalformed(f"The pages of {source.name} lead in a circle.", TELL_PUBLISHER)
        seen.add(url)


def next_address(current: str, following: str) -> str:
    """The address of a next page, which may be relative; behind a proxy its scheme may be the inner one.

    Raises:
        FeedMalformed: it is on another host, which would see what is asked and the key.
    """
    try:
        here, there = urlsplit(current), urlsplit(urljoin(current, following))
        same = (here.hostname, here.port) == (there.hostname, there.port)
    except ValueError as error:
        raise FeedMalformed("The address of the next page is no URL.", TELL_PUBLISHER) from error
    if not same or there.scheme not in {"http", "https"}:
        raise FeedMalformed(f"The next page is on another host than {here.hostname}.", TELL_PUBLISHER)
    return there._replace(scheme=here.scheme).geturl()


def under(root: str, *steps: str) -> str:
    """An address below the root of a service; each step is quoted, so that an id cannot lead elsewhere.

    Raises:
        FeedRefused: a step is empty or made of dots.
    """
    if any(not step.strip(".") for step in steps):
        raise FeedRefused(0, "What is asked for has no name that can be part of an address.", "Ask by another name.")
    return "/".join([root.rstrip("/"), *(quote(step, safe="'(),:@-._~") for step in steps)])
