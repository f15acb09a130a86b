"""Names of persons, where words of naming stand around them: 我叫…, 姓名：…, …先生, my name is …, Mr. …."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from assistant.privacy.base import LABELLED, LIKELY, POSSIBLE, UNSURE, Span
from assistant.privacy.folding import Folded
from assistant.privacy.kinds import Kind
from assistant.privacy.name_words import NameWords, name_words
from assistant.privacy.names_english import find_delimited_names, find_english_names, latin_name

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_NAMED = re.compile(
    r"(?:(?:^|[我他她,子兒女太生媽爸孩婆公友護勞工妹弟哥姐姊A-Za-z])\s?叫做?|[名前後]叫|[本族全原舊]名|改名|[英中]文名(?!字)|"
    r"名字(?:叫做?|是|改[成為叫])|[Mm]y name is)[\s:是「]*"
)
_SURNAME_ONLY = re.compile(rf"(?:敝姓|我姓|免貴姓|(?:[我他她您太]|先生|小姐)姓)\s*(?=.(?!{_HAN}))|(?:敝姓|我姓)\s*")
_GIVEN_ONLY = re.compile(rf"{_HAN}{{2}}(?=[啦喔呀,.!?。]|\s|\Z)")
_LATIN_BEFORE = re.compile(r"(?<![A-Za-z])[A-Z][a-z]+(?: [A-Z][a-z]+)?\s?\Z")
_DELIMITED = re.compile(rf"(?<![^\s,/、:;(|])({_HAN}{{2,4}})(?![^\s,/、;)|(])")
_FOREIGN = re.compile(rf"{_HAN}{{1,5}}(?:[·•‧・]{_HAN}{{1,4}}){{1,3}}")
_ALSO = re.compile(r"\s*[、,和與跟及]\s*")
_SPACED = re.compile(rf"{_HAN}\s{_HAN}(?:\s{_HAN})?(?!{_HAN})")
_GIVEN = re.compile(rf"{_HAN}{{1,2}}")
_STARTS_AFTER = re.compile(r"[\s:是為寫填「(]*")
_OF_WOMEN = "氏"  # between surname and given name, in Vietnamese names
_BESIDE = 12  # characters between a name and what belongs to the same person
_LONGEST_LATIN = 32
_SHORTEST_REPEATED = 3  # characters


def find_names(folded: Folded) -> Iterator[Span]:
    """Names after or before words of naming, in Chinese and English, and what else in the text reads the same."""
    words = name_words()
    text = folded.text
    finders = (_named, _labelled, _titled, _unnamed, find_english_names)
    found = [span for find in finders for span in find(text, words)]
    found += [span for one in found for span in _joined(text, one, words)]
    yield from found
    for name, score in {text[span.start : span.end]: span.score for span in found}.items():
        if len(name) >= _SHORTEST_REPEATED:
            for match in re.finditer(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", text):
                yield Span(match.start(), match.end(), Kind.NAME, min(score, POSSIBLE))


def find_names_beside(folded: Folded, others: Sequence[Span]) -> Iterator[Span]:
    """Names between commas or slashes, next to other personal data: a record of a person."""
    words = name_words()
    for span in chain(_delimited(folded.text, words), find_delimited_names(folded.text, words)):
        if any(span.start - _BESIDE < other.end and other.start < span.end + _BESIDE for other in others):
            yield span


def _delimited(text: str, words: NameWords) -> Iterator[Span]:
    for match in _DELIMITED.finditer(text):
        if _whole_name(text, match.start(), words) == match.end():
            yield Span(match.start(), match.end(), Kind.NAME, POSSIBLE)


def _named(text: str, words: NameWords) -> Iterator[Span]:
    """After 我叫 and its like almost anything is a name, if it begins with a surname."""
    for match in _NAMED.finditer(text):
        yield from _span(match.end(), _any_name(text, match.end(), words), LABELLED)
    for match in _SURNAME_ONLY.finditer(text):
        if text[match.end() : match.end() + 1] in words.surnames:
            yield Span(match.end(), match.end() + 1, Kind.NAME, LABELLED)


def _labelled(text: str, words: NameWords) -> Iterator[Span]:
    """After 姓名： and its like, and after words of family: without a colon only what is a name throughout."""
    for match in words.label.finditer(text):
        start = _skip(text, match.end())
        if ":" in text[match.end() : start] or match[0] == "簽名":
            yield from _span(start, _any_name(text, start, words), LABELLED)
        else:
            yield from _span(start, _likely_name(text, start, words), LIKELY)


def _titled(text: str, words: NameWords) -> Iterator[Span]:
    """Before 先生 and its like: surname and given name, or the surname alone."""
    for match in words.title.finditer(text):
        end = match.start()
        start = next((end - size for size in (4, 3, 2, 1) if _is_titled(text, end - size, end, words)), None)
        if start is not None:
            yield Span(start, end, Kind.NAME, LABELLED)
        elif latin := _LATIN_BEFORE.search(text, max(0, end - _LONGEST_LATIN), end):
            yield from _span(latin.start(), latin_name(text, latin.start(), words, 1), LIKELY)
    for match in words.parent.finditer(text):
        start = match.start() - 1
        surname = text[start : start + 1] if start >= 0 else ""
        if (
            surname in words.surnames - words.word_surnames - words.adverbs
            and text[max(0, start - 1) : start + 1] not in words.words
        ):
            yield Span(start, start + 1, Kind.NAME, POSSIBLE)


def _is_titled(text: str, start: int, end: int, words: NameWords) -> bool:
    size = words.surname_size(text, start) if start >= 0 else 0
    given = text[start + size : end]
    if not size or len(given) > 2 or start + size > end:
        return False
    if not given:
        return True
    return _are_given(given, words) and not words.is_word(text, start, start + size, end)


def _unnamed(text: str, words: NameWords) -> Iterator[Span]:
    """What the dictionary has no words for and is made like a name, by how much the text around it speaks for one."""
    for match in words.surname.finditer(text):
        start = match.start()
        end = _whole_name(text, start, words)
        if end and text[start] not in words.word_surnames:
            score = _expectation(text, start, end, words)
            if score and (score >= LIKELY or text[start:end] not in words.famous):
                yield Span(start, end, Kind.NAME, score)


def _expectation(text: str, start: int, end: int, words: NameWords) -> float:
    """How sure it is: by the characters of the given name, who is spoken of before, and what goes on after it; or 0.

    At the beginning of a phrase it may as well be what the phrase is about, such as a writer: that is left unsure.
    """
    given = text[end - 2 : end]
    usual = sum(character in words.given for character in given)
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    acts = not re.match(_HAN, after) or after in words.acting
    goes_on = acts or after in words.following
    if before == "長" and text[start - 2 : start - 1] in words.official:
        return 0
    if before in words.role or before in words.link:
        return LIKELY if usual > 0 or (goes_on and before in words.role) else 0
    if not usual or {given, text[end - 1 : end + 1]} & words.words:
        return 0
    if usual < len(given) and not goes_on:
        return 0
    return POSSIBLE if re.match(_HAN, before) or acts else UNSURE


def _joined(text: str, before: Span, words: NameWords) -> Iterator[Span]:
    """The names that follow a name: 王大明、王小明和…."""
    place = before.end
    while match := _ALSO.match(text, place):
        place = _whole_name(text, match.end(), words)
        if not place or before.score < LIKELY:
            return
        yield Span(match.end(), place, Kind.NAME, POSSIBLE)


def _any_name(text: str, start: int, words: NameWords) -> int:
    """The end of a name in any writing that begins at `start`, or 0."""
    han = _foreign(text, start) or _spaced(text, start, words) or _han_name(text, start, words)
    return han or _given_name(text, start, words) or latin_name(text, start, words, 1)


def _likely_name(text: str, start: int, words: NameWords) -> int:
    """The end of what is a name throughout and begins at `start`, or 0."""
    end = _whole_name(text, start, words)
    if end and _expectation(f"人{text[start:]}", 1, end - start + 1, words):
        return end
    return _foreign(text, start) or latin_name(text, start, words, 2) or _first_name(text, start, words)


def _first_name(text: str, start: int, words: NameWords) -> int:
    """The end of one capitalised word that ends its phrase or does something, or 0."""
    end = latin_name(text, start, words, 1)
    goes_on = text[end : end + 1] in words.acting
    return end if end and (goes_on or not re.match(r"\s?[^\W_]", text[end:])) else 0


def _given_name(text: str, start: int, words: NameWords) -> int:
    """The end of a given name alone that ends its phrase, or 0."""
    match = _GIVEN_ONLY.match(text, start)
    return match.end() if match and words.given.issuperset(match[0]) and match[0] not in words.words else 0


def _foreign(text: str, start: int) -> int:
    """The end of an indigenous or transcribed name, whose parts are joined by a dot; or 0."""
    match = _FOREIGN.match(text, start)
    return match.end() if match else 0


def _spaced(text: str, start: int, words: NameWords) -> int:
    """The end of a name with a space between its characters, or 0."""
    match = _SPACED.match(text, start)
    return match.end() if match and text[start] in words.surnames else 0


def _whole_name(text: str, start: int, words: NameWords) -> int:
    """The end of a surname with two further characters (one after 氏) that make no word with it; or 0."""
    size = words.surname_size(text, start)
    if not size:
        return 0
    of_women = text[start + size : start + size + 1] == _OF_WOMEN
    first = start + size + of_women
    match = _GIVEN.match(text, first)
    given = match[0][: 1 if of_women and not (words.given.issuperset(match[0])) else 2] if match else ""
    if len(given) < 2 - of_women or not _are_given(given, words):
        return 0
    end = first + len(given)
    return 0 if words.is_word(text, start, start + size, end) else end


def _are_given(given: str, words: NameWords) -> bool:
    return given in words.given_pairs or words.no_given.isdisjoint(given)


def _han_name(text: str, start: int, words: NameWords) -> int:
    """The end of a surname with one to three further characters, usual ones or to the end of the phrase; or 0."""
    size = words.surname_size(text, start)
    if not size:
        return 0
    first = start + size + (text[start + size : start + size + 1] == _OF_WOMEN)
    match = _GIVEN.match(text, first)
    characters = match[0] if match else ""
    stop = next((place for place, one in enumerate(characters) if one in words.no_given), len(characters))
    end = first + stop
    if text[end : end + 1] in words.divisions:
        return 0
    ends = not re.match(_HAN, text[end:])
    return end if stop and (ends or not words.given.isdisjoint(characters[:stop])) else 0


def _skip(text: str, start: int) -> int:
    match = _STARTS_AFTER.match(text, start)
    return match.end() if match else start


def _span(start: int, end: int, score: float) -> Iterator[Span]:
    if end > start:
        yield Span(start, end, Kind.NAME, score)
