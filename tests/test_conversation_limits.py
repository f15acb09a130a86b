"""The door under a flood: emergencies first, evidence at once, fair turns at the model, and nothing left behind."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from assistant import wording
from assistant.conversation import Conversation
from assistant.errors import TooManyQuestions
from assistant.schema import EXTRACT_ONLY, Asker, DoneEvent, Event, Question, QueuedEvent, Status
from assistant.settings import Settings
from assistant.wire import answer_json, event_json
from tests.doubles import ScriptedEngine, fix_answerability, index_city, make_conversation, small_settings

FERRY = "旗津渡輪全票每次多少元？"
FERRY_ANSWER = "渡輪全票每次30元。"
FIRE = "我家失火了，救命！"
FLOOD = Asker("citizen", "browser:flood", "address:flood")
SECOND = Asker("citizen", "browser:b", "address:b")
WAIT_S = 60
Open = Callable[..., Conversation]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = small_settings(tmp_path_factory.mktemp("city"))
    index_city(settings)
    return settings


@pytest.fixture
def open_with(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    fix_answerability(monkeypatch)
    opened: list[Conversation] = []

    def open_with(engine: ScriptedEngine | None, **limits: object) -> Conversation:
        opened.append(make_conversation(settings.model_copy(update=limits), engine))
        return opened[-1]

    yield open_with
    for conversation in opened:
        conversation.close()


def until(condition: Callable[[], object]) -> None:
    deadline, pause = time.monotonic() + WAIT_S, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it is still not so"
        pause.wait(0.02)


def drain(stream: Iterator[Event]) -> list[Event]:
    return list(stream)


def answer_of(events: list[Event]) -> DoneEvent:
    last = events[-1]
    assert isinstance(last, DoneEvent)
    return last


def test_an_emergency_is_answered_over_every_limit(open_with: Open) -> None:
    """Whoever has asked far too often, and finds the queue full, still learns at once whom to call."""
    gate = threading.Semaphore(0)
    limits = {"citizen_rates": "1/hour", "open_answers": 1, "all_open_answers": 1, "longest_queue": 0}
    conversation = open_with(ScriptedEngine(FERRY_ANSWER, gate=gate), **limits)
    held = conversation.stream(Question(FERRY, asker=FLOOD))
    with pytest.raises(TooManyQuestions):
        conversation.stream(Question(FERRY, asker=FLOOD))
    answers = [conversation.ask(Question(text, asker=FLOOD)) for text in (FIRE, "There is a fire in my kitchen!")]
    assert [answer.status for answer in answers] == [Status.EMERGENCY] * 2
    gate.release(len(FERRY_ANSWER))
    assert answer_of(drain(held)).answer.status is Status.ANSWERED


@pytest.mark.parametrize(("text", "lang"), [(FERRY, "zh-TW"), ("How much is the ferry?", "en")])
def test_over_the_rate_a_person_hears_when_to_ask_again(open_with: Open, text: str, lang: str) -> None:
    """In the language of the question, with the seconds, and without a stream having begun."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER), citizen_rates="1/minute")
    conversation.ask(Question(text, asker=SECOND))
    with pytest.raises(TooManyQuestions) as refusal:
        conversation.stream(Question(text, asker=SECOND))
    assert 50 <= refusal.value.wait_s <= 60
    assert str(refusal.value) == wording.too_many("rate", refusal.value.wait_s, lang)


def test_evidence_comes_before_the_place_in_the_line(open_with: Open) -> None:
    """Whoever waits has the quotes already, hears the place, then that it is over, then the model's words."""
    gate = threading.Semaphore(0)
    conversation = open_with(ScriptedEngine(FERRY_ANSWER, gate=gate))
    first = conversation.stream(Question(FERRY, asker=FLOOD))
    until(lambda: conversation._rooms.turns.running == 1)
    second = conversation.stream(Question(FERRY, asker=SECOND))
    events = [next(second), next(second)]
    gate.release(2 * len(FERRY_ANSWER))
    events += drain(second)
    kinds = [event.kind for event in events]
    assert kinds[:2] == ["evidence", "queued"]
    assert kinds.index("sentence") == len(kinds) - 1 - kinds[::-1].index("queued") + 1
    places = [event.position for event in events if isinstance(event, QueuedEvent)]
    assert (places[0], places[-1]) == (1, 0)
    assert drain(first)


