"""`city-assistant users` and `audit`: what they do, what they print, and how they end."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.cli import main
from assistant.errors import PeopleError
from assistant.people.command import audit_app, users_app
from assistant.people.sign_in import SignInState
from tests.doubles import make_city
from tests.people.place import OTHER, PASSWORD, Place

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_city(tmp_path / "corpus")
    values = {"HOME": str(tmp_path / "home"), "CORPUS": str(tmp_path / "corpus"), "CITY": "smalltown"}
    for name, value in values.items():
        monkeypatch.setenv(f"CITY_ASSISTANT_{name}", value)
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    app = typer.Typer()
    app.add_typer(users_app, name="users")
    app.add_typer(audit_app, name="audit")

    def invoke(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=typed)

    return invoke


def typed_twice(password: str) -> str:
    return f"{password}\n{password}\n"


def test_an_admin_sets_up_staff(run: Run, home: Path) -> None:
    """First admin, a member of staff, another role, another password: each takes one command."""
    assert run("users", "first-admin", "boss", typed=typed_twice(PASSWORD)).exit_code == 0
    assert run("users", "add", "mei", "--role", "staff", typed=typed_twice(PASSWORD)).exit_code == 0
    assert run("users", "role", "mei", "editor", "--bureau", "交通局", "--reason", "new post").exit_code == 0
    assert run("users", "passwd", "mei", typed=typed_twice(OTHER)).exit_code == 0
    listed = json.loads(run("users", "list", "--json").output)
    assert [(one["name"], one["role"], one["bureau"]) for one in listed] == [
        ("boss", "admin", ""),
        ("mei", "editor", "交通局"),
    ]
    place = Place(home)
    assert place.open().sign_in.sign_in("mei", OTHER).state == SignInState.SIGNED_IN
    place.close()


def test_a_password_is_never_an_argument(run: Run) -> None:
    """Arguments are seen by every user of the machine."""
    for name in ("first-admin", "add", "passwd"):
        options = run("users", name, "--help").output
        assert "--password-file" in options
        assert "--password " not in options


@pytest.mark.parametrize("text", [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n", f"\ufeff{PASSWORD}\nmore"])
def test_a_password_comes_from_the_first_line_of_a_file(run: Run, home: Path, tmp_path: Path, text: str) -> None:
    """However the file ends, its first line is the password."""
    (tmp_path / "secret").write_bytes(text.encode())
    assert run("users", "first-admin", "boss", "--password-file", str(tmp_path / "secret")).exit_code == 0
    place = Place(home)
    assert place.open().sign_in.sign_in("boss", PASSWORD).state == SignInState.SIGNED_IN
    place.close()


def test_a_password_comes_from_standard_input(run: Run) -> None:
    """A script hands it over without a file."""
    done = run("users", "first-admin", "boss", "--password-file", "-", typed=f"{PASSWORD}\n")
    assert (done.exit_code, "boss is an admin" in done.output) == (0, True)


def test_a_file_that_is_not_there_is_bad_usage(run: Run, tmp_path: Path) -> None:
    """The command says which file, and makes no account."""
    done = run("users", "first-admin", "boss", "--password-file", str(tmp_path / "none"))
    assert (done.exit_code, json.loads(run("users", "list", "--json").output)) == (2, [])


def test_a_weak_password_is_refused_with_the_reason(run: Run) -> None:
    """The reason is shown, the password is not."""
    done = run("users", "first-admin", "boss", typed=typed_twice("bossbossbossboss"))
    assert isinstance(done.exception, PeopleError)
    assert "easy to guess" in str(done.exception)
    assert "bossboss" not in done.output + str(done.exception)


def test_a_bureau_that_the_city_does_not_have_is_bad_usage(run: Run) -> None:
    """A typing error does not make an account that sees nothing."""
    done = run("users", "add", "mei", "--role", "staff", "--bureau", "Prks", typed=typed_twice(PASSWORD))
    assert done.exit_code == 2


def test_acts_at_the_console_are_in_the_audit_with_the_users_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name comes from the system: an environment that says otherwise is not believed."""
    monkeypatch.setenv("LOGNAME", "somebody.else")
    monkeypatch.setenv("USER", "somebody.else")
    run("users", "first-admin", "boss", typed=typed_twice(PASSWORD))
    row = json.loads(run("audit", "list", "--json").output)[0]
    assert row["who"].startswith("console:")
    assert "somebody.else" not in row["who"]
    assert (row["what"], row["target"]) == ("first_admin", "boss")


def test_an_evaluator_gets_a_token_once(run: Run, home: Path) -> None:
    """It is printed alone on standard output, works, is listed by id, and ends when revoked."""
    assert run("users", "add", "eve", "--role", "evaluator").exit_code == 0
    token = run("users", "token", "eve", "--label", "nightly").stdout.strip()
    place = Place(home)
    people = place.open()
    assert people.tokens.find(token) is not None
    listed = run("users", "tokens", "eve").output
    assert token not in listed
    assert run("users", "revoke", json.loads(run("users", "tokens", "--json").output)[0]["id"]).exit_code == 0
    assert people.tokens.find(token) is None
    place.close()


def test_disabling_takes_a_reason(run: Run) -> None:
    """An act against a person says why."""
    run("users", "first-admin", "boss", typed=typed_twice(PASSWORD))
    run("users", "add", "mei", "--role", "staff", typed=typed_twice(PASSWORD))
    assert run("users", "disable", "mei").exit_code == 2
    assert run("users", "disable", "mei", "--reason", "left").exit_code == 0
    assert "mei\tstaff\t\tdisabled" in run("users", "list").output
    assert run("users", "enable", "mei", "--reason", "back").exit_code == 0
    assert "disabled" not in run("users", "list").output


def test_verify_says_whether_the_audit_is_whole(run: Run, home: Path) -> None:
    """Exit code 0 as long as it is, 1 and the first broken row once it is not."""
    run("users", "first-admin", "boss", typed=typed_twice(PASSWORD))
    whole = run("audit", "verify")
    assert (whole.exit_code, "All 1 rows" in whole.output) == (0, True)
    Place(home).execute("DROP TRIGGER audit_no_update", "UPDATE audit SET who = 'x'")
    broken = run("audit", "verify")
    assert (broken.exit_code, "broken at row 1" in broken.output) == (1, True)
    assert json.loads(run("audit", "verify", "--json").output)["whole"] is False


def test_an_export_has_every_row(run: Run, tmp_path: Path) -> None:
    """JSON lines with the hashes, to the screen or into a file."""
    run("users", "first-admin", "boss", typed=typed_twice(PASSWORD))
    run("users", "add", "eve", "--role", "evaluator")
    run("audit", "export", "--out", str(tmp_path / "audit.jsonl"))
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2]
    assert run("audit", "export").output.splitlines() == lines


def test_what_a_reason_says_does_not_reach_the_terminal_as_a_command(run: Run) -> None:
    """Escape sequences that somebody wrote into a reason are taken off where it is shown."""
    run("users", "first-admin", "boss", typed=typed_twice(PASSWORD))
    run("users", "passwd", "boss", "--reason", "\x1b[2J\x1b]0;gone\x07 fine\tand\nnew", typed=typed_twice(OTHER))
    shown = run("audit", "list").output
    assert "\x1b" not in shown
    assert "fine and new" in shown


def test_a_refusal_is_one_clear_message(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault at the edge is a sentence and exit code 1."""
    monkeypatch.setattr("sys.argv", ["city-assistant", "users", "disable", "nobody", "--reason", "x"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "There is no account of that name." in capsys.readouterr().err
