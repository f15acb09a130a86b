"""Figures of ranked questions: recall and rank by group, and the targets they are held against."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.results import mean

Measures = dict[str, float]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What a measure of the product should reach: at least `bound`, or with `most`, at most that."""

    group: str
    measure: str
    bound: float
    most: bool = False

    def holds(self, value: float) -> bool:
        """Whether a measured value reaches the target."""
        return value <= self.bound if self.most else value >= self.bound


@dataclass(frozen=True, slots=True)
class Measured:
    """What one set gave.

    Attributes:
        figures: for each ranker and group of questions, the measures by name.
        items: one row a question and ranker.
        note: what a reader of the figures must know.
    """

    figures: dict[str, dict[str, Measures]]
    items: list[Row] = field(default_factory=list)
    targets: tuple[Target, ...] = ()
    note: str = ""


def recall_figures(ranks: Sequence[int]) -> Measures:
    """Recall at 1, 5 and 10 and the mean reciprocal rank; rank 0 means: not found.

    Recall at k is the share of questions with a right answer among the first k: where several are right, one is enough.
    """
    return {
        "n": len(ranks),
        "R@1": round(mean([float(rank == 1) for rank in ranks]), 4),
        "R@5": round(mean([float(0 < rank <= 5) for rank in ranks]), 4),
        "R@10": round(mean([float(0 < rank <= 10) for rank in ranks]), 4),
        "MRR@10": round(mean([1 / rank if 0 < rank <= 10 else 0.0 for rank in ranks]), 4),
    }


def by_group(rows: Sequence[Row]) -> dict[str, dict[str, Measures]]:
    """Recall by ranker and group, from rows that name their `ranker`, their `groups` and the `rank` reached."""
    ranks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for group in ("all", *row["groups"]):
            ranks[row["ranker"]][group].append(row["rank"])
    return {
        ranker: {group: recall_figures(values) for group, values in groups.items()} for ranker, groups in ranks.items()
    }


def shares(rows: Sequence[Row], measures: Sequence[str]) -> dict[str, dict[str, Measures]]:
    """The mean of each measure by ranker and group, over the rows that have it."""
    grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for group in ("all", *row["groups"]):
            grouped[row["ranker"]][group].append(row)
    return {
        ranker: {group: _shares(part, measures) for group, part in groups.items()} for ranker, groups in grouped.items()
    }


def _shares(rows: Sequence[Row], measures: Sequence[str]) -> Measures:
    values = {name: [float(row[name]) for row in rows if row.get(name) is not None] for name in measures}
    return {"n": len(rows)} | {name: round(mean(known), 4) for name, known in values.items() if known}
