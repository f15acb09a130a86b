"""Reads XLS files of Excel 97 to 2003: each sheet is a section, each row a block under its column names."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.formats.office.biff import Record, packed_number, records, shared_texts, text_of
from assistant.indexing.formats.office.grids import MOST_CELLS
from assistant.indexing.formats.office.number_formats import GENERAL, built_in_format, show_number
from assistant.indexing.formats.office.ole import OLE_MAGIC, DamagedContainer, OleFile
from assistant.indexing.formats.office.sheet_grid import SheetGrid, Span
from assistant.indexing.formats.office.sheets import Sheet, sheet_blocks, sheet_cell
from assistant.indexing.formats.office.titles import choose_title, sheet_titles
from assistant.settings import Settings
from assistant.text import detect_language

_BOF, _EOF, _FILEPASS, _DATE_MODE = 0x809, 0x0A, 0x2F, 0x22
_FONT, _FORMAT, _XF, _BOUND_SHEET, _SHARED_TEXTS = 0x31, 0x41E, 0xE0, 0x85, 0xFC
_ROW, _COLUMN_INFO, _MERGED = 0x208, 0x7D, 0xE5
_LABEL_SHARED, _LABEL, _RICH_TEXT, _NUMBER, _RK, _MANY_RK = 0xFD, 0x204, 0xD6, 0x203, 0x27E, 0xBD
_FORMULA, _TEXT_RESULT, _TRUTH_OR_ERROR = 0x06, 0x207, 0x205
_BIFF8 = 0x0600
_BOLD = 700
_HIDDEN_ROW = 0x20
_DAMAGE = (DamagedContainer, struct.error, IndexError)


def read_xls(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an Excel file of 1997 to 2003; hidden sheets, rows and columns are left out, macros are ignored.

    See: [MS-XLS], Excel Binary File Format.

    Raises:
        DocumentError: `encrypted`, `legacy_format`, `wrong_format`, `corrupt` or `too_large`.
    """
    if not data.startswith(OLE_MAGIC):
        cure = "Rename it to .xlsx." if data.startswith(b"PK") else "Save it again as .xlsx."
        raise DocumentError("wrong_format", f"{name} is no file of Excel 97 to 2003.", cure)
    try:
        workbook = _Workbook(_workbook_stream(data, name), name)
        blocks = tuple(block for block in workbook.blocks())
    except _DAMAGE as error:
        raise DocumentError("corrupt", f"{name} is damaged ({error}).", "Open it and save it as .xlsx.") from error
    title = choose_title(sheet_titles("", blocks), name)
    return ParsedDocument(title, detect_language("".join(block.text for block in blocks)), blocks)


def _workbook_stream(data: bytes, name: str) -> bytes:
    container = OleFile(data)
    if "EncryptedPackage" in container.streams:
        raise _locked(name)
    if "Workbook" in container.streams:
        return container.read("Workbook")
    if "Book" in container.streams:
        raise DocumentError("legacy_format", f"{name} is older than Excel 97.", "Open it and save it as .xlsx.")
    raise DocumentError("wrong_format", f"{name} holds no workbook.", "Give the file its right suffix.")


def _locked(name: str) -> DocumentError:
    return DocumentError("encrypted", f"{name} is locked by a password.", "Save it without a password.")


@dataclass(slots=True)
class _Styles:
    """Number formats and weights of cells, by the index that cells carry."""

    fonts: list[bool] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    cells: list[tuple[int, int, bool]] = field(default_factory=list)  # font, format, whether filled

    def number_format(self, index: int) -> str:
        """The number format of a cell."""
        if index >= len(self.cells):
            return GENERAL
        code = self.cells[index][1]
        return self.formats.get(code) or built_in_format(code)

    def is_strong(self, index: int) -> bool:
        """Whether a cell is bold or filled."""
        if index >= len(self.cells):
            return False
        font, _, filled = self.cells[index]
        place = font - (font > 4)  # there is no font 4
        return filled or (place < len(self.fonts) and self.fonts[place])


