"""Reading Word files."""

import json

import pytest

from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.formats.office.docx import read_docx
from assistant.settings import PROJECT_ROOT, Settings
from assistant.text import squeeze
from tests.indexing.formats.office.packages import W, docx, links, paragraph, word_table, zipped

RENDERED = PROJECT_ROOT.parent / "shared" / "data" / "c3_rendered_zh"
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="a0"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="sub"><w:name w:val="mine"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="character" w:styleId="secret"><w:name w:val="s"/><w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:numFmt w:val="taiwaneseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="taiwaneseCountingThousand"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
<w:lvl w:ilvl="4"><w:numFmt w:val="taiwaneseCountingThousand"/><w:lvlText w:val="第%5條"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>
</w:num></w:numbering>"""


def read(body: str, **parts: str) -> ParsedDocument:
    return read_docx(docx(body, **{"styles": STYLES, "numbering": NUMBERING, **parts}), "檔案.docx", Settings())


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in read(body, **parts).blocks]


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def listed(text: str, level: int, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def shown(blocks: tuple[Block, ...]) -> list[tuple[str, str, str | None]]:
    return [(block.kind, block.text, block.locator.section) for block in blocks]


def test_styles_make_sections() -> None:
    """Headings open sections by their level, also through styles that are based on them; the title is none."""
    body = styled("收費辦法", "a0") + styled("費用", "1") + styled("門票", "sub") + paragraph("免費。")
    parsed = read(body)
    assert parsed.title == "收費辦法"
    assert shown(parsed.blocks)[1:] == [
        ("heading", "費用", "費用"),
        ("heading", "門票", "費用 > 門票"),
        ("paragraph", "免費。", "費用 > 門票"),
    ]


def test_numbered_headings_are_found_where_no_style_is_used() -> None:
    """Most city documents number their headings by hand."""
    body = "".join(map(paragraph, ["辦理須知", "一、申請資格", "設籍本市滿一年。", "二、應備文件", "身分證。"]))
    blocks = read(body).blocks
    assert [block.locator.section for block in blocks if block.kind == "paragraph"] == [
        None,
        "一、申請資格",
        "二、應備文件",
    ]


def test_automatic_numbers_are_printed() -> None:
    """What Word counts by itself stands in the text and in the locator, as on paper."""
    body = "".join(listed(f"{text}。", level) for text, level in zip("甲乙丙丁戊己", [0, 1, 2, 3, 0, 1], strict=True))
    blocks = read(body).blocks
    assert [block.text for block in blocks] == ["一、甲。", "（一）乙。", "3. 丙。", "丁。", "二、戊。", "（一）己。"]
    assert [block.locator.item for block in blocks] == ["一", "（一）", "3", None, "二", "（一）"]
    assert {block.kind for block in blocks} == {"item"}


def test_a_restarted_list_counts_anew() -> None:
    """Two lists of one definition count on, unless the second says where it begins."""
    assert texts(listed("a", 0) + listed("b", 0, 2) + listed("c", 0, 2) + listed("d", 0)) == [
        "一、a", "一、b", "二、c", "三、d",
    ]  # fmt: skip


def test_articles_that_word_numbers_are_articles() -> None:
    """A statute's 第一條 is found also where no one typed it."""
    blocks = read(listed("本辦法依法訂定。", 4) + listed("名詞定義。", 4)).blocks
    assert [(block.text, block.locator.article) for block in blocks] == [
        ("第一條 本辦法依法訂定。", "第1條"),
        ("第二條 名詞定義。", "第2條"),
    ]


def test_only_what_word_shows_is_read() -> None:
    """Deleted, moved away, hidden and field code text is none; insertions and results are."""
    body = (
        "<w:p><w:del><w:r><w:delText>舊</w:delText></w:r></w:del><w:moveFrom>" + run("移出") + "</w:moveFrom>"
        "<w:ins>" + run("新") + "</w:ins>" + run("密", "<w:vanish/>") + run("密", '<w:rStyle w:val="secret"/>')
        + field("begin") + "<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("碼") + field("separate") + run("7")
        + field("end") + "<w:r><w:t>電\u00ad話</w:t><w:softHyphen/><w:noBreakHyphen/></w:r></w:p>"
        + styled("目次 3", "toc")
    )  # fmt: skip
    assert texts(body) == ["新7電話-"]


