"""Cuts a parsed document into chunks of one section or article, and chunks into windows for dense search."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from assistant.indexing.blocks import Block, ParsedDocument, Window
from assistant.schema import Chunk, Locator
from assistant.sentences import split_sentences
from assistant.text import cjk_share

_SMALL_SECTION = 60
_PATH_SEPARATOR = " > "
_REFERENCES = frozenset({"資料來源", "參考資料", "參考文獻", "引用資料", "sources", "references", "bibliography"})
_ANCHOR_SHARE = 85  # of 256: a third of the pieces
_SOFT_BREAKS = "，,、：: \t\n\u3000"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in characters. Windows of about 160 CJK characters found most on DRCD (R@1 .891, paragraphs .777)."""

    target: int
    longest: int
    window: int


CJK_LIMITS = Limits(target=380, longest=600, window=160)
LATIN_LIMITS = Limits(target=1100, longest=1600, window=450)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a part of a long one, with its offsets in the document's text."""

    start: int
    end: int
    block: Block

    @property
    def is_heading(self) -> bool:
        return self.block.kind == "heading"


def chunk_document(document_id: str, parsed: ParsedDocument) -> tuple[str, list[Chunk], list[Window]]:
    """The text to store, its chunks in order, and the windows of each chunk.

    The text is all blocks joined by line ends; `chunk.text == text[chunk.start:chunk.end]`. A chunk's id depends
    only on the document's id and the chunk's text, so an unchanged part of a changed document keeps its id. The cuts
    depend on the text around them alone (`_is_anchor`), so a change moves only the cuts near it.
    """
    text = "\n".join(block.text for block in parsed.blocks)
    limits = CJK_LIMITS if cjk_share(text) >= 0.2 else LATIN_LIMITS
    pieces = _without_references(list(_pieces(parsed.blocks, limits)))
    spans = [span for group in _merge_small(_groups(pieces), limits) for span in _packed(group, limits)]
    chunk_keys, window_keys = _Keys(), _Keys()
    chunks: list[Chunk] = []
    windows: list[Window] = []
    for ordinal, span in enumerate(spans):
        start, end = span[0].start, span[-1].end
        body = text[start:end]
        chunk_id = f"{document_id}:{chunk_keys.of(body)}"
        locator = _locator(span)
        chunks.append(Chunk(chunk_id, document_id, ordinal, body, start, end, locator, _places(span)))
        windows.extend(Window(window_keys.of(window), chunk_id, window) for window in _windows(body, locator, limits))
    return text, chunks, windows


class _Keys:
    """Keys of texts by their content; equal texts of one document are numbered."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, text: str) -> str:
        """A key that no other text and no earlier equal text has."""
        key = blake2b(f"{self._seen[text]}\n{text}".encode(), digest_size=8).hexdigest()
        self._seen[text] += 1
        return key


def _without_references(pieces: list[_Piece]) -> list[_Piece]:
    """All pieces but lists of references, which name many topics and answer no question; they stay in the text."""
    kept: list[_Piece] = []
    inside = False
    for piece in pieces:
        named = piece.block.text.strip(" 　:：").lower() in _REFERENCES
        inside = named or (inside and not piece.is_heading)
        if not inside:
            kept.append(piece)
    return kept or pieces


def _pieces(blocks: Sequence[Block], limits: Limits) -> Iterator[_Piece]:
    """The blocks, long ones cut so that they fit into a chunk together with the headings right above them."""
    start = above = 0
    for block in blocks:
        end = start + len(block.text)
        heading = block.kind == "heading"
        longest = limits.longest - limits.target if heading else max(limits.longest - above, limits.target // 2)
        if end - start <= longest:
            yield _Piece(start, end, block)
        else:
            for first, last in _cut(block.text, min(limits.target, longest)):
                yield _Piece(start + first, start + last, block)
        above = above + end - start + 1 if heading else 0
        start = end + 1


def _cut(text: str, target: int) -> list[tuple[int, int]]:
    """Spans of at most `target` characters that end at sentence ends, or at commas inside very long sentences."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        for first, last in _cut_sentence(text, start, end, target):
            if spans and last - spans[-1][0] <= target:
                spans[-1] = (spans[-1][0], last)
            else:
                spans.append((first, last))
    return spans


