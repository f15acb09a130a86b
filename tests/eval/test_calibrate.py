"""Calibration: the regression keeps what it promises, and its curves are honest about what was fitted."""

import random
from dataclasses import fields, replace
from datetime import date

import pytest

from assistant.retrieval.confidence import Features
from assistant.schema import Chunk, Document, Passage
from eval.calibrate import CITY, KEPT, Example, _halves, _risk_coverage, _without_facts, calibrate

np = pytest.importorskip("numpy")


def example(name: str, number: int, kind: str, level: float, *, stopped: bool = False) -> Example:
    drawn = random.Random(f"{name} {number} {kind}")
    values = {field.name: min(1.0, max(0.0, drawn.gauss(level, 0.15))) for field in fields(Features)}
    features = Features(**{**values, "denial_lead": 0.0})
    return Example(name, f"{name} {number}", kind, kind == "answerable", number % 3 == 0, features, stopped)


@pytest.fixture
def examples() -> list[Example]:
    made = []
    for name in (CITY, "public"):
        for number in range(80):
            made.append(example(name, number, "answerable", 0.7))
            made.append(example(name, number, "documents removed", 0.4, stopped=number % 10 == 0))
    return made


def test_the_threshold_keeps_the_promised_share(examples: list[Example]) -> None:
    """All but a twentieth of the city's answerable questions pass, by regressions that did not see them."""
    calibration, figures = calibrate(examples)
    assert figures["city-dev (cross-validated)"]["answerable_kept"] == pytest.approx(KEPT, abs=0.02)
    assert len(calibration["weights"]) == len(fields(Features))


def test_what_is_stopped_counts_as_abstained(examples: list[Example]) -> None:
    """Where everything unanswerable disagrees with its evidence, all of it is abstained from."""
    stopped = [replace(e, stopped=not e.answerable) for e in examples]
    curves = calibrate(stopped)[1]
    assert [curve["abstains"]["documents removed"] for curve in curves.values()] == [1.0, 1.0]


def test_a_question_never_stands_in_both_halves(examples: list[Example]) -> None:
    """What was made of one question fits or reports, never both."""
    fits, reports = _halves(examples)
    assert {e.question for e in fits}.isdisjoint(e.question for e in reports)
    assert len(fits) + len(reports) == len(examples)


def test_accepting_everything_has_the_error_of_the_set() -> None:
    """At full coverage the error is the share of questions without an answer; at less it need not be."""
    truth, probabilities = np.array([True, True, False, True]), np.array([0.9, 0.8, 0.2, 0.7])
    curve = _risk_coverage(probabilities, truth)
    assert (curve[-1]["coverage"], curve[-1]["error"]) == (1.0, 0.25)
    assert curve[0]["error"] == 0.0


def test_the_fact_is_taken_out_of_a_passage() -> None:
    """Sentences that state a fact go, in any of its spellings; a passage of nothing else goes whole."""
    document = Document("a", "a.md", "Ferry", published=date(2026, 1, 1))

    def passage(text: str) -> Passage:
        return Passage(Chunk("a:0", "a", 0, text, 0, len(text)), document, 1.0)

    kept = _without_facts([passage("全票 30 元。渡輪開往旗津。"), passage("三十元。")], [["30元", "三十元"]])
    assert [one.chunk.text for one in kept] == ["渡輪開往旗津。"]
