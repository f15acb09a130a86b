"""The command line: set up, index, search, ask, serve, and look after models."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.batch import BadLine, read_questions, run_batch
from assistant.city import load_city
from assistant.errors import AssistantError
from assistant.indexing.report import IndexReport
from assistant.models.engine_command import engine_app
from assistant.people.command import audit_app, users_app
from assistant.people.forget_command import forget
from assistant.quiet import silence_libraries
from assistant.reporting import (
    fetch_bar,
    index_bar,
    index_json,
    print_index_report,
    print_sync_report,
    sync_json,
)
from assistant.reviewing.command import queue_app, reviewed_app, topics_app
from assistant.schema import PUBLIC, STAFF, Answer, Lang, Question, Role, Status
from assistant.settings import Settings, load_settings
from assistant.supply_chain.command import sbom
from assistant.text import visible
from assistant.training.command import app as training_app
from assistant.wire import answer_json, json_line, search_json

FAULT, BAD_INPUT = 1, 2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A city assistant that keeps data and models local.",
)
models_app = typer.Typer(no_args_is_help=True, help="Language models: what there is, fetch, verify.")
app.add_typer(models_app, name="models")
app.add_typer(engine_app, name="engine")
app.add_typer(training_app, name="train")
app.add_typer(users_app, name="users")
app.add_typer(audit_app, name="audit")
app.add_typer(reviewed_app, name="reviewed")
app.add_typer(topics_app, name="topics")
app.add_typer(queue_app, name="queue")
app.command()(sbom)
app.command()(forget)
console = Console(stderr=True, emoji=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BatchIn = Annotated[Path | None, typer.Option("--batch", help="Read questions from this JSONL file.")]
BatchOut = Annotated[Path | None, typer.Option("--out", help="Write JSONL here instead of to the screen.")]
City = Annotated[str | None, typer.Option(help="Name of the city's folder in the corpus.")]


def main() -> None:
    """Run the command line; a fault is one clear message and exit code 1, bad usage exit code 2."""
    silence_libraries()
    try:
        app()
    except AssistantError as error:
        console.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(FAULT)
    except KeyboardInterrupt:
        console.print("Stopped.")
        sys.exit(130)


@app.command()
def setup() -> None:
    """Fetch the model and index the shipped corpus; safe to repeat."""
    from assistant.models import load_catalog, pull

    settings = load_settings()
    load_city(settings.city_dir)  # a mistyped city is said before the download
    if settings.engine == "llamacpp" and settings.model in load_catalog():
        with _download_bar(settings.model) as progress:
            pull(settings.model, settings, progress)
        console.print(f"Model {settings.model} is in place.", markup=False)
    print_index_report(_index(settings), settings.city, console)


@app.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders; none: the city's corpus.")] = None,
    city: City = None,
    audience: Annotated[str, typer.Option(help="public, staff, or a bureau's name.")] = PUBLIC,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print a line for each file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON line for each file, then the totals.")] = False,
) -> None:
    """Bring the index in step with files; unchanged ones are skipped, unreadable ones are reported."""
    settings = _settings(city)
    if audience not in (PUBLIC, STAFF):
        _bureau(audience, settings)
    report = _index(settings, tuple(paths or ()), audience, as_json=as_json, verbose=verbose)
    if as_json:
        print(index_json(report))
    else:
        print_index_report(report, settings.city, console)
    nothing = {"not_found", "empty_folder"}
    indexed = report.added + report.changed + report.renamed + report.unchanged + report.removed
    if not indexed and any(refused.reason in nothing for refused in report.refused):
        raise typer.Exit(BAD_INPUT)


@app.command()
def sync(city: City = None, as_json: Json = False) -> None:
    """Fetch the documents that the city's sync.toml lists, then bring the index in step."""
    from assistant.indexing.sync import sync_documents

    settings = _settings(city)
    load_city(settings.city_dir)
    with fetch_bar(console) as progress:
        report = sync_documents(settings, progress)
    if as_json:
        print(sync_json(report))
    else:
        print_sync_report(report, console)
    if settings.fetched_dir.is_dir():
        indexed = _index(settings, (), as_json=as_json)
        if as_json:
            print(index_json(indexed))
        else:
            print_index_report(indexed, settings.city, console)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    audience: Annotated[str, typer.Option(help="Whose documents to search: public, staff, or a bureau's.")] = PUBLIC,
    city: City = None,
    as_json: Json = False,
    batch: BatchIn = None,
    out: BatchOut = None,
) -> None:
    """Find passages without any language model."""
    settings = _settings(city)
    role, bureau = _role_of(audience, settings)
    questions = _questions(query, batch, role, bureau=bureau)
    with _conversation(settings, engine=False) as conversation:
        if batch:

            def find(q: Question) -> dict[str, Any]:
                return search_json(q.id, conversation.search(q.text, k, q.role, q.as_of, q.bureau))

            def refuse(line: BadLine) -> dict[str, Any]:
                return {**search_json(line.id, ()), "status": str(Status.ERROR), "answer": line.message}

            _finish_batch(run_batch(questions, find, refuse, out, console))
            return
        passages = conversation.search(query, k, role, bureau=bureau)
    if as_json:
        print(json_line(search_json("", passages)))
        return
    for rank, passage in enumerate(passages, start=1):
        place = passage.chunk.locator.section or ""
        print(visible(f"{rank}. {passage.document.title} {place} ({passage.score:.3f}) {passage.document.source}"))
        print(visible(f"   {passage.chunk.text[:200]}\n"))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    role: Annotated[Literal["citizen", "staff"], typer.Option(help="Whose documents may be used.")] = "citizen",
    bureau: Annotated[str, typer.Option(help="With --role staff: whose own documents may be used too.")] = "",
    lang: Annotated[Literal["auto", "zh-TW", "en"], typer.Option(help="Language of the answer.")] = "auto",
    city: City = None,
    as_json: Json = False,
    batch: BatchIn = None,
    out: BatchOut = None,
) -> None:
    """Answer a question, or a file of questions, from the index; every answer names its sources."""
    chosen: Lang | None = None if lang == "auto" else lang
    questions = _questions(question, batch, role, chosen, bureau)
    with _conversation(_settings(city)) as conversation:
        conversation.wait_for_engine(conversation.settings.engine_start_timeout_s)
        if batch:
            _finish_batch(
                run_batch(questions, lambda q: answer_json(conversation.ask(q)), _refuse_question, out, console)
            )
            return
        answer = conversation.ask(Question(text=question, role=role, bureau=bureau, lang=chosen))
    if as_json:
        print(json_line(answer_json(answer)))
    else:
        _print_answer(answer)
    if answer.status == Status.ERROR:
        raise typer.Exit(FAULT)
    if answer.status == Status.BLOCKED:
        raise typer.Exit(BAD_INPUT)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Start the web page and the API."""
    silence_libraries(offline=True)
    given = {"host": host, "port": port}
    from assistant.web.server import run_web  # after the environment is set: libraries read it when imported

    run_web(load_settings(**{name: value for name, value in given.items() if value is not None}))


@models_app.command("list")
def list_models(as_json: Json = False) -> None:
    """Show the catalog: origin, licence, size, and what is installed here."""
    from assistant.models import load_catalog
    from assistant.models.installed import installed_path

    settings = load_settings()
    catalog = load_catalog().values()
    rows = [{**model.model_dump(), "installed": bool(installed_path(model, settings))} for model in catalog]
    if as_json:
        print(json_line(rows))
        return
    _print_table(("name", "origin", "licence", "MB", "installed", "sha256"), [_model_row(row) for row in rows])


@models_app.command("pull")
def pull_model(name: Annotated[str, typer.Argument(help="A name from `models list`.")]) -> None:
    """Fetch a model, verify it, and move it into place; resumes after an interruption."""
    from assistant.models import pull

    with _download_bar(name) as progress:
        path = pull(name, load_settings(), progress)
    console.print(f"{name}: {path}", markup=False, soft_wrap=True)


@models_app.command("verify")
def verify_models(
    name: Annotated[str | None, typer.Argument(help="One model; none: all installed ones.")] = None,
) -> None:
    """Hash installed models again and compare with the catalog."""
    from assistant.models import load_catalog, verify
    from assistant.models.installed import installed_path

    settings = load_settings()
    names = [name] if name else [m.name for m in load_catalog().values() if installed_path(m, settings)]
    if not names:
        console.print(f"No model is installed in {settings.models_dir}.", markup=False, soft_wrap=True)
    results = [verify(each, settings) for each in names]
    for result in results:
        print(f"{result.name}: {'ok' if result.ok else 'WRONG HASH'} {result.sha256} {result.path}")
    if not all(result.ok for result in results):
        raise typer.Exit(FAULT)


def _settings(city: str | None) -> Settings:
    return load_settings(city=city) if city else load_settings()


def _role_of(audience: str, settings: Settings) -> tuple[Role, str]:
    """The role, and the bureau if any, that sees an audience's documents."""
    if audience == PUBLIC:
        return "citizen", ""
    return "staff", "" if audience == STAFF else _bureau(audience, settings)


