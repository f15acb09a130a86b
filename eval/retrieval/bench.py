"""The bench on which every set is measured: opens indexes, asks each ranker, and says at what rank the answer came."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from assistant.models import embedder
from assistant.schema import Passage
from assistant.settings import Settings
from assistant.store import Access, Store
from eval.datasets import AS_OF, CITY_QUESTIONS
from eval.retrieval.figures import Row
from eval.retrieval.indexes import Indexes
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.rankers import RANKERS, Searched, open_engine, open_retriever

PUBLIC = Access.of("citizen", AS_OF)
_SHOWN = 3
_SEED = 20261122
_Any = TypeVar("_Any")
Names = Callable[[Passage], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a set, what answers it, who asks on which day, and the groups in which it is reported."""

    id: str
    text: str
    lang: str
    right: frozenset[str]
    access: Access = PUBLIC
    groups: tuple[str, ...] = ()


class Bench:
    """What the sets share: settings, embedder, indexes and rankers."""

    def __init__(
        self,
        settings: Settings,
        weights: KeptVectors,
        rankers: Sequence[str],
        sample: int = 0,
        dataset: Path = CITY_QUESTIONS,
        quick: bool = False,
    ) -> None:
        self.settings = settings
        self.weights = weights
        self.rankers = rankers
        self.dataset = dataset
        self._sample = sample
        self._indexes = Indexes(settings, weights, only_small=quick)
        self._searched: dict[Path, Searched] = {}
        self._engine = open_engine(settings)

    def close(self) -> None:
        """Release the indexes and the engine."""
        self._indexes.close()
        self._engine.close()

    def city(self, *, fresh: bool = False) -> Searched:
        """The city's own index; `fresh` with an embedder that remembers nothing, to measure time."""
        store, folder = self._indexes.of_city()
        if not fresh:
            return self._opened(store, folder)
        weights = embedder(self.settings)
        return Searched(store, folder, weights, open_retriever(self.settings, store, weights, self._engine))

    def of_files(self, name: str, paths: Iterable[Path]) -> Searched:
        """An index of files and folders as the product reads them."""
        return self._opened(*self._indexes.of_files(name, paths))

    def of_texts(self, name: str, texts: Mapping[str, str]) -> Searched:
        """An index of texts by file name."""
        return self._opened(*self._indexes.of_texts(name, texts))

    def sampled(self, every: Sequence[_Any]) -> list[_Any]:
        """All of them, or where the run is limited, the same random ones in each run."""
        if not self._sample or len(every) <= self._sample:
            return list(every)
        return random.Random(_SEED).sample(list(every), self._sample)

    def found(
        self, index: Searched, queries: Sequence[Query], rankers: Sequence[str] = ()
    ) -> Iterator[tuple[Query, str, Sequence[Passage]]]:
        """Each question with each ranker, by default all that the run compares, and the passages it ranks first."""
        asked = track(queries, description=f"{len(queries)} questions", console=Console(stderr=True), transient=True)
        for query in asked:
            for ranker in rankers or self.rankers:
                yield query, ranker, RANKERS[ranker](index, query.text, query.access)

    def ask(self, index: Searched, queries: Sequence[Query], names: Names) -> list[Row]:
        """A row for each question and ranker, with the rank of the first right answer; 0 where none was found.

        Args:
            names: what a passage counts as, such as its document or its articles; a passage that counts as nothing
                but what stood higher already takes no rank.
        """
        return [row_of(query, ranker, found, names) for query, ranker, found in self.found(index, queries)]

    def _opened(self, store: Store, folder: Path) -> Searched:
        if folder not in self._searched:
            retriever = open_retriever(self.settings, store, self.weights, self._engine)
            self._searched[folder] = Searched(store, folder, self.weights, retriever)
        return self._searched[folder]


def row_of(query: Query, ranker: str, passages: Sequence[Passage], names: Names) -> Row:
    """The row of one question: what was ranked first, and the rank of the first right answer."""
    ranked = ranked_names(passages, names)
    return {
        "id": query.id,
        "lang": query.lang,
        "ranker": ranker,
        "groups": query.groups,
        "rank": rank_of(query.right, ranked),
        "top": [" ".join(names) for names in ranked[:_SHOWN]],
    }


def ranked_names(passages: Iterable[Passage], names: Names) -> list[tuple[str, ...]]:
    """What the passages count as, in order, without those that count as nothing new."""
    seen: set[str] = set()
    ranked = []
    for passage in passages:
        counted = tuple(name for name in dict.fromkeys(names(passage)) if name not in seen)
        if counted:
            ranked.append(counted)
            seen.update(counted)
    return ranked


def rank_of(right: frozenset[str], ranked: Sequence[Sequence[str]]) -> int:
    """The place, from 1, of the first that is right; 0 where none is."""
    return next((place for place, names in enumerate(ranked, start=1) if right.intersection(names)), 0)


def each_passage(passage: Passage) -> tuple[str, str]:
    """A passage's document and the passage itself, so that every passage takes a rank, as it does in an answer."""
    return (passage.document.id, passage.chunk.id)


def file_stem(passage: Passage) -> tuple[str]:
    """The name of the file that a passage's document was made of."""
    return (Path(passage.document.source).stem,)


def part(passage: Passage) -> tuple[str]:
    """The part of its file that a passage's document is, such as an entry's own id."""
    return (passage.document.source.partition("#")[2],)
