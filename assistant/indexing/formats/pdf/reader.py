"""Reads PDF files: headings, paragraphs and tables with their pages, scanned pages by OCR."""

from collections.abc import Sequence
from itertools import takewhile

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from assistant.indexing import ocr
from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.formats.office.titles import choose_title
from assistant.indexing.formats.pdf.blocks import blocks_of
from assistant.indexing.formats.pdf.chars import CharReader
from assistant.indexing.formats.pdf.choice import chosen_elements, count_letters, is_unreadable
from assistant.indexing.formats.pdf.continued import with_sure_tables
from assistant.indexing.formats.pdf.opening import OpenedPdf, open_pdf
from assistant.indexing.formats.pdf.pages import Page, read_page
from assistant.indexing.formats.pdf.parts import Part, parts_of
from assistant.indexing.formats.pdf.running import without_running
from assistant.indexing.formats.pdf.scans import is_scanned, recognise
from assistant.settings import Settings
from assistant.text import detect_language

_CHECKED_PAGES = 300  # that both libraries read; of the rest pypdf reads what pdfium cannot
_TITLE_PARTS = 4
_LONGEST_TITLE_LINE = 60
_DAMAGED = "damaged"
_CODED = "its fonts do not say which characters they show"
_SCANNED = "an image without text"
_OCR_CURE = f"Install OCR ({ocr.INSTALL}), or run OCR on the file, and index it again."


def read_pdf(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a PDF file; locators carry page numbers from 1, and `unread` names the pages that could not be read.

    Raises:
        DocumentError: `not_pdf`, `encrypted`, `corrupt`, `too_large` or `no_text`.
    """
    opened = open_pdf(data, name, settings.max_pages)
    reader = _PageReader(opened, settings)
    pages = [reader.read(number) for number in range(opened.count)]
    if not any(count_letters([*page.elements, *page.written]) for page in pages):
        raise _without_text(name, reader.unread, opened.fault)
    bodies = [[*body, *page.written] for body, page in zip(without_running(pages), pages, strict=True)]
    parts = parts_of(with_sure_tables(bodies), [page.tags for page in pages])
    title = choose_title([opened.title, *_title_lines(parts)], name)
    blocks = tuple(mark_articles(blocks_of(parts, title, opened.bookmarks())))
    language = detect_language("".join(block.text for block in blocks))
    unread = tuple(f"page {number}: {reason}" for number, reason in reader.unread)
    return ParsedDocument(title, language, blocks, opened.count, unread=unread)


def _without_text(name: str, unread: Sequence[tuple[int, str]], fault: DocumentError | None) -> DocumentError:
    reasons = {reason for _, reason in unread}
    if not reasons:
        return fault or DocumentError("no_text", f"{name} holds no text.", "Check that it is the right file.")
    if reasons == {_DAMAGED}:
        message = f"{name} is damaged: none of its pages can be read."
        return DocumentError("corrupt", message, "Open it in a viewer and save it again as PDF.")
    return DocumentError("no_text", f"{name} has no text that can be read: {'; '.join(sorted(reasons))}.", _OCR_CURE)


def _title_lines(parts: Sequence[Part]) -> list[str]:
    """What may be the title: the largest letters above the first text, then the first lines."""
    first = [part for part in parts[:_TITLE_PARTS] if part.text and part.page == parts[0].page]
    top = list(takewhile(lambda part: len(part.text) <= _LONGEST_TITLE_LINE and not part.text.endswith("。"), first))
    return [part.text for part in [*sorted(top, key=lambda part: -part.style.size)[:1], *first]]


class _PageReader:
    """Reads page after page of a file, and takes note of those that it cannot read."""

    def __init__(self, opened: OpenedPdf, settings: Settings) -> None:
        self._opened = opened
        self._settings = settings
        self._chars = CharReader()
        installed = ocr.ocr_installed(settings)
        self._ocr_left = settings.max_ocr_pages if installed else 0
        self._no_ocr = "and there are more than max_ocr_pages" if installed else "and OCR is not installed"
        self.unread: list[tuple[int, str]] = []

    def read(self, number: int) -> Page:
        """A page, numbered from 0; empty where it cannot be read."""
        placed = self._placed(number)
        page = placed or Page()
        check = placed is None or is_unreadable(page) or (number < _CHECKED_PAGES and not page.crowded)
        text = self._opened.text(number) if check else page.text
        page.elements = chosen_elements(page, text)
        found = count_letters(page.elements)
        if is_unreadable(page):
            page.elements = []
            self._recognise(number, page, _CODED)
        elif placed and is_scanned(page, found):
            self._recognise(number, page, _SCANNED)
        elif not found and (placed is None or (text is None and self._opened.reader is not None)):
            self.unread.append((number + 1, _DAMAGED))
        page.written = self._opened.written(number)
        return page

    def _placed(self, number: int) -> Page | None:
        if self._opened.document is None:
            return None
        try:
            return read_page(self._opened.document[number], self._chars)
        except (pdfium.PdfiumError, ValueError, MemoryError):
            return None

    def _recognise(self, number: int, page: Page, why: str) -> None:
        """Take the text of a page by OCR, where that finds more."""
        if self._ocr_left <= 0 or self._opened.document is None:
            self.unread.append((number + 1, f"{why}, {self._no_ocr}"))
            return
        self._ocr_left -= 1
        try:
            lines = recognise(self._opened.document[number], self._settings)
        except (DocumentError, pdfium.PdfiumError, ValueError, MemoryError):
            self.unread.append((number + 1, f"{why}, and OCR failed"))
            return
        if count_letters(lines) > count_letters(page.elements):
            page.elements = lines
        elif why == _CODED:
            self.unread.append((number + 1, f"{why}, and OCR found none"))
