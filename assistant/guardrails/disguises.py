"""What a disguised message may stand for: spaced out, with digits for letters, turned round, or encoded."""

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from assistant.text import CJK, visible

_LETTER = "[A-Za-z\u00c0-\u024f]"
_SPACED_LETTERS = re.compile(rf"(?<![^\W_]){_LETTER}(?:[\W_]{{1,3}}{_LETTER}(?![^\W_])){{3,}}")
_SPACED_CHINESE = re.compile(f"(?<=[{CJK}])[^\\w\n，。！？、；：「」（）《》]+(?=[{CJK}])|(?<=[{CJK}])_+(?=[{CJK}])")
_BETWEEN = re.compile(r"[\W_]+")
_SIGNED_WORD = re.compile(r"[a-z0-9@$!]{2,}", re.IGNORECASE)
_LEET = tuple(str.maketrans("01345789@$!", f"o{one}eastbgasi") for one in "il")
_ASCII_WORDS = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})")
_LEAST_LETTERS = 8
_MOST_FORMS = 12
_LONGEST = 2_000  # characters; limits refuse longer questions anyway


def plain_forms(text: str) -> list[str]:
    """The text as it is, then each other text that it may stand for, without repetition; at most a dozen.

    Undoing a disguise never decides anything: a form counts only where it speaks to the assistant.
    """
    text = text[:_LONGEST]
    forms = {text: None}
    for undo in (_joined, _in_letters, _turned, _shifted, _unescaped, _decoded):
        for form in undo(text):
            forms.setdefault(visible(form), None)
    return list(forms)[:_MOST_FORMS]


def _joined(text: str) -> Iterator[str]:
    """Letters that stand alone put together: i g n o r e, 忽 略."""
    joined = _SPACED_LETTERS.sub(lambda match: _BETWEEN.sub("", match[0]), text)
    yield _SPACED_CHINESE.sub("", joined)


def _in_letters(text: str) -> Iterator[str]:
    """Digits and signs read as letters, where several words mix both: 1gn0r3 pr3v10u5."""
    words = _SIGNED_WORD.findall(text)
    if sum(any(c.isalpha() for c in word) and not word.isalpha() for word in words) > 1:
        yield from (text.translate(signs) for signs in _LEET)


def _turned(text: str) -> Iterator[str]:
    yield text[::-1]


def _shifted(text: str) -> Iterator[str]:
    """Letters moved by thirteen."""
    if _ASCII_WORDS.search(text):
        yield codecs.encode(text, "rot13")


def _unescaped(text: str) -> Iterator[str]:
    yield html.unescape(text)
    yield unquote(text)
    yield _ESCAPED.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), text)


def _decoded(text: str) -> Iterator[str]:
    """What runs of encoded bytes say in words."""
    for run, decode in _ENCODINGS:
        for match in run.finditer(text):
            try:
                said = decode(match[0]).decode("utf-8")
            except (ValueError, binascii.Error):
                continue
            if said.isprintable() and sum(character.isalpha() for character in said) >= _LEAST_LETTERS:
                yield said


def _of_base64(run: str) -> bytes:
    bare = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _of_base32(run: str) -> bytes:
    bare = run.rstrip("=")
    return base64.b32decode(bare + "=" * (-len(bare) % 8))


def _of_hex(run: str) -> bytes:
    return bytes.fromhex(re.sub(r"0x|[\s:,]", "", run))


def _of_bits(run: str) -> bytes:
    bits = re.sub(r"\s", "", run)
    return bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits) // 8 * 8, 8))


_ENCODINGS: tuple[tuple[re.Pattern[str], Callable[[str], bytes]], ...] = (
    (re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}"), _of_base64),
    (re.compile(r"[A-Z2-7]{16,}={0,6}"), _of_base32),
    (re.compile(r"(?:(?:0x)?[0-9a-fA-F]{2}[\s:,]{0,2}){10,}"), _of_hex),
    (re.compile(r"(?:[01]{8}\s?){8,}"), _of_bits),
)
