"""Tables of PDF files."""

import pytest

from assistant.indexing.blocks import Block
from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.settings import Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf

FEES = [
    ["Kind", "Period", "Fee"],
    ["Land tax", "November", "by value"],
    ["House tax", "May", "by use"],
    ["Vehicle tax", "April", "by engine"],
]


def read(*sheets: Sheet) -> list[Block]:
    return list(read_pdf(write_pdf(sheets), "a.pdf", Settings()).blocks)


def rows(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if block.kind == "row"]


def test_rows_stand_under_their_column_names_at_their_place() -> None:
    """Each row is read alone, between the text above and below it, and its cells are not repeated as lines."""
    sheet = Sheet().text(50, 800, "Taxes of the city are paid as follows.")
    sheet.table(50, 780, [120, 120, 120], FEES).text(50, 650, "Ask the tax office for more.")
    blocks = read(sheet)
    assert [block.text for block in blocks] == [
        "Taxes of the city are paid as follows.",
        "Kind：Land tax；Period：November；Fee：by value",
        "Kind：House tax；Period：May；Fee：by use",
        "Kind：Vehicle tax；Period：April；Fee：by engine",
        "Ask the tax office for more.",
    ]
    assert [block.locator.item for block in blocks][1:4] == ["Land tax", "House tax", "Vehicle tax"]


def test_chinese_cells_keep_their_text() -> None:
    """Fonts that are not embedded give the same rows."""
    table = [
        ["稅目", "繳納期間", "說明"],
        ["地價稅", "11月", "每年一次"],
        ["房屋稅", "5月", "每年一次"],
        ["牌照稅", "4月", "自用車"],
    ]
    assert (
        rows(read(Sheet().table(50, 780, [100, 100, 100], table)))[0] == "稅目：地價稅；繳納期間：11月；說明：每年一次"
    )


def test_a_table_goes_on_under_its_header_on_the_next_page() -> None:
    """Rows of the next page stand under the names of the first page, with their own page number."""
    first = Sheet().table(50, 780, [120, 120, 120], FEES)
    second = Sheet().table(80, 800, [120, 120, 120], [["Stamp tax", "any time", "by amount"]] * 2)
    block = next(block for block in read(first, second) if block.locator.page == 2)
    assert block.text == "Kind：Stamp tax；Period：any time；Fee：by amount"


def test_a_header_that_is_repeated_on_the_next_page_is_no_row() -> None:
    """The names of columns are not read as values."""
    sheets = [Sheet().table(50, 780, [120, 120, 120], FEES) for _ in range(2)]
    assert len(rows(read(*sheets))) == 2 * (len(FEES) - 1)


def test_a_single_row_on_the_next_page_belongs_to_its_table() -> None:
    """One row is no table of its own, but may be the rest of one, also where its last cell is empty."""
    rest = [["Stamp tax", "any time", ""]]
    first, second = (Sheet().table(50, 780, [120, 120, 120], table) for table in (FEES, rest))
    assert rows(read(first, second))[-1] == "Kind：Stamp tax；Period：any time"
    assert rows(read(second)) == []


def test_a_row_that_a_page_break_cuts_is_read_whole() -> None:
    """The rest of a sentence joins the row where it begins."""
    first = Sheet().table(
        50, 780, [120, 240], [["Kind", "Who pays it and how"], ["Land tax", "the owner of the land on the"]]
    )
    second = Sheet().table(50, 800, [120, 240], [["", "last day of August."], ["House tax", "the owner of the house."]])
    assert [(block.text, block.locator.page) for block in read(first, second) if block.kind == "row"][1:] == [
        ("Land tax；the owner of the land on the last day of August.", 1),
        ("House tax；the owner of the house.", 2),
    ]


def test_another_table_after_a_text_has_a_header_of_its_own() -> None:
    """A table of the same shape is not taken for the rest of the one above."""
    other = [["Office", "Street", "Hours"], ["North", "First", "all day"], ["South", "Second", "mornings"]]
    sheet = Sheet().table(50, 780, [120, 120, 120], FEES).text(50, 640, "Where the offices are is shown below.")
    sheet.table(50, 600, [120, 120, 120], other)
    assert rows(read(sheet))[3:] == [
        "Office：North；Street：First；Hours：all day",
        "Office：South；Street：Second；Hours：mornings",
    ]


