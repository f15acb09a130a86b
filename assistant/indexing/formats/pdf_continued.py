"""Rows of PDF tables under the names of their columns, also where a table goes on without them on the next page."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from assistant.indexing.blocks import Block
from assistant.indexing.formats.office.grids import Cell, Row, body_blocks, is_line, split_header, texts
from assistant.indexing.formats.pdf_elements import Table
from assistant.schema import Locator

_SAME_EDGE = 6.0  # points by which the columns of a table may differ from page to page
_DEEPEST_HEADER = 4
_LONGEST_NAME = 120
_CONTINUED = re.compile(r"續|continued", re.IGNORECASE)
_LONGEST_CAPTION = 60


class TableWriter:
    """Writes the tables of a document in their order, and remembers the last one's header."""

    def __init__(self) -> None:
        self._last: Table | None = None
        self._header: list[Row] = []

    def pass_over(self, text: str) -> None:
        """Take note of a text between tables: the next one is another table, unless the text says that it goes on."""
        if not (_CONTINUED.search(text) and len(text) <= _LONGEST_CAPTION):
            self._last = None

    def blocks(self, table: Table, locator: Locator) -> Iterator[Block]:
        """The rows of a table; titles across all columns are paragraphs."""
        rows = [list(row) for row in table.rows]
        if self._last is not None and _same_columns(self._last, table) and not self._begins_anew(rows):
            names = texts(self._header)
            body = rows[len(names) :] if texts(rows[: len(names)]) == names else rows
            yield from body_blocks(self._header, body, locator)
        else:
            lines, header, body = _divided(rows)
            for line in lines:
                yield Block(next(cell.text for cell in line if cell.text), locator, "paragraph")
            yield from body_blocks(header, body, locator)
            self._header = header
        self._last = table

    def _begins_anew(self, rows: Sequence[Row]) -> bool:
        """Whether rows have a header of their own, set off as the last one was."""
        header = _set_off(rows)
        return bool(header) and texts(header) != texts(self._header)


def _same_columns(first: Table, second: Table) -> bool:
    """Whether tables have columns of the same widths; left and right pages differ in their margins."""
    if len(first.edges) != len(second.edges):
        return False
    shift = second.edges[0] - first.edges[0]
    return all(abs(b - a - shift) <= _SAME_EDGE for a, b in zip(first.edges, second.edges, strict=True))


def _divided(rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Titles, header and body of a table; letters and colours that set a header off go before any guess."""
    titles = list(takewhile(is_line, rows))
    header = _set_off(rows[len(titles) :])
    if header:
        return titles, header, list(rows[len(titles) + len(header) :])
    lines, names, body = split_header(rows)
    if not names:
        names = _over_figures(body)
        body = body[len(names) :]
    return list(lines), list(names), list(body)


def _set_off(rows: Sequence[Row]) -> list[Row]:
    """The first rows where all cells are bold or shaded and those below are not, as deep as their cells reach."""
    depth = 0
    while depth < min(len(rows), _DEEPEST_HEADER) and _is_strong(rows[depth]):
        depth += 1
    while 0 < depth < min(len(rows), _DEEPEST_HEADER) and _reach_down(rows[depth - 1], rows[depth]):
        depth += 1
    below = [cell for row in rows[depth:] for cell in row if cell.text]
    names = [cell for row in rows[:depth] for cell in row if cell.text]
    if not below or sum(cell.strong for cell in below) * 2 >= len(below):
        return []
    return list(rows[:depth]) if _are_names(names) else []


def _reach_down(row: Row, below: Row) -> bool:
    return any(cell is under for cell, under in zip(row, below, strict=True) if cell.text)


def _over_figures(rows: Sequence[Row]) -> list[Row]:
    """The first rows without any figure, where what stands below is figures for the most part."""
    head = list(takewhile(lambda row: not any(cell.numeric for cell in row), rows))
    below = [cell for row in rows[len(head) :] for cell in row if cell.text]
    names = [cell for row in head for cell in row if cell.text]
    figures = sum(cell.numeric for cell in below)
    if not 0 < len(head) <= _DEEPEST_HEADER or len(rows) - len(head) < 2 or figures * 2 < len(below):
        return []
    return head if _are_names(names) else []


def _is_strong(row: Row) -> bool:
    cells = [cell for cell in row if cell.text]
    return bool(cells) and all(cell.strong for cell in cells)


def _are_names(cells: Sequence[Cell]) -> bool:
    distinct = {id(cell) for cell in cells}
    return len(distinct) > 1 and all(len(cell.text) <= _LONGEST_NAME and not cell.numeric for cell in cells)
