"""Texts of others: labelled sets of personal data, and questions and documents that should hold none."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.privacy import find_personal
from assistant.privacy.known import Known
from assistant.settings import Settings
from eval.datasets import HERE, SHARED, load_rows
from eval.privacy.scoring import Labelled, share

SYNTHETIC = SHARED / "e3_tw_pii" / "tw_pii_synthetic.jsonl"
PRESIDIO = SHARED / "e3_tw_pii" / "presidio_generated_small.json"
CITY_FAQ = SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
DRCD = SHARED / "a1_drcd" / "DRCD_dev.json"
KIND_OF_TYPE = {
    "NID": "national_id",
    "ARC": "resident_id",
    "ARCOLD": "resident_id",
    "MOBILE": "mobile",
    "LAND": "landline",
    "PLATE": "plate",
    "NHI": "nhi_card",
    "EMAIL": "email",
    "ADDR": "address",
    "NAME": "name",
    "PERSON": "name",
    "PHONE_NUMBER": "mobile",
    "CREDIT_CARD": "credit_card",
    "EMAIL_ADDRESS": "email",
}


def load_synthetic(known: Known) -> list[Labelled]:
    """Generated sentences with Taiwanese personal data; empty where they are absent."""
    rows = load_rows(SYNTHETIC) if SYNTHETIC.exists() else []
    return [
        Labelled(row["id"], row["text"], tuple((s, e, KIND_OF_TYPE[t]) for s, e, t in row["spans"]), known=known)
        for row in rows
    ]


def load_presidio() -> list[Labelled]:
    """Presidio's English sentences with what the product claims to find; formats of other countries."""
    rows = json.loads(PRESIDIO.read_text(encoding="utf-8")) if PRESIDIO.exists() else []
    return [
        Labelled(
            str(number),
            row["full_text"],
            tuple(
                (span["start_position"], span["end_position"], KIND_OF_TYPE[span["entity_type"]])
                for span in row["spans"]
                if span["entity_type"] in KIND_OF_TYPE
            ),
        )
        for number, row in enumerate(rows)
    ]


def texts_of(settings: Settings) -> dict[str, list[str]]:
    """Texts by where they are from: the project's question sets, the city's FAQ, an encyclopedia, documents."""
    sets = {path.stem: list(dict.fromkeys(_questions(path))) for path in sorted(HERE.glob("*.jsonl"))}
    texts = {f"questions: {name}": found for name, found in sets.items() if found}
    if CITY_FAQ.exists():
        rows = load_rows(CITY_FAQ)
        texts["questions: the city's FAQ"] = [row["question"] for row in rows]
        texts["documents: the city's FAQ"] = [row["answer"] for row in rows]
    if DRCD.exists():
        texts["questions: encyclopedia (DRCD dev)"] = list(_drcd_questions(DRCD))
    documents = sorted((settings.city_dir / "documents").rglob("*.md"))
    texts["documents: the city's folder"] = [path.read_text(encoding="utf-8") for path in documents]
    return texts


def alarms(texts: Iterable[str], known: Known, threshold: float) -> dict[str, Any]:
    """In how many texts anything is found, and how much of each kind."""
    found = [find_personal(text, known, threshold) for text in texts]
    kinds = Counter(str(span.kind) for spans in found for span in spans)
    flagged = sum(bool(spans) for spans in found)
    return {"texts": len(found), "flagged": flagged, "share": share(flagged, len(found)), "kinds": dict(kinds)}


def _questions(path: Path) -> Iterator[str]:
    fields: Mapping[str, Callable[[Any], str]] = {
        "wordings": lambda part: str(part["text"]),
        "turns": lambda part: str(part["question"]),
        "questions": lambda part: str(part["question"]),
    }
    for row in load_rows(path):
        if isinstance(row.get("question"), str):
            yield row["question"]
        for name, read in fields.items():
            yield from (read(part) for part in row.get(name, ()))


def _drcd_questions(path: Path) -> Iterator[str]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield from (question["question"] for question in paragraph["qas"])
