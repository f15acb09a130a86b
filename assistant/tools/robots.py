"""Which firefighting robots can be sent out now, where they are and how charged, the nearest to a place first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.schema import Reading, Status
from assistant.text import fold
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.sensors import Near, Sensor, Sensors, Spot, asked_spot, far_data, near, read_part
from assistant.tools.shows import Said, load_shows, sensor_reading, shown
from assistant.tools.texts import clock, say

_TEXTS = "robots"
_MOST = 5


@dataclass(frozen=True, slots=True)
class _Robot:
    """A robot with what it said; `state` is the word of the feed."""

    near: Near
    said: tuple[Said, ...]
    state: str
    is_free: bool


async def answer(request: Request, desk: Desk) -> Finding:
    """How many robots can be sent out, each of them, and what the others do.

    Options: `shows`, of which the first is the state; `available`, its words for a robot that can go; `types`, by the
    value of the property `type_property` the words that name it, so that a question for one type gets that alone.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    shows = load_shows(request.service)
    spot = asked_spot(request, desk)
    if isinstance(spot, Finding):
        return spot
    found = await read_part(request, desk, "robots")
    wanted = _of_type(request, found.sensors)
    available = request.service.options.get("available", ())
    robots = []
    for one in near(wanted, spot):
        said = shown(request, found.source, one.sensor, shows)
        if said and said[0].show is shows[0] and said[0].current:
            state = said[0].level_name
            robots.append(_Robot(one, said, state, state in available))
    if not robots:
        return Finding((Line(say("sensors_near", "none", request.lang)),), status=Status.NO_EVIDENCE)
    silent = len(wanted) - len(robots) + found.skipped
    return _finding(request, found, spot, robots, silent)


def _of_type(request: Request, sensors: Sequence[Sensor]) -> list[Sensor]:
    """The robots of the types that the wording names; all where it names none."""
    options = request.service.options
    types: Mapping[str, Sequence[str]] = options.get("types", {})
    asked = fold(request.arguments.text)
    named = {name for name, words in types.items() if any(fold(word) in asked for word in words)}
    kind = str(options.get("type_property", "type"))
    return [one for one in sensors if not named or one.properties.get(kind) in named]


def _finding(request: Request, found: Sensors, spot: Spot, robots: list[_Robot], silent: int) -> Finding:
    free = [one for one in robots if one.is_free]
    busy = [one for one in robots if not one.is_free]
    summary = _summary(request, found, robots, len(free), silent)
    readings, lines = [summary], [_first_line(request, summary, spot, free)]
    for one in [*free[:_MOST], *busy[: max(1, _MOST - len(free))]]:
        readings.append(_reading(request, found, spot, one))
        lines.append(_line(request, spot, one, readings))
    rest = len(robots) - (len(readings) - 1)
    if rest:
        lines.append(Line(say(_TEXTS, "rest", request.lang, count=rest), 0))
    if silent:
        lines.append(Line(say(_TEXTS, "silent", request.lang, count=silent), 0))
    return Finding(tuple(lines), tuple(readings), Status.PARTIAL if silent else Status.ANSWERED)


def _summary(request: Request, found: Sensors, robots: Sequence[_Robot], free: int, silent: int) -> Reading:
    """The count of robots by state, as of the oldest word of any."""
    at = min(one.said[0].measured.at for one in robots)
    states = sorted({one.state for one in robots})
    shown_robots = min(free, _MOST) + min(len(robots) - free, max(1, _MOST - free))
    data = {
        "robots": len(robots),
        "free": free,
        "states": {state: sum(one.state == state for one in robots) for state in states},
        "unlisted": len(robots) - shown_robots,
        "silent": silent,
        "time": clock(at, request),
    }
    return reading_of(request, found.source, data, observed_at=at)


def _first_line(request: Request, summary: Reading, spot: Spot, free: Sequence[_Robot]) -> Line:
    values = {"count": len(free), "total": summary.data["robots"], "place": spot.name}
    key = "none_free" if not free else "free_near" if spot.point else "free"
    return Line(say(_TEXTS, key, request.lang, **values), 0)


def _reading(request: Request, found: Sensors, spot: Spot, robot: _Robot) -> Reading:
    far = far_data(robot.near, spot, request.lang)
    sensor = robot.near.sensor
    return sensor_reading(request, found.source, sensor, robot.said, state=robot.state, free=robot.is_free, **far)


def _line(request: Request, spot: Spot, robot: _Robot, readings: Sequence[Reading]) -> Line:
    data = readings[-1].data
    said = say("sensors_near", "between", request.lang).join(one.text for one in robot.said)
    values = {"robot": data["name"], "time": data["time"], "said": said, "distance": data.get("distance", "")}
    return Line(say(_TEXTS, "far" if spot.point else "somewhere", request.lang, **values), len(readings) - 1)


TOOL = Tool(answer)
