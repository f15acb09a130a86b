"""Secrets of staff and bureaus on every path out of the library: none reaches whom it is not for."""

import itertools
import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.errors import DocumentError
from assistant.schema import Answer, Question, Turn
from assistant.settings import Settings
from assistant.store import Access, Store
from assistant.wire import answer_json, event_json, search_json
from tests.doubles import (
    ScriptedEngine,
    WordEmbeddings,
    fix_answerability,
    index_city,
    make_conversation,
    small_settings,
)
from tests.integration.canaries import (
    BUREAU,
    CANARIES,
    FOLLOW_UPS,
    OTHER_BUREAU,
    QUESTIONS,
    Canary,
    codes_of,
    health_of,
    leaked,
    make_city,
    written_in,
)

pytestmark = pytest.mark.integration

DAYS = date(2020, 1, 1), date(2026, 11, 23), date(2030, 1, 1)
PEOPLE = [
    ("citizen", "", ()),
    ("citizen", BUREAU, ()),  # a bureau without the role opens nothing
    ("staff", "", ("staff",)),
    ("staff", BUREAU, ("staff", "keeper")),
    ("staff", OTHER_BUREAU, ("staff", "other")),
    ("staff", "沒有這個局", ("staff",)),
]
each_person = pytest.mark.parametrize(("role", "bureau", "may_see"), PEOPLE)
each_question = pytest.mark.parametrize("text", QUESTIONS, ids=["zh", "en"])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_city(tmp_path_factory.mktemp("canaries"))


@pytest.fixture(scope="module")
def engine() -> ScriptedEngine:
    """A model that repeats all that it reads, as one would that was talked into it."""
    return ScriptedEngine(lambda messages: " ".join(text for _, text in messages))


@pytest.fixture(scope="module")
def conversation(settings: Settings, engine: ScriptedEngine) -> Iterator[Conversation]:
    with pytest.MonkeyPatch.context() as patch:
        fix_answerability(patch)
        opened = make_conversation(settings, engine)
        engine.start()
        yield opened
        opened.close()


@pytest.fixture
def store(conversation: Conversation) -> Store:
    return conversation._rooms.store


def everything(answer: Answer) -> str:
    """All that any face could show of an answer."""
    return json.dumps(answer_json(answer), ensure_ascii=False) + repr(answer)


@each_person
@each_question
def test_both_search_legs(store: Store, text: str, role: Any, bureau: str, may_see: tuple[str, ...]) -> None:
    """Words alone and meaning alone find the documents of one's own audiences, and of no other."""
    access, vector = Access.of(role, date(2026, 11, 23), bureau), WordEmbeddings().embed_query(text)
    by_words = store.search(store.terms(text), WordEmbeddings().embed_query("無關"), access, 50)
    by_meaning = store.search(store.terms("無關"), vector, access, 50)
    for found in (by_words, by_meaning):
        assert leaked(found, may_see) == set()
        assert {code for who in may_see for code in codes_of(who) if "body" in code} & leaked(found) or not may_see


@each_person
def test_lists_and_ids(store: Store, role: Any, bureau: str, may_see: tuple[str, ...]) -> None:
    """A document that one may not see is in no list, and is unknown by its id, on any day."""
    for day in (date.min, date(2026, 11, 23), date.max):
        access = Access.of(role, day, bureau)
        assert leaked(store.documents(access), may_see) == set()
        assert leaked(store.documents(access)) >= {c.code("title") for c in CANARIES if c.who in may_see}
        for canary in CANARIES:
            assert (store.document(canary.code("id"), access) is not None) is (canary.who in may_see)


@each_person
@each_question
def test_search(conversation: Conversation, text: str, role: Any, bureau: str, may_see: tuple[str, ...]) -> None:
    """Passages, with their titles, places, paths and addresses; also for the very words of the secret documents."""
    for query in (text, *(canary.text for canary in CANARIES), *(canary.code("body") for canary in CANARIES)):
        found = conversation.search(query, 50, role, bureau=bureau)
        assert leaked(json.dumps(search_json("", found)) + repr(found), may_see) == set()
    assert bool(leaked(conversation.search(text, 50, role, bureau=bureau))) is bool(may_see)


@each_person
@each_question
def test_answers(conversation: Conversation, text: str, role: Any, bureau: str, may_see: tuple[str, ...]) -> None:
    """Text, citations, choices, notices and readings, whether one asks for today, for another day or in a follow-up."""
    turns = (Turn(text, "[1]"),)
    said = [conversation.ask(Question(text, role=role, bureau=bureau))]
    said += [conversation.ask(Question(text, role=role, bureau=bureau, as_of=day)) for day in DAYS]
    said += [conversation.ask(Question(more, role=role, bureau=bureau, history=turns)) for more in FOLLOW_UPS]
    assert leaked("".join(map(everything, said)), may_see) == set()
    assert bool(leaked(everything(said[0]))) is bool(may_see)


@each_question
def test_streams(conversation: Conversation, text: str) -> None:
    """Every event of a citizen's stream; an officer's has the secret in its evidence."""
    events = {
        role: json.dumps([event_json(event) for event in conversation.stream(Question(text, role=role))])
        for role in ("citizen", "staff")
    }
    assert leaked(events["citizen"]) == set()
    assert leaked(events["staff"]) & codes_of("staff")


@each_question
def test_what_an_officer_asked_is_not_kept_for_a_citizen(conversation: Conversation, text: str) -> None:
    """Whatever the rooms remember of a question, asking it first as staff opens nothing to who asks next."""
    for _ in range(2):
        assert leaked(everything(conversation.ask(Question(text, role="staff", bureau=BUREAU))))
        assert leaked(everything(conversation.ask(Question(text)))) == set()


