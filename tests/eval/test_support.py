"""The calibration of the support check: drafts, limits and what is written."""

from pathlib import Path
from typing import Any

import pytest

from assistant.verification.support import Thresholds
from eval.datasets import Paragraph
from eval.support import curves, drafts_of, fit, measure, scorer_of, write

PARAGRAPHS = [
    Paragraph("a", "", "渡輪由鼓山開往旗津，全票三十元。學生票十五元。", [("渡輪由哪裡開往旗津？", "鼓山")]),
    Paragraph("b", "", "圖書館週一休館。分館共有六十間。", [("圖書館何時休館？", "週一")]),
]
SCORER = scorer_of(PARAGRAPHS, lambda _a, _b: 0.9)


def row(kind: str, right: bool, half: int, **values: Any) -> dict[str, Any]:
    return {"set": "drcd", "kind": kind, "right": right, "half": half, "names": 0, "novelty": 0.0, **values}


ROWS = [
    *(row("verbatim", True, half, coverage=0.9 + n / 100, cosine=0.95) for half in (0, 1) for n in range(5)),
    *(row("stated", True, half, coverage=0.3, cosine=0.96) for half in (0, 1)),
    *(row("foreign", False, half, coverage=0.1, cosine=0.8) for half in (0, 1) for _ in range(5)),
    *(
        {"set": "across", "kind": "x", "right": r, "half": h, "cosine": 0.7 + 0.2 * r}
        for r in (True, False)
        for h in (0, 1)
    ),
]


def test_right_and_wrong_drafts_come_from_the_same_question() -> None:
    """A copy, another order and a statement are right; another answer and other sentences are wrong."""
    drafts = [draft for draft in drafts_of(PARAGRAPHS) if draft.half == 0]
    assert {draft.sentence for draft in drafts if draft.right} == {
        "渡輪由鼓山開往旗津，全票三十元。",
        "全票三十元，渡輪由鼓山開往旗津",
        "渡輪由鼓山開往旗津",
    }
    wrong = {draft.kind: draft.sentence for draft in drafts if not draft.right}
    assert wrong["swapped"] == "渡輪由週一開往旗津，全票三十元。"
    assert wrong["neighbour"] == "學生票十五元。"
    assert wrong["foreign"].startswith("圖書館")


def test_a_right_draft_is_covered_and_a_foreign_one_is_not() -> None:
    """The features tell a copy from a sentence about something else."""
    measured = {draft.kind: measure(draft, SCORER) for draft in drafts_of(PARAGRAPHS) if draft.half == 0}
    assert measured["verbatim"]["coverage"] == pytest.approx(1.0)
    assert measured["verbatim"]["novelty"] == 0
    assert measured["foreign"]["coverage"] < 0.5


def test_limits_keep_the_right_and_stop_the_wrong() -> None:
    """Fitted on one half, they hold on the other."""
    limits = fit([each for each in ROWS if each["half"] == 0])
    figures = curves([each for each in ROWS if each["half"] == 1], limits)
    assert figures["passed"]["drcd: verbatim"] == 1.0
    assert figures["passed"]["drcd: foreign"] == 0.0
    assert limits.least_cosine_across == pytest.approx(0.9)
    assert figures["auc_coverage"] == 1.0


def test_limits_are_written_as_the_product_reads_them(tmp_path: Path) -> None:
    """A number a line, under its name."""
    path = tmp_path / "support.toml"
    write(Thresholds(0.5, 0.3, 0.9, 0.8, 2.0), path)
    assert "least_coverage = 0.5\n" in path.read_text(encoding="utf-8")
