"""Confidence: more of what speaks for an answer never makes it less likely, and no evidence never passes."""

import math
from dataclasses import astuple, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval import answerability, confidence, retrieve, select_evidence
from assistant.retrieval.confidence import Answerability, Calibration, Features
from assistant.schema import Lang
from assistant.store import Access, Store
from tests.doubles import WordEmbeddings, add_document

RISING = Calibration(weights=(2.0, 1.0, 0.5, 1.0, 3.0, 0.5), intercept=-4.0, threshold=0.5)


def judge(store: Store, question: str, lang: Lang = "zh-TW") -> Answerability:
    embedder = WordEmbeddings()
    vector = embedder.embed_query(question)
    passages = retrieve(store, store.terms(question), vector, Access.of("citizen", date(2026, 7, 1)), lang)
    evidence = select_evidence(store, question, vector, passages, lang, embedder.embed_few)
    return answerability(store, question, passages, evidence, lang)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writing():
        add_document(store, "ferry", "旗津渡輪全票每次三十元。")
        add_document(store, "garbage", "垃圾車每週三停收。")
        add_document(store, "library", "圖書館週一休館。")
    return store


def test_what_the_documents_say_is_more_likely_answerable(filled: Store) -> None:
    """The question in the document's words is judged above a near miss, and that above another topic."""
    asked = [judge(filled, q).probability for q in ("旗津渡輪全票每次多少元", "渡輪幾點開航", "月球上有火山嗎")]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] > asked[-1]


def test_no_evidence_is_never_enough(store: Store) -> None:
    """With an empty index nothing is answered, whatever the calibration."""
    assert not judge(store, "旗津渡輪票價").enough


def test_features_lie_between_zero_and_one(filled: Store) -> None:
    """Whatever is asked, no feature leaves its range."""
    for question in ("旗津渡輪全票每次三十元", "？", "渡輪" * 200, "ferry fare"):
        assert all(-1e-6 <= feature <= 1 + 1e-6 for feature in astuple(judge(filled, question).features))


@pytest.mark.parametrize(("threshold", "enough"), [(0.0, True), (1.0, False)])
def test_the_threshold_decides(filled: Store, monkeypatch: pytest.MonkeyPatch, threshold: float, enough: bool) -> None:
    """The same probability is enough below it and too little above it."""
    calibration = replace(RISING, threshold=threshold)
    monkeypatch.setattr(confidence, "_calibrations", lambda: {"same": calibration, "across": calibration})
    assert judge(filled, "渡輪").enough is enough


unit = st.floats(0, 1, allow_nan=False)


@given(st.tuples(unit, unit, unit, unit, unit, unit), st.integers(0, 5), unit)
def test_more_of_a_feature_never_lowers_the_probability(features: tuple[float, ...], which: int, more: float) -> None:
    """With weights that are not negative, the probability rises with each feature and stays within 0..1."""
    higher = (*features[:which], min(1.0, features[which] + more), *features[which + 1 :])
    low, high = probability(Features(*features)), probability(Features(*higher))
    assert 0 < low <= high < 1


@pytest.mark.parametrize("mode", ["same", "across"])
def test_the_shipped_calibration_reads(mode: str) -> None:
    """Each mode has a weight for every feature and a threshold that can be met and missed."""
    calibration = confidence._calibrations()[mode]
    assert len(calibration.weights) == len(Features.__dataclass_fields__)
    assert all(math.isfinite(number) for number in (*calibration.weights, calibration.intercept))
    assert 0 < calibration.threshold < 1


def probability(features: Features) -> float:
    """The judgement of given features by a rising calibration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confidence, "_calibrations", lambda: {"same": RISING, "across": RISING})
        patch.setattr(confidence, "measure_features", lambda *_: features)
        return answerability(None, "", [], [], "zh-TW").probability  # type: ignore[arg-type]  # features are given


def test_a_lone_passage_has_no_margin(store: Store) -> None:
    """Being the only passage found says nothing for it: far questions stay far in a small index."""
    with store.writing():
        add_document(store, "notice", "渡輪全票三十元。")
    features = judge(store, "渡輪票價").features
    assert (features.keyword_margin, features.cosine_margin) == (0.0, 0.0)
