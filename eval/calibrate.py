"""Calibrates the answerability gate: a logistic regression over retrieval features, kept as data in the product.

Positives are questions whose answer was found. Negatives, hard ones first: questions written as near misses; the same
questions after the documents that answer were taken out of the results (the topic stays), or only the sentences that
hold the fact (the passage stays); questions of other sets. Public sets: DRCD dev, XQuAD (Artetxe et al. 2020), a
city's published questions in other words, and national laws; of these every second question fits, and the others give
the reported curve. The city's own dev questions all fit, and are judged by five regressions that did not see them. The
threshold keeps `KEPT` of the city's answerable ones, after what disagrees or is denied has been taken away.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

import assistant.retrieval.confidence as confidence
from assistant.city import load_city
from assistant.errors import SettingsError
from assistant.models import AnswerJudge, embedder
from assistant.retrieval import Found, Scales, disagreement
from assistant.retrieval.confidence import Features, is_denied
from assistant.retrieval.evidence import sentence_spans
from assistant.schema import Passage
from assistant.settings import Settings
from assistant.store import Access
from assistant.text import detect_language, squeeze
from eval.datasets import AS_OF, HERE, SHARED, Item, Paragraph, load_drcd, load_items, load_rows, load_xquad
from eval.results import keep_results
from eval.retrieval.bench import PUBLIC, Bench, file_stem, part
from eval.retrieval.kept_vectors import KeptVectors
from eval.retrieval.rankers import Searched
from eval.retrieval.sets.laws import articles, law_index

KEPT = 0.95
QUESTIONS = 200  # of each public set
FAR_QUESTIONS = 150
CITY = "city"
NEAR_WEIGHT = 3.0  # of questions written as near misses, beside those that are made of answerable ones
CITY_WEIGHT = 3.0  # of the city's own questions, beside a public set
_DEPTH = 20
_FIRST = 5  # a question whose answer stands lower teaches nothing about evidence
_FOLDS = 5
_ROUND = 4
_CURVE = 20
_UNANSWERABLE = HERE / "unanswerable.jsonl"


@dataclass(frozen=True, slots=True)
class Example:
    """One question on some passages: what the gate sees, and whether the answer is there.

    Attributes:
        kind: `answerable`, or in what way there is no answer.
        stopped: disagreement or denial ends it, whatever the probability.
    """

    set: str
    question: str
    kind: str
    answerable: bool
    english: bool
    features: Features
    stopped: bool


@dataclass(frozen=True, slots=True)
class Examiner:
    """Makes examples of what was found on one index."""

    index: Searched
    elsewhere: Sequence[str]
    scales: Scales

    def __call__(self, name: str, kind: str, found: Found, passages: Sequence[Passage]) -> Example:
        """The example of a question, as if only these passages had been found for it."""
        weighed, question = self.scales.weigh(found, passages), found.question
        features = weighed.confidence.features
        stopped = is_denied(features) or disagreement(question, weighed.evidence, self.elsewhere) is not None
        return Example(name, question, kind, kind == "answerable", found.language == "en", features, stopped)


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Fit the regression, write it into the product, and keep the curves."""
    data = [SHARED / name for name in ("a1_drcd", "a4_xquad_zh_en", "b1_kcg_faq", "b3_tw_laws_zh_en")]
    if not all(folder.exists() for folder in data):
        raise SettingsError(f"{SHARED} lacks a data set.", "Put them there; see eval/datasets/README.md.")
    with KeptVectors(embedder(settings), settings.home / "eval") as weights:
        bench = Bench(settings, weights, ())
        try:
            examples = list(_examples(bench, options.dataset, options.limit or QUESTIONS))
        finally:
            bench.close()
    calibration, figures = calibrate(examples)
    _write(calibration)
    for name, curve in figures.items():
        print(name, {key: value for key, value in curve.items() if not isinstance(value, list)})
    print(f"Kept in {keep_results(options.out, 'calibrate', settings, figures, [])}.")


def _examples(bench: Bench, dataset: Path, limit: int) -> Iterator[Example]:
    city, judge = load_city(bench.settings.city_dir), AnswerJudge(bench.settings.models_dir).judge

    def examine(index: Searched) -> Examiner:
        return Examiner(index, city.elsewhere, Scales(index.store, index.weights.embed_few, judge, city.boilerplate))

    drcd, xquad = load_drcd(SHARED / "a1_drcd" / "DRCD_dev.json"), SHARED / "a4_xquad_zh_en"
    english, chinese = (load_xquad(xquad / f"xquad.{lang}.json") for lang in ("en", "zh"))
    items = [*load_items(dataset, "dev"), *(load_items(_UNANSWERABLE, "dev") if _UNANSWERABLE.exists() else ())]
    yield from _of_city(examine(bench.city()), items)
    yield from _far(examine(bench.city()), [*drcd, *english])
    for name, paragraphs in (("drcd", drcd), ("xquad-en", english), ("xquad-zh", chinese)):
        index = bench.of_texts(name, {f"{paragraph.id}.txt": paragraph.text for paragraph in paragraphs})
        yield from _of_paragraphs(examine(index), name, paragraphs, limit)
    faq = bench.of_files("faq", [SHARED / "b1_kcg_faq" / "kcg_faq_dev.jsonl"])
    reworded = [row for row in _dev("kaohsiung-faq.jsonl") if row["lang"] in ("zh-TW", "en")]
    yield from _of_rows(examine(faq), "faq-reworded", reworded, lambda row: set(row["relevant"]), part)
    laws = law_index(bench, SHARED / "b3_tw_laws_zh_en")
    yield from _of_rows(examine(laws), "national-laws", _dev("national-laws.jsonl"), _articles_of, articles)


