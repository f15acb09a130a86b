"""Reads PDF files page by page: paragraphs from wrapped lines, without running headers and page numbers."""

import logging
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import (
    DependencyError,
    DeprecationError,
    FileNotDecryptedError,
    LimitReachedError,
    PyPdfError,
)

from assistant.errors import DocumentError
from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.decoding import tidy
from assistant.indexing.headings import guess_blocks, heading_rank, starts_new_paragraph
from assistant.indexing.lines import (
    close_gaps,
    display_width,
    join_lines,
    unify_radicals,
)
from assistant.settings import Settings
from assistant.text import detect_language

# A broken file makes pypdf fail in any of these ways: its documentation says so ("broken PDF files might cause
# other Exceptions"), and so did a collection of hard files. Each means the same here: this file cannot be read.
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
_EDGE_LINES = 3
_MOST_PAGES = 0.6
# Shares of the text width that a wrapped line fills; one that ends a sentence must fill more to be wrapped.
_FULL_LINE = 0.9
_WRAPPED_LINE = 0.66
_SHORT_LINE = 0.5
_NARROW_COLUMN = 30
_SENTENCE_ENDS = tuple("。！？；：.!?;:")
_LONGEST_TITLE = 80
_BAD_TITLE = re.compile(
    r"(?i)\A(untitled|無標題|microsoft (word|powerpoint|excel)|投影片|slide)"
    r"|\.(docx?|pdf|xlsx?|pptx?|indd|odt|dvi|tex|rtf)\Z|[\ufffd]"
)
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)")


