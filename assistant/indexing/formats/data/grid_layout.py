"""Which rows of a raw grid of cells name its columns, and which stand above and below the table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.indexing.dates import parse_date

_LONGEST_NAME = 60
_MOST_TITLE_ROWS = 8
_SAMPLE_ROWS = 200
_TYPED_SHARE = 0.7
_NUMBER = re.compile(r"[-+]?[$＄]?\s*[\d,，]*\d(?:\.\d+)?\s*%?")
_YEAR = re.compile(r"(?:19|20)\d\d|\d{2,3}年?度?")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\S+|[\d()（）#+-]{7,}")

Grid = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """A grid taken apart; `header` holds no rows where none names the columns."""

    above: tuple[str, ...]
    header: Grid
    body: Grid
    below: tuple[str, ...]


def lay_out(grid: Grid) -> Layout:
    """Take a grid of stripped cells apart; rows of a single cell above and below a wider table are not its own."""
    rows = [row for row in grid if any(row)]
    width = _usual_width(rows)
    first, last = 0, len(rows)
    if width > 1:
        while first < min(last - 1, _MOST_TITLE_ROWS) and _filled(rows[first]) == 1:
            first += 1
        while last - 1 > first + 1 and _filled(rows[last - 1]) == 1 and rows[last - 1][0]:
            last -= 1
    table = rows[first:last]
    headers = _header_rows(table)
    return Layout(
        tuple(next(filter(None, row)) for row in rows[:first]),
        table[:headers],
        table[headers:],
        tuple(next(filter(None, row)) for row in rows[last:]),
    )


def column_names(header: Grid, width: int) -> tuple[str, ...]:
    """A name for each of so many columns, all different; a second row's names follow the first's."""
    names: list[str] = []
    for index in range(width):
        parts = dict.fromkeys(row[index] for row in header if index < len(row) and row[index])
        name = " ".join(parts)
        names.append(f"{name} ({names.count(name) + 1})" if name and name in names else name)
    return tuple(names)


def _usual_width(rows: Grid) -> int:
    widths = Counter(_filled(row) for row in rows)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _header_rows(table: Grid) -> int:
    """How many rows at the top name the columns: 0, 1, or 2 where field names stand above their Chinese names."""
    if len(table) < 2 or not _may_name(table[0]):
        return 0
    if len(table) > 2 and _is_translated(table[0], table[1]):
        return 2
    body = table[1 : _SAMPLE_ROWS + 1]
    same = different = 0
    for index, cell in enumerate(table[0]):
        usual = _usual_kind([row[index] for row in body if index < len(row)])
        if usual and cell:
            same += _kind(cell) == usual
            different += _kind(cell) != usual
    return int(different >= same if same else True) if not _are_years(table[0]) else 1


def _may_name(row: Sequence[str]) -> bool:
    """Whether cells could be names of columns: mostly filled, short, and different."""
    names = [cell for cell in row if cell]
    short = all(len(name) <= _LONGEST_NAME for name in names)
    return short and len(names) * 2 > len(row) and len(set(names)) * 10 >= len(names) * 8


def _is_translated(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two rows name the same columns, in Latin letters and in Chinese."""
    pairs = [(above, below) for above, below in zip(first, second, strict=False) if above or below]
    latin = all(above.isascii() and not _kind(above) for above, _ in pairs)
    chinese = all(below and not below.isascii() and len(below) <= _LONGEST_NAME // 3 for _, below in pairs)
    return len(pairs) > 1 and latin and chinese and _may_name(second)


def _are_years(row: Sequence[str]) -> bool:
    """Whether the figures among the cells are one year after another, as in tables of statistics."""
    numbers = [cell for cell in row if _kind(cell) == "number"]
    years = [int(re.sub(r"\D", "", cell)) for cell in numbers if _YEAR.fullmatch(cell)]
    steps = {after - before for before, after in pairwise(years)}
    return len(years) == len(numbers) > 1 and len(steps) == 1 and steps <= {1, -1}


def _usual_kind(cells: Sequence[str]) -> str:
    """The kind of most filled cells: number, date or address; empty for text."""
    kinds = Counter(_kind(cell) for cell in cells if cell)
    kind, count = kinds.most_common(1)[0] if kinds else ("", 0)
    return kind if count >= _TYPED_SHARE * sum(kinds.values()) else ""


def _kind(cell: str) -> str:
    if _NUMBER.fullmatch(cell):
        return "number"
    if _ADDRESS.fullmatch(cell):
        return "address"
    return "date" if len(cell) < 30 and cell[:1].isdigit() and parse_date(cell) else ""
