"""What a part of the stage gives back, and what it says where something is missing."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NO_PLAIN_SIDE = "Without the plain side: install the libraries of the extra `baseline`."


@dataclass(frozen=True, slots=True)
class Part:
    """Figures for the result file, and a row for each file or trial."""

    figures: dict[str, Any]
    items: list[dict[str, Any]] = field(default_factory=list)


def no_data(folder: Path) -> str:
    """The note of a part whose data folder is not there."""
    return f"Not measured: the folder {folder.name} of the shared data is absent."
