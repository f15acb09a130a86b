"""Sentence boundaries of Chinese and English text, as character offsets."""

import re

_BREAK = re.compile(r"[。！？!?；｡.]+|[\n\r\u2028\u2029]+")
_CLOSERS = "」』）)】》〉”’\"'］]｝}"
_OPENERS = "「『（(【《〈“‘\"'［["
_FULL_WIDTH_ENDS = frozenset("。！？；｡")
_ABBREVIATIONS = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "st",
        "rd",
        "ave",
        "blvd",
        "fl",
        "sec",
        "ln",
        "aly",
        "prof",
        "vs",
        "eg",
        "e.g",
        "ie",
        "i.e",
        "cf",
        "fig",
        "tel",
        "ext",
        "arts",
        "vol",
        "approx",
        "dept",
        "gov",
        "inc",
        "ltd",
        "co",
        "corp",
        "jr",
        "sr",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "ph.d",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z.]*\Z|\d+\Z")
_LONGEST_WORD = 40


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Offsets `(start, end)` of the sentences of a text, in order, without surrounding white space.

    A sentence ends after 。！？!?； and at a line break; after a full stop only where a capital letter, a CJK
    character or an opening quote follows a space, so that decimals, abbreviations, URLs and addresses stay whole.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        end = match.end()
        if match[0][0] not in "\n\r\u2028\u2029":
            while end < len(text) and text[end] in _CLOSERS:
                end += 1
            if not _ends_sentence(text, start, match, end):
                continue
        _append_stripped(spans, text, start, end)
        start = end
    _append_stripped(spans, text, start, len(text))
    return spans


def split_statements(text: str) -> list[tuple[int, int]]:
    """Sentences; what a semicolon separates in one line stays together, as a table row means nothing in pieces."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        if spans and text[spans[-1][1] - 1] in ";；" and "\n" not in text[spans[-1][1] : start]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def is_whole(text: str) -> bool:
    """Whether a text ends as a sentence does, closing quotes apart."""
    return bool(_BREAK.search(text.rstrip().rstrip(_CLOSERS)[-1:])) or text.rstrip()[-1:] in set(_CLOSERS)


def is_cjk(character: str) -> bool:
    """Whether a character is a CJK ideograph, kana, or full-width punctuation."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"


def _append_stripped(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """Whether the marks at `match`, with closing quotes up to `end`, end the sentence begun at `start`."""
    marks = match[0]
    if _FULL_WIDTH_ENDS.intersection(marks) or end == len(text):
        return True
    following = text[end]
    if marks[-1] != ".":
        return not (following.isascii() and (following.isalnum() or following in "=&/_%#-"))
    if not following.isspace() or (marks == "." and _is_abbreviation(text, start, match.start())):
        return False
    after = text[end:].lstrip()[:1] if following not in "\n\r" else "\n"
    return not after or after.isupper() or is_cjk(after) or after in _OPENERS or after == "\n"


def _is_abbreviation(text: str, start: int, dot: int) -> bool:
    """Whether the word before a full stop is an abbreviation, an initial, or the number of a list item."""
    word = _LAST_WORD.search(text[max(start, dot - _LONGEST_WORD) : dot])
    if word is None:
        return False
    if word[0].isdigit():
        return not text[start : dot - len(word[0])].strip(" \t(（")
    initial = len(word[0]) == 1 and word[0].isupper()
    return initial or word[0].lower() in _ABBREVIATIONS