def test_a_cell_over_several_columns_names_each_of_them() -> None:
    """Two rows of names are read together."""
    sheet = Sheet()
    for y in (780, 740, 720, 700):
        sheet.rule(50, y, 350, y)
    sheet.rule(150, 760, 350, 760)
    for x, top in ((50, 780), (150, 780), (250, 760), (350, 780)):
        sheet.rule(x, top, x, 700)
    sheet.text(54, 756, "Year").text(220, 766, "Births").text(154, 746, "Boys").text(254, 746, "Girls")
    sheet.text(54, 726, "113").text(154, 726, "1,200").text(254, 726, "1,100")
    sheet.text(54, 706, "114").text(154, 706, "1,150").text(254, 706, "1,090")
    assert rows(read(sheet)) == [
        "Year：113；Births Boys：1,200；Births Girls：1,100",
        "Year：114；Births Boys：1,150；Births Girls：1,090",
    ]


def test_a_shaded_first_row_names_the_columns_however_long_its_names_are() -> None:
    """Colour sets a header off where its words alone would not."""
    names = ["Families that receive the allowance of the city", "Amount for each child in the family"]
    sheet = (
        Sheet().fill(50, 760, 500, 20).table(50, 780, [300, 200], [names, ["Families", "2,000"], ["Others", "none"]])
    )
    assert rows(read(sheet))[0] == f"{names[0]}：Families；{names[1]}：2,000"


def test_a_framed_paragraph_is_no_table() -> None:
    """A box around a text, also one with a title strip, lays out the page and holds no rows."""
    sheet = Sheet()
    for x in (50, 500):
        sheet.rule(x, 800, x, 700)
    for y in (800, 700):
        sheet.rule(50, y, 500, y)
    sheet.lines(60, 780, ["Bring your identity card to the office.", "Children need the card of a parent."])
    assert {block.kind for block in read(sheet)} == {"paragraph"}


def test_boxes_of_long_text_abreast_are_read_one_after_the_other() -> None:
    """Columns between ruling lines are no cells of a row."""
    sheet = Sheet()
    for x in (50, 300, 550):
        sheet.rule(x, 800, x, 600)
    for y in (800, 600):
        sheet.rule(50, y, 550, y)
    for number in range(6):
        sheet.text(60, 780 - 14 * number, f"The left box says line {number} of its long text.")
        sheet.text(310, 780 - 14 * number, f"The right box says line {number} of its long text.")
    text = " ".join(block.text for block in read(sheet))
    assert rows(read(sheet)) == []
    assert text.index("left box says line 5") < text.index("right box says line 0")


def test_lines_abreast_without_rules_between_them_are_rows() -> None:
    """A ruled header over columns of figures without lines gives one row a line."""
    sheet = Sheet()
    for y in (780, 760, 660):
        sheet.rule(50, y, 350, y)
    for x in (50, 150, 250, 350):
        sheet.rule(x, 780, x, 660)
    for x, name in ((54, "District"), (154, "People"), (254, "Homes")):
        sheet.text(x, 766, name)
    for number, name in enumerate(["Gushan", "Zuoying", "Nanzih", "Sanmin", "Lingya"]):
        y = 748 - 18 * number
        sheet.text(54, y, name).text(154, y, f"{number + 1},000").text(254, y, f"{number + 3}00")
    assert rows(read(sheet))[1] == "District：Zuoying；People：2,000；Homes：400"
    assert len(rows(read(sheet))) == 5


@pytest.mark.parametrize(("matrix", "rotate"), [("0 1 -1 0", 90), ("0 -1 1 0", 270)])
def test_a_table_across_a_turned_page_is_read_upright(matrix: str, rotate: int) -> None:
    """Landscape tables on portrait pages keep their rows."""
    upright = Sheet().table(50, 500, [120, 120, 120], FEES)
    turn = f"q {matrix} {600 if rotate == 90 else 0} {0 if rotate == 90 else 800} cm"
    sheet = Sheet(rotate)
    sheet.drawn = [turn, *upright.drawn, "Q"]
    assert rows(read(sheet))[0] == "Kind：Land tax；Period：November；Fee：by value"


def test_a_drawing_of_many_lines_is_no_table() -> None:
    """The grid of a chart has no text in its cells."""
    sheet = Sheet().text(50, 810, "Passengers by month")
    for step in range(21):
        sheet.rule(50, 300 + 20 * step, 450, 300 + 20 * step).rule(50 + 20 * step, 300, 50 + 20 * step, 700)
    sheet.text(55, 305, "Jan").text(255, 305, "Dec").text(55, 680, "100")
    assert rows(read(sheet)) == []
