"""Calibrates the answerability gate: a logistic regression over retrieval features, kept as data in the product.

Pairs: a question on an index that holds its paragraph, and the same question after that paragraph's chunks are taken
out of the results (hard negatives: the same article and topic stay). `same` uses DRCD dev, published questions of a
city over the texts of its answers, and XQuAD in English (Artetxe et al. 2020); `across` uses English questions of
XQuAD over its Chinese paragraphs. To these come the dev questions of the city's own set, and questions of DRCD and
XQuAD asked of the city's index as negatives that are far from every topic. Each set weighs the same. Every second
pair fits, the others give the reported curve. The threshold keeps `KEPT` of the city's answerable dev questions
(`across`, where there are few: half way to what keeps as many of all pairs that fitted).
"""

import argparse
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import assistant.retrieval.confidence as confidence
from assistant.errors import SettingsError
from assistant.models import embedder
from assistant.retrieval import Found, select_evidence
from assistant.retrieval.confidence import Features, measure_features, mode_of
from assistant.schema import Passage
from assistant.settings import Settings
from assistant.store import Access
from assistant.text import detect_language
from eval.datasets import AS_OF, SHARED, Paragraph, load_drcd, load_faq, load_items, load_xquad
from eval.results import keep_results
from eval.retrieval.bench import PUBLIC, Bench, file_stem
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.rankers import Searched

