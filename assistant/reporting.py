"""How an index run shows: a bar with the time left, a line a file where asked for, and the totals."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import PurePath

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from assistant.indexing.report import FileOutcome, IndexReport, Refused, RunProgress

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


def _print_problems(heading: str, problems: Sequence[Refused], console: Console) -> None:
    for problem in problems:
        what = escape(f"{problem.source} ({problem.reason}): {problem.message}")
        console.print(f"[yellow]{heading}[/] {what}", highlight=False, soft_wrap=True)
