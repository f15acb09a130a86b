"""Things of a SensorThings service as tests need them, and whether an answer can be told whole."""

import json
from datetime import datetime

from assistant.schema import Reading
from assistant.tools import Finding
from assistant.verification.figures import unsupported_figures
from tests.tools.asking import MONDAY, unfounded_figures

Stream = tuple[str, str, object]
"""What is observed, the symbol of its unit, and the result."""


def thing(name: str, lat: float, lon: float, *streams: Stream, at: datetime = MONDAY, **properties: object) -> dict:
    """A thing with the newest observation of each stream, all of one time."""
    return {
        "@iot.id": name,
        "name": name,
        "properties": properties,
        "Locations": [{"location": {"type": "Point", "coordinates": [lon, lat]}}],
        "Datastreams": [_stream(name, number, stream, at) for number, stream in enumerate(streams)],
    }


def page(*things: object) -> dict[str, object]:
    """A page of a service's things."""
    return {"/v1.1/Things": {"value": list(things)}}


def cannot_be_told(finding: Finding) -> list[str]:
    """The lines that the application would leave out, and figures without a reading."""
    left_out = [
        line.text
        for line in finding.lines
        if finding.readings and unsupported_figures(line.text, map(_written, _readings(finding, line.reading)))
    ]
    return left_out + unfounded_figures(finding)


def _readings(finding: Finding, number: int) -> tuple[Reading, ...]:
    return finding.readings if number < 0 else (finding.readings[number],)


def _written(reading: Reading) -> str:
    data = json.dumps(dict(reading.data), ensure_ascii=False)
    return "\n".join((data, reading.place, reading.source, reading.observed_at))


def _stream(name: str, number: int, stream: Stream, at: datetime) -> dict:
    observed, symbol, result = stream
    return {
        "@iot.id": f"{name}:{number}",
        "name": observed,
        "unitOfMeasurement": {"name": symbol, "symbol": symbol, "definition": symbol},
        "ObservedProperty": {"name": observed},
        "Observations": [{"phenomenonTime": at.isoformat(), "result": result}],
    }
