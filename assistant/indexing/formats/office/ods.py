"""Reads ODS files: each sheet is a section, each row a block under its column names, as LibreOffice shows it."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.grids import MOST_CELLS, Cell
from assistant.indexing.formats.office.number_formats import GENERAL, show_number
from assistant.indexing.formats.office.odf import OFFICE, TABLE, OdfFile
from assistant.indexing.formats.office.odf_tables import table_lines
from assistant.indexing.formats.office.odf_text import OdfReader
from assistant.indexing.formats.office.sheets import Sheet, SheetLine, sheet_blocks, sheet_cell
from assistant.indexing.formats.office.titles import choose_title, sheet_titles
from assistant.settings import Settings
from assistant.text import detect_language

_FIGURES = frozenset({"float", "percentage", "currency", "date", "time"})
_ROW = re.compile(r"\$?[A-Z]{1,3}\$?(\d{1,7})\Z")


def read_ods(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an OpenDocument spreadsheet; hidden sheets, rows and columns are left out.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt`, `too_large` or `unsafe`.
    """
    file = OdfFile(data, name, "spreadsheet")
    blocks = tuple(block for sheet in _sheets(file) for block in sheet_blocks(sheet))
    title = choose_title(sheet_titles(file.title, blocks), name)
    return ParsedDocument(title, detect_language("".join(block.text for block in blocks)), blocks)


def _sheets(file: OdfFile) -> Iterator[Sheet]:
    reader = OdfReader(file)
    left = MOST_CELLS
    filters = _filtered(file.body)
    for table in file.body.findall(f"{TABLE}table"):
        if not file.style("table", table.get(f"{TABLE}style-name", "")).shown:
            continue
        name = table.get(f"{TABLE}name", "")
        sheet = Sheet(name)
        for line in table_lines(table, lambda cell: _cell(file, reader, cell)):
            left -= len(line.cells)
            if left < 0:
                raise file.package.too_large(f"more than {MOST_CELLS:,} cells")
            names = line.header or line.number in filters.get(name, ())
            sheet.lines.append(SheetLine(line.place, line.cells, names))
        yield sheet


def _filtered(body: Element) -> dict[str, list[int]]:
    """The rows of each sheet on which the buttons of a filter stand: they name the columns below."""
    found: dict[str, list[int]] = {}
    for area in body.iter(f"{TABLE}database-range"):
        sheet, _, first = area.get(f"{TABLE}target-range-address", "").partition(":")[0].rpartition(".")
        match = _ROW.match(first)
        if match and area.get(f"{TABLE}display-filter-buttons") == "true":
            found.setdefault(sheet.strip("'$"), []).append(int(match[1]) - 1)
    return found


def _cell(file: OdfFile, reader: OdfReader, node: Element) -> Cell | None:
    if not len(node) and len(node.keys()) == 0:
        return None
    kind = node.get(f"{OFFICE}value-type", "")
    texts = [entry.text for entry in reader.paragraphs(node)]
    text = "\n".join(texts) if texts else _stored(node, kind)
    if not text:
        return None
    style = file.style("table-cell", node.get(f"{TABLE}style-name", ""))
    return sheet_cell(text, numeric=kind in _FIGURES, strong=style.bold or style.shaded)


def _stored(node: Element, kind: str) -> str:
    """The value of a cell that a program wrote without the text it shows."""
    if kind == "boolean":
        return node.get(f"{OFFICE}boolean-value", "").upper()
    if kind == "percentage":
        return show_number(node.get(f"{OFFICE}value", ""), "0.##%")
    if kind in {"float", "currency"}:
        return show_number(node.get(f"{OFFICE}value", ""), GENERAL)
    return node.get(f"{OFFICE}{kind}-value", "").removesuffix("T00:00:00")
