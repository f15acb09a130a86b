"""Reading Markdown."""

from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.markdown import read_markdown
from assistant.settings import Settings

PAGE = """---
title: "敬老卡"
topic: welfare
---
# 敬老卡怎麼辦

年滿 **65 歲**的市民可以
[申請](https://example.org)，見 `表一`。<br>

## 應備文件

1. 身分證
2. 照片
   - 兩張

| 項目 | 金額 |
|---|---|
| 補發 | 100 元 |
| 首次 | |

<div>外部<script>alert(1)</script>文字</div>
"""


def read(text: str) -> ParsedDocument:
    return read_markdown(text.encode(), "card.md", Settings())


def test_markup_is_gone_and_words_stay() -> None:
    """Blocks are plain text with their kinds; raw HTML keeps its words only."""
    assert [(block.kind, block.text) for block in read(PAGE).blocks] == [
        ("heading", "敬老卡怎麼辦"),
        ("paragraph", "年滿 65 歲的市民可以申請，見 表一。"),
        ("heading", "應備文件"),
        ("item", "1. 身分證"),
        ("item", "2. 照片"),
        ("item", "兩張"),
        ("row", "項目：補發；金額：100 元"),
        ("row", "項目：首次"),
        ("paragraph", "外部 文字"),
    ]


def test_the_front_matter_gives_the_title_and_no_text() -> None:
    """A YAML block is metadata, not evidence."""
    parsed = read(PAGE)
    assert parsed.title == "敬老卡"
    assert "welfare" not in "".join(block.text for block in parsed.blocks)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    """Text between two rules stays text."""
    assert [block.text for block in read("---\n這是內文，不是設定\n\n---\n後文\n").blocks][-1] == "後文"
    assert any("這是內文" in block.text for block in read("---\n這是內文，不是設定\n\n---\n後文\n").blocks)


def test_sections_are_heading_paths() -> None:
    """A block stands under all of its headings."""
    parsed = read("# 甲\n\n## 乙\n\n文\n\n# 丙\n\n文二\n")
    assert [block.locator.section for block in parsed.blocks if block.kind == "paragraph"] == ["乙", "丙"]