def _bureau(name: str, settings: Settings) -> str:
    names = [bureau.name for bureau in load_city(settings.city_dir).bureaus]
    if name not in names:
        raise typer.BadParameter(f"“{name}” is no bureau of {settings.city}. There are: {', '.join(names)}.")
    return name


@contextmanager
def _conversation(settings: Settings, engine: bool = True) -> Iterator[Any]:
    from assistant.conversation import open_conversation

    conversation = open_conversation(settings if engine else settings.model_copy(update={"engine": "none"}))
    try:
        yield conversation
    finally:
        conversation.close()


def _index(
    settings: Settings,
    paths: tuple[Path, ...] = (),
    audience: str = PUBLIC,
    *,
    as_json: bool = False,
    verbose: bool = False,
) -> IndexReport:
    from assistant.indexing.build import build_index
    from assistant.live import prepare_live
    from assistant.models import embedder
    from assistant.retrieval import prepare_retrieval
    from assistant.store import open_store, set_aside_outdated

    load_city(settings.city_dir)  # a mistyped city is said before any folder is made
    weights = embedder(settings)
    if aside := set_aside_outdated(settings.index_dir):
        what = f"The index was made by an older version and is built anew; the old one is kept in {aside}."
        console.print(what, "Index folders outside of the corpus again.", markup=False, soft_wrap=True)
    store = open_store(settings.index_dir, weights.fingerprint)
    try:
        with index_bar(console, as_json=as_json, verbose=verbose) as bar:
            report = build_index(settings, store, weights, paths, audience, bar)
        prepare_retrieval(settings, store, weights)
        prepare_live(settings, weights)
        return report
    finally:
        store.close()


