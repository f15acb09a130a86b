"""Lists of documents, as cities publish them."""

import gzip
import json
from datetime import date

import pytest

from assistant.errors import DocumentError
from assistant.indexing.listings import Listed, ListFields, read_listing

FIELDS = ListFields("網址", "名稱", "日期", "機關")
A, B = "https://city.example/a.pdf", "https://city.example/b.pdf"
FIRST_OF_JULY = date(2025, 7, 1)
ATOM = "http://www.w3.org/2005/Atom"


def listed(data: str | bytes, kind: str, fields: ListFields = FIELDS) -> tuple[Listed, ...]:
    return read_listing(data.encode() if isinstance(data, str) else data, "list", kind, fields).documents


def test_a_sitemap_names_pages_or_further_sitemaps() -> None:
    """With its namespace or without, packed or not."""
    pages = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> {A} </loc></url></urlset>'
    assert listed(pages, "sitemap") == listed(gzip.compress(pages.encode()), "sitemap") == (Listed(A),)
    index = f"<sitemapindex><sitemap><loc>{B}</loc></sitemap></sitemapindex>"
    assert read_listing(index.encode(), "list", "sitemap", FIELDS).sitemaps == (B,)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (f"<item><title> Fees\n2025 </title><link>{A}</link></item>", Listed(A, "Fees 2025")),
        (
            f"<item><link>{A}</link><pubDate>Tue, 01 Jul 2025 10:00:00 +0800</pubDate></item>",
            Listed(A, "", FIRST_OF_JULY),
        ),
        (f'<item><enclosure url="{A}"/></item>', Listed(A)),
        (f'<entry xmlns="{ATOM}"><link rel="self" href="x"/><link href="{A}"/></entry>', Listed(A)),
        (
            f'<entry xmlns="{ATOM}"><link href="{A}"/><updated>2025-07-01T00:00:00Z</updated></entry>',
            Listed(A, "", FIRST_OF_JULY),
        ),
    ],
)
def test_a_feed_gives_link_title_and_date(entry: str, expected: Listed) -> None:
    """RSS and Atom say the same in other words."""
    assert listed(f"<rss><channel>{entry}</channel></rss>", "rss") == (expected,)


def test_a_feed_without_entries_is_an_empty_list() -> None:
    """Nothing new is no fault."""
    assert listed("<rss><channel/></rss>", "rss") == listed(f'<feed xmlns="{ATOM}"/>', "atom") == ()


def test_open_data_give_the_named_fields() -> None:
    """The records may lie anywhere in the JSON, and dates may be of the Republic."""
    record = {"網址": A, "名稱": "規費", "日期": "114/07/01", "機關": "社會局", "別": 3}
    expected = (Listed(A, "規費", FIRST_OF_JULY, "社會局"),)
    for data in ([record], {"result": {"fields": [{"id": 1}], "records": [record]}}):
        assert listed(json.dumps(data), "json") == expected
    assert listed("\ufeff名稱;網址;日期;機關\n規費;" + A + ";1140701;社會局\n", "csv") == expected


def test_a_record_may_hold_several_urls() -> None:
    """In an array, or one after another in a text."""
    assert listed(json.dumps([{"網址": [A, B]}]), "json") == (Listed(A), Listed(B))
    assert listed(f"網址\n{A};{B}\n", "csv") == (Listed(A), Listed(B))


def test_a_field_may_lie_in_an_object() -> None:
    """A dot leads into it."""
    data = json.dumps([{"file": {"url": A}}, {"file": None}, {}])
    assert listed(data, "json", ListFields("file.url")) == (Listed(A),)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("<html><body>", "sitemap"),
        ("<html/>", "sitemap"),
        ("<html/>", "rss"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><rss>&b;</rss>', "rss"),
        ('<!DOCTYPE rss SYSTEM "http://10.0.0.1/x"><rss/>', "rss"),
        ("{", "json"),
        ("[" * 100_000, "json"),
        ("name\nx\n", "csv"),
        (b"\x1f\x8b broken", "sitemap"),
    ],
)
def test_what_is_no_list_is_refused(data: str | bytes, kind: str) -> None:
    """With a reason that names the list; entities and outside definitions are not followed."""
    with pytest.raises(DocumentError) as caught:
        listed(data, kind)
    assert caught.value.reason == "bad_list"


def test_json_without_the_field_lists_nothing() -> None:
    """The list may be empty today."""
    assert listed('{"records": []}', "json") == ()


def test_a_packed_list_is_bounded() -> None:
    """A few kilobytes must not fill the memory."""
    with pytest.raises(DocumentError) as caught:
        listed(gzip.compress(bytes(60 * 1024 * 1024)), "sitemap")
    assert caught.value.reason == "too_large"
