"""Another city's published questions beside the city's own: they must not come up, nor push its entries down."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant.schema import Passage
from eval.retrieval.bench import Bench, part, row_of
from eval.retrieval.figures import Measured, Target, shares
from eval.retrieval.sets.faq import queries

_TOP = 3
_TARGETS = (Target("all", "others in top 3", 0, most=True),)
_MEASURES = ("others in top 3", "R@1", "R@5", "R@1 alone", "R@5 alone")


def measure(bench: Bench, own: Path, other: Path) -> Measured:
    """Ask the reworded Chinese and English questions with the other city's entries indexed beside, and without.

    `others in top 3` is the mean number of the other city's passages among the first three.
    """
    asked = bench.sampled(
        [replace(query, groups=(query.lang,)) for query in queries() if query.lang in ("zh-TW", "en")]
    )
    alone = bench.ask(bench.of_files("faq", [own]), asked, part)
    rows = []
    beside = bench.found(bench.of_files("faq-two-cities", [own, other]), asked)
    for before, (query, ranker, found) in zip(alone, beside, strict=True):
        row = row_of(query, ranker, found, part)
        row["others in top 3"] = _others(found[:_TOP], own)
        for name, of in (("", row), (" alone", before)):
            row |= {f"R@1{name}": of["rank"] == 1, f"R@5{name}": 0 < of["rank"] <= 5}
        rows.append(row)
    return Measured(shares(rows, _MEASURES), rows, _TARGETS)


def _others(passages: Sequence[Passage], own: Path) -> int:
    return sum(own.name not in passage.document.source for passage in passages)
