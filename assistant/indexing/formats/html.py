"""Reads HTML pages: the main content as headings, paragraphs, list items and table rows."""

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.indexing.articles import mark_articles
from assistant.indexing.blocks import Block, BlockKind, ParsedDocument
from assistant.indexing.decoding import decode, tidy
from assistant.indexing.formats.html_nodes import (
    HEADINGS,
    INLINE,
    NEVER,
    PAGE_FURNITURE,
    inline_text,
    is_skipped,
    is_text,
    number_of,
    source_text,
)
from assistant.indexing.formats.html_tables import is_data_table, table_rows
from assistant.indexing.headings import HeadingPath
from assistant.indexing.lines import collapse
from assistant.schema import Locator
from assistant.settings import Settings
from assistant.text import cjk_share, detect_language

_FEW_CHARS = 40
_DEEPEST = 200


def read_html(data: bytes, name: str, settings: Settings) -> ParsedDocument:
    """Parse an HTML page; the title is the first heading that the page's `<title>` contains, else that `<title>`.

    Raises:
        DocumentError: `not_text` for a binary.
    """
    tree = LexborHTMLParser(decode(data, name))
    title = _title(tree) or name.rsplit(".", 1)[0]
    blocks = tuple(mark_articles(_main_blocks(tree, title)))
    text = "".join(block.text for block in blocks)
    return ParsedDocument(title, _language(tree, text), blocks, 0)


def _title(tree: LexborHTMLParser) -> str:
    """`<title>` often adds the site's name to the page's own heading."""
    node = tree.css_first("title")
    declared = inline_text(node) if node else ""
    headings = [inline_text(heading) for heading in tree.css("h1")]
    contained = [heading for heading in headings if heading and heading in declared]
    return (contained or [declared])[0] or next(filter(None, headings), "")


def _language(tree: LexborHTMLParser, text: str) -> str:
    root = tree.css_first("html")
    declared = ((root.attributes.get("lang") if root else "") or "").lower()
    share = cjk_share(text)
    if declared.startswith("zh") and share > 0.02:
        return "zh-TW"
    if declared.startswith("en") and share < 0.5:
        return "en"
    return detect_language(text)


def _main_blocks(tree: LexborHTMLParser, title: str) -> list[Block]:
    """Blocks of the main content; of the whole body where a page marks none, and last of its forms as well."""
    body = tree.body
    if body is None:
        return []
    attempts: list[tuple[list[LexborNode], frozenset[str]]] = [
        (_outermost(tree.css("main, [role=main]")), NEVER),
        (_outermost(tree.css("article")), NEVER),
        ([body], NEVER | PAGE_FURNITURE),
        ([body], NEVER),
    ]
    best: list[Block] = []
    for roots, skipped in attempts:
        path = HeadingPath(title)
        blocks = [block for root in roots for block in _Walker(skipped, path).blocks(root)]
        if sum(len(block.text) for block in blocks) >= _FEW_CHARS:
            return blocks
        best = max(best, blocks, key=lambda found: sum(len(block.text) for block in found))
    return best


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    ids = {node.mem_id for node in nodes}
    return [node for node in nodes if not any(parent.mem_id in ids for parent in islice(_ancestors(node), _DEEPEST))]


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


class _Walker:
    """Walks a tree in document order without recursion and gathers inline text into blocks."""

    def __init__(self, skipped: frozenset[str], path: HeadingPath) -> None:
        self._skipped = skipped
        self._path = path
        self._inline: list[str] = []
        self._marks: list[str] = []
        self._numbers: list[int | None] = []
        self._term = ""
        self._found: list[Block] = []

    def blocks(self, root: LexborNode) -> list[Block]:
        pending: list[tuple[LexborNode, bool]] = [(root, False)]
        while pending:
            node, leaving = pending.pop()
            if leaving:
                self._leave(node)
            elif self._enter(node):
                pending.append((node, True))
                children = list(node.iter(include_text=True))
                pending.extend((child, False) for child in reversed(children))
        self._flush()
        return self._found

    def _enter(self, node: LexborNode) -> bool:
        """Take note of a node; whether its children are to be walked."""
        if is_text(node):
            self._inline.append(source_text(node))
            return False
        if is_skipped(node, self._skipped):
            return False
        tag = node.tag or ""
        if tag not in INLINE:
            self._flush()
        if tag in HEADINGS or tag == "pre" or (tag == "table" and is_data_table(node)):
            self._append_whole(node, tag)
            return False
        if tag in {"ol", "ul"}:
            self._numbers.append(number_of(node, "start", 1) if tag == "ol" else None)
        elif tag in {"li", "dt", "dd"}:
            self._marks.append(self._item_mark(node, tag))
        return True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "dt":
            self._term = "、".join(filter(None, (self._term, self._take())))
        elif tag not in INLINE:
            self._flush()
        if tag in {"ol", "ul"}:
            self._numbers.pop()
        elif tag in {"li", "dt", "dd"}:
            self._marks.pop()
        elif tag == "dl" and self._term:
            self._append(self._term, "item")
            self._term = ""

    def _append_whole(self, node: LexborNode, tag: str) -> None:
        """Take a heading, preformatted text or table as it is, without a walk through its children."""
        if tag == "pre":
            self._append(node.text().strip("\n"), "paragraph")
        elif tag == "table":
            caption = node.css_first("caption")
            self._append(inline_text(caption) if caption else "", "paragraph")
            for text in table_rows(node):
                self._append(text, "row")
        elif text := inline_text(node):
            self._path.enter(int(tag[1]), text)
            self._append(text, "heading")

    def _item_mark(self, node: LexborNode, tag: str) -> str:
        """What the page shows before an item: the number in an ordered list, the term before its definition."""
        if tag == "dd" and self._term:
            mark, self._term = f"{self._term}：", ""
            return mark
        if tag != "li" or not self._numbers or self._numbers[-1] is None:
            return ""
        number = number_of(node, "value", self._numbers[-1])
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _take(self) -> str:
        text = collapse("".join(self._inline))
        self._inline.clear()
        return text

    def _flush(self) -> None:
        text = self._take()
        if text and self._marks:
            text, self._marks[-1] = self._marks[-1] + text, ""
            self._append(text, "item")
        elif text:
            self._append(text, "paragraph")

    def _append(self, text: str, kind: BlockKind) -> None:
        text = tidy(text)
        if text.strip():
            self._found.append(Block(text, Locator(section=self._path.section), kind))
