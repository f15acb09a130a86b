"""Reading files of Excel 97 to 2003."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.xls import read_xls
from assistant.settings import Settings
from tests.indexing.formats.office.packages import ole, xlsx

BOF, EOF = (0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), (0x0A, b"")
Records = list[tuple[int, bytes]]


def text(value: str, form: str = "<H") -> bytes:
    return struct.pack(form, len(value)) + b"\x01" + value.encode("utf-16-le")


def packed(records: Records) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in records)


def workbook(sheet: Records, *, shared: bytes = b"", state: int = 0, before: Records | None = None) -> bytes:
    """A workbook stream of one sheet, named 表."""
    fonts: Records = [(0x31, struct.pack("<HHHH", 200, 0, 0, weight).ljust(14, b"\0")) for weight in (400, 700)]
    formats: Records = [(0x41E, struct.pack("<H", 170) + text("[$-404]e/m/d"))]
    styles: Records = [
        (0xE0, struct.pack("<HH", font, code).ljust(20, b"\0"))
        for font, code in [(0, 0), (0, 9), (0, 4), (0, 170), (1, 0)]
    ]
    strings = [(0xFC, struct.pack("<II", 2, 2) + text("區") + text("費"))] if not shared else [(0xFC, shared)]
    head: Records = [BOF, *(before or []), *fonts, *formats, *styles]
    size = len(packed([*head, (0x85, b"\0" * 6 + text("表", "<B")), *strings, EOF]))
    bound = struct.pack("<IBB", size, state, 0) + text("表", "<B")
    return packed([*head, (0x85, bound), *strings, EOF, BOF, *sheet, EOF])


def read(sheet: Records, **parts: bytes) -> ParsedDocument:
    return read_xls(ole({"Workbook": workbook(sheet, **parts)}), "檔案.xls", Settings())


def texts(sheet: Records, **parts: bytes) -> list[str]:
    return [block.text for block in read(sheet, **parts).blocks]


def number(row: int, column: int, value: float, style: int = 0) -> tuple[int, bytes]:
    return 0x203, struct.pack("<HHHd", row, column, style, value)


def label(row: int, column: int, index: int, style: int = 0) -> tuple[int, bytes]:
    return 0xFD, struct.pack("<HHHI", row, column, style, index)


def outcome(data: bytes) -> str:
    try:
        read_xls(data, "a.xls", Settings())
    except DocumentError as error:
        return error.reason
    return "read"


def reason(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_xls(data, "a.xls", Settings())
    return caught.value.reason


def test_cells_read_as_excel_shows_them() -> None:
    """Numbers in all their packings, with percentages, thousands and dates of the Republic."""
    many = struct.pack("<HH", 0, 4) + struct.pack("<HIHI", 0, (7 << 2) | 2, 0, (250 << 2) | 3) + struct.pack("<H", 5)
    sheet = [
        number(0, 0, 0.05, 1), number(0, 1, 1234.5, 2), number(0, 2, 45000, 3),
        (0x205, struct.pack("<HHHBB", 0, 3, 0, 1, 0)), (0xBD, many),
        (0x06, struct.pack("<HHHBxxxxxHxxxxxx", 0, 6, 0, 0, 0xFFFF)), (0x207, text("字")),
        (0x06, struct.pack("<HHHdxxxxxx", 0, 7, 0, 2.5)), (0x205, struct.pack("<HHHBB", 0, 8, 0, 42, 1)),
    ]  # fmt: skip
    assert texts(sheet) == ["5%；1,234.50；112/3/15；TRUE；7；2.5；字；2.5"]


def test_headers_merges_and_hidden_rows() -> None:
    """A bold row names the columns; merged cells are in each row; hidden rows and columns are left out."""
    sheet: Records = [
        label(0, 0, 0, 4), label(0, 1, 1, 4), number(1, 0, 1), number(1, 1, 10), number(2, 1, 20), number(3, 1, 30),
        number(1, 2, 99), (0x208, struct.pack("<HHHHHHHH", 3, 0, 2, 0, 0, 0, 0x20, 0)),
        (0x7D, struct.pack("<HHHHHH", 2, 2, 0, 0, 1, 0)), (0xE5, struct.pack("<HHHHH", 1, 1, 2, 0, 0)),
    ]  # fmt: skip
    parsed = read(sheet)
    assert [block.text for block in parsed.blocks] == ["區：1；費：10", "區：1；費：20"]
    assert parsed.blocks[0].locator.section == "表"


def test_texts_may_run_over_into_the_next_record() -> None:
    """Excel cuts its table of texts wherever a record is full, and changes the width of the rest."""
    shared = struct.pack("<II", 1, 1) + struct.pack("<H", 4) + b"\x01" + "高雄".encode("utf-16-le")
    stream = workbook([label(0, 0, 0)], shared=shared)
    place = stream.index(shared) + len(shared)
    rest = b"\x00OK"
    cut = stream[:place] + struct.pack("<HH", 0x3C, len(rest)) + rest + stream[place:]
    start = len(packed([(0x3C, rest)]))
    offset = stream.index("表".encode("utf-16-le")) - 8
    old = struct.unpack_from("<I", stream, offset)[0]
    moved = cut[:offset] + struct.pack("<I", old + start) + cut[offset + 4 :]
    blocks = read_xls(ole({"Workbook": moved}), "a.xls", Settings()).blocks
    assert [block.text for block in blocks] == ["高雄OK"]


def test_bad_files_are_refused_with_a_reason() -> None:
    """Locked, older, foreign and damaged files each have their word; hidden sheets are not read."""
    assert reason(xlsx({"表": "<sheetData/>"})) == "wrong_format"
    assert reason(ole({"Book": b""})) == "legacy_format"
    assert reason(ole({"WordDocument": b""})) == "wrong_format"
    assert reason(ole({"EncryptedPackage": b""})) == "encrypted"
    assert reason(ole({"Workbook": workbook([], before=[(0x2F, b"\0\0")])})) == "encrypted"
    assert reason(ole({"Workbook": workbook([number(0, 0, 1)])})[:900]) == "corrupt"
    assert texts([number(0, 0, 1)], state=1) == []


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_bytes_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    """Whatever is wrong in a file, it is refused or read, and nothing else happens."""
    data = bytearray(ole({"Workbook": workbook([label(0, 0, 0), number(1, 0, 5, 2)])}))
    for place, value in changes:
        data[place % len(data)] = value
    assert outcome(bytes(data)) in {"read", "corrupt", "legacy_format", "wrong_format", "encrypted", "too_large"}
