"""Tags of a PDF page: which of its marked contents are headings, paragraphs, list items and cells."""

import ctypes
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_BLOCKS = frozenset({"P", "H", "LI", "LBody", "Caption", "TD", "TH", "TOCI", "Note", "BibEntry", "BlockQuote", "Title"})
HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})
_MOST_ELEMENTS = 50_000
_DEEPEST = 60
_LONGEST_TYPE = 64


class Tag(NamedTuple):
    """The element of text that a marked content belongs to: its number on the page, and its type such as `P`, `H2`."""

    element: int
    kind: str


NO_TAG = Tag(0, "")


def read_tags(page: pdfium.PdfPage) -> Mapping[int, Tag]:
    """The tags of a page by number of marked content; none where the file has no tags."""
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return {}
    try:
        return dict(_tags(tree))
    finally:
        raw.FPDF_StructTree_Close(tree)


def _tags(tree: Any) -> Iterator[tuple[int, Tag]]:
    pending = [
        (raw.FPDF_StructTree_GetChildAtIndex(tree, index), NO_TAG, 0)
        for index in reversed(range(raw.FPDF_StructTree_CountChildren(tree)))
    ]
    for number in range(1, _MOST_ELEMENTS):
        if not pending:
            return
        element, above, depth = pending.pop()
        if not element or depth > _DEEPEST:
            continue
        kind = _kind(element)
        tag = Tag(number, kind) if kind in _BLOCKS or kind in HEADINGS else above
        for index in reversed(range(raw.FPDF_StructElement_CountChildren(element))):
            mark = raw.FPDF_StructElement_GetChildMarkedContentID(element, index)
            if mark >= 0:
                yield mark, tag
            else:
                pending.append((raw.FPDF_StructElement_GetChildAtIndex(element, index), tag, depth + 1))


def _kind(element: Any) -> str:
    buffer = ctypes.create_string_buffer(_LONGEST_TYPE)
    size = raw.FPDF_StructElement_GetType(element, buffer, _LONGEST_TYPE)
    return buffer.raw[: min(max(size - 2, 0), _LONGEST_TYPE)].decode("utf-16-le", "replace")
