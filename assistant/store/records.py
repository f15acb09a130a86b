"""What the store writes and remembers: documents with their windows, files, and notes on what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.schema import Chunk, Document


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """A window of a document; `vector` is None where the index already holds it under this key."""

    key: str
    chunk_id: str
    vector: Sequence[float] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write, with the source of its file, its stored text, chunks and windows."""

    file: str
    document: Document
    text: str
    chunks: Sequence[Chunk]
    windows: Sequence[StoredWindow]


@dataclass(frozen=True, slots=True)
class FileNote:
    """Why a file, or a part of it, is not in the index; `reason` is a short stable word."""

    part: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the registry knows of an indexed or refused file.

    Attributes:
        file_id: the id of its document, or what the ids of its documents begin with.
        content: a hash of its bytes.
        fingerprint: a hash of all that its documents were made of; empty where it is not whole in the index.
        conditions: under which limits and abilities it was read.
        refused: the fingerprint with which it was last refused; empty where it never was.
        notes: on parts that could not be read, or why the file is refused.
    """

    source: str
    file_id: str
    content: str
    fingerprint: str = ""
    conditions: str = ""
    refused: str = ""
    notes: tuple[FileNote, ...] = ()
