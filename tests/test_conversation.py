"""The one door: streams that can be left, people who do not mix, and faults that become answers."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.conversation import Conversation, open_conversation
from assistant.errors import CityDataError, DocumentError, StoreError, UnknownModel
from assistant.models.chat_client import Messages
from assistant.models.engine import Engine
from assistant.schema import DoneEvent, EvidenceEvent, Question, SentenceEvent, Status, Turn
from assistant.settings import Settings
from assistant.store import Store
from tests.doubles import ScriptedEngine, fix_answerability, index_city, make_conversation, small_settings

FERRY = "旗津渡輪全票每次多少元？"
FERRY_ANSWER = "渡輪全票每次30元。"
WAIT_S = 20
Open = Callable[[Engine | None], Conversation]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = small_settings(tmp_path_factory.mktemp("city"))
    index_city(settings)
    return settings


@pytest.fixture
def open_with(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    fix_answerability(monkeypatch)
    opened: list[Conversation] = []

    def open_with(engine: Engine | None) -> Conversation:
        opened.append(make_conversation(settings, engine))
        return opened[-1]

    yield open_with
    for conversation in opened:
        conversation.close()


def break_search(patch: pytest.MonkeyPatch, fault: Exception) -> None:
    def search(*_: object) -> None:
        raise fault

    patch.setattr(Store, "search", search)


def test_asking_gives_what_streaming_ends_with(open_with: Open) -> None:
    """One flow behind both: the same text, citations and status."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER))
    asked = conversation.ask(Question(FERRY))
    *_, last = conversation.stream(Question(FERRY))
    assert isinstance(last, DoneEvent)
    unlike = {"id": "", "trace_id": "", "timings_ms": {}}
    assert replace(asked, **unlike) == replace(last.answer, **unlike)


def test_an_answer_can_be_traced(open_with: Open) -> None:
    """It keeps the question's id, has a trace of its own, and times of what was shown, in order."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER))
    answers = [conversation.ask(Question(FERRY, id="q-1")) for _ in range(2)]
    assert [answer.id for answer in answers] == ["q-1", "q-1"]
    assert answers[0].trace_id != answers[1].trace_id
    times = answers[0].timings_ms
    assert 0 < times["first_evidence"] <= times["first_sentence"] <= times["total"]


def test_the_evidence_is_there_before_the_model_writes(open_with: Open) -> None:
    """The reader sees quotes while the model has not written a character."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER, gate=gate)
    stream = open_with(engine).stream(Question(FERRY))
    first = next(stream)
    assert isinstance(first, EvidenceEvent)
    assert engine.written == 0
    gate.release(len(FERRY_ANSWER))
    assert next(stream) == SentenceEvent(f"{FERRY_ANSWER} [1]")


def test_each_sentence_comes_when_it_is_checked(open_with: Open) -> None:
    """The first sentence is shown while the second one is still being written."""
    gate = threading.Semaphore(0)
    second = "渡輪學生票每次15元。"
    stream = open_with(ScriptedEngine(FERRY_ANSWER + second, gate=gate)).stream(Question(FERRY))
    next(stream)
    gate.release(len(FERRY_ANSWER) + 1)
    assert next(stream) == SentenceEvent(f"{FERRY_ANSWER} [1]")
    gate.release(len(second))
    assert next(stream) == SentenceEvent(f"{second} [1]")


