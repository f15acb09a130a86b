"""Reviewed answers and closed topics in the flow: given before any search, and never where they may not be."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.city import load_city
from assistant.conversation import Conversation
from assistant.errors import PeopleError, StoreError
from assistant.people.editor import Editor
from assistant.people.people import People, open_people
from assistant.people.reviewed_answer import ReviewState
from assistant.people.topic import TopicDraft
from assistant.retrieval import open_retriever
from assistant.reviewing.desk import Desk, Proposal
from assistant.schema import REVIEWED, Answer, EvidenceEvent, Lang, Question, SentenceEvent, Status, Turn
from assistant.settings import PROJECT_ROOT, Settings
from assistant.store import Access, Store, open_store
from assistant.ui.rendering import Page, render_turn
from assistant.ui.texts import load_texts
from assistant.ui.turns import TurnView
from tests.doubles import (
    ScriptedEngine,
    WordEmbeddings,
    add_document,
    fix_answerability,
    index_city,
    make_conversation,
    small_settings,
)
from tests.people import conftest as databases
from tests.people.place import Place

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed

FERRY = "旗津渡輪全票每次多少元？"
REWORDED = "請問旗津渡輪的全票每次要多少錢"
TEXT = "全票三十元，上船前付清。"
TODAY = datetime.now(UTC).date()
ADMIN, TRANSPORT, ENVIRONMENT = Editor("boss"), Editor("lin", "交通局"), Editor("mei", "環境保護局")
PROPOSAL = Proposal(
    bureau="交通局",
    answers={"zh-TW": TEXT},
    questions=(FERRY,),
    document_ids=("ferry",),
    quotes=("渡輪全票每次30元",),
    expires_on=TODAY + timedelta(days=30),
)
ELECTION = TopicDraft("election", ("渡輪", "ferry"), {"zh-TW": "這個題目暫不回答。", "en": "Not for now."})
Approve = Callable[..., str]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexed")
    index_city(small_settings(folder))
    return folder


@pytest.fixture
def settings(indexed: Path, tmp_path: Path, place: Place) -> Settings:
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    return small_settings(tmp_path, database_url=place.url)


@pytest.fixture
def people(settings: Settings) -> Iterator[People]:
    people = open_people(settings)
    yield people
    people.close()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.index_dir, WordEmbeddings.fingerprint)
    yield store
    store.close()


@pytest.fixture
def desk(settings: Settings, people: People, store: Store) -> Desk:
    weights = WordEmbeddings()
    return Desk(
        settings,
        people,
        store,
        weights,
        retriever=lambda: open_retriever(settings, load_city(settings.city_dir), store, weights, ScriptedEngine("")),
        today=lambda: TODAY,
    )


@pytest.fixture
def conversation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversation]:
    fix_answerability(monkeypatch)
    for name in ("FIRST_WAIT_S", "WAIT_S"):
        monkeypatch.setattr(f"assistant.reviewing.review.{name}", 60.0)  # a busy machine is no fault
    conversation = make_conversation(settings, ScriptedEngine("渡輪全票每次30元。"))
    yield conversation
    conversation.close()


def is_reviewed(answer: Answer) -> bool:
    return "審核" in answer.notice or "reviewed" in answer.notice


def rewrite(store: Store, text: str, **fields: object) -> None:
    """Index another text under the ferry's id."""
    with store.writing():
        add_document(store, "ferry", text, **{"source": "corpus/smalltown/documents/ferry.txt", **fields})


def test_a_reviewed_answer_outranks_the_model(conversation: Conversation, desk: Desk) -> None:
    """It is given word for word with its bureau, its day and its source, and no model is asked."""
    desk.approve(TRANSPORT, PROPOSAL)
    events = list(conversation.stream(Question(REWORDED)))
    answer = conversation.ask(Question(REWORDED))
    assert (answer.status, answer.route, answer.answer) == (Status.ANSWERED, "documents", f"{TEXT} [1]")
    assert answer.notice.startswith(f"本回答由交通局於 {TODAY.year}-")
    assert (answer.model, answer.audience) == (REVIEWED, "public")
    _, text = conversation.document("ferry", "citizen")
    assert [text[c.start : c.end] for c in answer.citations] == ["渡輪全票每次30元"]
    assert [type(event) for event in events[:2]] == [EvidenceEvent, SentenceEvent]


