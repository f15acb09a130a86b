"""Headings and list items of PDF files."""

import pytest

from assistant.indexing.blocks import Block
from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.settings import Settings
from tests.indexing.formats.pdf.writing import Sheet, write_pdf

BODY = [
    "The allowance is paid to families that live in the city and that have",
    "registered the birth of their child at the household registration office.",
]


def read(*sheets: Sheet, title: str = "", bookmarks: list[tuple[str, int]] | None = None) -> list[Block]:
    return list(read_pdf(write_pdf(sheets, title, bookmarks or []), "a.pdf", Settings()).blocks)


def headings(blocks: list[Block]) -> list[str | None]:
    return [block.locator.section for block in blocks if block.kind == "heading"]


def body(sheet: Sheet, y: float) -> Sheet:
    return sheet.lines(50, y, [*BODY, *BODY])


def test_larger_letters_make_headings_and_size_their_level() -> None:
    """A smaller heading stands under the larger one above it."""
    sheet = body(Sheet().text(50, 800, "Allowances", 18).text(50, 770, "Birth", 14), 740)
    body(sheet.text(50, 660, "Childcare", 14), 630)
    body(sheet.text(50, 560, "Offices", 18), 530)
    assert headings(read(sheet, title="Another title")) == [
        "Allowances",
        "Allowances > Birth",
        "Allowances > Childcare",
        "Offices",
    ]


def test_bold_letters_of_the_body_size_make_headings() -> None:
    """Word processors leave no more than that of many headings."""
    sheet = body(Sheet().text(50, 800, "Who can apply", bold=True), 780)
    body(sheet.text(50, 700, "What to bring", bold=True), 680)
    assert headings(read(sheet, title="Another title")) == ["Who can apply", "What to bring"]


def test_numbering_orders_headings_in_equal_letters() -> None:
    """（一） stands under 一、 although both are set alike."""
    sheet = Sheet().text(50, 800, "一、申請資格", 14)
    body(sheet.text(50, 780, "（一）一般家庭", 14), 750)
    body(sheet.text(50, 670, "（二）弱勢家庭", 14), 640)
    body(sheet.text(50, 560, "二、應備文件", 14), 530)
    assert headings(read(sheet, title="Another title")) == [
        "一、申請資格",
        "一、申請資格 > （一）一般家庭",
        "一、申請資格 > （二）弱勢家庭",
        "二、應備文件",
    ]


def test_bookmarks_name_headings_that_look_like_text() -> None:
    """A line that is a bookmark of its page is a heading."""
    sheet = body(body(Sheet().text(50, 800, "How to apply"), 780).text(50, 700, "Where to apply"), 680)
    found = read(sheet, title="Another title", bookmarks=[("How to apply", 0), ("Where to apply", 0)])
    assert headings(found) == ["How to apply", "Where to apply"]


@pytest.mark.parametrize(
    "line",
    [
        "Please call 1999 before you come to the office.",
        "Table 2 Fees by kind",
        "Chapter one ............... 12",
        "07-336-8333",
        "https://www.kcg.gov.tw",
    ],
)
def test_sentences_captions_and_figures_are_no_headings(line: str) -> None:
    """A wrong heading is worse than none."""
    sheet = body(body(Sheet(), 800).text(50, 700, line, 14, bold=True), 670)
    assert headings(read(sheet)) == []


def test_large_letters_without_text_below_are_no_headings() -> None:
    """The words of a poster or a diagram have no sections."""
    sheet = body(Sheet(), 800)
    for number in range(8):
        sheet.text(50 + 60 * (number % 2), 600 - 40 * number, f"Word {'abcdefgh'[number]}", 16)
    assert headings(read(sheet)) == []


def test_bold_documents_have_no_headings_by_bold_letters() -> None:
    """Where most of a text is bold, bold letters set nothing off."""
    sheet = Sheet()
    for number in range(12):
        sheet.text(50, 800 - 30 * number, f"Notice {'abcdefghijkl'[number]} of the office", bold=number % 3 > 0)
    assert headings(read(sheet)) == []


def test_articles_survive_larger_letters() -> None:
    """An article's number in larger letters is a heading that opens the article."""
    sheet = body(Sheet().text(50, 800, "第一條　目的", 14), 770)
    body(sheet.text(50, 690, "第二條　對象", 14), 660)
    blocks = read(sheet, title="Another title")
    assert [(block.locator.article, block.locator.section) for block in blocks if block.kind == "heading"] == [
        ("第1條", "第一條 目的"),
        ("第2條", "第二條 對象"),
    ]
    assert {block.locator.article for block in blocks} == {"第1條", "第2條"}


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("一、設籍本市者。", "一"),
        ("（二）未滿六歲者。", "（二）"),
        ("3. Proof of address.", "3"),
        ("(4) Proof of income.", "(4)"),
        ("• A photograph.", None),
    ],
)
def test_list_items_name_their_printed_marker(line: str, marker: str | None) -> None:
    """The marker is the item's place, without its punctuation; a bullet is none."""
    blocks = read(body(Sheet(), 800).text(50, 730, line).text(50, 700, line.replace("。", "且同住。")))
    items = [block.locator.item for block in blocks if block.kind == "item"]
    assert items == [marker, marker]


def test_a_drawn_bullet_begins_an_item() -> None:
    """Browsers draw the bullets of lists as shapes."""
    sheet = Sheet().lines(70, 800, [*BODY, *BODY])
    sheet.fill(60, 801, 4, 4, "0 0 0").fill(60, 773, 4, 4, "0 0 0")
    assert [block.kind for block in read(sheet)] == ["item", "item"]
