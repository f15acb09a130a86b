"""Text of data fields as blocks."""

from assistant.indexing.formats.data.prose import line_of, printed_marker, prose_blocks
from assistant.settings import Settings


def texts(source: str) -> list[str]:
    return [block.text for block in prose_blocks(source, Settings())]


def test_plain_lines_are_blocks_with_their_markers() -> None:
    """Each line of an answer stands alone, and says which item it is."""
    blocks = prose_blocks("一、開徵期間：\r\n(一)每年4月。\r\n二、應備文件：身分證。", Settings())
    assert [(block.kind, block.locator.item) for block in blocks] == [("item", "一"), ("item", "(一)"), ("item", "二")]


def test_html_reads_as_a_page_shows_it() -> None:
    """Tags go, list items stay items, escaped tags are tags."""
    assert texts("<p>請洽<b>社會局</b></p><ul><li>甲</li><li>乙</li></ul>") == ["請洽社會局", "甲", "乙"]
    assert texts("&lt;p&gt;請洽&lt;/p&gt;&lt;p&gt;社會局&lt;/p&gt;") == ["請洽", "社會局"]


def test_line_ends_count_beside_inline_tags_only() -> None:
    """A text with nothing but links was typed line by line."""
    assert texts('第一行\n<a href="x">第二行</a>') == ["第一行", "第二行"]
    assert texts("<p>第一\n行</p>") == ["第一行"]


def test_characters_written_as_entities_are_themselves() -> None:
    """Feeds escape what needs no escaping."""
    assert texts("A&amp;B&nbsp;公司") == ["A&B 公司"]


def test_a_cell_is_one_line() -> None:
    """Lines of a cell are set apart, not run together."""
    assert line_of("李先生 07-1\n王小姐 07-2", Settings()) == "李先生 07-1 王小姐 07-2"
    assert line_of("<b>甲</b>乙", Settings()) == "甲乙"


def test_markers_lose_their_punctuation_but_not_their_brackets() -> None:
    """`三、` is item 三, `(2)` stays (2)."""
    assert [printed_marker(text) for text in ("三、其他", "(2)申請", "１．甲", "3.5 公里", "第一項")] == [
        "三",
        "(2)",
        "１",
        None,
        None,
    ]
