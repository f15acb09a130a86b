"""The thread that does each hour what no question should wait for."""

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from assistant.errors import StoreError
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.editor import Editor
from assistant.people.people import People, open_people
from assistant.people.reviewed_answer import ReviewState
from assistant.reviewing.desk import Proposal
from assistant.schema import Question
from assistant.settings import Settings
from assistant.store import open_store
from assistant.web.upkeep import Upkeep, upkeep_tasks
from tests.doubles import (
    ScriptedEngine,
    WordEmbeddings,
    add_document,
    index_city,
    make_conversation,
    small_settings,
)
from tests.people import conftest as databases
from tests.people.place import Place, turn

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed
MEI, ADMIN = Owner.account("1" * 32), Editor("boss")
WAIT_S = 20


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexed")
    index_city(small_settings(folder))
    return folder


@pytest.fixture
def settings(indexed: Path, tmp_path: Path, place: Place) -> Settings:
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    return small_settings(tmp_path, database_url=place.url)


def round_of(people: People, settings: Settings) -> None:
    """One round of a server's upkeep, beside a conversation of its own."""
    conversation = make_conversation(settings, ScriptedEngine(""))
    try:
        Upkeep(upkeep_tasks(people, conversation)).do_all()
    finally:
        conversation.close()


def test_what_is_past_its_time_is_deleted(settings: Settings) -> None:
    """A turn of a month and a day ago is gone after one round; one of today stays."""
    now = [datetime.now(UTC) - timedelta(days=31)]
    people = open_people(settings, clock=lambda: now[0])
    people.conversations.add_turn(MEI, people.conversations.start(MEI), turn())
    now[0] = datetime.now(UTC)
    people.conversations.add_turn(MEI, people.conversations.start(MEI), turn())
    assert people.conversations.count() == (2, 2)
    round_of(people, settings)
    assert people.conversations.count() == (1, 1)
    people.close()


def test_an_answer_whose_source_changed_is_set_aside(settings: Settings) -> None:
    """Nobody has to ask for it first: the queue shows it after one round."""
    people, weights = open_people(settings), WordEmbeddings()
    conversation = make_conversation(settings, ScriptedEngine(""))
    proposal = Proposal(
        bureau="交通局",
        answers={"zh-TW": "全票三十元，上船前付清。"},
        questions=("旗津渡輪全票每次多少元？",),
        document_ids=("ferry",),
        quotes=("渡輪全票每次30元",),
        expires_on=datetime.now(UTC).date() + timedelta(days=30),
    )
    approved = conversation.desk(people).approve(ADMIN, proposal)
    conversation.close()
    store = open_store(settings.index_dir, weights.fingerprint)
    with store.writing():
        add_document(store, "ferry", "渡輪全票每次35元。", source="corpus/smalltown/documents/ferry.txt")
    store.close()
    round_of(people, settings)
    assert people.reviewed.get(approved.id, ADMIN).state == ReviewState.SET_ASIDE
    people.close()


def test_questions_without_an_answer_are_grouped(settings: Settings) -> None:
    """More of them than one step takes stand in the queue after one round."""
    people, conversation = open_people(settings), make_conversation(settings, ScriptedEngine(""))
    question = "火星移民簽證怎麼辦？"
    answer = conversation.ask(Question(question))
    conversation.close()
    assert answer.status == "no_evidence"
    for _ in range(60):
        kept = KeptTurn(question, answer.answer, str(answer.status), answer.lang, answer.audience)
        people.conversations.add_turn(MEI, people.conversations.start(MEI), kept)
    round_of(people, settings)
    groups, total = people.unanswered.page(ADMIN)
    assert (total, [group.seen for group in groups]) == (1, [60])
    people.close()


def failing_once(was_done: Event, failed: Event) -> Callable[[], bool]:
    def task() -> bool:
        if not failed.is_set():
            failed.set()
            raise StoreError("The database is gone.")
        was_done.set()
        return False

    return task


def test_a_fault_is_tried_again_at_the_next_time(caplog: pytest.LogCaptureFixture) -> None:
    """A database that is away for one round costs neither the other tasks nor the next round; the log says so."""
    failed, was_done, other = Event(), Event(), Event()

    def work() -> bool:
        other.set()
        return False

    with caplog.at_level(logging.WARNING):
        upkeep = Upkeep({"Deleting": failing_once(was_done, failed), "Checking": work}, every_s=0.01).start()
        assert other.wait(WAIT_S)
        assert was_done.wait(WAIT_S)
        upkeep.close()
    assert "Deleting is put off: The database is gone." in caplog.text


def test_a_server_that_stops_does_not_wait_for_the_rest() -> None:
    """A task that would always have more to do ends with the step that is under way."""
    began = Event()

    def endless() -> bool:
        began.set()
        return True

    upkeep = Upkeep({"Endless": endless, "Never": failing_once(Event(), began)}).start()
    assert began.wait(WAIT_S)
    upkeep.close()
    assert not upkeep.is_running


def test_closing_what_never_began_is_fine() -> None:
    """A server that fails at its start closes everything."""
    upkeep = Upkeep({})
    upkeep.close()
    assert not upkeep.is_running
