"""The answers stage asks, judges, counts and resumes as it says, on a tiny city without a model."""

import argparse
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from assistant.conversation import Conversation
from assistant.schema import Answer, Citation, Document, Locator, ModelInfo, Question, Status
from assistant.settings import Settings
from eval.answers import figures, running, sets, stage, systems
from eval.answers.asked import CITY, Asked, Part
from eval.answers.figures import compared, difference, measures, summarize
from eval.answers.journal import Journal, rows_of
from eval.answers.judge import Row, facts_in, judge
from eval.answers.report import COLUMNS, Measure, table, write_report
from eval.answers.systems import Reply, outcome_of_text, reply_of
from eval.datasets import Paragraph
from tests.doubles import WordEmbeddings, fix_answerability, index_city, small_settings

FERRY = Document("ferry", "documents/ferry.txt", "旗津渡輪票價")
TEXT = "渡輪全票每次30元，持一卡通每次20元。"
TEXTS = {"ferry": (FERRY, TEXT)}
FARE = Asked("q", "dev", "zh-TW", "渡輪票價？", facts=(("30元", "三十元"),), documents=frozenset({"ferry"}))


def reply(text: str = "全票每次30元。 [1]", **fields: object) -> Reply:
    given = {"status": "answered", "outcome": "answer", "sources": (TEXT,), "cited": (frozenset({"ferry"}),), **fields}
    return Reply(text=text, **given)  # type: ignore[arg-type]  # fields by name


def row(system: str = "product", name: str = "q", **fields: object) -> Row:
    key = {"set": "city", "system": system, "id": name, "revision": "abc", "quotes": 1}
    return {**key, **judge(FARE, reply(timings_ms={"total": 1000.0}), TEXTS), **fields}


def citation(quote: str, start: int) -> Citation:
    return Citation(1, "ferry", FERRY.source, FERRY.title, "", Locator(), quote, start, start + len(quote))


def test_a_right_answer_is_judged_right_in_every_respect() -> None:
    """Facts, figures, document and language of an answer that a person would call right."""
    judged = judge(FARE, reply(), TEXTS)
    assert (judged["facts_found"], judged["facts_in_sources"], judged["right_document"]) == (1, 1, True)
    assert (judged["invented_figures"], judged["foreign_figures"], judged["simplified"]) == (0, 0, False)
    assert judged["right_language"]


def test_a_figure_that_no_source_holds_is_invented() -> None:
    """It counts among all figures that the answer states; one of another document is foreign to the right one."""
    judged = judge(FARE, reply("全票每次45元，持卡20元。", sources=(TEXT, "公車45元")), TEXTS)
    assert (judged["figures"], judged["invented_figures"], judged["foreign_figures"]) == (2, 0, 1)
    assert judge(FARE, reply("全票每次45元。"), TEXTS)["invented_figures"] == 1


def test_an_abstention_states_no_fact() -> None:
    """What stands in a refusal, such as a phone number, is no answer."""
    judged = judge(FARE, reply("找不到，30元。", outcome="abstain"), TEXTS)
    assert (judged["gave_answer"], judged["facts_found"], judged["figures"]) == (False, 0, 0)


def test_a_fact_counts_in_either_script() -> None:
    """A right answer in Simplified characters is right; the characters are counted for themselves."""
    asked = replace(FARE, facts=(("臺灣大學圖書館",),))
    judged = judge(asked, reply("台湾大学图书馆"), TEXTS)
    assert (judged["facts_found"], judged["simplified"]) == (1, True)
    assert facts_in("ＡＢＣ　１２", [["abc12"]]) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [("每次 30 元", True), ("每次３０元", True), ("每次130元", False), ("每次2.30元", False), ("共 30,000元", False)],
)
def test_a_number_is_found_whole(text: str, found: bool) -> None:
    """White space and width do not matter, the digits beside it do."""
    assert (facts_in(text, [["30元"]]) == 1) is found


def test_a_number_without_a_unit_ends_where_it_ends() -> None:
    """1999 is not said by 19990."""
    assert [facts_in(text, [["1999"]]) for text in ("請撥1999。", "第19990號", "1999.5")] == [1, 0, 0]


