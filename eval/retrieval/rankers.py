"""The rankers that are compared: the product's own search, each of its legs alone, and LangChain's ensemble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from pathlib import Path

from assistant import retrieval
from assistant.city import load_city
from assistant.models import CityEmbeddings, Engine, chat_model
from assistant.models.engine import NoEngine
from assistant.retrieval import Retriever
from assistant.schema import Passage
from assistant.settings import Settings
from assistant.store import Access, Scored, Store
from assistant.text import detect_language
from eval.retrieval.ensemble import Ensemble

DEPTH = 20  # passages of each ranker; ten distinct documents are seldom more
_CANDIDATES = 50


def open_engine(settings: Settings) -> Engine:
    """The language model, loaded, where the settings let it translate questions; else none.

    Raises:
        ModelError: the model is unknown, missing, or refused by the city's policy.
    """
    if not settings.translate_questions:
        return NoEngine()
    engine = chat_model(settings, load_city(settings.city_dir).policy.denied_model_origins)
    engine.start()
    engine.wait_ready(settings.engine_start_timeout_s)
    return engine


def open_retriever(
    settings: Settings, store: Store, weights: CityEmbeddings, engine: Engine | None = None
) -> Retriever:
    """The product's retriever over one index, with every part that the product gives it."""
    return retrieval.open_retriever(settings, load_city(settings.city_dir), store, weights, engine or NoEngine())


@dataclass(frozen=True)
class Searched:
    """An index with all that a ranker may need of it."""

    store: Store
    folder: Path
    weights: CityEmbeddings
    retriever: Retriever

    @cached_property
    def ensemble(self) -> Ensemble:
        """LangChain's ensemble over the same chunks and vectors, made at its first use."""
        return Ensemble(self.folder)


Ranker = Callable[[Searched, str, Access], Sequence[Passage]]


def by_product(index: Searched, question: str, access: Access) -> Sequence[Passage]:
    """Passages in the order of the product's own search."""
    return index.retriever.find(question, access, detect_language(question), DEPTH).passages


def by_keyword(index: Searched, question: str, access: Access) -> Sequence[Passage]:
    """Passages by BM25 of the question's words alone."""
    return _best(_search(index, question, access), attrgetter("keyword"))


def by_dense(index: Searched, question: str, access: Access) -> Sequence[Passage]:
    """Passages by cosine alone."""
    return _best(_search(index, question, access), attrgetter("cosine"))


def by_ensemble(index: Searched, question: str, access: Access) -> Sequence[Passage]:
    """Passages by LangChain's `EnsembleRetriever`; what the person may not see is taken out afterwards."""
    return index.ensemble.search(question, index.weights.embed_query(question), access)[:DEPTH]


RANKERS: dict[str, Ranker] = {
    "product": by_product,
    "keyword": by_keyword,
    "dense": by_dense,
    "ensemble": by_ensemble,
}


@lru_cache(maxsize=1)  # both legs come of one search
def _search(index: Searched, question: str, access: Access) -> list[Scored]:
    vector = index.weights.embed_query(question)
    return index.store.search(index.store.terms(question), vector, access, _CANDIDATES)


def _best(found: Sequence[Scored], score: Callable[[Scored], float | None]) -> Sequence[Passage]:
    scored = [(value, one) for one in found if (value := score(one)) is not None]
    ordered = sorted(scored, key=lambda pair: (-pair[0], pair[1].chunk.id))[:DEPTH]
    return [Passage(one.chunk, one.document, value, one.keyword or 0.0, one.cosine or 0.0) for value, one in ordered]
