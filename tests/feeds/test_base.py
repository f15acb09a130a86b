"""The fetcher asks within limits, shares and keeps answers, and tells no one the key."""

import asyncio
import gzip
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from assistant.errors import FeedMalformed, FeedRefused, FeedTimeout, FeedTooLarge, FeedUnreachable
from assistant.feeds.base import FeedSource, Fetched, Fetcher
from tests.feeds.asking import Clock, fetch
from tests.indexing.loopback import City, Page


def test_an_answer_says_where_it_came_from(publisher: City, source: FeedSource) -> None:
    """Content, type, address and time of an answer are told."""
    publisher.pages["/feed?a=1"] = Page(b"{}", headers={"Content-Type": "application/json"})
    fetched = fetch(lambda fetcher: fetcher.get(source, params={"a": 1}))
    assert (fetched.content, fetched.content_type, fetched.from_cache) == (b"{}", "application/json", False)
    assert fetched.url == f"{source.url}?a=1"
    assert fetched.fetched_at.tzinfo is not None


def test_a_fresh_answer_is_not_asked_for_again(publisher: City, source: FeedSource) -> None:
    """Within refresh_s a publisher is left alone; after that it is asked."""
    publisher.pages["/feed"] = [Page(b"1"), Page(b"2")]
    clock = Clock()

    async def run() -> list[tuple[bytes, bool]]:
        answers = []
        async with Fetcher(clock=clock) as fetcher:
            for step in (0, 59, 2):
                clock.now += step
                answers.append(await fetcher.get(source))
        return [(answer.content, answer.from_cache) for answer in answers]

    assert asyncio.run(run()) == [(b"1", False), (b"1", True), (b"2", False)]


@pytest.mark.parametrize(
    ("headers", "after_s", "asked"),
    [
        ({"Cache-Control": "public, max-age=300"}, 200, 1),
        ({"Cache-Control": "public, max-age=300", "Age": "150"}, 200, 2),
        ({"Cache-Control": "max-age=300, no-cache"}, 200, 2),
        ({"Cache-Control": "s-maxage=300"}, 200, 2),
        ({"Cache-Control": "max-age=99999"}, 601, 2),
    ],
)
def test_the_publishers_age_counts(
    publisher: City, source: FeedSource, headers: dict[str, str], after_s: float, asked: int
) -> None:
    """A publisher may call its answer fresh for longer than refresh_s, but not beyond what the city calls stale."""
    publisher.pages["/feed"] = Page(b"1", headers=headers)
    clock = Clock()

    async def run() -> None:
        async with Fetcher(clock=clock) as fetcher:
            await fetcher.get(source)
            clock.now += after_s
            await fetcher.get(source)

    asyncio.run(run())
    assert len(publisher.asked("/feed")) == asked


