"""The form of a text in which personal data are looked for: no hidden characters, one spelling of each digit."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

_HIDDEN_CATEGORIES = {"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"}
_HIDDEN = set("\u115f\u1160\u3164\uffa0\u2800\u180e")  # letters and symbols that show nothing
_SPACES = {"Zs", "Zl", "Zp"}
_KEPT_CONTROLS = set("\n\t\r")
_SAME_LOOK = str.maketrans(
    "АВЕКМНОРСТУХІЅЈаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧοκ" + "‐‑‒–—―−﹣",
    "ABEKMHOPCTYXISJaeopcyxisjABEZHIKMNOPTYXok" + "--------",
)
_NUMERALS = "零〇○一二三四五六七八九壹貳參肆伍陸柒捌玖兩"
_DIGIT_OF = str.maketrans(_NUMERALS, "000123456789123456789" + "2")
_TYPED_LETTERS = str.maketrans("OoIl", "0011")  # for digits, between digits
_NUMERAL = rf"(?:[{_NUMERALS}\d]|(?<=\d)[OoIl](?=\d))"
_NUMERAL_RUN = re.compile(rf"(?:{_NUMERAL}[ \-./,、()]{{0,3}}){{6,}}{_NUMERAL}")
_SHORTEST_NUMBER = 7  # digits: the shortest phone number


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in its compatibility form.

    Attributes:
        text: without hidden characters; every decimal digit is one of 0-9, full-width forms are ASCII.
        plain: of the same length; letters that look Latin are Latin, and Chinese numerals of a long run are digits.
        offsets: for each character, and for the end, where it stood in the text as given.
    """

    text: str
    plain: str
    offsets: Sequence[int]

    def given(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as given; hidden characters at its end belong to it."""
        return self.offsets[start], self.offsets[end]


def fold_text(text: str) -> Folded:
    """Fold a text; takes about 0.2 microseconds a character."""
    if text.isascii() and text.isprintable():
        return Folded(text, _plain(text), range(len(text) + 1))
    parts = [_fold_character(character) for character in text]
    folded = "".join(parts)
    if len(folded) == len(text) and all(len(part) == 1 for part in parts):
        offsets: Sequence[int] = range(len(text) + 1)
    else:
        places = chain.from_iterable([place] * len(part) for place, part in enumerate(parts))
        offsets = [*places, len(text)]
    return Folded(folded, _plain(folded), offsets)


@lru_cache(maxsize=1 << 14)
def _fold_character(character: str) -> str:
    """What a character reads as; empty for one that shows nothing."""
    if character in _KEPT_CONTROLS:
        return character
    if character in _HIDDEN or unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return ""
    if unicodedata.category(character) in _SPACES:
        return " "
    return "".join(_digit(part) for part in unicodedata.normalize("NFKC", character))


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


def _plain(text: str) -> str:
    return _NUMERAL_RUN.sub(_digits_of_run, text.translate(_SAME_LOOK))


def _digits_of_run(match: re.Match[str]) -> str:
    run = match[0]
    return (
        run.translate(_DIGIT_OF).translate(_TYPED_LETTERS) if sum(c.isalnum() for c in run) >= _SHORTEST_NUMBER else run
    )
