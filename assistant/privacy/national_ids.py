"""National ID numbers, and the numbers of resident certificates in the form of 2021 and the one before it."""

import re
from collections.abc import Iterator

from assistant.privacy.base import CERTAIN, LABELLED, POSSIBLE, Span, is_labelled, label
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind

_LETTER_VALUES = {letter: 10 + place for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
_SEX_OF_CITIZENS = "12"
_START = r"(?:(?<![A-Z0-9])|(?<=\bID)|(?<=\bno))"
_ID = re.compile(rf"{_START}([A-Z])[\s\-.]{{0,3}}([1289A-D])((?:[\s\-.]{{0,3}}\d){{8}})(?!\d)", re.IGNORECASE)
_LABEL = label(
    r"身[分份]證(?:統一編號|影本|號)?|證號|統號|居留證號?|戶籍|證件|\bID(?: card)?|\bUI|\bARC|"
    r"(?:resident|alien)[\w ]{0,20}(?:certificate|permit)"
)
_INVOICE = label(r"發票|invoice|receipt|收據")


def find_national_ids(folded: Folded) -> Iterator[Span]:
    """Numbers with the right check digit anywhere, and mistyped ones where they are called so."""
    for match in _ID.finditer(folded.plain):
        number = re.sub(r"[\s\-.]", "", match[0]).upper()
        old_form = number[1].isalpha()
        labelled = is_labelled(folded.text, match.start(), _LABEL)
        if old_form and not labelled and ("-" in match[0] or is_labelled(folded.text, match.start(), _INVOICE)):
            continue
        if has_check_digit(number):
            score = POSSIBLE if old_form and not labelled else CERTAIN
        elif labelled:
            score = LABELLED
        else:
            continue
        kind = Kind.NATIONAL_ID if number[1] in _SEX_OF_CITIZENS else Kind.RESIDENT_ID
        yield Span(match.start(), match.end(), kind, score)


def has_check_digit(number: str) -> bool:
    """Whether the last digit of a national ID or resident number is the right one.

    A letter stands for two digits, weighted 1 and 9; in the old resident form, the second letter counts with its ones
    digit. The others are weighted 8 to 1, the check digit 1. Source: Ministry of the Interior, coding rules of the
    national ID and of the uniform ID number of foreigners (2021-01-02).

    Args:
        number: a letter, then 1, 2, 8, 9 or a letter A to D, then eight digits.
    """
    first = _LETTER_VALUES[number[0]]
    second = _LETTER_VALUES[number[1]] % 10 if number[1].isalpha() else int(number[1])
    rest = [second, *map(int, number[2:])]
    weighted = sum(value * weight for value, weight in zip(rest, (8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True))
    return (first // 10 + first % 10 * 9 + weighted) % 10 == 0
