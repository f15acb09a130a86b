"""Reading plain text."""

from assistant.indexing.formats.text import read_text
from assistant.settings import Settings

TEXT = """高雄市測試自治條例

第一章 總則
第1條
本條例依法制定。

第2條 用詞如下：
一、市民：設籍本市者。
二、主管機關：社會局。

第二章 申請
第3條　應於三個月內提出，
逾期不受理。
"""


def test_laws_get_chapters_and_articles() -> None:
    """Numbered chapters become sections, and articles mark what follows them."""
    blocks = read_text(TEXT.encode(), "law.txt", Settings()).blocks
    places = {block.text.split("\n")[0][:8]: (block.locator.section, block.locator.article) for block in blocks}
    assert places["第1條"] == ("第一章 總則", "第1條")
    assert places["二、主管機關：社"] == ("第一章 總則", "第2條")
    assert places["第3條　應於三個"] == ("第二章 申請", "第3條")


def test_the_words_stay_as_in_the_file() -> None:
    """Line ends inside a paragraph are kept: the text can be quoted as it stands."""
    blocks = read_text(TEXT.encode(), "law.txt", Settings()).blocks
    assert all(block.text in TEXT for block in blocks)
    assert blocks[-1].text == "第3條　應於三個月內提出，\n逾期不受理。"


def test_short_numbered_lines_in_a_row_are_a_list() -> None:
    """Headings need a text of their own."""
    blocks = read_text("應備文件\n\n一、申請書\n二、身分證\n三、照片\n".encode(), "a.txt", Settings()).blocks
    assert [block.kind for block in blocks] == ["paragraph", "item", "item", "item"]
