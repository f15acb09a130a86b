"""Calibrates the support check: what a sentence must share with its quotes, on sentences drafted from public sets.

A draft is right when it says what its quote says: the quote's sentence as it is, with its clauses in another order, or
the question with its answer put in for the question word. It is wrong when its answer is that of another paragraph, or
when it comes from another sentence of the paragraph, or of another one. `same` uses DRCD dev and XQuAD in English,
`across` the sentences of XQuAD in English over those in Chinese. Every second paragraph fits, the others give the
reported curve. Coverage keeps `KEPT` of the right drafts; the limits of a paraphrase let a wrong one in only
with `PRICE` right ones; novelty is not fitted, because drafts made from a quote have none, but measured.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.progress import track
from sklearn.metrics import roc_auc_score

import assistant.verification.support as support
from assistant.errors import SettingsError
from assistant.models import CityEmbeddings, embedder
from assistant.schema import Citation, Locator
from assistant.sentences import split_sentences
from assistant.settings import Settings
from assistant.store.keyword_search import bm25_idf
from assistant.text import keyword_tokens
from assistant.verification.claim import SupportScorer
from assistant.verification.support import Thresholds, cover, new_names, novelty
from eval.datasets import SHARED, Paragraph, load_drcd, load_xquad
from eval.results import keep_results

KEPT = 0.98
PRICE = 5  # right drafts that a wrong one must bring in to be let through
MOST_NEW_WORDS = 2.0  # human questions over their paragraph have no more in 97 of 100, and drafts are closer
TRANSLATED = 120  # paragraphs whose first sentences are compared across languages
DRAFTS = 4000  # of each set
EMBEDDED = 60  # drafts of each kind whose meaning is compared too
_QUESTION_WORD = re.compile(
    r"哪[一個種位座些裡年間]*|什麼|甚麼|誰|何[時人處地年種]?|多少|幾|\b(?:what|who|when|where|which|how many)\b", re.I
)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that a model might write over a quote, and whether the quote bears it out."""

    kind: str
    right: bool
    sentence: str
    question: str
    quote: str
    half: int


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Fit the limits, write them into the product, and keep the curves."""
    drcd, xquad = SHARED / "a1_drcd" / "DRCD_dev.json", SHARED / "a4_xquad_zh_en"
    if not (drcd.exists() and xquad.exists()):
        raise SettingsError(f"{SHARED} lacks a data set.", "Put them there; see eval/datasets/README.md.")
    sets = {"drcd": load_drcd(drcd), "xquad-en": load_xquad(xquad / "xquad.en.json")}
    cosine = cosine_of(embedder(settings))
    rows: list[dict[str, Any]] = []
    for name, paragraphs in sets.items():
        scorer = scorer_of(paragraphs, cosine)
        drafts = list(_spread(list(drafts_of(paragraphs)), options.limit or DRAFTS))
        rows += [{"set": name, **measure(draft, scorer)} for draft in track(drafts, description=name)]
        rows += [{"set": name, **row} for row in _meanings(drafts, scorer)]
    rows += list(_across(load_xquad(xquad / "xquad.zh.json"), sets["xquad-en"], cosine))
    limits = fit([row for row in rows if row["half"] == 0])
    figures = {"limits": asdict(limits), **curves([row for row in rows if row["half"] == 1], limits)}
    write(limits)
    for name, value in figures.items():
        print(name, value)
    print(f"Kept in {keep_results(options.out, 'support', settings, figures, [])}.")


def drafts_of(paragraphs: Sequence[Paragraph]) -> Iterator[Draft]:
    """Right and wrong drafts for each question whose answer stands in one sentence of its paragraph."""
    answers = [answer for paragraph in paragraphs for _, answer in paragraph.questions]
    for place, paragraph in enumerate(paragraphs):
        sentences = [paragraph.text[start:end] for start, end in split_sentences(paragraph.text)]
        foreign = paragraphs[(place + 7) % len(paragraphs)]
        for number, (question, answer) in enumerate(paragraph.questions):
            holding = [sentence for sentence in sentences if answer in sentence]
            if len(holding) != 1:
                continue
            quote, half = holding[0], place % 2
            other = next(a for a in answers[(place * 5 + number) % len(answers) :] + answers if a not in paragraph.text)
            draft = partial(Draft, question=question, quote=quote, half=half)
            yield draft("verbatim", True, quote)
            yield draft("reordered", True, _reordered(quote))
            yield draft("stated", True, _stated(question, answer))
            yield draft("swapped", False, quote.replace(answer, other))
            yield draft("stated wrong", False, _stated(question, other))
            yield from (draft("neighbour", False, s) for s in sentences if s != quote and answer not in s)
            yield draft("foreign", False, foreign.text[slice(*split_sentences(foreign.text)[0])])


def _reordered(sentence: str) -> str:
    parts = re.split(r"[,，、;；]", sentence.rstrip("。."))
    return "，".join(reversed([part.strip() for part in parts]))


def _stated(question: str, answer: str) -> str:
    """A question as a statement: its question word replaced by the answer."""
    stated = _QUESTION_WORD.sub(lambda _: answer, question.rstrip("？?"), count=1)
    return stated if answer in stated else f"{stated} {answer}"


def measure(draft: Draft, scorer: SupportScorer) -> dict[str, Any]:
    """Coverage, novelty and new names of a draft over its quote."""
    citations = [_citation(draft.quote)]
    known = [draft.quote, draft.question]
    return {
        "kind": draft.kind,
        "right": draft.right,
        "half": draft.half,
        "coverage": cover(draft.sentence, draft.question, citations, scorer)[1],
        "novelty": novelty(draft.sentence, known, scorer),
        "names": len(new_names(draft.sentence, known)),
    }


def _meanings(drafts: Sequence[Draft], scorer: SupportScorer) -> Iterator[dict[str, Any]]:
    """The cosine of some drafts of each kind with their quote."""
    by_kind: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_kind[draft.kind].append(draft)
    for draft in (draft for kind in by_kind.values() for draft in _spread(kind, EMBEDDED)):
        yield {**measure(draft, scorer), "cosine": scorer.cosine(draft.sentence, draft.quote)}


def _across(
    chinese: Sequence[Paragraph], english: Sequence[Paragraph], cosine: Callable[[str, str], float]
) -> Iterator[dict[str, Any]]:
    """English sentences with the Chinese one in the same place, and with its neighbour, of paragraphs cut alike."""
    for place, (zh, en) in enumerate(_spread(list(zip(chinese, english, strict=True)), TRANSLATED)):
        ours, theirs = ([p.text[start:end] for start, end in split_sentences(p.text)] for p in (zh, en))
        if len(ours) != len(theirs) or len(ours) < 2:
            continue
        for right, quote in ((True, ours[0]), (False, ours[1])):
            row = {"set": "across", "kind": "translated" if right else "neighbour", "right": right, "half": place % 2}
            yield {**row, "cosine": cosine(theirs[0], quote)}


def fit(rows: Sequence[dict[str, Any]]) -> Thresholds:
    """The limits: coverage that keeps `KEPT` of the right drafts, and closer meaning for less coverage."""
    same, across = ([row for row in rows if (row["set"] == "across") is there] for there in (False, True))
    limits = Thresholds(
        least_coverage=_quantile([row["coverage"] for row in same if row["right"]], 1 - KEPT),
        least_coverage_of_paraphrase=1.0,
        least_cosine_of_paraphrase=1.0,
        least_cosine_across=_best_cut([(row["cosine"], row["right"]) for row in across]),
        most_novelty=MOST_NEW_WORDS,
    )
    meant = [row for row in same if "cosine" in row and row["coverage"] < limits.least_coverage]
    tried = [
        replace(limits, least_coverage_of_paraphrase=coverage / 20, least_cosine_of_paraphrase=cosine / 100)
        for coverage in range(2, 10)
        for cosine in range(84, 99)
    ]
    return max(tried, key=lambda each: (_gain(meant, each), each.least_cosine_of_paraphrase))


def _gain(rows: Sequence[dict[str, Any]], limits: Thresholds) -> int:
    """Right drafts that pass, less `PRICE` times the wrong ones."""
    return sum((1 if row["right"] else -PRICE) for row in rows if _passes(row, limits))


def curves(rows: Sequence[dict[str, Any]], limits: Thresholds) -> dict[str, Any]:
    """By set and kind: the share that the limits pass; and the area under the curve of each feature."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[f"{row['set']}: {row['kind']}"].append(row)
    passed = {name: round(float(np.mean([_passes(row, limits) for row in group])), 3) for name, group in groups.items()}
    same = [row for row in rows if row["set"] != "across"]
    truth = [row["right"] for row in same]
    meant = [row for row in rows if "cosine" in row]
    return {
        "passed": passed,
        "n": {name: len(group) for name, group in groups.items()},
        "auc_coverage": round(float(roc_auc_score(truth, [row["coverage"] for row in same])), 3),
        "auc_novelty": round(float(roc_auc_score(truth, [-row["novelty"] for row in same])), 3),
        "auc_cosine": _auc_of_cosine([row for row in meant if row["set"] != "across"]),
        "auc_cosine_across": _auc_of_cosine([row for row in meant if row["set"] == "across"]),
        "curve": [
            {"least_coverage": cut / 20, **{str(r): _share_above(same, cut / 20, r) for r in (True, False)}}
            for cut in range(4, 20, 2)
        ],
    }


