"""Reading Excel files."""

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.xlsx import read_xlsx
from assistant.settings import Settings
from tests.indexing.formats.office.packages import S, sheet_rows, unzipped, xlsx, zipped

STYLES = f"""<styleSheet {S}><numFmts><numFmt numFmtId="170" formatCode="[$-404]e/m/d"/></numFmts>
<fonts><font/><font><b/></font></fonts><fills><fill><patternFill patternType="none"/></fill></fills>
<cellXfs><xf/><xf numFmtId="9"/><xf numFmtId="4"/><xf numFmtId="170"/><xf fontId="1"/></cellXfs></styleSheet>"""


def read(sheet: str, **parts: str) -> ParsedDocument:
    return read_xlsx(xlsx({"表": sheet}, **parts), "檔案.xlsx", Settings())


def texts(sheet: str, **parts: str) -> list[str]:
    return [block.text for block in read(sheet, **parts).blocks]


def test_rows_stand_under_their_names_after_title_lines() -> None:
    """The header may come late; titles and notes are paragraphs; the sheet is the section."""
    rows: list[list[str | float | None]] = [
        ["高雄市停車費率表"],
        [None, None, "單位：元"],
        ["區", "路段", "費率"],
        ["三民", "建國路", 30],
        ["左營", "博愛路", 40],
        ["備註：國定假日免費"],
    ]
    parsed = read(sheet_rows(rows))
    assert [(block.kind, block.text, block.locator.item) for block in parsed.blocks] == [
        ("paragraph", "高雄市停車費率表", None),
        ("paragraph", "單位：元", None),
        ("row", "區：三民；路段：建國路；費率：30", "三民"),
        ("row", "區：左營；路段：博愛路；費率：40", "左營"),
        ("paragraph", "備註：國定假日免費", None),
    ]
    assert (parsed.title, parsed.blocks[0].locator.section) == ("高雄市停車費率表", "表")


def test_cells_read_as_excel_shows_them() -> None:
    """Percentages, thousands, dates of the Republic and truth values as on the screen; errors are nothing."""
    cells = (
        '<c r="A1" s="1"><v>0.05</v></c><c r="B1" s="2"><v>1234.5</v></c><c r="C1" s="3"><v>45000</v></c>'
        '<c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#REF!</v></c><c r="F1" t="s"><v>0</v></c>'
        '<c r="G1" t="str"><f>A1&amp;"x"</f><v>甲_x000D_\n乙</v></c>'
    )
    strings = f"<sst {S}><si><r><t>高</t></r><r><t>雄</t></r><rPh><t>ㄍㄠ</t></rPh></si></sst>"
    sheet = f'<sheetData><row r="1">{cells}</row></sheetData>'
    assert texts(sheet, styles=STYLES, sharedStrings=strings) == ["5%；1,234.50；112/3/15；TRUE；高雄；甲乙"]


def test_headers_of_two_rows_name_their_columns_together() -> None:
    """A group above several columns and the name below it are one name."""
    rows: list[list[str | float | None]] = [
        ["年度", "人口數", None, "備註"],
        [None, "男", "女", None],
        ["112", 1341000, 1396000, None],
        ["113", 1339000, 1397000, "初步"],
    ]
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in ("A1:A2", "B1:C1", "D1:D2"))
    assert texts(f"{sheet_rows(rows)}<mergeCells>{merges}</mergeCells>") == [
        "年度：112；人口數 男：1341000；人口數 女：1396000",
        "年度：113；人口數 男：1339000；人口數 女：1397000；備註：初步",
    ]


def test_headers_of_statistics_are_found() -> None:
    """Below a line of date and unit, names may be said twice, and years may be names."""
    rows: list[list[str | float | None]] = [
        ["中華民國112年底", None, None, "單位：人"],
        ["區別", "總計", "男", "女"],
        ["District", "Total", "Male", "Female"],
        ["三民區", 330, 160, 170],
        ["左營區", 196, 95, 101],
    ]
    years: list[list[str | float | None]] = [["類別", 2022, 2023], ["公車", 1, 2], ["捷運", 3, 4]]
    assert texts(sheet_rows(rows))[1:] == [
        "區別 District：三民區；總計 Total：330；男 Male：160；女 Female：170",
        "區別 District：左營區；總計 Total：196；男 Male：95；女 Female：101",
    ]
    assert texts(sheet_rows(years)) == ["類別：公車；2022：1；2023：2", "類別：捷運；2022：3；2023：4"]


