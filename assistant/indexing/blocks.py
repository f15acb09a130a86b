"""What readers return and chunking makes: blocks of a parsed document, and windows for dense search."""

from dataclasses import dataclass
from typing import Literal

from assistant.schema import Locator

BlockKind = Literal["heading", "paragraph", "item", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row; its text is never empty."""

    text: str
    locator: Locator
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as a reader understood it; `pages` is 0 for formats without pages."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a chunk that is embedded for dense search."""

    chunk_id: str
    text: str
