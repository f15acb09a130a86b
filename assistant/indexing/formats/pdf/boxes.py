"""Boxes on a PDF page, in points from its top left: tops are negative, so that what is read first comes first."""

import math
from collections.abc import Iterable

Box = tuple[float, float, float, float]  # left, top, right, bottom

_OVERLAP = 0.4  # of the lower of two boxes that stand on one line


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def holds(box: Box, x: float, y: float) -> bool:
    """Whether a point lies in a box."""
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def on_one_line(first: Box, second: Box) -> bool:
    """Whether two boxes stand at the same height."""
    height = min(first[3] - first[1], second[3] - second[1])
    return min(first[3], second[3]) - max(first[1], second[1]) >= _OVERLAP * height


def side_by_side(first: Box, second: Box) -> bool:
    """Whether the second box stands right of the first at the same height."""
    slack = min(first[3] - first[1], second[3] - second[1]) / 2
    return second[0] >= first[2] - slack and on_one_line(first, second)


def turned_box(box: Box, angle: int) -> Box:
    """A box as it stands when the page is turned so that text of this angle (in degrees) runs to the right."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    left, top, right, bottom = box
    corners = [(x * cos - y * sin, x * sin + y * cos) for x in (left, right) for y in (top, bottom)]
    return around((x, y, x, y) for x, y in corners)
