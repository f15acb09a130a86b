"""Reads XLSX files: each sheet is a section, each row a block under its column names, as Excel shows it."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.formats.office.drawing import body_paragraphs
from assistant.indexing.formats.office.flow import Paragraph, body_block, plain_flow
from assistant.indexing.formats.office.grids import MOST_CELLS
from assistant.indexing.formats.office.ooxml import (
    declared_title,
    is_on,
    link_id,
    open_office,
    related_xml,
    relationships,
)
from assistant.indexing.formats.office.package import Package, local_name, whole_number
from assistant.indexing.formats.office.sheet_grid import SheetGrid, Span
from assistant.indexing.formats.office.sheets import Sheet, sheet_blocks, sheet_locator
from assistant.indexing.formats.office.titles import choose_title, sheet_titles
from assistant.indexing.formats.office.xlsx_cells import CellReader
from assistant.schema import Locator
from assistant.settings import Settings
from assistant.text import detect_language

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_READ = ("col", "row", "mergeCell", "autoFilter", "tablePart")


def read_xlsx(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an Excel file of 2007 or later; hidden sheets, rows and columns are left out, macros are ignored.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    package, part, root = open_office(data, name, "workbook")
    old_dates = any(is_on(node.get("date1904", "0")) for node in root if local_name(node) == "workbookPr")
    cells = CellReader(package, part, from_1904=old_dates)
    blocks: list[Block] = []
    unread: list[str] = []
    left = MOST_CELLS
    for sheet_name, sheet_part in _visible_sheets(package, part, root):
        if not package.is_new(sheet_part):
            unread.append(f"sheet {sheet_name}: missing in the file")
            continue
        grid = SheetGrid(name, left)
        _read_sheet(package, sheet_part, cells, grid)
        blocks.extend(sheet_blocks(Sheet(sheet_name, grid.lines())))
        left = grid.left
        blocks.extend(_boxes(package, sheet_part, sheet_locator(sheet_name)))
    if cells.unsaved:
        unread.append(f"{cells.unsaved} formulas whose results the file does not hold")
    title = choose_title(sheet_titles(declared_title(package), blocks), name)
    language = detect_language("".join(block.text for block in blocks))
    return ParsedDocument(title, language, tuple(blocks), unread=tuple(unread))


def _visible_sheets(package: Package, part: str, root: Element) -> Iterator[tuple[str, str]]:
    links = relationships(package, part)
    for node in root.iter():
        if local_name(node) == "sheet" and node.get("state", "visible") == "visible":
            link = links.get(link_id(node))
            if link is None or link.kind == "worksheet":
                yield node.get("name", ""), link.part if link else ""


def _read_sheet(package: Package, part: str, cells: CellReader, grid: SheetGrid) -> None:
    links = relationships(package, part)
    number = 0
    for node in package.stream(part, _READ):
        name = local_name(node)
        if name == "row":
            number = _read_row(node, number, cells, grid)
        elif name == "col" and is_on(node.get("hidden", "0")):
            grid.hide_columns(whole_number(node.get("min")), whole_number(node.get("max")))
        elif name == "mergeCell":
            for span in _spans(node):
                grid.merge(span)
        elif name == "autoFilter":
            grid.names.update(span.top for span in _spans(node))
        elif name == "tablePart":
            link = links.get(link_id(node))
            grid.names.update(_table_header(package, link.part if link else ""))


def _read_row(node: Element, before: int, cells: CellReader, grid: SheetGrid) -> int:
    number = whole_number(node.get("r")) or before + 1
    if is_on(node.get("hidden", "0")):
        grid.hidden_rows.add(number)
    column = 0
    for child in node:
        column = _column(child.get("r", "")) or column + 1
        cell = cells.read(child)
        if cell is not None:
            grid.put(number, column, cell)
    return number


def _boxes(package: Package, part: str, locator: Locator) -> Iterator[Block]:
    """The texts of the shapes that lie on a sheet."""
    root = related_xml(package, part, "drawing")
    for body in root.iter(f"{_DRAWING}txBody") if root is not None else ():
        for entry in plain_flow(body_paragraphs(body)):
            if isinstance(entry, Paragraph):
                yield body_block(entry, locator)


def _table_header(package: Package, part: str) -> Iterator[int]:
    """The row that names the columns of a table that was marked as one."""
    if part in package:
        root = package.xml(part)
        if root.get("headerRowCount", "1") != "0":
            yield from (span.top for span in _spans(root))


def _spans(node: Element) -> Iterator[Span]:
    corners = [match for text in node.get("ref", "").split(":") if (match := _REFERENCE.fullmatch(text))]
    if corners:
        first, last = corners[0], corners[-1]
        yield Span(int(first[2]), _column(first[0]), int(last[2]), _column(last[0]))


def _column(reference: str) -> int:
    """The number of a cell's column from 1, or 0 where the reference is missing or malformed."""
    match = _REFERENCE.fullmatch(reference)
    number = 0
    for letter in match[1] if match else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
