"""Blocks of a PDF from its paragraphs and tables: headings with their paths, list items, rows under their names."""

import re
from collections.abc import Iterator, Sequence

from assistant.indexing.articles import article_of
from assistant.indexing.blocks import Block, BlockKind
from assistant.indexing.formats.pdf.continued import TableWriter, with_whole_rows
from assistant.indexing.formats.pdf.headings import Bookmarks, heading_levels
from assistant.indexing.formats.pdf.parts import Part
from assistant.indexing.headings import HeadingPath, starts_new_paragraph
from assistant.schema import Locator

_MARKER = re.compile(
    r"([（(]\s*[0-9０-９a-zA-Z一二三四五六七八九十]{1,4}\s*[）)]|[0-9０-９]{1,3}(?:\.[0-9]{1,3})*(?=\s*[、．)）]|\.(?!\d)|\s)"
    r"|[一二三四五六七八九十]{1,4}(?=\s*[、．.])|[壹貳參肆伍陸柒捌玖拾]{1,3}(?=\s*[、．.])|[①-⑳㈠-㈩⑴-⒇]"
    r"|[甲乙丙丁戊己庚辛壬癸](?=\s*[、．.])|[a-zA-Z](?=[、．)）]|\.\s))"
)
_ITEMS = frozenset({"LI", "LBody"})


def blocks_of(parts: Sequence[Part], title: str, bookmarks: Bookmarks) -> Iterator[Block]:
    """Blocks in reading order."""
    parts = with_whole_rows(parts)
    path = HeadingPath(title)
    tables = TableWriter()
    for part, level in zip(parts, heading_levels(parts, bookmarks), strict=True):
        if part.table:
            yield from tables.blocks(part.table, Locator(page=part.page, section=path.section))
            continue
        tables.pass_over(part.text)
        if level is not None:
            path.enter(level, part.text)
        kind = "heading" if level is not None else _kind(part)
        item = item_of(part.text) if kind == "item" else None
        yield Block(part.text, Locator(page=part.page, section=path.section, item=item), kind)


def item_of(text: str) -> str | None:
    """The printed marker that a list item begins with, without its punctuation."""
    match = _MARKER.match(text)
    return match[1] if match else None


def _kind(part: Part) -> BlockKind:
    listed = part.dotted or part.tag.kind in _ITEMS or starts_new_paragraph(part.text)
    return "item" if listed and article_of(part.text) is None else "paragraph"
