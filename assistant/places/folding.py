"""Text as names are compared in, with the way back to where each character stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.text import fold

_DROPPED = frozenset("'’‘`´・·‧\u200b\ufeff")
_SPACES = frozenset("-‐‑–—.")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text; `places[i]` is the offset in the original of its character i."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the original of a stretch of the folded text, which may not be empty."""
        return self.places[start], self.places[end - 1] + 1


def fold_text(text: str) -> FoldedText:
    """One form for full and half width, case, 臺 and 台, hyphens, apostrophes and dots, and spaces among Chinese."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for piece in _fold_character(character):
            if piece in _DROPPED:
                continue
            if piece.isspace() or piece in _SPACES:
                if not characters or characters[-1] == " " or is_wide(characters[-1]):
                    continue
                piece = " "
            elif is_wide(piece) and characters and characters[-1] == " ":
                characters.pop()
                places.pop()
            characters.append(piece)
            places.append(place)
    return FoldedText("".join(characters), places)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    return fold(character)


def name_key(name: str) -> str:
    """The form under which a name is looked up."""
    return fold_text(name).text.strip()


def is_wide(character: str) -> bool:
    """Whether a character is written without spaces around it, as Chinese is."""
    return character >= "\u2e80"