def _of_city(examine: Examiner, items: Sequence[Item]) -> Iterator[Example]:
    """The city's questions; of answerable ones also without their documents, and without the facts' sentences."""
    for item in track(items, description=CITY):
        access = Access.of(item.role, item.as_of or AS_OF, item.bureau)  # type: ignore[arg-type]  # checked by the set
        found = _find(examine, item.question, access)
        if not item.answerable:
            yield examine(CITY, "near miss", found, found.passages[:10])
            continue
        without = [passage for passage in found.passages if passage.document.id not in item.documents]
        if any(passage.document.id in item.documents for passage in found.passages[:_FIRST]):
            yield examine(CITY, "answerable", found, found.passages[:10])
            yield examine(CITY, "documents removed", found, without[:10])
            yield examine(CITY, "fact removed", found, _without_facts(found.passages[:10], item.key_facts))


def _far(examine: Examiner, paragraphs: Sequence[Paragraph]) -> Iterator[Example]:
    """Questions of an encyclopedia, asked of the city."""
    questions = [question for paragraph in paragraphs for question, _ in paragraph.questions]
    for question in track(questions[:: max(1, len(questions) // FAR_QUESTIONS)], description="far"):
        found = _find(examine, question, Access.of("staff", AS_OF))
        yield examine(CITY, "far", found, found.passages[:10])


def _of_paragraphs(examine: Examiner, name: str, paragraphs: Sequence[Paragraph], limit: int) -> Iterator[Example]:
    """Questions on paragraphs: with theirs among the results, and without."""
    asked = [(paragraph.id, question) for paragraph in paragraphs for question, _ in paragraph.questions]
    for gold, question in track(asked[:: max(1, len(asked) // limit)], description=name):
        yield from _with_and_without(examine, name, _find(examine, question, PUBLIC), {gold}, file_stem)


def _of_rows(
    examine: Examiner,
    name: str,
    rows: Sequence[dict[str, Any]],
    right: Callable[[dict[str, Any]], set[str]],
    names: Callable[[Passage], Sequence[str]],
) -> Iterator[Example]:
    """Questions of a set: with what answers among the results, and without."""
    for row in track(rows, description=name):
        yield from _with_and_without(examine, name, _find(examine, row["question"], PUBLIC), right(row), names)


def _with_and_without(
    examine: Examiner, name: str, found: Found, right: set[str], names: Callable[[Passage], Sequence[str]]
) -> Iterator[Example]:
    answers = [not right.isdisjoint(names(passage)) for passage in found.passages]
    if any(answers[:_FIRST]):
        yield examine(name, "answerable", found, found.passages[:10])
        without = [passage for passage, answer in zip(found.passages, answers, strict=True) if not answer]
        yield examine(name, "documents removed", found, without[:10])


def _find(examine: Examiner, question: str, access: Access) -> Found:
    return examine.index.retriever.find(question, access, detect_language(question), _DEPTH)


def _without_facts(passages: Sequence[Passage], facts: Sequence[Sequence[str]]) -> list[Passage]:
    """The passages without the sentences that state any of the facts."""
    kept = []
    for passage in passages:
        text = passage.chunk.text
        for start, end in reversed(sentence_spans(passage)):
            said = squeeze(text[start:end])
            if any(squeeze(spelling) in said for fact in facts for spelling in fact):
                text = text[:start] + text[end:]
        if text.strip():
            kept.append(replace(passage, chunk=replace(passage.chunk, text=text)))
    return kept


def _dev(name: str) -> list[dict[str, Any]]:
    return [row for row in load_rows(HERE / name) if row["split"] == "dev"]


def _articles_of(row: dict[str, Any]) -> set[str]:
    return {f"{law['law']} {article}" for law in (row, *row.get("also", ())) for article in law["articles"]}


def calibrate(examples: Sequence[Example]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The regression as the product reads it, and the curve of each set."""
    city = [example for example in examples if example.set == CITY]
    public = {name: _halves([e for e in examples if e.set == name]) for name in _names(examples) if name != CITY}
    fitted = [*city, *(example for half, _ in public.values() for example in half)]
    unseen = _unseen(fitted)[: len(city)]
    answerable = np.array([example.answerable for example in city])
    threshold = float(np.quantile(unseen[answerable], 1 - KEPT))
    model = _fit(fitted)
    *weights, english = (round(float(weight), _ROUND) for weight in model.coef_[0])
    calibration = {
        "weights": weights,
        "english": english,
        "intercept": round(float(model.intercept_[0]), _ROUND),
        "threshold": round(threshold, _ROUND),
    }
    figures = {f"{CITY}-dev (cross-validated)": _curve(city, unseen, threshold)}
    for name, (_, others) in public.items():
        figures[name] = _curve(others, _probabilities(model, others), threshold)
    return calibration, figures


def _halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Every second question with all that was made of it, and the others."""
    place = {question: i for i, question in enumerate(dict.fromkeys(e.question for e in examples))}
    halves = [[e for e in examples if place[e.question] % 2 == half] for half in (0, 1)]
    return halves[0], halves[1]


def _unseen(examples: Sequence[Example]) -> Any:
    """The probability of each example by a regression that was fitted without its question; 0 where it is stopped."""
    x, y, weight = _matrix(examples)
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=1)
    model = LogisticRegression(C=10.0, max_iter=5000)
    groups = [example.question for example in examples]
    params = {"sample_weight": weight}
    found = cross_val_predict(model, x, y, groups=groups, cv=folds, method="predict_proba", params=params)[:, 1]
    return np.where([example.stopped for example in examples], 0.0, found)


def _fit(examples: Sequence[Example]) -> LogisticRegression:
    x, y, weight = _matrix(examples)
    return LogisticRegression(C=10.0, max_iter=5000).fit(x, y, sample_weight=weight)


def _probabilities(model: LogisticRegression, examples: Sequence[Example]) -> Any:
    found = model.predict_proba(_matrix(examples)[0])[:, 1]
    return np.where([example.stopped for example in examples], 0.0, found)


def _matrix(examples: Sequence[Example]) -> tuple[Any, Any, Any]:
    """Features, truth and weights; in a set both classes weigh the same, and each kind of negative as the others."""
    x = np.array([[*astuple(example.features), float(example.english)] for example in examples])
    y = np.array([int(example.answerable) for example in examples])
    weight = np.zeros(len(examples))
    for name in _names(examples):
        of_set = [i for i, example in enumerate(examples) if example.set == name]
        kinds = {examples[i].kind: NEAR_WEIGHT if examples[i].kind == "near miss" else 1.0 for i in of_set}
        negative = sum(share for kind, share in kinds.items() if kind != "answerable")
        for kind, share in kinds.items():
            places = [i for i in of_set if examples[i].kind == kind]
            whole = 1.0 if kind == "answerable" else share / negative
            weight[places] = (CITY_WEIGHT if name == CITY else 1.0) * whole / len(places)
    return x, y, weight * len(weight) / weight.sum()


def _names(examples: Sequence[Example]) -> list[str]:
    return list(dict.fromkeys(example.set for example in examples))


def _curve(examples: Sequence[Example], probabilities: Any, threshold: float) -> dict[str, Any]:
    """How well one set is judged: at the product's threshold, at the set's own for `KEPT`, and at every other."""
    truth = np.array([example.answerable for example in examples])
    kinds = np.array([example.kind for example in examples])
    own = float(np.quantile(probabilities[truth], 1 - KEPT))
    negatives = [kind for kind in dict.fromkeys(kinds.tolist()) if kind != "answerable"]
    return {
        "n": len(examples),
        "auc": round(float(roc_auc_score(truth, probabilities)), 3),
        "answerable_kept": _share(probabilities[truth] >= threshold),
        "abstains": {kind: _share(probabilities[kinds == kind] < threshold) for kind in negatives},
        "abstains_at_own_threshold": {k: _share(probabilities[kinds == k] < own) for k in negatives},
        "stopped": {k: _share([e.stopped for e in examples if e.kind == k]) for k in ["answerable", *negatives]},
        "risk_coverage": _risk_coverage(probabilities, truth),
        "reliability": _reliability(probabilities, truth),
    }


def _share(flags: Any) -> float:
    return round(float(np.mean(flags)), 3)


def _risk_coverage(probabilities: Any, truth: Any) -> list[dict[str, float]]:
    """At falling thresholds, the share of questions that are accepted, and the share of these without an answer."""
    levels = np.quantile(probabilities, np.linspace(1, 0, _CURVE + 1)[1:])
    return [
        {
            "threshold": round(float(level), 3),
            "coverage": _share(accepted),
            "error": _share(~truth[accepted]),
            "answerable_kept": _share(accepted[truth]),
            "unanswerable_accepted": _share(accepted[~truth]),
        }
        for level in dict.fromkeys(levels.tolist())
        if (accepted := probabilities >= level).any()
    ]


def _reliability(probabilities: Any, truth: Any) -> list[dict[str, float]]:
    bins = np.clip((probabilities * 10).astype(int), 0, 9)
    return [
        {"n": int(np.sum(bins == b)), "said": _share(probabilities[bins == b]), "true": _share(truth[bins == b])}
        for b in range(10)
        if np.any(bins == b)
    ]


def _write(calibration: dict[str, Any]) -> None:
    names = ", ".join(field.name for field in fields(Features))
    lines = ["# Written by `python -m eval calibrate`: a logistic regression over", f"# {names}.", ""]
    lines += [f"{name} = {value}" for name, value in calibration.items()]
    path = Path(confidence.__file__).with_name("confidence.toml")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
