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

RISING = Calibration(weights=(2.0, 1.0, 0.5, 1.0, 3.0, 0.5, 1.0), intercept=-4.0, threshold=0.5)


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


def test_the_words_of_asking_are_no_subject(filled: Store) -> None:
    """However a question is put, the same share of what it is about is covered."""
    asked = ("旗津渡輪全票", "請問旗津渡輪的全票是多少？", "旗津渡輪有沒有全票呢")
    assert [judge(filled, question).features.sentence_coverage for question in asked] == [1.0, 1.0, 1.0]


def test_a_sentence_without_what_is_asked_for_covers_less(filled: Store) -> None:
    """Words that match in a sentence without any phone number do not speak for an answer to who asks for one."""
    fare, phone = (judge(filled, question).features for question in ("旗津渡輪全票多少錢？", "旗津渡輪的電話？"))
    assert fare.typed_coverage == fare.sentence_coverage > 0
    assert phone.typed_coverage == 0 < phone.sentence_coverage


def test_what_the_documents_deny_is_not_tried(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that says that it does not know stops the question about it, and no other."""
    calibration = replace(RISING, threshold=0.0)
    monkeypatch.setattr(confidence, "_calibrations", lambda: {"same": calibration, "across": calibration})
    with store.writing():
        add_document(store, "ferry", "旗津渡輪全票每次三十元。\n旗津渡輪的末班時間沒有查到。")
    assert not judge(store, "旗津渡輪末班是什麼時間？").enough
    assert judge(store, "旗津渡輪全票每次多少？").enough


def test_a_question_in_english_is_judged_by_its_own_level(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the calibration adds for English counts for English questions alone."""
    asked: list[tuple[str, Lang]] = [("ferry fare", "en"), ("渡輪", "zh-TW")]
    judged = []
    for calibration in (RISING, replace(RISING, english=2.0)):
        both = {"same": calibration, "across": calibration}
        monkeypatch.setattr(confidence, "_calibrations", lambda both=both: both)
        judged.append([judge(filled, question, lang).probability for question, lang in asked])
    assert judged[1][0] > judged[0][0]
    assert judged[1][1] == judged[0][1]


@pytest.mark.parametrize(("threshold", "enough"), [(0.0, True), (1.0, False)])
def test_the_threshold_decides(filled: Store, monkeypatch: pytest.MonkeyPatch, threshold: float, enough: bool) -> None:
    """The same probability is enough below it and too little above it."""
    calibration = replace(RISING, threshold=threshold)
    monkeypatch.setattr(confidence, "_calibrations", lambda: {"same": calibration, "across": calibration})
    assert judge(filled, "渡輪").enough is enough


unit = st.floats(0, 1, allow_nan=False)


@given(st.tuples(*[unit] * 7), st.integers(0, 6), unit)
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
