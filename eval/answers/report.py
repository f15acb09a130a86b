"""The table of the answers stage: what was measured, its target, each system's value, the number, and the split."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.answers.figures import ALL_SETS
from eval.answers.systems import BASELINE, PRODUCT, SYSTEMS

Figures = dict[str, Any]
COLUMNS = ("what", "target", *SYSTEMS, "n", "split")
_HEAD = """# Answers: figures of the last run

Written by `python -m eval answers`; `answers.json` says when, at what revision and on what machine, and holds every
measure by language and group. `product` is the whole assistant, `extract` the assistant without a language model,
`baseline` retrieval-augmented generation as a LangChain tutorial writes it, with the same model in the same process,
the same embedder and the same texts, asked in turns with the product. n is the number of what is counted. Times are of
answers that were given; differences are of pairs, with their 95 % interval by bootstrap.
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table: where its value stands, and what it should be.

    Attributes:
        path: the measure's name in a group's figures, with dots between levels.
        count: the name of what n counts.
        group: a part of the set, after the split.
        least, most: the target, where there is one; `beat` 1 or -1: the product should be above or below the baseline.
    """

    what: str
    set: str
    path: str
    count: str
    group: str = ""
    least: float | None = None
    most: float | None = None
    beat: int = 0

    @property
    def target(self) -> str:
        """The target in words."""
        if self.least is not None:
            return f">= {self.least:g}"
        if self.most is not None:
            return f"<= {self.most:g}" if self.most else "0"
        return {1: "above the baseline", -1: "below the baseline"}.get(self.beat, "report")

    def holds(self, value: float, baseline: float | None = None) -> bool:
        """Whether a value reaches the target; one that is only reported always does."""
        if self.beat and baseline is not None and value != max(self.beat, 0):  # the best value cannot be beaten
            return (value - baseline) * self.beat > 0
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


MEASURES = (
    Measure("DRCD: the gold answer is in the answer", "drcd", "fact_recall", "facts", least=0.85),
    Measure("DRCD: the gold answer is in the evidence", "drcd", "facts_in_sources", "facts"),
    Measure("DRCD: false refusals", "drcd", "refused_wrongly", "answerable", most=0.05),
    Measure("DRCD, paragraph removed: abstains", "drcd-removed", "abstained", "unanswerable", least=0.88),
    Measure("DRCD, paragraph removed: says the gold answer", "drcd-removed", "gold_said_when_unanswerable", "n"),
    Measure("FAQ: key facts right", "faq", "fact_recall", "facts", least=0.85),
    Measure("FAQ: figures not in a cited source", "faq", "invented_share", "figures", most=0.01),
    Measure("FAQ: figures not in the entry that answers", "faq", "foreign_share", "figures"),
    Measure("FAQ: the right entry is cited", "faq", "right_document", "answerable"),
    Measure("FAQ: false refusals", "faq", "refused_wrongly", "answerable", most=0.05),
    Measure("city: key facts right", "city", "fact_recall", "facts"),
    Measure("city: abstains", "city", "abstained", "unanswerable"),
    Measure("city: false refusals", "city", "refused_wrongly", "answerable", most=0.05),
    Measure("unanswerable: abstains", "unanswerable", "abstained", "unanswerable", least=0.95),
    Measure("noise: key facts right", "robustness", "fact_recall", "facts", "noise", beat=1),
    Measure("noise: a distractor's fact is said", "robustness", "wrong_facts_said", "n", "noise", beat=-1),
    Measure("rejection: abstains", "robustness", "abstained", "unanswerable", "rejection", beat=1),
    Measure("integration: key facts right", "robustness", "fact_recall", "facts", "integration", beat=1),
    Measure(
        "counterfactual: the document's fact",
        "robustness",
        "fact_recall",
        "facts",
        "counterfactual",
        beat=1,
    ),
    Measure(
        "counterfactual: the believed fact instead",
        "robustness",
        "wrong_facts_said",
        "n",
        "counterfactual",
        beat=-1,
    ),
    Measure("MTRAG: answer, abstain or ask back as labelled", "mtrag", "decided_right", "n", beat=1),
    Measure("MTRAG answerable: false refusals", "mtrag", "refused_wrongly", "answerable"),
    Measure("MTRAG unanswerable: abstains", "mtrag", "abstained", "unanswerable"),
    Measure("MTRAG underspecified: asks back", "mtrag", "asked_back", "ask_back"),
    Measure("figures not in a cited source", ALL_SETS, "invented_figures", "figures", most=0),
    Measure("quotes that are not in the source", ALL_SETS, "bad_quotes", "quotes", most=0),
    Measure("zh-TW answers with Simplified characters", ALL_SETS, "simplified", "zh_answers", most=0),
    Measure("answers in another language", ALL_SETS, "wrong_language", "n"),
    Measure("questions that ended in a fault", ALL_SETS, "errors", "n"),
    Measure("first evidence, ms p95", ALL_SETS, "ms.first_evidence.p95", "ms.first_evidence.n", most=500),
    Measure("first verified sentence, ms p50", ALL_SETS, "ms.first_sentence.p50", "ms.first_sentence.n", most=3000),
    Measure("whole answer, ms p50", ALL_SETS, "ms.total.p50", "ms.total.n", most=8000),
    Measure("whole answer, ms p95", ALL_SETS, "ms.total.p95", "ms.total.n"),
    Measure("tokens read, median", ALL_SETS, "tokens.read", "n"),
    Measure("tokens written, median", ALL_SETS, "tokens.written", "n"),
)
_POINTS_ABOVE, _TIMES_FASTER = 0.10, 2.0


def table(figures: Mapping[str, Figures]) -> list[tuple[str, ...]]:
    """The rows of the table, for each split that was measured."""
    return [*measure_rows(figures, MEASURES), *_comparisons(figures)]


def measure_rows(figures: Mapping[str, Figures], measures: Iterable[Measure]) -> list[tuple[str, ...]]:
    """A row for each measure and split that some system has a value of."""
    return [
        row
        for measure in measures
        for split in _splits(figures.get(measure.set, {}))
        if (row := _row(measure, figures[measure.set]["systems"], split))
    ]


def table_lines(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The table for the terminal."""
    widths = [max(len(row[place]) for row in (COLUMNS, *rows)) for place in range(len(COLUMNS))]
    for row in (COLUMNS, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def write_report(folder: Path, stage: str, figures: Mapping[str, Figures]) -> Path:
    """Write the table as Markdown beside the figures."""
    path = folder / f"{stage}.md"
    path.write_text("\n".join([_HEAD, *markdown(COLUMNS, table(figures)), "", *_notes(figures)]), encoding="utf-8")
    return path


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    for row in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(row)} |"


