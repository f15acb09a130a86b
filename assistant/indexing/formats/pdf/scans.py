"""Scanned pages of a PDF: which they are, and their text by OCR."""

import math

import pypdfium2 as pdfium

from assistant.indexing import ocr
from assistant.indexing.formats.pdf.elements import Element, Line
from assistant.indexing.formats.pdf.lines import clean
from assistant.indexing.formats.pdf.pages import Page
from assistant.settings import Settings

_DOTS_PER_POINT = 300 / 72
_MOST_PIXELS = 12_000_000  # A4 at 300 dots an inch has 8.7 million
_FEW_CHARS = 30
_LEAST_COVER = 0.4  # of the page, by images
_SMALLEST_PICTURE = 0.03
_MANY_SHAPES = 300  # letters that were turned into outlines


def is_scanned(page: Page, chars: int) -> bool:
    """Whether the text of a page, of which `chars` characters are known, stands in an image or in drawn outlines."""
    if chars == 0:
        return page.images >= _SMALLEST_PICTURE or page.shapes >= _MANY_SHAPES
    return chars < _FEW_CHARS and page.images >= _LEAST_COVER


def recognise(page: pdfium.PdfPage, settings: Settings) -> list[Element]:
    """The lines of a page by OCR, with empty lines between paragraphs.

    Raises:
        DocumentError: `ocr_missing` or `ocr_failed`.
        PdfiumError, ValueError, MemoryError: the page cannot be rendered.
    """
    width, height = page.get_size()
    scale = min(_DOTS_PER_POINT, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
    bitmap = page.render(scale=scale, grayscale=True)
    image = bitmap.to_pil().copy()
    bitmap.close()
    return [Line(clean(line)) for line in ocr.recognise_page(image, settings)]