def test_an_answer_in_another_language_is_seen() -> None:
    """The language is read from the words, not from what the system says of itself."""
    assert not judge(FARE, reply("The fare is NT$30."), TEXTS)["right_language"]


def test_a_quote_is_looked_up_where_its_citation_says() -> None:
    """The same words at another place are no verbatim quote."""
    right, wrong = citation("每次30元", 4), citation("每次30元", 5)
    answer = Answer("q", Status.ANSWERED, "zh-TW", "30元", (right, wrong), model=ModelInfo("m", "TW"))
    assert reply_of(answer, TEXTS).bad_quotes == 1
    assert reply_of(answer, TEXTS).cited == (frozenset({"ferry"}),) * 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (Status.ANSWERED, "answer"),
        (Status.PARTIAL, "answer"),
        (Status.NO_EVIDENCE, "abstain"),
        (Status.CLARIFY, "ask"),
        (Status.EMERGENCY, "abstain"),
        (Status.ERROR, "error"),
    ],
)
def test_a_status_is_an_outcome(status: Status, outcome: str) -> None:
    """Whatever is no answer and no question back leaves the person without one."""
    assert reply_of(Answer("q", status, "en", ""), {}).outcome == outcome


def test_a_plain_text_that_ends_with_a_question_asks_back() -> None:
    """Plain text carries no status, so its outcome is read from its words."""
    assert outcome_of_text("Which library do you mean?") == "ask"
    assert outcome_of_text("I don't know.") == "abstain"
    assert outcome_of_text("It costs 30 dollars.") == "answer"


def test_measures_are_shares_of_what_they_are_about() -> None:
    """Recall is over answerable questions, abstention over the others; a share of nothing is left out."""
    found = measures(
        [
            row(),
            row(facts_found=0, outcome="abstain", gave_answer=False),
            row(want="abstain", outcome="abstain", gave_answer=False),
            row(want="abstain"),
        ]
    )
    assert (found["fact_recall"], found["refused_wrongly"], found["abstained"]) == (0.5, 0.5, 0.5)
    assert (found["decided_right"], found["ms"]["total"]["n"]) == (0.5, 2)
    assert "asked_back" not in found


def test_the_product_is_compared_on_the_same_questions() -> None:
    """A question that only one was asked takes no part; speed is a ratio of medians."""
    slow = {"timings_ms": {"total": 3000.0}}
    beside = compared([row(), row(name="r")], [row("baseline", facts_found=0, **slow)])
    assert (beside["n"], beside["fact_recall_difference"]["mean"]) == (1, 1.0)
    assert beside["faster_p50_both_answered"] == 3.0


def test_an_interval_holds_the_difference() -> None:
    """The bootstrap is seeded: the same rows give the same interval."""
    pairs = [(1.0, 0.0), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0)] * 10
    found = difference(pairs)
    assert found == difference(pairs)
    assert found["interval"][0] < found["mean"] == 0.5 < found["interval"][1]
    assert difference([]) == {"n": 0}


def test_figures_are_told_by_set_system_and_group() -> None:
    """Splits are never mixed with their parts, and all sets are told together."""
    told = summarize([row(), row("baseline"), row(name="r", split="test", lang="en", group="typo")])
    assert set(told["city"]["systems"]["product"]) == {"all", "dev", "dev/zh-TW", "test", "test/en", "test/typo"}
    assert told["city"]["product_beside_baseline"]["dev"]["n"] == 1
    assert figures.ALL_SETS in told


def test_the_table_says_which_target_is_missed(tmp_path: Path) -> None:
    """Each row has the target, every system's value, the number and the split."""
    told = summarize([row(set="drcd", facts_found=0), row("baseline", set="drcd")])
    rows = {line[0]: line for line in table(told)}
    line = rows["DRCD: the gold answer is in the answer"]
    assert line == (line[0], ">= 0.85", "0.000 **missed**", "", "1.000", "1/-/1", "dev")
    assert rows["drcd: key facts right, product less baseline"][2] == "-1.000 **missed**"
    assert f"| {' | '.join(COLUMNS)} |" in write_report(tmp_path, "answers", told).read_text(encoding="utf-8")