class _Workbook:
    """The sheets of a workbook stream."""

    def __init__(self, stream: bytes, name: str) -> None:
        self._stream = stream
        self._name = name
        self._styles = _Styles()
        self._texts: list[str] = []
        self._from_1904 = False
        self._sheets: list[tuple[str, int]] = []
        for record in records(stream, 0):
            if record.kind == _EOF:
                break
            self._take(record)

    def blocks(self) -> Iterator[Block]:
        """The blocks of the visible sheets."""
        left = MOST_CELLS
        for sheet_name, place in self._sheets:
            grid = SheetGrid(self._name, left)
            self._fill(grid, place)
            yield from sheet_blocks(Sheet(sheet_name, grid.lines()))
            left = grid.left

    def _take(self, record: Record) -> None:
        """Take note of a record that concerns all sheets."""
        kind, data = record.kind, record.data
        if kind == _FILEPASS:
            raise _locked(self._name)
        if kind == _BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
            raise DocumentError("legacy_format", f"{self._name} is older than Excel 97.", "Save it as .xlsx.")
        if kind == _DATE_MODE:
            self._from_1904 = data[:1] == b"\x01"
        elif kind == _FONT:
            self._styles.fonts.append(struct.unpack_from("<H", data, 6)[0] >= _BOLD)
        elif kind == _FORMAT:
            self._styles.formats[struct.unpack_from("<H", data)[0]] = text_of(record, 2)
        elif kind == _XF:
            font, number_format = struct.unpack_from("<HH", data)
            self._styles.cells.append((font, number_format, struct.unpack_from("<I", data, 14)[0] >> 26 > 0))
        elif kind == _SHARED_TEXTS:
            self._texts = shared_texts(record)
        elif kind == _BOUND_SHEET:
            place, state, form = struct.unpack_from("<IBB", data)
            if state & 3 == 0 and form == 0:
                self._sheets.append((text_of(record, 6, 1), place))

    def _fill(self, grid: SheetGrid, place: int) -> None:
        """Read the records of one sheet; charts inside of it are records of their own, passed over."""
        depth = 0
        awaited: tuple[int, int, int] | None = None
        for record in records(self._stream, place):
            depth += (record.kind == _BOF) - (record.kind == _EOF)
            if depth <= 0:
                break
            if depth > 1:
                continue
            if record.kind == _FORMULA:
                awaited = self._formula(grid, record.data)
            elif record.kind == _TEXT_RESULT and awaited:
                self._put_text(grid, *awaited, text_of(record, 0))
                awaited = None
            else:
                self._layout(grid, record)
                self._cell(grid, record)

    def _layout(self, grid: SheetGrid, record: Record) -> None:
        data = record.data
        if record.kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _HIDDEN_ROW:
            grid.hidden_rows.add(struct.unpack_from("<H", data)[0] + 1)
        elif record.kind == _COLUMN_INFO:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", data)
            if flags & 1:
                grid.hide_columns(first + 1, last + 1)
        elif record.kind == _MERGED:
            for place in range(2, len(data) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", data, place)
                grid.merge(Span(top + 1, left + 1, bottom + 1, right + 1))

    def _cell(self, grid: SheetGrid, record: Record) -> None:
        kind, data = record.kind, record.data
        if kind not in {_LABEL_SHARED, _LABEL, _RICH_TEXT, _NUMBER, _RK, _MANY_RK, _TRUTH_OR_ERROR}:
            return
        row, column, style = struct.unpack_from("<HHH", data)
        if kind == _LABEL_SHARED:
            index = struct.unpack_from("<I", data, 6)[0]
            self._put_text(grid, row, column, style, self._texts[index] if index < len(self._texts) else "")
        elif kind in {_LABEL, _RICH_TEXT}:
            self._put_text(grid, row, column, style, text_of(record, 6))
        elif kind == _NUMBER:
            self._put_number(grid, row, column, style, struct.unpack_from("<d", data, 6)[0])
        elif kind == _RK:
            self._put_number(grid, row, column, style, packed_number(struct.unpack_from("<I", data, 6)[0]))
        elif kind == _MANY_RK:
            for place in range(4, len(data) - 7, 6):
                style, value = struct.unpack_from("<HI", data, place)
                self._put_number(grid, row, column + (place - 4) // 6, style, packed_number(value))
        elif data[7] == 0:
            self._put_text(grid, row, column, style, "TRUE" if data[6] else "FALSE")

    def _formula(self, grid: SheetGrid, data: bytes) -> tuple[int, int, int] | None:
        """Take the result of a formula; where it is a text, the place that the next record fills."""
        row, column, style = struct.unpack_from("<HHH", data)
        if data[12:14] != b"\xff\xff":
            self._put_number(grid, row, column, style, struct.unpack_from("<d", data, 6)[0])
        elif data[6] == 0:
            return row, column, style
        elif data[6] == 1:
            self._put_text(grid, row, column, style, "TRUE" if data[8] else "FALSE")
        return None

    def _put_number(self, grid: SheetGrid, row: int, column: int, style: int, value: float) -> None:
        text = show_number(repr(value), self._styles.number_format(style), from_1904=self._from_1904)
        self._put(grid, row, column, style, text, numeric=True)

    def _put_text(self, grid: SheetGrid, row: int, column: int, style: int, text: str) -> None:
        self._put(grid, row, column, style, text, numeric=False)

    def _put(self, grid: SheetGrid, row: int, column: int, style: int, text: str, *, numeric: bool) -> None:
        cell = sheet_cell(text, numeric=numeric, strong=self._styles.is_strong(style)) if text else None
        if cell is not None:
            grid.put(row + 1, column + 1, cell)
