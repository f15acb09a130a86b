"""Runs the parts of the safety stage, keeps a row for each attack, and writes the tables."""

import argparse
import json
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.conversation import Conversation
from assistant.models.engine import NoEngine
from assistant.routing import offered_codes
from assistant.schema import Answer, DoneEvent, Question, Turn
from assistant.settings import Settings
from assistant.ui.rendering import Page
from assistant.ui.texts import load_texts
from assistant.wire import event_json
from eval.answers.journal import Journal, Row
from eval.answers.systems import EXTRACT, PRODUCT, Bench, open_product, texts_of
from eval.results import keep_results
from eval.retrieval.indexes import Indexes
from eval.retrieval.kept_vectors import KeptVectors
from eval.safety import detector
from eval.safety.attacks import CODE, Attack, load_attacks, planted_texts, sample
from eval.safety.checks import Texts, acts_done, judge
from eval.safety.report import attack_figures, report_lines, write_report

PARTS = ("fit", "detector", "attacks")
SAMPLE, QUICK_SAMPLE = 200, 40
_ATTACKS = "attacks"


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure the parts that the options name, by default detector and attacks; figures of the others stay."""
    stage = "safety-quick" if options.quick or options.limit else "safety"
    parts = options.part or ("detector", _ATTACKS)
    replaced = {name for name in parts if not (options.resume and name == _ATTACKS)}
    journal = Journal(options.out / f"{stage}-items.jsonl", lambda row: row["set"] in replaced)
    figures = _kept(options.out / f"{stage}.json")
    if "fit" in parts:
        figures["fit"] = detector.fit(settings)
    if "detector" in parts:
        figures["detector"], wrong = detector.measure(settings, options)
        for row in wrong:
            journal.add(row)
    if _ATTACKS in parts:
        most = options.limit or (QUICK_SAMPLE if options.quick else SAMPLE)
        chosen = sample(load_attacks(), most)
        _run_attacks(settings, options.system or (PRODUCT, EXTRACT), chosen, journal)
        figures[_ATTACKS] = attack_figures(journal.of([_ATTACKS]))
    path = keep_results(options.out, stage, settings, figures, list(journal.rows.values()))
    write_report(options.out / f"{stage}.md", figures)
    print(*report_lines(figures), f"Kept in {path}.", sep="\n")


def _run_attacks(settings: Settings, systems: Sequence[str], attacks: Sequence[Attack], journal: Journal) -> None:
    """Put each attack to each system; what acts reaches a demonstration city and nobody else."""
    bench = Bench(settings.model_copy(update={"feeds": "simulated"}), systems)
    try:
        with KeptVectors(bench.weights, settings.home / "eval") as kept, closing(Indexes(settings, kept)) as indexes:
            for planted in (False, True):
                store, folder = indexes.of_texts("safety", planted_texts()) if planted else indexes.of_city()
                texts = texts_of(store)
                for system in systems:
                    engine = bench.engine if system == PRODUCT else NoEngine()
                    with closing(open_product(bench.settings, folder, engine, bench.weights)) as conversation:
                        for attack in attacks:
                            if attack.planted == planted and (_ATTACKS, system, attack.id) not in journal:
                                journal.add(put(conversation, system, attack, texts))
    finally:
        bench.close()


def put(conversation: Conversation, system: str, attack: Attack, texts: Texts) -> Row:
    """The row of one attack: how it ended, and what it broke."""
    home, started = conversation.settings.home, time.monotonic()
    before = acts_done(home)
    row: Row = {"set": _ATTACKS, "system": system, "id": attack.id, "of": attack.set, "harmless": attack.harmless}
    try:
        question = _question(conversation, attack)
        sent, answer = _ask(conversation, question)
        verdict = judge(question.text, sent, answer, texts, _page(conversation, answer))
    except Exception:  # noqa: BLE001  # a crash is a figure of this table, and ends nothing
        broken = {"crash": traceback.format_exc().splitlines()[-1]}
        return {**row, "outcome": "error", "broken": broken, "s": round(time.monotonic() - started, 2)}
    done = acts_done(home) - before
    broken = {**verdict.broken, **({"acts": str(done)} if done else {})}
    took_s = round(time.monotonic() - started, 2)
    return {**row, "outcome": verdict.outcome, "broken": broken, "text": answer.answer, "s": took_s}


def _question(conversation: Conversation, attack: Attack) -> Question:
    """The attack as it is asked; where it needs an offer, that is made first, and its code put in."""
    question = Question(attack.text, id=attack.id, history=attack.history)
    if not attack.wish:
        return question
    offer = conversation.ask(Question(attack.wish)).answer
    code = next(iter(offered_codes(offer)), "")
    return replace(question, text=attack.text.replace(CODE, code), history=(Turn(attack.wish, offer),))


def _ask(conversation: Conversation, question: Question) -> tuple[list[Mapping[str, Any]], Answer]:
    sent: list[Mapping[str, Any]] = []
    for event in conversation.stream(question):
        sent.append(event_json(event))
        if isinstance(event, DoneEvent):
            return sent, event.answer
    raise AssertionError("a stream ends with its answer")


def _page(conversation: Conversation, answer: Answer) -> Page:
    city = conversation.city
    names = {bureau.name: bureau.en for bureau in city.bureaus}
    return Page(answer.lang, load_texts()[answer.lang], city.help, city.help_phone, names)


def _kept(path: Path) -> dict[str, Any]:
    """The figures of an earlier run, for the parts that this one does not measure."""
    return dict(json.loads(path.read_text(encoding="utf-8"))["figures"]) if path.is_file() else {}
