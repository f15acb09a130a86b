"""Chooses the text of a PDF page: pdfium's, which has places, where pypdf agrees or fails; else the readable one."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from assistant.indexing.formats.pdf.elements import Element, Line
from assistant.indexing.formats.pdf.lines import clean
from assistant.indexing.formats.pdf.pages import Page
from assistant.indexing.lines import unify_radicals

_AGREED = 0.9
_FAR_SHORTER = 0.3
_UNMAPPED = 0.3
_FEW_ODD = 0.03
_MANY_ODD = 0.33
_CODED = re.compile(r"\(cid:\d+\)")
_ODD = frozenset({"Cc", "Co", "Cn", "Cs"})
_REPLACEMENTS = frozenset({"\ufffd", "\uffff", "\ufffe"})


def chosen_elements(page: Page, text: str | None) -> list[Element]:
    """The elements of a page as pdfium placed them, or lines of pypdf's text where only that is readable or whole."""
    if text is None or _agree(page.text, text):
        return page.elements
    size, other = _count(page.text), _count(text)
    readable = _odd_share(page.text) <= _FEW_ODD
    if readable and size >= _FAR_SHORTER * other:
        return page.elements
    if _odd_share(text) <= _FEW_ODD or (not readable and _odd_share(text) < _odd_share(page.text)):
        return [Line(cleaned) for line in text.split("\n") if (cleaned := clean(line))]
    return page.elements


def is_unreadable(page: Page) -> bool:
    """Whether the fonts of a page do not say which characters they show, so that its text is made of codes."""
    odd = _odd_share("".join(_text(element) for element in page.elements))
    return odd > _MANY_ODD or (page.unmapped > _UNMAPPED and _odd_share(page.text) > _FEW_ODD)


def count_letters(elements: Iterable[Element]) -> int:
    """How many letters and figures elements hold."""
    return sum(character.isalnum() for element in elements for character in _text(element))


def _text(element: Element) -> str:
    return element.text if isinstance(element, Line) else "".join(cell.text for row in element.rows for cell in row)


def _odd_share(text: str) -> float:
    """The share of characters that no text has: private, unassigned, control and replacement characters, codes."""
    shown = [character for character in _CODED.sub("\ufffd", text) if not character.isspace()]
    odd = sum(character in _REPLACEMENTS or unicodedata.category(character) in _ODD for character in shown)
    return odd / len(shown) if shown else 0.0


def _agree(placed: str, text: str) -> bool:
    """Whether both readers found the same letters and figures, in whatever order."""
    first, second = _letters(placed), _letters(text)
    return sum((first & second).values()) >= _AGREED * max(first.total(), second.total())


def _letters(text: str) -> Counter[str]:
    folded = unicodedata.normalize("NFKC", unify_radicals(text))
    return Counter(character for character in folded if character.isalnum())


def _count(text: str) -> int:
    return sum(not character.isspace() for character in text)
