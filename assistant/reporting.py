"""How index and sync runs show: a bar with the time left, a line a file where asked for, and the totals."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from assistant.indexing.report import FileOutcome, IndexReport, Refused, RunProgress

if TYPE_CHECKING:
    from assistant.indexing.sync import SyncReport  # its module loads every reader

_LONGEST_NAME = 40


class IndexBar(RunProgress):
    """A bar that advances by bytes, because files differ in size; on request a line for each file."""

    def __init__(self, bar: Progress, console: Console, *, as_json: bool, verbose: bool) -> None:
        self._bar = bar
        self._console = console
        self._as_json = as_json
        self._verbose = verbose
        self._sizes: Mapping[str, int] = {}
        self._done = 0
        self._task: TaskID = bar.add_task("Indexing", total=None, files="")

    def begin(self, sizes: Mapping[str, int]) -> None:
        """Show how much there is to do."""
        self._sizes = sizes
        self._bar.update(self._task, total=max(1, sum(sizes.values())))

    def reading(self, source: str) -> None:
        """Show which file is next."""
        self._bar.update(self._task, description=escape(PurePath(source).name[:_LONGEST_NAME]))

    def ended(self, outcome: FileOutcome) -> None:
        """Advance, and print the file's line."""
        self._done += 1
        files = f"{self._done}/{len(self._sizes)} files"
        self._bar.update(self._task, advance=self._sizes.get(outcome.source, 0), files=files)
        if self._as_json:
            line = {name: value for name, value in asdict(outcome).items() if value not in ("", 0)}
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        elif self._verbose and outcome.outcome != "refused":
            what = f"{outcome.outcome:>9}  {outcome.source} ({outcome.chunks} chunks, {outcome.embedded} embedded)"
            self._console.print(what, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def index_bar(console: Console, *, as_json: bool = False, verbose: bool = False) -> Iterator[IndexBar]:
    """A bar on the screen while an index run goes on."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[files]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield IndexBar(bar, console, as_json=as_json, verbose=verbose)


def print_index_report(report: IndexReport, city: str, console: Console) -> None:
    """What is not in the index and why, then the totals."""
    _print_problems("Refused", report.refused, console)
    _print_problems("Incomplete", report.partial, console)
    console.print(
        f"Index of {city}: {report.added} added, {report.changed} changed, {report.renamed} renamed, "
        f"{report.removed} removed, {report.unchanged} unchanged, {len(report.refused)} refused; "
        f"{report.documents} documents, {report.chunks} chunks, {report.seconds:.1f} s.",
        highlight=False,
        markup=False,
    )


def index_json(report: IndexReport) -> str:
    """The last line of `index --json`."""
    return json.dumps(asdict(report), ensure_ascii=False)


@contextmanager
def fetch_bar(console: Console) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on the screen while documents are fetched; its total is open while lists are read."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Fetching", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(
                task, completed=done, total=total or None, description=escape(f"Fetching {name[-_LONGEST_NAME:]}")
            )

        yield show


def print_sync_report(report: "SyncReport", console: Console) -> None:
    """What could not be fetched and why, then the totals."""
    for url in report.gone:
        console.print(f"Gone {url}", markup=False, highlight=False, soft_wrap=True)
    for failure in report.failed:
        what = escape(f"{failure.url} ({failure.reason}): {failure.message}")
        console.print(f"[yellow]Not fetched[/] {what}", highlight=False, soft_wrap=True)
    if report.offline_hosts:
        hosts = ", ".join(report.offline_hosts)
        console.print(f"Not reached: {hosts}. What was fetched before is kept.", markup=False, soft_wrap=True)
    console.print(
        f"Sync: {report.fetched} fetched ({report.bytes / 1e6:.1f} MB), {report.unchanged} unchanged, "
        f"{len(report.gone)} gone, {len(report.failed)} failed; {report.seconds:.1f} s.",
        highlight=False,
        markup=False,
    )


def sync_json(report: "SyncReport") -> str:
    """The line of `sync --json`."""
    return json.dumps({"sync": asdict(report)}, ensure_ascii=False)


def _print_problems(heading: str, problems: Sequence[Refused], console: Console) -> None:
    for problem in problems:
        what = escape(f"{problem.source} ({problem.reason}): {problem.message}")
        console.print(f"[yellow]{heading}[/] {what}", highlight=False, soft_wrap=True)