def test_above_the_baseline_is_above_it_or_perfect() -> None:
    """An equal value is no better, unless no better one exists; below works the other way round."""
    above, below = Measure("", "", "", "", beat=1), Measure("", "", "", "", beat=-1)
    assert [above.holds(0.8, 0.8), above.holds(0.9, 0.8), above.holds(1.0, 1.0)] == [False, True, True]
    assert [below.holds(0.2, 0.2), below.holds(0.1, 0.2), below.holds(0.0, 0.0)] == [False, True, True]


def test_the_journal_keeps_what_was_written_before_a_break(tmp_path: Path) -> None:
    """Every row is on disk at once; a line that was cut off and rows of an older layout are dropped."""
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": "old"}\n' + json.dumps(row(name="kept")) + '\n{"set": "ci', encoding="utf-8")
    journal = Journal(path)
    journal.add(row())
    assert [one["id"] for one in rows_of(path)] == ["kept", "q"]
    assert ("city", "product", "kept") in journal


def test_what_is_measured_anew_is_dropped(tmp_path: Path) -> None:
    """The rows of other sets stay."""
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (row(), row(set="drcd"))), encoding="utf-8")
    assert [one["set"] for one in Journal(path, lambda one: one["set"] == "city").rows.values()] == ["drcd"]


def test_a_limited_run_keeps_the_wordings_of_a_question_together() -> None:
    """The questions are drawn, the same ones each time."""
    asked = [replace(FARE, id=f"{number}/{wording}") for number in range(9) for wording in (1, 2)]
    drawn = [sets.chosen([Part(CITY, asked)], "all", 3)[0].questions for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 6
    assert sets.chosen([Part(CITY, asked)], "test", 3) == []


def test_drcd_questions_leave_out_what_the_gate_was_fitted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halves alternate, and the removed ones are among the others."""
    monkeypatch.setattr(sets, "CALIBRATED", 5)
    paragraphs = [Paragraph(f"p{number}", "", "text", [("問？", "答")]) for number in range(20)]
    drawn = sets.drcd_questions(paragraphs)
    assert {asked.id for asked in drawn} == {f"p{number}-1" for number in range(20) if number % 4}
    assert [asked.split for asked in drawn[:4]] == ["dev", "test", "dev", "test"]


def test_removed_paragraphs_are_exactly_those_of_the_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other paragraphs of the same article stay, so that refusing is not made easy."""
    paragraphs = [
        {"id": f"p{number}", "context": f"text {number}", "qas": [{"question": "q", "answers": [{"text": "a"}]}]}
        for number in range(9)
    ]
    file = tmp_path / "drcd.json"
    file.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}), encoding="utf-8")
    monkeypatch.setattr(sets, "DRCD", file)
    texts: list[dict[str, str]] = []
    monkeypatch.setattr(sets, "_texts", lambda name, given: texts.append(given) or CITY)
    (part,) = sets.drcd_removed()
    gold = {name for asked in part.questions for name in asked.documents}
    assert {asked.want for asked in part.questions} == {"abstain"}
    assert set(texts[0]) == {f"p{number}.txt" for number in range(9) if f"p{number}" not in gold}


def test_robustness_has_an_index_for_each_ability_and_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the documents of its own ability and language only, with what their sidecars say."""
    common = {"split": "dev", "lang": "en", "question": "?", "answerable": True, "key_facts": [["x"]]}
    rows = [
        {"id": "a", "ability": "noise", "documents": ["d"], **common},
        {"id": "b", "ability": "counterfactual", "documents": ["c"], "wrong_facts": [["y"]], **common},
    ]
    text = {"lang": "en", "title": "T", "text": "text", "effective_from": "2026-03-01"}
    documents = [{"id": "d", "ability": "noise", **text}, {"id": "c", "ability": "counterfactual", **text}]
    for name, content in (("ROBUSTNESS", rows), ("ROBUSTNESS_DOCUMENTS", documents)):
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in content), encoding="utf-8")
        monkeypatch.setattr(sets, name, file)
    made: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(sets, "_texts", lambda name, given: made.update({name: given}) or replace(CITY, name=name))
    parts = sets.robustness()
    sidecar = 'language = "en"\nid = "d"\ntitle = "T"\neffective_from = "2026-03-01"\n'
    assert made["robustness-noise-en"] == {"d.md": "# T\n\ntext\n", "d.md.toml": sidecar}
    assert parts[1].questions[0].wrong_facts == (("y",),)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A tiny city whose index the systems open with the embedder of shared words."""
    settings = small_settings(tmp_path)
    index_city(settings)
    fix_answerability(monkeypatch)
    monkeypatch.setattr(systems, "embedder", lambda _settings: WordEmbeddings())
    monkeypatch.setattr(stage, "SETS", {"city": sets.AnswerSet(partial(sets.on_the_city, questions(tmp_path)), ())})
    return settings


