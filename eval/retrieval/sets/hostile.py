"""Questions made to harm the search: none may raise, hang, or take many times as long as an ordinary one."""

import json
import subprocess
import sys
from collections.abc import Sequence

from assistant.settings import PROJECT_ROOT
from eval.retrieval.bench import Bench
from eval.retrieval.figures import Measured, Row, Target

HOSTILE = {
    "empty": "",
    "white space": " \n\t\u3000",
    "only punctuation": "？！，。、；：「」…——!?.,;:-_()[]{}\"'`~@#$%^&*+=|\\/<>",
    "search syntax": 'title:"*" AND (body:[* TO *]) OR NOT ^2 ~ "',
    "100,000 characters of text": "高雄市公車路線與票價怎麼查詢？" * 6667,
    "100,000 English words": "how to apply for a bus card " * 14286,
    "100,000 different characters": "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(100_000)),
    "one character 100,000 times": "車" * 100_000,
    "one long word": "a" * 100_000,
    "control characters": "".join(map(chr, range(32))) + "公車" + "\x7f\u202e\u200b\ufeff",
    "lone surrogate": "公車\ud83d票價",
    "emoji": "🚌🎫💰❓👨‍👩‍👧‍👦🇹🇼" * 20,
    "combining marks": "Z" + "\u0301" * 5_000,
}
_FAILED, _RATIO = "failed", "slowest, in ordinary questions"
_MOST_RATIO = 10.0  # a bound of our own
_LIMIT_S = 60  # for all of them together
_TARGETS = (Target("all", _FAILED, 0, most=True), Target("all", _RATIO, _MOST_RATIO, most=True))


def measure(bench: Bench) -> Measured:
    """Ask each on the city's index, in a process that may die or hang; whatever it did not answer has failed."""
    waiting, rows = list(HOSTILE), []
    ordinary = 0.0
    while waiting:
        taken = _ask(waiting)
        if not taken:
            return Measured({"product": {"all": {"n": 0, _FAILED: len(HOSTILE)}}}, [], _TARGETS, "It did not start.")
        ordinary = taken[0]
        rows += [_row(name, ms / ordinary) for name, ms in zip(waiting, taken[1:], strict=False)]
        waiting = waiting[len(taken) - 1 :]
        if waiting:
            rows.append(_row(waiting.pop(0), None))
    failed = [row["id"] for row in rows if row[_FAILED]]
    slowest = max((row for row in rows if not row[_FAILED]), key=lambda row: row["ratio"])
    figures = {"n": len(rows), _FAILED: len(failed), _RATIO: slowest["ratio"], "ordinary ms": round(ordinary, 1)}
    note = f"Slowest: {slowest['id']}."
    if failed:
        note += f" Raised, or took over {_LIMIT_S} s: {', '.join(failed)}."
    return Measured({"product": {"all": figures}}, rows, _TARGETS, note)


def _row(name: str, ratio: float | None) -> Row:
    known = {} if ratio is None else {"ratio": round(ratio, 1)}
    return {"id": name, "ranker": "product", "rank": 0, _FAILED: ratio is None, **known}


def _ask(names: Sequence[str]) -> list[float]:
    """Milliseconds of an ordinary question, and of each that was answered before the process ended."""
    command = [sys.executable, "-m", "eval.retrieval.sets.hostile_task", *names]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE) as child:
        try:
            printed, _ = child.communicate(timeout=_LIMIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            printed, _ = child.communicate()
    return [float(json.loads(line)) for line in printed.splitlines()]
