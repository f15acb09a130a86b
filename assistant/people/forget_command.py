"""`city-assistant forget`: deletes what is kept of what people asked: past its time, of one account, or all of it."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import PeopleError
from assistant.people.command import Json, people_at_console

if TYPE_CHECKING:
    from assistant.people.people import People


def forget(
    older_than: Annotated[
        int | None, typer.Option(min=0, help="Turns asked more than so many days ago; as a rule, retention_days.")
    ] = None,
    account: Annotated[str, typer.Option(help="All that the holder of this account asked.")] = "",
    everything: Annotated[bool, typer.Option("--everything", help="All that anybody asked.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be deleted, and delete nothing.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    as_json: Json = False,
) -> None:
    """Delete conversations and what was said of them; nothing brings them back."""
    if sum((older_than is not None, bool(account), everything)) > 1:
        raise typer.BadParameter("Choose one of --older-than, --account and --everything.")
    with people_at_console() as (people, by, settings):
        if account or everything:
            turns, conversations, target = _forget_owned(people, account, dry_run)
        else:
            days = settings.retention_days if older_than is None else older_than
            turns, conversations, target = _forget_old(people, days, dry_run)
        if not dry_run:
            people.audit.record(by, "conversations_forgotten", target, reason)
    counts = {"turns": turns, "conversations": conversations, "deleted": not dry_run}
    if as_json:
        typer.echo(json.dumps(counts))
    else:
        typer.echo(f"{'Would be deleted' if dry_run else 'Deleted'}: {turns} turns, {conversations} conversations.")


def _forget_owned(people: "People", account: str, dry_run: bool) -> tuple[int, int, str]:
    """Turns and conversations of an account, or of everybody where it names none; and what the audit calls them."""
    from assistant.people.conversations import Owner  # here, so that other commands start without its libraries

    owner = None
    if account:
        found = people.accounts.find(account)
        if found is None:
            raise PeopleError("unknown_account", "There is no account of that name.", "Look at `users list`.")
        owner = Owner.account(found.id)
    turns, conversations = people.conversations.count(owner)
    if not dry_run and owner is None:
        people.conversations.forget_everything()
    elif not dry_run and owner is not None:
        people.conversations.forget(owner)
    return turns, conversations, f"of {account}" if account else "of everybody"


def _forget_old(people: "People", days: int, dry_run: bool) -> tuple[int, int, str]:
    """Turns that are older, and conversations left without any; and what the audit calls them."""
    from assistant.people.keys import utc_now

    moment = utc_now() - timedelta(days=days)
    counted = people.conversations.count_before if dry_run else people.conversations.forget_before
    return *counted(moment), f"older than {days} days"
