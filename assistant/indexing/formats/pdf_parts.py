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
from assistant.text import CJK

# Shares of the text width that a wrapped line fills where only its text is known; one that ends a sentence fills more.
_FULL_LINE = 0.9
_WRAPPED_LINE = 0.66
_SHORT_LINE = 0.5
_MOST_PIECES = 2  # of a wrapped line: more stand in a row of a table
_NARROW_COLUMN = 30  # columns of a fixed-width font
_WEAK_MARKER = re.compile(r"[a-zA-Z–—·‧-]")
_URL_AT_END = re.compile(r"(?:https?://|www\.)[!-~]*\Z")
_URL_GOES_ON = re.compile(r"[!-~]*[/?&=%#_\d][!-~]*")
_OPEN_ENDS = tuple("、，,（(「『《〈-–/=&+")
_FIRST_WORD = re.compile(rf"(?:[{CJK}]|[^\s{CJK}]+)[，。、；：！？）」』】〉》…,.;:!?)]*")
_SENTENCE_ENDS = tuple("。！？；：.!?;:")
_NEAR = 8  # lines before and after a line that show where its column ends
_SAME_SIZE = 1.12
# Shares of the font size, or of the usual distance of lines.
_SAME_LEFT = 4.0
_SAME_RIGHT = 1.5
_CLOSE = 2.2
_FEWEST_CLOSE = 3
_INDENT = 1.3
_SLACK = 0.8
_WIDE_PITCH = 1.3
_FEWEST_COLUMNS = 22  # of a fixed-width font: shorter lines are not wrapped but written so


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph with the page on which it begins, or a table."""

    text: str
    page: int
    style: Style = NO_STYLE
    tag: Tag = NO_TAG
    table: Table | None = None
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """A line and what the lines around it say: where its column ends, how far apart lines are, how wide the page is."""

    line: Line
    page: int
    tag: Tag
    edge: float
    pitch: float
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
    text = join_lines(list(_whole_urls([row.line.text for row in rows])), words)
    return Part(text, rows[0].page, styles.most_common(1)[0][0], rows[0].tag, dotted=rows[0].line.dotted)


def _whole_urls(lines: Sequence[str]) -> Iterator[str]:
    """The lines with addresses that were wrapped made whole."""
    held = ""
    for line in lines:
        if held and not (_URL_AT_END.search(held) and _URL_GOES_ON.match(line)):
            yield held
            held = ""
        held += line
    yield held


def _rows(elements: Sequence[Element], page: int, tags: Mapping[int, Tag]) -> Iterator[_Row | Table]:
    lines = [element for element in elements if isinstance(element, Line)]
    columns = _text_columns(lines)
    for index, element in enumerate(elements):
        if isinstance(element, Table):
            yield element
            continue
        near = [other for other in elements[max(index - _NEAR, 0) : index + _NEAR + 1] if isinstance(other, Line)]
        tag = tags.get(element.style.mark, NO_TAG)
        alike = [other for other in near if other.box and _same_size(other.style, element.style)]
        place = next((place for place, other in enumerate(alike) if other is element), 0)
        yield _Row(element, page, tag, _column_edge(alike, place), _usual_pitch(alike), columns)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next."""
    steps = [
        below.box[3] - above.box[3]
        for above, below in pairwise(lines)
        if above.box and below.box and 0 < below.box[3] - above.box[3] < 3 * max(above.style.size, 1.0)
    ]
    return median(steps) if steps else 0.0


def _text_columns(lines: Sequence[Line]) -> int:
    """Columns of long lines, at least those of a narrow column of text."""
    widths = sorted(display_width(line.text) for line in lines if line.text)
    return max(widths[int(len(widths) * 0.9)] if widths else 0, _NARROW_COLUMN)


def _column_edge(alike: Sequence[Line], place: int) -> float:
    """How far to the right the lines close above and below reach; where there are few, at least two of those around."""
    if not alike or not alike[place].box:
        return 0.0
    above = _close_lines(alike[place::-1])
    below = _close_lines(alike[place:])
    close = [line.box[2] for line in [*above, *below[1:]] if line.box]
    if len(close) >= _FEWEST_CLOSE:
        return max(close)
    here = alike[place]
    ends = sorted((line.box[2] for line in alike if line.box and _same_left(here, line)), reverse=True)
    shared = [end for end, shorter in pairwise(ends) if end - shorter <= _SAME_RIGHT * here.style.size]
    return max([*shared[:1], *close]) if shared else ends[0]


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


def _same_left(first: Line, second: Line) -> bool:
    if not (first.box and second.box):
        return False
    return abs(first.box[0] - second.box[0]) <= _SAME_LEFT * max(first.style.size, 1.0)


def _same_size(first: Style, second: Style) -> bool:
    low, high = sorted((first.size, second.size))
    return high <= low * _SAME_SIZE


def _continues(rows: Sequence[_Row], row: _Row, *, wrapped: bool) -> bool:
    """Whether a line belongs to the paragraph of the lines before it."""
    last = rows[-1]
    before, line = last.line, row.line
    if not line.text or line.dotted or line.pieces > _MOST_PIECES:
        return False
    if not (before.box and line.box):
        return _continues_text(last, row)
    if rows[0].line.dotted and rows[0].line.box and line.box[0] < rows[0].line.box[0] - _SLACK * line.style.size:
        return False
    turned = row.page != last.page or line.box[3] <= before.box[1]
    full = _is_full(last, line)
    if not turned and wrapped and NO_TAG not in {last.tag, row.tag}:
        return last.tag.element == row.tag.element and (full or not starts_new_paragraph(line.text))
    if _opens_part(line.text, before.text, full=full) or (heading_rank(before.text) is not None and not full):
        return False
    if not _same_size(before.style, line.style) or min(before.pieces, line.pieces) > 1:
        return False
    ended = before.text.endswith(_SENTENCE_ENDS) and not _URL_AT_END.search(before.text)
    if _is_apart(last, row, turned=turned) or (ended and (turned or _opens(before.box, line, row))):
        return False
    if not ended and line.text[0].islower():
        return True
    return full and (before.style.bold == line.style.bold or not ended)


def _opens_part(text: str, before: str, *, full: bool) -> bool:
    """Whether a line opens a part, item or article; a letter or dash inside of a sentence that had to wrap does not."""
    wrapped = full and not before.endswith(_SENTENCE_ENDS)
    return starts_new_paragraph(text) and not (wrapped and (before.endswith(_OPEN_ENDS) or _WEAK_MARKER.match(text)))


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
    if not box or display_width(row.line.text) < _FEWEST_COLUMNS:
        return False
    word = _FIRST_WORD.match(following.text)
    each = (box[2] - box[0]) / display_width(row.line.text)
    return box[2] + display_width(word[0] if word else "") * each + _SLACK * size > row.edge


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
