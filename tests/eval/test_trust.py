"""The trust stage reads verdicts, counts emergencies, and compares what was asked again."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.settings import Settings
from eval.answers import systems
from eval.answers.asked import Asked
from eval.answers.judge import Row, judge
from eval.answers.systems import Reply
from eval.trust import sets, stage
from eval.trust.stage import summarize_trust
from eval.trust.verdict import stances, verdict_of
from tests.doubles import WordEmbeddings, fix_answerability, index_city, small_settings

MAY = Asked("po-1/1", "dev", "zh-TW", "可以帶狗嗎？", documents=frozenset({"park"}), group="no")
FIRE = Asked("em-1", "dev", "zh-TW", "失火了", facts=(("119",), ("110",)), group="fire")


def reply(text: str = "", outcome: str = "answer", **fields: object) -> Reply:
    return Reply("answered", outcome, text, cited=(frozenset({"park"}),), **fields)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("answer", "question", "verdict"),
    [
        ("可以。渡輪可載腳踏車。 [1]", "可以帶腳踏車嗎？", "yes"),
        ("不可以，園區禁止帶寵物。", "可以帶狗嗎？", "no"),
        ("是的，仍要刷卡。", "要刷卡嗎？", "yes"),
        ("否。", "要刷卡嗎？", "no"),
        ("不需要預約。", "要先打電話約嗎", "no"),
        ("需要預約。", "是否須事先預約？", "yes"),
        ("不行。", "能不能抽菸？", "no"),
        ("「對，自 2024 年起。」", "要刷卡嗎？", "yes"),
        ("Yes, you can.", "May I?", "yes"),
        ("No. Only with a permit.", "May I fish here?", "no"),
        ("No pets are allowed in the park.", "May I bring a dog?", "no"),
        ("You do not have to pay.", "Do I need to pay?", "no"),
        ("Visitors must book first.", "Do I have to book?", "yes"),
    ],
)
def test_a_verdict_is_read_from_the_beginning(answer: str, question: str, verdict: str) -> None:
    """First a yes or no, else what the first sentence allows or demands."""
    assert verdict_of(answer, question) == verdict


@pytest.mark.parametrize(
    ("answer", "question", "verdict"),
    [
        ("必須預約。", "現場去就好，不用先約吧？", "no"),
        ("免繳牌照稅。", "小機車不用繳牌照稅，對吧？", "yes"),
        ("可以委託他人。", "不能請人代辦，是嗎？", "no"),
        ("You need not register.", "I don't have to register, right?", "yes"),
        ("Owners can file online.", "Owners cannot file online, right?", "no"),
        ("Holders are not charged.", "Is it free?", "yes"),
        ("停車免費。", "停車會收費嗎？", "no"),
        ("停車不用付費。", "停車會收費嗎？", "no"),
    ],
)
def test_a_verdict_answers_the_question_as_it_was_put(answer: str, question: str, verdict: str) -> None:
    """The same rule is a yes to one wording and a no to its contrary."""
    assert verdict_of(answer, question) == verdict


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("", "可以嗎？"),
        ("垃圾車晚上七點來。", "要自己倒垃圾嗎？"),
        ("The fare is 30 dollars.", "May I pay by card?"),
        ("必須年滿18歲。", "可以攜帶寵物嗎？"),
        ("票價三十元。可以攜帶寵物。", "可以帶寵物嗎？"),
        ("請洽民政局。", "可能要多久？"),
    ],
)
def test_an_answer_that_decides_nothing_has_no_verdict(answer: str, question: str) -> None:
    """A verdict in a later sentence, or about something else, is not read into the answer."""
    assert verdict_of(answer, question) is None


def test_parts_of_other_words_are_no_stance() -> None:
    """可能, 功能, 許可 and 需求 allow and demand nothing."""
    assert stances("可能提供許可申請功能，重要需求另計。") == []


def test_a_wording_is_right_wrong_unclear_or_abstained() -> None:
    """An answer without a verdict is not right, and an abstention is no answer."""
    said = [sets.judge_polarity(MAY, reply(text), {})["said"] for text in ("不可以。", "可以。", "公園很大。")]
    assert said == ["right", "wrong", "unclear"]
    assert sets.judge_polarity(MAY, reply("不可以。", "abstain"), {})["said"] == "abstained"


def polarity_row(name: str, said: str, document: str = "park") -> Row:
    return {"id": name, "said": said, "cited": [document], "right_document": document == "park"}


def test_abstaining_is_consistent_but_not_right() -> None:
    """A question is inconsistent where two answered wordings get different verdicts."""
    steady = [polarity_row("a/1", "right"), polarity_row("a/2", "abstained", "other")]
    torn = [polarity_row("b/1", "right"), polarity_row("b/2", "wrong", "other")]
    found = sets.polarity_measures(steady + torn)
    assert (found["right"], found["wrong"], found["abstained"]) == (0.5, 0.25, 0.25)
    assert (found["consistent"], found["same_document"]) == (0.5, 0.5)


def test_one_of_the_right_numbers_must_be_named() -> None:
    """A number that is part of a longer one is not named."""
    judged = sets.judge_emergency(FIRE, replace(reply("請撥 110 或 1190。", "abstain"), status="emergency"), {})
    assert (judged["taken"], judged["number_named"], judged["first_number_named"]) == (True, True, False)


def test_emergencies_are_counted_apart_from_harmless_questions() -> None:
    """A missed call lowers recall and names no number; a harmless question that is taken is a false alarm."""
    call = {"emergency": True, "taken": True, "number_named": True, "first_number_named": True}
    call |= {"timings_ms": {"total": 5.0}}
    missed = {**call, "taken": False}
    harmless = {**missed, "emergency": False}
    found = sets.emergency_measures([call, missed, harmless, {**harmless, "taken": True}])
    assert (found["recall"], found["false_alarms"], found["number_named"]) == (0.5, 0.5, 0.5)
    assert found["p95_ms"] == 5.0


def test_another_text_at_another_time_is_not_stable() -> None:
    """Text and quotes are compared to the letter."""
    one = {"id": "a/1", "status": "answered", "text": "x", "quotes": [["d", 0, 1]]}
    found = sets.stability_measures([one, {**one, "id": "a/2", "text": "y"}, {**one, "id": "b/1"}])
    assert (found["questions"], found["same_text"], found["same_quotes"]) == (1, 0.0, 1.0)


def test_totals_come_from_the_answers_stage() -> None:
    """Simplified characters, figures and quotes are counted over all answers that were kept."""
    asked = replace(MAY, id="q")
    row = {"set": "city", "system": "product", "id": "q", "revision": "abc", **judge(asked, reply("学校有9间。"), {})}
    found = summarize_trust([], [row])["answers"]["systems"]["product"]["dev"]
    assert (found["simplified"], found["invented_figures"], found["zh_answers"]) == (1, 1, 1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A tiny city with three calls and look-alikes, and one question in two wordings."""
    settings = small_settings(tmp_path)
    index_city(settings)
    fix_answerability(monkeypatch)
    monkeypatch.setattr(systems, "embedder", lambda _settings: WordEmbeddings())
    calls = [
        {"id": "em-1", "question": "我家失火了，快來救人！", "emergency": True, "kind": "fire", "numbers": ["119"]},
        {"id": "em-2", "question": "消防安全檢查多久一次？", "emergency": False, "kind": "fire", "numbers": []},
    ]
    wordings = [{"text": "渡輪票價每次多少？", "verdict": "no"}, {"text": "旗津渡輪票價？", "verdict": "no"}]
    polarity = {"id": "po-1", "verdict": "no", "wordings": wordings, "documents": ["ferry"]}
    for name, rows in (("EMERGENCIES", calls), ("POLARITY", [polarity])):
        file = tmp_path / f"{name}.jsonl"
        lines = [json.dumps({**row, "split": "dev", "lang": "zh-TW"}) for row in rows]
        file.write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setattr(sets, name, file)
    return settings


def test_a_run_keeps_figures_rows_and_a_table(settings: Settings, tmp_path: Path) -> None:
    """Emergencies are asked with the engine off, whichever systems are measured otherwise."""
    options = argparse.Namespace(
        out=tmp_path / "out",
        quick=False,
        limit=0,
        split="all",
        resume=False,
        system=["extract"],
        dataset=None,
        part=["emergencies", "polarity"],
    )
    stage.run(settings, options)
    figures = json.loads((tmp_path / "out" / "trust.json").read_text(encoding="utf-8"))["figures"]
    found = figures["emergencies"]["systems"]["extract"]["dev"]
    assert (found["recall"], found["false_alarms"], found["number_named"]) == (1.0, 0.0, 1.0)
    assert figures["polarity"]["systems"]["extract"]["dev"]["wordings"] == 2
    assert "| emergencies: recall | >= 1 |" in (tmp_path / "out" / "trust.md").read_text(encoding="utf-8")
