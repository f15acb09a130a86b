"""Questions with known answers, and loaders of public sets by path."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.settings import PROJECT_ROOT

HERE = Path(__file__).parent
CITY_QUESTIONS = HERE / "kaohsiung-starter.jsonl"
SHARED = PROJECT_ROOT.parent / "shared" / "data"  # public sets that are not shipped
AS_OF = date(2026, 11, 22)  # the day of a question that names none, so that a later run asks the same thing
SHORTEST_ANSWER = 40  # characters; a shorter one, such as an address, says too little to be found by


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
    """A paragraph of a reading set with its questions and their answers."""

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
        items = [_item(row) for row in load_rows(path)]
    except KeyError as error:
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


def load_xquad(path: Path) -> list[Paragraph]:
    """Read an XQuAD file (Artetxe et al. 2020, arXiv 1910.11856); its paragraphs carry no ids, so they are numbered."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
    return [
        Paragraph(
            id=f"xquad-{number:04}",
            title="",
            text=paragraph["context"],
            questions=[(qa["question"], qa["answers"][0]["text"]) for qa in paragraph["qas"]],
        )
        for number, paragraph in enumerate(paragraphs)
    ]


def load_faq(path: Path) -> list[Paragraph]:
    """Published questions of a city with the texts of their answers as paragraphs; very short answers are left out."""
    kept = [row for row in load_rows(path) if len(row["answer"]) >= SHORTEST_ANSWER]
    return [Paragraph(row["id"], "", row["answer"], [(row["question"], row["answer"])]) for row in kept]


def load_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file.

    Raises:
        SettingsError: the file is missing or malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines if line.strip()]
    except (OSError, json.JSONDecodeError) as error:
        raise SettingsError(f"{path} cannot be used: {error!r}.", "See eval/datasets/README.md.") from error


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
