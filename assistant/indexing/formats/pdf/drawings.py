"""Ruling lines, shaded areas and images of a PDF page."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.indexing.formats.pdf.boxes import Box, turned_box

Matrix = tuple[float, float, float, float, float, float]

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_DEEPEST_FORM = 6
_MOST_OBJECTS = 20_000  # a map or plan has more, a table never
_MOST_SEGMENTS = 2_000  # of one path
_THICKEST_LINE = 4.0
_SLANT = 1.0
_WHITE = 250
_SMALLEST_DOT = 1.5
_LARGEST_DOT = 9.0
_MOST_OF_DOT = 80  # points of its path


class Rule(NamedTuple):
    """A straight line at `at`, from `start` to `end` along the other axis."""

    at: float
    start: float
    end: float


class Shade(NamedTuple):
    """An area filled with a colour."""

    box: Box
    colour: tuple[int, int, int]


@dataclass(slots=True)
class Drawings:
    """What is drawn on a page besides text.

    Attributes:
        dots: small filled shapes and images, as stand before the items of a list.
        shapes: how many paths there are.
        crowded: whether there are too many to be looked through.
    """

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    shapes: int = 0
    crowded: bool = False


def read_drawings(page: pdfium.PdfPage) -> Drawings:
    """The drawings of a page, in points from its top left (tops are negative)."""
    drawings = Drawings()
    for number, (handle, kind, matrix) in enumerate(_objects(page.raw, _IDENTITY, 0)):
        if number >= _MOST_OBJECTS:
            return Drawings(images=drawings.images, shapes=drawings.shapes, crowded=True)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _image_box(handle, matrix)
            (drawings.dots if _is_dot(box) else drawings.images).append(box)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            drawings.shapes += 1
            _add_path(drawings, handle, matrix)
    return drawings


def turned_drawings(drawings: Drawings, angle: int) -> Drawings:
    """The drawings as they stand when the page is turned so that text of this angle runs to the right."""
    if angle == 0 or drawings.crowded:
        return drawings
    result = Drawings(
        shades=[Shade(turned_box(shade.box, angle), shade.colour) for shade in drawings.shades],
        images=[turned_box(box, angle) for box in drawings.images],
        dots=[turned_box(box, angle) for box in drawings.dots],
    )
    for rule in drawings.across:
        _add_line(result, turned_box((rule.start, rule.at, rule.end, rule.at), angle))
    for rule in drawings.down:
        _add_line(result, turned_box((rule.at, rule.start, rule.at, rule.end), angle))
    return result


def _objects(parent: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
    count_of, object_at = (
        (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
        if depth
        else (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    )
    for index in range(count_of(parent)):
        handle = object_at(parent, index)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield handle, kind, matrix
        elif depth < _DEEPEST_FORM:
            yield from _objects(handle, _product(_matrix_of(handle), matrix), depth + 1)


def _matrix_of(handle: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, found):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _placed(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, -(b * x + d * y + f)


def _box_of(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _image_box(handle: Any, matrix: Matrix) -> Box:
    """An image fills the unit square of its own coordinates."""
    own = _product(_matrix_of(handle), matrix)
    return _box_of([_placed(x, y, own) for x in (0, 1) for y in (0, 1)])


def _add_path(drawings: Drawings, handle: Any, matrix: Matrix) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(handle, fill, stroke) or not (fill.value or stroke.value):
        return
    own = _product(_matrix_of(handle), matrix)
    count = raw.FPDFPath_CountSegments(handle)
    if fill.value and 3 < count <= _MOST_OF_DOT and _is_dot(box := _box_of(_points(handle, own, count))):
        drawings.dots.append(box)
        return
    for points in _outlines(handle, own):
        box = _box_of(points)
        thin = min(box[2] - box[0], box[3] - box[1]) <= _THICKEST_LINE
        if thin and (fill.value or len(points) > 1):
            _add_line(drawings, box)
        elif stroke.value:
            _add_sides(drawings, points)
        if fill.value and not thin and _is_rectangle(points) and (colour := _colour(handle)):
            drawings.shades.append(Shade(box, colour))
            _add_sides(drawings, points)


def _is_dot(box: Box) -> bool:
    short, long = sorted((box[2] - box[0], box[3] - box[1]))
    return short >= _SMALLEST_DOT and long <= min(_LARGEST_DOT, 2 * short)


def _points(handle: Any, matrix: Matrix, count: int) -> list[tuple[float, float]]:
    """The points of a path, also those that shape its curves."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(count):
        raw.FPDFPathSegment_GetPoint(raw.FPDFPath_GetPathSegment(handle, index), x, y)
        points.append(_placed(x.value, y.value, matrix))
    return points


def _outlines(handle: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a path, the first again at the end of a closed one; curves leave a gap."""
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(raw.FPDFPath_CountSegments(handle), _MOST_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(handle, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if kind != raw.FPDF_SEGMENT_LINETO and points:
            if len(points) > 1:
                yield points
            points = []
        points.append(_placed(x.value, y.value, matrix))
        if raw.FPDFPathSegment_GetClose(segment) and len(points) > 1:
            points.append(points[0])
    if len(points) > 1:
        yield points


def _is_rectangle(points: list[tuple[float, float]]) -> bool:
    upright = all(min(abs(x - u), abs(y - v)) <= _SLANT for (x, y), (u, v) in pairwise(points))
    return upright and 4 <= len(points) <= 6


def _colour(handle: Any) -> tuple[int, int, int] | None:
    """The colour of a filled area; None where it looks like paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return None
    colour = red.value, green.value, blue.value
    return colour if alpha.value and min(colour) < _WHITE else None


def _add_sides(drawings: Drawings, points: list[tuple[float, float]]) -> None:
    for first, second in pairwise(points):
        _add_line(drawings, _box_of([first, second]))


def _add_line(drawings: Drawings, box: Box) -> None:
    left, top, right, bottom = box
    if bottom - top <= max(_SLANT, min(_THICKEST_LINE, (right - left) / 2)):
        drawings.across.append(Rule((top + bottom) / 2, left, right))
    elif right - left <= max(_SLANT, min(_THICKEST_LINE, (bottom - top) / 2)):
        drawings.down.append(Rule((left + right) / 2, top, bottom))
