"""Bytes of text files to characters: marks, UTF-8, declared and guessed encodings, Big5 and UTF-16."""

import codecs
import re

from charset_normalizer import from_bytes

from assistant.errors import DocumentError
from assistant.text import strip_control

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARIES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "zip or office"),
    (b"\xd0\xcf\x11\xe0", "old office"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "program"),
    (b"\x1f\x8b", "gzip"),
)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""",
    re.IGNORECASE,
)
# cp950 is what Windows writes under the name Big5; big5hkscs adds the characters that cp950 lacks.
_ALIASES = {
    "big5": "cp950",
    "big-5": "cp950",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
}
_CHINESE_CODINGS = ("cp950", "big5hkscs", "utf-16-le", "utf-16-be")
# The commonest characters of Traditional Chinese prose: a wrong encoding yields rare ones instead.
_COMMON = frozenset(
    "的一是不在有人我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年市區府申請高雄，。、：；「」（）"
)
_LEAST_COMMON_SHARE = 0.08
_HEAD_BYTES = 4096


def decode(data: bytes, name: str) -> str:
    """The characters of a text file, line ends as `\\n`, without control and invisible characters.

    Raises:
        DocumentError: `not_text` where the bytes are a binary format or fit no encoding.
    """
    for magic, kind in _BINARIES:
        if data.startswith(magic):
            raise _not_text(name, f"it holds a {kind} file")
    text = _decode_bytes(data)
    if text is None:
        raise _not_text(name, "its bytes fit no text encoding")
    return tidy(text)


def tidy(text: str) -> str:
    """One kind of line end, and no control, invisible or unpaired surrogate characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\f", "\n")
    return strip_control(lines.encode("utf-8", "ignore").decode("utf-8"))


def looks_like_html(data: bytes) -> bool:
    """Whether a file begins as an HTML page."""
    head = data[:1024].lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _decode_bytes(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding) or data.decode(encoding, "replace")
    if b"\x00" in data:
        return _decode_with_nulls(data)
    text = _strictly(data, "utf-8")
    return text if text is not None else _decode_legacy(data)


def _decode_with_nulls(data: bytes) -> str | None:
    """UTF-8 with a few stray NULs, or UTF-16 without a mark; None for a binary."""
    head = data[:_HEAD_BYTES]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if (even + odd) * 20 <= len(head):
        text = _strictly(data.replace(b"\x00", b""), "utf-8")
        if text is not None:
            return text
    if max(even, odd) <= 4 * min(even, odd):
        return None
    text = _strictly(data, "utf-16-le" if odd > even else "utf-16-be")
    return text if text is not None and "\x00" not in text else None


def _decode_legacy(data: bytes) -> str | None:
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    if declared:
        name = declared[1].decode("ascii").lower()
        text = _strictly(data, _ALIASES.get(name, name))
        if text is not None:
            return text
    candidates = [text for coding in _CHINESE_CODINGS if (text := _strictly(data, coding)) is not None]
    best = max(candidates, key=_common_share, default="")
    if best and _common_share(best) >= _LEAST_COMMON_SHARE:
        return best
    guess = from_bytes(data).best()
    if guess is not None and _is_readable(str(guess)):
        return str(guess)
    lenient = data.decode("utf-8", "replace")
    return lenient if lenient.count("\ufffd") * 50 <= len(lenient) else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _common_share(text: str) -> float:
    """The share of very common characters among those beyond ASCII."""
    foreign = [character for character in text[:_HEAD_BYTES] if character > "\x7f"]
    return sum(character in _COMMON for character in foreign) / len(foreign) if foreign else 0.0


def _is_readable(text: str) -> bool:
    odd = sum(not (character.isprintable() or character in "\n\r\t\f\u3000") for character in text)
    return odd * 100 <= len(text)


def _not_text(name: str, why: str) -> DocumentError:
    return DocumentError(
        "not_text",
        f"{name} cannot be read as text: {why}.",
        "Give the file its right suffix, or save it as UTF-8.",
    )