def questions(folder: Path) -> Path:
    """A set of two questions, one of which has no answer."""
    common = {"lang": "zh-TW", "role": "citizen", "split": "dev", "as_of": "2026-07-01"}
    yes = {"id": "yes", "question": "渡輪全票每次多少元？", "answerable": True, "documents": ["ferry"], **common}
    no = {"id": "no", "question": "捷運站的廁所幾點關門？", "answerable": False, "documents": [], **common}
    file = folder / "questions.jsonl"
    lines = [{**yes, "key_facts": [["30元"]]}, {**no, "key_facts": []}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def options(folder: Path, **more: object) -> argparse.Namespace:
    given = {"out": folder / "out", "quick": False, "limit": 0, "split": "all", "set": None, "resume": False}
    dataset = stage.CITY_QUESTIONS
    return argparse.Namespace(**{**given, "system": ["extract"], "dataset": dataset, **more})


def test_a_run_keeps_figures_rows_and_a_table(settings: Settings, tmp_path: Path) -> None:
    """The product without a model answers the one question and refuses the other."""
    stage.run(settings, options(tmp_path))
    kept = json.loads((tmp_path / "out" / "answers.json").read_text(encoding="utf-8"))
    found = kept["figures"]["city"]["systems"]["extract"]["dev"]
    assert (found["fact_recall"], found["refused_wrongly"], found["abstained"]) == (1.0, 0.0, 1.0)
    assert (found["bad_quotes"], found["invented_figures"]) == (0, 0)
    assert "| city: abstains |" in (tmp_path / "out" / "answers.md").read_text(encoding="utf-8")


def test_a_run_that_was_broken_off_goes_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C the rows stand, and only what is missing is asked."""
    asked: list[str] = []
    ask = Conversation.ask

    def counted(conversation: Conversation, question: Question) -> Answer:
        asked.append(question.id)
        if len(asked) == 3:  # after the one that is not counted, and the first
            raise KeyboardInterrupt
        return ask(conversation, question)

    monkeypatch.setattr(Conversation, "ask", counted)
    stage.run(settings, options(tmp_path))
    assert "--resume" in capsys.readouterr().out
    stage.run(settings, options(tmp_path, resume=True))
    assert asked == ["warm-up", "yes", "no", "warm-up", "no"]
    assert {one["id"] for one in rows_of(tmp_path / "out" / "answers-items.jsonl")} == {"yes", "no"}


def test_words_of_data_that_is_not_shipped_stay_in_the_home(settings: Settings, tmp_path: Path) -> None:
    """The results hold judgements alone; whoever works on the program finds the words in the home."""
    stage.run(settings, options(tmp_path))
    results = (tmp_path / "out" / "answers-items.jsonl").read_text(encoding="utf-8")
    words = (settings.home / "eval" / "answers-texts.jsonl").read_text(encoding="utf-8")
    assert "渡輪" not in results
    assert "渡輪全票每次30元" in words


def test_a_set_without_its_data_is_skipped(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no shared data still gets all other sets."""
    absent = sets.AnswerSet(list, (tmp_path / "DRCD_dev.json",))
    monkeypatch.setattr(stage, "SETS", {**stage.SETS, "drcd": absent})
    stage.run(settings, options(tmp_path))
    kept = json.loads((tmp_path / "out" / "answers.json").read_text(encoding="utf-8"))["figures"]
    assert kept["drcd"] == {"skipped": "DRCD_dev.json is absent."}
    assert "systems" in kept["city"]


def test_only_errors_are_asked_again_on_resume() -> None:
    """A row of another revision stays; a fault of the engine is no answer."""
    anew = partial(running._asked_anew, pairs={("city", "product")}, split="all", only_errors=True)
    assert anew(row(outcome="error"))
    assert not anew(row())
