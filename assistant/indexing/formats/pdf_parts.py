"""Paragraphs of a PDF: wrapped lines joined, over columns and pages."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.indexing.formats.pdf_boxes import Box
from assistant.indexing.formats.pdf_chars import NO_STYLE, Style
from assistant.indexing.formats.pdf_elements import Element, Line, Table
from assistant.indexing.formats.pdf_tags import NO_TAG, Tag
from assistant.indexing.headings import heading_rank, starts_new_paragraph
from assistant.indexing.lines import display_width, join_lines
from assistant.sentences import is_cjk

# Shares of the text width that a wrapped line fills where only its text is known; one that ends a sentence fills more.
_FULL_LINE = 0.9
_WRAPPED_LINE = 0.66
_SHORT_LINE = 0.5
_NARROW_COLUMN = 30  # columns of a fixed-width font
_WEAK_MARKER = re.compile(r"[a-zA-Z–—·‧-]")
_SENTENCE_ENDS = tuple("。！？；：.!?;:")
_NEAR = 8  # lines before and after a line that show where its column ends
_SAME_SIZE = 1.12
# Shares of the font size, or of the usual distance of lines.
_SAME_LEFT = 4.0
_INDENT = 1.3
_SLACK = 0.8
_WIDE_PITCH = 1.3
_LEAST_WIDTH = 0.6  # of the long lines of the page


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph with the page on which it begins, or a table."""

    text: str
    page: int
    style: Style = NO_STYLE
    tag: Tag = NO_TAG
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A line and what its page says of it: where its column ends, how far apart lines are, how wide long lines are."""

    line: Line
    page: int
    tag: Tag
    edge: float
    pitch: float
    width: float
    columns: int


def parts_of(pages: Sequence[Sequence[Element]], tags: Sequence[Mapping[int, Tag]]) -> list[Part]:
    """Paragraphs and tables in reading order; an unfinished sentence runs over a page break."""
    words = frozenset(re.findall(r"[a-z]{4,}", " ".join(_text(element) for page in pages for element in page).lower()))
    wrapped = _tags_wrap(pages, tags)
    parts: list[Part] = []
    rows: list[_Row] = []
    for number, (elements, known) in enumerate(zip(pages, tags, strict=True), start=1):
        for item in _rows(elements, number, known):
            if rows and not (isinstance(item, _Row) and _continues(rows, item, wrapped=wrapped)):
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


def _part(rows: Sequence[_Row], words: frozenset[str]) -> Part:
    styles: Counter[Style] = Counter()
    for row in rows:
        styles[row.line.style._replace(mark=-1)] += len(row.line.text)
    text = join_lines([row.line.text for row in rows], words)
    return Part(text, rows[0].page, styles.most_common(1)[0][0], rows[0].tag)


def _rows(elements: Sequence[Element], page: int, tags: Mapping[int, Tag]) -> Iterator[_Row | Table]:
    lines = [element for element in elements if isinstance(element, Line)]
    placed = [line for line in lines if line.box]
    width, columns = _long_width(placed), _text_columns(lines)
    for index, element in enumerate(elements):
        if isinstance(element, Table):
            yield element
            continue
        near = [other for other in elements[max(index - _NEAR, 0) : index + _NEAR + 1] if isinstance(other, Line)]
        tag = tags.get(element.style.mark, NO_TAG)
        alike = [other for other in near if other.box and _same_size(other.style, element.style)]
        yield _Row(element, page, tag, _column_edge(element, alike), _usual_pitch(alike), width, columns)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next."""
    steps = [
        below.box[3] - above.box[3]
        for above, below in pairwise(lines)
        if above.box and below.box and 0 < below.box[3] - above.box[3] < 3 * max(above.style.size, 1.0)
    ]
    return median(steps) if steps else 0.0


def _long_width(lines: Sequence[Line]) -> float:
    """The width of long lines."""
    widths = sorted(line.box[2] - line.box[0] for line in lines if line.box)
    return widths[int(len(widths) * 0.9)] if widths else 0.0


