"""The retriever of one city: from a question to its best passages, by every means that the settings allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models import CityEmbeddings
from assistant.retrieval.hybrid import retrieve
from assistant.schema import Lang, Passage
from assistant.store import Access, Store


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best passage first, and the question's embedding."""

    question: str
    vector: Sequence[float]
    passages: list[Passage]


class Retriever:
    """Finds passages; holds what outlives a question, and may be used by many threads at once."""

    def __init__(self, store: Store, embedder: CityEmbeddings) -> None:
        self._store = store
        self._embedder = embedder

    def find(self, question: str, access: Access, lang: Lang, k: int = 10) -> Found:
        """The best `k` passages that this person may see."""
        vector = self._embedder.embed_query(question)
        return Found(question, vector, retrieve(self._store, question, vector, access, lang, k))
