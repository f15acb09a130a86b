"""Compares what is found with what is labelled."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.privacy import Span, find_personal, known_values
from assistant.privacy.known import Known
from eval.datasets import HERE as DATASETS
from eval.datasets import load_rows

OWN = DATASETS / "personal-data.jsonl"
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its personal data: start, end and kind of each; `known` is what the city has published."""

    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    split: str = "test"
    round: int = 1
    known: Known = field(default_factory=Known)


@dataclass(slots=True)
class Score:
    """Counts over texts. A labelled piece is found where every letter and digit of it is masked."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    kind_right: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    masked_right: Counter[str] = field(default_factory=Counter)
    harmless: int = 0
    alarmed: int = 0
    missed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, item: Labelled, spans: Sequence[Span]) -> None:
        """Count one text."""
        covered = {place for span in spans for place in range(span.start, span.end)}
        for start, end, kind in item.spans:
            whole = all(place in covered for place in range(start, end) if item.text[place].isalnum())
            self.labelled[kind] += 1
            self.found[kind] += whole
            self.kind_right[kind] += any(s.kind == kind and s.start < end and start < s.end for s in spans)
            self.exact[kind] += any((s.start, s.end) == (start, end) for s in spans)
            if not whole:
                self.missed.append({"id": item.id, "kind": kind})
        for span in spans:
            self.masked[span.kind] += 1
            right = any(span.start < end and start < span.end for start, end, _ in item.spans)
            self.masked_right[span.kind] += right
            if not right:
                self.missed.append({"id": item.id, "false": span.kind})
        if not item.spans:
            self.harmless += 1
            self.alarmed += bool(spans)

    def figures(self) -> dict[str, Any]:
        """Recall by kind and over all, precision, and the share of harmless texts in which anything was masked."""
        labelled, found, masked = self.labelled.total(), self.found.total(), self.masked.total()
        return {
            "labelled": labelled,
            "recall": share(found, labelled),
            "recall_95": interval(found, labelled),
            "kind_right": share(self.kind_right.total(), labelled),
            "exact": share(self.exact.total(), labelled),
            "precision": share(self.masked_right.total(), masked),
            "harmless": self.harmless,
            "false_alarms": share(self.alarmed, self.harmless),
            "false_alarms_95": interval(self.alarmed, self.harmless),
            "kinds": {
                kind: {
                    "labelled": self.labelled[kind],
                    "recall": share(self.found[kind], self.labelled[kind]),
                    "precision": share(self.masked_right[kind], self.masked[kind]),
                }
                for kind in sorted(self.labelled)
            },
        }


def load_own() -> list[Labelled]:
    """The project's own set.

    Raises:
        SettingsError: it is missing or malformed.
    """
    return [
        Labelled(
            row["id"],
            row["text"],
            tuple((start, end, kind) for start, end, kind in row["spans"]),
            row["split"],
            row["round"],
            known_values(row.get("known", ())),
        )
        for row in load_rows(OWN)
    ]


def score(items: Iterable[Labelled], threshold: float) -> Score:
    """Search each text and count."""
    total = Score()
    for item in items:
        total.add(item, find_personal(item.text, item.known, threshold))
    return total


def share(part: int, whole: int) -> float | None:
    """A share, rounded; None of nothing."""
    return round(part / whole, 4) if whole else None


def interval(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson 1927)."""
    if not whole:
        return None
    p, n = part / whole, whole
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4)
