"""Runs the parts of the trust stage, adds what the answers stage has kept, and prints the table."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from eval.answers.figures import ALL_SETS, summarize
from eval.answers.journal import Journal, Row, rows_of
from eval.answers.report import COLUMNS, markdown, measure_rows, table_lines
from eval.answers.running import Run, absent
from eval.answers.systems import EXTRACT, PRODUCT
from eval.results import keep_results
from eval.trust.report import HEAD, KEPT, TRUST
from eval.trust.sets import MEASURES, SETS

PARTS = (*SETS, KEPT)
Figures = dict[str, Any]


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the parts that the options name, by default all, of the product with a model and without."""
    quick = "-quick" if options.quick or options.limit else ""
    stage = f"trust{quick}"
    parts = options.part or PARTS
    sets = {name: one for name, one in SETS.items() if name in parts}
    skipped = {name: reason for name, one in sets.items() if (reason := absent(one))}
    systems = options.system or (PRODUCT, EXTRACT)
    asked = tuple(dict.fromkeys((*systems, EXTRACT))) if "emergencies" in sets else tuple(systems)
    measured = {
        name: one if one.systems else one._replace(systems=tuple(systems))
        for name, one in sets.items()
        if name not in skipped
    }
    answers = options.out / f"answers{quick}-items.jsonl"
    this = Run(settings, options, stage, measured, asked)
    for name in this.measured():
        _keep(settings, options.out, stage, this.journal, answers)
        print(f"{name} is done.", flush=True)
    figures, path = _keep(settings, options.out, stage, this.journal, answers)
    rows = measure_rows(figures, TRUST)
    print(*table_lines(rows), *(f"{name} was skipped: {reason}" for name, reason in skipped.items()), sep="\n")
    report = options.out / f"{stage}.md"
    report.write_text("\n".join([HEAD, *markdown(COLUMNS, rows), ""]), encoding="utf-8")
    print(f"Kept in {path} and {report}.")


def summarize_trust(rows: Sequence[Row], answers: Sequence[Row]) -> Figures:
    """The measures of each part by system, split and language, and the totals of the answers stage."""
    groups: dict[str, dict[str, dict[str, list[Row]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        for group in (row["split"], f"{row['split']}/{row['lang']}"):
            groups[row["set"]][row["system"]][group].append(row)
    figures: Figures = {
        name: {
            "revisions": sorted({str(row["revision"]) for row in rows if row["set"] == name}),
            "systems": {
                system: {group: MEASURES[name](part) for group, part in by_group.items()}
                for system, by_group in by_system.items()
            },
        }
        for name, by_system in groups.items()
    }
    judged = [row for row in answers if {"system", "invented_figures", "split"} <= row.keys()]
    if judged:
        figures[KEPT] = summarize(judged)[ALL_SETS]
    return figures


def _keep(settings: Settings, folder: Path, stage: str, journal: Journal, answers: Path) -> tuple[Figures, Path]:
    rows = journal.of(SETS)
    figures = summarize_trust(rows, rows_of(answers))
    return figures, keep_results(folder, stage, settings, figures, rows)