@pytest.mark.parametrize(
    "question",
    [
        "旗津渡輪學生票每次多少元？",
        "旗津渡輪全票不是每次多少元？",
        "旗津渡輪全票每次多少分鐘？",
        "鼓山渡輪全票每次多少元？",
    ],
)
def test_a_near_miss_is_answered_from_the_documents(conversation: Conversation, desk: Desk, question: str) -> None:
    """Another ticket, another place, a denial: not the question that was approved."""
    desk.approve(TRANSPORT, PROPOSAL)
    assert not is_reviewed(conversation.ask(Question(question)))


def test_a_follow_up_is_answered_by_what_it_means(conversation: Conversation, desk: Desk) -> None:
    """「那全票呢」 after a question on another ticket is the question that was approved."""
    desk.approve(TRANSPORT, PROPOSAL)
    history = (Turn("旗津渡輪學生票每次多少元？", "渡輪學生票每次15元。"),)
    assert is_reviewed(conversation.ask(Question("那全票呢？", history=history)))


def test_an_answer_for_staff_never_reaches_a_citizen(conversation: Conversation, desk: Desk) -> None:
    """The audience of an answer is enforced as that of a document, and kept turns have it too."""
    desk.approve(TRANSPORT, replace(PROPOSAL, audience="staff", answers={"zh-TW": "機密的全票。"}))
    desk.approve(TRANSPORT, replace(PROPOSAL, audience="交通局", answers={"zh-TW": "本局的全票。"}))
    citizen = conversation.ask(Question(FERRY))
    staff = conversation.ask(Question(FERRY, role="staff"))
    own = conversation.ask(Question(FERRY, role="staff", bureau="交通局"))
    assert not is_reviewed(citizen)
    assert (staff.answer, staff.audience) == ("機密的全票。 [1]", "staff")
    assert (own.answer, own.audience) == ("本局的全票。 [1]", "交通局")
    assert not is_reviewed(conversation.ask(Question(FERRY, bureau="交通局")))


def test_an_answer_for_all_rests_on_nothing_that_is_not_for_all(desk: Desk) -> None:
    """A staff memo is no source of an answer for citizens, and no quote of it is told to another bureau's editor."""
    public = replace(PROPOSAL, document_ids=("memo",), quotes=())
    with pytest.raises(PeopleError) as refusal:
        desk.approve(TRANSPORT, public)
    assert refusal.value.reason == "bad_audience"
    assert desk.approve(TRANSPORT, replace(public, audience="staff")).audience == "staff"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"document_ids": ("nothing",)}, "not_found"),
        ({"document_ids": ("old-fare",), "quotes": ()}, "source_not_in_force"),
        ({"quotes": ("渡輪全票每次40元",)}, "no_quote"),
        ({"quotes": ("30",)}, "bad_quote"),
    ],
)
def test_an_answer_rests_on_what_stands_in_the_index(desk: Desk, change: dict[str, object], reason: str) -> None:
    """A document that is unknown or no longer in force, or a quote that nobody wrote, is refused at approval."""
    with pytest.raises(PeopleError) as refusal:
        desk.approve(ADMIN, replace(PROPOSAL, **change))
    assert refusal.value.reason == reason


def test_an_editor_of_another_bureau_is_refused(desk: Desk, people: People) -> None:
    """Before any document is read for them."""
    with pytest.raises(PeopleError) as refusal:
        desk.approve(ENVIRONMENT, replace(PROPOSAL, document_ids=("nothing",)))
    assert (refusal.value.reason, people.reviewed.list()[1]) == ("other_bureau", 0)


