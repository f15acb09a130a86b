"""The vector index: sub-chunk windows in a local Chroma collection, telemetry off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from filelock import FileLock

_Row = TypeVar("_Row")
_COLLECTION = "windows"
_PATIENCE_S = 30  # a batch of windows is written in a second or two
_BATCH = 2000  # Chroma's SQLite takes at most 5,461 a call
_CONFIGURATION: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 128, "max_neighbors": 16, "ef_search": 100}
}


@dataclass(frozen=True, slots=True)
class VectorRow:
    """A window of a document; `vector` is None where the index already holds it under this key."""

    document_id: str
    key: str
    chunk_id: str
    vector: Sequence[float] | None
    audience: str
    days: tuple[int, int]

    @property
    def id(self) -> str:
        """The row's id in the index."""
        return f"{self.document_id}#{self.key}"

    @property
    def metadata(self) -> dict[str, str | int]:
        """What searches filter by."""
        return {
            "chunk_id": self.chunk_id,
            "document_id": self.document_id,
            "audience": self.audience,
            "effective_from": self.days[0],
            "effective_to": self.days[1],
        }


class VectorIndex:
    """Writes and finds windows by vector; every search is filtered inside the query."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._changing = FileLock(folder / "changing.lock", timeout=_PATIENCE_S)
        self._open()

    def _open(self) -> None:
        self._client = chromadb.PersistentClient(
            path=str(self._folder), settings=ChromaSettings(anonymized_telemetry=False)
        )
        self._collection = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration=_CONFIGURATION
        )

    def known(self, document_ids: Iterable[str]) -> dict[str, set[str]]:
        """The keys of the windows that the index holds, by document."""
        keys: dict[str, set[str]] = {document_id: set() for document_id in document_ids}
        for row_id in self._rows(list(keys)):
            document_id, _, key = row_id.rpartition("#")
            keys[document_id].add(key)
        return keys

    def write(self, document_ids: Sequence[str], rows: Sequence[VectorRow]) -> None:
        """Make these the windows of the documents: new ones are added, lost ones removed, kept vectors not touched."""
        with self._changing:
            self._write(document_ids, rows)

    def _write(self, document_ids: Sequence[str], rows: Sequence[VectorRow]) -> None:
        before = self._rows(document_ids)
        wanted = {row.id: row for row in rows}
        self._delete([row_id for row_id in before if row_id not in wanted])
        added = [row for row in rows if row.vector is not None and row.id not in before]
        for part in _batches(added):
            self._collection.upsert(
                ids=[row.id for row in part],
                embeddings=_matrix([row.vector for row in part if row.vector is not None]),
                metadatas=[row.metadata for row in part],
            )
        moved = [wanted[row_id] for row_id in before if row_id in wanted and before[row_id] != wanted[row_id].metadata]
        for part in _batches(moved):
            self._collection.update(ids=[row.id for row in part], metadatas=[row.metadata for row in part])

    def relabel(self, document_id: str, audience: str, days: tuple[int, int]) -> None:
        """Give all windows of a document another audience and validity."""
        label = {"audience": audience, "effective_from": days[0], "effective_to": days[1]}
        with self._changing:
            rows = list(self._rows([document_id]).items())
            for part in _batches(rows):
                metadatas: list[Any] = [{**metadata, **label} for _, metadata in part]
                self._collection.update(ids=[row_id for row_id, _ in part], metadatas=metadatas)

    def search(
        self, vector: Sequence[float], limit: int, audiences: Sequence[str], day: int
    ) -> list[tuple[str, float]]:
        """Chunk ids with the cosine similarity of their best window, best first."""
        allowed: Any = {  # Chroma's own type for filters rejects its documented operators
            "$and": [
                {"audience": {"$in": list(audiences)}},
                {"effective_from": {"$lte": day}},
                {"effective_to": {"$gte": day}},
            ]
        }
        found = self._query(vector, limit, allowed)
        best: dict[str, float] = {}
        for row, distance in zip((found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0], strict=True):
            chunk_id, similarity = str(row["chunk_id"]), 1.0 - float(distance)
            best[chunk_id] = max(similarity, best.get(chunk_id, -1.0))
        return sorted(best.items(), key=lambda item: -item[1])

    def count(self) -> int:
        """Number of windows."""
        return self._collection.count()

    def reload(self) -> None:
        """See what another process wrote, once it has written it whole."""
        with self._lock, self._changing:
            self._reopen()

    def _rows(self, document_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The metadata of all windows of some documents, by row id."""
        rows: dict[str, dict[str, Any]] = {}
        for part in _batches(document_ids):
            wanted: Any = {"document_id": {"$in": list(part)}}
            found = self._collection.get(where=wanted, include=["metadatas"])
            rows.update(zip(found["ids"], (dict(row) for row in found["metadatas"] or ()), strict=True))
        return rows

    def _delete(self, row_ids: Sequence[str]) -> None:
        for part in _batches(row_ids):
            self._collection.delete(ids=list(part))

    def _query(self, vector: Sequence[float], limit: int, allowed: Any) -> Any:
        """Query; where another process has changed the files under this one, wait for it, reopen and query again."""
        with self._lock:
            try:
                return self._query_once(vector, limit, allowed)
            except ChromaError:
                with self._changing:
                    self._reopen()
                    return self._query_once(vector, limit, allowed)

    def _query_once(self, vector: Sequence[float], limit: int, allowed: Any) -> Any:
        return self._collection.query(
            query_embeddings=_matrix([vector]), n_results=limit, where=allowed, include=["metadatas", "distances"]
        )

    def _reopen(self) -> None:
        SharedSystemClient.clear_system_cache()
        self._open()


def _batches(rows: Sequence[_Row]) -> Iterable[Sequence[_Row]]:
    return (rows[first : first + _BATCH] for first in range(0, len(rows), _BATCH))


def _matrix(vectors: Sequence[Sequence[float]]) -> Any:
    return np.asarray(vectors, dtype=np.float32)