KEPT = 0.95
QUESTIONS = 200  # of each set
FAR_QUESTIONS = 150
FEWEST_CITY_QUESTIONS = 20
_ROUND = 4


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Fit both calibrations, write them into the product, and keep the curves."""
    drcd, faq = SHARED / "a1_drcd" / "DRCD_dev.json", SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"
    xquad = SHARED / "a4_xquad_zh_en"
    if not (drcd.exists() and faq.exists() and xquad.exists()):
        raise SettingsError(f"{SHARED} lacks a data set.", "Put them there; see eval/datasets/README.md.")
    sets = {
        "same": {"drcd": load_drcd(drcd), "faq": load_faq(faq), "xquad-en": load_xquad(xquad / "xquad.en.json")},
        "across": {"xquad-en-zh": _english_over_chinese(xquad)},
    }
    figures: dict[str, Any] = {}
    written: dict[str, dict[str, Any]] = {}
    with KeptVectors(embedder(settings), settings.home / "eval") as weights:
        bench = Bench(settings, weights, ())
        try:
            city = _city_examples(bench, options.dataset, [*sets["same"]["drcd"], *sets["same"]["xquad-en"]])
            for mode, parts in sets.items():
                pairs = {name: _pairs(bench, name, part, options.limit or QUESTIONS) for name, part in parts.items()}
                written[mode], figures[mode] = _calibrate(pairs, [(f, y) for f, y, m in city if m == mode])
                print(mode, figures[mode])
        finally:
            bench.close()
    _write(written)
    print(f"Kept in {keep_results(options.out, 'calibrate', settings, figures, [])}.")


def _city_examples(bench: Bench, dataset: Path, elsewhere: Sequence[Paragraph]) -> list[tuple[Features, bool, str]]:
    """Features, answerability and mode of the city's dev questions, and of questions that no city answers."""
    questions = [(item.question, item.answerable) for item in load_items(dataset, "dev")]
    foreign = [question for paragraph in elsewhere for question, _ in paragraph.questions]
    questions += [(question, False) for question in foreign[:: len(foreign) // FAR_QUESTIONS]]
    city, access, examples = bench.city(), Access.of("staff", AS_OF), []
    for question, answerable in track(questions, description="City"):
        found = city.retriever.find(question, access, detect_language(question))
        examples.append((*_judged(city, found, found.passages), answerable))
    return [(features, answerable, mode) for features, mode, answerable in examples]


def _judged(index: Searched, found: Found, passages: Sequence[Passage]) -> tuple[Features, str]:
    """The features of a question on some of the passages that were found for it, and their mode."""
    lang, store = found.language, index.store
    mode = mode_of(passages, lang)
    embed = index.weights.embed_few
    evidence = []
    if mode == "across":
        evidence = select_evidence(store, found.question, found.vector, passages, lang, embed)
    return measure_features(store, found.question, passages, evidence, lang, found.names), mode


def _calibrate(
    pairs: dict[str, list[tuple[Features, Features]]], city: Sequence[tuple[Features, bool]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = [_matrix(part[::2]) for part in pairs.values()]
    city_x, city_y = np.array([astuple(f) for f, _ in city]), np.array([int(y) for _, y in city])
    parts.append((city_x, city_y))
    x, y = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    weight = np.concatenate([_balanced(part[1]) for part in parts])
    model = LogisticRegression(C=10.0, max_iter=5000).fit(x, y, sample_weight=weight * len(y) / weight.sum())
    of_city, of_all = (_keeping(model, kept) for kept in (city_x[city_y == 1], x[y == 1]))
    threshold = of_city if np.sum(city_y) >= FEWEST_CITY_QUESTIONS else (of_city + of_all) / 2
    calibration = {
        "weights": [round(float(w), _ROUND) for w in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), _ROUND),
        "threshold": round(threshold, _ROUND),
    }
    figures = {name: _curve(model, threshold, *_matrix(part[1::2])) for name, part in pairs.items()}
    return calibration, figures | {"city-dev (fitted)": _curve(model, threshold, city_x, city_y)}


def _keeping(model: LogisticRegression, answerable: "np.ndarray[Any, Any]") -> float:
    """The probability that all but a small share of answerable questions reach."""
    return float(np.quantile(model.predict_proba(answerable)[:, 1], 1 - KEPT))


def _balanced(truth: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Weights by which both classes of a set count the same, and the set counts as one."""
    positive = max(1, int(np.sum(truth)))
    negative = max(1, len(truth) - positive)
    return np.where(truth == 1, 0.5 / positive, 0.5 / negative)


def _curve(
    model: LogisticRegression, threshold: float, x: "np.ndarray[Any, Any]", y: "np.ndarray[Any, Any]"
) -> dict[str, Any]:
    probabilities = model.predict_proba(x)[:, 1]
    return {
        "n": len(y),
        "auc": round(float(roc_auc_score(y, probabilities)), 3),
        "answerable_kept": round(float(np.mean(probabilities[y == 1] >= threshold)), 3),
        "unanswerable_accepted": round(float(np.mean(probabilities[y == 0] >= threshold)), 3),
        "reliability": _reliability(probabilities, y),
    }


def _pairs(bench: Bench, name: str, paragraphs: Sequence[Paragraph], limit: int) -> list[tuple[Features, Features]]:
    """Features of each question with its paragraph in the results, and without."""
    index = bench.of_texts(name, {f"{paragraph.id}.txt": paragraph.text for paragraph in paragraphs})
    questions = [(paragraph.id, question) for paragraph in paragraphs for question, _ in paragraph.questions]
    pairs = []
    for gold, question in track(questions[:: max(1, len(questions) // limit)], description=f"{name}"):
        found = index.retriever.find(question, PUBLIC, detect_language(question), 20)
        stems = [file_stem(passage)[0] for passage in found.passages]
        without = [p for p, stem in zip(found.passages, stems, strict=True) if stem != gold]
        if gold in stems[:5]:
            both = [_judged(index, found, passages[:10])[0] for passages in (found.passages, without)]
            pairs.append((both[0], both[1]))
    return pairs


def _matrix(pairs: Sequence[tuple[Features, Features]]) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    x = np.array([astuple(features) for pair in pairs for features in pair])
    return x, np.array([1, 0] * len(pairs))


def _reliability(probabilities: "np.ndarray[Any, Any]", truth: "np.ndarray[Any, Any]") -> list[dict[str, float]]:
    bins = np.clip((probabilities * 10).astype(int), 0, 9)
    return [
        {
            "n": int(np.sum(bins == b)),
            "said": round(float(np.mean(probabilities[bins == b])), 3),
            "true": round(float(np.mean(truth[bins == b])), 3),
        }
        for b in range(10)
        if np.any(bins == b)
    ]


def _english_over_chinese(folder: Path) -> list[Paragraph]:
    chinese, english = (load_xquad(folder / f"xquad.{lang}.json") for lang in ("zh", "en"))
    return [Paragraph(zh.id, zh.title, zh.text, en.questions) for zh, en in zip(chinese, english, strict=True)]


def _write(written: dict[str, dict[str, Any]]) -> None:
    names = ", ".join(field.name for field in fields(Features))
    lines = [
        "# Written by `python -m eval calibrate`: logistic regressions over",
        f"# {names}.",
    ]
    for mode, calibration in written.items():
        lines += ["", f"[{mode}]", *(f"{name} = {value}" for name, value in calibration.items())]
    path = Path(confidence.__file__).with_name("confidence.toml")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
