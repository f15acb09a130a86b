"""Tells whether a line of a PDF goes on the paragraph before it: whether the line before had to be wrapped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.indexing.formats.pdf.boxes import Box
from assistant.indexing.formats.pdf.chars import Style
from assistant.indexing.formats.pdf.elements import Element, Line, Table
from assistant.indexing.formats.pdf.tags import NO_TAG, Tag
from assistant.indexing.headings import heading_rank, starts_new_paragraph
from assistant.indexing.lines import display_width
from assistant.text import CJK

URL_AT_END = re.compile(r"(?:https?://|www\.)[!-~]*\Z")
_SENTENCE_ENDS = tuple("。！？；：.!?;:")
_OPEN_ENDS = tuple("、，,（(「『《〈-–/=&+")
_WEAK_MARKER = re.compile(r"[a-zA-Z–—·‧-]")
_FIRST_WORD = re.compile(rf"(?:[{CJK}]|[^\s{CJK}]+)[，。、；：！？）」』】〉》…,.;:!?)]*")
_LONGEST_BOLD = 44  # characters of a line that stands over text
_MOST_PIECES = 2  # of a wrapped line: more stand in a row of a table
# Columns of a fixed-width font.
_FEWEST_COLUMNS = 22  # shorter lines are not wrapped but written so
_NARROW_COLUMN = 30
# Shares of the font size.
_SAME_SIZE = 1.12
_SAME_LEFT = 4.0
_SAME_RIGHT = 1.5
_CLOSE = 2.2
_INDENT = 1.3
_SLACK = 0.8
# How far around a line to look, and how many lines show where a column ends.
_NEAR = 8
_FEWEST_CLOSE = 3
_FEWEST_SHARED = 3
_WIDE_PITCH = 1.3  # of the usual distance of lines
_WIDE_LINE = 0.36  # of the width of the page's text
# Shares of the text width that a wrapped line fills where only its text is known; one that ends a sentence fills more.
_FULL_LINE = 0.9
_WRAPPED_LINE = 0.66
_SHORT_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A line and what the lines around it say.

    Attributes:
        edge: where its column ends.
        wide: whether it is so wide, or so many lines end there, that the edge is that of a column of text.
        pitch: how far apart lines are.
        columns: how long the long lines of the page are.
    """

    line: Line
    page: int
    tag: Tag
    edge: float
    wide: bool
    pitch: float
    columns: int


def rows_of(elements: Sequence[Element], page: int, tags: Mapping[int, Tag]) -> Iterator[Row | Table]:
    """The lines of a page with what surrounds them, and its tables."""
    lines = [element for element in elements if isinstance(element, Line)]
    boxes = [line.box for line in lines if line.box]
    span = max(box[2] for box in boxes) - min(box[0] for box in boxes) if boxes else 0.0
    columns = _text_columns(lines)
    for index, element in enumerate(elements):
        if isinstance(element, Table):
            yield element
            continue
        near = [other for other in elements[max(index - _NEAR, 0) : index + _NEAR + 1] if isinstance(other, Line)]
        alike = [other for other in near if other.box and _same_size(other.style, element.style)]
        edge = _column_edge(element, alike)
        wide = _is_wide(element, alike, edge, span)
        yield Row(element, page, tags.get(element.style.mark, NO_TAG), edge, wide, _usual_pitch(alike), columns)


def continues(rows: Sequence[Row], row: Row, *, tags_wrap: bool) -> bool:
    """Whether a line belongs to the paragraph of the lines before it.

    Args:
        tags_wrap: whether the tags of the file hold whole paragraphs.
    """
    last = rows[-1]
    before, line = last.line, row.line
    if not line.text or line.dotted or line.pieces > _MOST_PIECES:
        return False
    if not (before.box and line.box):
        return _continues_text(last, row)
    turned = row.page != last.page or line.box[3] <= before.box[1]
    full = _is_full(last, line)
    if not turned and tags_wrap and NO_TAG not in {last.tag, row.tag}:
        return last.tag.element == row.tag.element and (full or not starts_new_paragraph(line.text))
    if _opens_part(line.text, before.text, full=full) or (heading_rank(before.text) is not None and not full):
        return False
    if _looks_different(rows, row) or _is_apart(last, row, turned=turned):
        return False
    if not _ends_sentence(before.text):
        return full or line.text[0].islower()
    return full and not turned and before.style.bold == line.style.bold and not _opens(before.box, line, row)


def _text_columns(lines: Sequence[Line]) -> int:
    widths = sorted(display_width(line.text) for line in lines if line.text)
    return max(widths[int(len(widths) * 0.9)] if widths else 0, _NARROW_COLUMN)


def _usual_pitch(lines: Sequence[Line]) -> float:
    steps = [
        below.box[3] - above.box[3]
        for above, below in pairwise(lines)
        if above.box and below.box and 0 < below.box[3] - above.box[3] < 3 * max(above.style.size, 1.0)
    ]
    return median(steps) if steps else 0.0


