"""Reads one page of a PDF by pdfium: its lines and tables in reading order, and what else is on it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

import pypdfium2 as pdfium

from assistant.indexing.formats.pdf.boxes import Box, on_one_line
from assistant.indexing.formats.pdf.chars import NO_STYLE, VERTICAL, Char, CharReader, turned
from assistant.indexing.formats.pdf.drawings import Drawings, read_drawings, turned_drawings
from assistant.indexing.formats.pdf.elements import Element, Line
from assistant.indexing.formats.pdf.hidden import seen
from assistant.indexing.formats.pdf.order import in_order
from assistant.indexing.formats.pdf.tables import elements_of
from assistant.indexing.formats.pdf.tags import Tag, read_tags

_UPRIGHT = frozenset({0, 90, 180, 270, VERTICAL})
_ENOUGH = 16  # characters, to tell a direction
_BEFORE = 3.0  # of the font size: how far a bullet stands before its text
_STEP = 0.3  # of the font size: how far vertical writing strays from its column


@dataclass(slots=True)
class Page:
    """A page as it is read.

    Attributes:
        text: all its characters, also those that nobody sees.
        images: how much of the page images cover, 0..1.
        shapes: how many lines and areas are drawn.
        crowded: whether they are more than any page of text has.
        unmapped: the share of characters whose font does not say which they are.
        tags: by marked content.
        written: what was filled in or noted on the page.
    """

    elements: list[Element] = field(default_factory=list)
    text: str = ""
    images: float = 0.0
    shapes: int = 0
    crowded: bool = False
    unmapped: float = 0.0
    tags: Mapping[int, Tag] = field(default_factory=dict)
    written: Sequence[Element] = ()


def read_page(page: pdfium.PdfPage, reader: CharReader) -> Page:
    """A page with its text in the direction in which most of it runs, then the text in other directions.

    Raises:
        PdfiumError: pdfium cannot read it.
    """
    chars, unmapped = reader.read(page)
    drawings = read_drawings(page)
    visible = seen(chars, drawings.images, page)
    tags = read_tags(page)
    heads = {mark for mark, tag in tags.items() if tag.kind == "TH"}
    elements: list[Element] = []
    for angle, part in _by_direction(visible):
        own = turned_drawings(drawings, angle) if not elements and angle in _UPRIGHT else Drawings()
        ordered = in_order(elements_of(turned(part, angle), own, heads), as_drawn=angle != VERTICAL)
        elements += [_dotted(element, own.dots) for element in ordered]
    return Page(
        elements,
        text="".join(char.text for char in chars),
        images=_cover(drawings.images, page),
        shapes=drawings.shapes,
        crowded=drawings.crowded,
        unmapped=unmapped,
        tags=tags,
    )


def _dotted(element: Element, dots: Sequence[Box]) -> Element:
    """A line with a note of the bullet that is drawn shortly before it."""
    if not isinstance(element, Line) or not element.box:
        return element
    left, top, _, bottom = element.box
    near = left - _BEFORE * element.style.size
    found = any(near <= dot[0] and dot[2] <= left + 1 and top <= (dot[1] + dot[3]) / 2 <= bottom for dot in dots)
    return replace(element, dotted=True) if found else element


def _cover(images: Sequence[Box], page: pdfium.PdfPage) -> float:
    width, height = map(float, page.get_size())
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in images)
    return float(min(1.0, area / max(width * height, 1.0)))


def _by_direction(chars: Sequence[Char]) -> Iterator[tuple[int, list[Char]]]:
    """The characters by the direction in which they are read, that of most of them first."""
    runs = list(_runs(chars))
    angles = [_direction(run) for run in runs]
    counts: Counter[int] = Counter()
    for run, angle in zip(runs, angles, strict=True):
        if angle is not None:
            counts[angle] += len(run)
    most = counts.most_common(1)[0][0] if counts else 0
    parts: dict[int, list[Char]] = {most: []}
    for run, angle in zip(runs, angles, strict=True):
        parts.setdefault(most if angle is None else angle, []).extend(run)
    yield from parts.items()


def _runs(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Characters up to a line end or a change of direction."""
    run: list[Char] = []
    angle = 0
    for char in chars:
        real = char.style is not NO_STYLE
        if run and real and char.style.angle != angle:
            yield run
            run = []
        run.append(char)
        angle = char.style.angle if real else angle
        if not real and char.text == "\n":
            yield run
            run = []
    if run:
        yield run


def _direction(run: Sequence[Char]) -> int | None:
    """The direction in which characters follow one another; None where there are too few to tell."""
    real = list(islice((char for char in run if char.style is not NO_STYLE), _ENOUGH))
    if not real:
        return None
    if real[0].style.angle != 0:
        return real[0].style.angle
    down = along = 0
    for first, second in pairwise(real):
        size = max(first.style.size, 1.0)
        if abs(second.left - first.left) < _STEP * size and second.top - first.top > size / 2:
            down += 1
        elif on_one_line(first[1:5], second[1:5]):
            along += 1
    if down > along:
        return VERTICAL
    return 0 if along else None