def test_unchanged_content_is_not_sent_again(publisher: City, source: FeedSource) -> None:
    """A publisher that answers 304 confirms what is kept, now; once it has changed, the new content comes."""
    publisher.pages["/feed"] = Page(b"1", headers={"ETag": '"a"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"})
    source = replace(source, refresh_s=0)

    async def run() -> list[Fetched]:
        async with Fetcher() as fetcher:
            answers = [await fetcher.get(source), await fetcher.get(source)]
            publisher.pages["/feed"] = Page(b"2", headers={"ETag": '"b"'})
            return [*answers, await fetcher.get(source)]

    first, second, third = asyncio.run(run())
    assert [answer.content for answer in (first, second, third)] == [b"1", b"1", b"2"]
    assert [answer.from_cache for answer in (first, second, third)] == [False, True, False]
    assert second.fetched_at > first.fetched_at
    assert publisher.asked("/feed")[1]["if-none-match"] == '"a"'
    assert "if-modified-since" in publisher.asked("/feed")[1]


def test_simultaneous_equal_calls_share_one_request(publisher: City, source: FeedSource) -> None:
    """Many citizens who ask the same are one request to the publisher."""
    publisher.pages["/feed"] = Page(b"1")

    async def run() -> list[Fetched]:
        async with Fetcher() as fetcher:
            return await asyncio.gather(*(fetcher.get(source) for _ in range(20)))

    assert {answer.content for answer in asyncio.run(run())} == {b"1"}
    assert len(publisher.asked("/feed")) == 1


def test_one_who_leaves_takes_nobodys_answer(publisher: City, source: FeedSource) -> None:
    """A caller that is cancelled does not end the request that others share."""
    arrived, answer = asyncio.Event(), publisher.stopping
    publisher.pages["/feed"] = Page(headers={"Content-Length": "1"}, write=lambda handler: write_later(handler))

    def write_later(handler: BaseHTTPRequestHandler) -> None:
        loop.call_soon_threadsafe(arrived.set)
        answer.wait(10)
        handler.wfile.write(b"1")

    async def run() -> Fetched:
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with Fetcher() as fetcher:
            leaver, stayer = (asyncio.ensure_future(fetcher.get(source)) for _ in range(2))
            await arrived.wait()
            leaver.cancel()
            answer.set()
            return await stayer

    loop: asyncio.AbstractEventLoop
    assert asyncio.run(run()).content == b"1"


def test_a_slow_publisher_costs_the_budget_and_no_more(publisher: City, source: FeedSource) -> None:
    """Who does not answer in time is given up, whether it sends nothing or drips."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not publisher.stopping.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    publisher.pages["/feed"] = Page(write=lambda handler: publisher.stopping.wait(10))
    publisher.pages["/drip"] = Page(write=drip)
    with pytest.raises(FeedTimeout):
        fetch(lambda fetcher: fetcher.get(source), budget_s=0.2)
    with pytest.raises(FeedTimeout):
        fetch(lambda fetcher: fetcher.get(source, url=f"{publisher.url}/drip"), budget_s=0.2)


@pytest.mark.parametrize(("status", "asked"), [(500, 1), (502, 2), (503, 2), (429, 2), (404, 1), (401, 1), (403, 1)])
def test_only_what_may_pass_is_tried_again(publisher: City, source: FeedSource, status: int, asked: int) -> None:
    """At most one more attempt, and none where it cannot help."""
    publisher.pages["/feed"] = Page(b"<html>sorry</html>", status)
    with pytest.raises(FeedRefused) as refused:
        fetch(lambda fetcher: fetcher.get(source))
    assert (refused.value.status, refused.value.content) == (status, b"<html>sorry</html>")
    assert len(publisher.asked("/feed")) == asked


@pytest.mark.parametrize(("wait", "asked"), [("0", 2), ("3600", 1), ("Fri, 31 Dec 2100 23:59:59 GMT", 1), ("soon", 2)])
def test_a_publisher_that_asks_to_wait_is_heard(publisher: City, source: FeedSource, wait: str, asked: int) -> None:
    """A short Retry-After is waited for; a long one is no case for a second attempt."""
    publisher.pages["/feed"] = Page(b"", 429, headers={"Retry-After": wait})
    with pytest.raises(FeedRefused):
        fetch(lambda fetcher: fetcher.get(source))
    assert len(publisher.asked("/feed")) == asked


def test_a_source_that_asks_for_it_is_left_alone(publisher: City, source: FeedSource) -> None:
    """Until the time that it named has passed, a source that limits its calls is asked for nothing."""
    publisher.pages["/feed"] = [Page(b"", 429, headers={"Retry-After": "30"}), Page(b"1")]
    publisher.pages["/other"] = Page(b"2")
    clock = Clock()

    async def run() -> bytes:
        async with Fetcher(clock=clock) as fetcher:
            for url in ("/feed", "/feed", "/other"):
                with pytest.raises(FeedRefused) as refused:
                    await fetcher.get(source, url=publisher.url + url)
                assert refused.value.status == 429
            clock.now += 31
            return (await fetcher.get(source)).content

    assert asyncio.run(run()) == b"1"
    assert [path for path, _ in publisher.requests] == ["/feed", "/feed"]


def test_a_second_attempt_may_succeed(publisher: City, source: FeedSource) -> None:
    """A gateway that fails once costs the reader nothing."""
    publisher.pages["/feed"] = [Page(b"", 503), Page(b"1")]
    assert fetch(lambda fetcher: fetcher.get(source)).content == b"1"


def test_a_body_that_breaks_off_is_no_answer(publisher: City, source: FeedSource) -> None:
    """Half a document is never given out as one."""
    publisher.pages["/feed"] = Page(headers={"Content-Length": "100"}, write=lambda handler: handler.wfile.write(b"{"))
    with pytest.raises(FeedUnreachable):
        fetch(lambda fetcher: fetcher.get(source))


def test_nobody_listening_is_unreachable(publisher: City, source: FeedSource) -> None:
    """A port without a server is told apart from one that is slow."""
    source = replace(source, url="http://127.0.0.1:9/feed")
    with pytest.raises(FeedUnreachable, match=r"127\.0\.0\.1"):
        fetch(lambda fetcher: fetcher.get(source))


@pytest.mark.parametrize("declared", [True, False])
def test_too_much_is_refused_while_it_comes(publisher: City, source: FeedSource, declared: bool) -> None:
    """The limit holds whether or not the publisher says how much it will send."""
    source = replace(source, options={"max_bytes": 10})
    write = None if declared else (lambda handler: handler.wfile.write(b"x" * 11))
    publisher.pages["/feed"] = Page(b"x" * 11, write=write)
    with pytest.raises(FeedTooLarge):
        fetch(lambda fetcher: fetcher.get(source))


def test_a_bomb_is_not_unpacked(publisher: City, source: FeedSource) -> None:
    """The limit holds for what a body unpacks to."""
    body = gzip.compress(bytes(20_000_000))
    publisher.pages["/feed"] = Page(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FeedTooLarge):
        fetch(lambda fetcher: fetcher.get(source))


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello ") + gzip.compress(b"city")),
        ("deflate", zlib.compress(b"hello city")),
        ("identity", b"hello city"),
    ],
)
def test_packed_bodies_are_unpacked(publisher: City, source: FeedSource, encoding: str, body: bytes) -> None:
    """What HTTP calls gzip and deflate is read, of several members all."""
    publisher.pages["/feed"] = Page(body, headers={"Content-Encoding": encoding})
    assert fetch(lambda fetcher: fetcher.get(source)).content == b"hello city"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("br", b"whatever"), ("gzip", b"no gzip"), ("gzip", gzip.compress(b"hello city")[:-4])],
)
def test_what_cannot_be_unpacked_is_malformed(publisher: City, source: FeedSource, encoding: str, body: bytes) -> None:
    """A broken or unknown packing is said, not guessed."""
    publisher.pages["/feed"] = Page(body, headers={"Content-Encoding": encoding})
    with pytest.raises(FeedMalformed):
        fetch(lambda fetcher: fetcher.get(source))


def test_old_content_comes_only_where_it_is_asked_for(publisher: City, source: FeedSource) -> None:
    """A failing publisher is an error; a caller that wants the old answer gets it with its old time."""
    publisher.pages["/feed"] = [Page(b"1"), Page(b"", 500)]
    source = replace(source, refresh_s=0)

    async def run() -> tuple[Fetched, Fetched]:
        async with Fetcher() as fetcher:
            first = await fetcher.get(source)
            with pytest.raises(FeedRefused):
                await fetcher.get(source)
            return first, await fetcher.get(source, stale_if_error=True)

    first, old = asyncio.run(run())
    assert old == replace(first, from_cache=True)


@pytest.mark.parametrize(("limit", "value"), [("_MOST_ENTRIES", 2), ("_MOST_CACHED_BYTES", 20)])
def test_the_cache_stays_small(
    publisher: City, source: FeedSource, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Many or large answers do not fill the memory: the one that was used least recently leaves first."""
    monkeypatch.setattr(f"assistant.feeds.fetching.{limit}", value)
    publisher.pages.update({f"/feed?n={n}": Page(b"0123456789") for n in range(3)})

    async def run() -> list[bool]:
        async with Fetcher() as fetcher:
            for n in (0, 1, 0, 2):
                await fetcher.get(source, params={"n": n})
            return [(await fetcher.get(source, params={"n": n})).from_cache for n in (2, 0, 1)]

    assert asyncio.run(run()) == [True, True, False]


def test_a_document_may_say_for_how_long_it_is_fresh(publisher: City, source: FeedSource) -> None:
    """Standards with an age of their own are heard beside HTTP."""
    publisher.pages["/feed"] = Page(b"300")
    clock = Clock()

    async def run() -> list[bool]:
        kept = []
        async with Fetcher(clock=clock) as fetcher:
            for step in (0, 299, 2):
                clock.now += step
                kept.append((await fetcher.get(source, age_of=float)).from_cache)
        return kept

    assert asyncio.run(run()) == [False, True, False]
