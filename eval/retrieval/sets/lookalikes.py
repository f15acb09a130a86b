"""Procedures that people mix up: the one that is meant comes before its look-alikes, or the tie is reported."""

from typing import Any

from assistant.retrieval.lookalikes import ties
from assistant.store import Access
from assistant.text import detect_language
from eval.datasets import AS_OF, HERE, load_rows
from eval.retrieval.bench import Bench, Query, each_passage, rank_of, ranked_names, row_of
from eval.retrieval.figures import Measured, Measures, Row, shares
from eval.retrieval.rankers import Searched

_MEASURES = ("R@1", "R@5", "before look-alikes", "candidates@10")
_TOP = 10


def measure(bench: Bench) -> Measured:
    """Ask all questions on the city's index.

    Where one procedure is meant: whether its document (in either language) is first, and before every look-alike.
    Where it is not said: the share of the candidates' documents among the first ten. `ties`: how
    many of the product's reports of ties are right, and how many of the questions that could mean any are reported.
    """
    items = {item["id"]: item for item in load_rows(HERE / "lookalikes.jsonl")}
    queries = bench.sampled([_query(item) for item in items.values()])
    rows = [
        row_of(query, ranker, found, each_passage) | _judged(items[query.id], ranked_names(found, each_passage))
        for query, ranker, found in bench.found(bench.city(), queries)
    ]
    figures = shares(rows, _MEASURES)
    if "product" in figures:
        figures["product"]["ties"] = _ties(bench.city(), [(q, bool(items[q.id]["ambiguous"])) for q in queries])
    return Measured(figures, rows)


def _query(item: dict[str, Any]) -> Query:
    right = item["documents"] if item["ambiguous"] else _both_languages(item["best"], item["documents"])
    groups = ("ambiguous" if item["ambiguous"] else "one meant", item["lang"], item["split"])
    access = Access.of(item["role"], AS_OF)
    return Query(item["id"], item["question"], item["lang"], frozenset(right), access, groups)


def _both_languages(best: str, documents: list[str]) -> list[str]:
    """The best document and its English twin, where that holds the answer too."""
    return [best, *(document for document in documents if document == f"{best}-en")]


def _judged(item: dict[str, Any], ranked: list[tuple[str, ...]]) -> Row:
    if item["ambiguous"]:
        among = {name for names in ranked[:_TOP] for name in names}
        return {"candidates@10": len(among.intersection(item["documents"])) / len(item["documents"])}
    rank = rank_of(frozenset(_both_languages(item["best"], item["documents"])), ranked)
    confused = rank_of(frozenset(item["confusable"]), ranked)
    before = bool(rank) and (not confused or rank < confused)
    return {"R@1": rank == 1, "R@5": 0 < rank <= 5, "first look-alike": confused, "before look-alikes": before}


def _ties(index: Searched, queries: list[tuple[Query, bool]]) -> Measures:
    """Precision and recall of the product's reports that several procedures tie."""
    reports = []
    for query, ambiguous in queries:
        found = index.retriever.find(query.text, query.access, detect_language(query.text))
        reports.append((bool(ties(index.store, query.text, found.passages)), ambiguous))
    right = sum(reported and ambiguous for reported, ambiguous in reports)
    said, meant = sum(reported for reported, _ in reports), sum(ambiguous for _, ambiguous in reports)
    precision, recall = right / max(1, said), right / max(1, meant)
    return {"n": len(reports), "reported": said, "precision": round(precision, 4), "recall": round(recall, 4)}
