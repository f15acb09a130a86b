"""Opens PDF files by pypdf and pdfium, and takes from pypdf what it reads: text, fields, bookmarks and the title."""

import logging
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf import PdfReader
from pypdf.errors import (
    DependencyError,
    DeprecationError,
    FileNotDecryptedError,
    LimitReachedError,
    PyPdfError,
)

from assistant.errors import DocumentError
from assistant.indexing.formats.pdf.elements import Line
from assistant.indexing.formats.pdf.fields import written_lines
from assistant.text import squeeze

# A broken file makes pypdf fail in any of these ways: its documentation says so ("broken PDF files might cause
# other Exceptions"), and so did a collection of hard files. Each means the same here: this cannot be read.
_BROKEN = (
    PyPdfError,
    DependencyError,
    DeprecationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_MAGIC_WITHIN = 1024
_LONGEST_REASON = 120
_MOST_BOOKMARKS = 2_000
_DEEPEST_BOOKMARK = 9


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """A file as both libraries see it; one of the two may not have opened it, pypdf for the reason `fault`."""

    reader: PdfReader | None
    document: pdfium.PdfDocument | None
    count: int
    fault: DocumentError | None = None

    @property
    def title(self) -> str:
        """The title in the metadata; nothing where they are damaged, which is no reason to refuse a file."""
        try:
            return str((self.reader and self.reader.metadata and self.reader.metadata.title) or "")
        except _BROKEN:
            return ""

    def text(self, number: int) -> str | None:
        """The text of a page, numbered from 0; None where pypdf cannot read it."""
        try:
            return self.reader.pages[number].extract_text() if self.reader else None
        except _BROKEN:
            return None

    def written(self, number: int) -> list[Line]:
        """What was filled in and noted on a page, as far as it is whole."""
        lines: list[Line] = []
        try:
            for text in written_lines(self.reader.pages[number]) if self.reader else ():
                lines += [Line(""), Line(text)] if text else []
        except _BROKEN:
            return lines
        return lines

    def bookmarks(self) -> Mapping[tuple[int, str], int]:
        """The depth of each bookmark, from 1, by page from 1 and squeezed text."""
        try:
            return dict(self._bookmarks(self.reader.outline, 1)) if self.reader else {}
        except _BROKEN:
            return {}

    def _bookmarks(self, entries: Any, depth: int) -> Iterator[tuple[tuple[int, str], int]]:
        for entry in entries[:_MOST_BOOKMARKS]:
            if isinstance(entry, list):
                if depth < _DEEPEST_BOOKMARK:
                    yield from self._bookmarks(entry, depth + 1)
            elif self.reader and entry.title:
                page = self.reader.get_destination_page_number(entry)
                if page is not None:
                    yield (page + 1, squeeze(entry.title)), depth


def open_pdf(data: bytes, name: str, max_pages: int) -> OpenedPdf:
    """Open a file that needs no password.

    Raises:
        DocumentError: `not_pdf`, `encrypted`, `corrupt` or `too_large`.
    """
    if b"%PDF-" not in data[:_MAGIC_WITHIN]:
        message = f"{name} is no PDF file: it lacks the PDF signature."
        raise DocumentError("not_pdf", message, "Save it again as PDF.")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its notes on repairs would flood an index run
    document, locked = _by_pdfium(data)
    reader: PdfReader | None = None
    fault: DocumentError | None = None
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and (locked or not reader.decrypt("")):
            raise FileNotDecryptedError
        count = len(reader.pages)
    except _BROKEN as error:
        fault = _refusal(name, error)
        if document is None:
            raise fault from error
        reader, count = None, 0
    placed = len(document) if document else 0
    if placed > count:
        reader, count = None, placed
    elif placed < count:
        document = None  # damaged page trees: the two do not mean the same page by one number
    if count > max_pages:
        message = f"{name} has {count} pages, more than {max_pages}."
        raise DocumentError("too_large", message, "Split it, or raise max_pages.")
    return OpenedPdf(reader, document, count, fault)


def _by_pdfium(data: bytes) -> tuple[pdfium.PdfDocument | None, bool]:
    """The document, and where there is none, whether a password locks it."""
    try:
        return pdfium.PdfDocument(data), False
    except pdfium.PdfiumError as error:
        return None, error.err_code == raw.FPDF_ERR_PASSWORD


def _refusal(name: str, error: BaseException) -> DocumentError:
    if isinstance(error, FileNotDecryptedError):
        message = f"{name} is locked by a password."
        return DocumentError("encrypted", message, "Save it without a password and index it again.")
    if isinstance(error, DependencyError):
        return DocumentError("encrypted", f"{name} is encrypted: {error}.", "Save it without protection.")
    if isinstance(error, LimitReachedError | MemoryError):
        message = f"{name} unpacks to more than a document may hold: {error}."
        return DocumentError("too_large", message, "Save it again as PDF.")
    why = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    return DocumentError("corrupt", f"{name} is damaged ({why}).", "Open it in a viewer and save it again as PDF.")
