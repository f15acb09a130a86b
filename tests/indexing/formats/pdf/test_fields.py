"""Filled forms and notes of PDF files."""

from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.settings import Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf


def read(sheet: Sheet) -> list[str]:
    return [block.text for block in read_pdf(write_pdf([sheet]), "a.pdf", Settings()).blocks]


def test_filled_fields_are_read_with_their_names() -> None:
    """A form that was filled in shows its values."""
    sheet = Sheet().text(50, 800, "Application for the allowance").field("applicant", "王小明")
    assert read(sheet) == ["Application for the allowance", "applicant：王小明"]


def test_fields_do_not_hide_the_footer() -> None:
    """What stands on every page is found above the fields."""
    sheets = [
        Sheet()
        .text(50, 800, f"Part {word} of the form of the office")
        .text(50, 30, "Form of the city")
        .field("place", word)
        for word in ("one", "two", "three")
    ]
    texts = [block.text for block in read_pdf(write_pdf(sheets), "a.pdf", Settings()).blocks]
    assert texts[:2] == ["Part one of the form of the office", "place：one"]


def test_empty_and_hidden_fields_are_left_out() -> None:
    """What a reader of the form does not see is not read."""
    sheet = Sheet().text(50, 800, "Application for the allowance").field("applicant", "").field("code", "x", flags=2)
    assert read(sheet) == ["Application for the allowance"]


def test_text_that_was_written_on_the_page_is_read() -> None:
    """A text box that a clerk added stands on the page as the rest does."""
    sheet = Sheet().text(50, 800, "Application for the allowance")
    sheet.notes.append("<< /Type /Annot /Subtype /FreeText /Rect [50 50 90 70] /Contents (Closed on Monday) >>")
    assert read(sheet)[1] == "Closed on Monday"


def test_damaged_fields_cost_only_themselves() -> None:
    """The page's text is read in any case."""
    sheet = Sheet().text(50, 800, "Application for the allowance")
    sheet.notes += ["17", "<< /Subtype /Widget /Parent 99 0 R /F (x) >>"]
    assert read(sheet) == ["Application for the allowance"]
