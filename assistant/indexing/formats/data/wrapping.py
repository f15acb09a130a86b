"""Joins lines that were broken at a fixed width, as older government databases keep their texts."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from assistant.indexing.headings import starts_new_paragraph
from assistant.indexing.lines import display_width, join_lines

_NARROWEST, _WIDEST = 56, 100  # columns; 64 is the width of the national law database
_SLACK = 3  # a line ends early by one full-width character and a space at most
_LATIN_SLACK = 14  # or by a word
_FEWEST_FULL = 3
_LEAST_SHARE = 0.2
_NEVER_FIRST = tuple("。，、；：？）」』】》”’)]")
_ENDS = tuple("。：！？:!?.")
_CONTINUED_BY = "但"  # opens the exception to the sentence before it, in the same paragraph


def wrap_width(texts: Iterable[str]) -> int | None:
    """The width in columns at which the lines of texts are broken, or None where lines end where paragraphs do."""
    widths: list[int] = []
    broken: list[tuple[int, str]] = []
    for text in texts:
        for line, following in pairwise(text.split("\n")):
            if len(line) > 2 * _WIDEST:
                return None
            widths.append(display_width(line.rstrip()))
            if following.strip() and not line.rstrip().endswith(_ENDS) and not starts_new_paragraph(following):
                broken.append((widths[-1], line))
    widest = max(widths, default=0)
    full = sum(width >= widest - _slack(text) for width, text in broken)
    wrapped = _NARROWEST <= widest <= _WIDEST and full >= max(_FEWEST_FULL, _LEAST_SHARE * len(widths))
    return widest if wrapped else None


def unwrap(lines: Sequence[str], width: int | None = None) -> list[str]:
    """Lines as paragraphs, each stripped and none empty.

    Args:
        lines: the lines of one text.
        width: where lines are broken, from `wrap_width` of a longer text; None: look at these lines.
    """
    width = width or wrap_width(["\n".join(lines)])
    paragraphs: list[list[str]] = []
    before = ""
    for line in lines:
        if not line.strip():
            before = ""
            continue
        if before and _continues(before, line, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        before = line
    return [join_lines(paragraph) for paragraph in paragraphs]


def _continues(before: str, line: str, width: int | None) -> bool:
    """Whether a line goes on with the sentence of the line before it."""
    text = line.strip()
    if text.startswith(_NEVER_FIRST):
        return True
    if starts_new_paragraph(text):
        return False
    ended = before.rstrip().endswith(_ENDS)
    if width is not None and display_width(before.rstrip()) >= width - _slack(before):
        return not ended or text.startswith(_CONTINUED_BY) or _indent(line) > _indent(before)
    return not ended and not before.rstrip().endswith(";") and text[0].islower()


def _slack(line: str) -> int:
    """How far before the width a broken line may end: words are not broken, Chinese is anywhere."""
    return _LATIN_SLACK if line.isascii() else _SLACK


def _indent(line: str) -> int:
    return display_width(line) - display_width(line.lstrip())
