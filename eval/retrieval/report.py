"""The tables of the retrieval stage, for terminal and Markdown: the targets, and each set by ranker and group."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
_HEAD = """# Retrieval: figures of the last run

Written by `python -m eval retrieval`; `retrieval.json` says when, at what revision and on what machine each set was
measured. Recall at k (R@k) is the share of questions with a right answer among the first k; where several are right,
one is enough. `product` is the whole search of the assistant, `keyword` and `dense` are its legs alone, `ensemble` is
LangChain's `EnsembleRetriever` with its default BM25 over the same chunks and vectors.
"""


def lines(name: str, figures: Figures) -> Iterator[str]:
    """What one set gave, for the terminal."""
    yield f"\n{name}"
    if "skipped" in figures:
        yield f"  skipped: {figures['skipped']}"
        return
    for ranker, groups in figures["rankers"].items():
        for group, measures in groups.items():
            yield f"  {ranker:10} {group:18} " + "  ".join(f"{key} {value:g}" for key, value in measures.items())
    for target in figures["targets"]:
        yield f"  {'holds ' if target['holds'] else 'MISSED'} {_wanted(target)}: {target['value']:g}"
    if figures["note"]:
        yield f"  {figures['note']}"


def write_report(folder: Path, stage: str, figures: Mapping[str, Figures]) -> Path:
    """Write the tables as Markdown beside the figures."""
    path = folder / f"{stage}.md"
    parts = [_HEAD, *_target_table(figures)]
    for name, one in figures.items():
        parts += ["", f"## {name}", "", *_set_table(one)]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return path


def _target_table(figures: Mapping[str, Figures]) -> Iterator[str]:
    rankers = list(dict.fromkeys(ranker for one in figures.values() for ranker in one.get("rankers", ())))
    yield from _header(["set", "group", "target", *rankers, "holds"])
    for name, one in figures.items():
        if "skipped" in one:
            yield _cells([name, "", f"skipped: {one['skipped']}", *("" for _ in rankers), ""])
        for target in one.get("targets", ()):
            values = [_value(one["rankers"].get(ranker, {}), target["group"], target["measure"]) for ranker in rankers]
            wanted = f"{target['measure']} {_bound(target)}"
            yield _cells([name, target["group"], wanted, *values, "yes" if target["holds"] else "**no**"])


def _set_table(one: Figures) -> Iterator[str]:
    if "skipped" in one:
        yield f"Skipped: {one['skipped']}"
        return
    groups = [measures for by_group in one["rankers"].values() for measures in by_group.values()]
    columns = list(dict.fromkeys(column for measures in groups for column in measures))
    yield from _header(["ranker", "group", *columns])
    for ranker, by_group in one["rankers"].items():
        for group, measures in by_group.items():
            yield _cells([ranker, group, *(_number(measures.get(column)) for column in columns)])
    yield from ("", f"{one['note']} Measured at {one['revision']} in {one['seconds']} s.".strip())


def _header(names: Sequence[str]) -> Iterator[str]:
    yield _cells(names)
    yield _cells(["---"] * len(names))


def _cells(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"


def _value(groups: Mapping[str, Mapping[str, float]], group: str, measure: str) -> str:
    return _number(groups.get(group, {}).get(measure))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _wanted(target: Figures) -> str:
    return f"{target['group']} {target['measure']} {_bound(target)}"


def _bound(target: Figures) -> str:
    return f"{'<=' if target['most'] else '>='} {target['bound']:g}"
