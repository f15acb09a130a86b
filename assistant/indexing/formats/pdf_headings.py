"""Headings of a PDF: by its tags, else by its bookmarks, larger or bolder letters, and numbering."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.indexing.articles import article_of
from assistant.indexing.formats.pdf_chars import NO_STYLE, Style
from assistant.indexing.formats.pdf_parts import Part
from assistant.indexing.formats.pdf_tags import HEADINGS
from assistant.indexing.headings import guess_blocks, marker_rank
from assistant.sentences import is_cjk
from assistant.text import squeeze

_LARGER = 1.12
_LEAST_LARGER = 0.8  # points
_NOT_SMALLER = 0.95
_MOST_BOLD = 0.35  # of a document, for bold letters to mean something
_MOST_OF_CLASS = 0.2  # of a document, in letters of one kind of heading
_LONGEST = 44
_LONGEST_LATIN = 100
_FEWEST_TAGGED = 2
_BODY_ENDS = tuple("。.；;，,、！!…")
_CAPTION = re.compile(r"[(（〔【]?(?:附?表|圖|Table|Figure|Fig\.|Chart)\s*[\d一二三四五六七八九十A-Z]", re.IGNORECASE)
_NO_NAME = re.compile(r"[\W\d_]*\Z|[※＊*•●○◎■□◆◇▪▶►☆★·‧–—-]|[(（]?註|\S+@\S+|https?:|www\.", re.IGNORECASE)
_LEADERS = re.compile(r"(?:[.．·‧・…⋯_]\s?){4,}")
_FEWEST_STYLED = 3
_DEEPEST_BESIDE_STYLED = 3  # 編, 章, 節 and 壹、: finer numbers are lists where letters set headings off
_BY_NUMBER = 1000  # numbered lines in letters of the body stand below all others
_STEP = 10

Bookmarks = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Letters that set headings off; larger before smaller, bold before plain."""

    size: float
    bold: bool


def heading_levels(parts: Sequence[Part], bookmarks: Bookmarks) -> list[int | None]:
    """The level of each part that is a heading, 1 and more from the outermost; None for text.

    A wrong heading is worse than none: it has to be short, to be no sentence, and to stand over text of its own.
    """
    tagged = [_tagged_level(part) for part in parts]
    if sum(level is not None for level in tagged) >= _FEWEST_TAGGED:
        return tagged
    levels = _styled_levels(parts)
    for index, part in enumerate(parts):
        levels[index] = bookmarks.get((part.page, squeeze(part.text)), levels[index]) if part.text else None
    deepest = _DEEPEST_BESIDE_STYLED if sum(level is not None for level in levels) >= _FEWEST_STYLED else _BY_NUMBER
    guesses = guess_blocks((part.text, None) for part in parts)
    for index, (part, guess) in enumerate(zip(parts, guesses, strict=True)):
        rank = marker_rank(part.text) if guess.kind == "heading" else None
        if levels[index] is None and rank is not None and rank <= deepest and not _LEADERS.search(part.text):
            levels[index] = _BY_NUMBER + rank
    return _over_text(levels, parts)


def _tagged_level(part: Part) -> int | None:
    if part.table or part.tag.kind not in HEADINGS or not part.text or len(part.text) > 2 * _LONGEST_LATIN:
        return None
    return int(part.tag.kind[1])


def _styled_levels(parts: Sequence[Part]) -> list[int | None]:
    """Levels by size and weight; the numbering orders headings of one kind, and those without are its outermost."""
    body = _body_style(parts)
    kinds = [_kind(part, body) for part in parts] if body else [None] * len(parts)
    counts: Counter[_Kind] = Counter()
    ranks: dict[_Kind, list[int]] = defaultdict(list)
    for part, kind in zip(parts, kinds, strict=True):
        if kind:
            counts[kind] += len(part.text)
            if (rank := marker_rank(part.text)) is not None:
                ranks[kind].append(rank)
    letters = sum(len(part.text) for part in parts)
    order = {kind: index + 1 for index, kind in enumerate(sorted(counts, key=lambda kind: (-kind.size, not kind.bold)))}
    levels: list[int | None] = []
    for part, kind in zip(parts, kinds, strict=True):
        if kind is None or counts[kind] > _MOST_OF_CLASS * letters:
            levels.append(None)
            continue
        rank = marker_rank(part.text)
        levels.append(_BELOW_BOOKMARKS + order[kind] * _STEP + (min(ranks[kind], default=0) if rank is None else rank))
    return levels


_BELOW_BOOKMARKS = 100


def _body_style(parts: Sequence[Part]) -> Style | None:
    """The commonest size of letters; bold where most are."""
    sizes: Counter[float] = Counter()
    bold = letters = 0
    for part in parts:
        if part.style is not NO_STYLE and part.style.size:
            sizes[part.style.size] += len(part.text)
            bold += len(part.text) * part.style.bold
            letters += len(part.text)
    return Style(sizes.most_common(1)[0][0], bold=bold > _MOST_BOLD * letters) if sizes else None


def _kind(part: Part, body: Style) -> _Kind | None:
    """The kind of heading that a part may be by its letters and its text."""
    style, text = part.style, part.text
    larger = style.size >= body.size * _LARGER and style.size - body.size >= _LEAST_LARGER
    bolder = style.bold and not body.bold and style.size >= body.size * _NOT_SMALLER
    if part.table or not (larger or bolder):
        return None
    limit = _LONGEST if any(is_cjk(character) for character in text) else _LONGEST_LATIN
    if len(text) > limit or text.endswith(_BODY_ENDS) or (text.endswith(("：", ":")) and not larger):
        return None
    if (
        _NO_NAME.match(text)
        or _CAPTION.match(text)
        or _LEADERS.search(text)
        or (article_of(text) and len(text) > limit // 2)
    ):
        return None
    return _Kind(round(style.size), style.bold)


def _over_text(levels: Sequence[int | None], parts: Sequence[Part]) -> list[int | None]:
    """The levels but for headings over nothing: followed by one of their own level, or at the very end."""
    kept: list[int | None] = []
    for index, level in enumerate(levels):
        after = levels[index + 1] if index + 1 < len(parts) else 0
        kept.append(level if level is not None and (after is None or after > level) else None)
    return kept
