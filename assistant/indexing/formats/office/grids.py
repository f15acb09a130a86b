"""Tables of office files as rows of text: titles and notes apart, header rows found, merged cells in each place."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.indexing.blocks import Block
from assistant.indexing.tables import guess_header_rows, row_blocks
from assistant.schema import Locator

MOST_CELLS = 1_000_000
_LONGEST_NAME = 30
_DEEPEST_HEADER = 4
_MOST_LINES = 5
_LONGEST_ITEM = 40
_YEARS = frozenset({*range(1950, 2100), *range(80, 150)})  # of the common era, of the Republic of China
_FIGURE = re.compile(r"[-+(（]?\s*(?:NT)?[$＄]?\s*[\d,，.:/％%‰+-]*\d[\d,，.:/％%‰+-]*\s*[)）]?\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell as it is shown; where it spans several places of a grid, each place holds the same object.

    Attributes:
        numeric: whether it holds a figure or date.
        strong: whether it is set off as headings of columns are, bold or shaded.
    """

    text: str
    numeric: bool = False
    strong: bool = False

    def again(self) -> "Cell":
        """A cell of its own that shows the same."""
        return Cell(self.text, self.numeric, self.strong)


EMPTY = Cell("")
Row = list[Cell]


def grid_blocks(grid: Sequence[Row], locator: Locator, header_rows: int | None = None) -> Iterator[Block]:
    """The rows of a table; what spans its whole width (a title, a note) becomes a paragraph in its place.

    Args:
        grid: the cells, row by row.
        locator: where the table stands.
        header_rows: how many rows at the top name the columns; None: guess.
    """
    rows = [row for row in grid if any(cell.text for cell in row)]
    lines, header, body = split_header(rows) if header_rows is None else ([], rows[:header_rows], rows[header_rows:])
    for row in lines:
        yield _line(row, locator)
    yield from body_blocks(header, body, locator)


def body_blocks(header: Sequence[Row], rows: Sequence[Row], locator: Locator) -> Iterator[Block]:
    """The rows below a header, and in their place the texts that span the whole width; an empty form's header too."""
    if not any(_has_own(row, _ids(above)) for above, row in pairwise([header[-1] if header else [], *rows])):
        header, rows = (), [*header, *rows]
    names = texts(header)
    above = _ids(header[-1] if header else ())
    body: list[Row] = []
    for row in rows:
        if is_line(row, above):
            yield from _rows(names, body, locator)
            body = []
            yield _line(row, locator)
        elif _has_own(row, above):
            body.append(row)
        above = _ids(row)
    yield from _rows(names, body, locator)


def _rows(names: list[list[str]], body: Sequence[Row], locator: Locator) -> Iterator[Block]:
    """Rows under their names; without names each cell once, also where it spans several columns."""
    if names:
        yield from row_blocks([*names, *texts(body)], locator, len(names))
        return
    for row in body:
        shown = list({id(cell): cell.text for cell in row if cell.text}.values())
        item = shown[0] if len(shown[0]) <= _LONGEST_ITEM else None
        yield Block("；".join(shown), replace(locator, item=item), "row")


def _ids(row: Sequence[Cell]) -> frozenset[int]:
    return frozenset(id(cell) for cell in row)


def _has_own(row: Row, above: Collection[int]) -> bool:
    """Whether a row holds a text that did not begin in the row above."""
    return any(cell.text and id(cell) not in above for cell in row)


def split_header(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row]]:
    """The lines above an unmarked table, the rows that name its columns, and its body."""
    lines = next((place for place, row in enumerate(rows) if not is_line(row)), len(rows))
    for first in range(lines, min(lines + _MOST_LINES, len(rows))):
        count = count_header_rows(rows[first:])
        if count:
            return rows[:first], rows[first : first + count], rows[first + count :]
        if not _is_sparse(rows[first]):
            break
    return rows[:lines], (), rows[lines:]


def _is_sparse(row: Row) -> bool:
    """Whether a row leaves most places empty, as a line with the date at one end and the unit at the other does."""
    return len({id(cell) for cell in row if cell.text}) * 2 <= len(row)


def texts(rows: Sequence[Row]) -> list[list[str]]:
    """The texts of rows of cells."""
    return [[cell.text for cell in row] for row in rows]


