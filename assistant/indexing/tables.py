"""Table rows as text: each cell under its column's name, so that a row can be read and quoted alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.indexing.blocks import Block
from assistant.schema import Locator

_LONGEST_HEADER_CELL = 24
_LONGEST_LABEL = 40

Grid = Sequence[Sequence[str]]


def row_blocks(grid: Grid, locator: Locator, header_rows: int | None = None) -> Iterator[Block]:
    """One block a body row, its item the row's first cell.

    Args:
        grid: the cells, row by row; spanned cells repeat their text.
        locator: where the table stands.
        header_rows: how many rows at the top name the columns; None: guess.
    """
    rows = [row for row in grid if any(cell.strip() for cell in row)]
    if header_rows is None:
        header_rows = guess_header_rows(rows) if rows else 0
    names = _column_names(rows[:header_rows])
    for row in rows[header_rows:]:
        text = _row_text(row, names, row_headers=False)
        label = next((cell for cell in row if cell.strip()), "")
        yield Block(text, replace(locator, item=label if len(label) <= _LONGEST_LABEL else None), "row")


def row_texts(grid: Grid, header_rows: int, *, row_headers: bool = False) -> list[str]:
    """One line a body row: `欄名：值；欄名：值` under a header, the cells joined by `；` without one.

    Args:
        grid: the cells, row by row; spanned cells repeat their text.
        header_rows: how many rows at the top name the columns.
        row_headers: whether each row's first cell names the row and no row names the columns.
    """
    names = _column_names(grid[:header_rows])
    lines = (_row_text(row, names, row_headers=row_headers and not names) for row in grid[header_rows:])
    return [line for line in lines if line]


def guess_header_rows(grid: Grid) -> int:
    """1 where an unmarked first row looks like column names: full, short, distinct, without figures; else 0.

    Two columns are more often names and values side by side than a table with a header.
    """
    if len(grid) < 3 or len(grid[0]) < 3:
        return 0
    first = grid[0]
    short = all(0 < len(cell) <= _LONGEST_HEADER_CELL for cell in first)
    figures = any(character.isdigit() for cell in first for character in cell)
    return int(short and not figures and len(set(first)) == len(first))


def _column_names(header: Grid) -> list[str]:
    width = max((len(row) for row in header), default=0)
    columns = ([row[index] for row in header if index < len(row)] for index in range(width))
    return [" ".join(dict.fromkeys(name for name in column if name)) for column in columns]


def _row_text(row: Sequence[str], names: Sequence[str], *, row_headers: bool) -> str:
    if row_headers and len(row) > 1 and row[0]:
        values = "；".join(dict.fromkeys(cell for cell in row[1:] if cell))
        return f"{row[0]}：{values}" if values else row[0]
    parts: list[str] = []
    for index, cell in enumerate(row):
        name = names[index] if index < len(names) else ""
        part = f"{name}：{cell}" if name and name != cell else cell
        if cell and (not parts or part != parts[-1]):
            parts.append(part)
    return "；".join(parts)
