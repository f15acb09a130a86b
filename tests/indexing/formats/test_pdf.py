"""Reading PDF files."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.pdf import read_pdf
from assistant.indexing.lines import join_lines, unify_radicals
from assistant.settings import Settings

CITY_PDFS = sorted((Settings().city_dir / "documents").rglob("*.pdf"))


def pdf_bytes(pages: list[list[str]], title: str = "") -> bytes:
    """A PDF that shows Latin lines in Helvetica; written by hand, so that tests need no writer library."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        body = "BT /F1 10 Tf 14 TL 50 800 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
        objects.append(page + " /Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    out = b"%PDF-1.4\n"
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    trailer = (
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{out.rindex(b'xref')}\n%%EOF"
    )
    return out + trailer.encode()


def read(data: bytes, **changes: int) -> ParsedDocument:
    return read_pdf(data, "a.pdf", Settings().model_copy(update=changes))


def reason(data: bytes, **changes: int) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data, **changes)
    return caught.value.reason


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf_bytes([["Some text of the city."]]))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_wrapped_lines_join_and_keep_their_page() -> None:
    """A paragraph is one block on the page where it begins."""
    first = ["The applicant has to bring an identity card to the office, and", "one photograph."]
    parsed = read(pdf_bytes([first, ["Second page text of its own."]]))
    assert [(block.text, block.locator.page) for block in parsed.blocks] == [
        ("The applicant has to bring an identity card to the office, and one photograph.", 1),
        ("Second page text of its own.", 2),
    ]
    assert parsed.pages == 2


def test_running_headers_and_page_numbers_are_no_text() -> None:
    """What most pages repeat at their edge is dropped; the rest stays."""
    pages = [["City Gazette", f"Body number {word} of the day.", f"- {n} -"] for n, word in enumerate("abcd", 1)]
    texts = [block.text for block in read(pdf_bytes(pages)).blocks]
    assert texts == [f"Body number {word} of the day." for word in "abcd"]


def test_equal_pages_keep_their_text() -> None:
    """A document whose pages are all alike is not taken for headers only."""
    assert read(pdf_bytes([["Only one line of text here."]] * 3)).blocks


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Rules for fees", "Rules for fees"),
        ("Microsoft Word - draft.doc", "First line of text"),
        ("", "First line of text"),
    ],
)
def test_the_title_is_one_that_a_person_wrote(title: str, expected: str) -> None:
    """Titles that programs leave behind give way to the first line."""
    assert read(pdf_bytes([["First line of text", "", "More text."]], title)).title == expected


def test_numbered_articles_are_marked() -> None:
    """Articles of English laws are in the locators."""
    blocks = read(pdf_bytes([["Article 1 Purpose of these rules.", "Article 2 Terms are as follows."]])).blocks
    assert [block.locator.article for block in blocks] == ["Article 1", "Article 2"]


def test_broken_files_are_refused_with_a_reason() -> None:
    """Every kind of bad file has its own stable word."""
    good = pdf_bytes([["Some text of the city."]])
    assert reason(b"<html>no pdf</html>") == "not_pdf"
    assert reason(good[:60]) == "corrupt"
    assert reason(pdf_bytes([[]])) == "no_text"
    assert reason(pdf_bytes([["a"]] * 3), max_pages=2) == "too_large"
    assert reason(encrypted("secret")) == "encrypted"


def test_a_file_locked_for_printing_only_is_read() -> None:
    """An empty user password opens the file."""
    assert read(encrypted("")).blocks[0].text == "Some text of the city."


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damage_raises_nothing_but_a_document_error(data: st.DataObject) -> None:
    """A file with flipped or missing bytes is read or refused."""
    content = bytearray(pdf_bytes([["Some text of the city."], ["And more of it."]]))
    for position in data.draw(st.lists(st.integers(8, len(content) - 1), max_size=12)):
        content[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with suppress(DocumentError):
        assert read(bytes(content[:cut] or content)).pages


@pytest.mark.skipif(not CITY_PDFS, reason="the corpus has no PDF")
@pytest.mark.parametrize("path", CITY_PDFS, ids=lambda path: path.stem)
def test_the_citys_own_pdfs_read_without_radicals(path: Path) -> None:
    """Look-alike radicals of PDF fonts become the ideographs that people search for."""
    text = "".join(block.text for block in read(path.read_bytes()).blocks)
    assert len(text) > 500
    assert not [character for character in text if "\u2e80" <= character <= "\u2fdf"]


def test_radicals_become_ideographs_and_punctuation_stays() -> None:
    """Nothing but radicals and compatibility ideographs changes, also no Simplified or full-width character."""
    assert unify_radicals("⻑照⾼雄⺠眾（１２：００）台臺国") == "長照高雄民眾（１２：００）台臺国"


def test_lines_join_by_script() -> None:
    """No space in Chinese, one in English; a hyphen goes only from a word that the document knows whole."""
    assert join_lines(["高雄市政", "府社會局"]) == "高雄市政府社會局"
    assert (
        join_lines(["the appli-", "cation of long-", "term care"], {"application"})
        == "the application of long-term care"
    )
    assert join_lines(["https://a.tw/press-", "releases"], {"pressreleases"}) == "https://a.tw/press-releases"
