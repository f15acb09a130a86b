"""LangChain's `EnsembleRetriever` with its default BM25, over the same chunks and vectors as the product."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from assistant.schema import Passage
from assistant.store import Access
from assistant.store.registry import Registry

_LEG = 10  # chunks that each leg brings: as many as are measured; more only add noise to reciprocal ranks


class Ensemble:
    """The retriever over one index; needs the libraries of the extra `baseline`."""

    def __init__(self, folder: Path) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever

        registry = Registry(folder / "registry.sqlite")
        chunks = [
            (chunk, document) for document in registry.all_documents() for chunk in registry.chunks_of(document.id)
        ]
        registry.close()
        self._passages = {chunk.id: Passage(chunk, document, 0.0) for chunk, document in chunks}
        texts = [LangChainDocument(chunk.text, id=chunk.id, metadata={"id": chunk.id}) for chunk, _ in chunks]
        self._nearest = _Nearest(*_windows(folder / "vectors"), {text.metadata["id"]: text for text in texts})
        words = BM25Retriever.from_documents(texts, k=_LEG)
        self._retriever = EnsembleRetriever(retrievers=[words, self._nearest], weights=[0.5, 0.5], id_key="id")

    def search(self, question: str, vector: Sequence[float], access: Access) -> list[Passage]:
        """Passages that the person may see, best first."""
        self._nearest.vector = list(vector)
        found = (self._passages[str(text.metadata["id"])] for text in self._retriever.invoke(question))
        return [passage for passage in found if _may_see(passage, access)]


class _Nearest(BaseRetriever):
    """A vector store's retriever with vectors that are known already: exact, the best window of each chunk."""

    chunk_ids: list[str]
    matrix: Any
    texts: dict[str, LangChainDocument]
    vector: list[float] = Field(default_factory=list)

    def __init__(self, chunk_ids: list[str], matrix: Any, texts: dict[str, LangChainDocument]) -> None:
        super().__init__(chunk_ids=chunk_ids, matrix=matrix, texts=texts)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        order = np.argsort(-(self.matrix @ np.asarray(self.vector, np.float32)))
        found: dict[str, None] = {}
        for row in order:
            found.setdefault(self.chunk_ids[row])
            if len(found) == _LEG:
                break
        return [self.texts[chunk_id] for chunk_id in found if chunk_id in self.texts]


def _windows(folder: Path) -> tuple[list[str], Any]:
    """The chunk of each window and the matrix of their vectors, from the index's own files."""
    client = chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    chunk_ids: list[str] = []
    vectors: list[Any] = []
    for collection in client.list_collections():
        found = collection.get(include=["metadatas", "embeddings"])
        chunk_ids += [str(row["chunk_id"]) for row in found["metadatas"] or ()]
        vectors.append(np.asarray(found["embeddings"], np.float32))
    return chunk_ids, np.concatenate([part for part in vectors if len(part)])


def _may_see(passage: Passage, access: Access) -> bool:
    document = passage.document
    begun = document.effective_from is None or document.effective_from <= access.as_of
    over = document.last_day is not None and document.last_day < access.as_of
    return document.audience in access.audiences and begun and not over
