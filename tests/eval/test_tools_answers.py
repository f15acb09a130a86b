"""Whole answers on live services are judged by what the question needs, at its own moment."""

from datetime import datetime
from typing import Any

import pytest

from assistant.schema import Answer, Citation, Locator, Question, Reading, Status
from assistant.tools.texts import say
from eval.tools.answers import answer_figures, judged, kind_of, measure_answers

ROW: dict[str, Any] = {
    "id": "tl-900",
    "split": "dev",
    "lang": "zh-TW",
    "role": "citizen",
    "as_of": "2026-11-23T08:12+08:00",
    "question": "88路還要多久到文化中心",
    "tools": ["bus_arrivals"],
    "missing": [],
    "documents": False,
}
READING = Reading("bus_arrivals", "交通局", "2026-11-23T08:12:00+08:00", False, True, {"minutes": 7}, "文化中心", n=1)
CITATION = Citation(1, "a", "a.md", "票價", "", Locator(), "全票30元。", 0, 6)


def answer(text: str = "", status: Status = Status.ANSWERED, **fields: Any) -> Answer:
    return Answer("x", status, "zh-TW", text, timings_ms={"total": 120.0}, **fields)


class Assistant:
    """Answers every question alike, and notes what it was asked and when."""

    def __init__(self, said: Answer) -> None:
        self.said = said
        self.now: datetime | None = None
        self.asked: list[tuple[Question, datetime | None]] = []

    def set(self, moment: datetime) -> None:
        self.now = moment

    def ask(self, question: Question) -> Answer:
        self.asked.append((question, self.now))
        return self.said


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "live"),
        ({"documents": True}, "both"),
        ({"missing": ["bus_arrivals.stop"]}, "missing"),
        ({"tools": [], "documents": True}, "documents"),
        ({"tools": []}, "neither"),
    ],
)
def test_what_a_question_needs_is_told_by_its_fields(fields: dict[str, Any], kind: str) -> None:
    """The kinds of the data set's page."""
    assert kind_of({**ROW, **fields}) == kind


def test_each_question_is_asked_at_its_moment() -> None:
    """Both the assistant's clock and the question's day are those of the row."""
    assistant = Assistant(answer("還有 7 分鐘。[1]", route="live", readings=(READING,)))
    (row,) = measure_answers(assistant, [{**ROW, "role": "staff"}], assistant.set)
    ((question, now),) = assistant.asked
    assert now == question.as_of == datetime.fromisoformat(ROW["as_of"])
    assert (question.text, question.lang, question.role) == (ROW["question"], "zh-TW", "staff")
    assert (row["route_right"], row["tools_right"], row["answered"], row["invented_figures"]) == (True, True, True, [])


def test_another_service_or_one_more_is_wrong() -> None:
    """Exactly the right ones count."""
    wrong = judged(ROW, answer("7", route="live", readings=(READING, Reading("weather", "", "", False, True, {}))))
    assert not wrong["tools_right"]


def test_a_missing_argument_has_to_be_asked_for() -> None:
    """An answer in its place is a guess."""
    row = {**ROW, "missing": ["bus_arrivals.stop"]}
    assert judged(row, answer("哪一站？", Status.CLARIFY, route="live"))["route_right"]
    assert not judged(row, answer("7 分鐘", route="live", readings=(READING,)))["route_right"]


def test_a_question_on_rules_must_not_ask_a_service() -> None:
    """Documents answer it; small talk may be replied to in any way but that."""
    rules = {**ROW, "tools": [], "documents": True}
    assert judged(rules, answer("30 元", route="documents", citations=(CITATION,)))["route_right"]
    assert not judged(rules, answer("7 分鐘", route="live", readings=(READING,)))["route_right"]
    assert judged({**ROW, "tools": []}, answer("您好", route="reply"))["route_right"]


def test_a_figure_that_stands_nowhere_is_found() -> None:
    """Neither reading, quote nor question has it."""
    assert judged(ROW, answer("還有 9 分鐘，票價 30 元", route="live", readings=(READING,), citations=(CITATION,)))[
        "invented_figures"
    ] == ["9"]


def test_what_would_be_sent_is_the_persons_own() -> None:
    """Behind the words that begin an offer stands a draft, with its code and how long that holds."""
    offer = f"{say('consent', 'begins', 'zh-TW')}\n・人數：2\n請回覆「確認 R9」（15 分鐘內有效）"
    assert (
        judged(ROW, answer(f"還有 7 分鐘。[1]\n{offer}", route="live", readings=(READING,)))["invented_figures"] == []
    )


def test_figures_are_given_by_kind() -> None:
    """Shares of each kind of question, and the time to the whole answer."""
    good = judged(ROW, answer("7 分鐘", route="live", readings=(READING,)))
    silent = judged(ROW, answer("查無此站", Status.NO_EVIDENCE, route="live"))
    figures = answer_figures([good, silent])
    assert figures["live"] == {
        "n": 2,
        "route_right": 1.0,
        "tools_right": 0.5,
        "answered": 0.5,
        "cited": 0.0,
        "ms_p50": 120,
        "ms_p95": 120,
    }
    assert figures["statuses"] == {"answered": 1, "no_evidence": 1}