def _passes(row: dict[str, Any], limits: Thresholds) -> bool:
    if row["set"] == "across":
        return bool(row["cosine"] >= limits.least_cosine_across)
    if row["names"] or row["novelty"] > limits.most_novelty:
        return False
    meant = row.get("cosine", 0.0) >= limits.least_cosine_of_paraphrase
    return bool(row["coverage"] >= (limits.least_coverage_of_paraphrase if meant else limits.least_coverage))


def _share_above(rows: Sequence[dict[str, Any]], cut: float, right: bool) -> float:
    return round(float(np.mean([row["coverage"] >= cut for row in rows if row["right"] is right])), 3)


def _auc_of_cosine(rows: Sequence[dict[str, Any]]) -> float:
    return round(float(roc_auc_score([row["right"] for row in rows], [row["cosine"] for row in rows])), 3)


def _quantile(values: Sequence[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 3)


def _best_cut(pairs: Sequence[tuple[float, bool]]) -> float:
    """The cut with the most pairs on the right side; among equals the higher one."""
    cuts = sorted({value for value, _ in pairs})
    best = max(cuts, key=lambda cut: (sum((value >= cut) == right for value, right in pairs), cut))
    return round(best, 3)


def scorer_of(paragraphs: Sequence[Paragraph], cosine: Callable[[str, str], float]) -> SupportScorer:
    """Terms and their rarity among the paragraphs of a set."""
    having = Counter(token for paragraph in paragraphs for token in set(keyword_tokens(paragraph.text)))
    return SupportScorer(
        lambda text: list(dict.fromkeys(keyword_tokens(text))),
        lambda token: bm25_idf(having[token], len(paragraphs)),
        cosine,
    )


def cosine_of(weights: CityEmbeddings) -> Callable[[str, str], float]:
    """The cosine of two texts by an embedder."""

    def cosine(first: str, second: str) -> float:
        a, b = weights.embed_few([first, second])
        return float(np.dot(a, b))

    return cosine


def write(limits: Thresholds, path: Path | None = None) -> None:
    """Write the limits as the product reads them."""
    path = path or Path(support.__file__).with_name("support.toml")
    lines = ["# Written by `python -m eval support`: the limits of the support check.", ""]
    path.write_text("\n".join([*lines, *(f"{n} = {v}" for n, v in asdict(limits).items())]) + "\n", encoding="utf-8")


def _citation(quote: str) -> Citation:
    return Citation(1, "quote", "quote", "", "", Locator(), quote, 0, len(quote))


def _spread(values: Sequence[T], count: int) -> Sequence[T]:
    return values[:: max(1, len(values) // count)][:count]
