"""Answers: key facts, abstention, quotes and figures of whole answers by the real model, with timings and memory."""

import argparse
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.progress import track

from assistant.conversation import Conversation, open_conversation
from assistant.schema import Answer, Question, Role, Status
from assistant.settings import Settings
from assistant.text import squeeze
from assistant.verification.figures import unsupported_figures
from assistant.wire import answer_json
from eval.datasets import AS_OF, Item, load_items
from eval.results import keep_results, mean, percentile

_GAVE_ANSWER = {Status.ANSWERED, Status.PARTIAL}
_MARKS = re.compile(r"\[\d+\]")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Ask every question of the dataset, judge each answer, and print the table."""
    items = load_items(options.dataset, options.split, options.limit)
    conversation = open_conversation(settings)
    try:
        conversation.wait_for_engine(settings.engine_start_timeout_s)
        conversation.ask(Question(text=items[0].question))  # warms the engine's prompt cache; not counted
        rows = [_judge(item, conversation) for item in track(items, description="Answers")]
        memory = _memory_mb()
    finally:
        conversation.close()
    figures = {**_summary(rows), "memory_mb": memory}
    path = keep_results(options.out, "answers", settings, figures, rows)
    for name, value in figures.items():
        print(f"{name:22} {value}")
    print(f"Kept in {path}.")


def _judge(item: Item, conversation: Conversation) -> dict[str, Any]:
    role: Role = "staff" if item.role == "staff" else "citizen"
    answer = conversation.ask(
        Question(text=item.question, id=item.id, role=role, bureau=item.bureau, as_of=item.as_of or AS_OF)
    )
    gave = answer.status in _GAVE_ANSWER
    return {
        "id": item.id,
        "lang": item.lang,
        "split": item.split,
        "style": item.style,
        "question": item.question,
        "answerable": item.answerable,
        "gave_answer": gave,
        "facts_found": sum(has_fact(answer.answer, fact) for fact in item.key_facts) if gave else 0,
        "facts": len(item.key_facts),
        "facts_in_evidence": sum(has_fact(_quotes(answer), fact) for fact in item.key_facts),
        "right_document": any(c.document_id in item.documents for c in answer.citations),
        "bad_quotes": sum(not _is_verbatim(conversation, answer, n) for n in range(len(answer.citations))),
        "bad_figures": len(_bad_figures(answer)) if gave else 0,
        "right_language": answer.lang == item.lang,
        "result": answer_json(answer),
    }


def has_fact(text: str, spellings: Sequence[str]) -> bool:
    """Whether one of a fact's spellings stands in a text, white space and width apart."""
    squeezed = squeeze(_MARKS.sub("", text)).replace(",", "")
    return any(squeeze(spelling).replace(",", "") in squeezed for spelling in spellings)


def _quotes(answer: Answer) -> str:
    return "\n".join(citation.quote for citation in answer.citations)


def _is_verbatim(conversation: Conversation, answer: Answer, number: int) -> bool:
    citation = answer.citations[number]
    _, text = conversation.document(citation.document_id, "staff")
    return text[citation.start : citation.end] == citation.quote


def _bad_figures(answer: Answer) -> list[str]:
    sources = [f"{c.title}\n{c.locator.section or ''}\n{c.quote}" for c in answer.citations]
    return unsupported_figures(_MARKS.sub(" ", answer.answer), sources)


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for name in ("all", row["lang"], row["split"]):
            groups[name].append(row)
    figures: dict[str, Any] = {name: _group(group) for name, group in groups.items()}
    modelled = [row["result"]["timings_ms"] for row in rows if row["gave_answer"]]
    for stage in ("first_evidence", "first_sentence", "total"):
        taken = [timings[stage] for timings in modelled if stage in timings]
        figures[f"{stage}_ms"] = {"p50": round(percentile(taken, 0.5)), "p95": round(percentile(taken, 0.95))}
    return figures


def _group(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    yes, no = [r for r in rows if r["answerable"]], [r for r in rows if not r["answerable"]]
    answered = [r for r in yes if r["gave_answer"]]
    return {
        "answerable": len(yes),
        "unanswerable": len(no),
        "fact_recall": round(sum(r["facts_found"] for r in yes) / max(1, sum(r["facts"] for r in yes)), 3),
        "all_facts_right": round(mean([float(r["facts_found"] == r["facts"]) for r in yes]), 3),
        "right_document_cited": round(mean([float(r["right_document"]) for r in answered]), 3),
        "abstained_right": round(mean([float(not r["gave_answer"]) for r in no]), 3),
        "refused_wrongly": round(mean([float(not r["gave_answer"]) for r in yes]), 3),
        "written_by_model": round(mean([float(r["result"]["model"]["name"] != "extract-only") for r in answered]), 3),
        "bad_quotes": sum(r["bad_quotes"] for r in rows),
        "bad_figures": sum(r["bad_figures"] for r in rows),
    }


def _memory_mb() -> dict[str, int]:
    """Resident memory of this process and of its children (the engine), from /proc; empty elsewhere."""
    if not Path("/proc/self/task").exists():
        return {}
    children = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return {"app": _resident_mb("self"), "engine": sum(_resident_mb(pid) for pid in children)}


def _resident_mb(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) // 1024 if match else 0
