"""Tables of a PDF page: the text in the cells of its ruled grids, set among the lines around them."""

from collections.abc import Collection, Iterable, Sequence
from statistics import median

from assistant.indexing.formats.office.grids import EMPTY, Cell, is_figure
from assistant.indexing.formats.pdf.boxes import Box, holds
from assistant.indexing.formats.pdf.chars import NO_STYLE, Char
from assistant.indexing.formats.pdf.drawings import Drawings
from assistant.indexing.formats.pdf.elements import Element, Line, Table
from assistant.indexing.formats.pdf.lines import lines_of
from assistant.indexing.formats.pdf.order import in_rows
from assistant.indexing.formats.pdf.records import Places, Texts, record_starts, split_row
from assistant.indexing.formats.pdf.rules import RuledGrid, find_grids
from assistant.indexing.headings import starts_new_paragraph
from assistant.indexing.lines import join_lines

_LEAST_FILLED = 0.35
_LONGEST_TYPICAL_CELL = 150
_WIDEST_GAP = 6.0  # points between the two parts of a double line
_NOTE_LINES = 3  # lines across a whole table, above or below it, that are text of their own


def elements_of(chars: Sequence[Char], drawings: Drawings, heads: Collection[int] = ()) -> list[Element]:
    """Pieces of lines, and tables, in the order of the characters.

    Args:
        chars: in the direction in which they run.
        drawings: turned as the characters are.
        heads: the marked contents that the tags of the file call headings of rows or columns.
    """
    grids = find_grids(drawings)
    owners = _owners(grids, chars)
    inside: dict[int, list[Char]] = {}
    for char, owner in zip(chars, owners, strict=True):
        if owner is not None:
            inside.setdefault(owner, []).append(char)
    contents = {owner: _contents(grids[owner], found, drawings, heads) for owner, found in inside.items()}
    elements: list[Element] = []
    outside: list[Char] = []
    for char, owner in zip(chars, owners, strict=True):
        if owner is None or contents[owner] is None:
            outside.append(char)
        elif found := contents[owner]:
            elements += [*lines_of(outside), *found]
            outside, contents[owner] = [], []
    return [*elements, *lines_of(outside)]


def _owners(grids: Sequence[RuledGrid], chars: Sequence[Char]) -> list[int | None]:
    """The smallest grid around each character; a gap goes with the character before it."""
    owners: list[int | None] = []
    last: int | None = None
    for char in chars:
        if grids and char.style is not NO_STYLE:
            found = [(grid.area, index) for index, grid in enumerate(grids) if holds(grid.box, *char.middle)]
            last = min(found)[1] if found else None
        owners.append(last)
    return owners


def _contents(
    grid: RuledGrid, chars: Iterable[Char], drawings: Drawings, heads: Collection[int]
) -> list[Element] | None:
    """The table in a grid with the notes at its ends; the lines of boxes abreast, box by box; None for a mere frame."""
    found: dict[int, list[Char]] = {}
    cell = 0
    for char in chars:
        if char.style is not NO_STYLE:
            cell = grid.cell_at(*char.middle)
        found.setdefault(cell, []).append(char)
    texts: Texts = {cell: lines for cell, held in found.items() if (lines := in_rows(lines_of(held)))}
    if len(texts) < 2:
        return None
    rows = _filled(grid.cells, texts, grid.ys)
    columns = _filled(list(zip(*grid.cells, strict=True)), texts, grid.xs)
    places = [[grid.cells[row][column] for column in columns] for row in rows]
    edges = (*(grid.xs[column] for column in columns), grid.xs[columns[-1] + 1])
    top, bottom = _notes(places, texts), _notes(places[::-1], texts)
    body = places[top : len(places) - bottom]
    strong = _shaded(grid, drawings) | {cell for cell, lines in texts.items() if _is_strong(lines, heads)}
    table = _table(body, texts, edges, grid.box, strong)
    if table is None:
        return [line for cell in _once(places) for line in texts.get(cell, [])]
    above = [line for row in places[:top] for line in texts[row[0]]]
    below = [line for row in places[len(places) - bottom :] for line in texts[row[0]]]
    return [*above, table, *below]


