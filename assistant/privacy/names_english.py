"""Names in Latin letters: my name is …, I am …, Mr. …, Name: …."""

import re
from collections.abc import Iterator
from itertools import chain

from assistant.privacy.base import LABELLED, LIKELY, POSSIBLE, Span
from assistant.privacy.kinds import Kind
from assistant.privacy.name_words import NameWords

_LETTER = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_PART = rf"(?<![A-Za-z-])(?:[A-ZÀ-ÖØ-ÞĐ][{_LETTER}'’]{{0,24}}(?:-[{_LETTER}]{{1,24}}){{0,3}})"
_NAME = re.compile(rf"{_PART}(?: {_PART}){{0,3}}(?![A-Za-z0-9_@])")
_SAID = re.compile(
    r"\bmy name(?:'s|’s| is)\s+|\bname is\s+|\bcall me\s+|\bnamed\s+|\bon behalf of\s+", re.IGNORECASE | re.ASCII
)
_LOWER = re.compile(
    r"[a-z][a-z'-]+(?:\s[a-z][a-z'-]+){0,2}?(?=\s*(?:[,.!?;:]|\Z)|\s(?:and|i|im|from|my|here|calling)\b)"
)
_I_AM = re.compile(r"\b(?:I am|I['’]m|I m|this is|it is|it's|speaking:)\s+", re.IGNORECASE | re.ASCII)
_SIGNED = re.compile(r"\b(?:regards|thanks|thank you|sincerely|signed|cheers|best)\b\s*,\s*", re.IGNORECASE | re.ASCII)
_IS = re.compile(
    r"\b(?:patient|applicant|tenant|landlord|passenger|student|caller|owner|guardian)(?:'s name)? (?:is|was|called)\s+"
    r"|\bname\s+",
    re.IGNORECASE | re.ASCII,
)
_ONE = re.compile(r"\b(?:I am|I['’]m)\s+|\bcall\s+", re.ASCII)
_ONE_ENDS = re.compile(r"\s*,|\s+(?:and I|from|calling|speaking|here)\b")
_HERE = re.compile(rf"(?P<name>{_PART}(?: {_PART}){{1,2}})\s(?:here|speaking)\b")
_DELIMITED = re.compile(
    rf"(?:^|(?<=[,:/(;\n])|\b(?:for|to|by|from|register|contact|ask|remind|invite)\b)\s*"
    rf"(?P<name>{_PART}(?: {_PART}){{1,2}})(?=\s*(?:[,/);\n]|\Z))"
)
_OF = re.compile(
    rf"\b(?:(?:mother|father|parents?|guardian|wife|husband|son|daughter|brother|sister|name) of|I,)\s+"
    rf"(?P<name>{_PART}(?: {_PART}){{1,2}}),"
)
_PHRASE_ENDS = re.compile(
    r"\s*(?:[,.!?;:)(]|\Z|[^\x00-\x7f])|\s+(?:and|from|calling|here|speaking|again|with|of|at|in|want|would|need|live)\b"
)


def find_english_names(text: str, words: NameWords) -> Iterator[Span]:
    """Names after words of naming; after "I am" only two capitalised words that are no nationality or place."""
    for match in _SAID.finditer(text):
        end = latin_name(text, match.end(), words, 1) or _lower_name(text, match.end(), words)
        yield from _span(match.end(), end, LABELLED)
    for match in _I_AM.finditer(text):
        end = latin_name(text, match.end(), words, 2)
        yield from _span(match.end(), end if _PHRASE_ENDS.match(text, end) else 0, LIKELY)
    for match in _ONE.finditer(text):
        end = latin_name(text, match.end(), words, 1)
        yield from _span(match.end(), end if _ONE_ENDS.match(text, end) else 0, POSSIBLE)
    for match in _SIGNED.finditer(text):
        end = latin_name(text, match.end(), words, 1)
        yield from _span(match.end(), end if not text[end:].strip(" .\n") else 0, LIKELY)
    for match in chain(_HERE.finditer(text), _OF.finditer(text)):
        if words.no_names.isdisjoint(match["name"].split()):
            yield Span(match.start("name"), match.end("name"), Kind.NAME, LIKELY)
    for pattern, least in ((_IS, 2), (words.english_title, 1), (words.english_label, 1)):
        for match in pattern.finditer(text):
            yield from _span(match.end(), latin_name(text, match.end(), words, least), LIKELY)


def find_delimited_names(text: str, words: NameWords) -> Iterator[Span]:
    """Two or three capitalised words between commas and the like, in a text that has other personal data."""
    for match in _DELIMITED.finditer(text):
        if not words.no_names.intersection(match["name"].split()):
            yield Span(match.start("name"), match.end("name"), Kind.NAME, POSSIBLE)


def latin_name(text: str, start: int, words: NameWords, least: int) -> int:
    """The end of a name of at least so many capitalised words that begins at `start`, or 0."""
    match = _NAME.match(text, start)
    if match is None:
        return 0
    end = start
    count = 0
    for part in re.finditer(r"\S+", match[0]):
        if part[0] in words.places_after:
            return 0
        if part[0] in words.no_names:
            break
        end, count = start + part.end(), count + 1
    return end if count >= least else 0


def _lower_name(text: str, start: int, words: NameWords) -> int:
    match = _LOWER.match(text, start)
    if match is None or any(part in words.no_names for part in match[0].split()):
        return 0
    return match.end()


def _span(start: int, end: int, score: float) -> Iterator[Span]:
    if end > start:
        yield Span(start, end, Kind.NAME, score)