def test_a_paragraph_whose_end_was_deleted_runs_on() -> None:
    """Under tracked changes two paragraphs become one."""
    assert texts(paragraph("申請人", "<w:rPr><w:del/></w:rPr>") + paragraph("應備文件")) == ["申請人應備文件"]


def test_fields_that_never_end_hide_nothing() -> None:
    """A damaged field must not swallow the rest of the document."""
    assert texts(f"<w:p>{field('begin')}{run('前')}</w:p>" + paragraph("後")) == ["前", "後"]


def test_links_controls_ruby_and_symbols_keep_their_text() -> None:
    """What stands inside other elements is read; the invitation to click into a field is not."""
    body = (
        f"<w:p><w:hyperlink>{run('網站')}</w:hyperlink>"
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('按這裡')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtContent>{run('選項')}</w:sdtContent></w:sdt>"
        f"<w:r><w:ruby><w:rt>{run('ㄔㄥˊ')}</w:rt><w:rubyBase>{run('城')}</w:rubyBase></w:ruby></w:r>"
        '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r></w:p>'
    )
    assert texts(body) == ["網站選項城□"]


def test_line_breaks_part_lines() -> None:
    """A line of its own on paper is a block of its own, and its typed number is found."""
    body = "<w:p><w:r><w:t>應備：</w:t><w:br/><w:t>1.身分證</w:t><w:br/><w:t>2.印章</w:t></w:r></w:p>"
    assert [(block.kind, block.text) for block in read(body).blocks] == [
        ("paragraph", "應備："),
        ("item", "1.身分證"),
        ("item", "2.印章"),
    ]


def test_tables_stand_in_their_place_under_marked_headers() -> None:
    """A row is read alone under its columns' names."""
    body = paragraph("前") + word_table([["胎次", "金額"], ["第一胎", "2 萬元"]], header=True) + paragraph("後")
    assert texts(body) == ["前", "胎次：第一胎；金額：2 萬元", "後"]


def test_merged_cells_are_in_each_of_their_rows() -> None:
    """A category that spans rows is said in each; a row removed under tracking is not read."""

    def cell(text: str, properties: str) -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = (
        "<w:tr>" + cell("類別", "") + cell("名稱", "") + cell("費用", "") + "</w:tr><w:tr>"
        + cell("公園", '<w:vMerge w:val="restart"/>') + cell("甲", "") + cell("免費", "") + "</w:tr><w:tr>"
        + cell("", "<w:vMerge/>") + cell("暫停開放", '<w:gridSpan w:val="2"/>') + "</w:tr>"
        "<w:tr><w:trPr><w:del/></w:trPr>" + cell("刪", "") + cell("除", "") + "</w:tr>"
    )  # fmt: skip
    assert texts(f"<w:tbl>{rows}</w:tbl>") == [
        "類別：公園；名稱：甲；費用：免費",
        "類別：公園；名稱：暫停開放；費用：暫停開放",
    ]


def test_layout_tables_are_paragraphs_and_nested_tables_are_read() -> None:
    """A frame around text is no table of data."""
    inner = word_table([["項目", "單位", "數"], ["樹", "棵", "3"], ["燈", "盞", "5"]])
    body = f"<w:tbl><w:tr><w:tc>{paragraph('公告事項')}{inner}</w:tc></w:tr></w:tbl>"
    assert texts(body) == ["公告事項", "項目：樹；單位：棵；數：3", "項目：燈；單位：盞；數：5"]


def test_an_empty_form_keeps_its_words() -> None:
    """A table with names of columns and nothing below is not lost."""
    assert texts(word_table([["姓名", "電話"], ["", ""]], header=True)) == ["姓名；電話"]


