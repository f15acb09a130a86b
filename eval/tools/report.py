"""The tables of the tools stage."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.answers.report import markdown, number
from eval.results import percentile
from eval.tools.calls import Row

RULES = ("invented", "read_broken", "crash", "unclear", "unsafe", "twice", "over_time")
"""Fields of a row that are empty where a rule is kept."""
_COUNTED = (*RULES[:5], "unmarked", *RULES[5:])
_FAULT_COLUMNS = (
    "fault",
    "asked",
    "feed not read",
    "invented values",
    "read what was broken",
    "crashes",
    "no clear sentence",
    "unsafe text",
    "(no quotation marks)",
    "done twice",
    "over time",
    "s p50",
    "s p95",
)
_HEAD = """# Live services: figures of the last run

Written by `python -m eval tools`; `tools.json` says when, at what revision and on what machine, and `tools-items.jsonl`
holds every question with what was said."""
_FAULTS = """
## Faults

Each feed is broken in each way, one at a time, and every service that reads it is asked, Chinese and English in turns.
`asked` counts the questions for which the broken feed was read. Values are invented where a sentence has a figure that
is in none of its readings, nor in the question. A sentence is clear where it names the publisher of the broken feed and
the status is not `answered`; where all times lie days back, where the readings are called old. Text is unsafe where
markup, an address, an invisible character, or a line of more than 400 characters reaches a person, or where a hostile
figure does without the words around it; it is counted, too, where it stands in no quotation marks. Over time is
more than {seconds} s. In the rows that begin with `act` a booking or a report is sent while the feed is broken, and
twice more, with the same key, once it is sound again.
"""
_NOTES = {
    "routing": "The router alone: services, arguments, restraint (no service where none is needed), questions back.\n"
    "`document sets`: of questions on documents, those that no live service answers in the documents' place.",
    "answers": "Each question asked of the whole assistant at its moment. `tools right`: readings of exactly the right "
    "services;\n`answered` leaves out what the demonstration city knows nothing of.",
    "native": "The schemas of all services given to the model at once. `native` counts calls by the OpenAI protocol, "
    "`lenient`\nalso JSON objects in the model's text. The first question pays for reading the schemas.",
}
Figures = dict[str, Any]


def fault_figures(rows: Sequence[Row]) -> Figures:
    """By fault, and in all: how many questions were asked, how many broke each rule, and how long they took."""
    faults = list(dict.fromkeys(_fault_name(row) for row in rows))
    by_fault = {name: _counts([row for row in rows if _fault_name(row) == name]) for name in faults}
    services = list(dict.fromkeys(row["service"] for row in rows))
    return {
        "services": services,
        "by_fault": by_fault,
        "all": _counts(rows),
        "broken_rules": {
            service: dict(Counter(rule for row in rows if row["service"] == service for rule in broken_rules(row)))
            for service in services
        },
    }


def broken_rules(row: Row) -> list[str]:
    """The rules that a row breaks."""
    return [rule for rule in RULES if row.get(rule)]


def write_report(folder: Path, stage: str, figures: Mapping[str, Figures], rows: Sequence[Row], limit_s: float) -> Path:
    """Write the tables as Markdown beside the figures."""
    lines = [_HEAD]
    if "faults" in figures:
        lines += [_FAULTS.format(seconds=f"{limit_s:g}"), *fault_lines(figures["faults"]), "", *_failures(rows)]
    for name in ("routing", "answers", "native"):
        if name in figures:
            lines += ["", f"## {name.capitalize()}", "", _NOTES[name], "", *figure_lines(figures[name])]
    path = folder / f"{stage}.md"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def fault_lines(figures: Figures) -> Iterator[str]:
    """The fault table in Markdown."""
    parts = [*figures["by_fault"].items(), ("**all**", figures["all"])]
    yield from markdown(_FAULT_COLUMNS, [_cells(name, one) for name, one in parts])


def figure_lines(figures: Figures) -> Iterator[str]:
    """The figures of another part in Markdown, one a line; lists are left to the JSON file."""
    yield from markdown(("what", "value"), list(_flat(figures)))


def _fault_name(row: Row) -> str:
    return f"act: {row['fault']}" if row["set"] == "acts" else str(row["fault"])


def _counts(rows: Sequence[Row]) -> Figures:
    asked = [row for row in rows if row["asked"]]
    took = [row["s"] for row in asked]
    return {
        "asked": len(asked),
        "not_asked": len(rows) - len(asked),
        **{rule: sum(bool(row.get(rule)) for row in rows) for rule in _COUNTED},
        "s_p50": percentile(took, 0.5),
        "s_p95": percentile(took, 0.95),
    }


def _cells(name: str, one: Figures) -> tuple[str, ...]:
    times = [f"{one[name]:.2f}" if one["asked"] else "" for name in ("s_p50", "s_p95")]
    return (name, str(one["asked"]), str(one["not_asked"]), *(str(one[rule]) for rule in _COUNTED), *times)


def _failures(rows: Sequence[Row]) -> Iterator[str]:
    """One line for each rule that a service breaks, with how often and an example."""
    failing: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for rule in broken_rules(row):
            failing.setdefault((row["service"], rule), []).append(row)
    if failing:
        yield from ("Rules that were broken:", "")
        example = [
            (*key, str(len(part)), f"{_fault_name(part[0])}, {part[0]['feed'] or '-'}") for key, part in failing.items()
        ]
        yield from markdown(("service", "rule", "times", "first"), sorted(example))


def _flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}: ")
        elif not isinstance(value, list):
            yield f"{before}{name}".replace("_", " "), number(value) if isinstance(value, float) else str(value)