@contextmanager
def _download_bar(name: str) -> Iterator[Any]:
    from assistant.models.progress import download_bar

    with download_bar(escape(name), console) as progress:
        yield progress


def _questions(
    text: str, batch: Path | None, role: Role = "citizen", lang: Lang | None = None, bureau: str = ""
) -> list[Question | BadLine]:
    if batch:
        return read_questions(batch, role, lang, bureau)
    if not text.strip():
        raise typer.BadParameter("Give a question, or a file of questions with --batch.")
    return []


def _refuse_question(line: BadLine) -> dict[str, Any]:
    return answer_json(Answer(id=line.id, status=Status.ERROR, lang="en", answer=line.message))


def _finish_batch(usable: bool) -> None:
    if not usable:
        raise typer.Exit(BAD_INPUT)


def _model_row(model: dict[str, Any]) -> tuple[str, ...]:
    size = f"{model['size_bytes'] / 1e6:,.0f}" if model["size_bytes"] else "?"
    hashed = model["sha256"][:12] or "at first download"
    return model["name"], model["origin"], model["licence"], size, "yes" if model["installed"] else "", hashed


def _print_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on a terminal, whose cells fold where it is narrow; else one line a row, with tabs."""
    screen = Console()
    if not screen.is_terminal:
        print("\n".join("\t".join(row) for row in (header, *rows)))
        return
    table = Table()
    for name in header:
        table.add_column(name, overflow="fold", no_wrap=name == header[0])
    for row in rows:
        table.add_row(*map(escape, row))
    screen.print(table)


def _print_answer(answer: Answer) -> None:
    if answer.notice:
        print(visible(f"({answer.notice})"))
    print(visible(answer.answer))
    for citation in answer.citations:
        locator = citation.locator
        place = " ".join(str(part) for part in (locator.page and f"p.{locator.page}", locator.section) if part)
        print(visible(f"\n[{citation.n}] {citation.title} {place} {citation.source}\n    {citation.quote}"))