def _text_columns(lines: Sequence[Line]) -> int:
    """Columns of long lines, at least those of a narrow column of text."""
    widths = sorted(display_width(line.text) for line in lines if line.text)
    return max(widths[int(len(widths) * 0.9)] if widths else 0, _NARROW_COLUMN)


def _column_edge(line: Line, alike: Sequence[Line]) -> float:
    """How far to the right the lines around reach that begin near to the line's left."""
    if not line.box:
        return 0.0
    reach = _SAME_LEFT * max(line.style.size, 1.0)
    return max(other.box[2] for other in alike if other.box and abs(other.box[0] - line.box[0]) <= reach)


def _same_size(first: Style, second: Style) -> bool:
    low, high = sorted((first.size, second.size))
    return high <= low * _SAME_SIZE


def _continues(rows: Sequence[_Row], row: _Row, *, wrapped: bool) -> bool:
    """Whether a line belongs to the paragraph of the lines before it."""
    last = rows[-1]
    before, line = last.line, row.line
    if not line.text:
        return False
    if not (before.box and line.box):
        return _continues_text(last, row)
    turned = row.page != last.page or line.box[3] <= before.box[1]
    full = _is_full(last, line)
    if not turned and wrapped and NO_TAG not in {last.tag, row.tag}:
        return last.tag.element == row.tag.element and (full or not starts_new_paragraph(line.text))
    if _opens_part(line.text, before.text, full=full) or (heading_rank(before.text) is not None and not full):
        return False
    if not _same_size(before.style, line.style) or min(before.pieces, line.pieces) > 1:
        return False
    ended = before.text.endswith(_SENTENCE_ENDS)
    if _is_apart(last, row, turned=turned) or (ended and (turned or _opens(before.box, line, row))):
        return False
    if not ended and line.text[0].islower():
        return True
    return full and (before.style.bold == line.style.bold or not ended)


def _opens_part(text: str, before: str, *, full: bool) -> bool:
    """Whether a line opens a part, item or article; a letter or dash inside of a sentence that had to wrap does not."""
    wrapped = full and not before.endswith(_SENTENCE_ENDS)
    return starts_new_paragraph(text) and not (wrapped and _WEAK_MARKER.match(text))


def _is_apart(last: _Row, row: _Row, *, turned: bool) -> bool:
    """Whether more than the usual distance lies between two lines of a column."""
    if turned or not (last.line.box and row.line.box and row.pitch):
        return False
    return row.line.box[3] - last.line.box[3] > _WIDE_PITCH * max(row.pitch, row.line.style.size)


def _opens(before: Box, line: Line, row: _Row) -> bool:
    """Whether a line after the end of a sentence is indented, or short without an end of its own."""
    if not line.box:
        return False
    indented = line.box[0] - before[0] >= _INDENT * line.style.size
    short = display_width(line.text) < row.columns * _SHORT_LINE and not line.text.endswith(_SENTENCE_ENDS)
    return indented or short


def _is_full(row: _Row, following: Line) -> bool:
    """Whether the first word of the following line would not have fitted on a line, so that it had to be wrapped."""
    box, size = row.line.box, row.line.style.size
    if not box or box[2] - box[0] < _LEAST_WIDTH * row.width:
        return False
    word = following.text.split(" ", 1)[0]
    letters = next((index for index, character in enumerate(word) if is_cjk(character)), len(word))
    each = (box[2] - box[0]) / max(display_width(row.line.text), 1)
    return box[2] + display_width(word[: max(letters, 1)]) * each + _SLACK * size > row.edge


def _continues_text(last: _Row, row: _Row) -> bool:
    """As `_continues`, where only the text of lines is known."""
    previous, line, width = last.line.text, row.line.text, row.columns
    if starts_new_paragraph(line) or heading_rank(previous) is not None:
        return False
    ended = previous.endswith(_SENTENCE_ENDS)
    short = display_width(line) < width * _SHORT_LINE and not line.endswith(_SENTENCE_ENDS)
    if ended and (row.page != last.page or short):
        return False
    if not ended and line[0].islower() and previous[-1].isascii():
        return True
    return display_width(previous) >= width * (_FULL_LINE if ended else _WRAPPED_LINE)
