"""Lists of records as rows."""

import pytest

from assistant.errors import DocumentError
from assistant.indexing.blocks import Block
from assistant.indexing.formats.data.records import check_size, readable_columns, table_blocks, table_language
from assistant.indexing.formats.data.values import Table
from assistant.settings import Settings

LONG = "製糖工廠從明治三十三年底勘查擇址。\n" * 20


def blocks(table: Table, section: str | None = None) -> list[Block]:
    return list(table_blocks(table, section, Settings()))


def test_a_row_names_its_cells_and_is_named() -> None:
    """Each row can be read alone; its item is the record's name."""
    row = blocks(Table(("編號", "名稱", "地址"), [("7", "清水宮", "洲仔巷25號")]), "景點")[0]
    assert (row.text, row.kind) == ("編號：7；名稱：清水宮；地址：洲仔巷25號", "row")
    assert (row.locator.section, row.locator.item) == ("景點", "清水宮")


def test_columns_that_tell_nothing_are_left_out() -> None:
    """Empty columns, copies of another, and identifiers for machines."""
    rows = [
        ("6c730caf-e654-4e75-b693-67968ca3b6b2", "橋仔頭糖廠", "", "橋仔頭糖廠"),
        ("1c730caf-e654-4e75-b693-67968ca3b6b3", "打狗英國領事館", "", "打狗英國領事館"),
    ]
    assert readable_columns(Table(("uuid", "名稱", "備註", "標題"), rows)).columns == ("名稱",)


def test_long_texts_follow_their_row_under_its_name() -> None:
    """A description of pages is no cell."""
    found = blocks(Table(("名稱", "類別", "history"), [("橋仔頭糖廠", "文化景觀", LONG), ("舊城", "古蹟", "短")]))
    assert [block.kind for block in found[:3]] == ["heading", "row", "paragraph"]
    assert found[2].text.startswith("history：製糖工廠")
    assert {block.locator.section for block in found[:-1]} == {"橋仔頭糖廠"}
    assert found[-1].locator.section is None


def test_a_sentence_is_told_once_a_row() -> None:
    """Feeds repeat their summary as their description."""
    text = "參觀陶瓷杯器組合的工藝作品，體驗自助收驚，眺望濕地。"
    assert blocks(Table(("名稱", "摘要", "說明"), [("甲", text, text), ("乙", "短", "長")]))[0].text.count(text) == 1


def test_the_language_is_that_of_the_cells() -> None:
    """English names of fields do not make Chinese data English."""
    assert table_language(Table(("sitename", "county"), [("左營", "高雄市")])) == "zh-TW"


def test_tables_without_end_are_refused() -> None:
    """No search can hold a million rows."""
    with pytest.raises(DocumentError) as caught:
        check_size("a.csv", 200_001, 3)
    assert caught.value.reason == "too_large"
