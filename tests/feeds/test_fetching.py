"""Where a request goes, what it may tell whom, and what is never sent twice."""

import asyncio
import logging
from dataclasses import replace

import pytest

from assistant.errors import FeedError, FeedRefused, FeedUnreachable
from assistant.feeds.base import FeedSource, Fetched, Fetcher
from tests.feeds.asking import fetch
from tests.indexing.loopback import City, Page


def test_a_redirect_stays_on_its_host(publisher: City, source: FeedSource) -> None:
    """A moved document is followed on the same host; another host is refused and named."""
    publisher.pages["/feed"] = Page(b"", 302, headers={"Location": "/moved"})
    publisher.pages["/moved"] = Page(b"1")
    assert fetch(lambda fetcher: fetcher.get(source)).url == f"{publisher.url}/moved"
    for elsewhere in (
        "http://localhost:1/x",
        "http://127.0.0.1:1/x",
        "//evil.example/x",
        "file:///etc/passwd",
        "",
        "http://[bad",
    ):
        publisher.pages["/feed"] = Page(b"", 302, headers={"Location": elsewhere})
        with pytest.raises(FeedRefused) as refused:
            fetch(lambda fetcher: fetcher.get(source))
        assert refused.value.status == 302


@pytest.mark.parametrize(
    "url", ["http://evil.example/feed", "file:///etc/passwd", "http://u:p@127.0.0.1/", "http://[", "//127.0.0.1/x"]
)
def test_an_address_outside_the_source_is_not_asked(publisher: City, source: FeedSource, url: str) -> None:
    """A document of a publisher cannot send us, or our key, to another host."""
    with pytest.raises(FeedRefused) as refused:
        fetch(lambda fetcher: fetcher.get(source, url=url))
    assert refused.value.status == 0


def test_an_encrypted_source_stays_encrypted(publisher: City, source: FeedSource) -> None:
    """Its own plain links are followed by https; a plain address on another port is refused."""
    source = replace(source, url="https://127.0.0.1/feed")
    with pytest.raises(FeedUnreachable, match=r"https://127\.0\.0\.1/next"):
        fetch(lambda fetcher: fetcher.get(source, url="http://127.0.0.1/next"))
    with pytest.raises(FeedRefused, match="encrypted"):
        fetch(lambda fetcher: fetcher.get(source, url=f"{publisher.url}/feed"))


def test_further_hosts_of_a_source_are_asked(publisher: City, source: FeedSource) -> None:
    """The city's data can allow the other hosts of a publisher."""
    publisher.pages["/other"] = Page(b"1")
    source = replace(source, url="http://publisher.example/", options={"hosts": ["127.0.0.1"]})
    assert fetch(lambda fetcher: fetcher.get(source, url=f"{publisher.url}/other")).content == b"1"


@pytest.mark.parametrize(
    ("path", "params"),
    [("/feed", {"Authorization": "s3cr3t/+key"}), ("/feed", {"q": "s3cr3t/+key"}), ("/s3cr3t%2F%2Bkey/feed", {})],
)
@pytest.mark.parametrize("status", [200, 302, 403, 503, 0])
def test_the_key_is_told_to_the_publisher_alone(
    publisher: City,
    source: FeedSource,
    caplog: pytest.LogCaptureFixture,
    path: str,
    params: dict[str, str],
    status: int,
) -> None:
    """The publisher gets the key; no log, address, error or cause of one has it."""
    caplog.set_level(logging.DEBUG)
    target = path + "".join(f"?{name}=s3cr3t%2F%2Bkey" for name in params)
    headers = {"Location": f"http://elsewhere.example{target}"} if status == 302 else {}
    write = None if status else (lambda handler: None)
    publisher.pages[target] = Page(b"1", status or 200, headers, write=write)
    if not status:
        headers["Content-Length"] = "5"
    told: list[object] = []
    try:
        told += [fetch(lambda fetcher: fetcher.get(source, url=publisher.url + path, params=params))]
    except FeedError as error:
        told += [error, repr(error), error.__cause__, vars(error)]
    requests = [asked for asked, _ in publisher.requests]
    said = [
        record.getMessage()
        for record in caplog.records
        if not (status == 302 and record.name.startswith("httpcore") and "Location" in record.getMessage())
    ]
    assert target in requests
    assert "***" in str(told)
    assert not [text for text in [str(told), repr(source), *said] if "s3cr3t" in text]


def test_what_changes_something_is_sent_once(publisher: City, source: FeedSource) -> None:
    """A report is never sent twice, whatever the publisher answers, and is not taken from the cache."""
    publisher.pages["/report"] = Page(b"[]", 503)
    url = f"{publisher.url}/report"
    with pytest.raises(FeedRefused):
        fetch(lambda fetcher: fetcher.post(source, url=url, data={"a": "洞"}))
    publisher.pages["/report"] = Page(b"[]", 201, headers={"Location": "/report/1"})

    async def run() -> list[Fetched]:
        async with Fetcher() as fetcher:
            return [await fetcher.post(source, url=url, json={"a": 1}) for _ in range(2)]

    answers = asyncio.run(run())
    assert [(answer.content, answer.location, answer.from_cache) for answer in answers] == [
        (b"[]", "/report/1", False)
    ] * 2
    assert [headers["body"] for headers in publisher.asked("/report")] == ["a=%E6%B4%9E", '{"a":1}', '{"a":1}']


def test_a_question_by_post_is_kept_and_repeated_like_any_other(publisher: City, source: FeedSource) -> None:
    """Some services are read by POST: different questions are different answers, and a failing gateway is retried."""
    publisher.pages["/feed"] = [Page(b"", 503), Page(b"1"), Page(b"2")]

    async def run() -> list[bytes]:
        async with Fetcher() as fetcher:
            return [(await fetcher.get(source, query=query)).content for query in ({"a": 1}, {"a": 1}, {"a": 2})]

    assert asyncio.run(run()) == [b"1", b"1", b"2"]


def test_a_redirected_report_is_not_sent_on(publisher: City, source: FeedSource) -> None:
    """A redirect of a POST is refused, even on the same host."""
    publisher.pages["/report"] = Page(b"", 307, headers={"Location": "/elsewhere"})
    with pytest.raises(FeedRefused) as refused:
        fetch(lambda fetcher: fetcher.post(source, url=f"{publisher.url}/report", data={}))
    assert refused.value.status == 307
    assert publisher.asked("/elsewhere") == []
