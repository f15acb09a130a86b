"""Fidelity: how far our reading and a plain loader's are from texts that are known."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from eval.documents.error_rate import RATES, Count, edits, found, rate
from eval.documents.gold import RENDERED, Case, corpus_cases, rendered_cases
from eval.documents.part import NO_PLAIN_SIDE, Part, no_data
from eval.documents.reading import read_by_product, read_plainly
from eval.results import mean

QUICK_FILES = 3
_NO_LOADER = "no_loader"


def measure(settings: Settings, data: Path, *, quick: bool) -> Part:
    """Read every file whose text is known, by both sides."""
    rendered = list(rendered_cases(data / RENDERED)) if (data / RENDERED).is_dir() else []
    cases = [*rendered, *corpus_cases(settings.city_dir)]
    if quick:
        cases = first_of_each_kind(cases, QUICK_FILES)
    paths = [case.path for case in cases]
    ours, plain = read_by_product(paths), read_plainly(settings, paths)
    items = [{**_judged(case, ours.rows[case.path]), "side": "product"} for case in cases]
    if plain:
        judged = ((case, plain.rows[case.path]) for case in cases)
        items += [{**_judged(case, row), "side": "plain"} for case, row in judged if row["reason"] != _NO_LOADER]
    figures: dict[str, Any] = {"kinds": summary(items)}
    notes = [no_data(RENDERED)] * (not rendered) + [NO_PLAIN_SIDE] * (plain is None)
    if notes:
        figures["note"] = " ".join(notes)
    return Part(figures, items)


def first_of_each_kind(cases: Sequence[Case], count: int) -> list[Case]:
    """So many cases of each kind, in order."""
    seen: dict[str, int] = defaultdict(int)
    chosen = []
    for case in cases:
        seen[case.kind] += 1
        if seen[case.kind] <= count:
            chosen.append(case)
    return chosen


def _judged(case: Case, row: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"kind": case.kind, "file": case.path.name, "reason": row["reason"]}
    counts = {"found": found(case.passages, row["text"])} if case.passages else _errors(case, row["text"])
    return item | {name: [count.counted, count.characters] for name, count in counts.items()}


def _errors(case: Case, text: str) -> dict[str, Count]:
    return {name: edits(case.text, text, form) for name, form in RATES.items()}


def summary(items: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By kind: files, refusals, and the rates of each side."""
    groups: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        groups[item["kind"]][item["side"]].append(item)
    return {kind: {side: _group(rows) for side, rows in sides.items()} for kind, sides in groups.items()}


def _group(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    figures: dict[str, Any] = {"files": len(rows), "refused": sum(bool(row["reason"]) for row in rows)}
    for name in (*RATES, "found"):
        counts = {row["file"]: Count(*row[name]) for row in rows if name in row}
        if counts:
            figures[name] = round(rate(list(counts.values())), 5)
            figures[f"{name}_mean"] = round(mean([rate([count]) for count in counts.values()]), 5)
    worst = max((row for row in rows if "cer" in row), key=lambda row: rate([Count(*row["cer"])]), default=None)
    if worst:
        figures["worst"] = {"file": worst["file"], "cer": round(rate([Count(*worst["cer"])]), 5)}
    return figures


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The table on the screen."""
    columns = ("files", "refused", *RATES, "found")
    yield f"{'kind':20} {'side':8}" + "".join(f"{column.removeprefix('cer_'):>11}" for column in columns)
    for kind, sides in figures["kinds"].items():
        for side, values in sides.items():
            yield f"{kind:20} {side:8}" + "".join(f"{_cell(values.get(column)):>11}" for column in columns)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
