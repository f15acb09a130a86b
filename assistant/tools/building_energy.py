"""The power of public buildings now and their energy today: of one that is named, or all with the greatest first."""

from collections.abc import Mapping, Sequence

from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.sensors import Sensor, Sensors, at_places, bearing, plain, read_part
from assistant.tools.shows import Said, Show, in_language, load_shows, sensor_reading, shown
from assistant.tools.texts import clock, quoted, say
from assistant.tools.whereabouts import is_city

_TEXTS = "building_energy"
_SAME_M = 120.0
_MOST = 5
Told = Mapping[str, tuple[Said, ...]]


async def answer(request: Request, desk: Desk) -> Finding:
    """What the meters of the named building say; without a name the sum of all, and those that draw most.

    Options: `shows`, of which the first orders the buildings.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    shows = load_shows(request.service)
    found = await read_part(request, desk, "meters")
    told = {one.id: said for one in found.sensors if (said := shown(request, found.source, one, shows))}
    words = request.arguments.values.get("building", "")
    if not words or is_city(words, desk):
        return _all(request, found, told, shows)
    named = at_places(found.sensors, request.arguments.places.get("building", ()), _SAME_M)
    named = named or bearing(words, found.sensors)
    if not named:
        return _unmetered(request, found, words)
    return _named(request, found, [one for one in named if one.id in told][:_MOST], told, named[0])


def _named(request: Request, found: Sensors, sensors: Sequence[Sensor], told: Told, first: Sensor) -> Finding:
    if not sensors:
        text = say(_TEXTS, "unusable", request.lang, building=first.name(request.lang))
        return Finding((Line(text),), status=Status.NO_EVIDENCE)
    readings = [sensor_reading(request, found.source, one, told[one.id]) for one in sensors]
    lines = [_line(request, told[one.id], readings, number) for number, one in enumerate(sensors)]
    current = all(said.current for one in sensors for said in told[one.id])
    return Finding(tuple(lines), tuple(readings), Status.ANSWERED if current else Status.PARTIAL)


def _unmetered(request: Request, found: Sensors, words: str) -> Finding:
    """That the building has no meter in the feed, and some that have."""
    names = [one.name(request.lang) for one in found.sensors[:_MOST]]
    asked = quoted(words, 40)
    data = {"asked": asked, "buildings": [one.name(request.lang) for one in found.sensors], "count": len(found.sensors)}
    reading = reading_of(request, found.source, data, observed_at=None)
    listed = say(_TEXTS, "listed", request.lang).join(names)
    text = say(_TEXTS, "unmetered", request.lang, asked=asked, count=len(found.sensors), names=listed)
    return Finding((Line(text, 0),), (reading,), Status.NO_EVIDENCE)


def _all(request: Request, found: Sensors, told: Told, shows: Sequence[Show]) -> Finding:
    order = sorted((one for one in found.sensors if _current(told, one)), key=lambda one: -_size(told[one.id][0]))
    if not order:
        return Finding((Line(say("sensors_near", "none", request.lang)),), status=Status.NO_EVIDENCE)
    total = _total(request, found, [told[one.id] for one in order], shows)
    greatest = order[:_MOST]
    readings = [total, *(sensor_reading(request, found.source, one, told[one.id]) for one in greatest)]
    lines = [_total_line(request, total, shows)]
    lines += [_line(request, told[one.id][:1], readings, number) for number, one in enumerate(greatest, start=1)]
    missing = len(found.sensors) - len(order) + found.skipped
    if missing:
        lines.append(Line(say(_TEXTS, "missing", request.lang, count=missing), 0))
    return Finding(tuple(lines), tuple(readings), Status.PARTIAL if missing else Status.ANSWERED)


def _total(request: Request, found: Sensors, told: Sequence[tuple[Said, ...]], shows: Sequence[Show]) -> Reading:
    """The sum over the buildings of each quantity; only of current values."""
    at = min(said.measured.at for each in told for said in each)
    sums = {}
    for show in shows:
        values = [s.value for each in told for s in each if s.show is show and isinstance(s.value, int | float)]
        sums[show.observed] = plain(sum(values), show.digits)
    missing = len(found.sensors) - len(told) + found.skipped
    data = {"buildings": len(told), "total": sums, "time": clock(at, request), "missing": missing}
    return reading_of(request, found.source, data, observed_at=at)


def _total_line(request: Request, total: Reading, shows: Sequence[Show]) -> Line:
    sums = total.data["total"]
    parts = []
    for show in shows:
        value = sums[show.observed] if isinstance(sums, dict) else ""
        label, unit = in_language(show.label, request.lang), in_language(show.unit, request.lang)
        values = {"label": label, "value": value, "unit": unit}
        parts.append(say("sensors_near", "value", request.lang, **values).strip())
    said = say("sensors_near", "between", request.lang).join(parts)
    values = {"count": total.data["buildings"], "time": total.data["time"], "said": said}
    return Line(say(_TEXTS, "total", request.lang, **values), 0)


def _line(request: Request, said: Sequence[Said], readings: Sequence[Reading], number: int) -> Line:
    reading = readings[number]
    text = say("sensors_near", "between", request.lang).join(one.text for one in said)
    values = {"sensor": reading.data["name"], "time": reading.data["time"], "said": text}
    return Line(say("sensors_near", "anywhere", request.lang, **values), number)


def _current(told: Told, sensor: Sensor) -> bool:
    return sensor.id in told and all(said.current for said in told[sensor.id])


def _size(said: Said) -> float:
    return said.value if isinstance(said.value, int | float) else 0.0


TOOL = Tool(answer)
