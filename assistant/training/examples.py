"""Examples for the judge: passages with questions, and what each passage does not answer."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from opencc import OpenCC

from assistant.errors import DocumentError
from assistant.sentences import split_sentences
from assistant.text import detect_language, keyword_tokens
from assistant.verification.language import has_simplified

Label = Literal["none", "answer", "yes", "no"]
LONGEST = {"zh-TW": 420, "en": 1100}  # characters of a passage, about 300 tokens
SHORTEN = 0.25  # share of passages of which a part is read
NEIGHBOURS = 6  # the passages most like a passage, from which a wrong one is drawn
_LABELS: dict[str, Label] = {"fact": "answer", "near": "none", "yesno-near": "none"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a passage; `answer` is a verbatim part of its text, empty where it does not answer."""

    question: str
    answer: str
    label: Label
    id: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """A passage with its questions."""

    id: str
    title: str
    text: str
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What the judge reads and should say; `start` and `end` are where the answer stands in the text, else -1."""

    question: str
    title: str
    text: str
    start: int
    end: int
    label: Label


def load_material(path: Path) -> list[Material]:
    """Passages of a file with one JSON object a line; see docs/adding.md.

    Raises:
        DocumentError: a line is malformed, or an answer is no part of its passage.
    """
    return [_material(path, number, line) for number, line in enumerate(_lines(path), start=1) if line.strip()]


def load_squad(paths: Sequence[Path]) -> list[Material]:
    """Passages of files in the layout of SQuAD 1.1 (Rajpurkar et al. 2016), as DRCD and XQuAD have it.

    Chinese is taken in Traditional characters. Where two files hold the same questions in two languages, each passage
    is asked in both.
    """
    materials = [material for path in paths for material in _squad_file(path)]
    wordings: dict[str, list[str]] = defaultdict(list)
    for material in materials:
        for asked in material.questions:
            wordings[asked.id].append(asked.question)
    return [
        replace(
            material,
            questions=tuple(
                replace(asked, question=question) for asked in material.questions for question in wordings[asked.id]
            ),
        )
        for material in materials
    ]


def _squad_file(path: Path) -> Iterator[Material]:
    traditional = OpenCC("s2tw").convert
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            text: str = paragraph["context"]
            convert = traditional if has_simplified(text) else str
            asked = tuple(
                Asked(convert(one["question"]), convert(one["answers"][0]["text"]), "answer", str(one["id"]))
                for one in paragraph["qas"]
            )
            name = str(paragraph.get("id") or f"{path.stem}-{article.get('title', '')}-{number}")
            yield Material(name, "", convert(text), asked)


def examples_of(materials: Sequence[Material], seed: int) -> list[Example]:
    """Each question with its passage, and of those with an answer some without it.

    A passage that does not answer is made of one that does by leaving out the sentences with the answer, or it is one
    of the passages most like it. Some passages are shortened, so that length tells nothing.
    """
    rng = random.Random(seed)  # noqa: S311  # a sample
    near = _neighbours(materials)
    found = []
    for place, material in enumerate(materials):
        for asked in material.questions:
            found.append(_example(material, asked, rng))
            if asked.label == "answer" and rng.random() < (0.4 if material.title else 0.8):
                others = [materials[other] for other in near[place]]
                found.append(_unanswered(material, asked, others, rng))
    return [example for example in found if example is not None]


def _lines(path: Path) -> Iterable[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError("unreadable", f"{path} cannot be read: {error}.") from error


def _material(path: Path, number: int, line: str) -> Material:
    try:
        row: dict[str, Any] = json.loads(line)
        asked = tuple(_asked(one) for one in row["questions"])
        material = Material(str(row["id"]), str(row["title"]), str(row["text"]), asked)
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError("malformed", f"{path}, line {number}: {error!r}.", "See docs/adding.md.") from error
    for one in asked:
        if (one.label != "none") != bool(one.answer) or one.answer not in material.text:
            raise DocumentError(
                "malformed",
                f"{path}, line {number}: the answer “{one.answer}” to “{one.question}” is no part of the text.",
                "An answer is copied from its passage word for word; only near misses have none.",
            )
    return material


def _asked(row: dict[str, Any]) -> Asked:
    label: Label = row["verdict"] if row["kind"] == "yesno" else _LABELS[row["kind"]]
    if label not in ("none", "answer", "yes", "no"):
        raise ValueError(f"the verdict {label!r} is neither yes nor no")
    return Asked(str(row["question"]), str(row.get("answer") or ""), label)


def _example(material: Material, asked: Asked, rng: random.Random) -> Example | None:
    start = material.text.find(asked.answer) if asked.answer else -1
    if asked.label != "none" and start < 0:
        return None
    limit = _limit(material.text)
    if rng.random() < SHORTEN:
        limit = rng.randint(limit // 3, limit)
    text, start, end = cropped(material.text, start, start + len(asked.answer), limit, rng)
    return Example(asked.question, material.title, text, start, end, asked.label)


def _unanswered(material: Material, asked: Asked, others: Sequence[Material], rng: random.Random) -> Example | None:
    """The question on its passage without the answer, or on another passage."""
    if material.text.count(asked.answer) == 1 and rng.random() < 0.5:
        title, text = material.title, _without(material.text, asked.answer)
    else:
        strange = [other for other in others if asked.answer not in other.text]
        if not strange:
            return None
        other = rng.choice(strange)
        title, text = other.title, other.text
    text, *_ = cropped(text, -1, -1, _limit(text), rng)
    return Example(asked.question, title, text, -1, -1, "none") if text else None


def cropped(text: str, start: int, end: int, limit: int, rng: random.Random) -> tuple[str, int, int]:
    """Whole sentences of a text within a limit, at random around a part of it, and where this stands in them."""
    spans = split_sentences(text)
    if len(text) <= limit or not spans:
        return text, start, end
    holding = [place for place, (a, b) in enumerate(spans) if a < end and b > start] or [rng.randrange(len(spans))]
    first, last = holding[0], holding[-1]
    while steps := list(_steps(spans, first, last, limit)):
        first, last = rng.choice(steps)
    begin = spans[first][0]
    moved = (start - begin, end - begin) if start >= 0 else (-1, -1)
    return text[begin : spans[last][1]], *moved


def _steps(spans: Sequence[tuple[int, int]], first: int, last: int, limit: int) -> Iterator[tuple[int, int]]:
    if first > 0 and spans[last][1] - spans[first - 1][0] <= limit:
        yield first - 1, last
    if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= limit:
        yield first, last + 1


def _without(text: str, answer: str) -> str:
    return "\n".join(text[start:end] for start, end in split_sentences(text) if answer not in text[start:end])


def _limit(text: str) -> int:
    return LONGEST[detect_language(text)]


def _neighbours(materials: Sequence[Material]) -> list[list[int]]:
    """For each passage those of its language that share most of its words."""
    words = [set(keyword_tokens(f"{material.title}\n{material.text}")) for material in materials]
    langs = [detect_language(material.text) for material in materials]
    near = []
    for place, own in enumerate(words):
        alike = {
            other: len(own & words[other]) / len(own | words[other])
            for other in range(len(materials))
            if other != place and langs[other] == langs[place]
        }
        near.append(sorted(alike, key=lambda other: -alike[other])[:NEIGHBOURS])
    return near