@pytest.mark.parametrize("events_read", [1, 2])
def test_leaving_a_stream_stops_the_model(open_with: Open, events_read: int) -> None:
    """Whoever closes the page after the evidence, or after a sentence, frees the engine at the next sentence end."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER * 100, gate=gate)
    stream = open_with(engine).stream(Question(FERRY))
    for _ in range(events_read):
        next(stream)
        gate.release(len(FERRY_ANSWER) + 1)
    assert engine.began.wait(WAIT_S)
    stream.close()
    gate.release(3 * len(FERRY_ANSWER))
    assert engine.stopped_early.wait(WAIT_S)
    assert engine.written <= 3 * len(FERRY_ANSWER)


def test_another_thread_may_close_a_stream_that_somebody_waits_for(open_with: Open) -> None:
    """A server that learns of a lost reader ends the wait at once, while the model still thinks."""
    gate = threading.Semaphore(0)
    stream = open_with(ScriptedEngine(FERRY_ANSWER, gate=gate)).stream(Question(FERRY))
    next(stream)
    with ThreadPoolExecutor(1) as pool:
        rest = pool.submit(list, stream)
        stream.close()
        assert rest.result(WAIT_S) == []
    gate.release(len(FERRY_ANSWER))


def test_a_finished_stream_stays_finished(open_with: Open) -> None:
    """After the answer there is nothing more to wait for, closed or not."""
    stream = open_with(None).stream(Question("你好"))
    assert [event.kind for event in stream] == ["done"]
    assert list(stream) == []
    stream.close()
    assert list(stream) == []


def test_warming_up_costs_no_answer(open_with: Open) -> None:
    """Warming up in the background asks the model nothing that a reader would see, and leaves it ready."""
    engine = ScriptedEngine(FERRY_ANSWER)
    conversation = open_with(engine)
    conversation.warm_up()
    assert conversation.ask(Question(FERRY)).status is Status.ANSWERED


def test_people_who_ask_at_once_do_not_mix(open_with: Open) -> None:
    """Twelve questions in parallel: each answer is in its own words and cites its own document."""
    answers_by_topic = {"渡輪": FERRY_ANSWER, "垃圾車": "高雄市垃圾車每週三與週日停收垃圾。"}

    def reply(messages: Messages) -> str:
        asked = messages[-1][1].split("問題：")[1]
        return next(answer for topic, answer in answers_by_topic.items() if topic in asked)

    conversation = open_with(ScriptedEngine(reply))
    questions = [Question(FERRY, id="渡輪"), Question("高雄市垃圾車每週三停收垃圾嗎？", id="垃圾車")] * 6
    with ThreadPoolExecutor(len(questions)) as pool:
        answers = list(pool.map(conversation.ask, questions))
    expected = {"渡輪": "ferry", "垃圾車": "garbage"}
    assert [answer.id for answer in answers] == [question.id for question in questions]
    assert all(answers_by_topic[answer.id] in answer.answer for answer in answers)
    assert all({c.document_id for c in answer.citations} == {expected[answer.id]} for answer in answers)


def test_one_persons_history_does_not_reach_another(open_with: Open) -> None:
    """The conversation itself remembers nothing."""
    engine = ScriptedEngine(FERRY_ANSWER)
    conversation = open_with(engine)
    conversation.ask(Question(FERRY, history=(Turn("我叫王小明", "您好。"),)))
    conversation.ask(Question("那學生票呢？"))
    assert len(engine.asked) == 2
    assert "王小明" not in str(engine.asked)
    assert FERRY not in engine.asked[1][-1][1]


@pytest.mark.parametrize(
    "fault",
    [StoreError("The index is damaged at /secret/path.", "Repair it."), RuntimeError("Traceback at /secret/path")],
)
def test_a_fault_becomes_an_answer_that_says_who_can_help(
    open_with: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    """Nobody sees inside the machine: status error, a kind text, and the details in the log under the trace."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER))
    break_search(monkeypatch, fault)
    with caplog.at_level(logging.ERROR):
        answer = conversation.ask(Question(FERRY))
    assert (answer.status, answer.citations) == (Status.ERROR, ())
    assert "1999" in answer.answer
    assert "secret" not in str(answer)
    assert answer.trace_id in caplog.text


