"""Fits the emergency classifier beside the word lists, kept as data of the city, and reports it cross-validated.

A multinomial logistic regression over the embedding of a message, in the form that the word lists read; its classes are
the city's kinds of danger and "harmless". It fits on calls and look-alikes (`emergency-training.jsonl`, emergencies
dev) and on the ordinary questions of the other sets' dev splits. The lists were written with these calls at hand and
make no error on them, so the two limits are chosen for lists as good as they were on unseen ones: the most calls are
heard of which at most `FALSE_ALARMS` of the look-alikes raise an alarm. `emergency-training-fresh.jsonl` only reports.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from assistant.guardrails.classifier import FILE, HARMLESS, EmergencyClassifier
from assistant.guardrails.emergency import EmergencyPlan, find_kinds, load_emergency_plan
from assistant.models import embedder
from assistant.settings import Settings
from eval.datasets import HERE, load_rows
from eval.results import keep_results

FALSE_ALARMS = 0.01
LISTS_HEAR, LISTS_ERR = 0.883, 0.05  # the lists alone, on calls and look-alikes that were unseen when they were written
CALL_WEIGHT = 3.0  # a missed call is worse than a false alarm
TRAINING, FRESH = "emergency-training.jsonl", "emergency-training-fresh.jsonl"
_KIND_OF = {  # kinds of the emergency set that the city's plan answers under another name
    "domestic_violence": "violence",
    "child": "violence",
    "flood": "rescue",
    "disaster": "rescue",
    "trapped_car": "rescue",
    "drowning": "rescue",
    "poisoning": "medical",
    "electric_shock": "medical",
    "bomb": "crime",
}
_FOLDS = 5
_STEPS = 60
_ROUND = 4


@dataclass(frozen=True, slots=True)
class Message:
    """A message and what it is: a kind of danger, or harmless; a look-alike is harmless in the words of danger."""

    text: str
    kind: str
    near: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """From which probability of danger on the classifier alarms, and up to which it takes an alarm back."""

    alarm: float
    deny: float


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Fit the classifier, write it beside the city's plan, and keep the figures."""
    weights, plan = embedder(settings), load_emergency_plan(settings.city_dir)
    messages, fresh = load_training(), load_fresh()
    vectors = _embed(messages, weights.embed_query, plan)
    unseen = cross_validated(vectors, messages)
    limits = choose_limits(unseen, messages)
    classifier = fit(vectors, messages, limits, weights.embed_query)
    figures = {
        "limits": {"alarm": limits.alarm, "deny": limits.deny},
        "cross-validated": _curve(unseen, messages, limits),
        "fresh": compare(fresh, plan, classifier),
    }
    write(settings.city_dir / FILE, classifier, weights.fingerprint)
    for name, value in figures.items():
        print(name, value)
    print(f"Kept in {keep_results(options.out, 'emergencies', settings, figures, [])}.")


def load_training() -> list[Message]:
    """What is fitted: each text once; of sets with splits only dev."""
    fresh = {message.text for message in load_fresh()}
    found = {message.text: message for message in _training() if message.text not in fresh}
    return list(found.values())


def load_fresh() -> list[Message]:
    """Calls and look-alikes that nothing is fitted or tuned to."""
    return [Message(row["question"], row["kind"], near=True) for row in load_rows(HERE / FRESH)]


def _training() -> Iterator[Message]:
    for name in ("kaohsiung-starter", "kaohsiung-faq", "national-laws", "robustness"):
        yield from (Message(row["question"], HARMLESS, near=False) for row in _dev(name))
    for row in _dev("polarity"):
        yield from (Message(wording["text"], HARMLESS, near=False) for wording in row["wordings"])
    for row in _dev("followups"):
        for turn in row["turns"]:
            yield from (Message(turn[part], HARMLESS, near=False) for part in ("question", "standalone"))
    for row in _dev("emergencies"):
        yield Message(row["question"], _KIND_OF.get(row["kind"], row["kind"]) if row["emergency"] else HARMLESS, True)
    yield from (Message(row["question"], row["kind"], near=True) for row in load_rows(HERE / TRAINING))


def _dev(name: str) -> list[dict[str, Any]]:
    return [row for row in load_rows(HERE / f"{name}.jsonl") if row["split"] == "dev"]


def _embed(messages: Sequence[Message], embed: Callable[[str], Sequence[float]], plan: EmergencyPlan) -> Any:
    return np.array([embed(plan.reader.read(m.text)) for m in track(messages, description="embedding")])


def cross_validated(vectors: Any, messages: Sequence[Message]) -> Any:
    """The probability of danger of each message, by a regression that did not see it."""
    kinds = np.array([message.kind for message in messages])
    danger = np.zeros(len(messages))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=1).split(vectors, kinds):
        model = _fit(vectors[seen], kinds[seen])
        danger[unseen] = 1 - model.predict_proba(vectors[unseen])[:, list(model.classes_).index(HARMLESS)]
    return danger


