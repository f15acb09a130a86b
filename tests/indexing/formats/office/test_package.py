"""Opening office files that are hostile, damaged or something else."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.docx import read_docx
from assistant.indexing.formats.office.ods import read_ods
from assistant.indexing.formats.office.odt import read_odt
from assistant.indexing.formats.office.pptx import read_pptx
from assistant.indexing.formats.office.xlsx import read_xlsx
from assistant.settings import PROJECT_ROOT, Settings
from tests.indexing.formats.office.packages import (
    ODF,
    W,
    docx,
    odf,
    ole,
    paragraph,
    pptx,
    sheet_rows,
    unzipped,
    xlsx,
    zipped,
)

Reader = Callable[[bytes, str, Settings], ParsedDocument]
HARD_FILES = PROJECT_ROOT.parent / "shared" / "data" / "c2_office_html_csv"
REASONS = {"corrupt", "encrypted", "legacy_format", "too_large", "unsafe", "wrong_format"}


def reason(data: bytes, read: Reader = read_docx) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data, "檔案", Settings())
    assert caught.value.cure
    return caught.value.reason


def outcome(read: Reader, data: bytes) -> str:
    try:
        read(data, "a", Settings())
    except DocumentError as error:
        return error.reason
    return "read"


def replaced(data: bytes, part: str, content: str) -> bytes:
    return zipped({**unzipped(data), part: content})


def test_locked_and_old_files_are_told_apart() -> None:
    """A person is told to remove a password, or to save an old file anew."""
    assert reason(ole({"EncryptedPackage": b"", "EncryptionInfo": b""})) == "encrypted"
    assert reason(ole({"WordDocument": b""})) == "legacy_format"
    assert reason(ole({"PowerPoint Document": b""}), read_pptx) == "legacy_format"
    assert reason(ole({"Workbook": b""}), read_xlsx) == "legacy_format"
    assert reason(ole({"Other": b""})) == "wrong_format"
    assert reason(ole({"WordDocument": b""})[:600]) == "corrupt"


def test_a_locked_open_document_is_refused() -> None:
    """The manifest says that the parts are encrypted."""
    entry = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    manifest = f"<manifest:manifest {ODF}>{entry}</manifest:manifest>"
    assert reason(replaced(odf("text", ""), "META-INF/manifest.xml", manifest), read_odt) == "encrypted"


def test_files_under_a_wrong_suffix_are_refused() -> None:
    """What a file is decides, not its name."""
    assert reason(xlsx({"表": "<sheetData/>"})) == "wrong_format"
    assert reason(docx(paragraph("a")), read_xlsx) == "wrong_format"
    assert reason(odf("text", ""), read_docx) == "wrong_format"
    assert reason(odf("text", ""), read_ods) == "wrong_format"
    assert reason(docx(paragraph("a")), read_odt) == "wrong_format"
    assert reason(zipped({"a.txt": "a"})) == "wrong_format"
    assert reason(b"a,b,c") == "wrong_format"


def test_damaged_files_are_refused() -> None:
    """Cut-off archives, missing parts and broken XML cost the file only."""
    good = docx(paragraph("a"))
    assert reason(good[:-30]) == "corrupt"
    assert reason(replaced(good, "word/document.xml", "<w:document")) == "corrupt"
    assert reason(replaced(good, "word/document.xml", f"<w:document {W}/>")) == "corrupt"
    parts = unzipped(good)
    del parts["word/document.xml"]
    assert reason(zipped(parts)) == "corrupt"


def test_bombs_are_refused_before_they_are_read() -> None:
    """An archive says how much it unpacks to; what grows several hundred times is no document."""
    out = BytesIO(docx(paragraph("a")))
    with ZipFile(out, "a", ZIP_DEFLATED) as archive, archive.open("word/media/a.bin", "w") as part:
        for _ in range(110):
            part.write(bytes(1_000_000))
    assert reason(out.getvalue()) == "too_large"


def test_entities_are_refused_and_nothing_is_fetched() -> None:
    """Office programs write no entities; those that grow or point outside are attacks."""
    body = f"<w:document {W}><w:body>{paragraph('&b;')}</w:body></w:document>"
    grow = f'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{body}'
    outside = grow.replace('<!ENTITY b "&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/hostname">')
    good = docx(paragraph("a"))
    assert reason(replaced(good, "word/document.xml", grow)) == "unsafe"
    assert reason(replaced(good, "word/document.xml", outside)) == "unsafe"
    sheet = '<!DOCTYPE w [<!ENTITY a "a">]><worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>'
    assert reason(replaced(xlsx({"表": sheet_rows([["a"]])}), "xl/s0.xml", sheet), read_xlsx) == "unsafe"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"),
    ],
)
def test_deep_nesting_ends(begin: str, end: str) -> None:
    """Text sixty levels down is read; a hundred thousand levels are refused."""
    assert read_docx(docx(begin * 60 + paragraph("底") + end * 60), "a.docx", Settings()).blocks[0].text == "底"
    assert reason(docx(begin * 100_000 + end * 100_000)) == "corrupt"


def test_deep_inline_markup_ends() -> None:
    """The deepest tree that the parser allows is walked without a fault."""
    deep = "<w:ins>" * 245 + "<w:r><w:t>底</w:t></w:r>" + "</w:ins>" * 245
    assert read_docx(docx(f"<w:p>{deep}</w:p>"), "a.docx", Settings()).blocks[0].text == "底"


def test_tables_of_countless_places_are_refused() -> None:
    """A cell may say that it spans a hundred columns; a million rows of such are too many."""
    row = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="999"/></w:tcPr><w:p/></w:tc></w:tr>'
    assert reason(docx(f"<w:tbl>{row * 6000}</w:tbl>")) == "too_large"


def test_endless_documents_are_refused() -> None:
    """More paragraphs than the longest code of laws has would keep a reader busy for minutes."""
    assert reason(docx("<w:p/>" * 200_001)) == "too_large"


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    """Whatever is wrong in a file, it is refused or read, and nothing else happens."""
    for read, good in ((read_docx, docx(paragraph("內容"))), (read_ods, odf("spreadsheet", "")), (read_pptx, pptx([]))):
        data = bytearray(good)
        for place, value in changes:
            data[place % len(data)] = value
        assert outcome(read, bytes(data)) in REASONS | {"read"}


@pytest.mark.skipif(not HARD_FILES.is_dir(), reason="the shared test data are not on this machine")
def test_hard_files_are_read_or_refused() -> None:
    """Collections of other projects' test files hold what real files do wrong."""
    readers: dict[str, Reader] = {
        ".docx": read_docx,
        ".odt": read_odt,
        ".pptx": read_pptx,
        ".xlsx": read_xlsx,
        ".ods": read_ods,
    }
    found = {
        path.name: outcome(readers[path.suffix], path.read_bytes())
        for path in sorted(HARD_FILES.glob("*/*"))
        if path.suffix in readers
    }
    assert {name: word for name, word in found.items() if word != "read"} == {"odfpy_nasty.odt": "unsafe"}
