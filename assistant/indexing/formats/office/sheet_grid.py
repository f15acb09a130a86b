"""The cells of an Excel sheet as they are read: hidden rows and columns, merged areas, and a bound on their number."""

from dataclasses import dataclass, field

from assistant.errors import DocumentError
from assistant.indexing.formats.office.grids import MOST_CELLS, Cell
from assistant.indexing.formats.office.sheets import SheetLine

_MOST_COLUMNS = 16_384
_TALLEST_SPAN = 2_000
_WIDEST_SPAN = 200


@dataclass(frozen=True, slots=True)
class Span:
    """A merged area; rows and columns from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SheetGrid:
    """The cells of one sheet by row and column from 1.

    Attributes:
        left: how many more cells the file may hold.
        names: rows that the file marks as column names.
    """

    file_name: str
    left: int = MOST_CELLS
    hidden_rows: set[int] = field(default_factory=set)
    names: set[int] = field(default_factory=set)
    _hidden_columns: set[int] = field(default_factory=set)
    _rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    _spans: list[Span] = field(default_factory=list)

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Take a cell.

        Raises:
            DocumentError: `too_large` where it is one too many.
        """
        if 0 < column <= _MOST_COLUMNS:
            self._count(1)
            self._rows.setdefault(row, {})[column] = cell

    def hide_columns(self, first: int, last: int) -> None:
        """Leave out a range of columns."""
        self._hidden_columns.update(range(first, min(last, _MOST_COLUMNS) + 1))

    def merge(self, span: Span) -> None:
        """Take note of a merged area: its first cell shows in all of it."""
        self._spans.append(span)

    def lines(self) -> list[SheetLine]:
        """The visible rows with something in them, merged cells in each of their places."""
        self._spread()
        lines: list[SheetLine] = []
        hidden = sorted(self.hidden_rows)
        skipped = 0
        for number in sorted(self._rows):
            while skipped < len(hidden) and hidden[skipped] < number:
                skipped += 1
            if number in self.hidden_rows:
                continue
            row = self._rows[number]
            shown = {column: row[column] for column in sorted(row) if column not in self._hidden_columns}
            if shown:
                lines.append(SheetLine(number - skipped, shown, number in self.names))
        return lines

    def _spread(self) -> None:
        last_row = max(self._rows, default=0)
        last_column = max((column for row in self._rows.values() for column in row), default=0)
        for span in self._spans:
            cell = self._rows.get(span.top, {}).get(span.left)
            if cell is None:
                continue
            right = min(span.right, max(last_column, span.left), span.left + _WIDEST_SPAN)
            for number in range(span.top, min(span.bottom, last_row, span.top + _TALLEST_SPAN) + 1):
                self._count(right - span.left + 1)
                self._rows.setdefault(number, {}).update(dict.fromkeys(range(span.left, right + 1), cell))

    def _count(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            message = f"{self.file_name} holds more than {MOST_CELLS:,} cells."
            raise DocumentError("too_large", message, "Split it, or give out its data as CSV.")
