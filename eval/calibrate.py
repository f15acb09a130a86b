"""Calibrates the answerability gate: a logistic regression over retrieval features, kept as data in the product.

Positive examples are questions on an index that holds their paragraph; negative ones are the same questions after
that paragraph's chunks are taken out of the results (hard negatives: paragraphs of the same article stay). `same`
uses DRCD dev, `across` English questions of XQuAD over its Chinese paragraphs (Artetxe et al. 2020). The first half
of the paragraphs fits the weights, the second half gives the reported curve. The threshold keeps `KEPT` of the
answerable questions of the first half.
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
QUESTIONS = 1000
SHARED = Path("../shared/data")
_ROUND = 4


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Fit both calibrations, write them into the product, and keep the curves."""
    drcd = SHARED / "a1_drcd" / "DRCD_dev.json"
    xquad = SHARED / "a4_xquad_zh_en"
    if not (drcd.exists() and xquad.exists()):
        raise SettingsError(f"{SHARED} lacks DRCD or XQuAD.", "Put the data sets there; see eval/datasets/README.md.")
    sets = {"same": load_drcd(drcd), "across": _english_over_chinese(xquad)}
    figures: dict[str, Any] = {}
    written: dict[str, dict[str, Any]] = {}
    for mode, paragraphs in sets.items():
        written[mode], figures[mode] = _calibrate(settings, paragraphs, options.limit or QUESTIONS)
        print(mode, figures[mode])
    _write(written)
    print(f"Kept in {keep_results(options.out, 'calibrate', settings, figures, [])}.")


def _calibrate(
    settings: Settings, paragraphs: Sequence[Paragraph], limit: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    weights = embedder(settings)
    with tempfile.TemporaryDirectory() as folder:
        for paragraph in paragraphs:
            Path(folder, f"{paragraph.id}.txt").write_text(paragraph.text, encoding="utf-8")
        store = open_store(Path(folder) / ".index", weights.fingerprint)
        try:
            build_index(settings, store, weights, [Path(folder)])
            pairs = _pairs(store, weights, paragraphs, limit)
        finally:
            store.close()
    half = len(pairs) // 2
    (x, y), (x_test, y_test) = _matrix(pairs[:half]), _matrix(pairs[half:])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(x, y)
    threshold = float(np.quantile(model.predict_proba(x[y == 1])[:, 1], 1 - KEPT))
    probabilities = model.predict_proba(x_test)[:, 1]
    calibration = {
        "weights": [round(float(w), _ROUND) for w in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), _ROUND),
        "threshold": round(threshold, _ROUND),
    }
    figures = {
        "n_test": len(y_test),
        "auc": round(float(roc_auc_score(y_test, probabilities)), 3),
        "answerable_kept": round(float(np.mean(probabilities[y_test == 1] >= threshold)), 3),
        "unanswerable_accepted": round(float(np.mean(probabilities[y_test == 0] >= threshold)), 3),
        "reliability": _reliability(probabilities, y_test),
    }
    return calibration, figures


def _pairs(
    store: Store, weights: CityEmbeddings, paragraphs: Sequence[Paragraph], limit: int
) -> list[tuple[Features, Features]]:
    """Features of each question with its paragraph in the results, and without."""
    access = Access.of("citizen", date.today())
    by_stem = {Path(document.source).stem: document.id for document in store.documents(access)}
    questions = [(by_stem[p.id], question) for p in paragraphs for question, _ in p.questions]
    known: dict[str, list[float]] = {}

    def remembered(texts: list[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, weights.embed_few(new), strict=True))
        return [known[text] for text in texts]

    pairs = []
    for gold, question in track(questions[:: max(1, len(questions) // limit)], description="Calibrating"):
        vector = weights.embed_query(question)
        lang = detect_language(question)
        found = retrieve(store, question, vector, access, lang, 20)
        both = []
        for passages in (found[:10], [p for p in found if p.document.id != gold][:10]):
            evidence = select_evidence(store, question, vector, passages, lang, remembered)
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
