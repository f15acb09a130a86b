"""`city-assistant reviewed`, `topics` and `queue`: what they do, what they print, and how they end."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.errors import PeopleError
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.people import open_people
from assistant.reviewing.command import queue_app, reviewed_app, topics_app
from assistant.settings import Settings
from tests.doubles import WordEmbeddings, index_city, small_settings
from tests.people import conftest as databases
from tests.people.place import Place

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed

Run = Callable[..., Result]
DAY = str((datetime.now(UTC) + timedelta(days=30)).date())
ADD = [
    "--question",
    "渡輪全票多少錢？",
    "--zh",
    "三十元。",
    "--document",
    "ferry",
    "--bureau",
    "交通局",
    "--expires",
    DAY,
]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    index_city(small_settings(folder))
    return folder


@pytest.fixture
def settings(indexed: Path, tmp_path: Path, place: Place) -> Settings:
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    return small_settings(tmp_path, database_url=place.url)


@pytest.fixture
def run(settings: Settings, place: Place, monkeypatch: pytest.MonkeyPatch) -> Run:
    names = {"HOME": settings.home, "CORPUS": settings.corpus, "CITY": settings.city, "DATABASE_URL": place.url}
    for name, value in names.items():
        monkeypatch.setenv(f"CITY_ASSISTANT_{name}", str(value))
    monkeypatch.setattr("assistant.models.embedder", lambda _: WordEmbeddings())
    app = typer.Typer()
    for name, room in (("reviewed", reviewed_app), ("topics", topics_app), ("queue", queue_app)):
        app.add_typer(room, name=name)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def value(result: Result) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(result.output)
    return loaded


def test_an_answer_is_added_shown_checked_and_withdrawn(run: Run, settings: Settings) -> None:
    """Each takes one command, and the audit names who was at the console."""
    added = value(run("reviewed", "add", *ADD, "--json"))
    assert value(run("reviewed", "show", added["id"]))["answers"] == {"zh-TW": "三十元。"}
    assert value(run("reviewed", "list", "--json"))["total"] == 1
    assert "0 changed." in run("reviewed", "check").output
    assert run("reviewed", "withdraw", added["id"], "--reason", "test").exit_code == 0
    assert value(run("reviewed", "list", "--state", "active", "--json"))["total"] == 0
    people = open_people(settings)
    assert {row.who.partition(":")[0] for row in people.audit.latest(9)} == {"console"}
    people.close()


@pytest.mark.parametrize(
    "change", [("--bureau", "無此局"), ("--expires", "tomorrow")], ids=["unknown bureau", "no date"]
)
def test_bad_usage_is_refused(run: Run, change: tuple[str, str]) -> None:
    """A bureau that the city does not have, or a day that is none, ends with exit code 2."""
    assert run("reviewed", "add", *ADD, *change).exit_code == 2
    assert run("reviewed", "list", "--state", "odd").exit_code == 2


def test_a_topic_is_closed_and_opened(run: Run) -> None:
    """With its texts in both languages and a reason."""
    words = ["--wording", "選舉", "--zh", "暫不回答。", "--en", "Not now.", "--reason", "test"]
    assert run("topics", "close", "vote", *words, "--until", "2999-01-01T08:00").exit_code == 0
    (topic,) = json.loads(run("topics", "list", "--json").output)
    assert topic["until"] == "2999-01-01 00:00:00+00:00"
    assert run("topics", "open", topic["id"], "--reason", "over").exit_code == 0
    assert json.loads(run("topics", "list", "--json").output) == []
    assert "vote" in run("topics", "list", "--all").output


def test_the_queue_is_gathered_answered_and_dismissed(run: Run, settings: Settings) -> None:
    """Its groups go to the bureau of the nearest documents; answering one makes a reviewed answer of it."""
    people, owner = open_people(settings), Owner.account("1" * 32)
    for question in ("渡輪幾點開始行駛？", "渡輪幾點開始行駛呢？", "垃圾清運幾點開始？"):
        turn = KeptTurn(question, "-", "no_evidence", "zh-TW")
        people.conversations.add_turn(owner, people.conversations.start(owner), turn)
    people.close()
    queue = json.loads(run("queue", "list", "--json").output)
    ferry, rubbish = queue["groups"]
    assert [(one["bureau"], one["seen"]) for one in queue["groups"]] == [("交通局", 2), ("環境保護局", 1)]
    assert run("reviewed", "add", *ADD, "--for", ferry["id"]).exit_code == 0
    assert run("queue", "dismiss", rubbish["id"], "--reason", "known").exit_code == 0
    assert json.loads(run("queue", "list", "--json").output)["total"] == 0
    assert value(run("queue", "show", ferry["id"]))["state"] == "answered"


def test_an_unknown_id_is_a_fault(run: Run) -> None:
    """The command says what there is to look at."""
    for words in (("reviewed", "show", "x"), ("queue", "show", "x"), ("topics", "open", "x", "--reason", "y")):
        assert isinstance(run(*words).exception, PeopleError)
