"""Asks the systems in turns, item by item, so that noise hits all, and keeps each row as soon as it is known."""

import argparse
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from assistant.settings import Settings
from eval.answers.asked import Asked
from eval.answers.journal import Journal, Row
from eval.answers.sets import AnswerSet, chosen
from eval.answers.systems import Bench, Opened
from eval.documents.stage import program_digest
from eval.results import circumstances

QUICK_SAMPLE = 5  # questions of each set in a quick run
_WARM_UP = "請問辦理時需要準備哪些文件？"  # of no set, so that nothing that is asked later lies in a cache
_REPORTS = 20  # how often in a set the progress is told


class Run:
    """One run: its systems, where it writes, and what is known already.

    Args:
        stage: names the files of its rows.
        sets: what it measures; the earlier rows are dropped, unless the options say to resume.
    """

    def __init__(
        self,
        settings: Settings,
        options: argparse.Namespace,
        stage: str,
        sets: Mapping[str, AnswerSet],
        systems: Sequence[str],
    ) -> None:
        self._sets = sets
        self._bench = Bench(settings, systems)
        self._split: str = options.split
        self._limit: int = options.limit or (QUICK_SAMPLE if options.quick else 0)
        self._revision = f"{circumstances(settings)['revision']} {program_digest()}"
        pairs = {(name, system) for name, one in sets.items() for system in self._systems_of(one)}
        anew = partial(_asked_anew, pairs=pairs, split=options.split, only_errors=options.resume)
        self.journal = Journal(options.out / f"{stage}-items.jsonl", anew)
        self._words = Journal(settings.home / "eval" / f"{stage}-texts.jsonl", anew)  # also of data that is not shipped

    def measured(self) -> Iterator[str]:
        """Measure set after set and name each that is done; Ctrl-C ends it and keeps what was done."""
        try:
            for name, one in self._sets.items():
                self._measure(name, one)
                yield name
        except KeyboardInterrupt:
            print("Stopped. The same command with --resume goes on from here.", flush=True)
        finally:
            self._bench.close()

    def _measure(self, name: str, one: AnswerSet) -> None:
        parts = chosen(one.load(), self._split, self._limit)
        systems = self._systems_of(one)
        clock = Progress(
            name, sum(bool(self._lacking(name, asked, systems)) for part in parts for asked in part.questions)
        )
        for part in parts:
            questions = [asked for asked in part.questions if self._lacking(name, asked, systems)]
            if questions:
                opened = self._bench.open(part.corpus, systems)
                try:
                    self._ask(name, one, questions, opened, clock)
                finally:
                    opened.close()

    def _ask(self, name: str, one: AnswerSet, questions: Sequence[Asked], opened: Opened, clock: "Progress") -> None:
        systems = list(opened.systems)
        warm_up = replace(questions[0], id="warm-up", question=_WARM_UP, history=())
        for system in systems:
            opened.systems[system].ask(warm_up)  # loads what the first question would wait for
        for place, asked in enumerate(questions):
            started = time.monotonic()
            turn = place % len(systems)
            for system in self._lacking(name, asked, [*systems[turn:], *systems[:turn]]):
                reply = opened.systems[system].ask(asked)
                key = {"set": name, "system": system, "id": asked.id, "split": asked.split, "revision": self._revision}
                words = {"question": asked.question, "answer": reply.text}
                self._words.add({**key, "status": reply.status, **words, "sources": list(reply.sources)})
                self.journal.add({**key, **one.judge(asked, reply, opened.texts), **(words if one.ours else {})})
            clock.step(time.monotonic() - started)

    def _systems_of(self, one: AnswerSet) -> list[str]:
        return [system for system in self._bench.systems if not one.systems or system in one.systems]

    def _lacking(self, name: str, asked: Asked, systems: Sequence[str]) -> list[str]:
        return [system for system in systems if (name, system, asked.id) not in self.journal]


class Progress:
    """Tells how far a set is, and how long it will still take."""

    def __init__(self, name: str, count: int) -> None:
        self._name, self._count, self._done, self._spent_s = name, count, 0, 0.0

    def step(self, took_s: float) -> None:
        """One more question is done; told now and then."""
        self._done += 1
        self._spent_s += took_s
        if self._done % max(1, self._count // _REPORTS) == 0 or self._done == self._count:
            left_s = self._spent_s / self._done * (self._count - self._done)
            print(f"{self._name}: {self._done} of {self._count}, {left_s / 60:.1f} min left", flush=True)


def absent(one: AnswerSet) -> str:
    """Why a set cannot be measured; empty where it can."""
    missing = [path.name for path in one.needs if not path.exists()]
    return f"{', '.join(missing)} is absent." if missing else ""


def _asked_anew(row: Row, pairs: Collection[tuple[str, str]], split: str, only_errors: bool) -> bool:
    named = (row["set"], row["system"]) in pairs and split in ("all", row["split"])
    return named and (not only_errors or row.get("outcome") == "error")
