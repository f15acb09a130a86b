"""Chooses the title of an office file: one that a person wrote, from its properties or its first lines."""

import re
from collections.abc import Iterable, Iterator

from assistant.indexing.blocks import Block
from assistant.indexing.decoding import tidy

LONGEST_TITLE = 80
_LEFT_BEHIND = re.compile(
    r"(?i)\A(untitled|無標題|未命名|microsoft (word|powerpoint|excel)|(powerpoint )?(presentation|簡報)|word document"
    r"|投影片|slide|title|標題|按一下|click to|document|文件|主旨)\s*\d*(\s*-\s.*)?\Z"
    r"|\.(docx?|pdf|xlsx?|pptx?|od[tsp]|indd|dvi|tex|rtf)\Z|[\ufffd]"
)


def choose_title(candidates: Iterable[str], name: str) -> str:
    """The first candidate that can be a title, else the file's name without its suffix."""
    for candidate in candidates:
        title = " ".join(tidy(candidate).split())
        letters = re.search(r"[^\W\d_]{2}", title)
        if letters and 2 <= len(title) <= LONGEST_TITLE and not _LEFT_BEHIND.search(title):
            return title
    return name.rsplit(".", 1)[0]


def sheet_titles(declared: str, blocks: Iterable[Block]) -> Iterator[str]:
    """What may be the title of a spreadsheet: its declared one, else the line above its first table."""
    yield declared
    first = next(iter(blocks), None)
    if first is not None and first.kind == "paragraph":
        yield first.text
