"""Rows of open data: JSON lists in their envelopes, and CSV files, with column names as a person reads them."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from assistant.feeds.base import Parsed
from assistant.feeds.values import items, json_document, malformed, members, number, parse_each, text, truth

Record = TypeVar("Record")
Row = Mapping[str, Any]
_ENVELOPES = ("records", "retVal", "data", "Data", "result", "Result", "value")
_ENCODINGS = ("utf-8-sig", "cp950")
_DEEPEST = 3


def rows_of(content: bytes, standard: str, envelope: str = "") -> list[Any]:
    """The rows of a JSON or CSV document.

    Args:
        envelope: the member that holds the rows, `a.b` for one inside another; empty: one of those in use.

    Raises:
        FeedMalformed: it is neither, or the rows are not where they should be.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in {b"<", b""}:
        raise malformed(standard, "it is empty" if not start else "it is HTML or XML")
    found: list[Any] | None
    if start in {b"[", b"{"}:
        document = json_document(content, standard)
        _refuse_failure(document, standard)
        found = _at(document, envelope) if envelope else _inside(document, _DEEPEST)
    else:
        found = list(_csv_rows(content, standard))
    if found is None:
        raise malformed(standard, f"it has no list of records{f' at {envelope}' if envelope else ''}")
    return [_clean(row) if isinstance(row, dict) else row for row in found]


def parse_rows(
    rows: list[Any], parse: Callable[[Mapping[str, Any]], Record | None], standard: str, *, need: str
) -> Parsed[Record]:
    """Each row as a record, the broken ones counted.

    Args:
        need: what makes a row a record, for the message.

    Raises:
        FeedMalformed: there are rows, and not one of them is a record: the publisher has changed their names.
    """
    parsed = parse_each(rows, parse)
    if rows and not parsed.records:
        names = ", ".join(list(members(rows[0]))[:20])[:300]
        raise malformed(standard, f"none of its {len(rows)} rows has {need}; the first one has: {names or 'nothing'}")
    return parsed


def first(row: Row, *names: str) -> Any:
    """The value of the first of several names, older and newer ones, that a row has; None where it has none."""
    return next((row[name] for name in names if name in row), None)


def within(value: object, least: float, most: float) -> float | None:
    """A number in its possible range; None for everything else, such as the -99 of a broken instrument."""
    found = number(value)
    return found if found is not None and least <= found <= most else None


def by_language(zh: object, en: object) -> dict[str, str]:
    """A text by language, without the languages in which it is empty."""
    return {language: said for language, said in (("zh-TW", text(zh)), ("en", text(en))) if said}


def _refuse_failure(document: object, standard: str) -> None:
    """A failed request may come with an empty list: that is no list without rows."""
    flags = {name.lower(): value for name, value in members(document).items()}
    if truth(flags.get("success")) is False:
        said = text(flags.get("message")) or "no reason is given"
        raise malformed(standard, f"it says that the request failed: {said[:200]}")


def _inside(document: object, depth: int) -> list[Any] | None:
    if isinstance(document, list):
        return document
    found = members(document)
    for name in _ENVELOPES:
        rows = _inside(found[name], depth - 1) if depth and name in found else None
        if rows is not None:
            return rows
    if found and depth < _DEEPEST and all(isinstance(value, dict) for value in found.values()):
        return list(found.values())  # rows by their id
    return None


def _at(document: object, envelope: str) -> list[Any] | None:
    for name in envelope.split("."):
        document = members(document).get(name)
    return items(document) if isinstance(document, list) else None


def _clean(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose names carry no byte order mark or white space."""
    return {text(name): value for name, value in row.items()}


def _csv_rows(content: bytes, standard: str) -> Iterator[dict[str, Any] | None]:
    """The rows of a CSV table; None for a line with fewer or more cells than its header, which may be shifted."""
    written = _decoded(content, standard)
    if "\x00" in written:
        raise malformed(standard, "it is no text")
    lines = csv.reader(io.StringIO(written, newline=""))
    try:
        header = next(lines, [])
        if len(header) < 2:
            raise malformed(standard, "it is neither JSON nor a CSV table")
        for line in lines:
            if any(cell.strip() for cell in line):
                fits = len(line) >= len(header) and not any(line[len(header) :])
                yield dict(zip(header, line, strict=False)) if fits else None
    except csv.Error as error:
        raise malformed(standard, f"its CSV breaks at line {lines.line_num}: {error}", error) from error


def _decoded(content: bytes, standard: str) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise malformed(standard, "its text is neither UTF-8 nor Big5")
