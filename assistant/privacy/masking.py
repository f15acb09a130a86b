"""Puts placeholders in the place of personal data, the same one for the same value, and takes them back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assistant.privacy.finding import find_personal
from assistant.privacy.folding import fold_text
from assistant.privacy.kinds import BRACKETS, MASKED, PLACEHOLDER_WORDS, THRESHOLDS, Kind, Purpose
from assistant.privacy.known import NOTHING_KNOWN, Known, comparable
from assistant.schema import Lang

_NOTHING: Mapping[str, str] = MappingProxyType({})
_KEY_OF_WORD = {word.casefold(): words["en"] for words in PLACEHOLDER_WORDS.values() for word in words.values()}
_WORDS = "|".join(re.escape(word) for word in sorted(_KEY_OF_WORD, key=len, reverse=True))
_PLACEHOLDER = re.compile(rf"[〔\[【［]\s*(?P<word>{_WORDS})\s*(?P<number>\d{{1,3}})\s*[〕\]】］]", re.IGNORECASE)
_OPENING = re.compile(r"[〔\[【［][^〕\]】］]{0,24}\Z")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data.

    Attributes:
        text: with placeholders such as 〔電話1〕 or [phone 1].
        restored_by: what each placeholder of the conversation so far stands for, as it was first written. It is the
            person's own: it belongs in the memory of the session and in no log, trace or store.
    """

    text: str
    restored_by: Mapping[str, str] = field(default_factory=dict)


def mask(
    text: str,
    lang: Lang,
    purpose: Purpose = Purpose.LOG,
    known: Known = NOTHING_KNOWN,
    earlier: Mapping[str, str] = _NOTHING,
) -> Masked:
    """Replace the personal data that this purpose may not see.

    A value keeps its placeholder through a conversation, in whatever grouping or width it is written again, and even
    if the language changes. Masking a masked text changes nothing. Takes about 0.1 ms for a question.

    Args:
        lang: of new placeholders.
        known: public values, which stay.
        earlier: `restored_by` of the conversation's last masked text.
    """
    spans = [span for span in find_personal(text, known, THRESHOLDS[purpose]) if span.kind in MASKED[purpose]]
    if not spans:
        return Masked(text, earlier)
    restored_by = dict(earlier)
    placeholder_of = {_value_key(_spelling(one)[0], value): one for one, value in earlier.items()}
    parts, end = [], 0
    for span in spans:
        value = text[span.start : span.end]
        key = _value_key(PLACEHOLDER_WORDS[span.kind]["en"], value)
        if key not in placeholder_of:
            placeholder_of[key] = _new_placeholder(span.kind, lang, restored_by, text)
            restored_by[placeholder_of[key]] = value
        parts += [text[end : span.start], placeholder_of[key]]
        end = span.end
    return Masked("".join([*parts, text[end:]]), MappingProxyType(restored_by))


def restore(text: str, restored_by: Mapping[str, str]) -> str:
    """Put a person's own values back, for that person's view alone; placeholders that nobody gave stay.

    A model may write a placeholder with other brackets, spaces or capitals. The values are the person's own words:
    the page escapes them as it does the question. A stream is restored sentence by sentence; what does not end with a
    sentence goes through `split_open` first.
    """
    if not restored_by:
        return text
    values = {_spelling(placeholder): value for placeholder, value in restored_by.items()}
    return _PLACEHOLDER.sub(lambda match: values.get(_spelling(match[0]), match[0]), text)


def split_open(text: str) -> tuple[str, str]:
    """The part of a stream that can be restored now, and the rest, which may be the beginning of a placeholder."""
    match = _OPENING.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def _new_placeholder(kind: Kind, lang: Lang, taken: Mapping[str, str], text: str) -> str:
    """One that neither stands for another value nor was typed by the person."""
    opening, closing = BRACKETS[lang]
    word = PLACEHOLDER_WORDS[kind][lang]
    spellings = {_spelling(placeholder) for placeholder in taken}
    spellings |= {_spelling(match[0]) for match in _PLACEHOLDER.finditer(text)}
    number = 1
    while True:
        placeholder = f"{opening}{word}{' ' if lang == 'en' else ''}{number}{closing}"
        if _spelling(placeholder) not in spellings:
            return placeholder
        number += 1


def _spelling(placeholder: str) -> tuple[str, int]:
    """The kind's word and the number; a model may translate the word."""
    match = _PLACEHOLDER.fullmatch(placeholder)
    return (_KEY_OF_WORD[match["word"].casefold()], int(match["number"])) if match else (placeholder, 0)


def _value_key(word: str, value: str) -> tuple[str, str]:
    """What is the same for two spellings of a value."""
    kind = next((kind for kind, words in PLACEHOLDER_WORDS.items() if words["en"] == word), Kind.NAME)
    return word, comparable(fold_text(value).plain, kind)
