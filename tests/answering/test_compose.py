"""The model's draft: what it is asked, how its sentences come, and how it is stopped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Draft, Prompts, brief, compose_answer, is_refusal, load_prompts, warm_up
from assistant.answering.compose import BRIEF
from assistant.answering.inert import inert
from assistant.errors import EngineUnavailable
from assistant.schema import Chunk, Document, EvidenceSentence, Lang, Locator, Passage
from assistant.sentences import split_statements
from assistant.verification.language import has_simplified
from tests.doubles import ScriptedEngine

NAMES: dict[Lang, str] = {"zh-TW": "小城市", "en": "Small Town"}
TEXT = "渡輪全票\n每次30元。學生票每次15元。"
CHUNK = Chunk("c", "ferry", 0, TEXT, 0, len(TEXT), Locator(section="票價"))
PASSAGE = Passage(CHUNK, Document("ferry", "", "渡輪票價"), 1)


def sentence(text: str, score: float = 1.0) -> EvidenceSentence:
    start = TEXT.find(text)
    return EvidenceSentence(PASSAGE, text, start, start + len(text), 1.0, score)


EVIDENCE = [sentence("渡輪全票\n每次30元。"), sentence("學生票每次15元。")]
PROMPTS = load_prompts(NAMES)


def ready(reply: str, *, dies_after: int | None = None) -> ScriptedEngine:
    engine = ScriptedEngine(reply, dies_after=dies_after)
    engine.start()
    return engine


def compose(engine: ScriptedEngine, question: str = "票價？", prompts: Prompts = PROMPTS["zh-TW"]) -> list[str]:
    return [draft.text for draft in compose_answer(engine, prompts, question, EVIDENCE)]


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
@given(question=st.text(max_size=60))
def test_the_prefix_is_the_same_for_every_question(lang: Lang, question: str) -> None:
    """All messages but the last one never change, so that the engine reads them once."""
    engine = ready("。")
    compose(engine, question, PROMPTS[lang])
    assert tuple(engine.asked[0][:-1]) == PROMPTS[lang].prefix
    assert engine.asked[0][-1][1].endswith(inert(question))


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_the_evidence_stands_before_the_question(lang: Lang) -> None:
    """Under the title and place of their document the sentences are numbered through, a line each."""
    engine = ready("。")
    compose(engine, "QUESTION", PROMPTS[lang])
    role, text = engine.asked[0][-1]
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if "渡輪票價" in line)
    assert role == "user"
    assert "票價" in lines[head].replace("渡輪票價", "")
    assert lines[head + 1 : head + 3] == ["[1] 渡輪全票 每次30元。", "[2] 學生票每次15元。"]
    assert lines[-1].endswith("QUESTION")


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_the_prefix_has_rules_and_whole_examples(lang: Lang) -> None:
    """One system message that names the city, then questions with answers that point to a sentence of theirs."""
    prefix = PROMPTS[lang].prefix
    assert [role for role, _ in prefix] == ["system", *["user", "assistant"] * (len(prefix) // 2)]
    assert NAMES[lang] in prefix[0][1]
    assert not any(re.search(r"\{\w*\}", text) for _, text in prefix)
    for (_, asked), (_, answered) in zip(prefix[1::2], prefix[2::2], strict=True):
        assert all(f"\n[{number}] " in asked for number in re.findall(r"^\[(\d)\] ", answered, re.MULTILINE))


def test_the_chinese_prompt_is_traditional() -> None:
    """No Simplified character stands in what the model imitates."""
    assert not any(has_simplified(text) for _, text in PROMPTS["zh-TW"].prefix)


@given(st.lists(st.sampled_from("渡輪票價。！？；「」（）.!? \nAz,:$-"), max_size=60).map("".join))
def test_streamed_sentences_are_those_of_the_whole_text(reply: str) -> None:
    """Wherever the text is cut on its way, each sentence comes once, whole and in order."""
    assert compose(ready(reply)) == [reply[start:end] for start, end in split_statements(reply)]


def test_a_sentence_comes_before_the_next_one_is_written() -> None:
    """The first sentence is handed on while the model writes the second one."""
    engine = ready("全票30元。學生票15元。團體票另議。")
    draft = compose_answer(engine, PROMPTS["zh-TW"], "票價？", EVIDENCE)
    assert next(draft).text == "全票30元。"
    assert engine.written < len("全票30元。學生票")
    draft.close()  # type: ignore[attr-defined]  # an iterator that is a generator


def test_closing_the_draft_stops_the_model() -> None:
    """Whoever needs no more sentences stops the engine in mid-answer."""
    engine = ready("全票30元。" + "學生票15元。" * 100)
    draft = compose_answer(engine, PROMPTS["zh-TW"], "票價？", EVIDENCE)
    next(draft)
    draft.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    assert engine.stopped_early.is_set()
    assert engine.written < 20


def test_a_cancelled_draft_stops_at_the_next_token() -> None:
    """Cancelling needs no end of a sentence."""
    engine = ready("全票每次" * 100)
    draft = compose_answer(engine, PROMPTS["zh-TW"], "票價？", EVIDENCE, cancelled=lambda: engine.written > 5)
    assert list(draft) == []
    assert engine.stopped_early.is_set()
    assert engine.written == 6


def test_warming_up_reads_the_prefix_of_each_language() -> None:
    """The engine has read what all questions begin with, and has written next to nothing."""
    engine = ready("好的好的")
    warm_up(engine, PROMPTS, timeout_s=1)
    assert [tuple(messages[:-1]) for messages in engine.asked] == [prompts.prefix for prompts in PROMPTS.values()]
    assert engine.written <= len(PROMPTS)


def test_an_engine_that_is_not_there_is_not_warmed_up() -> None:
    """Without an engine nothing is asked and nothing fails."""
    engine = ScriptedEngine("好的")
    warm_up(engine, PROMPTS, timeout_s=0)
    assert engine.asked == []


def test_nothing_is_asked_before_the_first_sentence_is_wanted() -> None:
    """A draft that nobody reads costs nothing."""
    engine = ready("全票30元。")
    compose_answer(engine, PROMPTS["zh-TW"], "票價？", EVIDENCE)
    assert engine.asked == []


def test_an_engine_that_dies_gives_whole_sentences_only() -> None:
    """What was finished has been handed on, the broken sentence never is."""
    draft = compose_answer(ready("全票30元。學生票15元。", dies_after=9), PROMPTS["zh-TW"], "票價？", EVIDENCE)
    assert next(draft).text == "全票30元。"
    with pytest.raises(EngineUnavailable):
        next(draft)


@pytest.mark.parametrize("reply", ["", " ", "\n\n"])
def test_an_empty_draft_has_no_sentences(reply: str) -> None:
    """A model that says nothing gives nothing."""
    assert compose(ready(reply)) == []


def test_a_sentence_knows_what_it_points_to() -> None:
    """The number before a line is taken off and names the evidence of all its sentences, up to the next number."""
    reply = "[2] 學生票每次15元。限本人使用。\n[1] 全票每次30元。\n[9] 另有優惠。"
    drafts = list(compose_answer(ready(reply), PROMPTS["zh-TW"], "票價？", EVIDENCE))
    assert drafts == [
        Draft("學生票每次15元。", EVIDENCE[1]),
        Draft("限本人使用。", EVIDENCE[1]),
        Draft("全票每次30元。", EVIDENCE[0]),
        Draft("另有優惠。", None),
    ]


def test_numbering_and_headings_of_the_model_are_no_sentences() -> None:
    """A number before a line is taken off, and a line that only repeats a title is left out."""
    reply = "1. [1] 全票每次30元。\n2.\n[2] 3.\n渡輪票價\n4. [1][2] 學生票每次15元。"
    drafts = list(compose_answer(ready(reply), PROMPTS["zh-TW"], "票價？", EVIDENCE))
    assert drafts == [Draft("全票每次30元。", EVIDENCE[0]), Draft("學生票每次15元。", EVIDENCE[0])]


def test_what_the_limit_cut_off_is_no_sentence() -> None:
    """A long answer that ends without an end is left without its last piece; a short one may end as it likes."""
    long = "全票每次30元。" * 10
    assert compose(ready(f"{long}學生票每次")) == ["全票每次30元。"] * 10
    assert compose(ready("全票每次30元")) == ["全票每次30元"]


def test_marks_of_the_model_are_not_shown() -> None:
    """Only the program places marks, so those within a sentence are taken off."""
    assert compose(ready("全票每次30元 [1]。學生票15元[2][3]。")) == ["全票每次30元。", "學生票15元。"]


def test_the_model_reads_the_best_of_the_evidence_in_reading_order() -> None:
    """The best sentences within the limit, however they are ordered; a long one is read if nothing else is."""
    long = "說明" * (BRIEF["zh-TW"] // 3)
    evidence = [sentence(long, 0.2), sentence("全票", 0.9), sentence(long, 0.8), sentence("學生票", 1.0)]
    assert brief(evidence, "zh-TW") == evidence[1:]
    assert brief([sentence("長" * 1000)], "zh-TW") == [sentence("長" * 1000)]
    assert brief([], "zh-TW") == []


@pytest.mark.parametrize(
    ("text", "lang", "refused"),
    [
        ("資料中沒有提到。", "zh-TW", True),
        ("資料未列出星期日的時間。", "zh-TW", True),
        ("資料显示全票30元。", "zh-TW", False),
        ("The sources do not say.", "en", True),
        ("The fare is not mentioned in the sources.", "en", True),
        ("The sources say NT$30.", "en", False),
    ],
)
def test_a_refusal_is_recognised(text: str, lang: Lang, refused: bool) -> None:
    """The model's own words for finding nothing are told from an answer."""
    assert is_refusal(text, PROMPTS[lang]) is refused
