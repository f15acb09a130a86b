"""Jurisdiction: what another city published is no answer here, unless the question names another city."""

import re
from collections.abc import Collection

from assistant.schema import Document
from assistant.text import fold


class Jurisdiction:
    """Tells the documents of other places from the city's own and the country's.

    Args:
        here: the city's names, in any language.
        elsewhere: names of other cities and counties, in any language.
    """

    def __init__(self, here: Collection[str], elsewhere: Collection[str]) -> None:
        self._here = [fold(name) for name in here]
        self._elsewhere = [fold(name) for name in elsewhere]

    def admits(self, document: Document, question: str) -> bool:
        """Whether a document may answer: its publisher (its title, where none is named) is of no other place."""
        publisher = fold(document.bureau or document.title)
        if any(names(publisher, place) for place in self._here):
            return True
        return not self._names_elsewhere(publisher) or self._names_elsewhere(fold(question))

    def _names_elsewhere(self, text: str) -> bool:
        return any(names(text, place) for place in self._elsewhere)


def names(text: str, place: str) -> bool:
    """Whether a folded text names a place, which in Latin script must be a word of its own."""
    return re.search(rf"\b{re.escape(place)}\b", text) is not None if place.isascii() else place in text
