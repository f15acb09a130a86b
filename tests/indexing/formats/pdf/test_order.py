"""The order in which pages of PDF files are read."""

from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.settings import Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf

LEFT = [f"left side sentence number {number} of the text" for number in range(9)]
RIGHT = [f"right side sentence number {number} of the text" for number in range(9)]


def read(*sheets: Sheet) -> list[str]:
    return [block.text for block in read_pdf(write_pdf(sheets), "a.pdf", Settings()).blocks]


def test_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    """Lines that face each other across a gutter do not mix."""
    sheet = Sheet().text(50, 800, "A title over both columns of the page")
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        sheet.text(50, 770 - 12 * number, left).text(320, 770 - 12 * number, right)
    assert read(sheet)[-1].split("left side")[-1] == " sentence number 8 of the text " + " ".join(RIGHT)


def test_columns_drawn_one_after_the_other_stay_so() -> None:
    """The order of drawing is kept where it makes sense."""
    sheet = Sheet().lines(50, 770, LEFT, pitch=12).lines(320, 770, RIGHT, pitch=12)
    assert " ".join(read(sheet)) == " ".join([*LEFT, *RIGHT])


def test_rows_of_short_cells_are_no_columns() -> None:
    """Names and values side by side are read across."""
    sheet = Sheet()
    for number, name in enumerate(["Name", "Street", "Phone", "Mail", "Hours", "Floor"]):
        sheet.text(50, 770 - 12 * number, name).text(320, 770 - 12 * number, f"value {number}")
    assert read(sheet)[0] == "Name value 0"


def test_a_title_that_was_drawn_last_is_read_first() -> None:
    """What stands above everything comes first, and what stands below everything last."""
    sheet = Sheet().text(50, 40, "Printed by the office").lines(50, 700, LEFT[:3], pitch=30)
    texts = read(sheet.text(50, 800, "The title of the page", 16))
    assert (texts[0], texts[-1]) == ("The title of the page", "Printed by the office")


def test_pages_drawn_out_of_order_are_read_from_the_top() -> None:
    """Where the order of drawing makes no sense, place decides."""
    sheet = Sheet()
    for number in (4, 1, 6, 3, 0, 5, 2):
        sheet.text(50, 780 - 40 * number, f"Statement {number} stands alone here.")
    assert read(sheet) == [f"Statement {number} stands alone here." for number in range(7)]


def test_vertical_writing_is_read_from_the_right() -> None:
    """Columns of vertical text come in their order, whatever the order of drawing."""
    sheet = Sheet()
    for number in (2, 0, 1):
        sheet.text(500 - 30 * number, 780, f"{'一二三'[number]}、直排文字由右至左閱讀。", 12, vertical=True)
    assert [text[0] for text in read(sheet)] == ["一", "二", "三"]


def test_turned_text_is_read_along_its_lines() -> None:
    """Letters that run upwards on the page make lines as others do."""
    sheet = Sheet(90)
    for number, text in enumerate(["Turned text of the landscape page that has", "to be wrapped once."]):
        sheet.text(300 + 14 * number, 100, text, matrix="0 1 -1 0")
    assert read(sheet) == ["Turned text of the landscape page that has to be wrapped once."]


def test_text_in_another_direction_stands_apart() -> None:
    """A stamp along the margin does not mix with the lines beside it."""
    sheet = Sheet().lines(50, 770, LEFT[:4]).text(20, 500, "Received 2026", matrix="0 1 -1 0")
    assert read(sheet)[-1] == "Received 2026"


def test_spaced_ideographs_and_wrapped_addresses_are_whole() -> None:
    """Letters set apart make one word, and an address that was wrapped is one address."""
    sheet = (
        Sheet()
        .text(50, 800, "高 雄 市 政 府 公 告")
        .text(50, 760, "See the page of the office for the text: https://www.kcg.gov.tw/a?")
    )
    sheet.text(50, 746, "id=12")
    assert read(sheet) == ["高雄市政府公告", "See the page of the office for the text: https://www.kcg.gov.tw/a?id=12"]
