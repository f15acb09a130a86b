"""Characters of a PDF page with their place, size and weight, as pdfium finds them."""

import ctypes
import math
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.indexing.formats.pdf.boxes import turned_box

_BOLD_WEIGHT = 600
_BOLD_NAMES = ("bold", "heavy", "black", "demi")
_INVISIBLE = 3  # text render modes: neither filled nor stroked, as the text that OCR lays over a scan
_EMBOLDENED = 2  # filled and stroked: programs do so to fonts without a bold cut
_PALE = 235  # a grey that white paper hides
_FAINT = 16
_HYPHENS = {2: "-", 0xFFFE: "-"}  # what pdfium gives for a hyphen at the end of a line
_LONGEST_NAME = 256
_SAMPLE = 150
_MOST_CHARS = 200_000
_ANGLE_STEP = 5
_UPRIGHT_WITHIN = 10
VERTICAL = -90  # columns of vertical writing, which read like lines turned to run downwards


class Style(NamedTuple):
    """What the characters of one text object share.

    Attributes:
        size: in points as shown.
        angle: the direction in which the text runs, in degrees.
        invisible: drawn without ink.
        pale: drawn in what white paper hides; something dark may lie under it.
        mark: the number of its marked content, by which the tags of the file name it; -1 for none.
    """

    size: float
    bold: bool = False
    angle: int = 0
    invisible: bool = False
    pale: bool = False
    mark: int = -1


class Char(NamedTuple):
    """A character and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    style: Style

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


NO_STYLE = Style(0.0)


class CharReader:
    """Reads the characters of one document's pages; each font is looked up once."""

    def __init__(self) -> None:
        self._bold: dict[int, bool] = {}

    def read(self, page: pdfium.PdfPage) -> tuple[list[Char], float]:
        """The characters in pdfium's order, and the share of those whose font does not say which they are.

        Spaces and line ends that pdfium adds have no box and no style.
        """
        text_page = page.get_textpage()
        handle = text_page.raw
        code_of, object_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetTextObject, raw.FPDFText_GetLooseCharBox
        box = raw.FS_RECTF()
        chars: list[Char] = []
        last, style = 0, NO_STYLE
        for index in range(min(text_page.count_chars(), _MOST_CHARS)):
            code = code_of(handle, index)
            shown = object_of(handle, index)
            if not shown:
                chars.append(Char("\n" if code in {10, 13} else " ", 0, 0, 0, 0, NO_STYLE))
                continue
            address = ctypes.addressof(shown.contents)
            if address != last:
                last, style = address, self._style(handle, index, shown)
            box_of(handle, index, box)
            text = _HYPHENS.get(code) or (chr(code) if code <= sys.maxunicode else "\ufffd")
            chars.append(Char(text, box.left, -box.top, box.right, -box.bottom, style))
        unmapped = _unmapped(handle, len(chars))
        text_page.close()
        return chars, unmapped

    def _style(self, text_page: Any, index: int, handle: Any) -> Style:
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text_page, index, matrix)
        size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
        mode = raw.FPDFTextObj_GetTextRenderMode(handle)
        return Style(
            size=round(size, 1),
            bold=mode == _EMBOLDENED or self._is_bold(raw.FPDFTextObj_GetFont(handle)),
            angle=_angle(matrix.a, matrix.b),
            invisible=mode == _INVISIBLE,
            pale=_is_pale(handle),
            mark=raw.FPDFPageObj_GetMarkedContentID(handle),
        )

    def _is_bold(self, font: Any) -> bool:
        if not font:
            return False
        address = ctypes.addressof(font.contents)
        if address not in self._bold:
            name = ctypes.create_string_buffer(_LONGEST_NAME)
            raw.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME)
            lower = name.value.lower().decode("latin-1")
            heavy = raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            self._bold[address] = heavy or any(word in lower for word in _BOLD_NAMES)
        return self._bold[address]


def turned(chars: Sequence[Char], angle: int) -> list[Char]:
    """The characters as they stand when the page is turned so that text of this angle runs to the right."""
    if angle == 0:
        return list(chars)
    return [Char(char.text, *turned_box(char[1:5], angle), char.style) for char in chars]


def _unmapped(text_page: Any, count: int) -> float:
    """The share of characters without a mapping to Unicode, among some that stand evenly apart."""
    sample = range(0, count, max(1, count // _SAMPLE))
    errors = sum(raw.FPDFText_HasUnicodeMapError(text_page, index) == 1 for index in sample)
    return errors / len(sample) if sample else 0.0


def _angle(a: float, b: float) -> int:
    """The direction of text: to the next right angle where it nearly is one, else in steps."""
    degrees = math.degrees(math.atan2(b, a)) % 360
    upright = round(degrees / 90) * 90
    if abs(degrees - upright) <= _UPRIGHT_WITHIN:
        return upright % 360
    return round(degrees / _ANGLE_STEP) * _ANGLE_STEP % 360


def _is_pale(handle: Any) -> bool:
    """Whether a text object is drawn nearly white or nearly transparent."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return alpha.value < _FAINT or min(red.value, green.value, blue.value) >= _PALE