def test_a_full_line_is_answered_with_quotes_at_once(open_with: Open) -> None:
    """Verbatim quotes, no model, and a notice that says why; the model is not asked once more."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER, gate=gate)
    conversation = open_with(engine, longest_queue=0)
    held = conversation.stream(Question(FERRY, asker=FLOOD))
    until(lambda: engine.asked)
    answer = conversation.ask(Question(FERRY, asker=SECOND))
    assert (answer.status, answer.model, answer.notice) == (
        Status.ANSWERED,
        EXTRACT_ONLY,
        wording.engine_busy("zh-TW"),
    )
    assert answer.citations
    assert "30" in answer.answer
    assert len(engine.asked) == 1
    gate.release(len(FERRY_ANSWER))
    assert drain(held)


def test_a_flood_of_two_hundred_costs_a_second_person_one_turn(open_with: Open) -> None:
    """Of the flood most is refused or quoted; the second person is written for after at most one turn of it."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER, gate=gate)
    conversation = open_with(engine, open_answers=6, queue_timeout_s=1000.0)
    streams, refused = [], 0
    for _ in range(200):
        try:
            streams.append(conversation.stream(Question(FERRY, asker=FLOOD)))
        except TooManyQuestions:
            refused += 1
    turns = conversation._rooms.turns
    until(lambda: (turns.running, turns.waiting) == (1, 3))
    second = conversation.stream(Question("旗津渡輪學生票每次多少元？", asker=SECOND))
    until(lambda: turns.waiting == 4)
    gate.release(2 * len(FERRY_ANSWER))
    until(lambda: len(engine.asked) == 3)
    assert any("學生票每次多少元" in messages[-1][1] for messages in engine.asked)
    gate.release(10 * len(FERRY_ANSWER))
    ends = [answer_of(drain(stream)).answer.model for stream in [*streams, second]]
    assert refused == 194
    assert ends.count(EXTRACT_ONLY) == 2  # of six that are open one is written at once, three wait
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "answer"])
    assert (turns.running, turns.waiting, conversation._gate.open_answers) == (0, 0, 0)


def test_whoever_leaves_the_line_is_not_written_for(open_with: Open) -> None:
    """The place is free at once, and the model never reads that question."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER, gate=gate)
    conversation = open_with(engine)
    turns = conversation._rooms.turns
    first = conversation.stream(Question(FERRY, asker=FLOOD))
    until(lambda: engine.asked)
    second = conversation.stream(Question(FERRY, asker=SECOND))
    until(lambda: turns.waiting == 1)
    second.close()
    assert turns.waiting == 0
    gate.release(len(FERRY_ANSWER))
    assert answer_of(drain(first)).answer.status is Status.ANSWERED
    until(lambda: conversation._gate.open_answers == 0)
    assert len(engine.asked) == 1


def test_whoever_leaves_while_the_model_writes_frees_it(open_with: Open) -> None:
    """The next in the line is written for as soon as the model has stopped."""
    gate = threading.Semaphore(0)
    engine = ScriptedEngine(FERRY_ANSWER, gate=gate)
    conversation = open_with(engine)
    first = conversation.stream(Question(FERRY, asker=FLOOD))
    until(lambda: engine.asked)
    second = conversation.stream(Question(FERRY, asker=SECOND))
    until(lambda: conversation._rooms.turns.waiting == 1)
    first.close()
    gate.release(1)
    until(lambda: len(engine.asked) == 2)
    assert engine.stopped_early.is_set()
    gate.release(2 * len(FERRY_ANSWER))
    assert answer_of(drain(second)).answer.status is Status.ANSWERED


def test_an_engine_that_dies_frees_its_turn(open_with: Open) -> None:
    """A fault of the model costs one answer its words, and nobody else a turn."""
    conversation = open_with(ScriptedEngine(FERRY_ANSWER, dies_after=3))
    answer = conversation.ask(Question(FERRY, asker=SECOND))
    assert answer.notice == wording.engine_lost("zh-TW")
    assert conversation._rooms.turns.running == 0


def test_without_an_engine_nobody_waits(open_with: Open) -> None:
    """Quotes alone need no turn, so a line of length nought changes nothing."""
    conversation = open_with(None, longest_queue=0)
    answers = [conversation.ask(Question(FERRY, asker=SECOND)) for _ in range(3)]
    assert {answer.notice for answer in answers} == {wording.extract_only("zh-TW")}


def test_what_is_told_of_a_place_is_plain_json() -> None:
    """The event has a name, the place and whole seconds."""
    event = QueuedEvent(3, 12)
    assert (event.kind, event_json(event)) == ("queued", {"position": 3, "wait_s": 12})


def test_who_asks_stands_in_no_answer(open_with: Open) -> None:
    """The keys of persons and addresses do not leave the process."""
    answer = open_with(ScriptedEngine(FERRY_ANSWER)).ask(Question(FERRY, asker=SECOND))
    shown = f"{answer_json(answer)}{Question(FERRY, asker=SECOND)}"
    assert SECOND.person not in shown
    assert SECOND.address not in shown


def test_every_reason_is_said_in_both_languages() -> None:
    """Each refusal names the seconds to wait."""
    for reason in ("rate", "open", "full"):
        assert "17" in wording.too_many(reason, 17, "zh-TW")
        assert "17 seconds" in wording.too_many(reason, 17, "en")
