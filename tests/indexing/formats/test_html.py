"""Reading HTML pages."""

from assistant.indexing.blocks import Block, ParsedDocument
from assistant.indexing.formats.html import read_html
from assistant.settings import Settings

PAGE = """<!doctype html><html lang="zh-Hant-TW"><head><title>育兒津貼 - 高雄市政府</title></head><body>
<header>網站導覽</header><nav>首頁</nav>
<main><h1>育兒津貼</h1><p>未滿五歲的
孩子<b>可以</b>申請。</p>
<h2>應備文件</h2><ol><li>申請書<ul><li>正本</li></ul></li><li>身分證</li></ol>
<dl><dt>地點</dt><dd>區公所</dd></dl>
<table><tr><th>胎次</th><th>金額</th></tr>
<tr><td rowspan="2">第一胎</td><td>5000</td></tr><tr><td>6000</td></tr></table>
<h2>洽詢</h2><p hidden>秘密</p><p style="display: none">秘密</p><p>請撥 1999<br>或到區公所</p>
<script>alert(1)</script><!-- 註解 --></main><footer>版權所有</footer></body></html>"""


def read(page: str) -> ParsedDocument:
    return read_html(page.encode(), "page.html", Settings())


def block(text: str, blocks: tuple[Block, ...]) -> Block:
    return next(block for block in blocks if block.text == text)


def test_only_the_visible_main_content_is_read() -> None:
    """Navigation, scripts, comments, hidden and repeated page parts are no evidence."""
    text = "\n".join(block.text for block in read(PAGE).blocks)
    assert not [word for word in ("導覽", "首頁", "秘密", "alert", "註解", "版權") if word in text]


def test_text_reads_as_a_browser_shows_it() -> None:
    """Inline tags and source line breaks leave no gaps in Chinese; numbers of lists stay."""
    texts = [block.text for block in read(PAGE).blocks]
    assert texts[1] == "未滿五歲的孩子可以申請。"
    assert texts[3:7] == ["1. 申請書", "正本", "2. 身分證", "地點：區公所"]
    assert texts[-2:] == ["請撥 1999", "或到區公所"]


def test_table_rows_name_their_columns() -> None:
    """Each row can be read alone, also under a cell that spans rows."""
    texts = [block.text for block in read(PAGE).blocks if block.kind == "row"]
    assert texts == ["胎次：第一胎；金額：5000", "胎次：第一胎；金額：6000"]


def test_title_language_and_sections_come_from_the_page() -> None:
    """The page's own heading is the title, without the site's name; sections are its heading paths."""
    parsed = read(PAGE)
    assert (parsed.title, parsed.language) == ("育兒津貼", "zh-TW")
    assert block("2. 身分證", parsed.blocks).locator.section == "應備文件"
    assert block("請撥 1999", parsed.blocks).locator.section == "洽詢"


def test_a_page_inside_a_form_is_still_read() -> None:
    """Pages of old web frameworks wrap everything in one form."""
    parsed = read("<body><form><input value=x><div>申請人應於三個月內提出申請。</div></form></body>")
    assert [block.text for block in parsed.blocks] == ["申請人應於三個月內提出申請。"]


def test_layout_tables_are_no_data() -> None:
    """A table that only lays out the page yields its paragraphs."""
    parsed = read("<table><tr><td><h2>標題</h2><p>內文</p></td><td>旁邊</td></tr></table>")
    assert [(block.kind, block.text) for block in parsed.blocks] == [
        ("heading", "標題"),
        ("paragraph", "內文"),
        ("paragraph", "旁邊"),
    ]


def test_rows_may_be_named_by_their_first_cell() -> None:
    """A table of names and values keeps them together."""
    parsed = read("<table><tr><th>電話</th><td>1999</td></tr><tr><th>地址</th><td>四維三路</td></tr></table>")
    assert [block.text for block in parsed.blocks] == ["電話：1999", "地址：四維三路"]


def test_deep_nesting_ends() -> None:
    """A page of ten thousand nested elements is read without a crash."""
    parsed = read("<div>" * 10_000 + "內容" + "</div>" * 10_000)
    assert "".join(block.text for block in parsed.blocks) in {"內容", ""}