def number(value: float | None) -> str:
    """A value as the tables show it."""
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _row(measure: Measure, systems: Mapping[str, Figures], split: str) -> tuple[str, ...] | None:
    group = f"{split}/{measure.group}" if measure.group else split
    found = {name: _at(systems.get(name, {}).get(group, {}), measure.path) for name in SYSTEMS}
    if all(value is None for value in found.values()):
        return None
    cells = [number(found[name]) for name in SYSTEMS]
    product = found[PRODUCT]
    if product is not None and not measure.holds(product, found[BASELINE]):
        cells[SYSTEMS.index(PRODUCT)] += " **missed**"
    counts = [_at(systems.get(name, {}).get(group, {}), measure.count) for name in SYSTEMS]
    return (measure.what, measure.target, *cells, "/".join(number(count) or "-" for count in counts), split)


def _comparisons(figures: Mapping[str, Figures]) -> Iterator[tuple[str, ...]]:
    """The product against the baseline: points of recall with their interval, and times faster."""
    for name, one in figures.items():
        for split in _splits(one):
            beside = one["product_beside_baseline"].get(split)
            if not beside:
                continue
            gain = beside["fact_recall_difference"]
            if gain["n"] and name != ALL_SETS:
                target = f">= {_POINTS_ABOVE:g}" if name == "drcd" else "> 0"
                missed = gain["mean"] < _POINTS_ABOVE if name == "drcd" else gain["mean"] <= 0
                what = f"{name}: key facts right, product less baseline"
                yield _compared(what, target, f"{gain['mean']:+.3f}{_interval(gain)}", gain["n"], split, missed)
            faster = beside["faster_p50_both_answered"]
            if faster is not None:
                missed = faster < _TIMES_FASTER
                what = f"{name}: whole answer p50, times faster where both answer"
                yield _compared(what, f">= {_TIMES_FASTER:g}", f"{faster:g}", beside["both_answered"], split, missed)


def _compared(what: str, target: str, value: str, n: int, split: str, missed: bool) -> tuple[str, ...]:
    cells = {PRODUCT: value + (" **missed**" if missed else ""), BASELINE: ""}
    return (what, target, *(cells.get(name, "") for name in SYSTEMS), str(n), split)


def _interval(gain: Figures) -> str:
    return f" ({gain['interval'][0]:+.3f} to {gain['interval'][1]:+.3f})" if "interval" in gain else ""


def _notes(figures: Mapping[str, Figures]) -> Iterator[str]:
    for name, one in figures.items():
        if "skipped" in one:
            yield f"{name} was skipped: {one['skipped']}\n"
        elif name != ALL_SETS:
            yield f"{name} was measured at {', '.join(one['revisions'])}.\n"


def _splits(one: Figures) -> list[str]:
    known = {split for groups in one.get("systems", {}).values() for split in groups}
    return [split for split in ("test", "dev") if split in known]


def _at(figures: Figures, path: str) -> float | None:
    value: Any = figures
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int | float) else None
