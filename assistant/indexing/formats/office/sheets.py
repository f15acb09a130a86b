"""Sheets of a spreadsheet as blocks: titles and notes as paragraphs, each table's rows under their column names."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block
from assistant.indexing.decoding import tidy
from assistant.indexing.formats.office.grids import EMPTY, Cell, Row, body_blocks, is_figure, split_header
from assistant.indexing.lines import collapse, join_lines
from assistant.schema import Locator

_MOST_PLACES = 10_000_000
_WRAPPED_NAME = 30  # a text up to this length with line breaks is a name that was wrapped
_DEEPEST_SPLIT = 8
_ERRORS = frozenset("#REF! #N/A #DIV/0! #NAME? #VALUE! #NUM! #NULL! #SPILL! #CALC! #GETTING_DATA".split())


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A visible row with something in it.

    Attributes:
        place: its number among the visible rows.
        cells: by column number; a merged cell stands in each of its places.
        names: whether the file marks it as the column names of a table or filter.
    """

    place: int
    cells: dict[int, Cell]
    names: bool = False


@dataclass(slots=True)
class Sheet:
    """A visible sheet: its lines from above, hidden rows and columns left out."""

    name: str
    lines: list[SheetLine] = field(default_factory=list)


def sheet_cell(text: str, *, numeric: bool = False, strong: bool = False) -> Cell | None:
    """A cell with a text as it is shown, None where nothing or an error is."""
    if not (numeric and text.isascii()):
        text = _clean(text)
    if not text or text in _ERRORS or text.startswith("Err:5"):
        return None
    return Cell(text, numeric or is_figure(text), strong)


def _clean(text: str) -> str:
    """A text on one line; the lines of a short one join as those of a name that was wrapped."""
    text = tidy(text)
    if "\n" in text:
        lines = [line for part in text.split("\n") if (line := part.strip())]
        text = join_lines(lines) if len(text) <= _WRAPPED_NAME else " ".join(lines)
    return collapse(text).strip()


def sheet_locator(name: str) -> Locator:
    """Where the text of a sheet stands."""
    return Locator(section=" ".join(name.split()) or None)


def sheet_blocks(sheet: Sheet) -> Iterator[Block]:
    """The blocks of a sheet, table after table.

    Raises:
        DocumentError: `too_large` where few cells are spread over very many places.
    """
    locator = sheet_locator(sheet.name)
    columns: tuple[int, ...] = ()
    header: Sequence[Row] = ()
    for region in _regions(sheet.lines, 0):
        own_columns = tuple(sorted({column for line in region for column in line.cells}))
        if len(region) * len(own_columns) > _MOST_PLACES:
            message = f"Sheet “{sheet.name}” spreads its cells over more than {_MOST_PLACES:,} places."
            raise DocumentError("too_large", message, "Save the table by itself.")
        grid = [[line.cells.get(column, EMPTY) for column in own_columns] for line in region]
        if len(own_columns) == 1:
            yield from (Block(row[0].text, locator, "paragraph") for row in grid)
            continue
        lines, own_header, body = _split(grid, region)
        yield from body_blocks((), lines, locator)
        if own_header:
            columns, header = own_columns, own_header
        elif own_columns != columns:
            columns, header = (), ()
        if body:
            yield from body_blocks(header, body, locator)


def _split(grid: list[Row], region: list[SheetLine]) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row]]:
    """The lines above a table, its header and its body; the header ends with the row that the file marks, if any."""
    marked = next((index for index, line in enumerate(region) if line.names), None)
    if marked is None or marked + 1 == len(grid):
        return split_header(grid)
    lines, header, _ = split_header(grid[: marked + 2])
    first = len(lines) if len(lines) + len(header) == marked + 1 else marked
    return grid[:first], grid[first : marked + 1], grid[marked + 1 :]


def _regions(lines: Sequence[SheetLine], depth: int) -> Iterator[list[SheetLine]]:
    """Tables apart: cut at empty rows, then at empty columns between tables of their own."""
    block: list[SheetLine] = []
    for line in lines:
        if block and (line.place > block[-1].place + 1 or _stands_aside(line, block[-1])):
            yield from _side_by_side(block, depth)
            block = []
        block.append(line)
    if block:
        yield from _side_by_side(block, depth)


def _stands_aside(line: SheetLine, above: SheetLine) -> bool:
    """Whether a row shares no column with the row above, as where one table ends and another begins beside it."""
    return min(len(line.cells), len(above.cells)) > 1 and line.cells.keys().isdisjoint(above.cells)


def _side_by_side(block: list[SheetLine], depth: int) -> Iterator[list[SheetLine]]:
    columns = sorted({column for line in block for column in line.cells})
    cuts = [place for place in range(1, len(columns)) if columns[place] > columns[place - 1] + 1]
    parts = _parts(block, {column: bisect(cuts, place) for place, column in enumerate(columns)}, len(cuts) + 1)
    heights = {(part[0].place, part[-1].place) for part in parts}
    if len(heights) > 1 and depth < _DEEPEST_SPLIT and all(_has_header(part) for part in parts):
        for part in parts:
            yield from _regions(part, depth + 1)
    else:
        yield block


def _has_header(lines: list[SheetLine]) -> bool:
    columns = sorted({column for line in lines for column in line.cells})
    _, header, _ = split_header([[line.cells.get(column, EMPTY) for column in columns] for line in lines])
    return bool(header)


def _parts(block: list[SheetLine], part_of: dict[int, int], count: int) -> list[list[SheetLine]]:
    """Lines cut into parts by their columns."""
    parts: list[list[SheetLine]] = [[] for _ in range(count)]
    for line in block:
        cells: dict[int, dict[int, Cell]] = {}
        for column, cell in line.cells.items():
            cells.setdefault(part_of[column], {})[column] = cell
        for part, own in cells.items():
            parts[part].append(replace(line, cells=own))
    return parts
