"""XML documents with running text (statutes, reports) as headings, paragraphs and numbered items in order."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element  # the interface that lxml's elements share

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block, BlockKind, ParsedDocument
from assistant.indexing.decoding import tidy
from assistant.indexing.formats.data.fields import has_role
from assistant.indexing.formats.data.xml_tree import child_elements, local_name, own_text
from assistant.indexing.lines import collapse
from assistant.indexing.tables import row_texts
from assistant.schema import Locator
from assistant.text import detect_language

_LEAST_TEXT_SHARE = 0.5
_SAMPLE_ELEMENTS = 20_000
_LONGEST_MARKER = 20
_ROWS = frozenset({"tr", "row"})
_CELLS = frozenset({"td", "th", "entry", "cell"})


def is_running_text(root: Element) -> bool:
    """Whether most of a document's text stands in paragraphs or headings, by the names of the elements."""
    total = inside = 0
    pending = [(root, False)]
    for _ in range(_SAMPLE_ELEMENTS):
        if not pending:
            break
        element, within = pending.pop()
        within = within or _is(element, "paragraph") or (_is(element, "heading") and not len(element))
        size = len(own_text(element))
        total += size
        inside += size if within else 0
        pending.extend((child, within) for child in child_elements(element))
    return inside > _LEAST_TEXT_SHARE * total


def text_document(root: Element, name: str) -> ParsedDocument | None:
    """The document that an XML tree of running text holds; None where it has no text."""
    title = heading_of(root) or next(filter(None, map(heading_of, child_elements(root))), "")
    walker = _Walker(title)
    walker.walk(root)
    blocks = tuple(walker.blocks)
    if not blocks:
        return None
    text = "".join(block.text for block in blocks)
    return ParsedDocument(title or name.rsplit(".", 1)[0], detect_language(text), tuple(mark_articles(blocks)))


class _Walker:
    """Gathers the blocks of a tree; a section's number and heading open it, a paragraph's number marks it."""

    def __init__(self, title: str) -> None:
        self.blocks: list[Block] = []
        self._title = title
        self._headings: list[str] = []
        self._article: str | None = None
        self._markers: list[str] = []
        self._unprinted: list[str] = []

    def walk(self, element: Element) -> None:
        """Take an element and what stands in it; trees are as deep as the parser lets them be, 256 levels."""
        if local_name(element).lower() == "table":
            self._table(element)
            return
        heading, number = heading_of(element), _number_of(element)
        before = (list(self._headings), self._article, list(self._markers))
        if number and _is(element, "section") and number[0].isdigit():
            self._article = f"§ {number}"
            self._open(heading or self._article)
        elif heading:
            self._open(heading)
        elif number:
            self._markers.append(number)
            self._unprinted.append(number)
        skipped = ("number", "prefix", "heading") if heading else ("number", "prefix") if number else ()
        self._content(element, skipped)
        self._headings, self._article, self._markers = before
        self._unprinted = self._unprinted[: len(self._markers)]

    def _content(self, element: Element, skipped: Sequence[str]) -> None:
        """The text of an element in paragraphs, cut where other blocks stand inside it."""
        inline = [element.text or ""]
        for child in child_elements(element):
            if any(_is(child, role) for role in skipped):
                pass
            elif own_text(element) and not _is_block(child):
                inline.append("".join(child.itertext()))
            else:
                self._append(collapse("".join(inline)), "paragraph")
                inline = []
                self.walk(child)
            inline.append(child.tail or "")
        self._append(collapse("".join(inline)), "paragraph")

    def _open(self, heading: str) -> None:
        if heading != self._title:
            self._headings.append(heading)
        self._append(heading, "heading")

    def _table(self, table: Element) -> None:
        rows = [row for row in table.iter() if isinstance(row.tag, str) and local_name(row).lower() in _ROWS]
        cells = [[cell for cell in child_elements(row) if local_name(cell).lower() in _CELLS] for row in rows]
        grid = [[collapse("".join(cell.itertext())).strip() for cell in row] for row in cells]
        named = bool(cells) and all(local_name(cell).lower() == "th" for cell in cells[0])
        for text in row_texts(grid, int(named)):
            self._append(text, "row")

    def _append(self, text: str, kind: BlockKind) -> None:
        text = tidy(text).strip()
        if not text:
            return
        if kind == "paragraph" and self._unprinted:
            text, kind = f"{''.join(self._unprinted)} {text}", "item"
            self._unprinted = []
        place = Locator(
            section=" > ".join(self._headings) or None,
            article=self._article,
            item="".join(self._markers) or None if kind != "heading" else None,
        )
        self.blocks.append(Block(text, place, kind))


def heading_of(element: Element) -> str:
    """The heading that opens an element, with its number as it is cited; empty without one."""
    children = child_elements(element)
    heading = next((child for child in children if _is(child, "heading") and not any(map(_is_named, child))), None)
    text = collapse("".join(heading.itertext())).strip() if heading is not None else ""
    number = _number_of(element)
    if not text or not number:
        return text
    if _is(element, "section") and number[0].isdigit():
        return f"§ {number.rstrip('.')}. {text}"
    prefix = next(("".join(child.itertext()).strip() for child in children if _is(child, "prefix")), "")
    return " ".join(filter(None, (prefix, number, text)))


def _number_of(element: Element) -> str:
    """The number or marker that an element begins with, such as `(a)` or `8-1813`."""
    found = next((child for child in child_elements(element) if _is(child, "number") and not len(child)), None)
    number = (found.text or "").strip() if found is not None else ""
    return number if len(number) <= _LONGEST_MARKER else ""


def _is_block(element: Element) -> bool:
    named = (child for child in element.iter() if isinstance(child.tag, str))
    return any(_is(child, "paragraph") or _is(child, "container") for child in named)


def _is_named(element: Element) -> bool:
    return isinstance(element.tag, str) and (_is(element, "heading") or _is(element, "number"))


def _is(element: Element, role: str) -> bool:
    return has_role(local_name(element), "text", role)