def test_an_answer_expires(conversation: Conversation, desk: Desk) -> None:
    """It is given on its last day, and not on the next; nor on a day before it was approved."""
    desk.approve(TRANSPORT, PROPOSAL)
    last = PROPOSAL.expires_on
    assert is_reviewed(conversation.ask(Question(FERRY, as_of=last)))
    assert not is_reviewed(conversation.ask(Question(FERRY, as_of=last + timedelta(days=1))))
    assert not is_reviewed(conversation.ask(Question(FERRY, as_of=TODAY - timedelta(days=3))))


@pytest.mark.parametrize(
    ("text", "fields", "reason"),
    [
        ("渡輪全票每次35元。", {}, "source_changed"),
        ("渡輪全票每次30元。", {"repealed": date(2024, 1, 1)}, "source_not_in_force"),
        ("渡輪全票每次30元。", {"superseded": date(2024, 1, 1)}, "source_not_in_force"),
        ("渡輪全票每次30元。", {"audience": "staff"}, "source_gone"),
    ],
)
def test_an_answer_withdraws_itself_when_its_source_does(
    conversation: Conversation,
    desk: Desk,
    people: People,
    store: Store,
    text: str,
    fields: dict[str, object],
    reason: str,
) -> None:
    """At the next question it is not given; a check leaves it in the queue with the reason, and the audit says so."""
    known = desk.approve(TRANSPORT, PROPOSAL)
    rewrite(store, text, **fields)
    assert not is_reviewed(conversation.ask(Question(FERRY)))
    desk.check()
    aside = people.reviewed.get(known.id)
    assert (aside.state, aside.reason) == (ReviewState.SET_ASIDE, reason)
    assert people.audit.latest(1)[0].what == "answer_set_aside"
    assert not is_reviewed(conversation.ask(Question(FERRY)))


def test_an_answer_is_given_again_when_its_source_is_back(conversation: Conversation, desk: Desk, store: Store) -> None:
    """An index that was rebuilt without a document for a while costs no approval."""
    desk.approve(TRANSPORT, PROPOSAL)
    with store.writing():
        store.remove(["ferry"])
    assert [one.reason for one in desk.check()] == ["source_gone"]
    assert not is_reviewed(conversation.ask(Question(FERRY)))
    rewrite(store, "旗津渡輪票價 渡輪全票每次30元，持一卡通每次20元。")
    assert [one.reason for one in desk.check()] == [""]
    assert is_reviewed(conversation.ask(Question(FERRY)))


def test_a_whole_document_counts_where_nothing_is_quoted(desk: Desk, store: Store) -> None:
    """Any change of it sets the answer aside; a quote alone lets the rest change."""
    desk.approve(TRANSPORT, PROPOSAL)
    whole = desk.approve(TRANSPORT, replace(PROPOSAL, quotes=()))
    assert whole.sources[0].quote in store.stored_text("ferry")
    rewrite(store, "渡輪全票每次30元。學生票每次16元。")
    assert [(one.answer.id, one.reason) for one in desk.check()] == [(whole.id, "source_changed")]


def test_an_emergency_comes_before_reviewed_answers_and_closed_topics(
    conversation: Conversation, desk: Desk, people: People
) -> None:
    """Nobody who calls for help reads that a topic is closed."""
    cry = "渡輪失火了救命！"
    people.topics.close(ADMIN, ELECTION, "test")
    assert conversation.ask(Question(FERRY)).status == Status.BLOCKED
    assert conversation.ask(Question(cry)).status == Status.EMERGENCY


@pytest.mark.parametrize(("question", "lang"), [(FERRY, "zh-TW"), ("Is there a ferry?", "en")])
def test_a_closed_topic_shows_its_text(conversation: Conversation, people: People, question: str, lang: Lang) -> None:
    """In the reader's language, before any search, also where an answer was approved; opened, it is as before."""
    closed = people.topics.close(ADMIN, ELECTION, "test")
    answer = conversation.ask(Question(question))
    assert (answer.status, answer.answer, answer.citations) == (Status.BLOCKED, ELECTION.texts[lang], ())
    people.topics.open(ADMIN, closed.id, "test")
    assert conversation.ask(Question(question)).status != Status.BLOCKED