def count_header_rows(rows: Sequence[Row]) -> int:
    """How many rows at the top of an unmarked table name its columns; 0 where none clearly does."""
    depth = _header_depth(rows)
    if not 0 < depth < len(rows) or not _can_name_columns(rows[:depth]):
        return 0
    head, body = rows[:depth], rows[depth:]
    numeric = any(_has_figures(row) for row in head)
    if _is_set_off(head, body) or (not numeric and _stands_over_figures(head[-1], body, all_but=len(head[-1]))):
        return depth
    if numeric or (depth == 1 and not guess_header_rows(_with_corner(texts(rows[:3])))):
        return 0
    return depth


def is_line(row: Row, above: Collection[int] = ()) -> bool:
    """Whether a row is one text over the whole table: its only cell, and not one of those, by id, in the row above."""
    filled = {id(cell) for cell in row if cell.text}
    return len(filled) == 1 and len(row) > 1 and filled.isdisjoint(above)


def is_figure(text: str) -> bool:
    """Whether a text is a number, amount, share, date or time, and nothing else."""
    return _FIGURE.match(text) is not None


def _line(row: Row, locator: Locator) -> Block:
    return Block(next(cell.text for cell in row if cell.text), locator, "paragraph")


def _with_corner(rows: list[list[str]]) -> list[list[str]]:
    """Rows whose one empty cell in the first row, a corner above the names of rows, counts as a name."""
    first = rows[0]
    if first.count("") == 1:
        return [[text or " " for text in first], *rows[1:]]
    return rows


def _header_depth(rows: Sequence[Row]) -> int:
    """How many rows hold names: where the first stands over groups of columns or is said twice, more than one."""
    if not rows:
        return 0
    depth = 1
    if any(left is right for left, right in pairwise(rows[0]) if left.text):
        while depth < min(len(rows), _DEEPEST_HEADER) and any(
            cell is below for cell, below in zip(rows[0], rows[depth], strict=False) if cell.text
        ):
            depth += 1
        depth = max(depth, 2)
    elif _continues_names(rows):
        depth = 2
    while depth < min(len(rows), _DEEPEST_HEADER) and _stands_over_figures(rows[depth], rows[depth + 1 :], all_but=2):
        depth += 1
    return depth


def _continues_names(rows: Sequence[Row]) -> bool:
    """Whether the second row names columns that the first leaves without a name, with figures below."""
    if len(rows) < 3:
        return False
    first, second, third = (list(row) for row in rows[:3])
    gaps = [place for place, cell in enumerate(first) if not cell.text and place < len(second) and second[place].text]
    names = all(not cell.numeric and len(cell.text) <= _LONGEST_NAME for cell in second)
    return bool(gaps) and names and any(place < len(third) and third[place].numeric for place in gaps)


def _can_name_columns(head: Sequence[Row]) -> bool:
    """Whether rows hold short names for nearly every column, each column with its own."""
    width = max(len(row) for row in head)
    columns = [tuple(row[place] for row in head if place < len(row)) for place in range(width)]
    named = {cells: " ".join(cell.text for cell in cells).strip() for cells in columns}
    names = [name for name in named.values() if name]
    count = sum(bool(named[cells]) for cells in columns)
    short = all(len(cell.text) <= _LONGEST_NAME for row in head for cell in row)
    return short and count >= max(2, width - 1 - width // 8) and len(set(names)) == len(names)


def _is_set_off(head: Sequence[Row], body: Sequence[Row]) -> bool:
    """Whether the first row is all bold or shaded, and most of the body is not."""
    if not all(cell.strong for cell in head[0] if cell.text):
        return False
    cells = [cell for row in body for cell in row if cell.text]
    return sum(cell.strong for cell in cells) * 2 < len(cells)


def _has_figures(row: Row) -> bool:
    """Whether a row holds figures other than a run of years, which are names of columns."""
    figures = [cell.text.rstrip("年") for cell in row if cell.numeric]
    years = [int(text) for text in figures if text.isdecimal() and int(text) in _YEARS]
    steps = {after - before for before, after in pairwise(years)}
    return len(years) < len(figures) or (bool(figures) and steps not in ({1}, {-1}))


def _stands_over_figures(row: Row, body: Sequence[Row], *, all_but: int) -> bool:
    """Whether words stand over columns of figures: over all that they name, but for a few."""
    named = [place for place, cell in enumerate(row) if cell.text]
    if not named or _has_figures(row) or any(len(cell.text) > _LONGEST_NAME for cell in row):
        return False
    over = 0
    for place in named:
        column = [below[place].numeric for below in body if place < len(below) and below[place].text]
        over += len(column) >= 2 and sum(column) * 10 >= len(column) * 9
    return over > 0 and len(named) - over <= all_but
