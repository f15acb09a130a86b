"""Rules in several versions: the one that holds on the day comes up, and none that does not."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.schema import Passage
from assistant.store import Access
from eval.datasets import AS_OF, HERE, load_rows
from eval.retrieval.bench import Bench, Names, Query, each_passage, ranked_names, row_of
from eval.retrieval.figures import Measured, Row, Target, shares
from eval.retrieval.sets.laws import articles, law_index

_RIGHT_TOP, _FORBIDDEN_TOP = 3, 10
_MEASURES = ("right", "clean", "right and clean")
_TARGETS = (Target("all", "right and clean", 1.0),)


def measure(bench: Bench, laws: Path) -> Measured:
    """Ask each question on its day.

    `right`: a version that may be used is among the first three passages; `clean`: none that may not be is among the
    first ten. An article that does not hold on the day is forbidden as a whole.
    """
    every = bench.sampled(load_rows(HERE / "versions.jsonl"))
    rows = _asked(bench, [row for row in every if "law" not in row], bench.city(), each_passage)
    note = ""
    if laws.exists():
        rows += _asked(bench, [row for row in every if "law" in row], law_index(bench, laws), articles)
    else:
        note = "The questions on national laws are left out: the laws are absent."
    return Measured(shares(rows, _MEASURES), rows, _TARGETS, note)


def _asked(bench: Bench, items: Sequence[dict[str, Any]], index: Any, names: Names) -> list[Row]:
    forbidden = {item["id"]: _forbidden(item) for item in items}
    return [
        row_of(query, ranker, found, names) | _judged(query, found, forbidden[query.id], names)
        for query, ranker, found in bench.found(index, [_query(item) for item in items])
    ]


def _query(item: dict[str, Any]) -> Query:
    day = date.fromisoformat(item["as_of"]) if "as_of" in item else AS_OF
    right = frozenset(_law_names(item) if item.get("in_force") else item["documents"])
    groups = ("law" if "law" in item else "city", "asks past" if item["asks_past"] else "asks now", item["split"])
    return Query(item["id"], item["question"], item["lang"], right, Access.of(item["role"], day), groups)


def _forbidden(item: dict[str, Any]) -> frozenset[str]:
    return frozenset(_law_names(item) if item.get("in_force") is False else item["forbidden"])


def _law_names(item: dict[str, Any]) -> list[str]:
    return [f"{item['law']} {article}" for article in item["articles"]]


def _judged(query: Query, found: Sequence[Passage], forbidden: frozenset[str], names: Names) -> Row:
    right = any(query.right.intersection(names) for names in ranked_names(found[:_RIGHT_TOP], names))
    clean = not any(forbidden.intersection(names(passage)) for passage in found[:_FORBIDDEN_TOP])
    judged: Row = {"clean": clean, "right and clean": clean and (right or not query.right)}
    return judged | ({"right": right} if query.right else {})
