"""XML documents with running text."""

import pytest

from assistant.indexing.blocks import Block
from assistant.indexing.formats.data.xml_data import read_xml
from assistant.settings import PROJECT_ROOT, Settings

SHARED = PROJECT_ROOT.parent / "shared" / "data" / "b5_dc_law_en"
STATUTE = """<section xmlns="urn:law"><num>8-1825.07</num><heading>Diseased colonies.</heading>
<text>The Department shall, under <cite>chapter 5</cite>, act.</text>
<para><num>(a)</num><text>It may:</text><para><num>(1)</num><text>destroy hives;</text></para>
<para><num>(2)</num><para><num>(A)</num><text>treat bees.</text></para></para>
<aftertext>It may do both.</aftertext></para>
<annotations><annotation doc="x" type="History">Apr. 20, 2013</annotation>
<annotation doc="y" type="z">1981 Ed.</annotation></annotations>
</section>"""


def blocks(source: str) -> tuple[Block, ...]:
    return next(iter(read_xml(source.encode(), "law.xml", Settings()))).blocks


def test_a_section_is_cited_by_its_number() -> None:
    """Its number and heading open it, and everything in it stands under it."""
    found = blocks(STATUTE)
    assert found[0].text == "§ 8-1825.07. Diseased colonies."
    assert {block.locator.article for block in found} == {"§ 8-1825.07"}
    assert found[1].text == "The Department shall, under chapter 5, act."


def test_markers_are_printed_once_and_nest() -> None:
    """A marker without text of its own stands before the first text inside it."""
    found = [(block.locator.item, block.text) for block in blocks(STATUTE)[2:6]]
    assert found == [
        ("(a)", "(a) It may:"),
        ("(a)(1)", "(1) destroy hives;"),
        ("(a)(2)(A)", "(2)(A) treat bees."),
        ("(a)", "It may do both."),
    ]


def test_headings_are_sections_until_they_end() -> None:
    """What follows an inner section stands under the outer one again."""
    source = """<document><title>手冊</title><chapter><title>申請</title>
    <section><title>文件</title><para>備妥身分證件影本。</para></section><para>送交區公所辦理。</para></chapter></document>"""
    assert [(block.locator.section, block.text) for block in blocks(source) if block.kind != "heading"] == [
        ("申請 > 文件", "備妥身分證件影本。"),
        ("申請", "送交區公所辦理。"),
    ]


def test_tables_are_rows_and_lists_inside_text_stay_apart() -> None:
    """Blocks inside a paragraph cut it."""
    source = """<document><para>應備文件如下列各項：<list><item>申請書正本</item></list>逾期不受理。</para>
    <table><tr><th>項目</th><th>金額</th></tr><tr><td>規費</td><td>20</td></tr></table></document>"""
    assert [block.text for block in blocks(source)] == [
        "應備文件如下列各項：",
        "申請書正本",
        "逾期不受理。",
        "項目：規費；金額：20",
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="real statutes are not at hand")
@pytest.mark.parametrize("number", ["8-1813", "8-401", "50-105"])
def test_real_statutes_lose_no_text(number: str) -> None:
    """Every paragraph of the source stands in the document, under the number of its section."""
    path = SHARED / "titles" / number.split("-")[0] / "sections" / f"{number}.xml"
    found = blocks(path.read_text(encoding="utf-8"))
    assert {block.locator.article for block in found} == {f"§ {number}"}
    assert len("".join(block.text for block in found)) > 200