def _filled(ranks: Sequence[Sequence[int]], texts: Texts, sides: Sequence[float]) -> list[int]:
    """The rows (or columns) but for those that hold only parts of others, or are the gap of a double line."""
    where: dict[int, set[int]] = {}
    for index, rank in enumerate(ranks):
        for cell in rank:
            if cell in texts:
                where.setdefault(cell, set()).add(index)
    kept: list[int] = []
    for index, rank in enumerate(ranks):
        held = {cell for cell in rank if cell in texts}
        empty = not held and sides[index + 1] - sides[index] > _WIDEST_GAP
        if empty or any(len(where[cell]) == 1 for cell in held):
            kept.append(index)
        for cell in held if index not in kept else ():
            where[cell].discard(index)
    return kept


def _once(places: Places) -> list[int]:
    return list(dict.fromkeys(cell for row in places for cell in row))


def _notes(places: Places, texts: Texts) -> int:
    """How many of the first rows are text across the whole grid, too long for a title."""
    count = 0
    for row in places:
        if len(set(row)) > 1 or len(texts.get(row[0], ())) < _NOTE_LINES:
            break
        count += 1
    return count


def _table(places: Places, texts: Texts, edges: Sequence[float], box: Box, strong: set[int]) -> Table | None:
    """A table, where the cells look like one and not like a layout of boxes."""
    rows: list[list[Cell]] = []
    whole: dict[int, Cell] = {}
    for index, row in enumerate(places):
        starts = [] if _reaches(places, index, texts) else record_starts(row, texts, edges)
        if starts:
            rows += [_cells(record, strong, {}) for record in split_row(row, texts, starts)]
        else:
            rows.append(_cells([(cell, texts.get(cell, ())) for cell in row], strong, whole))
    rows = [row for row in rows if any(cell.text for cell in row)]
    filled = [cell for row in rows for cell in row if cell.text]
    abreast = sum(len({id(cell) for cell in row if cell.text}) > 1 for row in rows)
    if not abreast or len(filled) < _LEAST_FILLED * len(rows) * len(edges[1:]):
        return None
    distinct = {id(cell): cell.text for cell in filled}
    if median(len(text) for text in distinct.values()) > _LONGEST_TYPICAL_CELL:
        return None
    lines = () if abreast > 1 else tuple(line for cell in _once(places) for line in texts.get(cell, ()))
    return Table(tuple(tuple(row) for row in rows), tuple(edges), box, lines)


def _reaches(places: Places, index: int, texts: Texts) -> bool:
    """Whether a text of a row reaches into a neighbouring row."""
    around = [*places[max(index - 1, 0) : index], *places[index + 1 : index + 2]]
    return any(cell in row for row in around for cell in places[index] if cell in texts)


def _cells(row: Iterable[tuple[int, Sequence[Line]]], strong: set[int], known: dict[int, Cell]) -> list[Cell]:
    cells: list[Cell] = []
    for number, lines in row:
        if number not in known:
            known[number] = _cell(lines, strong=number in strong) if lines else EMPTY
        cells.append(known[number])
    return cells


def _cell(lines: Sequence[Line], *, strong: bool) -> Cell:
    parts: list[list[str]] = []
    for line in lines:
        if parts and not starts_new_paragraph(line.text):
            parts[-1].append(line.text)
        else:
            parts.append([line.text])
    text = " ".join(join_lines(part) for part in parts)
    return Cell(text, numeric=is_figure(text), strong=strong)


def _is_strong(lines: Sequence[Line], heads: Collection[int]) -> bool:
    """Whether a cell is set in bold, or tagged as a heading."""
    return all(line.style.bold for line in lines) or all(line.style.mark in heads for line in lines)


def _shaded(grid: RuledGrid, drawings: Drawings) -> set[int]:
    """The cells that are filled with a colour that the lower half of the table does not have, as headings are."""
    inside = [shade for shade in drawings.shades if holds(grid.box, *_middle(shade.box))]
    colours: dict[int, tuple[int, int, int] | None] = {}
    low: set[tuple[int, int, int] | None] = {None}
    for row, cells in enumerate(grid.cells):
        for column, cell in enumerate(cells):
            x, y = (grid.xs[column] + grid.xs[column + 1]) / 2, (grid.ys[row] + grid.ys[row + 1]) / 2
            over = [shade.colour for shade in inside if holds(shade.box, x, y)]
            colours.setdefault(cell, over[-1] if over else None)
            if row * 2 >= len(grid.cells):
                low.add(colours[cell])
    return {cell for cell, colour in colours.items() if colour not in low}


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
