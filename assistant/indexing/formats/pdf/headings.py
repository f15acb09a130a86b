"""Headings of a PDF: by its tags, else by its bookmarks, larger or bolder letters, and numbering."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from assistant.indexing.articles import article_of
from assistant.indexing.formats.pdf.chars import NO_STYLE, Style
from assistant.indexing.formats.pdf.parts import Part
from assistant.indexing.formats.pdf.tags import HEADINGS
from assistant.indexing.headings import guess_blocks, marker_rank
from assistant.sentences import is_cjk
from assistant.text import squeeze

_FEWEST_TAGGED = 2
_LONGEST_TAGGED = 200
_LARGER = 1.08
_LEAST_LARGER = 0.9  # points
_NOT_SMALLER = 0.95
_MOST_BOLD = 0.35  # of a document, for bold letters to mean something
_MOST_OF_KIND = 0.2  # of a document, in letters of one kind of heading
_NEAR = 3  # parts below a heading to look at
_LEAST_BELOW = 15  # characters that usually follow a heading of a kind
_LONGEST = 44
_LONGEST_LATIN = 100
_BODY_ENDS = tuple("。.；;，,、！!…")
_LEADERS = re.compile(r"(?:[.．·‧・…⋯_]\s?){4,}")
_CAPTION = re.compile(r"[(（〔【\[]?(?:附?表|圖|Table|Figure|Fig\.|Chart)\s*[\d一二三四五六七八九十A-Z]", re.IGNORECASE)
_NO_NAME = re.compile(r"[\W\d_]*\Z|[※＊*•●○◎■□◆◇▪▶►☆★·‧–—-]|[(（]?註|\S+@\S+|https?:|www\.", re.IGNORECASE)
# Levels: bookmarks by their depth, then letters by size and number, then numbers in letters of the body.
_BY_LETTERS = 100
_STEP = 10
_BY_NUMBER = 1000
_FEWEST_STYLED = 3
_DEEPEST_BESIDE_STYLED = 3  # 編, 章, 節 and 壹、: finer numbers are lists where letters set headings off

Bookmarks = Mapping[tuple[int, str], int]


class _Kind(NamedTuple):
    """Letters that set headings off; their order is that of their rank, larger and bold first."""

    minus_size: int
    plain: bool


def heading_levels(parts: Sequence[Part], bookmarks: Bookmarks) -> list[int | None]:
    """The level of each part that is a heading, 1 and more from the outermost; None for text.

    A wrong heading is worse than none: it has to be short, to be no sentence, and to stand over text of its own.
    """
    tagged = [_tagged_level(part) for part in parts]
    if sum(level is not None for level in tagged) >= _FEWEST_TAGGED:
        return tagged
    levels = [
        bookmarks.get((part.page, squeeze(part.text)), level) if part.text else None
        for part, level in zip(parts, _levels_by_letters(parts), strict=True)
    ]
    _add_numbered(levels, parts)
    return _over_text(levels)


def _tagged_level(part: Part) -> int | None:
    named = part.tag.kind in HEADINGS and 0 < len(part.text) <= _LONGEST_TAGGED
    return int(part.tag.kind[1]) if named and not part.table else None


def _add_numbered(levels: list[int | None], parts: Sequence[Part]) -> None:
    """Add what the numbering alone makes a heading; only its highest ranks where letters do so as well."""
    deepest = _DEEPEST_BESIDE_STYLED if sum(level is not None for level in levels) >= _FEWEST_STYLED else _BY_NUMBER
    for index, guess in enumerate(guess_blocks((part.text, None) for part in parts)):
        rank = marker_rank(guess.text) if guess.kind == "heading" else None
        if levels[index] is None and rank is not None and rank <= deepest and not _LEADERS.search(guess.text):
            levels[index] = _BY_NUMBER + rank


def _over_text(levels: Sequence[int | None]) -> list[int | None]:
    """The levels but for headings over nothing: followed by one of their own level, or at the very end."""
    following = [*levels[1:], 0]
    return [
        level if level is not None and (after is None or after > level) else None
        for level, after in zip(levels, following, strict=True)
    ]


def _levels_by_letters(parts: Sequence[Part]) -> list[int | None]:
    """Levels by size and weight; the numbering orders headings of one kind, and those without are its outermost."""
    body = _body_style(parts)
    kinds = [_kind(part, body) for part in parts]
    trusted = _trusted(parts, kinds)
    ranks: dict[_Kind, list[int]] = defaultdict(list)
    for part, kind in zip(parts, kinds, strict=True):
        rank = marker_rank(part.text)
        if kind and rank is not None:
            ranks[kind].append(rank)
    levels: list[int | None] = []
    for part, kind in zip(parts, kinds, strict=True):
        if kind is None or kind not in trusted:
            levels.append(None)
            continue
        rank = marker_rank(part.text)
        levels.append(trusted[kind] + (min(ranks[kind], default=0) if rank is None else rank))
    return levels


def _trusted(parts: Sequence[Part], kinds: Sequence[_Kind | None]) -> dict[_Kind, int]:
    """The outermost level of each kind of heading that holds little of the document, and usually has text below it."""
    letters: Counter[_Kind] = Counter()
    below: dict[_Kind, list[int]] = defaultdict(list)
    sizes = [_size(part) for part in parts]
    for index, kind in enumerate(kinds):
        if kind:
            letters[kind] += sizes[index]
            below[kind].append(_size_below(sizes[index + 1 :][:_NEAR], kinds[index + 1 :][:_NEAR], kind))
    rare = [kind for kind in sorted(letters) if letters[kind] <= _MOST_OF_KIND * sum(sizes)]
    kept = [kind for kind in rare if median(below[kind]) >= _LEAST_BELOW]
    return {kind: _BY_LETTERS + index * _STEP for index, kind in enumerate(kept)}


def _size_below(sizes: Sequence[int], kinds: Sequence[_Kind | None], kind: _Kind) -> int:
    """How much text stands below a heading, before the next one of its kind or a higher one."""
    total = 0
    for size, other in zip(sizes, kinds, strict=False):
        if other is not None and other <= kind:
            break
        total += size
    return total


def _size(part: Part) -> int:
    if part.table is None:
        return len(part.text)
    return sum(len(cell.text) for row in part.table.rows for cell in row)


def _body_style(parts: Sequence[Part]) -> Style:
    """The commonest size of letters; bold where many are."""
    sizes: Counter[float] = Counter()
    bold = 0
    for part in parts:
        sizes[part.style.size] += len(part.text)
        bold += len(part.text) * part.style.bold
    sizes.pop(NO_STYLE.size, None)
    return Style(max(sizes, key=lambda size: sizes[size], default=0.0), bold=bold > _MOST_BOLD * sizes.total())


def _kind(part: Part, body: Style) -> _Kind | None:
    """The kind of heading that a part may be by its letters and its text."""
    style = part.style
    larger = style.size >= body.size * _LARGER and style.size - body.size >= _LEAST_LARGER
    bolder = style.bold and not body.bold and style.size >= body.size * _NOT_SMALLER
    if part.table or not (larger or bolder) or not _is_name(part.text, larger=larger):
        return None
    return _Kind(-round(style.size), not style.bold)


def _is_name(text: str, *, larger: bool) -> bool:
    """Whether a text is short and neither a sentence, a list item, a caption nor a line of contents."""
    limit = _LONGEST if any(is_cjk(character) for character in text) else _LONGEST_LATIN
    if len(text) > limit or text.endswith(_BODY_ENDS) or (text.endswith(("：", ":")) and not larger):
        return False
    if _NO_NAME.match(text) or _CAPTION.match(text) or _LEADERS.search(text):
        return False
    return article_of(text) is None or len(text) <= limit // 2
