"""Runs the lists stage: fills databases of two sizes, measures them in turns, and keeps ratios."""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from assistant.people.people import open_people
from assistant.settings import Settings
from eval.lists.filling import fill, fill_reviewed
from eval.lists.measuring import TAKES, Filled, measure, measure_review, source_of_all
from eval.lists.report import report_lines, write_report
from eval.postgres import find_binaries, find_user, running_postgres
from eval.results import keep_results

SMALL, SIZE, QUICK_SIZE = 1_000, 100_000, 5_000
WORDINGS = (1_000, 10_000)
_SQLITE, _POSTGRESQL = "SQLite", "PostgreSQL"
_numbers = count(1)

NewPlace = Callable[[], Settings]
"""Gives the settings of an empty database."""


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    size = options.limit or (QUICK_SIZE if options.quick else SIZE)
    stage = "lists-quick" if options.quick or options.limit else "lists"
    figures: dict[str, Any] = {"rows": {"small": min(SMALL, size), "large": size}, "takes": TAKES}
    with tempfile.TemporaryDirectory() as folder:
        figures[_SQLITE] = _measure(_sqlite(settings, Path(folder)), size)
        with _postgresql(settings, Path(folder)) as place:
            if place is not None:
                figures[_POSTGRESQL] = _measure(place, size)
    path = keep_results(options.out, stage, settings, figures, [])
    write_report(options.out / f"{stage}.md", figures)
    print(*report_lines(figures), f"Kept in {path}.", sep="\n")


def _measure(place: NewPlace, size: int) -> dict[str, Any]:
    source = source_of_all()
    filled = []
    for rows in sorted({min(SMALL, size), size}):
        settings = place()
        fill(settings, rows, source)
        filled.append(Filled(settings, open_people(settings), rows))
    lists = measure(filled)
    for one in filled:
        one.people.close()
    reviews = {}
    for wordings in WORDINGS:
        settings = place()
        fill_reviewed(settings, min(wordings, size), source)
        reviews[str(min(wordings, size))] = _rounded(measure_review(settings))
    return {"ms": {str(rows): _rounded(found) for rows, found in lists.items()}, "review_ms": reviews}


def _rounded(found: Mapping[str, float]) -> dict[str, float]:
    return {name: round(ms, 2) for name, ms in found.items()}


def _sqlite(settings: Settings, folder: Path) -> NewPlace:
    return lambda: _elsewhere(settings, folder, "")


@contextmanager
def _postgresql(settings: Settings, folder: Path) -> Iterator[NewPlace | None]:
    """A server of the run's own; None where its programs are missing, or nobody may run it."""
    binaries, user = find_binaries(), find_user()
    if binaries is None or user is None:
        yield None
        return
    with running_postgres(binaries, user) as socket:
        server = f"postgresql://people@/postgres?host={socket}"

        def place() -> Settings:
            schema = f"lists{next(_numbers)}"
            engine = sa.create_engine(server)
            with engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            engine.dispose()
            return _elsewhere(settings, folder, f"{server}&options=-csearch_path%3D{schema}")

        yield place


def _elsewhere(settings: Settings, folder: Path, url: str) -> Settings:
    home = folder / f"home{next(_numbers)}"
    return settings.model_copy(update={"home": home, "database_url": SecretStr(url)})
