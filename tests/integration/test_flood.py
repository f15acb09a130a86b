"""A flood against the real engine: a second person is written for after the running answer and one more."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.conversation import Conversation, open_conversation
from assistant.errors import TooManyQuestions
from assistant.schema import EXTRACT_ONLY, Asker, DoneEvent, EvidenceEvent, Question, QueuedEvent
from assistant.settings import load_settings
from tests.integration.conftest import SMALL_MODEL

pytestmark = pytest.mark.integration

FLOOD = Asker("citizen", "browser:flood", "address:flood")
SECOND = Asker("citizen", "browser:b", "address:b")
TIMES = 200


@pytest.fixture(scope="module")
def conversation(models_home: Path, city_home: Path) -> Iterator[Conversation]:
    settings = load_settings(home=city_home, model=SMALL_MODEL, open_answers=5, queue_timeout_s=600)
    opened = open_conversation(settings)
    assert opened.wait_for_engine(settings.engine_start_timeout_s)
    yield opened
    opened.close()


def test_a_flood_costs_a_second_person_at_most_two_turns(
    conversation: Conversation, eventually: Callable[..., None]
) -> None:
    """Of two hundred questions no more than five are open at a time; the second person waits for two turns at most."""
    turns, streams, most_open = conversation._rooms.turns, [], 0
    for _ in range(TIMES):
        try:
            streams.append(conversation.stream(Question("高雄捷運單程票起跳價是多少元？", asker=FLOOD)))
        except TooManyQuestions:
            continue
        finally:
            most_open = max(most_open, conversation._gate.open_answers)
    eventually(lambda: turns.running == 1 and turns.waiting >= 1, 120)
    began = time.monotonic()
    events = [
        (event, time.monotonic() - began) for event in conversation.stream(Question("1999要錢嗎？", asker=SECOND))
    ]
    places = [event.position for event, _ in events if isinstance(event, QueuedEvent)]
    evidence_s, answer_s = (
        next(at for event, at in events if isinstance(event, kind)) for kind in (EvidenceEvent, DoneEvent)
    )
    answers = [[event.answer for event in stream if isinstance(event, DoneEvent)] for stream in streams]
    print(f"evidence after {evidence_s:.1f} s, answer after {answer_s:.1f} s, places {places}")
    assert (most_open, len(streams) < TIMES) == (5, True)
    assert places == [] or max(places) <= 2
    assert sum(answer.model == EXTRACT_ONLY for (answer,) in answers) >= 1
    eventually(lambda: not [thread for thread in threading.enumerate() if thread.name == "answer"])
    assert (turns.running, turns.waiting, conversation._gate.open_answers) == (0, 0, 0)


def test_leaving_the_line_frees_it_at_once(conversation: Conversation, eventually: Callable[..., None]) -> None:
    """Whoever closes the page while a real model writes for others takes up no place, and the model is free again."""
    turns = conversation._rooms.turns
    streams = [conversation.stream(Question("高雄捷運單程票起跳價是多少元？", asker=Asker())) for _ in range(3)]
    eventually(lambda: turns.waiting == 2, 120)
    for stream in reversed(streams):
        stream.close()
    assert turns.waiting == 0
    eventually(lambda: turns.running == 0, 60)
