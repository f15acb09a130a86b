"""Runs the sets of the answers stage, keeps each one's figures as soon as they are known, and prints the table."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from eval.answers.figures import summarize
from eval.answers.journal import Journal
from eval.answers.report import table, table_lines, write_report
from eval.answers.running import Run, absent
from eval.answers.sets import SETS, AnswerSet, on_the_city
from eval.answers.systems import installed_systems
from eval.datasets import CITY_QUESTIONS
from eval.results import keep_results


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the sets and systems that the options name, by default all; Ctrl-C keeps what was done."""
    stage = "answers-quick" if options.quick or options.limit else "answers"
    sets = _sets(options)
    skipped = {name: reason for name, one in sets.items() if (reason := absent(one))}
    measured = {name: one for name, one in sets.items() if name not in skipped}
    this = Run(settings, options, stage, measured, options.system or installed_systems())
    for name in this.measured():
        _keep(settings, options.out, stage, this.journal, skipped)
        print(f"{name} is done.", flush=True)
    figures, path = _keep(settings, options.out, stage, this.journal, skipped)
    print(*table_lines(table(figures)), sep="\n")
    print(
        f"Kept in {path} and {write_report(options.out, stage, figures)}; the answers' words in {settings.home}/eval."
    )


def _sets(options: argparse.Namespace) -> dict[str, AnswerSet]:
    """The sets that the options name; the city's own may come from another file."""
    known = dict(SETS)
    if options.dataset != CITY_QUESTIONS:
        known["city"] = AnswerSet(partial(on_the_city, options.dataset), (options.dataset,))
    return {name: known[name] for name in options.set or known}


def _keep(
    settings: Settings, folder: Path, stage: str, journal: Journal, skipped: dict[str, str]
) -> tuple[dict[str, Any], Path]:
    rows = journal.of(SETS)
    figures = summarize(rows) if rows else {}
    figures |= {name: {"skipped": reason} for name, reason in skipped.items() if name not in figures}
    return figures, keep_results(folder, stage, settings, figures, rows)
