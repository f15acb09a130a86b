"""Questions with known answers, and loaders of public sets by path."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

AS_OF = date(2026, 11, 22)  # the day of a question that names none, so that a later run asks the same thing


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `key_facts` lists for each fact the spellings that count."""

    id: str
    question: str
    lang: str
    role: str
    split: str
    answerable: bool
    documents: tuple[str, ...]
    key_facts: tuple[tuple[str, ...], ...]
    style: str = ""
    bureau: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of DRCD with its questions and their answers."""

    id: str
    title: str
    text: str
    questions: list[tuple[str, str]] = field(default_factory=list)


def load_items(path: Path, split: str = "all", limit: int = 0) -> list[Item]:
    """Read a dataset; `split` is dev, test or all; `limit` 0 means every question.

    Raises:
        SettingsError: the file is missing, or a line lacks a field.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        items = [_item(json.loads(line)) for line in lines if line.strip()]
    except (OSError, json.JSONDecodeError, KeyError) as error:
        raise SettingsError(f"{path} cannot be used: {error!r}.", "See eval/datasets/README.md.") from error
    chosen = [item for item in items if split in ("all", item.split)]
    return chosen[:limit] if limit else chosen


def load_drcd(path: Path) -> list[Paragraph]:
    """Read a DRCD file (Shao et al. 2018, arXiv 1806.00920; SQuAD's layout)."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        Paragraph(
            id=paragraph["id"],
            title=article["title"],
            text=paragraph["context"],
            questions=[(qa["question"], qa["answers"][0]["text"]) for qa in paragraph["qas"]],
        )
        for article in data
        for paragraph in article["paragraphs"]
    ]


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=row["id"],
        question=row["question"],
        lang=row["lang"],
        role=row["role"],
        split=row["split"],
        answerable=row["answerable"],
        documents=tuple(row["documents"]),
        key_facts=tuple(tuple(spellings) for spellings in row["key_facts"]),
        style=row.get("style", ""),
        bureau=row.get("bureau", ""),
        as_of=date.fromisoformat(row["as_of"]) if "as_of" in row else None,
    )
