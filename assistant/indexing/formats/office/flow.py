"""The text of a word-processor document: paragraphs and tables in reading order, turned into blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.indexing.articles import article_of
from assistant.indexing.blocks import Block, BlockKind
from assistant.indexing.decoding import tidy
from assistant.indexing.formats.office.grids import Cell, grid_blocks, is_figure
from assistant.indexing.formats.office.titles import LONGEST_TITLE
from assistant.indexing.headings import HeadingPath, guess_blocks, marker_rank
from assistant.indexing.lines import collapse, join_lines
from assistant.schema import Locator
from assistant.sentences import split_sentences

MOST_PARAGRAPHS = 200_000
_LONGEST_HEADING = 200
_BELOW_STYLED = 10
_MOST_LAYOUT_LINES = 2
_FIRST_LINES = 5
_CLOSING = tuple("、，。．：；）】〕」")
_NUMBER = r"(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,5}|[壹貳參肆伍陸柒捌玖拾]{1,4}|[甲乙丙丁戊己庚辛壬癸])"
_ITEM = re.compile(
    rf"([（(]\s*(?:{_NUMBER}|[A-Za-z]|[ivxIVX]{{1,5}})\s*[）)]|[①-⒛㈠-㈩]|\d{{1,3}}(?:\.\d{{1,3}})+(?=[\s、.．])"
    rf"|(?:{_NUMBER}|[A-Za-z]|[ivx]{{1,5}})(?=[、．）)]|\.(?!\d)))"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `\\n` in its text is a line break.

    Attributes:
        level: of a heading from 1, 0 for the document's title, None for body text.
        marker: the number that is printed before the text, with its punctuation.
        close: whether nothing stands between the marker and the text.
        listed: whether it is an item of a list.
        strong: whether all of it is bold.
    """

    text: str
    level: int | None = None
    marker: str = ""
    close: bool = False
    listed: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TableCell:
    """A cell with what stands in it; where it spans several places, each place holds the same object."""

    flow: tuple["Paragraph | Table", ...] = ()
    strong: bool = False

    def again(self) -> "TableCell":
        """A cell of its own that holds the same."""
        return TableCell(self.flow, self.strong)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `header_rows` is None where the file does not mark them."""

    rows: tuple[tuple[TableCell, ...], ...]
    header_rows: int | None = None


Flow = Iterable[Paragraph | Table]


def plain_flow(flow: Flow) -> Iterator[Paragraph | Table]:
    """The flow with one line a paragraph, markers in their text, and tables of data only."""
    for entry in flow:
        if isinstance(entry, Paragraph):
            yield from _lines(entry)
        elif _is_layout(entry):
            for cell in _cells(entry):
                yield from plain_flow(cell.flow)
        else:
            yield from _segments(entry)


def flow_blocks(entries: Sequence[Paragraph | Table], title: str) -> Iterator[Block]:
    """Blocks of a plain flow; numbered headings are guessed where the document styles at most one heading."""
    guessing = sum(isinstance(entry, Paragraph) and bool(entry.level) for entry in entries) <= 1
    guesses = guess_blocks((entry.text if isinstance(entry, Paragraph) else "", None) for entry in entries)
    path = HeadingPath(title)
    for entry, guess in zip(entries, guesses, strict=True):
        if isinstance(entry, Table):
            yield from table_blocks(entry, Locator(section=path.section))
            continue
        level = entry.level
        if level is None and guessing and guess.kind == "heading":
            level = _BELOW_STYLED + (marker_rank(entry.text) or 0)
        if level is not None:
            path.enter(level, entry.text)
            yield Block(entry.text, Locator(section=path.section), "heading")
        else:
            yield body_block(entry, Locator(section=path.section), listed=guess.kind != "paragraph")


def flow_titles(entries: Sequence[Paragraph | Table], declared: str) -> list[str]:
    """What may be the title of a document, best first: its title line, its properties, its first heading or line.

    A numbered line is a part of the document, and so is what stands below it.
    """
    lines = [entry for entry in entries if isinstance(entry, Paragraph)][:_FIRST_LINES]
    first = list(takewhile(lambda entry: marker_rank(entry.text) is None, lines))
    titles = [_first_sentence(entry.text) for entry in first if entry.level == 0]
    headings = [_first_sentence(entry.text) for entry in first if entry.level]
    return [*titles, declared, *headings, *(entry.text for entry in first)]


def body_block(entry: Paragraph, locator: Locator, *, listed: bool = False) -> Block:
    """The block of a paragraph of a plain flow that is no heading."""
    kind: BlockKind = "item" if (entry.listed or listed) and article_of(entry.text) is None else "paragraph"
    item = (_bare(entry.marker) or _item_of(entry.text)) if kind == "item" else None
    return Block(entry.text, replace(locator, item=item), kind)


def table_blocks(table: Table, locator: Locator) -> Iterator[Block]:
    """The rows of a data table, and after it those of the tables inside of its cells."""
    cells = {id(cell): list(plain_flow(cell.flow)) for cell in _cells(table)}
    shown = {id(cell): _shown(cell, cells[id(cell)]) for cell in _cells(table)}
    yield from grid_blocks([[shown[id(cell)] for cell in row] for row in table.rows], locator, table.header_rows)
    for entries in cells.values():
        for inner in entries:
            if isinstance(inner, Table):
                yield from table_blocks(inner, locator)


def _lines(entry: Paragraph) -> Iterator[Paragraph]:
    """A heading on one line; the lines of any other paragraph, the first behind its marker."""
    lines = [line for part in tidy(entry.text).replace("\xad", "").split("\n") if (line := collapse(part).strip())]
    if not lines:
        return
    if entry.level is not None:
        lines = [join_lines(lines)]
    gap = "" if entry.close or not entry.marker or entry.marker.endswith(_CLOSING) else " "
    lines[0] = f"{entry.marker}{gap}{lines[0]}"
    level = entry.level if len(lines[0]) <= _LONGEST_HEADING else None
    for number, line in enumerate(lines):
        yield replace(entry, text=line, level=level, marker="" if number else entry.marker)


def _cells(table: Table) -> list[TableCell]:
    """Each cell of a table once, in reading order."""
    return list({id(cell): cell for row in table.rows for cell in row}.values())


def _is_layout(table: Table) -> bool:
    """Whether a table only lays out text: one column, headings with their text, or tables and long texts abreast."""
    cells = [cell for cell in _cells(table) if cell.flow]
    rows = [row for row in table.rows if any(cell.flow for cell in row)]
    if all(len({id(cell) for cell in row}) <= 1 for row in rows):
        return True
    paragraphs = [entry for cell in cells for entry in cell.flow if isinstance(entry, Paragraph)]
    if any(entry.level for entry in paragraphs) and len(paragraphs) > _MOST_LAYOUT_LINES * len(cells):
        return True
    if any(isinstance(entry, Table) for cell in cells for entry in cell.flow):
        return len(rows) < 3
    return len(rows) == 1 and any(len(cell.flow) > _MOST_LAYOUT_LINES for cell in cells)


def _segments(table: Table) -> Iterator[Paragraph | Table]:
    """A table cut where several paragraphs fill its whole width, as instructions in a form do."""
    header = table.rows[: table.header_rows or 0]
    rows: list[tuple[TableCell, ...]] = []
    for row in table.rows[len(header) :]:
        if len(row) > 1 and len({id(cell) for cell in row}) == 1 and len(row[0].flow) > 1:
            if rows:
                yield Table((*header, *rows), table.header_rows)
                rows = []
            yield from plain_flow(row[0].flow)
        else:
            rows.append(row)
    if rows or header:
        yield Table((*header, *rows), table.header_rows)


def _shown(cell: TableCell, entries: Sequence[Paragraph | Table]) -> Cell:
    lines = [entry for entry in entries if isinstance(entry, Paragraph)]
    text = " ".join(entry.text for entry in lines)
    strong = bool(lines) and (cell.strong or all(entry.strong for entry in lines))
    return Cell(text, is_figure(text), strong)


def _first_sentence(heading: str) -> str:
    """A heading, or the first sentence of one that is too long for a title."""
    if len(heading) <= LONGEST_TITLE:
        return heading
    start, end = next(iter(split_sentences(heading)), (0, 0))
    return heading[start:end]


def _bare(marker: str) -> str | None:
    """A marker without its punctuation: `三`, `(2)`, `1.2`."""
    bare = marker.strip().rstrip("、．.：:，, ")
    return (bare if bare.startswith(("(", "（")) else bare.rstrip("）)")) or None


def _item_of(text: str) -> str | None:
    match = _ITEM.match(text)
    return match[1] if match else None