def _cut_sentence(text: str, start: int, end: int, target: int) -> Iterator[tuple[int, int]]:
    while end - start > target:
        cut = max(text.rfind(mark, start + target // 2, start + target) for mark in _SOFT_BREAKS) + 1
        cut = cut or start + target
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _groups(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces of one section and article; headings go with what follows them, those at the end with what precedes."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and _belongs(groups[-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    if len(groups) > 1 and all(piece.is_heading for piece in groups[-1]):
        last = groups.pop()
        groups[-1].extend(last)
    return groups


def _belongs(group: Sequence[_Piece], piece: _Piece) -> bool:
    previous = group[-1]
    return previous.is_heading or (not piece.is_heading and _place(previous) == _place(piece))


def _place(piece: _Piece) -> tuple[str | None, str | None]:
    return piece.block.locator.section, piece.block.locator.article


def _merge_small(groups: list[list[_Piece]], limits: Limits) -> list[list[_Piece]]:
    """Join a very small section to the one before it under the same parent heading."""
    merged: list[list[_Piece]] = []
    for group in groups:
        if merged and _may_merge(merged[-1], group, limits):
            merged[-1].extend(group)
        else:
            merged.append(list(group))
    return merged


def _may_merge(before: Sequence[_Piece], group: Sequence[_Piece], limits: Limits) -> bool:
    parents = {_parent(piece) for piece in (before[-1], group[-1])}
    articles = any(piece.block.locator.article for piece in (*before, *group))
    small = group[-1].end - group[0].start < _SMALL_SECTION
    fits = group[-1].end - before[0].start <= limits.target
    return small and fits and not articles and len(parents) == 1 and "" not in parents


def _parent(piece: _Piece) -> str:
    """The path above a piece's own section; empty at the top."""
    return (piece.block.locator.section or "").rpartition(_PATH_SEPARATOR)[0]


def _packed(group: Sequence[_Piece], limits: Limits) -> Iterator[list[_Piece]]:
    """Runs of pieces near the target size; a heading never ends a run, and a small rest joins the run before it."""
    runs: list[list[_Piece]] = []
    whole = group[-1].end - group[0].start <= limits.target
    for piece in group:
        if runs and (whole or (_fits(runs[-1], piece, limits) and not _is_anchor(runs[-1], piece, limits))):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    if len(runs) > 1:
        rest = runs[-1][-1].end - runs[-1][0].start
        if rest < limits.target // 4 and runs[-1][-1].end - runs[-2][0].start <= limits.longest:
            runs[-2].extend(runs.pop())
    yield from runs


def _fits(run: Sequence[_Piece], piece: _Piece, limits: Limits) -> bool:
    size = piece.end - run[0].start
    return size <= limits.target or (run[-1].is_heading and size <= limits.longest)


def _is_anchor(run: Sequence[_Piece], piece: _Piece, limits: Limits) -> bool:
    """Whether a run of some size ends before this piece for the piece's own sake: a new page, or a chance of its text.

    Such cuts stay where they are when text before them changes, so that what follows is cut as before
    (content-defined chunking; Muthitacharoen, Chen and Mazieres 2001).
    """
    size = run[-1].end - run[0].start
    if run[-1].is_heading or piece.is_heading:
        return False
    if piece.block.locator.page != run[-1].block.locator.page:
        return size >= limits.target // 3
    text = piece.block.text.encode()
    return size >= limits.target // 2 and blake2b(text, digest_size=1).digest()[0] < _ANCHOR_SHARE


def _places(span: Sequence[_Piece]) -> tuple[tuple[int, Locator], ...]:
    """Where each piece stands, but for pieces that stand where the one before them does."""
    places: list[tuple[int, Locator]] = []
    for piece in span:
        if not places or places[-1][1] != piece.block.locator:
            places.append((piece.start, piece.block.locator))
    return tuple(places)


def _locator(span: Sequence[_Piece]) -> Locator:
    """Where a chunk's first body text stands; a chunk over several sections stands under their common headings."""
    body = [piece for piece in span if not piece.is_heading] or list(span[:1])
    first = body[0].block.locator
    paths = [(piece.block.locator.section or "").split(_PATH_SEPARATOR) for piece in body]
    common: list[str] = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        common.append(names[0])
    item = first.item if len({piece.block.locator.item for piece in body}) == 1 else None
    return Locator(first.page, _PATH_SEPARATOR.join(common) or None, first.article, item)


def _windows(body: str, locator: Locator, limits: Limits) -> Iterator[str]:
    """Runs of sentences of about the window's size, each with its heading before it unless it holds it."""
    spans = _cut(body, limits.window)
    if len(spans) > 1 and spans[-1][1] - spans[-1][0] < limits.window // 4:
        last = spans.pop()
        spans[-1] = (spans[-1][0], last[1])
    heading = (locator.section or "").rpartition(_PATH_SEPARATOR)[2]
    for start, end in spans:
        window = body[start:end]
        yield window if not heading or heading in window else f"{heading}：{window}"
