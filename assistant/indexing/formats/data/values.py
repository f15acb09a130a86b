"""Parsed JSON and XML data as plain values: the lists of records inside them, and records as rows of one table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from assistant.indexing.decoding import tidy
from assistant.indexing.formats.data.fields import has_role

Value: TypeAlias = "str | bool | list[Value] | dict[str, Value] | None"
Record: TypeAlias = "dict[str, Value]"

OWN_TEXT = ""  # the key of an XML element's own text beside its attributes
_DEEPEST_SEARCH = 16
_DEEPEST_RECORD = 5
_MOST_LEAVES = 300
_MOST_COLUMNS = 400
_FEWEST_KEYED = 3
_SHARED_FIELDS = 0.5
_FIGURE = re.compile(r"[-+\d.eE\s]*")


@dataclass
class RecordList:
    """Records that stand at one place of the data.

    Attributes:
        path: the keys that lead there.
        records: the records, each with the fields that it has itself.
        contexts: for each record, the plain fields of what it stands in.
        nested: whether they stand inside records of another list.
    """

    path: tuple[str, ...]
    nested: bool
    records: list[Record] = field(default_factory=list)
    contexts: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Rows of text under named columns; all rows have as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def column(self, name: str) -> list[str]:
        """The cells under a name, row by row."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]


def plain_text(value: Value) -> str:
    """A scalar as tidied text; empty for null and for anything with parts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return ""
    return value.strip() if value.isprintable() else tidy(value).strip()


def wording_size(value: Value) -> int:
    """How many characters the plain values inside a value have, but for figures such as coordinates."""
    size = 0
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend(current)
        elif isinstance(current, dict):
            pending.extend(current.values())
        elif isinstance(current, str) and not _FIGURE.fullmatch(current):
            size += len(current)
    return size


def find_record_lists(value: Value) -> list[RecordList]:
    """All lists of records of the data, outer before inner; objects with like objects as values count as lists."""
    found: dict[tuple[str, ...], RecordList] = {}
    pending: list[tuple[Value, tuple[str, ...], dict[str, str], bool]] = [(value, (), {}, False)]
    while pending:
        current, path, context, nested = pending.pop()
        if len(path) > _DEEPEST_SEARCH:
            continue
        records = _records_of(current)
        if records:
            group = found.setdefault(path, RecordList(path, nested))
            group.records.extend(records)
            group.contexts.extend(context for _ in records)
            parts = [(record, True) for record in records]
        elif isinstance(current, dict):
            parts = [(current, nested)]
        else:
            continue
        for part, inside in reversed(parts):
            branches = [(key, item) for key, item in part.items() if isinstance(item, list | dict)]
            if branches:
                outer = context | {key: text for key, item in part.items() if (text := plain_text(item))}
                pending.extend((item, (*path, key), outer, inside) for key, item in reversed(branches))
    return list(found.values())


def find_grids(value: Value) -> Iterator[tuple[tuple[str, ...], list[list[str]]]]:
    """Lists of rows of cells, each with its path; names of columns that stand beside a list come first in it."""
    pending: list[tuple[Value, tuple[str, ...]]] = [(value, ())]
    while pending:
        current, path = pending.pop()
        if not isinstance(current, dict) or len(path) > _DEEPEST_SEARCH:
            if grid := _grid(current):
                yield path, grid
            continue
        names = next((names for key, item in current.items() if (names := _column_names(key, item))), [])
        for key, item in reversed(current.items()):
            grid = _grid(item)
            if grid and len(names) == len(grid[0]):
                yield (*path, key), [names, *grid]
            else:
                pending.append((item, (*path, key)))


def table_of(records: Sequence[Record], separator: str) -> Table | None:
    """Records as rows under the paths of their fields (`address.city`); None where they are too deep for a table.

    Lists of plain values become one cell, joined by `separator`.
    """
    flat: list[dict[str, str]] = []
    columns: dict[str, None] = {}
    for record in records:
        cells: dict[str, str] = {}
        if not _flatten(record, "", cells, separator, _DEEPEST_RECORD) or len(cells) > _MOST_LEAVES:
            return None
        flat.append(cells)
        columns |= dict.fromkeys(cells)
        if len(columns) > _MOST_COLUMNS:
            return None
    return Table(tuple(columns), [[cells.get(name, "") for name in columns] for cells in flat])


def _records_of(value: Value) -> list[Record]:
    """The records of a list of objects, a collection of map features, or an object of like objects."""
    if isinstance(value, list):
        records = [item for item in value if isinstance(item, dict)]
        return [_feature(record) for record in records] if len(records) * 5 >= len(value) * 4 else []
    if isinstance(value, dict) and len(value) >= _FEWEST_KEYED:
        members = [item for item in value.values() if isinstance(item, dict)]
        if len(members) == len(value) and _alike(members):
            return [{"id": key, **record} for key, record in zip(value, members, strict=True)]
    return []


def _alike(members: Sequence[Record]) -> bool:
    """Whether objects have most of their fields in common."""
    known = set(members[0])
    return len(known) > 1 and all(
        len(known & set(member)) >= _SHARED_FIELDS * len(known | set(member)) for member in members
    )


def _feature(record: Record) -> Record:
    """The properties of a GeoJSON feature (RFC 7946) with the place of a point; any other record as it is."""
    properties, geometry = record.get("properties"), record.get("geometry")
    if record.get("type") != "Feature" or not isinstance(properties, dict):
        return record
    place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) < 2 or any(has_role(key, "records", "latitude") for key in properties):
        return properties
    return {**properties, "latitude": place[1], "longitude": place[0]}


def _column_names(key: str, value: Value) -> list[str]:
    """The texts of a list that names columns, as strings or as objects with an id or name."""
    if not isinstance(value, list) or not has_role(key, "records", "columns"):
        return []
    named = [(item.get("id") or item.get("name")) if isinstance(item, dict) else item for item in value]
    return [plain_text(item) for item in named]


def _grid(value: Value) -> list[list[str]]:
    """The cells of a list of rows of plain values at least two wide; empty for anything else."""
    if not isinstance(value, list) or len(value) < 2:
        return []
    rows = [
        item for item in value if isinstance(item, list) and not any(isinstance(cell, list | dict) for cell in item)
    ]
    if len(rows) < len(value) or min(len(row) for row in rows) < 2:
        return []
    return [[plain_text(cell) for cell in row] for row in rows]


def _flatten(value: Value, path: str, cells: dict[str, str], separator: str, levels: int) -> bool:
    """Gather the plain values under a value by path; False where it is too deep."""
    if levels < 0:
        return False
    if isinstance(value, dict):
        return all(
            _flatten(item, ".".join(filter(None, (path, plain_text(key)))), cells, separator, levels - 1)
            for key, item in value.items()
        )
    if not isinstance(value, list):
        cells[path] = plain_text(value)
        return True
    texts: list[str] = []
    for item in value:
        inner: dict[str, str] = {}
        if not _flatten(item, "", inner, separator, levels - 1):
            return False
        texts.append("，".join(f"{name}：{text}" if name else text for name, text in inner.items() if text))
    cells[path] = separator.join(filter(None, texts))
    return True
