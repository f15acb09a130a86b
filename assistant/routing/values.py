"""Values that are no places: lines, numbers of people, case numbers, and words of a list."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.numerals import numeral_value
from assistant.routing.live_words import any_of, is_latin, live_words
from assistant.schema import Lang
from assistant.text import fold

Span = tuple[int, int]
_ENGLISH = {word: n for n, word in enumerate("a one two three four five six seven eight nine ten".split())}
_ENGLISH |= {"a": 1, "an": 1}
_REFERENCE = re.compile(r"(?<![\w-])#?(?=[\w-]*\d)[A-Za-z]{0,4}-?\d[\dA-Za-z]*(?:-[\dA-Za-z]+)*(?![\w-])", re.ASCII)
_LEAST_DIGITS = 3
_SURE_DIGITS = 5
_LANGUAGES: tuple[Lang, Lang] = ("zh-TW", "en")


def route_of(text: str, taken: Collection[Span]) -> str:
    """The line that a text names, as it is written: 紅30, 88, red 30; what lies in a taken span is none."""
    for pattern in ("route", "bare_route"):
        for lang in _LANGUAGES:
            for match in live_words(lang).values[pattern].finditer(text):
                if _is_free(match.span(), taken):
                    return match[0].strip()
    return ""


def people_of(text: str) -> int | None:
    """How many people a text speaks of: 「三個人」, 「兩大一小」, "me and my wife"; None where it does not say."""
    for lang in _LANGUAGES:
        values = live_words(lang).values
        counted = [_count(next(filter(None, match.groups()))) for match in values["people"].finditer(text)]
        if counted and all(counted):
            return sum(filter(None, counted))
        if company := values["company"].search(text):
            others = company.groupdict().get("others") or company.groupdict().get("mine") or ""
            return 1 + len([one for one in values["company_more"].split(others) if one.strip()])
        if values["myself"].search(text):
            return 1
    return None


def reference_of(text: str, taken: Collection[Span]) -> str:
    """The number of a case; one behind a word for it goes first, then one with letters, then the longest."""
    found: list[tuple[int, int, str]] = []
    for match in _REFERENCE.finditer(text):
        digits = sum(character.isdigit() for character in match[0])
        if digits < _LEAST_DIGITS or not _is_free(match.span(), taken):
            continue
        told = any(live_words(lang).values["reference_before"].search(text[: match.start()]) for lang in _LANGUAGES)
        lettered = match[0].startswith("#") or any(character.isalpha() or character == "-" for character in match[0])
        if told or lettered or digits >= _SURE_DIGITS:
            found.append((2 * told + lettered, digits, match[0].lstrip("#")))
    return max(found)[2] if found else ""


def words_in(text: str, words: Mapping[str, Sequence[str]], taken: Collection[Span] = ()) -> list[tuple[Span, str]]:
    """Where the words of a list stand and for which of its values, longer ones first, none within another."""
    found: list[tuple[Span, str]] = []
    for span, value in sorted(_every(text, words), key=lambda one: (one[0][0] - one[0][1], one[0])):
        if _is_free(span, taken) and _is_free(span, [other for other, _ in found]):
            found.append((span, value))
    return found


def _every(text: str, words: Mapping[str, Sequence[str]]) -> Iterator[tuple[Span, str]]:
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()
    for value, said in words.items():
        for word in said:
            for match in (
                any_of([word]).finditer(folded) if is_latin(word) else re.finditer(re.escape(fold(word)), folded)
            ):
                yield match.span(), value


def _count(number: str) -> int | None:
    if number.lower() in _ENGLISH:
        return _ENGLISH[number.lower()]
    value = numeral_value(number)
    return int(value) if value else None


def _is_free(span: Span, taken: Collection[Span]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in taken)
