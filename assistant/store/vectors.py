"""The vector index: sub-chunk windows in local Chroma collections, one a partition, telemetry off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from filelock import FileLock

from assistant.store.partitions import Partition, Validity, partition_of, visible
from assistant.store.registry import FIRST_DAY

_Row = TypeVar("_Row")
_Rows = dict[str, dict[str, Any]]
_LATEST_START, _LATEST_END = "latest_start", "latest_end"  # of all rows that a collection ever had
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
    language: str
    days: tuple[int, int]

    @property
    def id(self) -> str:
        """The row's id in the index."""
        return f"{self.document_id}#{self.key}"

    @property
    def partition(self) -> Partition:
        """Where it belongs by its label."""
        return partition_of(self.audience, self.language, self.days)

    @property
    def metadata(self) -> dict[str, str | int]:
        """What is stored beside the vector.

        A filter reads every row of the index that has its key, in whatever collection: so each partition has keys of
        its own for the days.
        """
        first, last = _day_keys(self.partition)
        return {
            "chunk_id": self.chunk_id,
            "document_id": self.document_id,
            first: self.days[0],
            last: self.days[1],
        }


class VectorIndex:
    """Writes and finds windows by vector; every search is filtered inside the query."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._changing = FileLock(folder / "changing.lock", timeout=_PATIENCE_S)
        self._reopen()

    def _open(self) -> None:
        self._client = chromadb.PersistentClient(
            path=str(self._folder), settings=ChromaSettings(anonymized_telemetry=False)
        )
        self._collections: dict[Partition, chromadb.Collection] = {}
        for listed in self._client.list_collections():
            collection = self._client.get_collection(listed.name, embedding_function=None)
            self._collections[Partition.of_label(collection.metadata["partition"])] = collection

    def known(self, document_ids: Iterable[str]) -> dict[str, set[str]]:
        """The keys of the windows that the index holds, by document."""
        keys: dict[str, set[str]] = {document_id: set() for document_id in document_ids}
        for rows in self._rows(list(keys)).values():
            for row_id in rows:
                document_id, _, key = row_id.rpartition("#")
                keys[document_id].add(key)
        return keys

    def write(self, document_ids: Sequence[str], rows: Sequence[VectorRow]) -> None:
        """Make these the windows of the documents: new ones are added, lost ones removed, kept vectors not touched."""
        with self._changing:
            self._write(document_ids, rows)

    def relabel(self, document_id: str, audience: str, language: str, days: tuple[int, int]) -> None:
        """Give all windows of a document another audience, language and validity."""
        with self._changing:
            held = self._rows([document_id])
            metadata = {row_id: row for rows in held.values() for row_id, row in rows.items()}
            keys = {row_id: row_id.rpartition("#")[2] for row_id in metadata}
            self._write(
                [document_id],
                [
                    VectorRow(document_id, keys[i], row["chunk_id"], None, audience, language, days)
                    for i, row in metadata.items()
                ],
            )

    def _write(self, document_ids: Sequence[str], rows: Sequence[VectorRow]) -> None:
        """Add, then remove: a run that is killed between leaves a window twice, which the next one mends, not lost."""
        held = self._rows(document_ids)
        wanted: dict[Partition, dict[str, VectorRow]] = defaultdict(dict)
        for row in rows:
            wanted[row.partition][row.id] = row
        for partition, ours in wanted.items():
            self._place(partition, ours, held)
        for partition, before in held.items():
            lost = [row_id for row_id in before if row_id not in wanted[partition]]
            for part in _batches(lost):
                self._collections[partition].delete(ids=list(part))

    def _place(self, partition: Partition, rows: dict[str, VectorRow], held: dict[Partition, _Rows]) -> None:
        """Bring rows into a partition: new ones, those that stand in another one, and new labels of those here."""
        collection = self._collection(partition)
        _expect_days(collection, [row.days for row in rows.values()])
        here = held.get(partition, {})
        vectors = self._vectors_elsewhere(partition, [row_id for row_id in rows if row_id not in here], held)
        vectors |= {i: row.vector for i, row in rows.items() if row.vector is not None and i not in {*here, *vectors}}
        for part in _batches(list(vectors)):
            collection.upsert(
                ids=list(part),
                embeddings=_matrix([vectors[row_id] for row_id in part]),
                metadatas=[rows[row_id].metadata for row_id in part],
            )
        changed = [row for i, row in rows.items() if i in here and here[i] != row.metadata]
        for some in _batches(changed):
            collection.update(ids=[row.id for row in some], metadatas=[row.metadata for row in some])

    def _vectors_elsewhere(
        self, partition: Partition, row_ids: Sequence[str], held: dict[Partition, _Rows]
    ) -> dict[str, Sequence[float]]:
        vectors: dict[str, Sequence[float]] = {}
        for other in held.keys() - {partition}:
            for part in _batches([row_id for row_id in row_ids if row_id in held[other]]):
                found = self._collections[other].get(ids=list(part), include=["embeddings"])
                vectors.update(zip(found["ids"], cast(Any, found["embeddings"]), strict=True))
        return vectors

    def search(
        self, vector: Sequence[float], limit: int, audiences: Sequence[str], day: int
    ) -> list[tuple[str, float]]:
        """Chunk ids with the cosine of their best window among each language's best `limit` windows, best first."""
        best: dict[str, float] = {}
        for distance, chunk_id in sorted(self._query(vector, limit, audiences, day)):
            best.setdefault(chunk_id, 1.0 - distance)
        return list(best.items())

    def count(self) -> int:
        """Number of windows."""
        return sum(collection.count() for collection in self._collections.values())

    def reload(self) -> None:
        """See what another process wrote, once it has written it whole."""
        with self._lock, self._changing:
            self._reopen()

    def _collection(self, partition: Partition) -> chromadb.Collection:
        if partition not in self._collections:
            self._collections[partition] = self._client.create_collection(
                partition.code,
                embedding_function=None,
                configuration=_CONFIGURATION,
                metadata={"partition": partition.label, _LATEST_START: FIRST_DAY, _LATEST_END: FIRST_DAY},
            )
        return self._collections[partition]

    def _rows(self, document_ids: Sequence[str]) -> dict[Partition, _Rows]:
        """The metadata of all windows of some documents, by partition and row id."""
        held: dict[Partition, _Rows] = {}
        for partition, collection in self._collections.items():
            rows: _Rows = {}
            for part in _batches(document_ids):
                wanted: Any = {"document_id": {"$in": list(part)}}
                found = collection.get(where=wanted, include=["metadatas"])
                rows.update(zip(found["ids"], (dict(row) for row in found["metadatas"] or ()), strict=True))
            if rows:
                held[partition] = rows
        return held

    def _query(
        self, vector: Sequence[float], limit: int, audiences: Sequence[str], day: int
    ) -> list[tuple[float, str]]:
        """Query; where another process has changed the files under this one, wait for it, reopen and query again."""
        with self._lock:
            try:
                return self._query_once(vector, limit, audiences, day)
            except ChromaError:
                with self._changing:
                    self._reopen()
                    return self._query_once(vector, limit, audiences, day)

    def _query_once(
        self, vector: Sequence[float], limit: int, audiences: Sequence[str], day: int
    ) -> list[tuple[float, str]]:
        """The distances and chunk ids of the nearest windows of each language that are allowed."""
        nearest: list[tuple[float, str]] = []
        for partitions in visible(self._collections, audiences).values():
            ours = [hit for partition in partitions for hit in self._nearest(partition, vector, limit, day)]
            nearest += sorted(ours)[:limit]
        return nearest

    def _nearest(
        self, partition: Partition, vector: Sequence[float], limit: int, day: int
    ) -> Iterable[tuple[float, str]]:
        collection = self._collections[partition]
        if day > collection.metadata[_LATEST_END]:
            return ()
        in_force = _in_force(partition, collection, day)
        found = collection.query(
            query_embeddings=_matrix([vector]), n_results=limit, where=in_force, include=["metadatas", "distances"]
        )
        chunk_ids = [str(row["chunk_id"]) for row in (found["metadatas"] or [[]])[0]]
        if len(chunk_ids) < limit and (in_force or len(chunk_ids) < collection.count()):
            return _exactly(collection, vector, in_force)
        return zip((found["distances"] or [[]])[0], chunk_ids, strict=True)

    def _reopen(self) -> None:
        """Open what is on disk now: Chroma would else go on with what this process knew of a folder of this name."""
        SharedSystemClient.clear_system_cache()
        self._open()


