"""Reading OpenDocument texts."""

import json

import pytest

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.odt import read_odt
from assistant.settings import PROJECT_ROOT, Settings
from assistant.text import squeeze
from tests.indexing.formats.office.packages import ODF, odf

RENDERED = PROJECT_ROOT.parent / "shared" / "data" / "c3_rendered_zh"
NUMBERED = """<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>
<text:list-level-style-number text:level="2" style:num-format="一, 二, 三, ..." style:num-prefix="（"
 style:num-suffix="）"/>
<text:list-level-style-number text:level="3" style:num-format="1" style:num-suffix="." text:display-levels="2"/>
</text:list-style>
<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>
<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>"""
OUTLINE = """<text:outline-style style:name="Outline">
<text:outline-level-style text:level="1" style:num-format="壹, 貳, 參, ..." style:num-suffix="、"/>
<text:outline-level-style text:level="2" style:num-format=""/></text:outline-style>"""


def read(body: str, **parts: str) -> ParsedDocument:
    return read_odt(odf("text", body, **{"automatic": NUMBERED, **parts}), "檔案.odt", Settings())


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in read(body, **parts).blocks]


def items(*entries: str) -> str:
    return "".join(
        f"<text:list-item>{entry if entry.startswith('<') else f'<text:p>{entry}</text:p>'}</text:list-item>"
        for entry in entries
    )


def test_headings_make_numbered_sections() -> None:
    """Outline numbers are part of the heading as it is printed."""
    body = (
        '<text:h text:outline-level="1">目的</text:h>'
        '<text:h text:outline-level="2">範圍</text:h><text:p>全市。</text:p>'
        '<text:h text:outline-level="1">方法</text:h>'
    )
    blocks = read(body, styles=OUTLINE).blocks
    assert [block.text for block in blocks] == ["壹、目的", "範圍", "全市。", "貳、方法"]
    assert blocks[2].locator.section == "壹、目的 > 範圍"


def test_automatic_numbers_are_printed() -> None:
    """Lists count as LibreOffice does: sublists anew under each item, only the first paragraph with its number."""
    body = (
        f'<text:list text:style-name="L1">{items("甲")}<text:list-item><text:p>乙</text:p><text:p>續</text:p>'
        f"<text:list>{items('子', '丑')}</text:list></text:list-item>{items('丙')}</text:list>"
    )
    blocks = read(body).blocks
    assert [block.text for block in blocks] == ["一、甲", "二、乙", "續", "（一）子", "（二）丑", "三、丙"]
    assert [block.locator.item for block in blocks] == ["一", "二", None, "（一）", "（二）", "三"]


def test_lists_continue_only_where_they_say_so() -> None:
    """A second list begins anew unless it continues the first or names its start."""
    first = f'<text:list xml:id="x" text:style-name="L1">{items("a", "b")}</text:list>'
    anew = f'<text:list text:style-name="L1">{items("c")}</text:list>'
    further = f'<text:list text:continue-list="x" text:style-name="L1">{items("d")}</text:list>'
    ninth = '<text:list-item text:start-value="9"><text:p>e</text:p></text:list-item>'
    started = f'<text:list text:style-name="L1">{ninth}</text:list>'
    assert texts(first + anew + further + started) == ["一、a", "二、b", "一、c", "三、d", "九、e"]


def test_bullets_are_items_without_a_number() -> None:
    """A bullet says nothing that could be quoted."""
    blocks = read(f'<text:list text:style-name="B">{items("身分證")}</text:list>').blocks
    assert [(block.kind, block.text, block.locator.item) for block in blocks] == [("item", "身分證", None)]


def test_only_what_is_shown_is_read() -> None:
    """Deleted and hidden text, comments and tables of contents are none; fields show their result."""
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>舊</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>目次 1</text:p>"
        '</text:index-body></text:table-of-content><text:section text:display="none"><text:p>密</text:p></text:section>'
        '<text:p>新<text:span text:style-name="T1">密</text:span><office:annotation><text:p>註解</text:p>'
        "</office:annotation>，<text:date>2026-01-02</text:date><text:s text:c='3'/>起\n  算"
        "<text:ruby><text:ruby-base>城</text:ruby-base><text:ruby-text>ㄔㄥˊ</text:ruby-text></text:ruby></text:p>"
    )
    assert texts(body) == ["新，2026-01-02 起 算城"]


