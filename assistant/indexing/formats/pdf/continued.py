"""Rows of PDF tables under the names of their columns, also where a table goes on without them on the next page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from assistant.indexing.blocks import Block
from assistant.indexing.formats.office.grids import Cell, Row, body_blocks, is_line, split_header, texts
from assistant.indexing.formats.pdf.elements import Element, Table
from assistant.indexing.formats.pdf.parts import Part
from assistant.indexing.lines import join_lines
from assistant.schema import Locator

_SAME_EDGE = 6.0  # points by which the columns of a table may differ from page to page
_DEEPEST_HEADER = 4
_LONGEST_NAME = 120
_SENTENCE_ENDS = tuple("。！？；.!?;")
_LONG_CELL = 15  # characters of a cell that may have been cut
_CONTINUED = re.compile(r"續|continued", re.IGNORECASE)
_LONGEST_CAPTION = 60


def with_sure_tables(pages: Sequence[Sequence[Element]]) -> list[list[Element]]:
    """The pages with lines in place of what is too little for a table, unless it goes on the table before it."""
    sure: list[list[Element]] = []
    last: Element | None = None
    for page in pages:
        sure.append([])
        for element in page:
            alone = isinstance(element, Table) and not (isinstance(last, Table) and _same_columns(last, element))
            if isinstance(element, Table) and element.lines and alone:
                sure[-1] += element.lines
                last = element.lines[-1]
            else:
                sure[-1].append(element)
                last = element
    return sure


def with_whole_rows(parts: Sequence[Part]) -> list[Part]:
    """The parts with rows that a page break cut in two made whole, on the page where they begin."""
    whole: list[Part] = []
    for part in parts:
        before = whole[-1].table if whole else None
        if before and part.table and part.page == whole[-1].page + 1 and _same_columns(before, part.table):
            head = _repeated(before, part.table)
            cut = part.table.rows[head : head + 1]
            if cut and _is_rest(before.rows[-1], cut[0]):
                joined = tuple(_joined(cell, rest) for cell, rest in zip(before.rows[-1], cut[0], strict=True))
                whole[-1] = replace(whole[-1], table=replace(before, rows=(*before.rows[:-1], joined)))
                rows = (*part.table.rows[:head], *part.table.rows[head + 1 :])
                part = replace(part, table=replace(part.table, rows=rows))
        whole.append(part)
    return whole


def _repeated(first: Table, second: Table) -> int:
    """How many rows at the top of the second table repeat those of the first."""
    same = (texts([list(row)]) == texts([list(other)]) for row, other in zip(first.rows, second.rows, strict=False))
    return sum(takewhile(bool, same))


def _is_rest(row: Sequence[Cell], rest: Sequence[Cell]) -> bool:
    """Whether a row is the rest of the one before: no label, fewer cells or one, and that goes on a sentence."""
    if rest[0].text or not row[0].text:
        return False
    filled = [place for place, cell in enumerate(rest) if cell.text]
    unfinished = all(row[place].text and not row[place].text.endswith(_SENTENCE_ENDS) for place in filled)
    fewer = len(filled) < sum(bool(cell.text) for cell in row[1:])
    return unfinished and (fewer or (len(filled) == 1 and len(row[filled[0]].text) >= _LONG_CELL))


def _joined(cell: Cell, rest: Cell) -> Cell:
    return Cell(join_lines([cell.text, rest.text]), cell.numeric, cell.strong) if rest.text else cell


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
    """The first rows without figures but for a run of them (0, 1, 2 ...), where what stands below is mostly figures."""
    head = list(takewhile(_can_name, rows))
    below = [cell for row in rows[len(head) :] for cell in row if cell.text]
    names = [cell for row in head for cell in row if cell.text and not cell.numeric]
    figures = sum(cell.numeric for cell in below)
    if not 0 < len(head) <= _DEEPEST_HEADER or len(rows) - len(head) < 2 or figures * 2 < len(below):
        return []
    return head if _are_names(names) else []


def _can_name(row: Row) -> bool:
    figures = [cell.text.rstrip("年") for cell in row if cell.numeric]
    run = [int(text) for text in figures if text.isdecimal() and len(text) <= 4]
    steps = {after - before for before, after in pairwise(run)}
    return not figures or (len(run) == len(figures) and steps in ({1}, {-1}) and len(run) > 2)


def _is_strong(row: Row) -> bool:
    cells = [cell for cell in row if cell.text]
    return bool(cells) and all(cell.strong for cell in cells)


def _are_names(cells: Sequence[Cell]) -> bool:
    distinct = {id(cell) for cell in cells}
    return len(distinct) > 1 and all(len(cell.text) <= _LONGEST_NAME and not cell.numeric for cell in cells)
