"""The order in which the lines and tables of a PDF page are read."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from assistant.indexing.formats.pdf.boxes import Box, around, on_one_line, side_by_side
from assistant.indexing.formats.pdf.elements import Element, Line

_MOST_ELEMENTS = 1_500  # of a page whose order is looked at
_FEWEST_ROWS = 5  # lines abreast that make columns of text
_COLUMN_FILL = 0.6
_FEWEST_ABREAST = 3
_MOST_ACROSS = 20  # lines across all columns at the top and at the bottom
_GUTTER = 1.2  # of the height of a line
_MOST_JUMPS = 0.2
_SLACK = 2.0  # points by which lines of one column may overlap
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


def in_order(elements: Sequence[Element], *, as_drawn: bool) -> list[Element]:
    """The elements in reading order, pieces of one line made one.

    Programs draw most pages in reading order, which no rule of place beats; it is kept but for columns that were drawn
    line by line, and titles and footers out of their place. A page that was drawn otherwise is ordered by place.
    """
    if as_drawn and len(elements) > _MOST_ELEMENTS:
        return _joined(elements)
    if as_drawn:
        settled = _settled(_by_columns(elements))
        if _jumps(settled) <= _MOST_JUMPS * len(settled):
            return _joined(settled)
    return _joined(_by_place(list(elements)))


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """Lines from top to bottom, pieces of one line from left to right and made one."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: _box(line)[3]):
        if rows and on_one_line(_box(rows[-1][0]), _box(line)):
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = _joined([line for row in rows for line in sorted(row, key=lambda line: _box(line)[0])])
    return [line for line in ordered if isinstance(line, Line)]


def _box(element: Element) -> Box:
    return element.box or _NOWHERE


def _joined(elements: Sequence[Element]) -> list[Element]:
    """The elements with lines that follow one another side by side made one."""
    whole: list[Element] = []
    for element in elements:
        before = whole[-1] if whole else None
        if isinstance(before, Line) and isinstance(element, Line) and side_by_side(_box(before), _box(element)):
            longer = max(before, element, key=lambda line: len(line.text))
            box = around([_box(before), _box(element)])
            whole[-1] = Line(f"{before.text} {element.text}", box, longer.style, before.pieces + element.pieces)
        else:
            whole.append(element)
    return whole


def _by_columns(elements: Sequence[Element]) -> list[Element]:
    """The elements with columns of text one after the other, where they were drawn line by line across the page."""
    pairs = [
        (_box(left), _box(right))
        for left, right in pairwise(elements)
        if isinstance(left, Line) and isinstance(right, Line) and side_by_side(_box(left), _box(right))
    ]
    if len(pairs) < _FEWEST_ROWS:
        return list(elements)
    gutter = median(right[0] for _, right in pairs) - 1
    apart = [pair for pair in pairs if pair[0][2] <= gutter <= pair[1][0]]
    if len(apart) < _FEWEST_ROWS or not _are_text(apart, gutter):
        return list(elements)
    ordered: list[Element] = []
    left: list[Element] = []
    right: list[Element] = []
    for element in elements:
        if _box(element)[2] <= gutter:
            left.append(element)
        elif _box(element)[0] >= gutter:
            right.append(element)
        else:
            ordered += [*_by_columns(left), *_by_columns(right), element]
            left, right = [], []
    return [*ordered, *_by_columns(left), *_by_columns(right)]


def _are_text(pairs: Sequence[tuple[Box, Box]], gutter: float) -> bool:
    """Whether most lines on both sides fill their column, as running text does and the cells of a table do not."""
    start = min(left[0] for left, _ in pairs)
    end = max(right[2] for _, right in pairs)
    left_fill = median(left[2] - start for left, _ in pairs) / max(gutter - start, 1.0)
    right_fill = median(right[2] - gutter for _, right in pairs) / max(end - gutter, 1.0)
    return min(left_fill, right_fill) >= _COLUMN_FILL