def test_the_next_question_works_after_a_fault(open_with: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault costs one answer only."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER))
    with monkeypatch.context() as patch:
        break_search(patch, OSError("disk"))
        assert conversation.ask(Question(FERRY)).status is Status.ERROR
    assert conversation.ask(Question(FERRY)).status is Status.ANSWERED


def test_control_characters_never_reach_the_model(open_with: Open) -> None:
    """Zero-width, bidi, tag and control characters are gone from question and history."""
    engine = ScriptedEngine(FERRY_ANSWER)
    hidden = "\u200b\u202e\x07\U000e0041\ufeff"
    conversation = open_with(engine)
    conversation.ask(Question(f"{hidden}旗津渡輪{hidden}全票每次多少元？"))
    conversation.ask(Question("那學生票呢？", history=(Turn(f"{FERRY}{hidden}", hidden),)))
    assert len(engine.asked) == 2
    assert not set(hidden) & set(str(engine.asked[0] + engine.asked[1]))
    assert FERRY in engine.asked[0][-1][1]


def test_the_language_is_that_of_the_question_unless_given(open_with: Open) -> None:
    """Detected, or chosen by the person; a bare number takes the language of the conversation."""
    conversation = open_with(None)
    english = (Turn("What is the ferry fare?", "NT$30."),)
    assert conversation.ask(Question("Hello")).lang == "en"
    assert conversation.ask(Question("Hello", lang="zh-TW")).lang == "zh-TW"
    assert conversation.ask(Question("1999", history=english)).lang == "en"
    assert conversation.ask(Question("1999")).lang == "zh-TW"


def test_search_gives_passages_to_their_audience(open_with: Open) -> None:
    """A citizen's search never holds a staff document, a staff search does, and `k` is kept to."""
    conversation = open_with(None)
    found = {role: conversation.search("同仁加班費每小時", 10, role) for role in ("citizen", "staff")}
    assert "memo" not in {passage.document.id for passage in found["citizen"]}
    assert found["staff"][0].document.id == "memo"
    assert len(conversation.search("渡輪", 1, "citizen")) == 1


@pytest.mark.parametrize("query", ["", "？", "\u200b", "  "])
def test_search_for_nothing_finds_nothing(open_with: Open, query: str) -> None:
    """A query without any word is no fault."""
    assert open_with(None).search(query, 10, "citizen") == []


def test_a_document_is_shown_to_its_audience(open_with: Open) -> None:
    """A citizen cannot tell a staff document from one that does not exist."""
    conversation = open_with(None)
    assert conversation.document("memo", "staff")[0].id == "memo"
    messages = []
    for document_id in ("memo", "nothing"):
        with pytest.raises(DocumentError) as caught:
            conversation.document(document_id, "citizen")
        messages.append(str(caught.value).replace(document_id, "X"))
    assert messages[0] == messages[1]


def test_health_says_what_can_be_served(open_with: Open, tmp_path: Path) -> None:
    """Ready with documents, whatever the engine does; not ready with an empty index."""
    engine = ScriptedEngine("")
    conversation = open_with(engine)
    engine.state = "down"
    health = conversation.health()
    assert (health.ready, health.engine, health.index_documents) == (True, "down", 5)
    empty = make_conversation(small_settings(tmp_path))
    assert (empty.health().ready, empty.health().index_chunks) == (False, 0)
    empty.close()


def test_an_empty_index_answers_honestly(tmp_path: Path) -> None:
    """Before anything is indexed, every question ends without evidence, not with a fault."""
    conversation = make_conversation(small_settings(tmp_path), ScriptedEngine(FERRY_ANSWER))
    assert conversation.ask(Question(FERRY)).status is Status.NO_EVIDENCE
    conversation.close()


def test_a_new_document_is_answered_from_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is indexed while the assistant runs is found by the next question."""
    fix_answerability(monkeypatch)
    settings = small_settings(tmp_path)
    conversation = make_conversation(settings)
    assert conversation.ask(Question(FERRY)).status is Status.NO_EVIDENCE
    index_city(settings)
    assert conversation.ask(Question(FERRY)).status is Status.ANSWERED
    conversation.close()


def test_closing_ends_the_engine(settings: Settings) -> None:
    """Nothing of it runs on."""
    engine = ScriptedEngine("")
    make_conversation(settings, engine).close()
    assert engine.state == "off"


def test_opening_names_what_is_missing(tmp_path: Path) -> None:
    """No city, an unknown model and a place that cannot be written are clear faults at start."""
    settings = small_settings(tmp_path)
    with pytest.raises(CityDataError, match=r"city\.toml"):
        open_conversation(settings.model_copy(update={"city": "atlantis"}))
    with pytest.raises(UnknownModel, match="no-such-model"):
        open_conversation(settings.model_copy(update={"engine": "llamacpp", "model": "no-such-model"}))
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        open_conversation(settings.model_copy(update={"home": tmp_path / "file"}))
