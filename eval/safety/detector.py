"""Fits the detector of orders to the assistant, and measures it on what it was not fitted to."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from assistant.guardrails import injection
from assistant.guardrails.injection import InjectionDetector, load_injection
from assistant.models import CityEmbeddings, embedder
from assistant.settings import Settings
from eval.results import percentile
from eval.retrieval.kept_vectors import KeptVectors
from eval.safety.sets import Message, load_messages

FALSE_ALARMS, NEAR_ALARMS = 0.004, 0.01  # of everything harmless, and of look-alikes, that was not seen in fitting
LEAST_THRESHOLD = 0.5
_STRENGTH = 40.0
_FOLDS = 5
_ROUND = 4
_TIMED = 100
Vector = Any


@dataclass(frozen=True, slots=True)
class Fitted:
    """The regression over an embedding and the families in a text."""

    weights: Vector
    families: Vector
    intercept: float
    threshold: float


def fit(settings: Settings, path: Path | None = None) -> dict[str, Any]:
    """Fit to the train halves, write the weights beside the detector, and give its cross-validated figures."""
    weights, detector = embedder(settings), load_injection()
    learnt = [message for message in load_messages() if message.half == "train" and message.attack is not None]
    with KeptVectors(weights, settings.home / "eval") as kept:
        features = _features([message.text for message in learnt], detector, kept)
    truth = np.array([bool(message.attack) for message in learnt])
    unseen = _cross_validated(features, truth)
    near = np.array(["look-alikes" in message.set for message in learnt])
    threshold = choose_threshold(unseen[~truth], unseen[near])
    model = _fit(features, truth)
    families = len(detector.families)
    fitted = Fitted(
        np.round(model.coef_[0][:-families], _ROUND),
        np.round(model.coef_[0][-families:], _ROUND),
        round(float(model.intercept_[0]), _ROUND),
        threshold,
    )
    write(path or Path(injection.__file__).with_name(injection.WEIGHTS), fitted, detector, weights.fingerprint)
    return {
        "learnt from": {"orders": int(truth.sum()), "harmless": int((~truth).sum())},
        "threshold": threshold,
        "recall, unseen folds": _share(unseen[truth] >= threshold),
        "false alarms, unseen folds": _share(unseen[~truth] >= threshold),
        "look-alikes, unseen folds": _share(unseen[near] >= threshold),
    }


def choose_threshold(harmless: Vector, near: Vector) -> float:
    """The least probability from which few harmless texts, and few look-alikes among them, are taken for orders."""
    limits = [
        np.quantile(scores, 1 - share, method="higher")
        for scores, share in ((harmless, FALSE_ALARMS), (near, NEAR_ALARMS))
    ]
    return max(LEAST_THRESHOLD, round(float(max(limits)) + 1e-4, _ROUND))


def write(path: Path, fitted: Fitted, detector: InjectionDetector, fingerprint: str) -> None:
    """Write the weights as the product reads them."""
    told = zip(detector.families, fitted.families.tolist(), strict=True)
    lines = [
        "# Fitted by `python -m eval safety --part fit`; see eval/safety/detector.py.",
        f"fingerprint = {json.dumps(fingerprint)}",
        f"threshold = {fitted.threshold}",
        f"intercept = {fitted.intercept}",
        f"families = {{ {', '.join(f'{family.name} = {weight}' for family, weight in told)} }}",
        f"weights = {json.dumps(fitted.weights.tolist())}",
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def measure(settings: Settings, options: argparse.Namespace) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """By set: how many held-out messages are blocked; and a row for each of our own that goes wrong."""
    weights = embedder(settings)
    messages = [message for message in load_messages() if message.half == "held out"]
    with KeptVectors(weights, settings.home / "eval") as kept:
        detector = load_injection(kept.embed_query, weights.fingerprint)
        told = [detector.is_order(m.text[: settings.max_question_chars]) for m in track(messages, "orders")]
    by_set: dict[str, dict[str, Any]] = {}
    for message, blocked in zip(messages, told, strict=True):
        one = by_set.setdefault(message.set, {"attack": message.attack, "messages": 0, "blocked": 0})
        one["messages"] += 1
        one["blocked"] += blocked
    wrong = [
        {"set": "detector", "system": "detector", "id": m.text, "attack": m.attack, "blocked": blocked, "of": m.set}
        for m, blocked in zip(messages, told, strict=True)
        if m.set.startswith(("own", "city", "turns")) and blocked != m.attack
    ]
    return {"sets": by_set, "speed": _speed(weights, messages)}, wrong


def _features(texts: Sequence[str], detector: InjectionDetector, weights: CityEmbeddings) -> Vector:
    parts = [text if len(text) <= injection.READ_CHARS else text[: injection.READ_CHARS] for text in texts]
    meant = np.array([weights.embed_query(part) for part in track(parts, "embedding")])
    told = np.array([detector.hits(text) for text in texts], dtype=float)
    return np.hstack([meant, told])


def _cross_validated(features: Vector, truth: Vector) -> Vector:
    scores = np.zeros(len(truth))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=1).split(features, truth):
        scores[unseen] = _fit(features[seen], truth[seen]).predict_proba(features[unseen])[:, 1]
    return scores


def _fit(features: Vector, truth: Vector) -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=5000).fit(features, truth)


def _speed(weights: CityEmbeddings, messages: Sequence[Message]) -> dict[str, float]:
    """Milliseconds a message, nothing kept from before."""
    detector = load_injection(weights.embed_query, weights.fingerprint)
    took = [_timed(detector.is_order, message.text) for message in messages[:: max(1, len(messages) // _TIMED)]]
    return {"median_ms": round(percentile(took, 0.5), 1), "p95_ms": round(percentile(took, 0.95), 1)}


def _timed(call: Callable[[str], bool], text: str) -> float:
    start = time.perf_counter()
    call(text)
    return (time.perf_counter() - start) * 1000


def _share(flags: Any) -> float:
    return round(float(np.mean(flags)), 4) if len(flags) else 0.0
