"""`city-assistant reviewed`, `topics` and `queue`: approved answers, closed topics, and what found no answer."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.city import load_city
from assistant.people.command import Json, check_bureau, people_at_console, print_rows
from assistant.people.editor import Editor
from assistant.schema import PUBLIC, Lang
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.people.people import People
    from assistant.people.unanswered import Group
    from assistant.reviewing.desk import Desk

reviewed_app = typer.Typer(no_args_is_help=True, help="Reviewed answers: approved by a bureau, given before any model.")
topics_app = typer.Typer(no_args_is_help=True, help="Topics that the assistant does not speak of for a while.")
queue_app = typer.Typer(no_args_is_help=True, help="Questions that found no answer or a bad one, by bureau.")

Why = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
Id = Annotated[str, typer.Argument(help="An id from the list.")]
BureauOf = Annotated[str, typer.Option("--bureau", help="Only those of this bureau.")]
First = Annotated[int, typer.Option(min=0, help="How many to pass over.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")]
Zh = Annotated[str, typer.Option("--zh", help="In Chinese.")]
En = Annotated[str, typer.Option("--en", help="In English.")]


@reviewed_app.command("add")
def add_reviewed(
    questions: Annotated[list[str], typer.Option("--question", help="The question; repeat for other wordings.")],
    documents: Annotated[list[str], typer.Option("--document", help="The id of a document that it rests on.")],
    expires: Annotated[str, typer.Option(help="The last day on which it is given, such as 2027-06-30.")],
    bureau: Annotated[str, typer.Option(help="The bureau that approves it.")],
    zh: Zh = "",
    en: En = "",
    quotes: Annotated[list[str] | None, typer.Option("--quote", help="Rest on this passage of a document.")] = None,
    audience: Annotated[str, typer.Option(help="public, staff, or the bureau's name.")] = PUBLIC,
    group: Annotated[str, typer.Option("--for", help="The id of a group of the queue that it answers.")] = "",
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Approve an answer to a question, in one or both languages; it is given from now on."""
    with _desk() as (desk, by, settings):
        from assistant.reviewing.desk import Proposal

        check_bureau(bureau, settings)
        proposal = Proposal(bureau, _texts(zh, en), questions, documents, _day(expires), quotes or (), audience)
        added = desk.approve(by, proposal, reason, group)
    typer.echo(_json(asdict(added)) if as_json else f"{added.id} is approved until {added.expires_on}.")


