"""Records of a table that no lines divide: one row of tall cells whose lines stand abreast."""

import re
from collections.abc import Mapping, Sequence
from statistics import median

from assistant.indexing.formats.pdf.boxes import on_one_line
from assistant.indexing.formats.pdf.elements import Line

_FEWEST = 4
_FILL = 0.7  # of the records, in which a column has to hold something
_NARROW = 0.6  # of a column's width: lines that were not wrapped
_MOSTLY = 0.6
_FIGURES = re.compile(r"[^\w]*\d[\d\s,.:/%$()+~-]*")

Places = Sequence[Sequence[int]]
Texts = Mapping[int, Sequence[Line]]


def record_starts(row: Sequence[int], texts: Texts, edges: Sequence[float]) -> list[float]:
    """The feet of the lines at which records start; none where a row is one record of wrapped text.

    A record starts where at least two columns have a line. Wrapped columns do so as well, so two columns have to be
    narrow lists all the way down, one of them of figures.
    """
    columns = {cell: texts[cell] for cell in row if cell in texts}
    if len(columns) < 2:
        return []
    starts = [base for base, count in _levels(columns) if count > 1]
    if len(starts) < _FEWEST:
        return []
    lists = [lines for cell, lines in columns.items() if _is_list(lines, _width(row, cell, edges), starts)]
    figures = any(sum(bool(_FIGURES.fullmatch(line.text)) for line in lines) > _MOSTLY * len(lines) for lines in lists)
    return starts if len(lists) > 1 and figures else []


def split_row(row: Sequence[int], texts: Texts, starts: Sequence[float]) -> list[list[tuple[int, list[Line]]]]:
    """The lines of each cell of a row by record; a line belongs to the last record that starts at or above it."""
    records: list[list[tuple[int, list[Line]]]] = []
    for number, base in enumerate(starts):
        low = base if number else float("-inf")
        high = starts[number + 1] if number + 1 < len(starts) else float("inf")
        records.append([(cell, [line for line in texts.get(cell, ()) if low <= _base(line) < high]) for cell in row])
    return records


def _base(line: Line) -> float:
    return line.box[3] if line.box else 0.0


def _width(row: Sequence[int], cell: int, edges: Sequence[float]) -> float:
    places = [place for place, held in enumerate(row) if held == cell]
    return edges[places[-1] + 1] - edges[places[0]]


def _is_list(lines: Sequence[Line], width: float, starts: Sequence[float]) -> bool:
    widths = [line.box[2] - line.box[0] for line in lines if line.box]
    return len(lines) >= _FILL * len(starts) and median(widths) <= _NARROW * width


def _levels(columns: Texts) -> list[tuple[float, int]]:
    """The heights at which lines stand, from the top, and in how many columns."""
    placed = sorted(
        ((line, cell) for cell, lines in columns.items() for line in lines), key=lambda pair: _base(pair[0])
    )
    levels: list[tuple[Line, float, set[int]]] = []
    for line, cell in placed:
        if levels and line.box and levels[-1][0].box and on_one_line(levels[-1][0].box, line.box):
            levels[-1][2].add(cell)
        else:
            levels.append((line, _base(line), {cell}))
    return [(base, len(cells)) for _, base, cells in levels]
