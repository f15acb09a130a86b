"""A named time: an instant, a span of hours, or whole days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text names by `text[start:end]`.

    Attributes:
        first: the first day, or the only one.
        last: the last day, included.
        begins: within the days, when it begins; None for whole days.
        ends: when it ends, not included; None for whole days, and where `begins` is an instant.
    """

    first: date
    last: date
    start: int
    end: int
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def is_instant(self) -> bool:
        """Whether a clock time is named."""
        return self.begins is not None and self.ends is None

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its beginning and end as aware times; an instant begins and ends at once."""
        if self.begins is not None:
            return self.begins, self.ends or self.begins
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(after, time(), zone)

    def iso(self) -> str:
        """ISO 8601: a date, a date-time, or an interval of either."""
        if self.begins is not None:
            shown = [moment.isoformat(timespec="minutes") for moment in (self.begins, self.ends) if moment]
            return "/".join(shown)
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}/{self.last.isoformat()}"
