"""What an index run did: the counts, and each file that is not in the index with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["added", "changed", "renamed", "removed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or a part of one, that is not in the index, and why; `reason` is a short stable word."""

    source: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What happened to one file; `chunks` and `embedded` are of its documents, `seconds` since the run began."""

    source: str
    outcome: Outcome
    documents: int = 0
    chunks: int = 0
    embedded: int = 0
    reason: str = ""
    message: str = ""


@dataclass(slots=True)
class IndexReport:
    """What a run did; the counts are files, but for `documents`, `chunks` and `embedded` (windows)."""

    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    partial: list[Refused] = field(default_factory=list)
    documents: int = 0
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0


class RunProgress:
    """Hears how a run goes on; this one keeps silent."""

    def begin(self, sizes: Mapping[str, int]) -> None:
        """A run has begun that will look at these files, each of so many bytes."""

    def reading(self, source: str) -> None:
        """A file is being read."""

    def ended(self, outcome: FileOutcome) -> None:
        """A file is done with."""
