"""Confidence: the calibrated probability that the evidence can answer the question at all."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from importlib import resources

from assistant.retrieval.evidence import PASSAGES, coverage, sentence_spans
from assistant.schema import EvidenceSentence, Passage
from assistant.store import Store, Term

LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against an answer being there; all but the cosines in 0..1."""

    sentence_coverage: float
    passage_coverage: float
    keyword_margin: float
    keyword_density: float
    cosine: float
    cosine_margin: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients of a logistic regression over the features, and the least probability to answer at."""

    weights: tuple[float, ...]
    intercept: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Answerability:
    """The probability that the evidence answers, and whether that is enough to try."""

    probability: float
    enough: bool
    features: Features
    mode: str

    @property
    def likely(self) -> bool:
        """Whether the quotes alone are worth showing as the answer: more likely than not, in the reader's language."""
        return self.mode == "same" and self.probability >= LIKELY


def answerability(
    store: Store,
    question: str,
    passages: Sequence[Passage],
    evidence: Sequence[EvidenceSentence],
    lang: str,
    names: Sequence[Term] = (),
) -> Answerability:
    """Judge from retrieval alone whether the evidence answers: small models cannot (yes/no logit AUC .62)."""
    mode = mode_of(passages, lang)
    features = measure_features(store, question, passages, evidence, lang, names)
    calibration = _calibrations()[mode]
    logit = calibration.intercept + sum(w * x for w, x in zip(calibration.weights, astuple(features), strict=True))
    probability = 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
    return Answerability(probability, bool(evidence) and probability >= calibration.threshold, features, mode)


def mode_of(passages: Sequence[Passage], lang: str) -> str:
    """Whether the best passage is in the question's language (`same`) or not (`across`)."""
    return "same" if passages and passages[0].document.language == lang else "across"


def measure_features(
    store: Store,
    question: str,
    passages: Sequence[Passage],
    evidence: Sequence[EvidenceSentence],
    lang: str,
    names: Sequence[Term] = (),
) -> Features:
    """The features of one question; zeros where a leg found nothing.

    Across languages the question's words cannot match: passages count by the other names of what it names, sentences
    by their cosine.

    Args:
        names: those other names, as terms.
    """
    same = mode_of(passages, lang) == "same"
    terms = store.terms(question) if same or not names else names
    mass = sum(store.rarity(term) for term in terms) or 1.0
    keyword = sorted((p.keyword_score for p in passages), reverse=True) or [0.0]
    cosine = sorted((p.dense_score for p in passages), reverse=True) or [0.0]
    texts = [f"{p.document.title} {p.chunk.locator.section or ''} {p.chunk.text}" for p in passages[:PASSAGES]]
    if same:
        sentences = [p.chunk.text[start:end] for p in passages[:PASSAGES] for start, end in sentence_spans(p)]
        best_sentence = max((coverage(store, terms, sentence) for sentence in sentences), default=0.0)
    else:
        best_sentence = max((e.coverage for e in evidence), default=0.0)
    return Features(
        sentence_coverage=best_sentence,
        passage_coverage=max((coverage(store, terms, text) for text in texts), default=0.0),
        keyword_margin=_margin(keyword) / keyword[0] if keyword[0] > 0 else 0.0,
        keyword_density=min(1.0, keyword[0] / (3 * mass)),
        cosine=cosine[0],
        cosine_margin=_margin(cosine),
    )


def _margin(scores: Sequence[float]) -> float:
    """How far the best is before the second; nothing where there is no second to compare it with."""
    return scores[0] - scores[1] if len(scores) > 1 else 0.0


@lru_cache(maxsize=1)
def _calibrations() -> dict[str, Calibration]:
    """Read `confidence.toml`, which `python -m eval calibrate` writes."""
    data = tomllib.loads(resources.files(__package__).joinpath("confidence.toml").read_text(encoding="utf-8"))
    return {
        mode: Calibration(tuple(data[mode]["weights"]), data[mode]["intercept"], data[mode]["threshold"])
        for mode in ("same", "across")
    }
