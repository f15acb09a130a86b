"""The whole assistant: shipped corpus, real embedder, real store, and the demo model in a real engine."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.conversation import Conversation, open_conversation
from assistant.models import open_engine
from assistant.models.engine import Engine
from assistant.models.served import ServedEngine
from assistant.models.supervisor import Supervisor
from assistant.schema import Answer, DoneEvent, EvidenceEvent, Question, Status
from assistant.settings import load_settings
from assistant.verification.figures import unsupported_figures
from tests.conformance import EngineConformance

pytestmark = pytest.mark.integration

ANSWERED = {Status.ANSWERED, Status.PARTIAL}
STAFF_QUESTION = "公務人員每年有幾天身心調適假？"


@pytest.fixture(scope="module")
def conversation(city_home: Path) -> Iterator[Conversation]:
    """The assistant with the demo model, ready to answer."""
    opened = open_conversation(load_settings(home=city_home))
    assert opened.wait_for_engine(opened.settings.engine_start_timeout_s)
    yield opened
    opened.close()


def assert_quotes_are_verbatim(conversation: Conversation, answer: Answer) -> None:
    assert answer.citations
    for citation in answer.citations:
        document, text = conversation.document(citation.document_id, "staff")
        assert text[citation.start : citation.end] == citation.quote
        assert document.source == citation.source


@pytest.mark.parametrize(
    ("question", "lang", "documents", "fact"),
    [
        ("高雄捷運單程票起跳價是多少元？", "zh-TW", {"mrt-fares", "mrt-fares-en"}, "20"),
        ("Is there a charge for calling the 1999 hotline?", "en", {"hotline-1999", "hotline-1999-en"}, "1999"),
    ],
)
def test_a_question_is_answered_from_the_documents(
    conversation: Conversation, question: str, lang: str, documents: set[str], fact: str
) -> None:
    """In its language, with the right document, verbatim quotes, and no figure that they do not hold."""
    answer = conversation.ask(Question(question))
    assert (answer.status in ANSWERED, answer.lang) == (True, lang)
    assert fact in answer.answer
    assert documents & {citation.document_id for citation in answer.citations}
    assert_quotes_are_verbatim(conversation, answer)
    sources = [f"{c.title}\n{c.locator.section}\n{c.quote}" for c in answer.citations]
    marks = "".join(f"[{citation.n}]" for citation in answer.citations)
    assert not unsupported_figures(answer.answer, [*sources, marks])


@pytest.mark.parametrize(
    "question",
    [
        "木星有幾顆衛星？",
        "誰寫了紅樓夢？",
        "How many moons does Jupiter have?",
        "Who won the football world cup in 1998?",
    ],
)
def test_what_the_corpus_does_not_hold_is_not_answered(conversation: Conversation, question: str) -> None:
    """An honest end without citations, which names who can help."""
    answer = conversation.ask(Question(question))
    assert (answer.status, answer.citations) == (Status.NO_EVIDENCE, ())
    assert "1999" in answer.answer


def test_a_staff_document_answers_staff_only(conversation: Conversation) -> None:
    """The same question cites the leave rules for an officer, and no staff document for a citizen."""
    cited = {
        role: {citation.document_id for citation in conversation.ask(Question(STAFF_QUESTION, role=role)).citations}
        for role in ("staff", "citizen")
    }
    assert cited["staff"] & {"staff-leave-documents", "staff-leave-desk"}
    assert not any(name.startswith("staff-") for name in cited["citizen"])


def test_an_emergency_needs_no_model(city_home: Path) -> None:
    """With the engine off, a cry for help has its number, and a question its quotes."""
    without = open_conversation(load_settings(home=city_home, engine="none"))
    help_me = without.ask(Question("廚房失火了，怎麼辦"))
    assert (help_me.status, "119" in help_me.answer) == (Status.EMERGENCY, True)
    extract = without.ask(Question("高雄捷運單程票起跳價是多少元？"))
    assert extract.model.name == "extract-only"
    assert_quotes_are_verbatim(without, extract)
    without.close()


class TestDemoModel(EngineConformance):
    @pytest.fixture
    def engine(self, conversation: Conversation) -> Engine:
        return conversation._rooms.engine

    @pytest.fixture
    def make_engine(self, city_home: Path) -> Callable[[], Engine]:
        return lambda: open_engine(load_settings(home=city_home), [])


def test_an_engine_killed_in_mid_answer_leaves_the_quotes(conversation: Conversation) -> None:
    """The reader keeps the evidence and reads why the answer ends; the next question is answered again."""
    engine = conversation._rooms.engine
    assert isinstance(engine, ServedEngine)
    assert isinstance(engine.backend, Supervisor)
    stream = conversation.stream(Question("高雄捷運單程票起跳價是多少元？"))
    assert isinstance(next(stream), EvidenceEvent)
    os.kill(engine.backend.pid, signal.SIGKILL)
    *_, last = stream
    assert isinstance(last, DoneEvent)
    assert last.answer.notice
    assert_quotes_are_verbatim(conversation, last.answer)
    assert conversation.wait_for_engine(conversation.settings.engine_start_timeout_s)
    assert conversation.ask(Question("高雄捷運單程票起跳價是多少元？")).status in ANSWERED