def test_rows_without_names_get_none() -> None:
    """A first row of data, or a category that spans rows, is no header."""
    rows: list[list[str | float | None]] = [
        ["三民區", "區公所", "轉 1"],
        [None, "戶政所", "轉 2"],
        ["左營區", "區公所", "轉 3"],
    ]
    assert texts(f'{sheet_rows(rows)}<mergeCells><mergeCell ref="A1:A2"/></mergeCells>') == [
        "三民區；區公所；轉 1",
        "三民區；戶政所；轉 2",
        "左營區；區公所；轉 3",
    ]


def test_merged_categories_are_in_each_row() -> None:
    """What spans rows belongs to each of them."""
    rows: list[list[str | float | None]] = [["類", "項", "數"], ["公園", "甲", 1], [None, "乙", 2]]
    assert texts(f'{sheet_rows(rows)}<mergeCells><mergeCell ref="A2:A3"/></mergeCells>') == [
        "類：公園；項：甲；數：1",
        "類：公園；項：乙；數：2",
    ]


def test_hidden_rows_columns_and_sheets_are_left_out() -> None:
    """What a person does not see is not published, and a hidden row does not cut a table in two."""
    rows = sheet_rows([["區", "密", "費"], ["甲", "x", 1], ["乙", "y", 2], ["丙", "z", 3]])
    sheet = '<cols><col min="2" max="2" hidden="1"/></cols>' + rows.replace('<row r="3">', '<row r="3" hidden="1">')
    data = xlsx({"表": sheet, "藏": rows}, states={"藏": "veryHidden"})
    blocks = read_xlsx(data, "a.xlsx", Settings()).blocks
    assert [block.text for block in blocks] == ["區：甲；費：1", "區：丙；費：3"]


def test_a_filter_or_bold_row_names_the_columns() -> None:
    """Two columns are names and values side by side unless the file says otherwise."""
    rows = sheet_rows([["單位", "電話"], ["甲科", "轉 1"], ["乙科", "轉 2"]])
    bold = rows.replace('r="A1" t', 'r="A1" s="4" t').replace('r="B1" t', 'r="B1" s="4" t')
    named = ["單位：甲科；電話：轉 1", "單位：乙科；電話：轉 2"]
    assert texts(rows) == ["單位；電話", "甲科；轉 1", "乙科；轉 2"]
    assert texts(f'{rows}<autoFilter ref="A1:B3"/>') == named
    assert texts(bold, styles=STYLES) == named


def test_tables_on_one_sheet_are_apart() -> None:
    """An empty row ends a table; tables side by side keep their own names."""
    below = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>說明</t></is></c></row></sheetData>'
    rows: list[list[str | float | None]] = [
        ["區", "數", "比", None, "月", "量", "計"],
        ["甲", 1, 2, None, "一", 5, 6],
        ["乙", 3, 4, None, "二", 7, 8],
        ["丙", 5, 6, None, None, None, None],
    ]
    sheet = below.replace("</sheetData>", sheet_rows(rows, 3).removeprefix("<sheetData>"))
    assert texts(sheet) == [
        "說明", "區：甲；數：1；比：2", "區：乙；數：3；比：4", "區：丙；數：5；比：6",
        "月：一；量：5；計：6", "月：二；量：7；計：8",
    ]  # fmt: skip


def test_formulas_without_results_are_told() -> None:
    """A program may write formulas and no values; the report says that something is missing."""
    sheet = '<sheetData><row><c><f>1+1</f></c><c t="inlineStr"><is><t>甲</t></is></c></row></sheetData>'
    assert read(sheet).unread == ("1 formulas whose results the file does not hold",)


def test_two_cells_at_the_ends_of_a_sheet_cost_little() -> None:
    """Seventeen billion places between two cells are never made."""
    ends = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert texts(f"<sheetData>{ends}</sheetData>") == ["1", "2"]


def test_merged_areas_are_bounded() -> None:
    """Areas over the whole sheet, again and again, are refused and not spread."""
    ends = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9999"><c r="ZZ9999"><v>2</v></c></row>'
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 50
    with pytest.raises(DocumentError) as caught:
        read(f"<sheetData>{ends}</sheetData><mergeCells>{merges}</mergeCells>")
    assert caught.value.reason == "too_large"


def test_text_boxes_of_a_sheet_are_read() -> None:
    """Remarks are often drawn over a sheet."""
    drawing = (
        '<d:wsDr xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        "<d:sp><d:txBody><a:p><a:r><a:t>注意</a:t></a:r></a:p></d:txBody></d:sp></d:wsDr>"
    )
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="d" Type="x/drawing" Target="drawing.xml"/></Relationships>'
    )
    data = xlsx({"表": sheet_rows([["甲"]])}, drawing=drawing)
    again = zipped({**unzipped(data), "xl/_rels/s0.xml.rels": link})
    assert [block.text for block in read_xlsx(again, "a.xlsx", Settings()).blocks] == ["甲", "注意"]
