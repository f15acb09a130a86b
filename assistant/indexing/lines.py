"""Joins the wrapped lines of a paragraph, and repairs what PDF fonts do to CJK characters."""

import re
import unicodedata
from collections.abc import Sequence

from assistant.sentences import is_cjk

_SPACED_CJK = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff](?: |\Z))")
_RADICAL_BLOCKS = ((0x2E80, 0x2EFF), (0x2F00, 0x2FDF), (0xF900, 0xFAFF))
# PDF fonts map ideographs to look-alike radicals and compatibility forms; each has one unified ideograph.
_IDEOGRAPHS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in _RADICAL_BLOCKS
    for code in range(first, last + 1)
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}


def unify_radicals(text: str) -> str:
    """Replace Kangxi radicals and compatibility ideographs by their ideographs; nothing else changes."""
    return text.translate(_IDEOGRAPHS)


def join_lines(lines: Sequence[str]) -> str:
    """One line of several: no space beside CJK characters, one between Latin words, hyphenated words whole."""
    joined = ""
    for line in lines:
        part = line.strip()
        if not part:
            continue
        if not joined:
            joined = part
        elif joined.endswith("\xad") or _is_hyphenated(joined, part):
            joined = joined[:-1] + part
        elif is_cjk(joined[-1]) or is_cjk(part[0]) or joined[-1] in "-–/":
            joined += part
        else:
            joined += " " + part
    return joined


def collapse(text: str) -> str:
    """White space as a browser shows it, but a line break between CJK characters leaves no space."""
    return join_lines([" ".join(line.split(" ")) for line in re.sub(r"[ \t\xa0]+", " ", text).split("\n")])


def close_gaps(line: str) -> str:
    """Remove the spaces of a line whose ideographs are set apart one by one (高 雄 市)."""
    gaps = len(_SPACED_CJK.findall(line))
    return _SPACED_CJK.sub("", line) if gaps >= 3 and gaps * 3 >= len(line) // 2 else line


def display_width(line: str) -> int:
    """Width in columns: a full-width character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _is_hyphenated(line: str, following: str) -> bool:
    return len(line) > 2 and line[-1] == "-" and line[-2].islower() and line[-2].isascii() and following[0].islower()
