"""What is kept of questions and answers, of whom, and what is not."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import StoreError
from assistant.keeping import Keeping, kept_turn
from assistant.people.conversations import Owner
from assistant.people.keys import new_id
from assistant.privacy import NOTHING_KNOWN
from assistant.schema import Answer, Citation, DoneEvent, Event, Locator, Question, Reading, Status
from assistant.settings import Settings
from tests.fakes import FakeConversation
from tests.people import conftest as databases
from tests.people.place import Place

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed

MEI, LIN = Owner.account("1" * 32), Owner.account("2" * 32)
BIKE = Question("公共腳踏車怎麼收費？")
PHONE, NAME = "0912-345-678", "王小明"
OFFICE = "07-799-5678"


def citation(quote: str, audience_id: str = "fees") -> Citation:
    return Citation(1, audience_id, "fees.md", "費率", "交通局", Locator(), quote, 0, len(quote))


def answer(text: str, **more: Any) -> Answer:
    return Answer(id="a", status=Status.ANSWERED, lang="zh-TW", answer=text, **more)


def of_audience(audience: str) -> FakeConversation:
    """A conversation whose answers rest on documents of an audience."""
    conversation = FakeConversation()
    told = answer("加班費每小時200元。[1]", citations=(citation("加班費每小時200元。"),), audience=audience)
    conversation.stream = lambda question: iter([DoneEvent(told)])
    return conversation


def test_a_turn_is_kept_and_the_answer_says_where(place: Place) -> None:
    """The last event carries the ids; a second turn goes into the same conversation."""
    people = place.open()
    keeping = Keeping(FakeConversation(), people)
    first = keeping.ask(BIKE, MEI)
    second = keeping.ask(BIKE, MEI, first.conversation_id)
    kept = people.conversations.turns(MEI, first.conversation_id)
    assert [one.id for one in kept] == [first.turn_id, second.turn_id]
    assert (kept[0].question, kept[0].answer, kept[0].status) == (BIKE.text, first.answer, "answered")
    assert kept[0].details["citations"][0]["quote"] == first.citations[0].quote


def test_anothers_conversation_is_as_one_that_never_was(place: Place) -> None:
    """Whoever names one gets a conversation of their own, as with an id that was made up; the other's stays as is."""
    people = place.open()
    keeping = Keeping(FakeConversation(), people)
    theirs = keeping.ask(BIKE, LIN).conversation_id
    mine = {keeping.ask(BIKE, MEI, name).conversation_id for name in (theirs, new_id(), "x' OR 1=1 --", "")}
    assert len(mine) == 4
    assert theirs not in mine
    assert len(people.conversations.turns(LIN, theirs)) == 1


@pytest.mark.parametrize("forget", [True, False])
def test_what_is_deleted_while_the_answer_is_written_stays_deleted(place: Place, forget: bool) -> None:
    """The reader gets the whole answer, and nothing of it is kept: neither in that conversation nor in a new one."""
    people, gate = place.open(), threading.Semaphore(0)
    keeping = Keeping(FakeConversation(gate=gate), people)
    conversation_id = "" if forget else people.conversations.start(MEI)
    stream = keeping.stream(BIKE, MEI, conversation_id)
    assert next(stream).kind == "evidence"
    if forget:
        people.conversations.forget(MEI)
    else:
        people.conversations.delete(MEI, conversation_id)
    gate.release(9)
    *_, done = stream
    assert isinstance(done, DoneEvent)
    assert (done.answer.status, done.answer.conversation_id, done.answer.turn_id) == (Status.ANSWERED, "", "")
    assert people.conversations.count() == (0, 0)


def test_an_answer_that_nobody_waited_for_is_not_kept(place: Place) -> None:
    """Who presses stop has no turn in the list."""
    people, conversation = place.open(), FakeConversation()
    stream = Keeping(conversation, people).stream(BIKE, MEI)
    next(stream)
    stream.close()
    assert conversation.stream_closed.is_set()
    assert list(stream) == []
    assert people.conversations.list(MEI) == ()


