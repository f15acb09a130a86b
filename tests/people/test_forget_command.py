"""`city-assistant forget`: what it counts, what it deletes, and what the audit says of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.people.account import Account
from assistant.people.conversations import Owner
from assistant.people.keys import utc_now
from tests.doubles import make_city
from tests.people.place import Clock, Place, add, turn

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    make_city(tmp_path / "corpus")
    for name, value in {"HOME": tmp_path / "home", "CORPUS": tmp_path / "corpus", "CITY": "smalltown"}.items():
        monkeypatch.setenv(f"CITY_ASSISTANT_{name}", str(value))
    return lambda *arguments: CliRunner().invoke(app, ["forget", *arguments])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home", clock=Clock(utc_now()))


def kept(place: Place) -> Account:
    """A turn of an account and one of a browser, forty days ago; and one of the account now."""
    people = place.open()
    mei = add(people, "mei")
    place.clock.move(days=-40)
    for owner in (Owner.account(mei.id), Owner("browser:x")):
        people.conversations.add_turn(owner, people.conversations.start(owner), turn("a secret question"))
    place.clock.move(days=40)
    people.conversations.add_turn(Owner.account(mei.id), people.conversations.start(Owner.account(mei.id)), turn())
    return mei


@pytest.mark.parametrize(
    ("arguments", "turns", "conversations"),
    [
        ([], 2, 2),
        (["--older-than", "41"], 0, 0),
        (["--older-than", "0"], 3, 3),
        (["--account", "mei"], 2, 2),
        (["--everything"], 3, 3),
    ],
)
def test_a_dry_run_counts_what_is_then_deleted(
    run: Run, place: Place, arguments: list[str], turns: int, conversations: int
) -> None:
    """It deletes nothing and leaves no act in the audit; the same command without it deletes just that many."""
    kept(place)
    acts = len(list(place.opened[0].audit.rows()))
    counted = json.loads(run(*arguments, "--dry-run", "--json").output)
    assert counted == {"turns": turns, "conversations": conversations, "deleted": False}
    assert (place.opened[0].conversations.count()[0], len(list(place.opened[0].audit.rows()))) == (3, acts)
    assert json.loads(run(*arguments, "--json").output) == counted | {"deleted": True}
    assert place.opened[0].conversations.count() == (3 - turns, 3 - conversations)


def test_the_audit_says_who_and_why_and_not_what_was_asked(run: Run, place: Place) -> None:
    """The reason is kept, the questions are not."""
    kept(place)
    assert run("--everything", "--reason", "a request in writing").output == "Deleted: 3 turns, 3 conversations.\n"
    act = place.opened[0].audit.latest(1)[0]
    assert (act.what, act.target, act.reason) == ("conversations_forgotten", "of everybody", "a request in writing")
    assert act.who.startswith("console:")
    assert "secret" not in place.dump()


def test_two_choices_at_once_are_refused(run: Run, place: Place) -> None:
    """Nobody deletes everything by a slip beside a name; a name that is none deletes nothing."""
    kept(place)
    assert run("--account", "mei", "--everything").exit_code == 2
    assert run("--account", "nobody").exit_code == 1
    assert place.opened[0].conversations.count() == (3, 3)
