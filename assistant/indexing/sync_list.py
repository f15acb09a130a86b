"""A city's list of what to fetch: `sync.toml` with documents, lists to follow, and how to fetch."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

from assistant.errors import CityDataError
from assistant.indexing.fetching import USER_AGENT, FetchRules
from assistant.indexing.listings import LIST_FORMATS, ListFields

SYNC_FILE = "sync.toml"
_TEXT_KEYS = "id title bureau language audience type topic licence supersedes".split()
_DATE_KEYS = "published effective_from effective_to repealed".split()
_METADATA_KEYS = frozenset([*_TEXT_KEYS, *_DATE_KEYS, "unofficial"])
_DOCUMENT_KEYS = _METADATA_KEYS | {"url", "path"}
_FIELD_KEYS = frozenset({"url_field", "title_field", "date_field", "bureau_field"})
_DATASET_KEYS = (
    (_METADATA_KEYS - {"id", "title"}) | _FIELD_KEYS | {"url", "format", "include", "exclude", "max_documents"}
)
_SYNC_KEYS = frozenset({"timeout_s", "max_mb", "delay_s", "user_agent", "allowed_hosts", "proxy"})
_DEFAULT_DOCUMENTS, _MOST_DOCUMENTS = 1000, 20_000
_LONGEST_TIMEOUT_S, _LONGEST_DELAY_S = 3600.0, 600.0

Metadata = dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class WantedDocument:
    """A document that a city names; `path` is empty where the URL decides it."""

    url: str
    metadata: Metadata
    path: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A list that names documents, the URLs of it that are wanted, and what is said of all of them."""

    url: str
    format: str
    metadata: Metadata
    fields: ListFields = field(default_factory=ListFields)
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    max_documents: int = _DEFAULT_DOCUMENTS

    def wants(self, url: str) -> bool:
        """Whether a URL of the list is to be fetched."""
        included = any(fnmatchcase(url, pattern) for pattern in self.include)
        return included and not any(fnmatchcase(url, pattern) for pattern in self.exclude)


@dataclass(frozen=True, slots=True)
class SyncList:
    """Everything that a `sync.toml` says."""

    documents: tuple[WantedDocument, ...]
    datasets: tuple[Dataset, ...]
    rules: FetchRules


def read_sync_list(path: Path, max_file_mb: float) -> SyncList:
    """Read a city's `sync.toml`; docs/adding.md says what it holds.

    Args:
        max_file_mb: a larger document could not be indexed.

    Raises:
        CityDataError: it is missing or malformed; the message names file and table.
    """
    data = _load(path)
    _check_keys(data, frozenset({"sync", "document", "dataset"}), str(path))
    documents = tuple(_document(_Table(table, where)) for table, where in _tables(data, "document", path))
    datasets = tuple(_dataset(_Table(table, where)) for table, where in _tables(data, "dataset", path))
    for attribute in ("url", "path"):
        _check_distinct([str(getattr(document, attribute)) for document in documents], attribute, path)
    _check_distinct([dataset.url for dataset in datasets], "url", path)
    urls = [document.url for document in documents] + [dataset.url for dataset in datasets]
    if not urls:
        raise CityDataError(f"{path} names nothing to fetch.", "Add a [[document]] or [[dataset]] table.")
    hosts = frozenset(httpx.URL(url).host for url in urls)
    table = data.get("sync", {})
    if not isinstance(table, dict):
        raise CityDataError(f"{path}: “sync” is no table.", "Begin it with [sync].")
    return SyncList(documents, datasets, _rules(_Table(table, f"{path}, [sync]"), hosts, max_file_mb))


