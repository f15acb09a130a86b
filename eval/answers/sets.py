"""The sets of the stage: whose questions are asked of which documents, and what is wanted of the answers."""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from assistant.schema import Turn
from eval.answers.asked import CITY, Asked, Corpus, Facts, Outcome, Part, asked_of, language
from eval.answers.judge import Row, judge
from eval.answers.systems import Reply, Texts
from eval.calibrate import QUESTIONS as CALIBRATED
from eval.datasets import CITY_QUESTIONS, HERE, SHARED, Paragraph, load_drcd, load_items, load_rows

DRCD = SHARED / "a1_drcd" / "DRCD_dev.json"
FAQ = SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
MTRAG = SHARED / "a9_mtrag" / "mtragun_govt_dev.jsonl"
FAQ_QUESTIONS = HERE / "kaohsiung-faq.jsonl"
UNANSWERABLE = HERE / "unanswerable.jsonl"
ROBUSTNESS, ROBUSTNESS_DOCUMENTS = HERE / "robustness.jsonl", HERE / "robustness-documents.jsonl"
DRCD_QUESTIONS, REMOVED_EVERY = 300, 3
MTRAG_QUESTIONS = 60
_SEED = 20261123
_SIDECAR = ("id", "title", "bureau", "effective_from")
_HALVES = ("dev", "test")
_WANTED: dict[str, Outcome] = {
    "ANSWERABLE": "answer",
    "PARTIAL": "answer",
    "UNANSWERABLE": "abstain",
    "UNDERSPECIFIED": "ask",
}


class AnswerSet(NamedTuple):
    """How a set is read, asked and judged.

    Attributes:
        needs: the files that it cannot be read without.
        ours: whether its words may be shown in results.
        systems: those that it is asked of; none: all.
    """

    load: Callable[[], list[Part]]
    needs: tuple[Path, ...]
    ours: bool = False
    judge: Callable[[Asked, Reply, Texts], Row] = judge
    systems: tuple[str, ...] = ()


def on_the_city(file: Path) -> list[Part]:
    """Questions on the city's own index, answerable and not, in the layout of its own set."""
    return [Part(CITY, [asked_of(item) for item in load_items(file)])]


def faq() -> list[Part]:
    """The reworded questions in Chinese and English on the city's published ones."""
    questions = [
        Asked(
            id=row["id"],
            split=row["split"],
            lang=language(row["lang"]),
            question=row["question"],
            facts=_facts(row.get("key_facts", ())),
            documents=frozenset(row["relevant"]),
            group=row["style"],
        )
        for row in load_rows(FAQ_QUESTIONS)
        if row["lang"] in ("zh-TW", "en")
    ]
    return [Part(Corpus("faq", lambda indexes: indexes.of_files("faq", [FAQ])), questions)]


def drcd() -> list[Part]:
    """Questions of DRCD dev over its 1,000 paragraphs; a right answer contains the gold answer."""
    paragraphs = load_drcd(DRCD)
    return [Part(_paragraphs("drcd", paragraphs), drcd_questions(paragraphs))]


def drcd_removed() -> list[Part]:
    """A third of the same questions, asked where exactly their own paragraphs are missing."""
    paragraphs = load_drcd(DRCD)
    questions = [replace(asked, want="abstain") for asked in drcd_questions(paragraphs)[::REMOVED_EVERY]]
    gold = frozenset().union(*(asked.documents for asked in questions))
    return [Part(_paragraphs("drcd-removed", [one for one in paragraphs if one.id not in gold]), questions)]


