"""Reads plain text: paragraphs between blank lines, numbered headings where they are clear."""

import re
from collections.abc import Iterator

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.decoding import decode
from assistant.indexing.headings import guess_blocks, heading_rank, starts_new_paragraph
from assistant.settings import Settings
from assistant.text import detect_language

_LONGEST_TITLE = 60


def read_text(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a plain text file; `name` is its file name.

    Raises:
        DocumentError: `not_text` for a binary.
    """
    text = decode(data, name)
    paragraphs = list(_paragraphs(text))
    blocks = tuple(mark_articles(guess_blocks((paragraph, None) for paragraph in paragraphs)))
    first = paragraphs[0].split("\n")[0].strip() if paragraphs else ""
    title = first if 0 < len(first) <= _LONGEST_TITLE else name.rsplit(".", 1)[0]
    return ParsedDocument(title, detect_language(text), blocks, 0)


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs as they stand in the file; a line that opens a heading, item or article opens a paragraph."""
    for part in re.split(r"\n[ \t\u3000]*\n", text):
        lines: list[str] = []
        for line in part.split("\n"):
            if lines and (starts_new_paragraph(line) or heading_rank(lines[-1].strip()) is not None):
                yield from _joined(lines)
                lines = []
            lines.append(line)
        yield from _joined(lines)


def _joined(lines: list[str]) -> Iterator[str]:
    text = "\n".join(lines).strip()
    if text:
        yield text
