"""What a closed topic is: what the assistant does not speak of for a while, and the text that it shows instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.schema import Lang


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic to be closed.

    Attributes:
        wordings: words of the topic, and example questions; in either language.
        texts: what to say instead, in both languages.
        until: when it opens by itself; None: when somebody opens it.
        bureau: who looks after it; empty: admins alone.
    """

    name: str
    wordings: tuple[str, ...]
    texts: Mapping[Lang, str]
    until: datetime | None = None
    bureau: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A closed topic as it is kept; `opened_at` is set once somebody has opened it."""

    id: str
    name: str
    bureau: str
    wordings: tuple[str, ...]
    texts: Mapping[Lang, str]
    reason: str
    closed_by: str
    closed_at: datetime
    until: datetime | None = None
    opened_at: datetime | None = None

    def is_closed(self, now: datetime) -> bool:
        """Whether it is closed at a moment."""
        return self.opened_at is None and (self.until is None or now < self.until)
