"""Heading paths, and a conservative guess of which lines of unmarked text are numbered headings."""

import re
from collections.abc import Iterable, Iterator

from assistant.indexing.articles import article_of
from assistant.indexing.blocks import Block, BlockKind
from assistant.schema import Locator

_NUMERAL = "0-9０-９〇零一二三四五六七八九十百"
_RANKS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"第\s*[{_NUMERAL}]+\s*[編篇部]"),
    re.compile(rf"第\s*[{_NUMERAL}]+\s*章|[Cc]hapter\s+[0-9IVX]+\b"),
    re.compile(rf"第\s*[{_NUMERAL}]+\s*節|[Ss]ection\s+[0-9IVX]+\b"),
    re.compile(r"[壹貳參肆伍陸柒捌玖拾]{1,3}\s*[、．.]"),
    re.compile(r"[一二三四五六七八九十]{1,3}\s*[、．.]"),
    re.compile(r"[（(]\s*[一二三四五六七八九十]{1,3}\s*[）)]"),
    re.compile(r"\d{1,2}(?:\.(?=\s)|[、．])"),
)
_MARKER = re.compile(
    r"[（(]?\s*(?:\d{1,3}(?:\.\d{1,3})*|[0-9０-９]{1,3}|[a-zA-Z]|[ivx]{1,4})\s*(?:[）)、．]|\.(?=\s|[^\s\d.]))"
    r"|[•●○◎■□◆◇▪▶►※＊*·‧–—-]\s*(?=\S)|[①-⑳㈠-㈩⑴-⒇]|[Qq答問][：:]"
)
_BODY_ENDS = tuple("。.；;，,、：:！!」")
_LONGEST_HEADING = 32
_LONGEST_LATIN_HEADING = 80


class HeadingPath:
    """The headings that the current place of a document stands under, outermost first."""

    def __init__(self, title: str = "") -> None:
        self._title = " ".join(title.split())
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """Open a heading and close those of its level and below it; the document's own title is no section."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        heading = " ".join(text.split())
        if heading != self._title:
            self._open.append((level, heading))

    @property
    def section(self) -> str | None:
        """The path as locators give it, or None outside of any heading."""
        return " > ".join(text for _, text in self._open) or None


def heading_rank(line: str) -> int | None:
    """The rank of a numbered heading-like line (0: 第一編 ... 6: 1.), or None for any other line."""
    limit = _LONGEST_HEADING if any("\u3400" <= character <= "\u9fff" for character in line) else _LONGEST_LATIN_HEADING
    if len(line) > limit or "\n" in line or line.endswith(_BODY_ENDS):
        return None
    return marker_rank(line)


def marker_rank(line: str) -> int | None:
    """The rank of the numbering that a line begins with, whatever its length, or None."""
    stripped = line.lstrip()
    for rank, pattern in enumerate(_RANKS):
        if pattern.match(stripped):
            return rank
    return None


def starts_new_paragraph(line: str) -> bool:
    """Whether a line opens a numbered part, a list item or an article, and so continues no earlier line."""
    return marker_rank(line) is not None or article_of(line) is not None or _MARKER.match(line.lstrip()) is not None


def guess_blocks(paragraphs: Iterable[tuple[str, int | None]]) -> Iterator[Block]:
    """Blocks of paragraphs `(text, page)`, with numbered headings as sections.

    A short numbered line is a heading only where text of its own follows: neighbours of the same rank are a list.
    """
    path = HeadingPath()
    items = list(paragraphs)
    for index, (text, page) in enumerate(items):
        before = heading_rank(items[index - 1][0]) if index else None
        after = marker_rank(items[index + 1][0]) if index + 1 < len(items) else 0
        rank = heading_rank(text)
        kind: BlockKind = "paragraph"
        if rank is not None and before != rank and (after is None or after > rank):
            path.enter(rank, text)
            kind = "heading"
        elif starts_new_paragraph(text) and article_of(text) is None:
            kind = "item"
        yield Block(text, Locator(page=page, section=path.section), kind)
