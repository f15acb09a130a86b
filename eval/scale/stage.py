"""Runs the scale stage: for each size an index is built and searched, in a process of its own, and its figures kept."""

import argparse
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from assistant.quiet import silence_libraries
from assistant.settings import PROJECT_ROOT, Settings
from eval.results import keep_results
from eval.scale.build import add_one, build
from eval.scale.city import MadeUpCity, texts_of
from eval.scale.search import measure_search

SIZES = (1_000, 100_000)  # a million takes hours on two cores: --sizes 1000000 --folder somewhere
TEXTS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure each size, smallest first, and keep what is known after each."""
    figures: dict[str, Any] = {}
    for size in sorted(getattr(options, "sizes", None) or SIZES):
        folder: Path | None = getattr(options, "folder", None)
        if folder:
            figures[f"{size:,}"] = _measure(size, folder / str(size))
        else:
            with tempfile.TemporaryDirectory() as made:
                figures[f"{size:,}"] = _measure(size, Path(made))
        _print(f"{size:,}", figures[f"{size:,}"])
        path = keep_results(options.out, "scale", settings, figures, [])
    print(f"Kept in {path}.")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that only this stage has."""
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="scale: how many chunks")
    parser.add_argument("--folder", type=Path, help="scale: where indexes are kept, and taken from if they are there")


def _measure(size: int, folder: Path) -> dict[str, Any]:
    return {name: _in_process(task, size, folder) for name, task in _TASKS.items()}


def _in_process(task: Any, size: int, folder: Path) -> dict[str, Any]:
    """Do a task in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=silence_libraries) as pool:
        return dict(pool.submit(_do, task, size, folder).result())


def _do(task: Any, size: int, folder: Path) -> dict[str, Any]:
    return dict(task(MadeUpCity(texts_of(TEXTS)), size, folder))


_TASKS = {"build": build, "search": measure_search, "add": add_one}


def _print(size: str, figures: dict[str, Any]) -> None:
    print(f"{size} chunks")
    for part in figures.values():
        for name, value in part.items():
            print(f"  {name:28} {value}")