def _column_edge(line: Line, alike: Sequence[Line]) -> float:
    """How far to the right the lines close above and below reach; where there are few, at least two of those around."""
    if not line.box:
        return 0.0
    place = next(place for place, other in enumerate(alike) if other is line)
    close = [*_close_lines(alike[place::-1]), *_close_lines(alike[place:])[1:]]
    reach = [other.box[2] for other in close if other.box]
    if len(reach) >= _FEWEST_CLOSE:
        return max(reach)
    ends = sorted((other.box[2] for other in alike if other.box and _same_left(line, other)), reverse=True)
    shared = [end for end, shorter in pairwise(ends) if end - shorter <= _SAME_RIGHT * line.style.size]
    return max([*shared[:1], *reach]) if shared else ends[0]


def _close_lines(lines: Sequence[Line]) -> list[Line]:
    """The first lines, as long as each stands close to the one before it."""
    close = list(lines[:1])
    for before, line in pairwise(lines):
        if not (before.box and line.box and _same_left(before, line)):
            break
        if not 0 < abs(line.box[3] - before.box[3]) <= _CLOSE * max(line.style.size, 1.0):
            break
        close.append(line)
    return close


def _is_wide(line: Line, alike: Sequence[Line], edge: float, span: float) -> bool:
    if not line.box:
        return False
    at_edge = sum(abs(other.box[2] - edge) <= line.style.size for other in alike if other.box)
    return at_edge >= _FEWEST_SHARED or line.box[2] - line.box[0] >= _WIDE_LINE * span


def _same_left(first: Line, second: Line) -> bool:
    if not (first.box and second.box):
        return False
    return abs(first.box[0] - second.box[0]) <= _SAME_LEFT * max(first.style.size, 1.0)


def _same_size(first: Style, second: Style) -> bool:
    low, high = sorted((first.size, second.size))
    return high <= low * _SAME_SIZE


def _ends_sentence(text: str) -> bool:
    return text.endswith(_SENTENCE_ENDS) and not URL_AT_END.search(text)


def _opens_part(text: str, before: str, *, full: bool) -> bool:
    """Whether a line opens a part, item or article; a letter or dash inside of a sentence that had to wrap does not."""
    inside = full and not _ends_sentence(before)
    return starts_new_paragraph(text) and not (inside and (before.endswith(_OPEN_ENDS) or _WEAK_MARKER.match(text)))


def _looks_different(rows: Sequence[Row], row: Row) -> bool:
    """Whether a line has other letters or another place than the paragraph before it."""
    first, before, line = rows[0].line, rows[-1].line, row.line
    if not _same_size(before.style, line.style) or min(before.pieces, line.pieces) > 1:
        return True
    if first.dotted and first.box and line.box and line.box[0] < first.box[0] - _SLACK * line.style.size:
        return True
    bold = all(other.line.style.bold for other in rows) and sum(len(other.line.text) for other in rows) <= _LONGEST_BOLD
    return bold and not line.style.bold


def _is_apart(last: Row, row: Row, *, turned: bool) -> bool:
    """Whether more than the usual distance lies between two lines of a column."""
    if turned or not (last.line.box and row.line.box):
        return False
    usual = max(row.pitch, row.line.style.size) if row.pitch else _CLOSE * row.line.style.size
    return row.line.box[3] - last.line.box[3] > _WIDE_PITCH * usual


def _opens(before: Box, line: Line, row: Row) -> bool:
    """Whether a line after the end of a sentence is indented, or short without an end of its own."""
    if not line.box:
        return False
    indented = line.box[0] - before[0] >= _INDENT * line.style.size
    short = display_width(line.text) < row.columns * _SHORT_LINE and not line.text.endswith(_SENTENCE_ENDS)
    return indented or short


def _is_full(row: Row, following: Line) -> bool:
    """Whether the first word of the following line would not have fitted on a line, so that it had to be wrapped."""
    box, columns = row.line.box, display_width(row.line.text)
    if not box or not row.wide or columns < _FEWEST_COLUMNS:
        return False
    word = _FIRST_WORD.match(following.text)
    needed = display_width(word[0] if word else "") * (box[2] - box[0]) / columns
    return box[2] + needed + _SLACK * row.line.style.size > row.edge


def _continues_text(last: Row, row: Row) -> bool:
    """As `continues`, where only the text of lines is known."""
    previous, line, width = last.line.text, row.line.text, row.columns
    wrapped = display_width(previous) >= width * _WRAPPED_LINE
    if starts_new_paragraph(line) or (heading_rank(previous) is not None and not wrapped):
        return False
    ended = previous.endswith(_SENTENCE_ENDS)
    short = display_width(line) < width * _SHORT_LINE and not line.endswith(_SENTENCE_ENDS)
    if ended and (row.page != last.page or short):
        return False
    if not ended and line[0].islower() and previous[-1].isascii():
        return True
    return display_width(previous) >= width * _FULL_LINE if ended else wrapped
