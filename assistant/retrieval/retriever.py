"""The retriever of one city: from a question to its best passages, by every means that the settings allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from assistant.city import City
from assistant.models import CityEmbeddings, CrossEncoderReranker
from assistant.retrieval.asked_time import AskedTime, asked_day
from assistant.retrieval.centring import Centring
from assistant.retrieval.dictionary import open_dictionary
from assistant.retrieval.hybrid import CANDIDATES, retrieve
from assistant.retrieval.in_time import holds_on, in_force_now, passages_in_time
from assistant.retrieval.jurisdiction import Jurisdiction
from assistant.retrieval.lexicon import Lexicon, load_names
from assistant.retrieval.lookalikes import Choice, ties
from assistant.retrieval.translation import Translator, Writer
from assistant.retrieval.variants import numbers, spelled
from assistant.schema import Document, Lang, Passage
from assistant.settings import Settings
from assistant.store import Access, Store, Term

LONGEST = 1000  # characters of a question that are searched for
LONGEST_EMBEDDED = 300  # characters that are embedded: the time grows faster than the text
RERANKED = 20  # passages that a cross-encoder reads
_TRANSLATION_WEIGHT = 0.5
_WIDEST = 800  # candidates; only where another city's documents crowd out this one's


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best passage first.

    Attributes:
        vector: the question's embedding.
        language: the language that the question is in.
        asked: the time that the question names, where that is not the day of asking.
        ties: look-alike procedures between which the question does not choose, so that the reader can be asked.
        names: the other names and spellings of what the question names, as terms.
        current: the versions in force on the day of asking, by the ids of found documents that they replaced.
    """

    question: str
    vector: Sequence[float]
    language: str
    passages: list[Passage]
    ties: Sequence[Choice] = ()
    names: Sequence[Term] = ()
    asked: AskedTime | None = None
    current: Mapping[str, Document] = field(default_factory=dict)


class Retriever:
    """Finds passages; holds what outlives a question, and may be used by many threads at once.

    Every part but the store and the embedder may be left out; without it, that means is not used.
    """

    def __init__(
        self,
        store: Store,
        embedder: CityEmbeddings,
        *,
        centring: Centring | None = None,
        lexicon: Lexicon | None = None,
        jurisdiction: Jurisdiction | None = None,
        translator: Translator | None = None,
        reranker: CrossEncoderReranker | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._centring = centring
        self._lexicon = lexicon
        self._jurisdiction = jurisdiction
        self._translator = translator
        self._reranker = reranker

    def find(self, question: str, access: Access, lang: Lang, k: int = 10) -> Found:
        """The best `k` passages that this person may see, of the time that the question is about."""
        question = question[:LONGEST]
        translation = self._translator.translate(question) if self._translator else ""
        vector, language = self._vector(question, translation, lang)
        words, names = self.words(question), self.names(question, translation)
        asked = asked_day(question, access.as_of)

        def search(day: date) -> list[Passage]:
            return self._search(question, [*words, *names], vector, replace(access, as_of=day), language, k)

        if asked is None:
            passages = search(access.as_of)
            return Found(question, vector, language, passages, ties(self._store, question, passages), names)
        passages = passages_in_time(search, asked, self._store, access, k)
        ended = [p.document for p in passages if not holds_on(p.document, access.as_of)]
        current = in_force_now(ended, search(access.as_of), self._store, access) if ended else {}
        return Found(question, vector, language, passages, (), names, asked, current)

    def words(self, question: str) -> list[Term]:
        """The question's own words, in either Chinese script."""
        return spelled(self._store.query_tokens(question))

    def names(self, question: str, translation: str = "") -> list[Term]:
        """Other spellings of the question's numbers, other names of what it names, and its translation."""
        names = [*numbers(question), *(self._lexicon.terms(question) if self._lexicon else ())]
        translated = spelled(self._store.query_tokens(translation)) if translation else ()
        return [*names, *(replace(term, weight=_TRANSLATION_WEIGHT) for term in translated)]

    def _vector(self, question: str, translation: str, lang: Lang) -> tuple[Sequence[float], str]:
        """The embedding to search with, and the question's language."""
        vector, language = self._embedded(question, lang)
        if not translation:
            return vector, language
        both = np.asarray(vector) + np.asarray(self._embedded(translation, "zh-TW")[0])
        mean: list[float] = (both / max(float(np.linalg.norm(both)), 1e-12)).tolist()
        return mean, language

    def _embedded(self, text: str, lang: Lang) -> tuple[Sequence[float], str]:
        start = text[:LONGEST_EMBEDDED]
        return self._centring.embed(start, lang) if self._centring else (self._embedder.embed_query(start), lang)

    def _search(
        self, question: str, terms: Sequence[Term], vector: Sequence[float], access: Access, lang: str, k: int
    ) -> list[Passage]:
        depth = max(k, RERANKED) if self._reranker else k
        passages = self._ours(question, terms, vector, access, lang, depth)
        return self._reranked(self._reranker, question, passages)[:k] if self._reranker else passages

    def _ours(
        self, question: str, terms: Sequence[Term], vector: Sequence[float], access: Access, lang: str, k: int
    ) -> list[Passage]:
        """The best passages without those of other cities; searched more widely where those had taken the places."""
        if self._jurisdiction is None:
            return retrieve(self._store, terms, vector, access, lang, k)
        candidates = CANDIDATES
        while True:
            found = retrieve(self._store, terms, vector, access, lang, candidates * 4, candidates)
            ours = [p for p in found if self._jurisdiction.admits(p.document, question)]
            if len(ours) >= min(k, len(found)) or len(found) < candidates or candidates >= _WIDEST:
                return ours[:k]
            candidates *= 4

    @staticmethod
    def _reranked(reranker: CrossEncoderReranker, question: str, passages: list[Passage]) -> list[Passage]:
        read = passages[:RERANKED]
        texts = [f"{p.document.title} {p.chunk.locator.section or ''}\n{p.chunk.text}" for p in read]
        scores = reranker.scores(question, texts)
        better = [replace(p, score=(p.score + score) / 2) for p, score in zip(read, scores, strict=True)]
        return [*sorted(better, key=lambda p: (-p.score, p.chunk.id)), *passages[RERANKED:]]


def prepare_retrieval(settings: Settings, store: Store, embedder: CityEmbeddings) -> None:
    """Make the files that the first search would otherwise wait for: the dictionary and the means of questions."""
    open_dictionary(settings.models_dir, store.query_tokens)
    Centring(embedder, settings.models_dir).prepare()


def open_retriever(settings: Settings, city: City, store: Store, embedder: CityEmbeddings, engine: Writer) -> Retriever:
    """The retriever that the settings ask for.

    Raises:
        CityDataError: the city's lexicon is malformed.
    """
    return Retriever(
        store,
        embedder,
        centring=Centring(embedder, settings.models_dir),
        lexicon=Lexicon(
            load_names(settings.city_dir),
            open_dictionary(settings.models_dir, store.query_tokens),
            store.query_tokens,
        ),
        jurisdiction=Jurisdiction(list(city.name.values()), city.elsewhere),
        translator=Translator(engine) if settings.translate_questions else None,
        reranker=CrossEncoderReranker(settings.reranker) if settings.reranker else None,
    )
