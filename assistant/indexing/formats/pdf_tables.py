"""Tables of a PDF page: the text in the cells of its ruled grids, set among the lines around them."""

from collections.abc import Iterable, Sequence
from statistics import median

from assistant.indexing.formats.office.grids import EMPTY, Cell, is_figure
from assistant.indexing.formats.pdf_boxes import Box, holds
from assistant.indexing.formats.pdf_chars import NO_STYLE, Char
from assistant.indexing.formats.pdf_drawings import Drawings
from assistant.indexing.formats.pdf_elements import Element, Line, Table
from assistant.indexing.formats.pdf_lines import lines_of
from assistant.indexing.formats.pdf_order import in_rows
from assistant.indexing.formats.pdf_records import Places, Texts, record_starts, split_row
from assistant.indexing.formats.pdf_rules import RuledGrid, find_grids
from assistant.indexing.headings import starts_new_paragraph
from assistant.indexing.lines import join_lines

_LEAST_FILLED = 0.35
_LONGEST_TYPICAL_CELL = 150
_NOTE_LINES = 3  # lines across a whole table, above or below it, that are text of their own


def elements_of(chars: Sequence[Char], drawings: Drawings) -> list[Element]:
    """Pieces of lines, and tables, in the order of the characters."""
    grids = find_grids(drawings)
    owners = _owners(grids, chars)
    inside: dict[int, list[Char]] = {}
    for char, owner in zip(chars, owners, strict=True):
        if owner is not None:
            inside.setdefault(owner, []).append(char)
    contents = {owner: _contents(grids[owner], found, drawings) for owner, found in inside.items()}
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


def _contents(grid: RuledGrid, chars: Iterable[Char], drawings: Drawings) -> list[Element] | None:
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
    rows, columns = _filled(grid.cells, texts), _filled(list(zip(*grid.cells, strict=True)), texts)
    places = [[grid.cells[row][column] for column in columns] for row in rows]
    edges = (*(grid.xs[column] for column in columns), grid.xs[columns[-1] + 1])
    top, bottom = _notes(places, texts), _notes(places[::-1], texts)
    body = places[top : len(places) - bottom]
    table = _table(body, texts, edges, grid.box, _shaded(grid, drawings))
    if table is None:
        return [line for cell in _once(places) for line in texts.get(cell, [])]
    above = [line for row in places[:top] for line in texts[row[0]]]
    below = [line for row in places[len(places) - bottom :] for line in texts[row[0]]]
    return [*above, table, *below]


def _filled(ranks: Sequence[Sequence[int]], texts: Texts) -> list[int]:
    """The rows (or columns) but for those without a text of their own, such as the gap of a double line."""
    where: dict[int, set[int]] = {}
    for index, rank in enumerate(ranks):
        for cell in rank:
            if cell in texts:
                where.setdefault(cell, set()).add(index)
    kept: list[int] = []
    for index, rank in enumerate(ranks):
        held = {cell for cell in rank if cell in texts}
        if all(len(where[cell]) > 1 for cell in held):
            for cell in held:
                where[cell].discard(index)
        else:
            kept.append(index)
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


def _table(places: Places, texts: Texts, edges: Sequence[float], box: Box, shaded: dict[int, bool]) -> Table | None:
    """A table, where the cells look like one and not like a layout of boxes."""
    rows: list[list[Cell]] = []
    whole: dict[int, Cell] = {}
    for index, row in enumerate(places):
        starts = [] if _reaches(places, index, texts) else record_starts(row, texts, edges)
        if starts:
            rows += [_cells(record, shaded, {}) for record in split_row(row, texts, starts)]
        else:
            rows.append(_cells([(cell, texts.get(cell, ())) for cell in row], shaded, whole))
    rows = [row for row in rows if any(cell.text for cell in row)]
    filled = [cell for row in rows for cell in row if cell.text]
    abreast = [row for row in rows if len({id(cell) for cell in row if cell.text}) > 1]
    if len(abreast) < 2 or len(filled) < _LEAST_FILLED * len(rows) * len(edges[1:]):
        return None
    distinct = {id(cell): cell.text for cell in filled}
    if median(len(text) for text in distinct.values()) > _LONGEST_TYPICAL_CELL:
        return None
    return Table(tuple(tuple(row) for row in rows), tuple(edges), box)


def _reaches(places: Places, index: int, texts: Texts) -> bool:
    """Whether a text of a row reaches into a neighbouring row."""
    around = [*places[max(index - 1, 0) : index], *places[index + 1 : index + 2]]
    return any(cell in row for row in around for cell in places[index] if cell in texts)


def _cells(row: Iterable[tuple[int, Sequence[Line]]], shaded: dict[int, bool], known: dict[int, Cell]) -> list[Cell]:
    cells: list[Cell] = []
    for number, lines in row:
        if number not in known:
            known[number] = _cell(lines, shaded.get(number, False)) if lines else EMPTY
        cells.append(known[number])
    return cells


def _cell(lines: Sequence[Line], shaded: bool) -> Cell:
    parts: list[list[str]] = []
    for line in lines:
        if parts and not starts_new_paragraph(line.text):
            parts[-1].append(line.text)
        else:
            parts.append([line.text])
    text = " ".join(join_lines(part) for part in parts)
    strong = shaded or all(line.style.bold for line in lines)
    return Cell(text, numeric=is_figure(text), strong=strong)


def _shaded(grid: RuledGrid, drawings: Drawings) -> dict[int, bool]:
    """Which cells are filled with a colour that the lower half of the table does not have, as headings are."""
    inside = [shade for shade in drawings.shades if holds(grid.box, *_middle(shade.box))]
    colours: dict[int, tuple[int, int, int] | None] = {}
    low: set[tuple[int, int, int] | None] = set()
    for row, cells in enumerate(grid.cells):
        for column, cell in enumerate(cells):
            x, y = (grid.xs[column] + grid.xs[column + 1]) / 2, (grid.ys[row] + grid.ys[row + 1]) / 2
            over = [shade.colour for shade in inside if holds(shade.box, x, y)]
            colours.setdefault(cell, over[-1] if over else None)
            if row * 2 >= len(grid.cells):
                low.add(colours[cell])
    return {cell: colour is not None and colour not in low for cell, colour in colours.items()}


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