def test_a_follow_up_into_a_closed_topic_is_closed(conversation: Conversation, people: People) -> None:
    """What it leans on counts, not its few words alone."""
    people.topics.close(ADMIN, ELECTION, "test")
    history = (Turn("旗津渡輪學生票每次多少元？", "15元。"),)
    assert conversation.ask(Question("那全票呢？", history=history)).status == Status.BLOCKED


def test_a_topic_closed_in_another_process_is_seen_at_the_next_question(
    conversation: Conversation, settings: Settings, place: Place
) -> None:
    """A running server needs no restart, even where there was no database when it started."""
    assert conversation.ask(Question(FERRY)).status == Status.ANSWERED
    names = {"HOME": settings.home, "CORPUS": settings.corpus, "CITY": settings.city, "DATABASE_URL": place.url}
    environment = {f"CITY_ASSISTANT_{name}": str(value) for name, value in names.items()}
    words = ["topics", "close", "t", "--wording", "渡輪", "--zh", "關閉。", "--en", "Closed.", "--reason", "test"]
    command = [sys.executable, "-m", "assistant", *words]
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, env={"PATH": "", **environment}, capture_output=True)
    assert conversation.ask(Question(FERRY)).answer == "關閉。"


def test_markup_in_a_reviewed_answer_shows_as_text(conversation: Conversation, desk: Desk) -> None:
    """Neither scripts nor links of an editor's text reach the page as such, and unseen characters are taken out."""
    attack = '<script>alert(1)</script><img src="https://evil.example/a.png"> [x](javascript:alert(1))\u202e\u200b'
    desk.approve(TRANSPORT, replace(PROPOSAL, answers={"zh-TW": f"全票三十元。{attack}"}))
    answer = conversation.ask(Question(FERRY))
    assert "\u202e" not in answer.answer
    assert "<script>" in answer.answer
    shown = TurnView(1, FERRY, stage="done", sentences=(answer.answer,), answer=answer)
    texts = load_texts()["zh-TW"]
    page = render_turn(shown, Page("zh-TW", texts, {"zh-TW": "1999", "en": "1999"}, "1999", {}))
    assert texts["by_reviewer"] in page
    assert "<script" not in page.lower()
    assert "<img" not in page.lower()
    assert 'href="javascript' not in page.lower()


def test_a_database_that_is_gone_costs_no_answer(
    conversation: Conversation, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers go on, what was closed stays closed, and the log says it once."""
    people.topics.close(ADMIN, replace(ELECTION, wordings=("垃圾車",)), "test")
    assert conversation.ask(Question("垃圾車幾點來？")).status == Status.BLOCKED
    room = conversation._rooms.review
    assert room is not None

    def fail() -> None:
        raise StoreError("The database is gone.", "Bring it back.")

    monkeypatch.setattr(room, "_read_changes", fail)
    monkeypatch.setattr("assistant.reviewing.review.PAUSE_S", 0.0)
    with caplog.at_level(logging.WARNING, logger="assistant.reviewing.review"):
        assert conversation.ask(Question(FERRY)).status == Status.ANSWERED
        assert conversation.ask(Question("垃圾車幾點來？")).status == Status.BLOCKED
    assert len([record for record in caplog.records if record.name == "assistant.reviewing.review"]) == 1


def test_no_database_is_made_by_asking(settings: Settings, conversation: Conversation) -> None:
    """Who only asks, as the evaluation does, finds the home as it was; a server of databases has one already."""
    conversation.ask(Question(FERRY))
    assert not settings.people_file.exists()


def test_the_sources_of_an_answer_are_read_as_its_audience_may(desk: Desk, store: Store) -> None:
    """A bureau's own editor cites what the bureau may read, and nobody else's documents."""
    with store.writing():
        add_document(store, "internal", "環保局內部規定第一條。", audience="環境保護局")
    secret = replace(PROPOSAL, document_ids=("internal",), quotes=(), audience="交通局")
    with pytest.raises(PeopleError) as refusal:
        desk.approve(TRANSPORT, secret)
    assert refusal.value.reason == "not_found"
    assert store.document("internal", Access(("環境保護局",), TODAY)) is not None
