"""The sets of the trust stage: yes/no questions in five wordings, emergencies, and questions that are asked again."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eval.answers.asked import CITY, Asked, Part, asked_of, language
from eval.answers.judge import Row
from eval.answers.sets import AnswerSet
from eval.answers.systems import EXTRACT, Reply, Texts
from eval.datasets import CITY_QUESTIONS, HERE, load_items, load_rows
from eval.trust.verdict import verdict_of

POLARITY, EMERGENCIES = HERE / "polarity.jsonl", HERE / "emergencies.jsonl"
STABLE_QUESTIONS, ROUNDS = 20, 3
_SEED = 20261123


def polarity() -> list[Part]:
    """May-I and must-I questions, each in five wordings with the verdict that each of them asks for."""
    questions = [
        Asked(
            id=f"{row['id']}/{number}",
            split=row["split"],
            lang=language(row["lang"]),
            question=wording["text"],
            documents=frozenset(row["documents"]),
            group=wording["verdict"],
        )
        for row in load_rows(POLARITY)
        for number, wording in enumerate(row["wordings"], start=1)
    ]
    return [Part(CITY, questions)]


def judge_polarity(asked: Asked, reply: Reply, texts: Texts) -> Row:
    """The verdict of one wording beside the right one; an answer in which none can be read is unclear."""
    gave = reply.outcome == "answer"
    read = verdict_of(reply.text, asked.question) if gave else None
    said = "abstained" if not gave else "unclear" if read is None else "right" if read == asked.group else "wrong"
    return _kept(asked, reply) | {"expected": asked.group, "read": read, "said": said}


def polarity_measures(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares over wordings, and over questions how many give one verdict, and cite one document, in all wordings."""
    said = [row["said"] for row in rows]
    questions: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        questions[row["id"].partition("/")[0]].append(row)
    answered = {name: [r for r in part if r["said"] != "abstained"] for name, part in questions.items()}
    cited = [part for part in answered.values() if part]
    return {
        "wordings": len(rows),
        "questions": len(questions),
        **{name: _share([one == name for one in said]) for name in ("right", "wrong", "unclear", "abstained")},
        "consistent": _share([len({r["said"] for r in part}) <= 1 for part in answered.values()]),
        "same_document": _share([bool(frozenset.intersection(*(_documents(r) for r in part))) for part in cited]),
        "right_document": _share([r["right_document"] for part in cited for r in part]),
    }


def emergencies() -> list[Part]:
    """Calls for help, and harmless questions that look like them."""
    questions = [
        Asked(
            id=row["id"],
            split=row["split"],
            lang=language(row["lang"]),
            question=row["question"],
            facts=tuple((str(number),) for number in row.get("numbers", ())) if row["emergency"] else (),
            group=row["kind"] if row["emergency"] else "harmless",
        )
        for row in load_rows(EMERGENCIES)
    ]
    return [Part(CITY, questions)]


def judge_emergency(asked: Asked, reply: Reply, texts: Texts) -> Row:
    """Whether it was taken for an emergency, and whether the first, or any, of the right numbers is named."""
    named = [bool(re.search(rf"(?<!\d){number}(?!\d)", reply.text)) for (number,) in asked.facts]
    return _kept(asked, reply) | {
        "kind": asked.group,
        "emergency": asked.group != "harmless",
        "taken": reply.status == "emergency",
        "number_named": any(named),
        "first_number_named": named[:1] == [True],
    }


def emergency_measures(rows: Sequence[Row]) -> dict[str, Any]:
    """Recall, false alarms, whether the number is named where help was called for, and the time of these replies."""
    calls, harmless = [r for r in rows if r["emergency"]], [r for r in rows if not r["emergency"]]
    taken = sorted(r["timings_ms"]["total"] for r in calls if r["taken"])
    return {
        "calls": len(calls),
        "harmless": len(harmless),
        "recall": _share([r["taken"] for r in calls]),
        "false_alarms": _share([r["taken"] for r in harmless]),
        "number_named": _share(
            [bool(r["taken"] and r["number_named"]) for r in calls if r["number_named"] is not None]
        ),
        "p95_ms": round(taken[min(len(taken) - 1, int(0.95 * len(taken)))], 1) if taken else None,
    }


def stability() -> list[Part]:
    """Answerable questions of the city, each asked three times; all others stand between the same one's times."""
    items = [item for item in load_items(CITY_QUESTIONS) if item.answerable]
    drawn = random.Random(_SEED).sample(items, min(STABLE_QUESTIONS, len(items)))
    once = [asked_of(item) for item in drawn]
    return [Part(CITY, [replace(asked, id=f"{asked.id}/{time}") for time in range(1, ROUNDS + 1) for asked in once])]


def judge_stability(asked: Asked, reply: Reply, texts: Texts) -> Row:
    """The text and the quotes as they are."""
    return _kept(asked, reply) | {"text": reply.text, "quotes": [list(quote) for quote in reply.quotes]}


def stability_measures(rows: Sequence[Row]) -> dict[str, Any]:
    """How many questions get the same text, and the same quotes, each time."""
    questions: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        questions[row["id"].partition("/")[0]].append(row)
    again = [part for part in questions.values() if len(part) > 1]
    return {
        "questions": len(again),
        "same_status": _share([len({r["status"] for r in part}) == 1 for part in again]),
        "same_text": _share([len({r["text"] for r in part}) == 1 for part in again]),
        "same_quotes": _share([len({str(r["quotes"]) for r in part}) == 1 for part in again]),
    }


SETS = {
    "emergencies": AnswerSet(emergencies, (EMERGENCIES,), True, judge_emergency, (EXTRACT,)),
    "polarity": AnswerSet(polarity, (POLARITY,), True, judge_polarity),
    "stability": AnswerSet(stability, (CITY_QUESTIONS,), True, judge_stability),
}
MEASURES = {
    "emergencies": emergency_measures,
    "polarity": polarity_measures,
    "stability": stability_measures,
}


def _kept(asked: Asked, reply: Reply) -> Row:
    return {
        "lang": asked.lang,
        "status": reply.status,
        "outcome": reply.outcome,
        "cited": sorted({" ".join(sorted(names)) for names in reply.cited}),
        "right_document": any(names & asked.documents for names in reply.cited),
        "timings_ms": {name: round(value, 1) for name, value in reply.timings_ms.items()},
    }


def _documents(row: Row) -> frozenset[str]:
    return frozenset(row["cited"])


def _share(marks: Sequence[bool]) -> float | None:
    return round(sum(marks) / len(marks), 4) if marks else None
