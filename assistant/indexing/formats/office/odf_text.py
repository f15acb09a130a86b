"""The visible text of OpenDocument files in reading order: paragraphs, lists, tables, notes and boxes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from assistant.indexing.formats.office.flow import Paragraph, Table, TableCell
from assistant.indexing.formats.office.grids import MOST_CELLS
from assistant.indexing.formats.office.math_text import math_text, raised
from assistant.indexing.formats.office.odf import DRAW, LINK, OFFICE, TABLE, TEXT, OdfFile
from assistant.indexing.formats.office.odf_lists import ListNumbering
from assistant.indexing.formats.office.odf_tables import TableLine, table_lines
from assistant.indexing.formats.office.package import local_name, whole_number

_SPACE = re.compile(r"[ \t\r\n]+")
_TITLE_STYLES = frozenset({"title", "標題", "標題1"})
_NO_TEXT = frozenset(
    "annotation annotation-end tracked-changes forms sequence-decls variable-decls user-field-decls "
    "dde-connection-decls page-number placeholder script ruby-text note-citation desc glue-point event-listeners "
    "binary-data table-of-content illustration-index table-index object-index user-index alphabetical-index "
    "index-title bibliography-source date-time footer header notes animations thumbnail image-map control".split()
)
_SHAPES = frozenset(
    "frame g a custom-shape rect ellipse circle line polyline polygon regular-polygon path connector caption "
    "measure page-thumbnail".split()
)


@dataclass(slots=True)
class _Inline:
    """What stands in a paragraph: pieces of text, and the notes and shapes anchored in it."""

    parts: list[str] = field(default_factory=list)
    anchored: list[Element] = field(default_factory=list)
    strong: bool = True


class OdfReader:
    """Walks the text of a file in order; `slides` where it is that of a presentation."""

    def __init__(self, file: OdfFile, *, slides: bool = False) -> None:
        self._file = file
        self._paragraphs = 0
        self._cells = 0  # in all tables
        self._lists = ListNumbering(file, runs_on=slides)

    def flow(self, container: Iterable[Element]) -> Iterator[Paragraph | Table]:
        """The paragraphs and tables inside an element, or of several."""
        for node in container:
            name = local_name(node)
            if name in _NO_TEXT or _is_hidden_part(node):
                continue
            if name in {"p", "h"}:
                yield from self._paragraph(node)
            elif name == "list":
                yield from self._list(node)
            elif name == "numbered-paragraph":
                yield from self.flow(node)
            elif name == "table" and node.tag.startswith(TABLE):
                yield self._table(node)
            elif node.tag.startswith(DRAW):
                yield from self._shape(node)
            elif node.tag.startswith((TEXT, OFFICE)):
                yield from self.flow(node)

    def paragraphs(self, cell: Element) -> Iterator[Paragraph]:
        """The lines of a cell of a sheet, without its comment."""
        for node in cell:
            if node.tag == f"{TEXT}p":
                yield from (entry for entry in self._paragraph(node) if isinstance(entry, Paragraph))

    def _list(self, node: Element) -> Iterator[Paragraph | Table]:
        self._lists.enter(node)
        for item in node:
            if local_name(item) in {"list-item", "list-header"}:
                self._lists.begin_item(item)
                yield from self.flow(item)
                self._lists.end_item()
        self._lists.leave()

    def _paragraph(self, node: Element) -> Iterator[Paragraph | Table]:
        self._paragraphs += 1
        if self._paragraphs > MOST_CELLS:
            raise self._file.package.too_large(f"more than {MOST_CELLS:,} paragraphs")
        style_name = node.get(f"{TEXT}style-name", "")
        style = self._file.style("paragraph", style_name)
        if style.hidden:
            return
        if not self._lists.is_inside:
            self._lists.end_run()
        inline = _Inline()
        self._gather(node, inline, bold=style.bold)
        text = "".join(inline.parts)
        level = self._level(node, style.name, style.outline)
        if level:
            marker = self._lists.heading_marker(node, level) if text.strip() else ""
        else:
            marker = self._lists.marker(style_name) if self._lists.is_inside else ""
        listed = self._lists.is_inside and level is None
        yield Paragraph(text, level, marker, listed=listed, strong=inline.strong)
        held = self._lists.step_out()
        for anchored in inline.anchored:
            if anchored.tag == f"{TEXT}note":
                yield from self.flow(anchored)
            else:
                yield from self._shape(anchored)
        self._lists.step_in(held)

    def _level(self, node: Element, style_name: str, outline: int | None) -> int | None:
        if style_name.lower() in _TITLE_STYLES:
            return 0
        if local_name(node) == "p":
            return outline or None
        return whole_number(node.get(f"{TEXT}outline-level")) or outline or 1

    def _gather(self, node: Element, found: _Inline, *, bold: bool) -> None:
        self._add(node.text, found, bold=bold)
        for child in node:
            name = local_name(child)
            if name == "s":
                found.parts.append(" ")  # runs of spaces are shown as one
            elif name == "tab":
                found.parts.append("\t")
            elif name == "line-break":
                found.parts.append("\n")
            elif name == "note" or (child.tag.startswith(DRAW) and name in _SHAPES):
                self._anchor(child, found)
            elif name not in _NO_TEXT and not _is_hidden_part(child):
                style = self._file.style("text", child.get(f"{TEXT}style-name", ""))
                if not style.hidden:
                    begun = len(found.parts)
                    self._gather(child, found, bold=bold or style.bold)
                    if style.raised:
                        found.parts[begun:] = [raised("".join(found.parts[begun:]))]
            self._add(child.tail, found, bold=bold)

    def _add(self, text: str | None, found: _Inline, *, bold: bool) -> None:
        if text:
            found.parts.append(_SPACE.sub(" ", text))
            found.strong = found.strong and (bold or not text.strip())

    def _anchor(self, node: Element, found: _Inline) -> None:
        """Take an equation into the text; anything else that stands at this place follows the paragraph."""
        inner = node.find(f"{DRAW}object")
        root = self._object(inner) if inner is not None else None
        if root is not None and local_name(root) == "math":
            found.parts.append(math_text(root))
        else:
            found.anchored.append(node)

    def _object(self, node: Element) -> Element | None:
        inside = [child for child in node if local_name(child) in {"document", "math"}]
        return inside[0] if inside else self._file.embedded(node.get(LINK, ""))

    def _shape(self, node: Element) -> Iterator[Paragraph | Table]:
        """The text of a frame or shape, and the tables of charts and sheets that it holds."""
        self._lists.end_run()
        for child in node:
            name = local_name(child)
            if name == "object":
                yield from self._embedded(child)
            elif name == "text-box" or (child.tag.startswith(DRAW) and name in _SHAPES):
                yield from self.flow(child) if name == "text-box" else self._shape(child)
            elif name == "table":
                yield self._table(child)
        texts = [child for child in node if local_name(child) in {"p", "h", "list"}]
        if texts:
            yield from self._outside_lists(node)

    def _outside_lists(self, node: Element) -> Iterator[Paragraph | Table]:
        for child in node:
            name = local_name(child)
            if name in {"p", "h"}:
                yield from self._paragraph(child)
            elif name == "list":
                yield from self._list(child)

    def _embedded(self, node: Element) -> Iterator[Paragraph | Table]:
        root = self._object(node)
        if root is None:
            return
        for table in root.iter(f"{TABLE}table"):
            read = self._table(table)
            if read.rows:
                yield read

    def _table(self, node: Element) -> Table:
        read: list[TableLine[TableCell]] = []
        for line in table_lines(node, self._cell):
            self._cells += len(line.cells)
            if self._cells > MOST_CELLS:
                raise self._file.package.too_large(f"more than {MOST_CELLS:,} cells in tables")
            read.append(line)
        columns = sorted({column for line in read for column in line.cells})
        rows = tuple(tuple(line.cells.get(column, _EMPTY) for column in columns) for line in read)
        header_rows = sum(line.header for line in read)
        if rows and node.get(f"{TABLE}use-first-row-styles") == "true":
            strong = {id(cell): replace(cell, strong=True) for cell in rows[0]}
            rows = tuple(tuple(strong.get(id(cell), cell) for cell in row) for row in rows)
        return Table(rows, header_rows if 0 < header_rows < len(rows) else None)

    def _cell(self, node: Element) -> TableCell | None:
        style = self._file.style("table-cell", node.get(f"{TABLE}style-name", ""))
        flow = tuple(self.flow(node))
        return TableCell(flow, strong=style.shaded) if flow else None


_EMPTY = TableCell()


def _is_hidden_part(node: Element) -> bool:
    """Whether a section, paragraph or field is hidden, or hidden as long as its condition holds."""
    display = node.get(f"{TEXT}display")
    return display == "none" or node.get(f"{TEXT}is-hidden") == "true"