def _fit(vectors: Any, kinds: Any) -> LogisticRegression:
    weight = np.where(kinds == HARMLESS, 1.0, CALL_WEIGHT)
    return LogisticRegression(C=30.0, max_iter=2000).fit(vectors, kinds, sample_weight=weight)


def choose_limits(danger: Any, messages: Sequence[Message]) -> Limits:
    """The limits with which lists and classifier hear most, within the false alarms that are allowed."""
    calls, near = _calls_and_lookalikes(danger, messages)
    best, limits = -1.0, Limits(1.0, 0.0)
    for alarm in np.quantile(near, np.linspace(0.97, 1.0, _STEPS)):
        for deny in np.quantile(calls, np.linspace(0.0, 0.03, _STEPS)):
            heard = LISTS_HEAR * np.mean(calls > deny) + (1 - LISTS_HEAR) * np.mean(calls >= alarm)
            false = LISTS_ERR * np.mean(near > deny) + (1 - LISTS_ERR) * np.mean(near >= alarm)
            if false <= FALSE_ALARMS and heard > best:
                best, limits = float(heard), Limits(round(float(alarm), _ROUND), round(float(deny), _ROUND))
    return limits


def _calls_and_lookalikes(danger: Any, messages: Sequence[Message]) -> tuple[Any, Any]:
    is_call = np.array([message.kind != HARMLESS for message in messages])
    is_near = np.array([message.near for message in messages])
    return danger[is_call], danger[is_near & ~is_call]


def fit(
    vectors: Any, messages: Sequence[Message], limits: Limits, embed: Callable[[str], Sequence[float]]
) -> EmergencyClassifier:
    """The classifier of all messages."""
    model = _fit(vectors, np.array([message.kind for message in messages]))
    weights, intercept = np.round(model.coef_, _ROUND), np.round(model.intercept_, _ROUND)
    return EmergencyClassifier(embed, tuple(map(str, model.classes_)), weights, intercept, limits.alarm, limits.deny)


def _curve(danger: Any, messages: Sequence[Message], limits: Limits) -> dict[str, float]:
    """How the classifier judges what it did not see."""
    calls, near = _calls_and_lookalikes(danger, messages)
    truth = np.repeat([1, 0], [len(calls), len(near)])
    plain = danger[[message.kind == HARMLESS and not message.near for message in messages]]
    return {
        "calls": len(calls),
        "lookalikes": len(near),
        "auc": round(float(roc_auc_score(truth, np.concatenate([calls, near]))), 4),
        "calls_heard": _share(calls >= limits.alarm),
        "calls_denied": _share(calls <= limits.deny),
        "lookalikes_alarmed": _share(near >= limits.alarm),
        "lookalikes_denied": _share(near <= limits.deny),
        "ordinary_alarmed": _share(plain >= limits.alarm),
    }


def compare(
    messages: Sequence[Message], plan: EmergencyPlan, classifier: EmergencyClassifier
) -> dict[str, dict[str, float]]:
    """Lists alone, classifier alone and both: the share of calls heard, of those of the right kind, of false alarms."""
    found: dict[str, list[Sequence[str]]] = {"lists": [], "classifier": [], "both": []}
    for message in messages:
        judged = classifier.judge(plan.reader.read(message.text))
        found["lists"].append([kind.name for kind in find_kinds(message.text, plan)])
        found["classifier"].append(judged.kinds if judged and judged.danger >= classifier.alarm else ())
        found["both"].append([kind.name for kind in find_kinds(message.text, plan, classifier)])
    truths = [message.kind for message in messages]
    return {name: _rates(truths, kinds) for name, kinds in found.items()}


def _rates(truths: Sequence[str], found: Sequence[Sequence[str]]) -> dict[str, float]:
    calls = [(truth, kinds) for truth, kinds in zip(truths, found, strict=True) if truth != HARMLESS]
    harmless = [kinds for truth, kinds in zip(truths, found, strict=True) if truth == HARMLESS]
    return {
        "recall": _share([bool(kinds) for _, kinds in calls]),
        "right_kind": _share([truth in kinds for truth, kinds in calls if kinds]),
        "false_alarms": _share([bool(kinds) for kinds in harmless]),
    }


def _share(flags: Any) -> float:
    return round(float(np.mean(flags)), 3) if len(flags) else 0.0


def write(path: Path, classifier: EmergencyClassifier, fingerprint: str) -> None:
    """Write the classifier as the product reads it, one class a line."""
    rows = ",\n".join(json.dumps(row) for row in classifier.weights.tolist())
    head = {
        "fingerprint": fingerprint,
        "alarm": classifier.alarm,
        "deny": classifier.deny,
        "classes": list(classifier.classes),
        "intercept": classifier.intercept.tolist(),
    }
    path.write_text(f'{json.dumps(head)[:-1]},\n"weights": [\n{rows}\n]}}\n', encoding="utf-8")