def test_notes_follow_their_paragraph() -> None:
    """A note is text of its own; its number does not run into a figure."""
    notes = f'<w:footnotes {W}><w:footnote w:id="2">{paragraph("含稅。")}</w:footnote></w:footnotes>'
    body = '<w:p><w:r><w:t>費用 500</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>' + paragraph("完")
    assert texts(body, footnotes=notes) == ["費用 500", "含稅。", "完"]


def test_text_boxes_are_read_once() -> None:
    """Word keeps a box in a new and an old form; charts give their figures."""
    box = f"<w:txbxContent>{paragraph('框內')}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    assert texts(f"<w:p><w:r><w:t>本文</w:t></w:r><w:r>{both}</w:r></w:p>") == ["本文", "框內"]


def test_charts_give_their_figures() -> None:
    """What a chart draws is kept as a table of its series."""
    values = "<c:numCache><c:formatCode>0%</c:formatCode><c:pt idx='0'><c:v>0.25</c:v></c:pt></c:numCache>"
    chart = (
        f"<c:chartSpace {W}><c:chart><c:ser><c:tx><c:v>占比</c:v></c:tx>"
        "<c:cat><c:pt idx='0'><c:v>公車</c:v></c:pt></c:cat>"
        f"<c:val>{values}</c:val></c:ser></c:chart></c:chartSpace>"
    )
    body = '<w:p><w:r><w:drawing><c:chart r:id="chart1"/></w:drawing></w:r></w:p>'
    assert texts(body, chart1=chart) == ["公車；占比：25%"]


def test_raised_figures_stay_apart() -> None:
    """A square metre is not m2, and ten to the third is not a hundred and three."""
    above = '<w:vertAlign w:val="superscript"/>'
    body = f"<w:p>{run('1.5×10')}{run('3', above)}{run(' m')}{run('2', above)}{run('，註')}{run('甲', above)}</w:p>"
    assert texts(body) == ["1.5×10³ m²，註甲"]


def test_simple_equations_are_text() -> None:
    """A formula in a rule can be quoted."""
    body = (
        "<w:p><m:oMath><m:r><m:t>a=</m:t></m:r><m:f><m:num><m:r><m:t>b+1</m:t></m:r></m:num>"
        "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></w:p>"
    )
    assert texts(body) == ["a=(b+1)/2"]


def test_the_strict_variant_is_read() -> None:
    """Files saved as strict Open XML use other namespaces for the same elements."""
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    body = f"<w:document {strict}><w:body>{paragraph('內容')}</w:body></w:document>"
    data = zipped({"_rels/.rels": links({"r1": ("officeDocument", "word/a.xml")}), "word/a.xml": body})
    assert [block.text for block in read_docx(data, "a.docx", Settings()).blocks] == ["內容"]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("補助要點", "補助要點"), ("Microsoft Word - 草稿.doc", "第一行"), ("", "第一行")],
)
def test_the_title_is_one_that_a_person_wrote(declared: str, expected: str) -> None:
    """Titles that programs leave behind give way to the first line."""
    parsed = read_docx(docx(paragraph("第一行") + paragraph("第二行"), title=declared), "a.docx", Settings())
    assert (parsed.title, parsed.language, parsed.pages) == (expected, "zh-TW", 0)


@pytest.mark.skipif(not RENDERED.is_dir(), reason="the shared test data are not on this machine")
def test_real_text_comes_out_without_a_wrong_character() -> None:
    """Questions and answers of the city, rendered to Word, read back as they were."""
    wrong = []
    for line in (RENDERED / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        blocks = read_docx((RENDERED / gold["files"]["docx"]).read_bytes(), "a.docx", Settings()).blocks
        text = "".join(block.text for block in blocks if block.kind != "row")
        if squeeze(text) != squeeze(gold["question"] + gold["answer"]):
            wrong.append(gold["id"])
    assert wrong == []
