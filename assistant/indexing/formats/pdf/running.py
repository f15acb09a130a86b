"""Drops what pages of a PDF repeat at their edges: running headers and footers, and page numbers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.indexing.formats.pdf.boxes import around
from assistant.indexing.formats.pdf.elements import Element, Line
from assistant.indexing.formats.pdf.pages import Page
from assistant.indexing.formats.pdf.tags import Tag

_EDGE_LINES = 3
_MOST_PAGES = 0.6
_FEWEST_ALTERNATE = 3  # left and right pages that have headers of their own
_PAGE_NUMBER = re.compile(
    r"第\s*[\d一二三四五六七八九十]+\s*頁(?:\s*[,，/／]?\s*[（(]?\s*[共總]\s*[\d一二三四五六七八九十]+\s*頁\s*[）)]?)?"
    r"|[Pp]age\s+\d+(?:\s*(?:of|/)\s*\d+)?|[-–—]\s*\d{1,4}\s*[-–—]|\d{1,4}\s*/\s*\d{1,4}"
)


def without_running(pages: Sequence[Page]) -> list[list[Element]]:
    """The elements of each page without running lines: those at its edges that most pages repeat, but for figures."""
    whole = [page.elements for page in pages]
    kept = [_without_artefacts(page.elements, page.tags) for page in pages]
    kept = [_without_number(elements, number) for number, elements in enumerate(kept, start=1)]
    running = _running(kept)
    for number, elements in enumerate(kept):
        drop = {index for index in _edges(elements) if _key(elements[index]) in running}
        kept[number] = [element for index, element in enumerate(elements) if index not in drop]
    return kept if _size(kept) * 2 >= _size(whole) else [list(elements) for elements in whole]


def _size(pages: Sequence[Sequence[Element]]) -> int:
    return sum(len(element.text) if isinstance(element, Line) else 1 for page in pages for element in page)


def _key(element: Element) -> str:
    return re.sub(r"\d+", "#", element.text) if isinstance(element, Line) else ""


def _edges(elements: Sequence[Element]) -> list[int]:
    """Indices of the first and last lines with text; a bare number counts only on the outermost line."""
    first = _until_table(range(len(elements)), elements)
    last = _until_table(range(len(elements) - 1, -1, -1), elements)
    outer = {*first[:1], *last[:1]}
    return [index for index in dict.fromkeys([*first, *last]) if index in outer or _key(elements[index]) != "#"]


def _until_table(indices: range, elements: Sequence[Element]) -> list[int]:
    found: list[int] = []
    for index in indices:
        element = elements[index]
        if not isinstance(element, Line) or len(found) == _EDGE_LINES:
            break
        if element.text:
            found.append(index)
    return found


def _running(pages: Sequence[Sequence[Element]]) -> set[str]:
    """What most pages repeat, or most left or right pages."""
    keys = [{_key(page[index]) for index in _edges(page)} for page in pages]
    running: set[str] = set()
    for part, fewest in ((keys, 2), (keys[::2], _FEWEST_ALTERNATE), (keys[1::2], _FEWEST_ALTERNATE)):
        seen = Counter(key for found in part for key in found)
        running |= {key for key, count in seen.items() if count >= max(fewest, _MOST_PAGES * len(part))}
    return running - {""}


def _without_number(elements: Sequence[Element], number: int) -> list[Element]:
    """The elements but for an outermost line that is nothing but a page number."""
    kept = list(elements)
    for index in (0, -1):
        line = kept[index] if len(kept) > 1 else None
        if isinstance(line, Line) and (_PAGE_NUMBER.fullmatch(line.text) or (index and line.text == str(number))):
            kept.pop(index)
    return kept


def _without_artefacts(elements: Sequence[Element], tags: Mapping[int, Tag]) -> list[Element]:
    """The elements of a tagged page but for a few lines above and below that no tag claims: they are page furniture."""
    tagged = [element.box for element in elements if element.box and _is_tagged(element, tags)]
    if not tags or len(tagged) * 2 < len(elements):
        return list(elements)
    _, top, _, bottom = around(tagged)
    above = [element for element in elements if element.box and element.box[3] <= top]
    below = [element for element in elements if element.box and element.box[1] >= bottom]
    loose = [element for part in (above, below) if len(part) <= _EDGE_LINES for element in part]
    return [element for element in elements if not any(element is other for other in loose)]


def _is_tagged(element: Element, tags: Mapping[int, Tag]) -> bool:
    return not isinstance(element, Line) or element.style.mark in tags
