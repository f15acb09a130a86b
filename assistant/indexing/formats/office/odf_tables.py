"""Tables of OpenDocument files as grids: repeated rows and cells bounded, spanned cells in each of their places."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.odf import TABLE
from assistant.indexing.formats.office.package import local_name, whole_number

_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group"})
_COLUMN_GROUPS = frozenset({"table-header-columns", "table-columns", "table-column-group"})
_HIDDEN = frozenset({"collapse", "filter"})
_MOST_COLUMNS = 1024
_MOST_COPIES = 1000
_WIDEST_SPAN = 200


class Repeatable(Protocol):
    """A cell that a file may write once and show several times."""

    def again(self) -> Self:
        """A cell of its own that shows the same."""


C = TypeVar("C", bound=Repeatable)


@dataclass(frozen=True, slots=True)
class TableLine(Generic[C]):
    """A visible row with something in it.

    Attributes:
        number: its number in the table, from 0.
        place: its number among the visible rows.
        header: whether the table marks it as a header row.
    """

    number: int
    place: int
    cells: dict[int, C]
    header: bool


def table_lines(table: Element, read_cell: Callable[[Element], C | None]) -> Iterator[TableLine[C]]:
    """The visible rows of a table that hold something, with their cells by column number.

    Args:
        table: a `table:table` element.
        read_cell: what a cell holds, or None for an empty one.
    """
    hidden = _hidden_columns(table)
    below: dict[int, tuple[int, C]] = {}  # by column: how many rows a cell still reaches down
    number = place = 0
    for row, header in _rows(table, header=False):
        count = _count(row, "number-rows-repeated")
        line, below = _line(row, below, read_cell)
        shown = {column: cell for column, cell in sorted(line.items()) if column not in hidden}
        if row.get(f"{TABLE}visibility") not in _HIDDEN:
            for again in range(min(count, _MOST_COPIES) if shown else 0):
                yield TableLine(number + again, place + again, _copied(shown) if again else shown, header)
            place += count
        number += count


def _line(
    row: Element, below: dict[int, tuple[int, C]], read_cell: Callable[[Element], C | None]
) -> tuple[dict[int, C], dict[int, tuple[int, C]]]:
    line: dict[int, C] = {column: cell for column, (_, cell) in below.items()}
    reaching = {column: (left - 1, cell) for column, (left, cell) in below.items() if left > 1}
    column = 0
    for node in row:
        name = local_name(node)
        if name not in {"table-cell", "covered-table-cell"}:
            continue
        count = _count(node, "number-columns-repeated")
        if column >= _MOST_COLUMNS:
            break
        cell = read_cell(node) if name == "table-cell" else None
        if cell is not None:
            across = min(_count(node, "number-columns-spanned"), _WIDEST_SPAN)
            down = _count(node, "number-rows-spanned")
            for place in range(column, min(column + max(count, across), _MOST_COLUMNS)):
                line[place] = cell.again() if place > column and across == 1 else cell
                if down > 1:
                    reaching[place] = (down - 1, line[place])
        column += count
    return line, reaching


def _copied(cells: dict[int, C]) -> dict[int, C]:
    """Cells of their own for a repeated row: a cell that stands in two rows would be one that spans them."""
    copies = {id(cell): cell.again() for cell in cells.values()}
    return {column: copies[id(cell)] for column, cell in cells.items()}


def _rows(node: Element, *, header: bool) -> Iterator[tuple[Element, bool]]:
    for child in node:
        name = local_name(child)
        if name == "table-row":
            yield child, header
        elif name in _GROUPS:
            yield from _rows(child, header=header or name == "table-header-rows")


def _hidden_columns(table: Element) -> frozenset[int]:
    hidden: set[int] = set()
    column = 0
    for node in _columns(table):
        count = min(_count(node, "number-columns-repeated"), _MOST_COLUMNS)
        if node.get(f"{TABLE}visibility") in _HIDDEN:
            hidden.update(range(column, column + count))
        column += count
    return frozenset(hidden)


def _columns(node: Element) -> Iterator[Element]:
    for child in node:
        name = local_name(child)
        if name == "table-column":
            yield child
        elif name in _COLUMN_GROUPS:
            yield from _columns(child)


def _count(node: Element, name: str) -> int:
    return max(whole_number(node.get(f"{TABLE}{name}"), 1), 1)
