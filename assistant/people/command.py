"""`city-assistant users` and `city-assistant audit`: accounts, their tokens, and who did what."""

import json
import os
import pwd
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.city import load_city
from assistant.errors import PeopleError
from assistant.people.account import Account, AccountRole
from assistant.settings import Settings, load_settings
from assistant.text import strip_control

if TYPE_CHECKING:
    from assistant.people.people import People

users_app = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in, and as what; tokens of evaluators.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit: who did what; verify that nothing was changed.")
FAULT = 1

Name = Annotated[str, typer.Argument(help="The account's name, such as an e-mail address.")]
Bureau = Annotated[str, typer.Option(help="The bureau that its holder works for.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="Read the password from the first line of this file; -: from standard input.")
]


@users_app.command("first-admin")
def create_first_admin(name: Name, password_file: PasswordFile = None) -> None:
    """Make the first admin, who may do everything; there is none, and no password, until you choose one."""
    with people_at_console() as (people, by, _):
        account = people.accounts.create_first_admin(name, _password(password_file), by)
    typer.echo(f"{account.name} is an admin.")


@users_app.command("add")
def add_user(
    name: Name,
    role: Annotated[AccountRole, typer.Option(help="What the account is for.")],
    bureau: Bureau = "",
    password_file: PasswordFile = None,
    reason: Reason = "",
) -> None:
    """Add an account; an evaluator's has no password unless a file gives one."""
    with people_at_console() as (people, by, settings):
        check_bureau(bureau, settings)
        without = role == AccountRole.EVALUATOR and password_file is None
        password = None if without else _password(password_file)
        account = people.accounts.add(name, role, password, by, bureau, reason)
    typer.echo(f"{account.name} is added: {_role(account)}.")


@users_app.command("list")
def list_users(as_json: Json = False) -> None:
    """Show all accounts."""
    with people_at_console() as (people, _, _settings):
        accounts = people.accounts.list()
    if as_json:
        typer.echo(json.dumps([asdict(account) for account in accounts], ensure_ascii=False, default=str))
        return
    rows = [(a.name, a.role.value, a.bureau, _state(a), f"{a.created_at:%Y-%m-%d}") for a in accounts]
    print_rows(("name", "role", "bureau", "state", "since"), rows)


@users_app.command("disable")
def disable_user(name: Name, reason: Why) -> None:
    """Keep an account from signing in; its sessions and tokens end at once."""
    with people_at_console() as (people, by, _):
        people.accounts.disable(name, by, reason)
    typer.echo(f"{name} is disabled.")


@users_app.command("enable")
def enable_user(name: Name, reason: Why) -> None:
    """Let a disabled account sign in again."""
    with people_at_console() as (people, by, _):
        people.accounts.enable(name, by, reason)
    typer.echo(f"{name} is enabled.")


@users_app.command("role")
def change_role(
    name: Name,
    role: Annotated[AccountRole, typer.Argument(help="What the account is for from now on.")],
    reason: Why,
    bureau: Bureau = "",
) -> None:
    """Give an account another role or bureau; its sessions and tokens end."""
    with people_at_console() as (people, by, settings):
        check_bureau(bureau, settings)
        account = people.accounts.change_role(name, role, by, bureau, reason)
    typer.echo(f"{account.name}: {_role(account)}.")


@users_app.command("passwd")
def set_password(name: Name, password_file: PasswordFile = None, reason: Reason = "") -> None:
    """Set another password; its sessions end, and a lock after too many wrong passwords is taken off."""
    with people_at_console() as (people, by, _):
        if people.accounts.find(name) is None:
            raise PeopleError("unknown_account", "There is no account of that name.", "Look at `users list`.")
        people.accounts.set_password(name, _password(password_file), by, reason)
    typer.echo(f"{name} has a new password.")


@users_app.command("token")
def issue_token(
    name: Name,
    label: Annotated[str, typer.Option(help="What the token is for.")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is valid.")] = 90,
) -> None:
    """Print a new API token of an evaluator; it cannot be shown again."""
    with people_at_console() as (people, by, _):
        typer.echo(people.tokens.issue(name, label, by, timedelta(days=days)))
    typer.echo("Keep it in a safe place: it cannot be shown again.", err=True)


@users_app.command("tokens")
def list_tokens(
    name: Annotated[str, typer.Argument(help="An account; none: all of them.")] = "", as_json: Json = False
) -> None:
    """Show API tokens by id, never themselves."""
    with people_at_console() as (people, _, _settings):
        tokens = people.tokens.list(name)
    if as_json:
        typer.echo(json.dumps([asdict(token) for token in tokens], ensure_ascii=False, default=str))
        return
    rows = [(t.id, t.account, t.label, f"{t.expires_at:%Y-%m-%d}") for t in tokens]
    print_rows(("id", "account", "label", "expires"), rows)


@users_app.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="An id from `users tokens`.")], reason: Reason = ""
) -> None:
    """End an API token at once."""
    with people_at_console() as (people, by, _):
        people.tokens.revoke(token_id, by, reason)
    typer.echo(f"{token_id} is revoked.")


