"""Articles of laws and regulations: paragraphs that begin with 第N條 mark what follows until the next article."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.indexing.blocks import Block

_NUMBER = r"[0-9０-９]{1,4}|[〇○零一二三四五六七八九十百千]{1,9}"
# What follows 條 in a reference to an article, such as 第三條規定 or 第三條第一項, and never in its heading.
_REFERENCE = r"第之及或與至到、，,。；;項款規所各前但附以後則等"
_CHINESE = re.compile(rf"\s*第\s*({_NUMBER})\s*條(?:\s*之\s*({_NUMBER}))?(?![{_REFERENCE}])")
_CHINESE_DASHED = re.compile(r"\s*第\s*([0-9０-９]{1,4})\s*[-－‑–]\s*([0-9０-９]{1,3})\s*條()(?![" + _REFERENCE + "])")
_ENGLISH = re.compile(r"\s*Article\s+(\d{1,4}(?:-\d{1,3})?)(?=\s*\Z|\s*[\n(:：.]|\s+[A-Z0-9])")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def article_of(text: str) -> str | None:
    """The article that a paragraph opens, such as `第12條`, `第12條之1` or `Article 12`; None where it opens none."""
    match = _CHINESE.match(text) or _CHINESE_DASHED.match(text)
    if match:
        branch = f"之{chinese_number(match[2])}" if match[2] else ""
        return f"第{chinese_number(match[1])}條{branch}"
    english = _ENGLISH.match(text)
    return f"Article {english[1]}" if english else None


def chinese_number(numeral: str) -> int:
    """The value below 10,000 of a numeral in Arabic, full-width or Chinese digits (十二, 一百零五, 一二)."""
    if numeral.isdecimal():
        return int(numeral)
    if not any(character in _UNITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total = digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def mark_articles(blocks: Iterable[Block]) -> Iterator[Block]:
    """Give each block the article that it stands in; a heading that opens no article ends the current one."""
    current: str | None = None
    for block in blocks:
        opened = article_of(block.text)
        if opened or block.kind == "heading":
            current = opened
        yield (replace(block, locator=replace(block.locator, article=current)) if current else block)
