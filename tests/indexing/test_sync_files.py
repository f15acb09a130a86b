"""Names, kinds and sidecars of fetched documents."""

import tomllib
from pathlib import PurePosixPath

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.indexing.fetching import Reply
from assistant.indexing.sync_files import file_path, sidecar_text, suffix_of

SITE = "https://city.example"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{SITE}/a/fees.pdf", "city.example/a/fees.pdf"),
        (f"{SITE}/", "city.example/index.pdf"),
        (f"{SITE}/a/", "city.example/a/index.pdf"),
        (f"{SITE}/fees", "city.example/fees.pdf"),
        (f"{SITE}/fees.aspx", "city.example/fees.aspx.pdf"),
        (f"{SITE}/%E8%A6%8F%E8%B2%BB.pdf", "city.example/規費.pdf"),
        (f"{SITE}/.hidden/..%2F..%2Ffees.pdf", "city.example/hidden/-..-fees.pdf"),
        (f"{SITE}/a%00b%0Ac.pdf", "city.example/ab-c.pdf"),
    ],
)
def test_a_url_gives_a_file_name(url: str, path: str) -> None:
    """Readable, inside of the folder, and seen by the index."""
    assert file_path(url, "", ".pdf", {}) == path


def test_queries_and_taken_places_keep_documents_apart() -> None:
    """Each URL has a file of its own, the same one each time."""
    first, second = (file_path(f"{SITE}/get?id={number}", "", ".pdf", {}) for number in (1, 2))
    assert first != second
    assert file_path(f"{SITE}/get?id=1", "", ".pdf", {first: f"{SITE}/get?id=1"}) == first
    assert file_path(f"{SITE}/get?id=1", "", ".pdf", {first: "another"}) != first


@given(st.text(max_size=300))
def test_every_url_gives_a_usable_path(tail: str) -> None:
    """Whatever a server calls its files, they lie in the folder under names that a file system takes."""
    try:
        url = str(httpx.URL(f"{SITE}/").join(httpx.URL(path=f"/{tail}")))
    except httpx.InvalidURL:
        return
    path = PurePosixPath(file_path(url, "", ".pdf", {}))
    assert path.parts[0] == "city.example"
    assert all(not part.startswith(".") and len(part.encode()) <= 200 for part in path.parts)
    assert path.suffix == ".pdf"


@pytest.mark.parametrize(
    ("url", "headers", "body", "suffix"),
    [
        (f"{SITE}/fees.PDF", {"content-type": "text/html"}, b"", ".pdf"),
        (f"{SITE}/fees", {"content-type": "application/pdf; charset=x"}, b"", ".pdf"),
        (f"{SITE}/fees.aspx", {"content-type": "text/html"}, b"", ".html"),
        (f"{SITE}/get", {"content-disposition": 'attachment; filename="fees.pdf"'}, b"", ".pdf"),
        (f"{SITE}/get", {"content-disposition": "attachment; filename*=UTF-8''%E8%B2%BB.pdf"}, b"", ".pdf"),
        (f"{SITE}/get", {"content-type": "application/octet-stream"}, b"%PDF-1.7", ".pdf"),
        (f"{SITE}/get", {}, b"<!doctype html>", ".html"),
    ],
)
def test_the_kind_is_that_of_url_server_or_content(url: str, headers: dict[str, str], body: bytes, suffix: str) -> None:
    """In this order: servers often call everything a stream of bytes."""
    assert suffix_of(url, "", Reply(200, httpx.URL(url), headers, body)) == suffix


def test_a_kind_without_a_reader_is_refused() -> None:
    """It could not be indexed."""
    reply = Reply(200, httpx.URL(f"{SITE}/a.jpg"), {"content-type": "video/mp4"}, b"\x00")
    with pytest.raises(DocumentError) as caught:
        suffix_of(f"{SITE}/a.mp4", "", reply)
    assert caught.value.reason == "unsupported_type"


@given(st.text(), st.booleans())
def test_a_sidecar_is_valid_toml(title: str, unofficial: bool) -> None:
    """Whatever a list calls a document."""
    values = tomllib.loads(sidecar_text(f"{SITE}/a", {"title": title, "unofficial": unofficial}, "2026-11-23"))
    assert (values["source"], values["unofficial"]) == (f"{SITE}/a", unofficial)
