"""Grids that ruling lines make on a PDF page: which lines belong together, and which cells they bound."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.indexing.formats.pdf.boxes import Box
from assistant.indexing.formats.pdf.drawings import Drawings, Rule

_SNAP = 3.0  # points by which lines that meant to meet may miss each other; pdfplumber takes the same
_SHORTEST = 6.0
_FEWEST_ENDS = 3
_MOST_PAIRS = 400_000
_MOST_CELLS = 20_000
_MOST_GRIDS = 60


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """A grid of columns and rows; places that no line divides have one number in `cells`."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]

    @property
    def box(self) -> Box:
        """The outline of the grid."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @property
    def area(self) -> float:
        """The area inside the outline."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)

    def cell_at(self, x: float, y: float) -> int:
        """The number of the cell around a point inside the outline."""
        row = min(bisect_right(self.ys, y), len(self.cells)) - 1
        return self.cells[row][min(bisect_right(self.xs, x), len(self.cells[0])) - 1]


def find_grids(drawings: Drawings) -> list[RuledGrid]:
    """The grids of at least two cells, the largest ones first."""
    across, down = _merged(drawings.across), _merged(drawings.down)
    if len(across) < 2 or len(down) < 1 or len(across) * len(down) > _MOST_PAIRS:
        return []
    grids = [_grid(*group) for group in _groups(across, down)]
    return sorted((grid for grid in grids if grid), key=lambda grid: -grid.area)[:_MOST_GRIDS]


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Lines that nearly lie on one another or continue one another as one."""
    levels: list[list[Rule]] = []
    for rule in sorted(rules):
        if levels and rule.at - levels[-1][0].at <= _SNAP:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    merged: list[Rule] = []
    for level in levels:
        at = sum(rule.at for rule in level) / len(level)
        spans = sorted((rule.start, rule.end) for rule in level)
        start, end = spans[0]
        for following, reach in spans[1:]:
            if following > end + _SNAP:
                merged.append(Rule(at, start, end))
                start, end = following, reach
            end = max(end, reach)
        merged.append(Rule(at, start, end))
    return [rule for rule in merged if rule.end - rule.start >= _SHORTEST]


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch each other, directly or through others."""
    parents = _Parents(len(across) + len(down))
    for i, flat in enumerate(across):
        for j, steep in enumerate(down):
            if _touch(flat, steep):
                parents.join(i, len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, flat in enumerate(across):
        groups.setdefault(parents.of(i), ([], []))[0].append(flat)
    for j, steep in enumerate(down):
        groups.setdefault(parents.of(len(across) + j), ([], []))[1].append(steep)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _touch(flat: Rule, steep: Rule) -> bool:
    return flat.start - _SNAP <= steep.at <= flat.end + _SNAP and steep.start - _SNAP <= flat.at <= steep.end + _SNAP


def _grid(across: Sequence[Rule], down: Sequence[Rule]) -> RuledGrid | None:
    """The grid of a group; where a table is open at a side, the ends of its lines close it."""
    across = [*across, *_implied(across, down)]
    xs = _levels([rule.at for rule in down], [end for rule in across for end in (rule.start, rule.end)])
    ys = _levels([rule.at for rule in across], [end for rule in down for end in (rule.start, rule.end)])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or not 2 <= rows * columns <= _MOST_CELLS:
        return None
    walls, floors = _by_level(down), _by_level(across)
    parents = _Parents(rows * columns)
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not _divides(walls.get(xs[column + 1], ()), ys[row], ys[row + 1]):
                parents.join(here, here + 1)
            if row + 1 < rows and not _divides(floors.get(ys[row + 1], ()), xs[column], xs[column + 1]):
                parents.join(here, here + columns)
    cells = tuple(tuple(parents.of(row * columns + column) for column in range(columns)) for row in range(rows))
    return RuledGrid(tuple(xs), tuple(ys), cells)


def _implied(across: Sequence[Rule], down: Sequence[Rule]) -> list[Rule]:
    """Lines that are not drawn: where several upright lines end at one height, a row ends between their neighbours."""
    xs = sorted({rule.at for rule in down})
    drawn = [rule.at for rule in across]
    ends: dict[float, list[float]] = {}
    for rule in down:
        for end in (rule.start, rule.end):
            if all(abs(end - at) > _SNAP for at in drawn):
                level = next((known for known in ends if abs(known - end) <= _SNAP), end)
                ends.setdefault(level, []).append(rule.at)
    found: list[Rule] = []
    for level, places in ends.items():
        if len(places) >= _FEWEST_ENDS:
            for place in places:
                index = xs.index(place)
                found.append(Rule(level, xs[max(index - 1, 0)], xs[min(index + 1, len(xs) - 1)]))
    return _merged(found)


def _levels(levels: Sequence[float], ends: Sequence[float]) -> list[float]:
    found = sorted(set(levels))
    if min(ends) < found[0] - _SHORTEST:
        found.insert(0, min(ends))
    if max(ends) > found[-1] + _SHORTEST:
        found.append(max(ends))
    return found


def _by_level(rules: Sequence[Rule]) -> dict[float, list[Rule]]:
    levels: dict[float, list[Rule]] = {}
    for rule in rules:
        levels.setdefault(rule.at, []).append(rule)
    return levels


def _divides(rules: Sequence[Rule], start: float, end: float) -> bool:
    slack = min(_SNAP, (end - start) / 3)
    return any(rule.start <= start + slack and rule.end >= end - slack for rule in rules)


class _Parents:
    """Groups of numbers that were joined (union by path halving)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def of(self, item: int) -> int:
        """The number that stands for an item's group."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, first: int, second: int) -> None:
        """Make one group of two."""
        low, high = sorted((self.of(first), self.of(second)))
        self._parent[high] = low
