"""Whether something is open by its daily hours, as far as they are written in a form that is certain."""

import re
from datetime import datetime

ALWAYS = frozenset({"24/7", "00:00-24:00"})
"""Hours that never end, as OpenStreetMap writes them (https://wiki.openstreetmap.org/wiki/Key:opening_hours)."""
_SPAN = re.compile(r"([01]\d:[0-5]\d|2[0-3]:[0-5]\d)\s?[-–~～]\s?([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)")


def is_open(hours: str, now: datetime) -> bool | None:
    """Whether hours such as 06:00-22:00, or several with commas between them, hold now.

    A span that ends before it begins goes over midnight. None for hours in any other form, such as those of weekdays.
    """
    if hours in ALWAYS:
        return True
    spans = [_SPAN.fullmatch(part.strip()) for part in hours.split(",")]
    found = [(span[1], span[2]) for span in spans if span]
    if len(found) < len(spans):
        return None
    clock = f"{now:%H:%M}"
    return any(first <= clock < last if first < last else clock >= first or clock < last for first, last in found)
