"""What a page of a PDF consists of: lines and tables."""

from dataclasses import dataclass

from assistant.indexing.formats.office.grids import Cell
from assistant.indexing.formats.pdf.boxes import Box
from assistant.indexing.formats.pdf.chars import NO_STYLE, Style


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read.

    Attributes:
        box: None where only the text is known.
        style: that of most of its characters.
        pieces: how many parts it has with wide gaps between them, as the cells of a table have.
        dotted: whether a drawn bullet stands before it.
    """

    text: str
    box: Box | None = None
    style: Style = NO_STYLE
    pieces: int = 1
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        edges: the sides of its columns, by which its continuation on the next page is known.
        lines: of what is too little for a table, unless it is the rest of one: what is read instead.
    """

    rows: tuple[tuple[Cell, ...], ...]
    edges: tuple[float, ...]
    box: Box
    lines: tuple[Line, ...] = ()


Element = Line | Table
