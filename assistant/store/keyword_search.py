"""Keyword search as of one commit: BM25 in each allowed partition, reading no more postings than its time allows."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import tantivy

from assistant.store.partitions import Partition, Validity, visible
from assistant.store.terms import Term

TITLE_WEIGHT = 0.3
LEAST_CHUNKS = 200  # in a smaller index, rarity is judged as in one of this size: one document makes no word common
POSTINGS = 400_000  # occurrences that candidates are chosen by; all that matter in an index of some ten thousand chunks
_LEAST_MASS = 0.3  # of a question's rarity, however common its words
_FIELDS = (("body", 1.0), ("title", TITLE_WEIGHT))
_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class KeywordSearch:
    """Searches what stood in the index when it was opened.

    Every word in the index carries its partition's code, so the words themselves keep partitions apart: a search for
    one partition's words can find nothing else, and Tantivy may skip what cannot be among the best (block-max WAND,
    Ding and Suel 2011), which any filter beside the words would prevent.
    """

    def __init__(self, index: tantivy.Index, most_postings: int = POSTINGS) -> None:
        self._most_postings = most_postings
        self._schema = index.schema
        self._searcher = index.searcher()
        labels = self._searcher.terms_with_prefix("partition", "")
        self._partitions = [Partition.of_label(label) for label, _ in labels]
        self._frequency = lru_cache(100_000)(self._searcher.doc_freq)

    def idf(self, token: str) -> float:
        """How rare an index term is among all chunks."""
        return self.rarity(Term(((token,),)))

    def rarity(self, term: Term) -> float:
        """How rare all wordings of a term are together, among all chunks."""
        total = self._searcher.num_docs
        return bm25_idf(min(self._having("body", term), total), max(total, LEAST_CHUNKS))

    def search(self, terms: Sequence[Term], limit: int, audiences: Sequence[str], day: int) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 scores, best first: each language's best ones, of these audiences alone."""
        found: list[tuple[str, float]] = []
        for partitions in visible(self._partitions, audiences).values():
            scores = [hit for partition in partitions for hit in self._search(partition, terms, limit, day).items()]
            found += sorted(scores, key=lambda item: (-item[1], item[0]))[:limit]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def _search(self, partition: Partition, terms: Sequence[Term], limit: int, day: int) -> dict[str, float]:
        """The best chunks by the rarest terms, scored by all terms."""
        telling, common = self._divided(partition, terms)
        words = self._words(partition, telling)
        if not words:
            return {}
        scores = self._scores(_all([_any(words), *self._filters(partition, day)]), limit)
        common_words = self._words(partition, common)
        if scores and common_words:
            these = _unscored(tantivy.Query.term_set_query(self._schema, "chunk_id", list(scores)))
            more = self._scores(_any([_all([word, these]) for word in common_words]), limit)
            scores = {chunk_id: score + more.get(chunk_id, 0.0) for chunk_id, score in scores.items()}
        return scores

    def _scores(self, query: tantivy.Query, limit: int) -> dict[str, float]:
        hits = self._searcher.search(query, limit, count=False).hits
        return {str(self._searcher.doc(address).get_first("chunk_id")): float(score) for score, address in hits}

    def _divided(self, partition: Partition, terms: Sequence[Term]) -> tuple[list[Term], list[Term]]:
        """The rarest terms, whose postings are few enough to read, and the others."""
        known = [(self._postings(partition, term), self._rarity("body", term) * term.weight, term) for term in terms]
        least = _LEAST_MASS * sum(mass for _, mass, _ in known)
        telling: list[Term] = []
        common: list[Term] = []
        read, kept = 0, 0.0
        for postings, mass, term in sorted(known, key=lambda item: item[0]):
            read += postings
            (telling if read <= self._most_postings or kept < least else common).append(term)
            kept += mass
        return telling, common

    def _postings(self, partition: Partition, term: Term) -> int:
        """How many chunks a search for a term reads."""
        return sum(
            min((self._frequency("body", partition.word(token)) for token in tokens), default=0)
            for tokens in term.wordings
        )

    def _words(self, partition: Partition, terms: Sequence[Term]) -> list[tantivy.Query]:
        """One query for each term and field, to be summed; none where the partition has no such word."""
        return [
            word for field, weight in _FIELDS for term in terms for word in self._word(partition, field, term, weight)
        ]

    def _word(self, partition: Partition, field: str, term: Term, weight: float) -> Iterator[tantivy.Query]:
        """A term by its best wording.

        It is as rare as all its wordings together (structured queries, Pirkola 1998), so that a rare wrong translation
        does not outweigh a common right one; a wording of several tokens counts as one word.
        """
        parts = []
        for tokens in term.wordings:
            words = [partition.word(token) for token in tokens]
            frequencies = [self._frequency(field, word) for word in words]
            if words and all(frequencies):
                by_itself = sum(self._bm25_idf(having) for having in frequencies)
                boost = weight * term.weight * self._rarity(field, term) / by_itself
                parts.append(tantivy.Query.boost_query(self._together(field, words), boost))
        if parts:
            yield parts[0] if len(parts) == 1 else tantivy.Query.disjunction_max_query(parts)

    def _together(self, field: str, words: Sequence[str]) -> tantivy.Query:
        queries = [tantivy.Query.term_query(self._schema, field, word, "freq") for word in words]
        return queries[0] if len(queries) == 1 else _all(queries)

    def _rarity(self, field: str, term: Term) -> float:
        """The inverse document frequency of all wordings together, a wording being as frequent as its rarest token."""
        return self._bm25_idf(self._having(field, term))

    def _having(self, field: str, term: Term) -> int:
        """In how many chunks a term stands at most: the sum of its wordings, each as frequent as its rarest token."""
        return sum(min((self._everywhere(field, token) for token in tokens), default=0) for tokens in term.wordings)

    def _everywhere(self, field: str, token: str) -> int:
        """In how many chunks of all partitions a token stands: a word is as rare for one reader as for another."""
        return sum(self._frequency(field, partition.word(token)) for partition in self._partitions)

    def _bm25_idf(self, having: int) -> float:
        total = self._searcher.num_docs
        return bm25_idf(min(having, total), total)

    def _filters(self, partition: Partition, day: int) -> list[tantivy.Query]:
        """The filters by date that the words do not stand for already."""
        integer = tantivy.FieldType.Integer
        filters = []
        if day < self._latest_start(partition):
            filters.append(tantivy.Query.range_query(self._schema, "effective_from", integer, None, day))
        if partition.validity != Validity.STANDING:
            filters.append(tantivy.Query.range_query(self._schema, "effective_to", integer, day, None))
        return [_unscored(part) for part in filters]

    @lru_cache(maxsize=100)  # noqa: B019  # a search is forgotten at the next commit, and few are alive at once
    def _latest_start(self, partition: Partition) -> int:
        """The last day on which a chunk of a partition begins."""
        ours = tantivy.Query.term_query(self._schema, "partition", partition.label)
        hits = self._searcher.search(ours, 1, count=False, order_by_field="effective_from").hits
        return int(hits[0][0]) if hits else 0


def bm25_idf(having: int, total: int) -> float:
    """Inverse document frequency by BM25's formula (Robertson and Zaragoza 2009), as Tantivy has it."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(_SHOULD, query) for query in queries])


def _all(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(_MUST, query) for query in queries])
