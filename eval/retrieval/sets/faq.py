"""The city's published questions asked in other words, over all entries as the product indexes them."""

from pathlib import Path

from eval.datasets import HERE, load_rows
from eval.retrieval.bench import Bench, Query, part
from eval.retrieval.figures import Measured, Target, by_group

_TARGETS = (Target("zh-TW", "R@1", 0.85), Target("zh-TW", "R@5", 0.98), Target("en", "R@5", 0.90))


def reworded(bench: Bench, file: Path) -> Measured:
    """Ask all reworded questions; the entry must be among the first."""
    rows = bench.ask(bench.of_files("faq", [file]), bench.sampled(queries()), part)
    return Measured(by_group(rows), rows, _TARGETS)


def queries() -> list[Query]:
    """The reworded questions, by language, wording and split."""
    return [
        Query(
            row["id"],
            row["question"],
            row["lang"],
            frozenset(row["relevant"]),
            groups=(row["lang"], f"{row['lang']}/{row['style']}", f"{row['lang']}/{row['split']}"),
        )
        for row in load_rows(HERE / "kaohsiung-faq.jsonl")
    ]
