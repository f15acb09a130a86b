"""Calibrates the answerability gate: a logistic regression over retrieval features, kept as data in the product.

Positive examples are questions on an index that holds their paragraph; negative ones are the same questions after
that paragraph's chunks are taken out of the results (hard negatives: the same article and topic stay). `same` uses
DRCD dev, published questions of a city over the texts of its answers, and XQuAD in English: questions written at the
paragraph alone would teach the gate to ask for more shared words than people use. `across` uses English questions
of XQuAD over its Chinese paragraphs (Artetxe et al. 2020). Every second question fits the weights, the others give
the reported curve. The threshold keeps `KEPT` of the answerable questions that fitted.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import assistant.retrieval.confidence as confidence
from assistant.errors import SettingsError
from assistant.indexing.build import build_index
from assistant.models import CityEmbeddings, embedder
from assistant.retrieval import retrieve, select_evidence
from assistant.retrieval.confidence import Features, measure_features
from assistant.settings import Settings
from assistant.store import Access, Store, open_store
from assistant.text import detect_language
from eval.datasets import Paragraph, load_drcd
from eval.results import keep_results

KEPT = 0.95
QUESTIONS = 300  # of each set
SHARED = Path("../shared/data")
SHORTEST_ANSWER = 40
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
    for mode, parts in sets.items():
        pairs = {name: _indexed_pairs(settings, part, options.limit or QUESTIONS) for name, part in parts.items()}
        written[mode], figures[mode] = _calibrate(pairs)
        print(mode, figures[mode])
    _write(written)
    print(f"Kept in {keep_results(options.out, 'calibrate', settings, figures, [])}.")


def _indexed_pairs(settings: Settings, paragraphs: Sequence[Paragraph], limit: int) -> list[tuple[Features, Features]]:
    weights = embedder(settings)
    with tempfile.TemporaryDirectory() as folder:
        for paragraph in paragraphs:
            Path(folder, f"{paragraph.id}.txt").write_text(paragraph.text, encoding="utf-8")
        store = open_store(Path(folder) / ".index", weights.fingerprint)
        try:
            build_index(settings, store, weights, [Path(folder)])
            return _pairs(store, weights, paragraphs, limit)
        finally:
            store.close()


def _calibrate(pairs: dict[str, list[tuple[Features, Features]]]) -> tuple[dict[str, Any], dict[str, Any]]:
    x, y = _matrix([pair for part in pairs.values() for pair in part[::2]])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(x, y)
    threshold = float(np.quantile(model.predict_proba(x[y == 1])[:, 1], 1 - KEPT))
    calibration = {
        "weights": [round(float(w), _ROUND) for w in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), _ROUND),
        "threshold": round(threshold, _ROUND),
    }
    figures = {name: _curve(model, threshold, part[1::2]) for name, part in pairs.items()}
    return calibration, figures


def _curve(model: LogisticRegression, threshold: float, pairs: list[tuple[Features, Features]]) -> dict[str, Any]:
    x, y = _matrix(pairs)
    probabilities = model.predict_proba(x)[:, 1]
    return {
        "n": len(y),
        "auc": round(float(roc_auc_score(y, probabilities)), 3),
        "answerable_kept": round(float(np.mean(probabilities[y == 1] >= threshold)), 3),
        "unanswerable_accepted": round(float(np.mean(probabilities[y == 0] >= threshold)), 3),
        "reliability": _reliability(probabilities, y),
    }


def _pairs(
    store: Store, weights: CityEmbeddings, paragraphs: Sequence[Paragraph], limit: int
) -> list[tuple[Features, Features]]:
    """Features of each question with its paragraph in the results, and without."""
    access = Access.of("citizen", date.today())
    by_stem = {Path(document.source).stem: document.id for document in store.documents(access)}
    questions = [(by_stem[p.id], question) for p in paragraphs for question, _ in p.questions]
    pairs = []
    for gold, question in track(questions[:: max(1, len(questions) // limit)], description="Calibrating"):
        vector = weights.embed_query(question)
        lang = detect_language(question)
        found = retrieve(store, question, vector, access, lang, 20)
        both = []
        for passages in (found[:10], [p for p in found if p.document.id != gold][:10]):
            across = bool(passages) and passages[0].document.language != lang
            evidence = select_evidence(store, question, vector, passages, lang, weights.embed_few) if across else []
            both.append(measure_features(store, question, passages, evidence, lang))
        if any(p.document.id == gold for p in found[:5]):
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


def load_faq(path: Path) -> list[Paragraph]:
    """Published questions of a city with the texts of their answers as paragraphs; very short answers are left out."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [row for row in rows if len(row["answer"]) >= SHORTEST_ANSWER]
    return [Paragraph(row["id"], "", row["answer"], [(row["question"], row["answer"])]) for row in kept]


def load_xquad(path: Path) -> list[Paragraph]:
    """Read an XQuAD file; its paragraphs carry no ids, so they are numbered."""
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
