"""Lists that name documents: sitemaps, RSS and Atom feeds, and open data in JSON or CSV."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import DocumentError
from assistant.indexing.dates import parse_date
from assistant.indexing.decoding import decode

_MOST_BYTES = 50 * 1024 * 1024
_DEEPEST = 5
_LONGEST_TITLE = 300
_SEPARATORS = re.compile(r"[\s;|、]+(?=https?://)")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document that a list names, with what the list says of it."""

    url: str
    title: str = ""
    published: date | None = None
    bureau: str = ""


@dataclass(frozen=True, slots=True)
class ListFields:
    """Names of the fields of a JSON or CSV list; a dot leads into an object (`file.url`)."""

    url: str = "url"
    title: str = ""
    date: str = ""
    bureau: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds; a sitemap may name further sitemaps instead of documents."""

    documents: tuple[Listed, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_listing(data: bytes, name: str, kind: str, fields: ListFields) -> Listing:
    """The documents of a list, in its order.

    Args:
        name: what to call it in messages.
        kind: sitemap, rss, atom, json or csv.

    Raises:
        DocumentError: `bad_list` where it is none of that kind, `not_text` for bytes that are no text.
    """
    try:
        return _READERS[kind](_unpacked(data, name), name, fields)
    except (ParseError, DefusedXmlException, ValueError, csv.Error, RecursionError) as error:
        message = f"{name} is no {kind} list: {type(error).__name__} {error}."
        raise DocumentError("bad_list", message[:_LONGEST_TITLE], "Check its URL and format.") from error


def _unpacked(data: bytes, name: str) -> bytes:
    """A sitemap may be served as a gzip file."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DocumentError("bad_list", f"{name} is a broken gzip file: {error}.", "Check its URL.") from error
    if len(unpacked) > _MOST_BYTES:
        raise DocumentError("too_large", f"{name} unpacks to more than {_MOST_BYTES >> 20} MB.", "Split it.")
    return unpacked


def _read_sitemap(data: bytes, name: str, fields: ListFields) -> Listing:
    root = fromstring(data, forbid_dtd=True)
    locations = [_text_of(entry, "loc") for entry in root if _local(entry) in {"url", "sitemap"}]
    urls = tuple(location for location in locations if location)
    if _local(root) == "sitemapindex":
        return Listing(sitemaps=urls)
    if _local(root) != "urlset":
        raise DocumentError("bad_list", f"{name} is no sitemap but “{_local(root)}”.", "Check its URL and format.")
    return Listing(tuple(Listed(url) for url in urls))


def _read_feed(data: bytes, name: str, fields: ListFields) -> Listing:
    root = fromstring(data, forbid_dtd=True)
    entries = [node for node in root.iter() if _local(node) in {"item", "entry"}]
    if not entries and _local(root) not in {"rss", "feed", "RDF"}:
        raise DocumentError("bad_list", f"{name} is no feed but “{_local(root)}”.", "Check its URL and format.")
    return Listing(tuple(listed for entry in entries if (listed := _feed_entry(entry)).url))


def _feed_entry(entry: Element) -> Listed:
    links = [node for node in entry if _local(node) == "link"]
    addresses = [node.get("href") or node.text or "" for node in links if node.get("rel") in {None, "alternate"}]
    enclosures = [node.get("url") or "" for node in entry if _local(node) == "enclosure"]
    stamp = next(filter(None, (_text_of(entry, tag) for tag in ("pubDate", "published", "date", "updated"))), "")
    url = next((address.strip() for address in (*addresses, *enclosures) if address.strip()), "")
    return Listed(url, _text_of(entry, "title")[:_LONGEST_TITLE], parse_date(stamp))


def _read_json(data: bytes, name: str, fields: ListFields) -> Listing:
    records = _records(json.loads(decode(data, name)), fields.url)
    return Listing(tuple(listed for record in records for listed in _of_record(record, fields)))


def _read_csv(data: bytes, name: str, fields: ListFields) -> Listing:
    text = decode(data, name)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    if fields.url not in (rows.fieldnames or ()):
        raise DocumentError("bad_list", f"{name} has no column “{fields.url}”.", "Correct url_field.")
    return Listing(tuple(listed for row in rows for listed in _of_record(row, fields)))


def _records(value: Any, url_field: str, depth: int = 0) -> Sequence[Mapping[str, Any]]:
    """The first list of objects, in or below a value, of which one has the field of URLs."""
    if isinstance(value, list):
        records = [record for record in value if isinstance(record, dict)]
        if any(_field(record, url_field) for record in records):
            return records
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    found = (_records(child, url_field, depth + 1) for child in inner if depth < _DEEPEST)
    return next(filter(None, found), ())


def _of_record(record: Mapping[str, Any], fields: ListFields) -> Iterator[Listed]:
    value = _field(record, fields.url)
    texts = value if isinstance(value, list) else [value]
    title, stamp, bureau = (_plain(_field(record, name)) for name in (fields.title, fields.date, fields.bureau))
    for text in texts:
        for url in _SEPARATORS.split(_plain(text)):
            if url:
                yield Listed(url, title[:_LONGEST_TITLE], parse_date(stamp), bureau)


def _field(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _plain(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""


def _local(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _text_of(node: Element, tag: str) -> str:
    return next((" ".join((child.text or "").split()) for child in node if _local(child) == tag), "")


_READERS: dict[str, Callable[[bytes, str, ListFields], Listing]] = {
    "sitemap": _read_sitemap,
    "rss": _read_feed,
    "atom": _read_feed,
    "json": _read_json,
    "csv": _read_csv,
}
LIST_FORMATS = tuple(_READERS)