def test_a_turn_is_read_by_those_who_may_read_its_sources(place: Place) -> None:
    """A member of staff who has left the bureau finds neither the answer nor the question in their own history."""
    people = place.open()
    kept = Keeping(of_audience("交通局"), people).ask(BIKE, MEI)
    read = [
        people.conversations.turns(MEI, kept.conversation_id, seen)
        for seen in (("public", "staff", "交通局"), ("public", "staff"))
    ]
    assert [len(turns) for turns in read] == [1, 0]
    exported = people.conversations.export(MEI, kept.conversation_id, ("public", "staff"))
    assert (exported["turns"], exported["withheld"]) == ([], 1)


@pytest.mark.parametrize("method", ["start", "add_turn"])
def test_a_database_that_fails_costs_no_answer(
    place: Place, method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer comes without ids, and the log says so without the question."""
    people = place.open()

    def fail(*_: object) -> str:
        raise StoreError("The database is gone.")

    monkeypatch.setattr(people.conversations, method, fail)
    with caplog.at_level(logging.DEBUG):
        told = Keeping(FakeConversation(), people).ask(replace(BIKE, text=f"{BIKE.text}我是{NAME}"), MEI)
    assert (told.status, told.conversation_id, told.turn_id) == (Status.ANSWERED, "", "")
    assert "is not kept: The database is gone." in caplog.text
    assert "腳踏車" not in caplog.text
    assert NAME not in caplog.text


def test_a_city_may_keep_nothing(place: Place) -> None:
    """With the setting off, or without a database, answers have no ids."""
    people, conversation = place.open(), FakeConversation()
    conversation.settings = Settings(keep_conversations=False)
    for keeping in (Keeping(conversation, people), Keeping(FakeConversation(), None)):
        assert keeping.ask(BIKE, MEI).conversation_id == ""
    assert people.conversations.count() == (0, 0)


def test_personal_data_are_not_kept(place: Place) -> None:
    """Nothing of who asks is in the tables: not in the question, the answer, the details or the title."""
    people, conversation = place.open(), FakeConversation()
    told = answer(
        f"{NAME}您好，單車費率每三十分鐘五元。[1]",
        citations=(citation("每三十分鐘五元。"),),
        readings=(
            Reading("bikes", "交通局", "2026-11-23T08:00:00+08:00", False, True, {"asked_by": PHONE, "left": 3}),
        ),
        choices=(f"打{PHONE}",),
    )
    events: Iterator[Event] = iter([DoneEvent(told)])
    conversation.stream = lambda question: events
    shown = Keeping(conversation, people).ask(Question(f"我叫{NAME}，電話{PHONE}，單車多少錢？"), MEI)
    assert shown.answer == told.answer
    dump = place.dump()
    assert NAME not in dump
    assert PHONE not in dump
    kept = people.conversations.turns(MEI, shown.conversation_id)[0]
    assert kept.question == "我叫〔姓名1〕，電話〔電話1〕，單車多少錢？"
    assert kept.answer.startswith("〔姓名1〕您好")
    assert kept.details["readings"][0]["observed_at"] == "2026-11-23T08:00:00+08:00"


def test_what_published_documents_say_is_kept_as_it_is() -> None:
    """An office's number in an answer stays, because its citation has it; from a paper for staff it is masked."""
    told = answer(f"請撥{OFFICE}。[1]", citations=(citation(f"請撥{OFFICE}。"),))
    public = kept_turn(Question("找誰？"), told, NOTHING_KNOWN, 1000)
    assert public.answer == told.answer
    assert public.details["citations"][0]["quote"] == f"請撥{OFFICE}。"
    internal = kept_turn(Question("找誰？"), replace(told, audience="staff"), NOTHING_KNOWN, 1000)
    assert OFFICE not in f"{internal}"


def test_a_question_that_was_too_long_is_not_kept_whole() -> None:
    """Nobody fills the database with what was refused."""
    kept = kept_turn(Question("長" * 5000), answer("太長。"), NOTHING_KNOWN, 1000)
    assert len(kept.question) == 1000


def test_an_unanswered_stream_ends_as_it_did() -> None:
    """A stream that is closed at once gives nothing more, whatever becomes of its record."""
    silent = SimpleNamespace(
        stream=lambda _: iter(()), settings=Settings(keep_conversations=False), city=FakeConversation().city
    )
    assert list(Keeping(silent, None).stream(BIKE, MEI)) == []
