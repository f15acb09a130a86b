"""Reads one document file with the reader of its format; a broken file costs only itself."""

from collections.abc import Callable
from pathlib import Path

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument
from assistant.indexing.decoding import looks_like_html
from assistant.indexing.html import read_html
from assistant.indexing.markdown import read_markdown
from assistant.indexing.pdf import read_pdf
from assistant.indexing.text import read_text
from assistant.settings import Settings

Reader = Callable[[bytes, str, Settings], ParsedDocument]

READERS: dict[str, Reader] = {
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
}
_PAGE_SUFFIXES = frozenset({".html", ".htm"})
_BYTES_PER_MB = 1024 * 1024


def read_document(path: Path, settings: Settings) -> ParsedDocument:
    """Parse a file by its suffix.

    Raises:
        DocumentError: with the reason `unsupported_format`, `unreadable`, `too_large`, `empty`, `wrong_format`,
            `not_text`, or one of the PDF reader's.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        supported = ", ".join(sorted(READERS))
        raise DocumentError(
            "unsupported_format",
            f"{path.name}: no reader for “{path.suffix}”.",
            f"Supported: {supported}.",
        )
    data = _read_bytes(path, settings.max_file_mb)
    _check_content(path, data)
    parsed = reader(data, path.name, settings)
    if not parsed.blocks:
        raise DocumentError("empty", f"{path.name} holds no text.", "Check that it is the right file.")
    return parsed


def _read_bytes(path: Path, max_mb: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_mb * _BYTES_PER_MB:
            message = f"{path.name} has {size / _BYTES_PER_MB:.0f} MB, more than {max_mb}."
            raise DocumentError("too_large", message, "Split it, or raise max_file_mb.")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            "unreadable",
            f"{path} cannot be opened: {error.strerror}.",
            "Check its path and rights.",
        ) from error
    if not data.strip():
        raise DocumentError(
            "empty",
            f"{path.name} has no content.",
            "Check that it was saved and copied whole.",
        )
    return data


def _check_content(path: Path, data: bytes) -> None:
    """Refuse a web page under another suffix: an error page saved as a document is a common accident."""
    suffix = path.suffix.lower()
    if suffix not in _PAGE_SUFFIXES and looks_like_html(data):
        reason = "not_pdf" if suffix == ".pdf" else "wrong_format"
        raise DocumentError(
            reason,
            f"{path.name} holds a web page.",
            "Save the document itself, or rename it to .html.",
        )