class _Table:
    """One table of the list, whose values are checked as they are taken."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values = values
        self.where = where

    def fault(self, what: str, cure: str) -> CityDataError:
        return CityDataError(f"{self.where}: {what}.", cure)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.fault(f"{key} is no text", f'Write {key} = "...".')
        if required and not value.strip():
            raise self.fault(f"{key} is missing", f"Add {key} to the table.")
        return value.strip()

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.values.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(f"{key} is no list of texts", f'Write {key} = ["...", "..."].')
        return tuple(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.fault(f"{key} = {value!r} is no number from {low:g} to {high:g}", "Correct it.")
        return value

    def day(self, key: str) -> str:
        value = self.values.get(key, "")
        if value == "" or isinstance(value, date):
            return str(value)[:10]
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError) as error:
            raise self.fault(f"{key} = {value!r} is no date", "Write it as YYYY-MM-DD.") from error

    def url(self) -> str:
        value = self.text("url", required=True)
        try:
            url = httpx.URL(value)
        except httpx.InvalidURL as error:
            raise self.fault(f"“{value}” is no valid URL: {error}", "Correct it.") from error
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
            raise self.fault(f"“{value}” is no plain http or https URL", "Passwords do not belong into this file.")
        return str(url.copy_with(fragment=None))

    def metadata(self) -> Metadata:
        found: Metadata = {key: text for key in _TEXT_KEYS if (text := self.text(key))}
        found |= {key: day for key in _DATE_KEYS if (day := self.day(key))}
        if not found.get("audience"):
            raise self.fault("audience is missing", 'Say who may see it: audience = "public", "staff" or a bureau.')
        start, end = found.get("effective_from"), found.get("effective_to")
        if start and end and str(end) < str(start):
            raise self.fault("effective_to is before effective_from", "Correct one of the dates.")
        unofficial = self.values.get("unofficial", False)
        if not isinstance(unofficial, bool):
            raise self.fault("unofficial is neither true nor false", "Write unofficial = true or leave it out.")
        return found | ({"unofficial": True} if unofficial else {})


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityDataError(f"{path} does not exist.", "docs/adding.md says what it holds.") from error
    except OSError as error:
        raise CityDataError(f"{path} cannot be opened: {error.strerror}.", "Check its rights.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error


def _tables(data: Mapping[str, Any], key: str, path: Path) -> list[tuple[dict[str, Any], str]]:
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CityDataError(f"{path}: “{key}” is no list of tables.", f"Begin each table with [[{key}]].")
    return [(table, f"{path}, [[{key}]] {number}") for number, table in enumerate(tables, start=1)]


def _check_keys(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise CityDataError(f"{where}: there is no key “{key}”.", f"Keys: {', '.join(sorted(known))}.")


def _check_distinct(values: list[str], key: str, path: Path) -> None:
    for number, value in enumerate(values, start=1):
        if value and value in values[: number - 1]:
            raise CityDataError(f"{path}: table {number} repeats the {key} “{value}”.", "Remove one of the tables.")


def _document(table: _Table) -> WantedDocument:
    _check_keys(table.values, _DOCUMENT_KEYS, table.where)
    path = table.text("path")
    parts = PurePosixPath(path).parts
    if path.startswith("/") or "\\" in path or any(part.startswith(".") for part in parts) or path.endswith(".toml"):
        raise table.fault(f"the path “{path}” cannot be used", "Name a file below the folder of fetched documents.")
    return WantedDocument(table.url(), table.metadata(), PurePosixPath(path).as_posix() if path else "")


def _dataset(table: _Table) -> Dataset:
    _check_keys(table.values, _DATASET_KEYS, table.where)
    kind = table.text("format", required=True)
    if kind not in LIST_FORMATS:
        raise table.fault(f"the format “{kind}” is unknown", f"Formats: {', '.join(LIST_FORMATS)}.")
    names = {key: table.text(key) for key in _FIELD_KEYS}
    fields = ListFields(names["url_field"] or "url", names["title_field"], names["date_field"], names["bureau_field"])
    return Dataset(
        table.url(),
        kind,
        table.metadata(),
        fields,
        table.texts("include", ("*",)),
        table.texts("exclude"),
        int(table.number("max_documents", _DEFAULT_DOCUMENTS, 1, _MOST_DOCUMENTS)),
    )


def _rules(table: _Table, hosts: frozenset[str], max_file_mb: float) -> FetchRules:
    _check_keys(table.values, _SYNC_KEYS, table.where)
    defaults = FetchRules(hosts)
    return FetchRules(
        hosts,
        allowed_hosts=tuple(host.lower() for host in table.texts("allowed_hosts")),
        timeout_s=table.number("timeout_s", defaults.timeout_s, 0.1, _LONGEST_TIMEOUT_S),
        max_mb=table.number("max_mb", min(defaults.max_mb, max_file_mb), 0.001, max_file_mb),
        delay_s=table.number("delay_s", defaults.delay_s, 0, _LONGEST_DELAY_S),
        user_agent=table.text("user_agent") or USER_AGENT,
        proxy=table.text("proxy"),
    )
