"""Paragraphs and tables of a PDF: wrapped lines joined, over columns and pages."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.indexing.formats.pdf.chars import NO_STYLE, Style
from assistant.indexing.formats.pdf.elements import Element, Line, Table
from assistant.indexing.formats.pdf.tags import NO_TAG, Tag
from assistant.indexing.formats.pdf.wrapping import URL_AT_END, Row, continues, rows_of
from assistant.indexing.lines import join_lines

_URL_GOES_ON = re.compile(r"[!-~]*[/?&=%#_\d][!-~]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph with the page on which it begins, or a table; `dotted` where a drawn bullet stands before it."""

    text: str
    page: int
    style: Style = NO_STYLE
    tag: Tag = NO_TAG
    table: Table | None = None
    dotted: bool = False


def parts_of(pages: Sequence[Sequence[Element]], tags: Sequence[Mapping[int, Tag]]) -> list[Part]:
    """Paragraphs and tables in reading order; an unfinished sentence runs over a page break.

    Args:
        pages: the elements of each page.
        tags: the tags of each page.
    """
    words = frozenset(re.findall(r"[a-z]{4,}", " ".join(_text(element) for page in pages for element in page).lower()))
    tags_wrap = _tags_wrap(pages, tags)
    parts: list[Part] = []
    rows: list[Row] = []
    for number, (elements, known) in enumerate(zip(pages, tags, strict=True), start=1):
        for item in rows_of(elements, number, known):
            if rows and not (isinstance(item, Row) and continues(rows, item, tags_wrap=tags_wrap)):
                parts.append(_part(rows, words))
                rows = []
            if isinstance(item, Table):
                parts.append(Part("", number, table=item))
            elif item.line.text:
                rows.append(item)
    return [*parts, _part(rows, words)] if rows else parts


def _text(element: Element) -> str:
    return element.text if isinstance(element, Line) else ""


def _tags_wrap(pages: Sequence[Sequence[Element]], tags: Sequence[Mapping[int, Tag]]) -> bool:
    """Whether tags hold paragraphs, and not each line for itself."""
    counts: Counter[tuple[int, int]] = Counter()
    for number, (elements, known) in enumerate(zip(pages, tags, strict=True)):
        for element in elements:
            if isinstance(element, Line) and element.style.mark in known:
                counts[number, known[element.style.mark].element] += 1
    return any(count > 1 for count in counts.values())


def _part(rows: Sequence[Row], words: frozenset[str]) -> Part:
    styles: Counter[Style] = Counter()
    for row in rows:
        styles[row.line.style._replace(mark=-1)] += len(row.line.text)
    text = join_lines(list(_whole_urls(row.line.text for row in rows)), words)
    return Part(text, rows[0].page, styles.most_common(1)[0][0], rows[0].tag, dotted=rows[0].line.dotted)


def _whole_urls(lines: Iterator[str]) -> Iterator[str]:
    """The lines with addresses that were wrapped made whole."""
    held = ""
    for line in lines:
        if held and not (URL_AT_END.search(held) and _URL_GOES_ON.match(line)):
            yield held
            held = ""
        held += line
    yield held