@reviewed_app.command("list")
def list_reviewed(
    bureau: BureauOf = "",
    state: Annotated[str, typer.Option(help="active, set_aside or withdrawn; empty: all.")] = "",
    first: First = 0,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show reviewed answers, the latest first."""
    from assistant.people.reviewed_answer import ReviewState

    if state and state not in list(ReviewState):
        raise typer.BadParameter(f"There are: {', '.join(ReviewState)}.")
    with _people() as (people, by, _):
        chosen = ReviewState(state) if state else None
        page, total = people.reviewed.list(by, state=chosen, bureau=bureau, first=first, limit=limit)
    if as_json:
        typer.echo(_json({"total": total, "answers": [asdict(one) for one in page]}))
        return
    rows = [(a.id, a.bureau, a.audience, a.state.value, a.reason, str(a.expires_on), _first(a.wordings)) for a in page]
    print_rows(("id", "bureau", "audience", "state", "reason", "expires", "question"), rows)


@reviewed_app.command("show")
def show_reviewed(reviewed_id: Id) -> None:
    """Show one answer with its wordings and sources, as JSON."""
    with _people() as (people, by, _):
        typer.echo(_json(asdict(people.reviewed.get(reviewed_id, by))))


@reviewed_app.command("withdraw")
def withdraw_reviewed(reviewed_id: Id, reason: Why) -> None:
    """Never give an answer again."""
    with _people() as (people, by, _):
        people.reviewed.withdraw(by, reviewed_id, reason)
    typer.echo(f"{reviewed_id} is withdrawn.")


@reviewed_app.command("check")
def check_reviewed(as_json: Json = False) -> None:
    """Compare all answers with their documents; those that expired or rest on what changed are set aside."""
    with _desk() as (desk, _by, _settings):
        changed = desk.check()
    rows = [{"id": one.answer.id, "bureau": one.answer.bureau, "reason": one.reason} for one in changed]
    if as_json:
        typer.echo(_json(rows))
        return
    for row in rows:
        typer.echo(f"{row['id']} ({row['bureau']}): {row['reason'] or 'given again'}")
    typer.echo(f"{len(rows)} changed.")


@topics_app.command("close")
def close_topic(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    wordings: Annotated[list[str], typer.Option("--wording", help="Words of it, or an example question; repeat.")],
    zh: Zh,
    en: En,
    reason: Why,
    until: Annotated[str, typer.Option(help="When it opens by itself, such as 2026-12-01T18:00.")] = "",
    bureau: Annotated[str, typer.Option(help="Whose editors may open it again; empty: admins alone.")] = "",
) -> None:
    """Close a topic at once, in running servers too; emergencies are answered nevertheless."""
    from assistant.people.topic import TopicDraft

    with _people() as (people, by, settings):
        check_bureau(bureau, settings)
        end = _moment(until, settings) if until else None
        closed = people.topics.close(by, TopicDraft(name, tuple(wordings), _texts(zh, en), end, bureau), reason)
    typer.echo(f"{closed.name} is closed ({closed.id}).")


@topics_app.command("open")
def open_topic(topic_id: Id, reason: Why) -> None:
    """Answer a topic's questions again."""
    with _people() as (people, by, _):
        typer.echo(f"{people.topics.open(by, topic_id, reason).name} is open.")


@topics_app.command("list")
def list_topics(
    opened: Annotated[bool, typer.Option("--all", help="Also those that were opened again.")] = False,
    as_json: Json = False,
) -> None:
    """Show closed topics."""
    with _people() as (people, _, _settings):
        topics = people.topics.list(opened=opened)
    if as_json:
        typer.echo(_json([asdict(topic) for topic in topics]))
        return
    rows = [(t.id, t.name, t.bureau, str(t.until or ""), str(t.opened_at or ""), t.closed_by, t.reason) for t in topics]
    print_rows(("id", "name", "bureau", "until", "opened", "closed by", "reason"), rows)


@queue_app.command("list")
def list_queue(
    bureau: BureauOf = "",
    state: Annotated[str, typer.Option(help="open, answered or dismissed.")] = "open",
    first: First = 0,
    limit: Limit = 50,
    gather: Annotated[int, typer.Option(min=0, help="How many new questions to put into groups before.")] = 500,
    as_json: Json = False,
) -> None:
    """Show groups of questions, what was asked most first, and the answers that are set aside."""
    from assistant.people.reviewed_answer import ReviewState
    from assistant.people.unanswered import GroupState

    if state not in list(GroupState):
        raise typer.BadParameter(f"There are: {', '.join(GroupState)}.")
    if gather:
        with _desk() as (desk, _by, _settings):
            desk.gather(gather)
    with _people() as (people, by, _):
        groups, total = people.unanswered.page(by, state=GroupState(state), bureau=bureau, first=first, limit=limit)
        aside, waiting = people.reviewed.list(by, state=ReviewState.SET_ASIDE, bureau=bureau, limit=limit)
    if as_json:
        questions = {"total": total, "groups": [asdict(one) for one in groups]}
        typer.echo(_json({**questions, "set_aside": {"total": waiting, "answers": [asdict(one) for one in aside]}}))
        return
    print_rows(("id", "bureau", "asked", "last", "why", "question"), map(_row, groups))
    for answer in aside:
        typer.echo(f"set aside: {answer.id} ({answer.bureau}): {answer.reason}")


@queue_app.command("show")
def show_queue(group_id: Id) -> None:
    """Show a group with its latest questions, as JSON."""
    with _people() as (people, by, _):
        typer.echo(_json(asdict(people.unanswered.show(by, group_id))))


@queue_app.command("dismiss")
def dismiss_queue(group_id: Id, reason: Why) -> None:
    """Take a group off the queue without an answer."""
    with _people() as (people, by, _):
        people.unanswered.dismiss(by, group_id, reason)
    typer.echo(f"{group_id} is dismissed.")


@contextmanager
def _people() -> Iterator[tuple["People", Editor, Settings]]:
    with people_at_console() as (people, who, settings):
        yield people, Editor(who), settings


@contextmanager
def _desk() -> Iterator[tuple["Desk", Editor, Settings]]:
    """The desk, who is at the console, and the settings."""
    from assistant.models import embedder
    from assistant.models.engine import NoEngine
    from assistant.retrieval import open_retriever
    from assistant.reviewing.desk import Desk
    from assistant.store import open_store

    with people_at_console() as (people, who, settings):
        city, weights = load_city(settings.city_dir), embedder(settings)
        with closing(open_store(settings.index_dir, weights.fingerprint)) as store:
            desk = Desk(
                settings,
                people,
                store,
                weights,
                retriever=lambda: open_retriever(settings, city, store, weights, NoEngine()),
                today=lambda: datetime.now(city.timezone).date(),
            )
            yield desk, Editor(who), settings


def _texts(zh: str, en: str) -> dict[Lang, str]:
    texts: dict[Lang, str] = {"zh-TW": zh, "en": en}
    return {lang: text for lang, text in texts.items() if text.strip()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no day such as 2027-06-30.") from error


def _moment(text: str, settings: Settings) -> datetime:
    """A date-time; without an offset it is the city's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no time such as 2026-12-01T18:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=load_city(settings.city_dir).timezone)


def _row(group: "Group") -> tuple[str, ...]:
    sample = group.samples[0] if group.samples else ""
    return group.id, group.bureau, str(group.seen), f"{group.last_seen:%Y-%m-%d}", " ".join(group.reasons), sample


def _first(wordings: Any) -> str:
    return next((texts[0] for texts in wordings.values() if texts), "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
