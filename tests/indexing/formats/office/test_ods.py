"""Reading OpenDocument spreadsheets."""

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.ods import read_ods
from assistant.settings import Settings
from tests.indexing.formats.office.packages import odf, ods_table

HIDDEN = """<style:style style:name="ta2" style:family="table">
<style:table-properties table:display="false"/></style:style>
<style:style style:name="ce1" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>"""


def read(body: str) -> ParsedDocument:
    return read_ods(odf("spreadsheet", body, automatic=HIDDEN), "檔案.ods", Settings())


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def sheet(rows: str, attributes: str = "") -> str:
    return f'<table:table table:name="表" {attributes}>{rows}</table:table>'


def test_rows_stand_under_their_names_after_title_lines() -> None:
    """Titles and notes are paragraphs; the sheet is the section."""
    parsed = read(ods_table([["停車費率"], ["區", "路", "費"], ["三民", "建國路", "30"], ["左營", "博愛路", "40"]]))
    assert [(block.kind, block.text, block.locator.section) for block in parsed.blocks] == [
        ("paragraph", "停車費率", "表"),
        ("row", "區：三民；路：建國路；費：30", "表"),
        ("row", "區：左營；路：博愛路；費：40", "表"),
    ]
    assert parsed.title == "停車費率"


def test_cells_read_as_they_are_shown() -> None:
    """The shown text counts; a value without one is written out; comments and errors are nothing."""
    row = (
        cell("5%", 'office:value-type="percentage" office:value="0.05"')
        + '<table:table-cell office:value-type="float" office:value="1234.5"/>'
        + '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        + '<table:table-cell office:value-type="date" office:date-value="2026-03-05T00:00:00"/>'
        + "<table:table-cell><office:annotation><text:p>註解</text:p></office:annotation>"
        + "<text:p>甲</text:p><text:p>乙</text:p></table:table-cell>"
        + cell("#REF!")
        + cell("Err:502")
    )
    assert texts(sheet(f"<table:table-row>{row}</table:table-row>")) == ["5%；1234.5；TRUE；2026-03-05；甲乙"]


def test_hidden_parts_are_left_out() -> None:
    """Hidden sheets, rows and columns are not published, and do not cut a table in two."""
    rows = "".join(
        f"<table:table-row {attributes}>{''.join(map(cell, row))}</table:table-row>"
        for attributes, row in [
            ("", ["區", "密", "費"]),
            ("", ["甲", "x", "1"]),
            ('table:visibility="filter"', ["乙", "y", "2"]),
            ("", ["丙", "z", "3"]),
        ]
    )
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    assert texts(sheet(columns + rows) + sheet(rows, 'table:style-name="ta2"')) == ["區：甲；費：1", "區：丙；費：3"]


def test_a_filter_names_the_columns() -> None:
    """Two columns are names and values side by side unless the file says otherwise."""
    table = ods_table([["單位", "電話"], ["甲科", "轉 1"], ["乙科", "轉 2"]])
    area = 'table:target-range-address="表.A1:表.B3" table:display-filter-buttons="true"'
    ranges = f"<table:database-ranges><table:database-range {area}/></table:database-ranges>"
    assert texts(table) == ["單位；電話", "甲科；轉 1", "乙科；轉 2"]
    assert texts(table + ranges) == ["單位：甲科；電話：轉 1", "單位：乙科；電話：轉 2"]


def test_bold_rows_name_the_columns() -> None:
    """What is set off from the rest is the header."""
    head = "".join(cell(text, 'table:style-name="ce1"') for text in ("單位", "電話"))
    body = f"<table:table-row>{cell('甲科')}{cell('轉 1')}</table:table-row>"
    assert texts(sheet(f"<table:table-row>{head}</table:table-row>{body}")) == ["單位：甲科；電話：轉 1"]


def test_equal_cells_beside_each_other_are_all_read() -> None:
    """Cells that repeat a value are written once in the file; a cell that spans several is one."""
    row = cell("1", 'table:number-columns-repeated="3"') + cell("寬", 'table:number-columns-spanned="2"')
    assert texts(sheet(f"<table:table-row>{row}</table:table-row>")) == ["1；1；1；寬"]


def test_rows_to_the_end_of_the_sheet_cost_nothing() -> None:
    """Programs fill a sheet with a million empty rows."""
    cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048574">{cells}</table:table-row>'
    row = f"<table:table-row>{cell('甲')}</table:table-row>"
    assert texts(sheet(row + empty + row)) == ["甲", "甲"]


def test_a_sheet_full_of_repeats_is_refused() -> None:
    """A kilobyte must not become seventeen billion cells."""
    row = cell("1", 'table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1048576">{row}</table:table-row>' * 2
    with pytest.raises(DocumentError) as caught:
        read(sheet(rows))
    assert caught.value.reason == "too_large"
