"""The vector index: sub-chunk windows in a local Chroma collection, telemetry off."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

_COLLECTION = "windows"
RETRIES = 4
_ADD_BATCH = 2000  # Chroma's SQLite takes at most 5,461 a call
_CONFIGURATION: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 128, "max_neighbors": 16, "ef_search": 100}
}


class VectorIndex:
    """Adds, removes and finds windows by vector; every search is filtered inside the query."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._open()

    def _open(self) -> None:
        self._client = chromadb.PersistentClient(
            path=str(self._folder), settings=ChromaSettings(anonymized_telemetry=False)
        )
        self._collection = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration=_CONFIGURATION
        )

    def add(
        self,
        chunk_ids: Sequence[str],
        vectors: Sequence[Sequence[float]],
        document_id: str,
        audience: str,
        days: tuple[int, int],
    ) -> None:
        """Add the windows of one document, `vectors[i]` belonging to chunk `chunk_ids[i]`."""
        rows: list[Any] = [
            {
                "chunk_id": chunk_id,
                "document_id": document_id,
                "audience": audience,
                "effective_from": days[0],
                "effective_to": days[1],
            }
            for chunk_id in chunk_ids
        ]
        ids = [f"{document_id}#{number}" for number in range(len(rows))]
        for first in range(0, len(rows), _ADD_BATCH):
            part = slice(first, first + _ADD_BATCH)
            self._collection.upsert(
                ids=ids[part],
                embeddings=_matrix(vectors[part]),
                metadatas=rows[part],
            )

    def remove_document(self, document_id: str) -> None:
        """Remove every window of a document."""
        self._collection.delete(where={"document_id": document_id})

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
        """See what another process wrote."""
        with self._lock:
            self._reopen()

    def _query(self, vector: Sequence[float], limit: int, allowed: Any) -> Any:
        """Query, and reopen where another process has moved the files that this one had open."""
        with self._lock:
            for attempt in range(RETRIES):
                try:
                    return self._collection.query(
                        query_embeddings=_matrix([vector]),
                        n_results=limit,
                        where=allowed,
                        include=["metadatas", "distances"],
                    )
                except ChromaError:
                    if attempt == RETRIES - 1:
                        raise
                    self._reopen()
        raise AssertionError("the last attempt returns or raises")

    def _reopen(self) -> None:
        SharedSystemClient.clear_system_cache()
        self._open()


def _matrix(vectors: Sequence[Sequence[float]]) -> Any:
    return np.asarray(vectors, dtype=np.float32)
