"""Where a fetched document goes: its file name, a check of its content, and the sidecar with its metadata."""

import json
import re
import unicodedata
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from assistant.errors import DocumentError
from assistant.indexing.decoding import looks_like_html, tidy
from assistant.indexing.fetching import Reply
from assistant.indexing.reading import ARCHIVES, COLLECTIONS, READERS
from assistant.indexing.sync_list import Metadata
from assistant.text import strip_control

_MARKUP_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".mhtml", ".mht", ".xml", ".svg"})
_ZIP_SUFFIXES = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".zip"})
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/json": ".json",
    "application/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "message/rfc822": ".eml",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    f"{_OPEN_XML}wordprocessingml.document": ".docx",
    f"{_OPEN_XML}spreadsheetml.sheet": ".xlsx",
    f"{_OPEN_XML}presentationml.presentation": ".pptx",
    f"{_OPEN_DOCUMENT}text": ".odt",
    f"{_OPEN_DOCUMENT}spreadsheet": ".ods",
    f"{_OPEN_DOCUMENT}presentation": ".odp",
}
_FILE_NAME = re.compile(r"filename\*?\s*=\s*(?:UTF-8'[^']*')?\"?([^\";]+)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]+")
_LONGEST_PART_BYTES = 120
_HEAD_BYTES = 1024


def suffix_of(url: str, path: str, reply: Reply) -> str:
    """The suffix of a document's format: that of its path or URL, else what the server or the content says.

    Raises:
        DocumentError: `unsupported_type` where no reader knows it.
    """
    readable = {*READERS, *COLLECTIONS, *ARCHIVES}
    disposition = _FILE_NAME.search(reply.headers.get("content-disposition", ""))
    declared = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    candidates = (
        PurePosixPath(path or httpx.URL(url).path).suffix.lower(),
        PurePosixPath(unquote(disposition[1].strip())).suffix.lower() if disposition else "",
        _SUFFIXES.get(declared, ""),
        ".pdf" if reply.body.startswith(b"%PDF-") else ".html" if looks_like_html(reply.body) else "",
    )
    for suffix in candidates:
        if suffix in readable:
            return suffix
    message = f"{url} is of a kind that cannot be read ({declared or 'not stated'})."
    raise DocumentError("unsupported_type", message, "Leave it out, or give it a path with a suffix that is known.")


def check_content(url: str, suffix: str, body: bytes, before: str) -> None:
    """Refuse what is no document: an empty answer, or a page of the server in a document's place.

    Args:
        before: suffix of the document that was fetched from there last; empty for the first time.

    Raises:
        DocumentError: `empty`, `html_instead` or `wrong_format`.
    """
    keeps = "The document that was fetched before is kept." if before else "Open it in a browser."
    if not body.strip():
        raise DocumentError("empty", f"{url} has no content.", keeps)
    is_page = looks_like_html(body)
    if is_page and (suffix not in _MARKUP_SUFFIXES or before not in _MARKUP_SUFFIXES | {""}):
        raise DocumentError("html_instead", f"{url} brought a web page instead of a {before or suffix} file.", keeps)
    wrong_pdf = suffix == ".pdf" and b"%PDF-" not in body[:_HEAD_BYTES]
    wrong_zip = suffix in _ZIP_SUFFIXES and not body.startswith(b"PK")
    if wrong_pdf or wrong_zip:
        raise DocumentError("wrong_format", f"{url} brought no {suffix} file.", keeps)


def file_path(url: str, path: str, suffix: str, taken: Mapping[str, str]) -> str:
    """The place of a document in the folder, relative; the same each time for one URL.

    Args:
        path: what the list says; empty: by the URL.
        taken: URLs by the paths that belong to them.
    """
    place = PurePosixPath(path) if path else _place_of(httpx.URL(url), suffix)
    if place.suffix.lower() != suffix:
        place = place.with_name(place.name + suffix)
    if taken.get(place.as_posix(), url) != url:
        place = place.with_name(f"{place.name.removesuffix(place.suffix)}-{_digest(url)}{place.suffix}")
    return place.as_posix()


def sidecar_text(url: str, metadata: Metadata, fetched: str) -> str:
    """The TOML beside a document, with the keys of a table of `sources.toml`."""
    values: Metadata = {**metadata, "source": url, "url": url, "fetched": fetched}
    lines = (f"{key} = {_toml_value(value)}" for key, value in values.items())
    return "\n".join(lines) + "\n"


def _place_of(url: httpx.URL, suffix: str) -> PurePosixPath:
    path = url.raw_path.partition(b"?")[0].decode("ascii")  # a %2F is no border between folders
    parts = [_file_name(unquote(part)) for part in path.split("/") if part]
    if not parts or path.endswith("/"):
        parts.append("index")
    place = PurePosixPath(_file_name(url.host), *parts)
    if url.query:
        stem = place.name.removesuffix(suffix) if place.suffix.lower() == suffix else place.name
        place = place.with_name(f"{stem}-{_digest(url.query.decode('ascii', 'replace'))}{suffix}")
    return place


def _file_name(text: str) -> str:
    """A part of a URL as a name that every file system takes; a leading dot would hide the file."""
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", strip_control(text))).strip(". ")
    stem, dot, suffix = name.rpartition(".") if len(name) - name.rfind(".") <= 6 else (name, "", "")
    room = _LONGEST_PART_BYTES - len(dot + suffix)
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + suffix or "-"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()


def _toml_value(value: str | bool) -> str:
    """JSON's spelling of texts and truth is also TOML's."""
    return json.dumps(tidy(value) if isinstance(value, str) else value, ensure_ascii=False)


def digest_of(data: bytes) -> str:
    """The hash by which a document is known again."""
    return blake2b(data, digest_size=16).hexdigest()
