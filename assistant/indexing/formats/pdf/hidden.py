"""Drops the text of a PDF page that nobody sees: off the page, drawn without ink, or in the colour of the paper."""

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.indexing.formats.pdf.boxes import Box, holds
from assistant.indexing.formats.pdf.chars import NO_STYLE, Char

_LEAST_CONTRAST = 20  # of 255, between the lightest and the darkest point of a character's box
_LARGEST_IMAGE = 4_000_000  # pixels
_SCALE = 1.0
_MARGIN = 3.0  # points that letters may stand over the edge of the page


def seen(chars: Sequence[Char], images: Sequence[Box], page: pdfium.PdfPage) -> list[Char]:
    """The characters that a reader of the page can see, and the text that OCR laid invisibly over an image."""
    picture = _Picture(page) if any(char.style.pale for char in chars) else None
    inside = _inside(chars, page)
    kept: list[Char] = []
    for char in inside:
        if char.style.invisible and not any(holds(box, *char.middle) for box in images):
            continue
        if picture and char.style.pale and not char.text.isspace() and not picture.has_ink(char):
            continue
        kept.append(char)
    return kept


def _inside(chars: Sequence[Char], page: pdfium.PdfPage) -> Sequence[Char]:
    """The characters on the page; all of them where most lie outside, for then the page's size is wrong."""
    left, bottom, right, top = page.get_bbox()
    paper = left - _MARGIN, -top - _MARGIN, right + _MARGIN, -bottom + _MARGIN
    inside = [char for char in chars if char.style is NO_STYLE or holds(paper, *char.middle)]
    return inside if len(inside) * 2 >= len(chars) else chars


class _Picture:
    """A page as it is shown, in grey."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        width, height = page.get_size()
        scale = min(_SCALE, math.sqrt(_LARGEST_IMAGE / max(width * height, 1)))
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        self._grey: np.ndarray[Any, np.dtype[np.uint8]] = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
        bitmap.close()

    def has_ink(self, char: Char) -> bool:
        """Whether anything stands out in the box of a character."""
        height, width = self._grey.shape
        xs, ys = zip(
            *(self._place(x, y) for x in (char.left, char.right) for y in (char.top, char.bottom)), strict=True
        )
        left, right = max(min(xs), 0), min(max(xs) + 1, width)
        top, bottom = max(min(ys), 0), min(max(ys) + 1, height)
        if left >= right or top >= bottom:
            return False
        part = self._grey[top:bottom, left:right]
        return int(part.max()) - int(part.min()) >= _LEAST_CONTRAST

    def _place(self, x: float, y: float) -> tuple[int, int]:
        height, width = self._grey.shape
        column, row = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page.raw, 0, 0, width, height, 0, x, -y, column, row)
        return column.value, row.value
