"""Personal data on the way to the language model and back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.conversation import Conversation
from assistant.models.engine import Engine
from assistant.retrieval import Found, Retriever
from assistant.schema import DoneEvent, Question, SentenceEvent, Status, Turn
from tests.doubles import ScriptedEngine, fix_answerability, index_city, make_conversation, small_settings

NAME, PHONE, ID = "王小明", "0912-345-678", "A123456789"
ASKED = f"我叫{NAME}，電話{PHONE}，旗津渡輪全票每次多少元？"
ANSWER = "渡輪全票每次30元。"
Open = Callable[[Engine | None], Conversation]


@pytest.fixture(scope="module")
def open_any(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder: Path = tmp_path_factory.mktemp("city")
    settings = small_settings(folder)
    index_city(settings)
    opened: list[Conversation] = []

    def open_any(engine: Engine | None) -> Conversation:
        opened.append(make_conversation(settings, engine))
        return opened[-1]

    yield open_any
    for conversation in opened:
        conversation.close()


@pytest.fixture
def open_with(open_any: Open, monkeypatch: pytest.MonkeyPatch) -> Open:
    fix_answerability(monkeypatch)
    return open_any


def prompts(engine: ScriptedEngine) -> str:
    return "\n".join(text for messages in engine.asked for _, text in messages)


def test_the_model_never_reads_who_asks(open_with: Open) -> None:
    """Name and phone are placeholders in its prompt, and the answer is the one that anybody gets."""
    engine = ScriptedEngine(ANSWER)
    answer = open_with(engine).ask(Question(ASKED))
    assert answer.answer.startswith(f"{ANSWER} [1]")
    assert "問題：我叫〔姓名1〕，電話〔電話1〕，旗津渡輪全票每次多少元？" in prompts(engine)
    assert NAME not in prompts(engine)
    assert PHONE not in prompts(engine)


def test_earlier_turns_are_masked_too(open_with: Open) -> None:
    """A follow-up is worded in full from a question that had personal data; they are not in that wording."""
    engine = ScriptedEngine("渡輪學生票每次15元。")
    open_with(engine).ask(Question("那學生票呢？", history=(Turn(ASKED, f"{ANSWER} [1]"),)))
    assert "學生票" in prompts(engine).rpartition("問題：")[2]
    assert NAME not in prompts(engine)
    assert PHONE not in prompts(engine)


def test_a_placeholder_of_the_model_is_the_askers_own_word(open_with: Open) -> None:
    """It is put back in the sentence and in the whole answer; its number is no figure that needs a source."""
    engine = ScriptedEngine("〔姓名1〕：渡輪全票每次30元。")
    *events, done = open_with(engine).stream(Question(ASKED))
    assert isinstance(done, DoneEvent)
    shown = [event.text for event in events if isinstance(event, SentenceEvent)]
    assert shown[0] == f"{NAME}：渡輪全票每次30元。 [1]"
    assert done.answer.answer.startswith(shown[0])


def test_a_placeholder_that_nobody_gave_brings_nothing_back(open_with: Open) -> None:
    """A model that makes one up, or text that a person typed, names no value; wrong figures are dropped as ever."""
    engine = ScriptedEngine("〔電話7〕可查詢渡輪全票。〔電話1〕渡輪全票每次31元。")
    answer = open_with(engine).ask(Question(ASKED))
    assert PHONE not in answer.answer
    assert "31" not in answer.answer


def test_documents_are_searched_without_personal_data(open_with: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither values nor placeholders are searched for, embedded or translated; the rest of the words are."""
    searched, find = [], Retriever.find

    def find_noted(self: Retriever, question: str, *more: object) -> Found:
        searched.append(question)
        return find(self, question, *more)

    monkeypatch.setattr(Retriever, "find", find_noted)
    answer = open_with(ScriptedEngine(ANSWER)).ask(Question(f"{ASKED} 身分證{ID}"))
    assert answer.status is Status.ANSWERED
    assert searched == ["旗津渡輪全票每次多少元？"]


def test_addresses_stay_in_questions(open_with: Open) -> None:
    """Where something is, is what people ask about."""
    engine = ScriptedEngine(ANSWER)
    open_with(engine).ask(Question("我在旗津區廟前路1號，旗津渡輪全票每次多少元？"))
    assert "廟前路1號" in prompts(engine)
