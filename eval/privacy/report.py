"""The tables of the privacy stage."""

from collections.abc import Iterator, Mapping
from typing import Any

HEAD = """# Personal data: figures of the last run

Written by `python -m eval privacy`; `privacy.json` says when, at what revision and on what machine. A piece of personal
data is found where every letter and digit of it is masked; a harmless text is flagged where anything in it is.
*prompt* is what the language model reads, *storage* stands for log, trace and storage, where names are masked that are
less sure. `own, test` was fixed before anything was tuned, and its results were looked at in sum only; dev was tuned
on. What to expect of new texts is how fresh ones scored at first sight: eval/datasets/README.md.
"""
_LEVELS = ("prompt", "storage")


def markdown(figures: Mapping[str, Any]) -> str:
    """All tables as a page."""
    return "\n".join(
        [HEAD, *_sets(figures), *_kinds(figures), *_disguises(figures), *_texts(figures), *_costs(figures), ""]
    )


def _sets(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "| set | level | labelled | recall (95 %) | kind right | exact | precision | harmless | flagged (95 %) |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for level in _LEVELS:
        for name, one in figures[level].items():
            if name != "texts":
                recall, flagged = (
                    _with(one["recall"], one["recall_95"]),
                    _with(one["false_alarms"], one["false_alarms_95"]),
                )
                shares = " | ".join(_of(one[share]) for share in ("kind_right", "exact", "precision"))
                yield f"| {name} | {level} | {one['labelled']} | {recall} | {shares} | {one['harmless']} | {flagged} |"


def _kinds(figures: Mapping[str, Any]) -> Iterator[str]:
    sets = [name for name in figures["prompt"] if name != "texts"]
    kinds = sorted({kind for name in sets for kind in figures["prompt"][name]["kinds"]})
    yield "\n## By kind, for the prompt: recall of how many\n"
    yield f"| kind | {' | '.join(sets)} |"
    yield f"|---|{'---|' * len(sets)}"
    for kind in kinds:
        cells = [figures["prompt"][name]["kinds"].get(kind) for name in sets]
        shown = [f"{_of(cell['recall'])} of {cell['labelled']}" if cell else "" for cell in cells]
        yield f"| {kind} | {' | '.join(shown)} |"


def _disguises(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Disguised numbers of the own set\n"
    yield "| disguise | numbers | recall |"
    yield "|---|---|---|"
    for name, one in figures["disguises"].items():
        yield f"| {name} | {one['labelled']} | {_of(one['recall'])} |"


def _texts(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Texts that nobody labelled: how many are flagged\n"
    yield "Documents are public and are never masked; an address or a name in a question may be right.\n"
    yield "| texts | of them flagged for the prompt | for storage | kinds (storage) |"
    yield "|---|---|---|---|"
    for name, one in figures["prompt"]["texts"].items():
        stored = figures["storage"]["texts"][name]
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(stored["kinds"].items()))
        yield f"| {name} | {one['flagged']} of {one['texts']} ({_of(one['share'])}) | {stored['flagged']} | {kinds} |"


def _costs(figures: Mapping[str, Any]) -> Iterator[str]:
    start, speed = figures["start"], figures["speed"]
    yield "\n## Cost\n"
    yield (
        f"Import {start['import_s']} s, first call {start['first_call_s']} s, {start['memory_mib']} MiB; a question "
        f"{speed['median_ms']} ms (median), {speed['p95_ms']} ms (p95), {speed['most_ms']} ms at most; "
        f"{speed['characters_a_s']} characters a second."
    )


def _of(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _with(value: float | None, interval: tuple[float, float] | None) -> str:
    return f"{_of(value)} ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
