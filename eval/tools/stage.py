"""Runs the parts of the tools stage, keeps every row, and writes the tables."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assistant.city import load_city
from assistant.conversation import open_conversation
from assistant.models import chat_model
from assistant.schema import Question
from assistant.services import load_services
from assistant.settings import Settings
from eval.answers.journal import Journal
from eval.baselines.plain_rag import open_chat
from eval.datasets import HERE, load_rows
from eval.results import keep_results
from eval.tools.acts import act_trials_of, run_acts
from eval.tools.answers import answer_figures, measure_answers
from eval.tools.calls import Row, load_calls
from eval.tools.native import CONTEXT_TOKENS, QUICK_SAMPLE, SAMPLE, measure_native, native_figures
from eval.tools.report import broken_rules, fault_figures, fault_lines, figure_lines, write_report
from eval.tools.routing import run as measure_routing
from eval.tools.trials import ANSWER_S, NOW, SLACK_S, run_trials, trials_of

QUESTIONS = HERE / "tools.jsonl"
_WARM_UP = "三民區的空氣品質現在怎麼樣？"  # of no set, so that nothing that is asked later lies in a cache
QUICK_ANSWERS, QUICK_STEP = 20, 7
_SETS = {"faults": ("faults", "acts"), "routing": (), "answers": ("answers",), "native": ("native",)}
PARTS = tuple(_SETS)
Figures = dict[str, Any]


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the parts that the options name, by default all; figures of the others stay as they were.

    Raises:
        EngineUnavailable: the model that native calls are compared with does not start.
    """
    stage = "tools-quick" if options.quick or options.limit else "tools"
    parts = options.part or PARTS
    measured = {name for part in parts for name in _SETS[part]}
    journal = Journal(options.out / f"{stage}-items.jsonl", lambda row: row["set"] in measured and not options.resume)
    kept = _kept(options.out / f"{stage}.json")
    for part in PARTS:
        if part in parts:
            found = _MEASURES[part](settings, options, journal)
            kept |= {part: found} if found else {}
            _keep(settings, options.out, stage, journal, kept)
            print(f"{part} is done.", flush=True)
    figures, path, report = _keep(settings, options.out, stage, journal, kept)
    for part in parts:
        lines = fault_lines(figures[part]) if part == "faults" else figure_lines(figures.get(part, {}))
        print(*lines, sep="\n")
    print(f"Kept in {path} and {report}.")


def _faults(settings: Settings, options: argparse.Namespace, journal: Journal) -> Figures:
    calls = load_calls(settings.city_dir, NOW)
    for trials, work in ((trials_of(calls), run_trials), (act_trials_of(calls), run_acts)):
        chosen = trials[::QUICK_STEP] if options.quick or options.limit else trials
        for row in work(calls, chosen):
            journal.add(row)
            if broken_rules(row):
                print(f"{row['id']}, {row['fault']}: {', '.join(broken_rules(row))}", flush=True)
    return {}


def _routing(settings: Settings, options: argparse.Namespace, journal: Journal) -> Figures:
    return measure_routing(settings, _sample(_questions(options), options, 0, QUICK_ANSWERS))


def _answers(settings: Settings, options: argparse.Namespace, journal: Journal) -> Figures:
    clock = _Clock()
    simulated = settings.model_copy(update={"feeds": "simulated"})
    conversation = open_conversation(simulated, clock=clock)
    try:
        conversation.wait_for_engine(settings.engine_start_timeout_s)
        conversation.ask(Question(_WARM_UP))  # loads what the first question would wait for
        rows = _lacking(_sample(_questions(options), options, 0, QUICK_ANSWERS), journal, "answers", "product")
        for row in measure_answers(conversation, rows, clock.set, tuple(conversation.city.help.values())):
            journal.add(row)
    finally:
        conversation.close()
    return {}


def _native(settings: Settings, options: argparse.Namespace, journal: Journal) -> Figures:
    wide = settings.model_copy(update={"context_tokens": CONTEXT_TOKENS, "engine_slots": 1})
    engine = chat_model(wide, load_city(settings.city_dir).policy.denied_model_origins)
    engine.start()
    try:
        engine.wait_ready(settings.engine_start_timeout_s)
        rows = _sample(_questions(options), options, SAMPLE, QUICK_SAMPLE)
        services = load_services(settings.city_dir)
        for row in measure_native(open_chat(engine), services, _lacking(rows, journal, "native", "native")):
            journal.add(row)
            print(f"{row['id']}: {row['native'] or row['lenient'] or 'no call'}, {row['s']} s", flush=True)
    finally:
        engine.close()
    return {}


_MEASURES: Mapping[str, Callable[[Settings, argparse.Namespace, Journal], Figures]] = {
    "faults": _faults,
    "routing": _routing,
    "answers": _answers,
    "native": _native,
}


class _Clock:
    """What the assistant and the demonstration city take for now."""

    def __init__(self) -> None:
        self._now = datetime.now(ZoneInfo("UTC"))

    def __call__(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        """Put it to a moment, which is aware."""
        self._now = moment


def figures_of(rows: Sequence[Row]) -> dict[str, Figures]:
    """The figures of each part that has rows."""
    by_set: dict[str, list[Row]] = {}
    for row in rows:
        by_set.setdefault(row["set"], []).append(row)
    figures: dict[str, Figures] = {}
    if faults := [*by_set.get("faults", ()), *by_set.get("acts", ())]:
        figures["faults"] = fault_figures(faults)
    if "answers" in by_set:
        figures["answers"] = answer_figures(by_set["answers"])
    if "native" in by_set:
        figures["native"] = native_figures(by_set["native"])
    return figures


def _keep(
    settings: Settings, folder: Path, stage: str, journal: Journal, kept: Figures
) -> tuple[dict[str, Figures], Path, Path]:
    rows = list(journal.rows.values())
    figures = {**kept, **figures_of(rows)}
    path = keep_results(folder, stage, settings, figures, rows)
    faults = [row for row in rows if row["set"] in _SETS["faults"]]
    return figures, path, write_report(folder, stage, figures, faults, ANSWER_S + SLACK_S)


def _kept(path: Path) -> Figures:
    """Figures of an earlier run that have no rows: those of routing."""
    if not path.is_file():
        return {}
    figures: Figures = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return {name: figures[name] for name, sets in _SETS.items() if not sets and name in figures}


def _questions(options: argparse.Namespace) -> list[Row]:
    rows = load_rows(QUESTIONS)
    return [row for row in rows if options.split in ("all", row["split"])]


def _sample(rows: Sequence[Row], options: argparse.Namespace, most: int, quick: int) -> list[Row]:
    """Questions spread over the set; all where `most` is 0 and no limit is given."""
    limit = options.limit or (quick if options.quick else most)
    if not limit or limit >= len(rows):
        return list(rows)
    return [rows[number * len(rows) // limit] for number in range(limit)]


def _lacking(rows: Sequence[Row], journal: Journal, name: str, system: str) -> list[Row]:
    return [row for row in rows if (name, system, row["id"]) not in journal]
