"""Hybrid search: keyword and dense scores of each chunk, scaled within its language and mixed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from assistant.schema import Passage
from assistant.store import Access, Scored, Store, Term

CANDIDATES = 50  # of each leg and language
DENSE_WEIGHT = 0.5  # flat optimum between 0.5 and 0.7 on DRCD dev; min-max beats reciprocal rank fusion there
DENSE_WEIGHT_ACROSS = 0.6  # where keywords are translations, which are right less often
SAME_LANGUAGE = 0.05  # a passage in the reader's language is preferred where both languages hold the answer


def retrieve(
    store: Store,
    terms: Sequence[Term],
    vector: Sequence[float],
    access: Access,
    lang: str,
    k: int = 10,
    candidates: int = CANDIDATES,
) -> list[Passage]:
    """The best `k` passages for a question, best first, with scores in 0..1.

    Scores of one language cannot be compared with those of another: words match more easily within a language, and so
    do embeddings. So each language's chunks are scaled among themselves.

    Args:
        lang: the question's language, which need not be one of the documents'.
        vector: the question's embedding, as long as the index's.
        candidates: how many chunks and windows each leg brings for each language.
    """
    found = store.search(terms, vector, access, candidates)
    keyword, dense = _by_keyword(found), _by_meaning(found)
    passages = [_passage(scored, lang, keyword, dense) for scored in found]
    return sorted(passages, key=lambda p: (-p.score, p.chunk.id))[:k]


def _passage(scored: Scored, lang: str, keyword: Mapping[str, float], dense: Mapping[str, float]) -> Passage:
    key, same = scored.chunk.id, scored.document.language == lang
    weight = DENSE_WEIGHT if same else DENSE_WEIGHT_ACROSS
    score = (1 - weight) * keyword.get(key, 0.0) + weight * dense.get(key, 0.0)
    preferred = score if same else (1 - SAME_LANGUAGE) * score
    return Passage(scored.chunk, scored.document, preferred, scored.keyword or 0.0, scored.cosine or 0.0)


def _by_keyword(found: Sequence[Scored]) -> dict[str, float]:
    """BM25 scores as shares of the best one in their language."""
    scores = {s.chunk.id: s.keyword for s in found if s.keyword is not None}
    groups = _by_language(scores, found)
    return {key: score / max(group.values()) for group in groups for key, score in group.items() if max(group.values())}


def _by_meaning(found: Sequence[Scored]) -> dict[str, float]:
    """How far each cosine stands above the least of its language, as a share of how far the best one does.

    The share is of the geometric mean of its own language's span and the widest one: where one language has a chunk
    that stands out and the other has none, the latter's best is no equal.
    """
    groups = _by_language({s.chunk.id: s.cosine for s in found if s.cosine is not None}, found)
    spans = [max(group.values()) - min(group.values()) for group in groups]
    widest = max(spans, default=0.0)
    scaled: dict[str, float] = {}
    for group, own in zip(groups, spans, strict=True):
        least, span = min(group.values()), (own * widest) ** 0.5
        scaled |= {key: (cosine - least) / span if span > 0 else 1.0 for key, cosine in group.items()}
    return scaled


def _by_language(scores: Mapping[str, float], found: Sequence[Scored]) -> list[dict[str, float]]:
    languages = {scored.chunk.id: scored.document.language for scored in found}
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    for key, score in scores.items():
        groups[languages[key]][key] = score
    return list(groups.values())