def test_an_officers_history_opens_nothing(conversation: Conversation) -> None:
    """A citizen who sends an officer's turns as their own, or picks what an officer was offered, learns no more."""
    for text, more in itertools.product(QUESTIONS, FOLLOW_UPS):
        theirs = conversation.ask(Question(text, role="staff", bureau=BUREAU))
        known = leaked(everything(theirs))
        mine = conversation.ask(Question(more, history=(Turn(text, theirs.answer),)))
        assert leaked(everything(mine)) - known == set()
        assert not mine.citations or leaked(repr(mine.citations)) == set()
        for choice in (*theirs.choices, *(canary.code("title") for canary in CANARIES)):
            picked = conversation.ask(Question(choice, history=(Turn(text, theirs.answer),)))
            assert leaked(everything(picked)) - leaked(choice) - known == set()
            assert leaked(repr(picked.citations)) == set()


@each_person
@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: f"{canary.who}-{canary.lang}")
def test_the_document_viewer(
    conversation: Conversation, canary: Canary, role: Any, bureau: str, may_see: tuple[str, ...]
) -> None:
    """A document opens to its audience; to others it is not there, and the message repeats the id alone."""
    if canary.who in may_see:
        document, text = conversation.document(canary.code("id"), role, bureau)
        assert {canary.code("body"), canary.code("url")} <= leaked(text + repr(document))
        return
    with pytest.raises(DocumentError) as refused:
        conversation.document(canary.code("id"), role, bureau)
    assert leaked(f"{refused.value!r}{refused.value}") - {canary.code("id")} == set()
    with pytest.raises(DocumentError) as unknown:
        conversation.document("never-was", role, bureau)
    assert str(refused.value) == str(unknown.value).replace("never-was", canary.code("id"))


@each_question
def test_the_prompt(conversation: Conversation, engine: ScriptedEngine, text: str) -> None:
    """The model is not given what the person may not see, so that nobody can talk it out of it."""
    engine.asked.clear()
    conversation.ask(Question(text))
    conversation.ask(Question(FOLLOW_UPS[0], history=(Turn(text, "…"),)))
    assert leaked(repr(engine.asked)) == set()
    conversation.ask(Question(text, role="staff"))
    assert leaked(repr(engine.asked), ["staff"]) == set()


def test_logs_and_errors(
    conversation: Conversation, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's secrets stand in the log, be it that all goes well, that the model dies, or that a room fails."""
    caplog.set_level(logging.DEBUG, logger="assistant")
    for text in QUESTIONS:
        conversation.ask(Question(text, role="staff", bureau=BUREAU))
    engine = conversation._rooms.engine
    assert isinstance(engine, ScriptedEngine)
    monkeypatch.setattr(engine, "state", "down")
    for text in QUESTIONS:
        assert leaked(everything(conversation.ask(Question(text)))) == set()
    monkeypatch.setattr("assistant.graph.cite_evidence", lambda *_, **__: 1 / 0)
    failed = conversation.ask(Question(QUESTIONS[0], role="staff"))
    assert failed.status == "error"
    assert leaked(everything(failed) + caplog.text) == set()
    assert "ZeroDivisionError" in caplog.text
    logs = settings.log_dir
    assert leaked(written_in(logs) if logs.is_dir() else "") == set()


def test_a_rule_that_an_internal_document_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of a public rule that has ended does not name the internal one that came after it."""
    fix_answerability(monkeypatch)
    settings = small_settings(tmp_path)
    files = {
        "old.md": "# 公園夜間開放\n公園夜間開放到晚上9時。\n",
        "new.md": "# 公園夜間開放\n公園夜間開放到zqheirbody。\n",
    }
    for name, text in files.items():
        (settings.city_dir / "documents" / name).write_text(text, encoding="utf-8")
    with (settings.city_dir / "sources.toml").open("a", encoding="utf-8") as sources:
        sources.write('[[document]]\nid = "park"\npath = "documents/old.md"\ntitle = "公園夜間開放"\n')
        sources.write('[[document]]\nid = "zqheirid"\npath = "documents/new.md"\ntitle = "公園夜間開放 zqheirtitle"\n')
        sources.write('audience = "staff"\nsupersedes = "park"\neffective_from = "2026-01-01"\n')
    index_city(settings)
    with closing(make_conversation(settings)) as conversation:
        asked = [
            Question(text, as_of=day) for text in ("公園夜間開放到幾點？", "去年公園夜間開放到幾點？") for day in DAYS
        ]
        mine = "".join(everything(conversation.ask(question)) for question in asked)
        mine += repr(conversation.document("park", "citizen"))
        theirs = "".join(everything(conversation.ask(replace(question, role="staff"))) for question in asked)
    assert "9時" in mine
    assert "zqheir" not in mine
    assert {"zqheirbody", "zqheirtitle"} <= set(re.findall("zqheir[a-z]+", theirs))


def test_health(conversation: Conversation) -> None:
    """What monitoring reads are counts and names of parts."""
    assert leaked(health_of(conversation)) == set()


def test_the_canaries_can_be_seen(settings: Settings) -> None:
    """The check finds the codes where they do stand, so that its silence means something."""
    assert leaked(written_in(settings.city_dir / "documents")) == {
        canary.code(part) for canary in CANARIES for part in ("body", "title", "section")
    }
    assert leaked((settings.city_dir / "sources.toml").read_text(encoding="utf-8").upper())
    assert leaked(written_in(Path(settings.index_dir))) != set()