def read_pdf(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse a PDF file; locators carry page numbers from 1.

    Raises:
        DocumentError: `not_pdf`, `encrypted`, `corrupt`, `too_large` or `no_text`.
    """
    if b"%PDF-" not in data[:_MAGIC_WITHIN]:
        raise DocumentError(
            "not_pdf",
            f"{name} is no PDF file: it lacks the PDF signature.",
            "Save it again as PDF.",
        )
    pages, declared_title = _extract(data, name, settings.max_pages)
    text = "".join(line for page in pages for line in page)
    if not any(character.isalnum() for character in text):
        raise DocumentError(
            "no_text",
            f"{name} holds images of text only.",
            "Run OCR on it and index the result.",
        )
    if len(_UNREADABLE.findall(text)) * 3 > len(text):
        raise DocumentError(
            "no_text",
            f"The fonts of {name} do not say which characters they show.",
            "Run OCR on it.",
        )
    paragraphs = list(_paragraphs(_without_running_lines(pages)))
    blocks = tuple(mark_articles(guess_blocks(paragraphs)))
    title = _title(declared_title, paragraphs, name)
    return ParsedDocument(title, detect_language(text), blocks, len(pages))


def _extract(data: bytes, name: str, max_pages: int) -> tuple[list[list[str]], str]:
    """The lines of each page and the declared title."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its notes on repairs would flood an index run
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(name)
        count = len(reader.pages)
        if count > max_pages:
            raise DocumentError(
                "too_large",
                f"{name} has {count} pages, more than {max_pages}.",
                "Split it, or raise max_pages.",
            )
        pages = [_lines(page.extract_text()) for page in reader.pages]
        return pages, _declared_title(reader)
    except FileNotDecryptedError as error:
        raise _encrypted(name) from error
    except (LimitReachedError, MemoryError) as error:
        raise DocumentError(
            "too_large",
            f"{name} unpacks to more than a document may hold: {error}.",
            "Save it again as PDF.",
        ) from error
    except DependencyError as error:
        raise DocumentError("encrypted", f"{name} is encrypted: {error}.", "Save it without protection.") from error
    except _BROKEN as error:
        why = f"{type(error).__name__}: {error}"[:200]
        raise DocumentError(
            "corrupt",
            f"{name} is damaged ({why}).",
            "Open it in a viewer and save it again as PDF.",
        ) from error


def _encrypted(name: str) -> DocumentError:
    return DocumentError(
        "encrypted",
        f"{name} is locked by a password.",
        "Save it without a password and index it again.",
    )


def _declared_title(reader: PdfReader) -> str:
    """The title in the metadata, or nothing where the metadata are damaged; they are no reason to refuse a file."""
    try:
        return str((reader.metadata and reader.metadata.title) or "")
    except _BROKEN:
        return ""


def _lines(text: str) -> list[str]:
    return [close_gaps(line.strip()) for line in unify_radicals(tidy(text)).split("\n")]


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Drop headers, footers and page numbers: lines at a page's edge that most pages repeat, but for figures."""
    kept = [_trim(page) for page in pages]
    if len(kept) < 2:
        return kept
    seen = Counter(key for page in kept for key in {_running_key(page[i]) for i in _edges(page)})
    running = {key for key, count in seen.items() if count >= max(2, _MOST_PAGES * len(kept))}
    for number, page in enumerate(kept):
        drop = {i for i in _edges(page) if _running_key(page[i]) in running}
        kept[number] = [line for i, line in enumerate(page) if i not in drop]
    return kept if _size(kept) * 2 >= _size(pages) else pages


def _size(pages: list[list[str]]) -> int:
    return sum(len(line) for page in pages for line in page)


def _trim(page: list[str]) -> list[str]:
    lines = list(page)
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _edges(page: Sequence[str]) -> list[int]:
    """Indices of the first and last lines with text; a bare number counts only on the outermost line."""
    filled = [i for i, line in enumerate(page) if line]
    outer = set(filled[:1] + filled[-1:])
    near = filled[:_EDGE_LINES] + filled[-_EDGE_LINES:]
    return [i for i in dict.fromkeys(near) if i in outer or _running_key(page[i]) != "#"]


def _running_key(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(pages: list[list[str]]) -> Iterator[tuple[str, int | None]]:
    """Paragraphs with the page on which they begin; an unfinished sentence runs over a page break."""
    words = frozenset(re.findall(r"[a-z]{4,}", " ".join(line for page in pages for line in page).lower()))
    lines: list[str] = []
    begun = 1
    for number, page in enumerate(pages, start=1):
        width = _text_width(page)
        for index, line in enumerate(page):
            turned = index == 0 and number > 1
            if lines and not _continues(lines[-1], line, width, turned=turned):
                yield join_lines(lines, words), begun
                lines = []
            if line:
                begun = begun if lines else number
                lines.append(line)
    if lines:
        yield join_lines(lines, words), begun


def _text_width(page: Sequence[str]) -> int:
    """Columns of a page's long lines, at least those of a narrow column of text."""
    widths = sorted(display_width(line) for line in page if line)
    return max(widths[int(len(widths) * 0.9)] if widths else 0, _NARROW_COLUMN)


def _continues(previous: str, line: str, width: int, *, turned: bool) -> bool:
    """Whether a line belongs to the paragraph of the line before it; `turned` where a page break lies between."""
    if not line or starts_new_paragraph(line) or heading_rank(previous) is not None:
        return False
    ended = previous.endswith(_SENTENCE_ENDS)
    if ended and (turned or (display_width(line) < width * _SHORT_LINE and not line.endswith(_SENTENCE_ENDS))):
        return False
    if not ended and line[0].islower() and previous[-1].isascii():
        return True
    return display_width(previous) >= width * (_FULL_LINE if ended else _WRAPPED_LINE)


def _title(declared: str, paragraphs: list[tuple[str, int | None]], name: str) -> str:
    """The declared title if a person may have written it, else the first line that can be one, else the file name."""
    candidates = [
        " ".join(unify_radicals(tidy(declared)).split()),
        *(text for text, page in paragraphs if page == 1),
    ]
    for candidate in candidates[:5]:
        if (
            2 < len(candidate) <= _LONGEST_TITLE
            and not _BAD_TITLE.search(candidate)
            and re.search(r"[^\W\d_]{2}", candidate)
        ):
            return candidate
    return name.rsplit(".", 1)[0]