@audit_app.command("list")
def list_audit(
    limit: Annotated[int, typer.Option(min=1, help="How many of the last rows.")] = 50, as_json: Json = False
) -> None:
    """Show the last acts, the newest first."""
    with people_at_console() as (people, _, _settings):
        rows = people.audit.latest(limit)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
        return
    shown = [(str(r.number), r.at[:19] + "Z", r.who, r.what, r.target, r.reason) for r in rows]
    print_rows(("number", "when", "who", "what", "target", "reason"), shown)


@audit_app.command("verify")
def verify_audit(as_json: Json = False) -> None:
    """Find the first row that was changed, moved or taken out; exit code 1 where there is one."""
    with people_at_console() as (people, _, _settings):
        check = people.audit.verify()
    if as_json:
        typer.echo(json.dumps(asdict(check) | {"whole": check.is_whole}, ensure_ascii=False))
    elif check.is_whole:
        tail = f" No anchor speaks for the last {check.unanchored}." if check.unanchored else ""
        typer.echo(f"All {check.rows} rows are as they were written.{tail}")
    else:
        typer.echo(f"The audit is broken at row {check.broken}. {check.fault}")
    if not check.is_whole:
        raise typer.Exit(FAULT)


@audit_app.command("export")
def export_audit(
    out: Annotated[Path | None, typer.Option(help="Write here instead of to the screen.")] = None,
) -> None:
    """Write all rows as JSONL, oldest first, with their hashes."""
    with people_at_console() as (people, _, _settings):
        lines = (json.dumps(asdict(row), ensure_ascii=False) for row in people.audit.rows())
        if out is None:
            for line in lines:
                typer.echo(line)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


@contextmanager
def people_at_console() -> Iterator[tuple["People", str, Settings]]:
    """The people of the settings, who is at the console, for the audit, and the settings."""
    from assistant.people.people import open_people  # here, so that other commands start without a database's libraries

    settings = load_settings()
    people = open_people(settings)
    try:
        yield people, f"console:{_console_user()}", settings
    finally:
        people.close()


def _console_user() -> str:
    """The name of the user of the machine, from its list of users: the environment can say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _password(file: Path | None) -> str:
    """A password from a file, or typed twice; never an argument, which other users of the machine can see."""
    if file is None:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise typer.BadParameter(f"The password cannot be read from {file}: {error}.") from error
    return text.split("\n", 1)[0].removesuffix("\r")


def check_bureau(bureau: str, settings: Settings) -> None:
    """Refuse, as bad usage, a bureau that the city does not have; none is fine."""
    names = [one.name for one in load_city(settings.city_dir).bureaus]
    if bureau and bureau not in names:
        raise typer.BadParameter(f"“{bureau}” is no bureau of {settings.city}. There are: {', '.join(names)}.")


def _role(account: Account) -> str:
    return f"{account.role.value}, {account.bureau}" if account.bureau else account.role.value


def _state(account: Account) -> str:
    return "disabled" if account.disabled else "locked" if account.locked else ""


def print_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One line a row, with tabs; control characters that somebody wrote into a reason do not reach the terminal."""
    for row in (header, *rows):
        typer.echo("\t".join(strip_control(str(cell)).replace("\t", " ").replace("\n", " ") for cell in row))
