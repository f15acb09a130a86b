"""Joins the wrapped lines of a paragraph, and repairs what PDF fonts do to CJK characters."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from assistant.sentences import is_cjk

_SPACED_CJK = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff](?: |\Z))")
_WORD_AT_END = re.compile(r"(?:\A|\s)([A-Za-z]{2,})-\Z")
_WORD_AT_START = re.compile(r"[a-z]+")
_COMPATIBILITY_BLOCKS = ((0x2E80, 0x2EFF), (0x2F00, 0x2FDF), (0xF900, 0xFAFF))
# Radicals that Unicode leaves without a decomposition, and the ideograph of the same shape (its data file
# EquivalentUnifiedIdeograph.txt): browsers that print to PDF write ⻑照 for 長照 and 原住⺠ for 原住民.
_RADICALS = dict(
    zip(
        "⺁⺄⺅⺆⺉⺊⺎⺒⺓⺔⺕⺖⺘⺙⺛⺝⺞⺠⺡⺢⺣⺤⺦⺨⺩⺪⺬⺭⺯⺰⺱⺲⺶⺹⺺⺻⺼⺽⺾⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂乙亻冂刂卜兀巳幺彑彐忄扌攵旡月歺民氵氺灬爫丬犭王疋示礻糹纟罓罒羊耂肀聿肉臼艹衤覀西见角讠贝足车辶阝钅長镸长门阝雨青韦页风飞食飠飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)
# PDF fonts map ideographs to look-alike radicals and compatibility forms; each has one unified ideograph.
_IDEOGRAPHS = {ord(radical): ideograph for radical, ideograph in _RADICALS.items()} | {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in _COMPATIBILITY_BLOCKS
    for code in range(first, last + 1)
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
}


def unify_radicals(text: str) -> str:
    """Replace Kangxi radicals and compatibility ideographs by their ideographs; nothing else changes."""
    return text.translate(_IDEOGRAPHS)


def join_lines(lines: Sequence[str], words: Collection[str] = ()) -> str:
    """One line of several: no space beside CJK characters, one between Latin words.

    A hyphen at a line's end goes only where the whole word is among `words` (those of the document, in lower case):
    else it belongs to a compound or a URL.
    """
    joined = ""
    for line in lines:
        part = line.strip()
        if not part:
            continue
        if not joined:
            joined = part
        elif joined.endswith("\xad") or _is_hyphenated(joined, part, words):
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


def _is_hyphenated(line: str, following: str, words: Collection[str]) -> bool:
    head, tail = _WORD_AT_END.search(line), _WORD_AT_START.match(following)
    return head is not None and tail is not None and f"{head[1]}{tail[0]}".lower() in words
