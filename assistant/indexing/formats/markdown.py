"""Reads Markdown: headings, paragraphs, list items and table rows as plain text without markup."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block, BlockKind, ParsedDocument
from assistant.indexing.decoding import decode
from assistant.indexing.headings import HeadingPath
from assistant.indexing.lines import collapse
from assistant.indexing.tables import row_texts
from assistant.schema import Locator
from assistant.settings import Settings
from assistant.text import detect_language

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_LINE = re.compile(r"[A-Za-z_][\w .-]*:(\s|\Z)|\s|#|-(\s|\Z)|\Z")
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def read_markdown(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a Markdown file; the title is the front matter's, else the first heading, else the file name.

    Raises:
        DocumentError: `not_text` for a binary.
    """
    front_title, body = _split_front_matter(decode(data, name))
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(body)
    first_heading = next(
        (_inline_text(tokens[i + 1]) for i, t in enumerate(tokens) if t.type == "heading_open"),
        "",
    )
    title = front_title or first_heading or name.rsplit(".", 1)[0]
    blocks = tuple(mark_articles(_blocks(tokens, title)))
    return ParsedDocument(title, detect_language(body), blocks, 0)


def _split_front_matter(text: str) -> tuple[str, str]:
    match = _FRONT_MATTER.match(text)
    if match is None or not all(_YAML_LINE.match(line) for line in match[1].split("\n")):
        return "", text
    title = _TITLE.search(match[1])
    return (title[1].strip("\"'") if title else ""), text[match.end() :]


def _blocks(tokens: list[Token], title: str) -> Iterator[Block]:
    path = HeadingPath(title)
    marks: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.type == "table_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
            yield from _table_blocks(tokens[index:end], path)
            index = end
        elif token.type == "list_item_open":
            marks.append(f"{token.info}. " if token.info.isdigit() else "")
        elif token.type == "list_item_close":
            marks.pop()
        elif token.type in {"inline", "fence", "code_block", "html_block"}:
            text = _inline_text(token)
            if not text:
                continue
            parent = tokens[index - 2]
            kind = _kind(parent, marks)
            if kind == "heading":
                path.enter(int(parent.tag[1]), text)
            elif kind == "item":
                text, marks[-1] = marks[-1] + text, ""
            yield Block(text, Locator(section=path.section), kind)


def _kind(parent: Token, marks: list[str]) -> BlockKind:
    if parent.type == "heading_open":
        return "heading"
    return "item" if marks else "paragraph"


def _table_blocks(tokens: list[Token], path: HeadingPath) -> Iterator[Block]:
    grid: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            grid.append([])
        elif token.type == "inline":
            grid[-1].append(" ".join(_inline_text(token).split()))
    for line in row_texts(grid, 1 if any(grid[0]) else 0):
        yield Block(line, Locator(section=path.section), "row")


def _inline_text(token: Token) -> str:
    """The text of a token without markup; raw HTML keeps its text only."""
    if token.type == "html_block":
        return " ".join(_TAG.sub(" ", token.content).split())
    if token.type != "inline":
        return token.content.strip()
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline", "text_special"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "html_inline" and child.content.lower().startswith("<br"):
            parts.append(" ")
    return collapse("".join(parts))
