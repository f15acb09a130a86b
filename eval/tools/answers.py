"""Questions on live services asked of the whole assistant, at the moment of each, and what its answers are held to."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.schema import Answer, Question, Status
from assistant.tools.texts import say
from assistant.verification.figures import claimed_figures, unsupported_figures
from eval.answers.asked import language
from eval.readings import held_by
from eval.results import mean, percentile
from eval.tools.calls import Row

MISSING, LIVE, BOTH, DOCUMENTS, NEITHER = KINDS = ("missing", "live", "both", "documents", "neither")
_MARKS = re.compile(r"\[\d+\]|^\d\. ", re.MULTILINE)  # of sources, and of a list
_GOOD = (Status.ANSWERED, Status.PARTIAL)
_LIVE_ROUTES = ("live", "both")
Figures = dict[str, Any]


class Asks(Protocol):
    """What the questions are asked of."""

    def ask(self, question: Question) -> Answer:
        """The whole answer."""


def kind_of(row: Row) -> str:
    """What a question of `tools.jsonl` needs: a word more, a service, documents, both, or neither."""
    if row["missing"]:
        return MISSING
    if row["tools"]:
        return BOTH if row["documents"] else LIVE
    return DOCUMENTS if row["documents"] else NEITHER


def measure_answers(
    assistant: Asks, rows: Sequence[Row], set_clock: Callable[[datetime], None], known: Sequence[str] = ()
) -> Iterator[Row]:
    """Ask each question at its moment; a row as soon as it is known.

    Args:
        set_clock: sets what the assistant and the demonstration city take for now.
        known: texts of the city and the program whose figures need no source.
    """
    for row in rows:
        moment = datetime.fromisoformat(row["as_of"])
        set_clock(moment)
        asked = Question(row["question"], row["id"], language(row["lang"]), row["role"], as_of=moment)
        yield {"set": "answers", "system": "product", **judged(row, assistant.ask(asked), known)}


def judged(row: Row, answer: Answer, known: Sequence[str] = ()) -> Row:
    """A question's row: what was wanted, what came, and which of both agree."""
    kind = kind_of(row)
    called = sorted({reading.tool for reading in answer.readings})
    said = _MARKS.sub(" ", answer.answer).partition(say("consent", "begins", answer.lang))[0]  # not what would be sent
    said = said if answer.status in _GOOD else ""
    held = [row["question"], *answer.choices, *known, *map(held_by, answer.readings)]
    held += [f"{one.title}\n{one.locator.section or ''}\n{one.quote}" for one in answer.citations]
    return {
        "id": row["id"],
        "split": row["split"],
        "lang": row["lang"],
        "kind": kind,
        "tools": row["tools"],
        "called": called,
        "status": str(answer.status),
        "route": answer.route,
        "route_right": _route_right(kind, answer),
        "tools_right": set(called) == (set() if kind == MISSING else set(row["tools"])),
        "answered": answer.status in _GOOD,
        "cited": bool(answer.citations),
        "figures": len(set(claimed_figures(said))),
        "invented_figures": unsupported_figures(said, held),
        "stale": sum(reading.stale for reading in answer.readings),
        "ms": round(answer.timings_ms.get("total", 0.0)),
        "answer": answer.answer,
    }


def answer_figures(rows: Sequence[Row]) -> Figures:
    """Shares over the questions of each kind, figures that stand nowhere, and the time to the whole answer."""
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in KINDS}
    return {
        "n": len(rows),
        "statuses": dict(Counter(row["status"] for row in rows)),
        **{kind: _kind_figures(part) for kind, part in by_kind.items() if part},
        "figures": sum(row["figures"] for row in rows),
        "invented_figures": sum(len(row["invented_figures"]) for row in rows),
        "errors": sum(row["status"] == Status.ERROR for row in rows),
        "ms_p50": percentile([row["ms"] for row in rows], 0.5),
        "ms_p95": percentile([row["ms"] for row in rows], 0.95),
    }


def _kind_figures(rows: Sequence[Row]) -> Figures:
    return {
        "n": len(rows),
        "route_right": round(mean([row["route_right"] for row in rows]), 3),
        "tools_right": round(mean([row["tools_right"] for row in rows]), 3),
        "answered": round(mean([row["answered"] for row in rows]), 3),
        "cited": round(mean([row["cited"] for row in rows]), 3),
        "ms_p50": percentile([row["ms"] for row in rows], 0.5),
        "ms_p95": percentile([row["ms"] for row in rows], 0.95),
    }


def _route_right(kind: str, answer: Answer) -> bool:
    if kind == MISSING:
        return answer.status == Status.CLARIFY and not answer.readings
    if kind in (LIVE, BOTH):
        return answer.route == kind
    return answer.route not in _LIVE_ROUTES and (kind == NEITHER or answer.route == "documents")