def drcd_questions(paragraphs: Sequence[Paragraph]) -> list[Asked]:
    """The same random questions each time, none of which the answerability gate was fitted or measured on."""
    every = [
        (paragraph, number, question, answer)
        for paragraph in paragraphs
        for number, (question, answer) in enumerate(paragraph.questions, start=1)
    ]
    step = max(1, len(every) // CALIBRATED)
    unseen = [one for place, one in enumerate(every) if place % step] or every
    drawn = random.Random(_SEED).sample(unseen, min(DRCD_QUESTIONS, len(unseen)))
    return [
        Asked(
            id=f"{paragraph.id}-{number}",
            split=_HALVES[place % 2],
            lang="zh-TW",
            question=question,
            facts=((answer,),),
            documents=frozenset({paragraph.id}),
        )
        for place, (paragraph, number, question, answer) in enumerate(drawn)
    ]


def robustness() -> list[Part]:
    """Noise, rejection, integration and counterfactual documents: an index for each ability and language."""
    documents, questions = _by_ability(ROBUSTNESS_DOCUMENTS), _by_ability(ROBUSTNESS)
    return [
        Part(
            _texts(f"robustness-{ability}-{lang}", _files(documents[ability, lang])),
            [_robustness_question(row) for row in rows],
        )
        for (ability, lang), rows in questions.items()
    ]


def mtrag() -> list[Part]:
    """Last turns of conversations on government pages, labelled: answer, abstain, or ask back (IBM MTRAG-UN)."""
    rows = load_rows(MTRAG)
    texts = {
        f"{context['document_id']}.txt": context["text"]
        for row in rows
        for context in row["contexts"]
        if context["text"].strip()
    }
    drawn = random.Random(_SEED).sample(rows, min(MTRAG_QUESTIONS, len(rows)))
    return [Part(_texts("mtrag", texts), [_mtrag_question(row, n) for n, row in enumerate(drawn)])]


SETS = {
    "city": AnswerSet(partial(on_the_city, CITY_QUESTIONS), (CITY_QUESTIONS,), ours=True),
    "unanswerable": AnswerSet(partial(on_the_city, UNANSWERABLE), (UNANSWERABLE,), ours=True),
    "faq": AnswerSet(faq, (FAQ, FAQ_QUESTIONS)),
    "drcd": AnswerSet(drcd, (DRCD,)),
    "drcd-removed": AnswerSet(drcd_removed, (DRCD,)),
    "robustness": AnswerSet(robustness, (ROBUSTNESS, ROBUSTNESS_DOCUMENTS), ours=True),
    "mtrag": AnswerSet(mtrag, (MTRAG,)),
}


def chosen(parts: Iterable[Part], split: str, limit: int) -> list[Part]:
    """The questions of a split; with a limit, so many of them at random, the same each time.

    Questions whose ids are the same up to a slash are wordings of one question, and stay together.
    """
    every = [(part.corpus, asked) for part in parts for asked in part.questions if split in ("all", asked.split)]
    names = list(dict.fromkeys(_question(asked) for _, asked in every))
    wanted = set(random.Random(_SEED).sample(names, limit) if limit and len(names) > limit else names)
    taken: dict[str, Part] = {}
    for corpus, asked in every:
        if _question(asked) in wanted:
            part = taken.setdefault(corpus.name, Part(corpus, []))
            taken[corpus.name] = Part(corpus, [*part.questions, asked])
    return list(taken.values())


def _question(asked: Asked) -> str:
    return asked.id.partition("/")[0]


def _paragraphs(name: str, paragraphs: Sequence[Paragraph]) -> Corpus:
    return _texts(name, {f"{paragraph.id}.txt": paragraph.text for paragraph in paragraphs})


def _texts(name: str, texts: dict[str, str]) -> Corpus:
    return Corpus(name, lambda indexes: indexes.of_texts(name, texts))


def _by_ability(file: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in load_rows(file):
        rows[row["ability"], row["lang"]].append(row)
    return rows


def _files(documents: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Each document as a file with its sidecar."""
    files = {}
    for row in documents:
        files[f"{row['id']}.md"] = f"# {row['title']}\n\n{row['text']}\n"
        said = {"language": row["lang"], **{name: row[name] for name in _SIDECAR if row.get(name)}}
        files[f"{row['id']}.md.toml"] = "".join(f"{name} = {json.dumps(said[name])}\n" for name in said)
    return files


def _robustness_question(row: dict[str, Any]) -> Asked:
    return Asked(
        id=row["id"],
        split=row["split"],
        lang=language(row["lang"]),
        question=row["question"],
        want="answer" if row["answerable"] else "abstain",
        facts=_facts(row["key_facts"]),
        wrong_facts=_facts(row.get("wrong_facts", ())),
        documents=frozenset(row["documents"]),
        group=row["ability"],
    )


def _mtrag_question(row: dict[str, Any], place: int) -> Asked:
    *before, last = [turn["text"].strip() for turn in row["input"]]
    label = row["answerability"][0]
    return Asked(
        id=row["task_id"],
        split=_HALVES[place % 2],
        lang="en",
        question=last,
        want=_WANTED[label],
        documents=frozenset(context["document_id"] for context in row["contexts"]),
        history=tuple(Turn(asked, said) for asked, said in zip(before[::2], before[1::2], strict=False)),
        group=label.lower(),
    )


def _facts(rows: Iterable[Iterable[str]]) -> Facts:
    return tuple(tuple(spellings) for spellings in rows)
