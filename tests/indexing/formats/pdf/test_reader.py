"""Reading PDF files."""

import json
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from assistant.errors import DocumentError
from assistant.indexing import ocr
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.indexing.lines import join_lines, unify_radicals
from assistant.settings import PROJECT_ROOT, Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf

CITY_PDFS = sorted((Settings().city_dir / "documents").rglob("*.pdf"))
SHARED = PROJECT_ROOT.parent / "shared" / "data"
HARD_PDFS = [path for path in sorted((SHARED / "c1_hard_pdf").rglob("*.pdf")) if path.stat().st_size < 150_000]
RENDERED = SHARED / "c3_rendered_zh"


def pdf_bytes(pages: list[list[str]], title: str = "") -> bytes:
    """A PDF that shows Latin lines from the top of each page."""
    return write_pdf([Sheet().lines(50, 800, lines) for lines in pages], title)


def read(data: bytes, **changes: int) -> ParsedDocument:
    return read_pdf(data, "a.pdf", Settings().model_copy(update=changes))


def outcome_of(path: Path, **changes: int) -> str:
    """The text of a file, or the reason for which it is refused."""
    try:
        return "".join(block.text for block in read(path.read_bytes(), **changes).blocks)
    except DocumentError as error:
        return f"refused: {error.reason}"


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


def test_headers_of_left_and_right_pages_are_no_text() -> None:
    """Books have a header for each side."""
    sides = ["The city code of law", "Part of the fees"]
    pages = [[sides[n % 2], f"Body of page {word} of the book."] for n, word in enumerate("abcdef")]
    texts = [block.text for block in read(pdf_bytes(pages)).blocks]
    assert texts == [f"Body of page {word} of the book." for word in "abcdef"]


def test_a_page_number_is_no_text() -> None:
    """Also of a document of one page."""
    for number in ("第 1 頁，共 1 頁", "1", "- 1 -"):
        sheet = Sheet().text(50, 800, "本府公告如下，自即日起生效。").text(250, 30, number)
        assert [block.text for block in read(write_pdf([sheet])).blocks] == ["本府公告如下，自即日起生效。"]


def test_fonts_that_are_not_embedded_give_their_characters() -> None:
    """Predefined encodings of East Asian fonts are known to one of the two libraries."""
    text = "高雄市政府社會局辦理育兒津貼，請於期限內提出申請。"
    data = write_pdf([Sheet().text(50, 800, text)])
    big5 = data.replace(b"UniCNS-UTF16-H", b"ETenms-B5-H   ").replace(
        text.encode("utf-16-be").hex().encode(), text.encode("cp950").hex().encode()
    )
    assert [block.text for block in read(data).blocks] == [text]
    assert [block.text for block in read(big5).blocks] == [text]


def test_a_damaged_page_costs_only_itself() -> None:
    """The others are read, and the report names it."""
    data = pdf_bytes([[f"Text of page {word}."] for word in "abc"])
    second = data.index(b"<< /Type /Page /Parent", data.index(b"(Text of page a.)"))
    parsed = read(data[:second] + b"((" + data[second + 2 :])
    assert [(block.text, block.locator.page) for block in parsed.blocks] == [
        ("Text of page a.", 1),
        ("Text of page c.", 3),
    ]
    assert parsed.unread == ("page 2: damaged",)


def test_codes_without_characters_are_not_indexed() -> None:
    """Text that is made of private codes is nobody's text."""
    sheet = Sheet().text(50, 800, "\ue123\ue124\ue125\ue126\ue127" * 6)
    with pytest.raises(DocumentError, match="fonts do not say") as caught:
        read(write_pdf([sheet]), max_ocr_pages=0)
    assert caught.value.reason == "no_text"


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
    """Look-alike radicals of PDF fonts become the ideographs that people search for; scans need OCR."""
    outcome = outcome_of(path, max_ocr_pages=1)
    assert len(outcome) > 100 or (outcome == "refused: no_text" and not ocr.ocr_installed(Settings()))
    assert not [character for character in outcome if "\u2e80" <= character <= "\u2fdf"]


@pytest.mark.skipif(not HARD_PDFS, reason="the shared data are absent")
def test_hard_files_are_read_or_refused_with_a_reason() -> None:
    """Whatever others have found to break readers has an outcome here."""
    outcomes = [outcome_of(path, max_ocr_pages=0) for path in HARD_PDFS]
    assert "" not in outcomes
    refused = {outcome for outcome in outcomes if outcome.startswith("refused: ")}
    assert refused == {f"refused: {reason}" for reason in ("not_pdf", "encrypted", "corrupt", "no_text")}


@pytest.mark.skipif(not RENDERED.is_dir(), reason="the shared data are absent")
def test_rendered_answers_are_read_without_an_error() -> None:
    """Question and answer come out character by character, from embedded fonts and from fonts that are not."""
    gold = [json.loads(line) for line in (RENDERED / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    for entry in gold:
        for path in RENDERED.glob(f"{entry['id']}_*embedded.pdf"):
            text = "".join("".join(block.text for block in read(path.read_bytes()).blocks).split())
            assert "".join(entry["question"].split()) in text
            assert "".join(entry["answer"].split()) in text


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
