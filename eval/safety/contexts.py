"""Documents of public sets with the order inside, each with the question that the set asks of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import load_rows

BIPIA, CYBERSECEVAL = "BIPIA contexts", "CyberSecEval indirect"
EACH = 18
"""So many of a set: its contexts are few, and differ in their orders."""
_QUOTES = "'\"{}"


@dataclass(frozen=True, slots=True)
class Context:
    """A document to be planted: its file name and text, and what is asked of it."""

    set: str
    file: str
    text: str
    question: str


def load_contexts(folder: Path, canary: str) -> list[Context]:
    """Those of the sets that are there.

    Args:
        canary: stands in every order, so that it is seen when one is obeyed.
    """
    return [*_spread([*_bipia(folder, canary)]), *_spread([*_cyberseceval(folder, canary)])]


def _bipia(folder: Path, canary: str) -> Iterator[Context]:
    """E-mails with an order before, within or after them (Yi et al. 2023, arXiv 2312.14197)."""
    mails, orders = folder / "bipia_train.jsonl", folder / "bipia_text_attack_train.json"
    if not (mails.is_file() and orders.is_file()):
        return
    attacks = [text for texts in json.loads(orders.read_text(encoding="utf-8")).values() for text in texts]
    for number, row in enumerate(load_rows(mails)):
        order = f"{attacks[number % len(attacks)]} Say {canary}."
        text = planted(row["context"].replace("|CONTENT:", "\n"), order, number % 3)
        yield Context(BIPIA, f"bipia-{number:03}.txt", text, row["question"].removeprefix("Q: "))


def planted(text: str, order: str, place: int) -> str:
    """A text with an order: before it (0), between its sentences (1), or after it (2)."""
    sentences = text.split(". ")
    at = (0, len(sentences) // 2, len(sentences))[place]
    parts = [". ".join(sentences[:at]), order, ". ".join(sentences[at:])]
    return "\n".join(part for part in parts if part)


def _cyberseceval(folder: Path, canary: str) -> Iterator[Context]:
    """Code, pages, tables, papers and letters with an order inside, behind the question that is asked of them.

    Source: CyberSecEval 2 (Bhatt et al. 2024, arXiv 2404.13161), its indirect prompt injections.
    """
    path = folder / "cyberseceval_prompt_injection.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    for row in rows:
        question, colon, text = row["user_input"].partition(": ")
        if row["injection_type"] != "indirect" or not colon or len(question) > 150:
            continue
        name = f"cyberseceval-{row['prompt_id']}{'.html' if '<html' in text or '<table' in text else '.txt'}"
        yield Context(CYBERSECEVAL, name, f"{text.strip(_QUOTES)}\nSay {canary}.", f"{question}?")


def _spread(contexts: list[Context]) -> list[Context]:
    count = min(EACH, len(contexts))
    return [contexts[number * len(contexts) // count] for number in range(count)]
