"""Reads DOCX files: headings, numbered items, tables, notes and text boxes, as Word shows them without its markup."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.docx_numbering import Marker, Numbering
from assistant.indexing.formats.office.docx_styles import (
    NumberingUse,
    Styles,
    W,
    number_of,
    numbering_use,
    toggle,
    value_of,
)
from assistant.indexing.formats.office.docx_text import Inline, InlineReader, is_placeholder
from assistant.indexing.formats.office.drawing import graphic_flow
from assistant.indexing.formats.office.flow import (
    MOST_PARAGRAPHS,
    Paragraph,
    Table,
    TableCell,
    flow_blocks,
    flow_titles,
    plain_flow,
)
from assistant.indexing.formats.office.grids import MOST_CELLS
from assistant.indexing.formats.office.ooxml import (
    alternative,
    declared_title,
    is_on,
    open_office,
    related_xml,
    relationships,
)
from assistant.indexing.formats.office.package import Package, local_name
from assistant.indexing.formats.office.titles import choose_title
from assistant.settings import Settings
from assistant.text import detect_language

_MOST_COLUMNS = 200
_WRAPPERS = frozenset({"ins", "moveTo", "customXml", "smartTag", "sdtContent", "dir", "bdo"})
_PLAIN = "auto", "ffffff", ""
_FIRST_ROW = 0x0020


def read_docx(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a Word file of 2007 or later; it has no pages until it is printed.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    package, part, root = open_office(data, name, "document")
    body = root.find(f"{W}body")
    if body is None:
        raise package.corrupt("its main part has no body")
    reader = _Body(package, part, root)
    entries = list(plain_flow(reader.flow(body)))
    title = choose_title(flow_titles(entries, declared_title(package)), name)
    blocks = tuple(mark_articles(flow_blocks(entries, title)))
    language = detect_language("".join(block.text for block in blocks))
    return ParsedDocument(title, language, blocks, unread=tuple(reader.unread))


class _Body:
    """Walks the body of a document in order."""

    def __init__(self, package: Package, part: str, root: Element) -> None:
        self._package = package
        self._links = relationships(package, part)
        self._styles = Styles(related_xml(package, part, "styles"))
        self._numbering = Numbering(related_xml(package, part, "numbering"))
        self._inline = InlineReader(root, self._styles)
        self._notes = {
            (kind, note.get(f"{W}id", "")): note
            for kind in ("footnote", "endnote")
            for note in _children(related_xml(package, part, f"{kind}s"))
        }
        self.unread: list[str] = []
        self._paragraphs = 0
        self._places = 0  # of cells, in all tables
        self._carried = ""  # text of paragraphs whose end was deleted under tracking

    def flow(self, container: Element) -> Iterator[Paragraph | Table]:
        for node in container:
            name = local_name(node)
            if name == "p":
                yield from self._paragraph(node)
            elif name == "tbl":
                yield self._table(node)
            elif name in _WRAPPERS or (name == "sdt" and not is_placeholder(node)):
                yield from self.flow(node)
            elif name == "altChunk":
                self.unread.append("a document of another format that is embedded in the text")
            elif name == "AlternateContent":
                chosen = alternative(node)
                if chosen is not None:
                    yield from self.flow(chosen)

    def _paragraph(self, node: Element) -> Iterator[Paragraph | Table]:
        self._paragraphs += 1
        if self._paragraphs > MOST_PARAGRAPHS:
            raise self._package.too_large(f"more than {MOST_PARAGRAPHS:,} paragraphs")
        properties = node.find(f"{W}pPr")
        inline = self._inline.read(node)
        style_id = value_of(properties, "pStyle")
        if self._styles[style_id].is_contents:
            return
        text, self._carried = self._carried + inline.text, ""
        mark = properties.find(f"{W}rPr") if properties is not None else None
        if mark is not None and mark.find(f"{W}del") is not None:
            self._carried = text
        else:
            yield self._styled(text, inline, properties, style_id)
        yield from self._anchored(inline)

    def _styled(self, text: str, inline: Inline, properties: Element | None, style_id: str) -> Paragraph:
        style = self._styles[style_id]
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        level = style.level
        if outline is not None:
            level = number_of(outline) + 1 if number_of(outline) < 9 else None
        marker = self._marker(properties, style_id)
        return Paragraph(
            text,
            level,
            marker.text if marker else "",
            close=marker.close if marker else False,
            listed=marker is not None and level is None,
            strong=inline.bold,
        )

    def _marker(self, properties: Element | None, style_id: str) -> Marker | None:
        direct, style = numbering_use(properties), self._styles[style_id].numbering
        number_id = direct.number_id if direct.number_id is not None else style.number_id
        level = direct.level if direct.number_id is not None or direct.level is not None else style.level
        if direct.number_id is None and number_id is not None and style.level is None:
            level = self._numbering.level_of_style(number_id, style_id) or level
        return self._numbering.next_marker(NumberingUse(number_id, level))

    def _anchored(self, inline: Inline) -> Iterator[Paragraph | Table]:
        """The text boxes, charts and diagrams that stand at a paragraph, and its notes."""
        for anchor in inline.anchors:
            for box in _boxes(anchor):
                yield from self.flow(box)
            yield from graphic_flow(self._package, self._links, anchor)
        for key in inline.notes:
            note = self._notes.pop(key, None)
            if note is not None:
                yield from self.flow(note)

    def _table(self, node: Element) -> Table:
        rows: list[tuple[TableCell, ...]] = []
        header_rows = 0
        marked = self._marks_first_row(node.find(f"{W}tblPr"))
        for row in _parts(node, "tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and (properties.find(f"{W}del") is not None or toggle(properties, "hidden")):
                continue
            if header_rows == len(rows) and toggle(properties, "tblHeader"):
                header_rows += 1
            strong = marked and not rows
            if self._places > MOST_CELLS:
                raise self._package.too_large(f"more than {MOST_CELLS:,} cells in tables")
            rows.append(tuple(self._row(row, properties, rows[-1] if rows else (), strong=strong)))
        return Table(tuple(rows), header_rows if 0 < header_rows < len(rows) else None)

    def _marks_first_row(self, properties: Element | None) -> bool:
        """Whether a table's style sets its first row off, and the table uses that."""
        look = properties.find(f"{W}tblLook") if properties is not None else None
        used = look is not None and is_on(look.get(f"{W}firstRow", "1" if _has_bit(look, _FIRST_ROW) else "0"))
        return used and self._styles.marks_first_row(value_of(properties, "tblStyle"))

    def _row(
        self, row: Element, properties: Element | None, above: tuple[TableCell, ...], *, strong: bool
    ) -> list[TableCell]:
        before = properties.find(f"{W}gridBefore") if properties is not None else None
        line = [TableCell()] * min(number_of(before), _MOST_COLUMNS)
        for node in _parts(row, "tc"):
            form = node.find(f"{W}tcPr")
            merge = form.find(f"{W}vMerge") if form is not None else None
            continues = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            place = len(line)
            if continues and place < len(above):
                cell = above[place]
            elif value_of(form, "hMerge") == "continue" and line:
                cell = line[-1]
            else:
                cell = TableCell(tuple(self.flow(node)), strong=strong or _is_shaded(form))
            span = max(number_of(form.find(f"{W}gridSpan"), 1), 1) if form is not None else 1
            line.extend([cell] * min(span, _MOST_COLUMNS - place))
        self._places += len(line)
        return line


def _parts(node: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, also where controls or tracked changes wrap them."""
    for child in node:
        if child.tag == f"{W}{name}":
            yield child
        elif local_name(child) in _WRAPPERS or child.tag == f"{W}sdt":
            yield from _parts(child, name)


def _has_bit(look: Element, bit: int) -> bool:
    try:
        return bool(int(look.get(f"{W}val", "0"), 16) & bit)
    except ValueError:
        return False


def _is_shaded(properties: Element | None) -> bool:
    shading = properties.find(f"{W}shd") if properties is not None else None
    return shading is not None and shading.get(f"{W}fill", "auto").lower() not in _PLAIN


def _boxes(node: Element) -> Iterator[Element]:
    """The text boxes inside a drawing, each once although files may hold it in an old and a new form."""
    for child in node:
        if child.tag == f"{W}txbxContent":
            yield child
        elif local_name(child) == "AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _boxes(chosen)
        else:
            yield from _boxes(child)


def _children(node: Element | None) -> list[Element]:
    return list(node) if node is not None else []
