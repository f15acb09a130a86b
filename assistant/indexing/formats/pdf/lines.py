"""Lines of a PDF page from its characters."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from assistant.indexing.decoding import tidy
from assistant.indexing.formats.pdf.boxes import around, on_one_line
from assistant.indexing.formats.pdf.chars import NO_STYLE, Char
from assistant.indexing.formats.pdf.elements import Line
from assistant.indexing.lines import close_gaps, unify_radicals

# Shares of the font size.
_WORD_GAP = 0.25
_PIECE_GAP = 1.6
_BACKWARD = 1.0
# Forms of punctuation that fonts have for vertical writing, each with the ordinary character.
_VERTICAL_FORMS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in ((0xFE10, 0xFE18), (0xFE31, 0xFE44), (0xFE47, 0xFE48))
    for code in range(first, last + 1)
}
# Bullets and ticks of the fonts Symbol and Wingdings, which programs write by their private codes.
_SYMBOLS = {
    **dict.fromkeys((0xF0B7, 0xF09F), "•"),
    **dict.fromkeys((0xF06F, 0xF071, 0xF0A8), "□"),
    0xF06C: "●",
    0xF06E: "■",
    0xF0A7: "▪",
    0xF075: "◆",
    0xF076: "❖",
    0xF0D8: "➢",
    0xF0E0: "→",
    0xF0FC: "✓",
    0xF0FE: "☑",
}


def clean(text: str) -> str:
    """The text of a line as it is stored."""
    return close_gaps(" ".join(unify_radicals(tidy(text)).translate(_VERTICAL_FORMS | _SYMBOLS).split()))


def lines_of(chars: Iterable[Char]) -> list[Line]:
    """Pieces of lines without wide gaps, in the order of their characters."""
    lines: list[Line] = []
    run: list[Char] = []
    spaced = broken = False
    last: Char | None = None
    for char in chars:
        if char.style is NO_STYLE:
            spaced, broken = spaced or char.text == " ", broken or char.text == "\n"
            continue
        if last is not None and not _continues(last, char):
            lines.extend(_line(run))
            run = []
        elif last is not None and (spaced or (broken and char.left - last.right > _WORD_GAP * char.style.size)):
            run.append(Char(" ", 0, 0, 0, 0, NO_STYLE))
        run.append(char)
        last, spaced, broken = char, False, False
    lines.extend(_line(run))
    return lines


def _continues(last: Char, char: Char) -> bool:
    """Whether a character stands on the line of the one before it, near to it on either side."""
    if not on_one_line(last[1:5], char[1:5]):
        return False
    size = max(last.style.size, char.style.size)
    return -_BACKWARD * size <= char.left - last.right <= _PIECE_GAP * size or abs(last.left - char.right) <= size


def _line(run: Sequence[Char]) -> list[Line]:
    text = clean("".join(char.text for char in run))
    seen = [char for char in run if char.style is not NO_STYLE and not char.text.isspace()]
    if not text or not seen:
        return []
    styles = Counter(char.style for char in seen)
    return [Line(text, around(char[1:5] for char in seen), styles.most_common(1)[0][0])]