def _jumps(elements: Sequence[Element]) -> int:
    """How often an element stands above the one before it, in the same column."""
    pairs = [(_box(first), _box(second)) for first, second in pairwise(elements)]
    return sum(second[3] <= first[1] and second[0] < first[2] and first[0] < second[2] for first, second in pairs)


def _by_place(elements: list[Element]) -> list[Element]:
    """From top to bottom; where a gap runs down beside several lines, what is left of it first."""
    rows = sorted(elements, key=lambda element: (_box(element)[1], _box(element)[0]))
    start, end, gutter = _longest_columns(rows)
    if gutter is None:
        return rows
    body = rows[start:end]
    left = [element for element in body if _box(element)[2] <= gutter]
    right = [element for element in body if _box(element)[2] > gutter]
    return [*_by_place(rows[:start]), *_by_place(left), *_by_place(right), *_by_place(rows[end:])]


def _longest_columns(rows: Sequence[Element]) -> tuple[int, int, float | None]:
    """The longest run of rows with a gap from top to bottom, and where the gap lies; shorter runs are no columns."""
    boxes = [_box(element) for element in rows]
    best: tuple[int, int, float | None] = (0, 0, None)
    for start in range(min(len(rows), _MOST_ACROSS)):
        for end in range(len(rows), max(len(rows) - _MOST_ACROSS, start + best[1] - best[0]), -1):
            gutter = _gutter(boxes[start:end])
            if gutter is not None:
                best = (start, end, gutter)
                break
    return best


def _gutter(boxes: Sequence[Box]) -> float | None:
    """The right side of what stands left of a gap with several boxes on either side."""
    if len(boxes) < 2 * _FEWEST_ABREAST:
        return None
    least = _GUTTER * median(bottom - top for _, top, _, bottom in boxes)
    reach = float("-inf")
    for count, (left, _, right, _) in enumerate(sorted(boxes)):
        if left - reach >= least and count >= _FEWEST_ABREAST and len(boxes) - count >= _FEWEST_ABREAST:
            return reach
        reach = max(reach, right)
    return None


def _settled(elements: Sequence[Element]) -> list[Element]:
    """The elements with a title that was drawn last at the top, and a footer that was drawn first at the bottom.

    Rows are taken off the top and the bottom as long as nothing stands beside them that is read before or after.
    """
    rest = list(elements)
    head: list[Element] = []
    tail: list[Element] = []
    while rest:
        row = _edge_row(rest, top=True)
        if row and (_leads(row, rest) or _shares_width(row[0], rest[: rest.index(row[0])])):
            head += row
        elif (row := _edge_row(rest, top=False)) and (
            _leads(row, rest[-len(row) :])
            or _leads(row, rest)
            or _shares_width(row[-1], rest[rest.index(row[-1]) + 1 :])
        ):
            tail = row + tail
        else:
            break
        rest = [element for element in rest if not any(element is taken for taken in row)]
    return head + rest + tail


def _edge_row(rest: Sequence[Element], *, top: bool) -> list[Element]:
    """The elements of the highest (or lowest) line, in the order of `rest`; none where others reach beside it."""
    edge = min(rest, key=lambda element: _box(element)[1]) if top else max(rest, key=lambda element: _box(element)[3])
    row = [element for element in rest if element is edge or on_one_line(_box(edge), _box(element))]
    others = [element for element in rest if not any(element is taken for taken in row)]
    if top:
        clear = all(_box(other)[1] >= max(_box(element)[3] for element in row) - _SLACK for other in others)
    else:
        clear = all(_box(other)[3] <= min(_box(element)[1] for element in row) + _SLACK for other in others)
    start = next(index for index, element in enumerate(rest) if element is row[0])
    together = all(element is taken for element, taken in zip(rest[start:], row, strict=False))
    return row if clear and together else []


def _leads(row: Sequence[Element], rest: Sequence[Element]) -> bool:
    return all(element is taken for element, taken in zip(rest, row, strict=False))


def _shares_width(element: Element, others: Sequence[Element]) -> bool:
    """Whether an element stands over or under one of the others."""
    left, _, right, _ = _box(element)
    return any(_box(other)[0] < right and left < _box(other)[2] for other in others)
