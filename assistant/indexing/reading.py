"""Reads a file with the reader of its format; a broken file or archive member costs only itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from assistant.errors import DocumentError
from assistant.indexing.blocks import ParsedDocument, ParsedFile, RefusedPart
from assistant.indexing.decoding import looks_like_html
from assistant.indexing.formats.data.delimited import read_delimited
from assistant.indexing.formats.data.json_data import read_json
from assistant.indexing.formats.data.xml_data import read_xml
from assistant.indexing.formats.data.zip_archive import open_zip
from assistant.indexing.formats.html import read_html
from assistant.indexing.formats.image import read_image
from assistant.indexing.formats.markdown import read_markdown
from assistant.indexing.formats.office.docx import read_docx
from assistant.indexing.formats.office.odp import read_odp
from assistant.indexing.formats.office.ods import read_ods
from assistant.indexing.formats.office.odt import read_odt
from assistant.indexing.formats.office.pptx import read_pptx
from assistant.indexing.formats.office.xls import read_xls
from assistant.indexing.formats.office.xlsx import read_xlsx
from assistant.indexing.formats.pdf.reader import read_pdf
from assistant.indexing.formats.text import read_text
from assistant.indexing.metadata import complete_metadata
from assistant.settings import Settings

Reader = Callable[[bytes, str, Settings], ParsedDocument]
CollectionReader = Callable[[bytes, str, Settings], Iterable[ParsedDocument]]
ArchiveOpener = Callable[[bytes, str, Settings], Iterator[tuple[str, bytes | DocumentError]]]

READERS: dict[str, Reader] = {  # files that are one document
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".doc": read_docx,  # says how to save it anew
    ".docx": read_docx,
    ".odt": read_odt,
    ".ppt": read_pptx,
    ".pptx": read_pptx,
    ".odp": read_odp,
    ".xlsx": read_xlsx,
    ".ods": read_ods,
    ".xls": read_xls,
    ".bmp": read_image,
    ".jpeg": read_image,
    ".jpg": read_image,
    ".png": read_image,
    ".tif": read_image,
    ".tiff": read_image,
    ".webp": read_image,
}
COLLECTIONS: dict[str, CollectionReader] = {  # files that may hold many documents, each with its `part`
    ".json": read_json,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".geojson": read_json,
    ".xml": read_xml,
    ".csv": read_delimited,
    ".tsv": read_delimited,
}
ARCHIVES: dict[str, ArchiveOpener] = {  # files that hold files: pairs of path inside and content, or why it has none
    ".zip": open_zip,
}

_PAGE_SUFFIXES = frozenset({".html", ".htm"})
_MARKUP_SUFFIXES = _PAGE_SUFFIXES | {".xml"}
_BYTES_PER_MB = 1024 * 1024
_DEEPEST_ARCHIVE = 1  # an archive in an archive is not opened


def read_file(path: Path, settings: Settings) -> ParsedFile:
    """The documents of a file, by its suffix.

    Raises:
        DocumentError: with the reason `unsupported_format`, `unreadable`, `too_large`, `empty`, `wrong_format`,
            `not_text`, or one of the format's own.
    """
    _suffix_of(path.name)
    return read_bytes(_read_bytes(path, settings.max_file_mb), path.name, settings)


def read_document(path: Path, settings: Settings) -> ParsedDocument:
    """The one document of a file that is no collection.

    Raises:
        DocumentError: as `read_file`.
    """
    return read_file(path, settings).documents[0]


def read_bytes(data: bytes, name: str, settings: Settings, depth: int = 0) -> ParsedFile:
    """The documents of a file's content; `name` decides the reader.

    Raises:
        DocumentError: as `read_file`.
    """
    suffix = _suffix_of(name)
    if not data.strip():
        raise DocumentError("empty", f"{name} has no content.", "Check that it was saved and copied whole.")
    _check_content(name, suffix, data)
    if suffix in ARCHIVES:
        if depth >= _DEEPEST_ARCHIVE:
            raise DocumentError("nested_archive", f"{name} is an archive in an archive.", "Unpack it first.")
        return _read_members(data, name, settings, depth)
    if suffix in COLLECTIONS:
        found = tuple(COLLECTIONS[suffix](data, name, settings))
    else:
        found = (READERS[suffix](data, name, settings),)
    documents = tuple(replace(document, metadata=complete_metadata(document)) for document in found if document.blocks)
    if not documents:
        raise DocumentError("empty", f"{name} holds no text.", "Check that it is the right file.")
    return ParsedFile(documents)


def _suffix_of(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    known = {*READERS, *COLLECTIONS, *ARCHIVES}
    if suffix not in known:
        message = f"{name}: there is no reader for “{suffix}” files."
        raise DocumentError("unsupported_format", message, "docs/adding.md lists the formats.")
    return suffix


def _read_members(data: bytes, name: str, settings: Settings, depth: int) -> ParsedFile:
    documents: list[ParsedDocument] = []
    refused: list[RefusedPart] = []
    for member, content in ARCHIVES[_suffix_of(name)](data, name, settings):
        try:
            if isinstance(content, DocumentError):
                raise content
            inner = read_bytes(content, member, settings, depth + 1)
        except DocumentError as error:
            refused.append(RefusedPart(member, error.reason, str(error)))
            continue
        documents.extend(_inside(member, document) for document in inner.documents)
        refused.extend(RefusedPart(f"{member}#{part.part}", part.reason, part.message) for part in inner.refused)
    if not documents and not refused:
        raise DocumentError("empty", f"{name} holds no documents.", "Check that it is the right file.")
    return ParsedFile(tuple(documents), tuple(refused))


def _inside(member: str, document: ParsedDocument) -> ParsedDocument:
    return replace(document, part=f"{member}#{document.part}" if document.part else member)


def _read_bytes(path: Path, max_mb: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_mb * _BYTES_PER_MB:
            message = f"{path.name} has {size / _BYTES_PER_MB:.0f} MB, more than {max_mb}."
            raise DocumentError("too_large", message, "Split it, or raise max_file_mb.")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(
            "unreadable", f"{path} cannot be opened: {error.strerror}.", "Check its path and rights."
        ) from error


def _check_content(name: str, suffix: str, data: bytes) -> None:
    """Refuse a web page under another suffix: an error page saved as a document is a common accident."""
    if suffix not in _MARKUP_SUFFIXES and looks_like_html(data):
        reason = "not_pdf" if suffix == ".pdf" else "wrong_format"
        raise DocumentError(reason, f"{name} holds a web page.", "Save the document itself, or rename it to .html.")
