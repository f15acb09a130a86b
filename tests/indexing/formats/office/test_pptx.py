"""Reading PowerPoint files."""

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.pptx import read_pptx
from assistant.settings import Settings
from tests.indexing.formats.office.packages import P, pptx, shape, unzipped, zipped


def read(slides: list[str], **parts: str) -> ParsedDocument:
    return read_pptx(pptx(slides, **parts), "簡報.pptx", Settings())


def texts(slide: str, **parts: str) -> list[str]:
    return [block.text for block in read([slide], **parts).blocks]


def test_a_slide_is_a_page_and_its_title_a_section() -> None:
    """A quote says on which slide it stands, and the title comes first wherever the file keeps it."""
    parsed = read([shape("內容", "body") + shape("標題一", "title"), shape("散文") + shape("3", "sldNum")])
    assert [(block.kind, block.text, block.locator.page, block.locator.section) for block in parsed.blocks] == [
        ("heading", "標題一", 1, "標題一"),
        ("item", "內容", 1, "標題一"),
        ("paragraph", "散文", 2, None),
    ]
    assert (parsed.title, parsed.pages) == ("標題一", 2)


def test_hidden_slides_shapes_and_furniture_are_left_out() -> None:
    """What the audience does not see is not published; slide numbers stay right."""
    hidden = f'<p:sld {P} show="0"><p:cSld><p:spTree>{shape("秘密")}</p:spTree></p:cSld></p:sld>'
    veiled = shape("藏").replace("<p:cNvPr/>", '<p:cNvPr hidden="1"/>')
    blocks = read([hidden, veiled + shape("頁尾", "ftr") + shape("公開")]).blocks
    assert [(block.text, block.locator.page) for block in blocks] == [("公開", 2)]


def test_groups_and_numbers() -> None:
    """Shapes inside groups are read; automatic numbers are printed and begin anew after other text."""
    lines = "".join(
        f'<a:p><a:pPr><a:buAutoNum type="{kind}"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'
        if kind
        else f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
        for kind, text in [("arabicPeriod", "甲"), ("arabicPeriod", "乙"), ("", "段"), ("ea1ChtPeriod", "丙")]
    )
    group = f"<p:grpSp><p:grpSp><p:sp><p:txBody>{lines}</p:txBody></p:sp></p:grpSp></p:grpSp>"
    assert texts(group) == ["1. 甲", "2. 乙", "段", "一. 丙"]


def test_tables_and_diagrams_are_read() -> None:
    """Rows stand under the names of a marked first row; a diagram gives its words."""

    def row(*cells: str) -> str:
        lines = (f"<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>" for text in cells)
        return f"<a:tr>{''.join(lines)}</a:tr>"

    table = f'<a:tbl><a:tblPr firstRow="1"/>{row("項目", "金額")}{row("租金", "500")}</a:tbl>'
    diagram = (
        f"<dgm:dataModel {P}><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>申請</a:t></a:r></a:p></dgm:t></dgm:pt>"
        '<dgm:pt type="pres"><dgm:t><a:p><a:r><a:t>樣式</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'
    )
    slide = f'<p:graphicFrame>{table}</p:graphicFrame><p:graphicFrame><dgm:relIds r:dm="data1"/></p:graphicFrame>'
    assert texts(slide, data1=diagram) == ["項目：租金；金額：500", "申請"]


def test_a_missing_slide_is_told() -> None:
    """A part that is not in the file costs itself only, and the report says so."""
    parts = unzipped(pptx([shape("一"), shape("二")]))
    del parts["ppt/slides/slide1.xml"]
    parsed = read_pptx(zipped(parts), "a.pptx", Settings())
    assert [block.text for block in parsed.blocks] == ["一"]
    assert parsed.unread == ("slide 2: missing in the file",)


def test_too_many_slides_are_refused() -> None:
    """The limit on pages holds for slides."""
    with pytest.raises(DocumentError) as caught:
        read_pptx(pptx([shape("一")] * 3), "a.pptx", Settings(max_pages=2))
    assert caught.value.reason == "too_large"
