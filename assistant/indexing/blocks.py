"""What readers return and chunking makes: blocks of a parsed document, and windows for dense search."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from assistant.schema import Locator

BlockKind = Literal["heading", "paragraph", "item", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row; its text is never empty.

    `locator.item` says which item or row of its section it is: the printed marker of a list item (`三`, `(2)`), the
    place in an article (`第2項第3款`), the first cell of a table row.
    """

    text: str
    locator: Locator
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself; empty where it says nothing. Who may see it is never taken from the file."""

    bureau: str = ""
    type: str = ""
    topic: str = ""
    licence: str = ""
    url: str = ""
    published: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    repealed: date | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as a reader understood it.

    Attributes:
        pages: 0 for formats without pages.
        part: which document of its file this is, the same in every reading: a stable key such as an entry's id or a
            path inside an archive; empty where the file is one document.
        unread: pages or parts that could not be read, each with its reason, in words for the report.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    pages: int = 0
    metadata: Metadata = field(default_factory=Metadata)
    part: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """A part of a file that could not be read; `reason` is a short stable word."""

    part: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The documents of one file; a bad member of an archive costs itself only."""

    documents: tuple[ParsedDocument, ...]
    refused: tuple[RefusedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a chunk that is embedded for dense search; its key depends on its text, and is its document's only."""

    key: str
    chunk_id: str
    text: str
