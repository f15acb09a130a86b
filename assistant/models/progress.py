"""Shows a download on the console: a bar with bytes, speed and the time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from assistant.models.hub import ProgressCallback


@contextmanager
def download_bar(title: str, console: Console | None = None) -> Iterator[ProgressCallback]:
    """Show a bar while the block runs; the block passes the given callback to `pull`."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield show


def hide_progress_bars() -> None:
    """Keep transformers' bars out of a terminal or log."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library types it partly
