"""The tables of the lists stage."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.answers.report import markdown
from eval.lists.measuring import LISTS, SLOW_MS

_HEAD = """# Lists of people's database: figures of the last run

Written by `python -m eval lists`; `lists.json` says when, at what revision and on what machine. Milliseconds are the
least of several takes; takes of both sizes alternate, so that the ratio holds on a busy machine too."""
_LISTS = """
## {name}: {large:,} rows of each kind against {small:,}

Turns, thumbs, groups of unanswered questions, reviewed answers and audit rows; {slow:.0f} ms is what a page may take.
"""
_REVIEW = """
### Reviewed answers, at each question

Without the embedding of the question: what the database and the comparison cost.
"""


def slow_lists(figures: Mapping[str, Any]) -> list[str]:
    """The lists of a database that took longer than a page may, in the large one."""
    large = max(figures["ms"], key=int)
    return [name for name, ms in figures["ms"][large].items() if name in LISTS and ms > SLOW_MS]


def write_report(path: Path, figures: Mapping[str, Any]) -> None:
    """Write the tables as Markdown."""
    path.write_text("\n".join([_HEAD, *report_lines(figures), ""]), encoding="utf-8")


def report_lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """The tables of the databases that were measured."""
    sizes = figures["rows"]
    for name in ("SQLite", "PostgreSQL"):
        if name in figures:
            yield _LISTS.format(name=name, slow=SLOW_MS, **sizes)
            yield from _sizes(figures[name], str(sizes["small"]), str(sizes["large"]))
            yield _REVIEW
            yield from _reviews(figures[name]["review_ms"])


def _sizes(figures: Mapping[str, Any], small: str, large: str) -> Iterator[str]:
    slow, fast = slow_lists(figures), figures["ms"][small]
    rows = [
        (name, f"{fast[name]:.1f}", f"{ms:.1f}", _ratio(ms, fast[name]), "yes" if name in slow else "")
        for name, ms in figures["ms"][large].items()
    ]
    yield from markdown(("what", f"ms of {int(small):,}", f"ms of {int(large):,}", "ratio", "too slow"), rows)


def _reviews(figures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    first, last = min(figures, key=int), max(figures, key=int)
    rows = [
        (name, f"{figures[first][name]:.2f}", f"{ms:.2f}", _ratio(ms, figures[first][name]))
        for name, ms in figures[last].items()
    ]
    yield from markdown(("what", f"ms of {int(first):,}", f"ms of {int(last):,}", "ratio"), rows)


def _ratio(large: float, small: float) -> str:
    return f"{large / small:.1f}" if small else ""
