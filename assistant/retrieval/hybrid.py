"""Hybrid search: keyword and dense scores of each chunk, min-max scaled and mixed."""

from collections.abc import Sequence

from assistant.schema import Lang, Passage
from assistant.store import Access, Scored, Store

CANDIDATES = 50
DENSE_WEIGHT = 0.5  # flat optimum between 0.5 and 0.7 on DRCD dev; min-max beats reciprocal rank fusion there
SAME_LANGUAGE = 0.1  # a passage in the reader's language is preferred where both languages hold the answer


def retrieve(
    store: Store, query: str, vector: Sequence[float], access: Access, lang: Lang, k: int = 10
) -> list[Passage]:
    """The best `k` passages for a question, best first, with scores in 0..1.

    Keywords cannot match across languages, so a chunk in another language than the question's is judged by
    its dense score alone.

    Args:
        vector: the question's embedding, as long as the index's.
    """
    found = store.search(query, vector, access, CANDIDATES)
    keyword = _scaled({s.chunk.id: s.keyword for s in found if s.keyword is not None}, floor=0.0)
    dense = _scaled({s.chunk.id: s.cosine for s in found if s.cosine is not None})
    passages = [_passage(scored, lang, keyword, dense) for scored in found]
    return sorted(passages, key=lambda p: (-p.score, p.chunk.id))[:k]


def _passage(scored: Scored, lang: Lang, keyword: dict[str, float], dense: dict[str, float]) -> Passage:
    key = scored.chunk.id
    by_meaning = dense.get(key, 0.0)
    if scored.document.language == lang:
        score = (1 - DENSE_WEIGHT) * keyword.get(key, 0.0) + DENSE_WEIGHT * by_meaning
    else:
        score = (1 - SAME_LANGUAGE) * by_meaning
    return Passage(scored.chunk, scored.document, score, scored.keyword or 0.0, scored.cosine or 0.0)


def _scaled(scores: dict[str, float], floor: float | None = None) -> dict[str, float]:
    """Scores scaled to 0..1 between their least (or `floor`) and their greatest."""
    if not scores:
        return {}
    low = min(scores.values()) if floor is None else floor
    span = max(scores.values()) - low
    return {key: (value - low) / span if span > 0 else 1.0 for key, value in scores.items()}
