"""Text of a data field, plain or with HTML in it, as blocks."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block
from assistant.indexing.decoding import tidy
from assistant.indexing.formats.data.wrapping import unwrap
from assistant.indexing.formats.html import read_html
from assistant.indexing.headings import guess_blocks
from assistant.settings import Settings

_BLOCK_TAGS = r"p|br|div|li|ul|ol|table|tr|td|h[1-6]|dl|dd|dt|section|article|blockquote|hr|pre"
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(
    rf"</?(?:{_BLOCK_TAGS}|a|b|i|u|em|strong|span|font|img|sub|sup|small|big|center|o:p|tbody|thead|th|strike)"
    r"(?:\s[^<>]*)?/?>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_BLOCK_TAGS}|a|span|strong|font|b)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_MARKER = re.compile(
    r"(?:([（(]\s*(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,4}|[a-zA-Z]|[ivx]{1,4})\s*[）)])"
    r"|([0-9０-９]{1,3}|[壹貳參肆伍陸柒捌玖拾一二三四五六七八九十]{1,4}|[a-zA-Z])\s*(?:[、．)）]|\.(?=\s|[^\s\d.])))"
)


def prose_blocks(text: str, settings: Settings) -> list[Block]:
    """The blocks of a field's text: HTML as a page would show it, plain text line by line with its list markers."""
    source = html.unescape(text) if _ESCAPED_TAG.search(text) else text
    if _TAG.search(source):
        return list(read_html(_page(source), "", settings).blocks)
    plain = html.unescape(source).replace("\xa0", " ") if _ENTITY.search(source) else source
    lines = unwrap(tidy(plain).split("\n"))
    return list(mark_articles(_with_markers(guess_blocks((line, None) for line in lines))))


def line_of(text: str, settings: Settings) -> str:
    """A field's text on one line without markup, a space where its lines end."""
    if _TAG.search(text) or _ESCAPED_TAG.search(text):
        return " ".join(block.text for block in prose_blocks(text, settings))
    plain = html.unescape(text) if _ENTITY.search(text) else text
    return " ".join(" ".join(unwrap(plain.split("\n"))).split()) if "\n" in plain else " ".join(plain.split())


def printed_marker(text: str) -> str | None:
    """The marker that a list item begins with, without punctuation: `三`, `(2)`; None without one."""
    match = _MARKER.match(text.lstrip())
    return (match[1] or match[2]) if match else None


def _page(source: str) -> bytes:
    """A page of an HTML fragment; its line ends count where only inline tags stand between them."""
    body = source if _BLOCK_TAG.search(source) else source.strip().replace("\n", "<br>\n")
    return f"<!doctype html><meta charset=utf-8><body>{body}</body>".encode("utf-8", "ignore")


def _with_markers(blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        marker = printed_marker(block.text) if block.kind == "item" else None
        yield replace(block, locator=replace(block.locator, item=marker)) if marker else block
