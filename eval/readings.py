"""What a live reading holds, as the text in which the figures of an answer may stand."""

import json

from assistant.schema import Reading


def held_by(reading: Reading) -> str:
    """The data of a reading with its place, publisher and time, on lines of their own."""
    data = json.dumps(dict(reading.data), ensure_ascii=False, default=str)
    return "\n".join((data, reading.place, reading.source, reading.observed_at))
