"""Lists of records as one document: a row block each, and long texts as paragraphs under the record's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block
from assistant.indexing.formats.data.fields import field_of, has_role
from assistant.indexing.formats.data.prose import line_of, prose_blocks
from assistant.indexing.formats.data.values import Table
from assistant.indexing.tables import row_texts
from assistant.schema import Lang, Locator
from assistant.settings import Settings
from assistant.text import detect_language

MOST_ROWS = 200_000  # about 320 MB with 15 columns (measured)
_MOST_CELLS = 6_000_000
_LONG_CELL = 200
_SENTENCE = 20
_LONGEST_LABEL = 40
_PATH_SEPARATOR = " > "
_LANGUAGE_SAMPLE = 500  # rows
_MACHINE_VALUE = re.compile(  # a UUID, a hash, embedded data
    r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?|(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{24,}"
    r"|data:[\w/+.-]+;base64,.*",
    re.IGNORECASE | re.DOTALL,
)


def table_language(table: Table) -> Lang:
    """The language of a table's cells, whatever that of its columns' names is."""
    return detect_language("".join(cell for row in table.rows[:_LANGUAGE_SAMPLE] for cell in row))


def table_blocks(table: Table, section: str | None, settings: Settings) -> Iterator[Block]:
    """A row block `欄名：值；欄名：值` for each row; cells of over 200 characters follow as paragraphs.

    Columns that are empty everywhere, repeat another column, or hold only identifiers for machines are left out.
    """
    table = readable_columns(table)
    label_column = field_of(table.columns, "records", "label")
    label_index = table.columns.index(label_column) if label_column else None
    for full_row in table.rows:
        row = _without_repeats(full_row)
        cells = [line_of(cell, settings) if len(cell) <= _LONG_CELL else "" for cell in row]
        long = [(name, cell) for name, cell in zip(table.columns, row, strict=True) if len(cell) > _LONG_CELL]
        label = cells[label_index] if label_index is not None else ""
        label = label or next((cell for cell in cells if cell), "")
        item = label if 0 < len(label) <= _LONGEST_LABEL else None
        here = section
        if long and item:
            here = _PATH_SEPARATOR.join(filter(None, (section, item)))
            yield Block(item, Locator(section=here), "heading")
        for text in row_texts([table.columns, cells], 1):
            yield Block(text, Locator(section=here, item=item), "row")
        for name, cell in long:
            yield from _long_cell(name, cell, Locator(section=here, item=item), settings)


def check_size(name: str, rows: int, columns: int) -> None:
    """Refuse tables that no search could hold.

    Raises:
        DocumentError: `too_large`.
    """
    if rows > MOST_ROWS or rows * columns > _MOST_CELLS:
        message = f"{name} has {rows:,} rows of {columns:,} columns; {MOST_ROWS:,} rows, {_MOST_CELLS:,} cells may be."
        raise DocumentError("too_large", message, "Split it, or leave out what nobody asks for.")


def readable_columns(table: Table) -> Table:
    """The columns that tell a reader something that no column before them told."""
    seen: set[tuple[str, ...]] = set()
    kept: list[int] = []
    for index in range(len(table.columns)):
        values = tuple(row[index] for row in table.rows)
        filled = [value for value in values if value]
        if filled and values not in seen and not all(map(_MACHINE_VALUE.fullmatch, filled)):
            kept.append(index)
        if len(table.rows) > 1:
            seen.add(values)
    if len(kept) == len(table.columns):
        return table
    return Table(tuple(table.columns[index] for index in kept), [[row[index] for index in kept] for row in table.rows])


def _without_repeats(row: Sequence[str]) -> list[str]:
    """A row without the sentences that it has in an earlier cell already."""
    told: set[str] = set()
    kept: list[str] = []
    for cell in row:
        kept.append("" if cell in told and len(cell) >= _SENTENCE else cell)
        told.add(cell)
    return kept


def _long_cell(name: str, cell: str, place: Locator, settings: Settings) -> Iterator[Block]:
    """A long text as the blocks of its lines, after the name of its column unless that only says that it is text."""
    blocks = prose_blocks(cell, settings)
    if blocks and not has_role(name.rpartition(".")[2], "records", "prose"):
        blocks[0] = replace(blocks[0], text=f"{name}：{blocks[0].text}")
    for block in blocks:
        section = _PATH_SEPARATOR.join(filter(None, (place.section, block.locator.section)))
        yield replace(
            block, locator=replace(block.locator, section=section or None, item=block.locator.item or place.item)
        )
