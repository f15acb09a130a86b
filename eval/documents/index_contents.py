"""What an index holds, read from its files on disk, so that two indexes can be compared."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings as ChromaSettings

from assistant.models import CityEmbeddings
from assistant.retrieval import retrieve
from assistant.store import Access, open_store
from assistant.text import detect_language

_DEPTH = 10
_DOCUMENTS = "SELECT * FROM documents ORDER BY id"
_CHUNKS = 'SELECT * FROM chunks ORDER BY document_id, "ordinal"'
_FILES = "SELECT * FROM files ORDER BY source"


@dataclass(frozen=True, slots=True)
class IndexContents:
    """Rows of the registry, the vectors' ids and metadata, and what searches find.

    `found` holds for each question the ids of its passages in order and their scores.
    """

    documents: list[tuple[Any, ...]]
    chunks: list[tuple[Any, ...]]
    files: list[tuple[Any, ...]]
    windows: dict[str, dict[str, Any]]
    found: list[list[tuple[str, float]]]

    @property
    def digest(self) -> str:
        """One word for everything but the searches."""
        parts = (self.documents, self.chunks, self.files, sorted(self.windows.items()))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def read_contents(folder: Path, weights: CityEmbeddings, questions: list[str]) -> IndexContents:
    """Everything that an index holds, and its answers to some questions."""
    with closing(sqlite3.connect(folder / "registry.sqlite")) as registry:
        documents, chunks, files = (registry.execute(query).fetchall() for query in (_DOCUMENTS, _CHUNKS, _FILES))
    return IndexContents(documents, chunks, files, _windows(folder / "vectors"), _found(folder, weights, questions))


def count_chunks(folder: Path) -> int:
    """How many chunks of whole documents the registry of a killed run holds."""
    path = folder / "registry.sqlite"
    if not path.is_file():
        return 0
    query = "SELECT count(*) FROM chunks JOIN documents ON documents.id = document_id WHERE complete"
    with closing(sqlite3.connect(path)) as registry:
        return int(registry.execute(query).fetchone()[0])


def _windows(folder: Path) -> dict[str, dict[str, Any]]:
    client = chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    windows: dict[str, dict[str, Any]] = {}
    for collection in client.list_collections():
        found = client.get_collection(collection.name, embedding_function=None).get(include=["metadatas"])
        rows = zip(found["ids"], found["metadatas"] or (), strict=True)
        windows |= {f"{collection.name} {key}": dict(sorted(row.items())) for key, row in rows}
    return windows


def _found(folder: Path, weights: CityEmbeddings, questions: list[str]) -> list[list[tuple[str, float]]]:
    store = open_store(folder, weights.fingerprint)
    access = Access.of("staff", date.today())
    try:
        return [
            [
                (passage.chunk.id, round(passage.score, 6))
                for passage in retrieve(
                    store,
                    store.terms(question),
                    weights.embed_query(question),
                    access,
                    detect_language(question),
                    _DEPTH,
                )
            ]
            for question in questions
        ]
    finally:
        store.close()


def differences(first: IndexContents, other: IndexContents) -> dict[str, Any]:
    """Whether each part is equal, and how many searches found the same passages in the same order."""
    scores = [
        abs(before - after)
        for one, two in zip(first.found, other.found, strict=True)
        for (key, before), (same, after) in zip(one, two, strict=False)
        if key == same
    ]
    pairs = list(zip(first.found, other.found, strict=True))
    return {
        "documents_equal": first.documents == other.documents,
        "chunks_equal": first.chunks == other.chunks,
        "files_equal": first.files == other.files,
        "windows_equal": first.windows == other.windows,
        "searches": len(pairs),
        "searches_equal": sum(_keys(one) == _keys(two) for one, two in pairs),
        "searches_with_same_passages": sum(set(_keys(one)) == set(_keys(two)) for one, two in pairs),
        "largest_score_difference": round(max(scores, default=0.0), 6),
    }


def _keys(found: list[tuple[str, float]]) -> list[str]:
    return [key for key, _ in found]