def _exactly(collection: chromadb.Collection, vector: Sequence[float], where: Any) -> Iterable[tuple[float, str]]:
    """The cosine distances of all rows.

    The graph that is searched else can lose a row that is far from many which are all alike: such a row is in the
    index, but no link leads to it. Where fewer rows come back than are asked for, it costs little to look at all.
    """
    found = collection.get(where=where, include=["metadatas", "embeddings"])
    if not found["ids"]:
        return ()
    rows, asked = _matrix(cast(Any, found["embeddings"])), _matrix([vector])[0]
    distances = 1.0 - rows @ asked / (np.linalg.norm(rows, axis=1) * np.linalg.norm(asked))
    return sorted(zip(distances.tolist(), (str(row["chunk_id"]) for row in found["metadatas"] or ()), strict=True))


def _in_force(partition: Partition, collection: chromadb.Collection, day: int) -> Any:
    """The filter by date; none is needed among standing rows that had all begun by that day."""
    first, last = _day_keys(partition)
    begun = [{first: {"$lte": day}}] if day < collection.metadata[_LATEST_START] else []
    not_over = [{last: {"$gte": day}}] if partition.validity != Validity.STANDING else []
    conditions = begun + not_over
    return {"$and": conditions} if len(conditions) > 1 else next(iter(conditions), None)


def _day_keys(partition: Partition) -> tuple[str, str]:
    return partition.word("from"), partition.word("to")


def _expect_days(collection: chromadb.Collection, days: Sequence[tuple[int, int]]) -> None:
    """Record, before they are written, how late rows begin and end."""
    known = collection.metadata
    latest = {
        _LATEST_START: max(known[_LATEST_START], *(first for first, _ in days)),
        _LATEST_END: max(known[_LATEST_END], *(last for _, last in days)),
    }
    if latest.items() - known.items():
        collection.modify(metadata={**known, **latest})


def _batches(rows: Sequence[_Row]) -> Iterable[Sequence[_Row]]:
    return (rows[first : first + _BATCH] for first in range(0, len(rows), _BATCH))


def _matrix(vectors: Sequence[Sequence[float]]) -> Any:
    return np.asarray(vectors, dtype=np.float32)
