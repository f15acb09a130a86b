"""The rows of a long run, each written as soon as it is known, so that a run that was broken off can go on."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str, str]  # set, system, id


class Journal:
    """A file with one row a line; rows without set, system and id are of an older layout and are dropped.

    Args:
        path: the file.
        replaced: which rows this run measures anew; the others stay.
    """

    def __init__(self, path: Path, replaced: Callable[[Row], bool] = lambda row: False) -> None:
        self._path = path
        kept = [row for row in rows_of(path) if {"set", "system", "id"} <= row.keys() and not replaced(row)]
        self.rows = {key_of(row): row for row in kept}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_line(row) for row in self.rows.values()), encoding="utf-8")

    def __contains__(self, key: Key) -> bool:
        return key in self.rows

    def add(self, row: Row) -> None:
        """Append a row; it is on disk when this returns."""
        self.rows[key_of(row)] = row
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(row))

    def of(self, names: Iterable[str]) -> list[Row]:
        """The rows of some sets."""
        wanted = set(names)
        return [row for row in self.rows.values() if row["set"] in wanted]


def key_of(row: Row) -> Key:
    """What a row is the only one for."""
    return row["set"], row["system"], row["id"]


def rows_of(path: Path) -> list[Row]:
    """The rows of a file; a last line that was cut off is left out."""
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n") if path.is_file() else ():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
