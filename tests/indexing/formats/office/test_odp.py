"""Reading OpenDocument presentations."""

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.odp import read_odp
from assistant.settings import Settings
from tests.indexing.formats.office.packages import odf

NUMBER = '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
AUTOMATIC = f"""<style:style style:name="dp2" style:family="drawing-page">
<style:drawing-page-properties presentation:visibility="hidden"/></style:style>
<text:list-style style:name="L1">{NUMBER}</text:list-style>
<text:list-style style:name="L2">{NUMBER}</text:list-style>"""


def read(body: str) -> ParsedDocument:
    return read_odp(odf("presentation", body, automatic=AUTOMATIC), "簡報.odp", Settings())


def frame(content: str, kind: str = "outline") -> str:
    return f'<draw:frame presentation:class="{kind}"><draw:text-box>{content}</draw:text-box></draw:frame>'


def listed(text: str, style: str) -> str:
    return f'<text:list text:style-name="{style}"><text:list-item><text:p>{text}</text:p></text:list-item></text:list>'


def test_a_slide_is_a_page_and_its_title_a_section() -> None:
    """Titles come first; notes, dates and footers are no part of the slide."""
    notes = f"<presentation:notes>{frame('<text:p>備忘</text:p>')}</presentation:notes>"
    body = (
        f"<draw:page>{frame('<text:p>內容</text:p>')}{frame('<text:p>防災簡報</text:p>', 'title')}"
        f"{frame('<text:p>1</text:p>', 'page-number')}{notes}</draw:page>"
        f'<draw:page draw:style-name="dp2">{frame("<text:p>藏</text:p>")}</draw:page>'
        f"<draw:page><draw:g><draw:custom-shape><text:p>圖說</text:p></draw:custom-shape></draw:g></draw:page>"
    )
    parsed = read(body)
    assert [(block.text, block.locator.page, block.locator.section) for block in parsed.blocks] == [
        ("防災簡報", 1, "防災簡報"),
        ("內容", 1, "防災簡報"),
        ("圖說", 3, None),
    ]
    assert (parsed.title, parsed.pages) == ("防災簡報", 3)


def test_lists_that_follow_each_other_count_on() -> None:
    """Slides keep each numbered line in a list of its own; text between them begins the count anew."""
    content = listed("甲", "L1") + listed("乙", "L2") + "<text:p>段</text:p>" + listed("丙", "L1")
    assert [block.text for block in read(f"<draw:page>{frame(content)}</draw:page>").blocks] == [
        "1. 甲", "2. 乙", "段", "1. 丙",
    ]  # fmt: skip
