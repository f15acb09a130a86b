"""Lines in the making, each with the part of its service that it rests on, until the readings have their places."""

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.schema import Reading, Status
from assistant.tools.base import Finding, Line


@dataclass(slots=True)
class Told:
    """Lines with their parts, empty where a line rests on none, and what the reading of each part holds."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    data: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, text: str, part: str = "", **data: object) -> None:
        """One more line, and what it says as JSON values."""
        self.lines.append((text, part))
        if data:
            self.data.setdefault(part, {}).update(data)

    def finding(self, status: Status, reading_of_part: Callable[[str], Reading]) -> Finding:
        """The lines with a reading for each part that one of them rests on."""
        parts = list(dict.fromkeys(part for _, part in self.lines if part))
        lines = tuple(Line(text, parts.index(part) if part else -1) for text, part in self.lines)
        return Finding(lines, tuple(reading_of_part(part) for part in parts), status)