def test_raised_figures_stay_apart() -> None:
    """A square metre is not m2; what stands below the line is read as it is."""
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties style:text-position="{place}"/>'
        "</style:style>"
        for name, place in (("up", "super 58%"), ("down", "sub 58%"))
    )
    up, down = (f'<text:span text:style-name="{name}">2</text:span>' for name in ("up", "down"))
    assert texts(f"<text:p>m{up} CO{down}</text:p>", automatic=styles) == ["m² CO2"]


def test_notes_and_boxes_follow_their_paragraph() -> None:
    """A note's number does not run into a figure; a box is read where it is anchored."""
    body = (
        "<text:p>費用 500<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>含稅。</text:p>"
        "</text:note-body></text:note><draw:frame><draw:text-box><text:p>框內</text:p></draw:text-box></draw:frame>"
        "元</text:p>"
    )
    assert texts(body) == ["費用 500元", "含稅。", "框內"]


def test_tables_keep_headers_spans_and_repeats() -> None:
    """Marked header rows name the columns, spanned cells are in each of their rows."""
    body = (
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>類別</text:p></table:table-cell>"
        "<table:table-cell><text:p>票價</text:p></table:table-cell></table:table-row></table:table-header-rows>"
        '<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>公車</text:p></table:table-cell>'
        "<table:table-cell><text:p>12 元</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:covered-table-cell/><table:table-cell><text:p>15 元</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    assert texts(body) == ["類別：公車；票價：12 元", "類別：公車；票價：15 元"]


def test_objects_give_their_text() -> None:
    """Charts keep their figures, formulas stand in their line."""
    cells = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("甲", "7"))
    table = f'<table:table table:name="local-table"><table:table-row>{cells}</table:table-row></table:table>'
    body = f"<office:body><office:chart>{table}</office:chart></office:body>"
    chart = f"<office:document-content {ODF}>{body}</office:document-content>"
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
    body = (
        '<text:p>面積 <draw:frame><draw:object xlink:href="./Math"/></draw:frame>'
        '<draw:frame><draw:object xlink:href="./Chart"/></draw:frame></text:p>'
    )
    assert texts(body, Math=formula, Chart=chart) == ["面積 x^2", "甲；7"]


def test_a_flat_file_is_read() -> None:
    """The same text in one XML file without an archive."""
    body = "<office:body><office:text><text:p>內容</text:p></office:text></office:body>"
    flat = f"<office:document {ODF}>{body}</office:document>"
    parsed = read_odt(flat.encode(), "a.odt", Settings())
    assert [block.text for block in parsed.blocks] == ["內容"]


def test_the_title_is_the_declared_one() -> None:
    """The properties of a file say its title; styles made for one paragraph do not hide a title line."""
    style = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    title = '<style:style style:name="Title" style:family="paragraph"/>'
    assert read("<text:p>內容</text:p>", title="補助要點").title == "補助要點"
    assert (
        read('<text:p text:style-name="P1">實施計畫</text:p>', automatic=style, styles=title).blocks[0].kind
        == "heading"
    )


@pytest.mark.skipif(not RENDERED.is_dir(), reason="the shared test data are not on this machine")
def test_real_text_comes_out_without_a_wrong_character() -> None:
    """Questions and answers of the city, rendered to OpenDocument, read back as they were."""
    wrong = []
    for line in (RENDERED / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        blocks = read_odt((RENDERED / gold["files"]["odt"]).read_bytes(), "a.odt", Settings()).blocks
        text = "".join(block.text for block in blocks).replace(f"主管機關：{gold['bureau']}", "")
        if squeeze(text) != squeeze(gold["question"] + gold["answer"]):
            wrong.append(gold["id"])
    assert wrong == []
