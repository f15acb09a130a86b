"""Sensors of any kind near a place: what a service's data ask of a SensorThings feed, and the newest of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool
from assistant.tools.location import how_far
from assistant.tools.sensors import Near, Sensor, Sensors, Spot, asked_spot, far_data, near, read_part
from assistant.tools.shows import Said, load_shows, sensor_reading, shown
from assistant.tools.texts import say

_TEXTS = "sensors_near"
_NEAR_M = 3000.0
_MOST_NEAR, _MOST_ANYWHERE = 3, 5


@dataclass(frozen=True, slots=True)
class _Told:
    """A sensor that gives at least one possible value."""

    sensor: Sensor
    said: tuple[Said, ...]
    near: Near | None = None


async def answer(request: Request, desk: Desk) -> Finding:
    """The nearest sensors with what they measured last; without a place, those of the highest level or value.

    The service's only feed is read, whatever the name of its part. Options: `shows` (see `assistant.tools.shows`),
    `near_m` and `most`.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    shows = load_shows(request.service)
    spot = asked_spot(request, desk)
    if isinstance(spot, Finding):
        return spot
    found = await read_part(request, desk, next(iter(request.service.feeds), ""))
    told = [_Told(one, said) for one in found.sensors if (said := shown(request, found.source, one, shows))]
    return _near(request, found, told, spot) if spot.point else _anywhere(request, found, told)


def _anywhere(request: Request, found: Sensors, told: list[_Told]) -> Finding:
    most = int(request.service.options.get("most", _MOST_ANYWHERE))
    told.sort(key=lambda one: (not one.said[0].current, -one.said[0].level, -_size(one.said[0])))
    broken = found.skipped + len(found.sensors) - len(told)
    return _finding(request, found, told[:most], broken, len(told) - most)


def _near(request: Request, found: Sensors, told: list[_Told], spot: Spot) -> Finding:
    reach = float(request.service.options.get("near_m", _NEAR_M))
    most = int(request.service.options.get("most", _MOST_NEAR))
    said_by = {one.sensor.id: one.said for one in told}
    around = near(found.sensors, spot, reach)
    telling = [_Told(one.sensor, said_by[one.sensor.id], one) for one in around if one.sensor.id in said_by]
    broken = found.skipped + len(around) - len(telling)
    if telling or broken or not told:
        return _finding(request, found, telling[:most], broken, 0, spot)
    return _too_far(request, found, said_by, spot, reach)


def _too_far(
    request: Request, found: Sensors, said_by: Mapping[str, tuple[Said, ...]], spot: Spot, reach: float
) -> Finding:
    """That nothing is near, and where the nearest is."""
    telling = (one for one in found.sensors if one.id in said_by)
    nearest = next(iter(near(telling, spot)), None)
    if nearest is None:
        return _finding(request, found, [], 0)
    words = {"reach": how_far(reach, request.lang), "distance": how_far(nearest.distance_m, request.lang)}
    names = {"place": spot.name, "sensor": nearest.sensor.name(request.lang)}
    said = said_by[nearest.sensor.id]
    reading = sensor_reading(request, found.source, nearest.sensor, said, **words, near=names["place"])
    line = Line(say(_TEXTS, "none_near", request.lang, **words, **names), 0)
    return Finding((line,), (reading,), Status.NO_EVIDENCE)


def _finding(
    request: Request, found: Sensors, told: list[_Told], broken: int, unlisted: int = 0, spot: Spot | None = None
) -> Finding:
    if not told:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    counts = {"broken": broken, "unlisted": max(0, unlisted)}
    readings = tuple(_reading(request, found, one, spot, counts) for one in told)
    lines = [
        _line(request, one, reading, number) for number, (one, reading) in enumerate(zip(told, readings, strict=True))
    ]
    if unlisted > 0:
        lines.append(Line(say(_TEXTS, "more", request.lang, count=unlisted), 0))
    if broken > 0:
        lines.append(Line(say(_TEXTS, "broken", request.lang, count=broken), 0))
    whole = not broken and all(said.current for one in told for said in one.said)
    return Finding(tuple(lines), readings, Status.ANSWERED if whole else Status.PARTIAL)


def _reading(request: Request, found: Sensors, one: _Told, spot: Spot | None, counts: dict[str, int]) -> Reading:
    far = far_data(one.near, spot, request.lang) if one.near else {}
    return sensor_reading(request, found.source, one.sensor, one.said, **far, counts=counts)


def _line(request: Request, one: _Told, reading: Reading, number: int) -> Line:
    key = one.near.word if one.near else "anywhere"
    said = say(_TEXTS, "between", request.lang).join(each.text for each in one.said)
    values = {
        "sensor": one.sensor.name(request.lang),
        "time": reading.data["time"],
        "place": reading.data.get("near", ""),
        "distance": reading.data.get("distance", ""),
    }
    return Line(say(_TEXTS, key, request.lang, said=said, **values), number)


def _size(said: Said) -> float:
    return said.value if isinstance(said.value, int | float) else 0.0


TOOL = Tool(answer)
