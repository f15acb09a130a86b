"""How many people are at a place now, and whether that is many for it; else the nearest place that is counted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.schema import Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool
from assistant.tools.location import how_far
from assistant.tools.sensors import (
    Near,
    Sensor,
    Sensors,
    Spot,
    asked_spot,
    at_places,
    bearing,
    far_data,
    near,
    read_part,
)
from assistant.tools.shows import Said, load_shows, sensor_reading, shown
from assistant.tools.texts import say
from assistant.tools.whereabouts import is_city

_TEXTS = "crowd_level"
_SAME_M, _NEAR_M = 300.0, 1500.0
_MOST = 5


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The counted places that answer, and why: `here`, `near` (not itself counted), or `far` (none near)."""

    why: str
    places: list[Near]
    spot: Spot | None = None


async def answer(request: Request, desk: Desk) -> Finding:
    """The people at the place that is named, at all places that bear the words, or at the nearest that is counted.

    Options: `shows`, of which the first is the number of people; `near_m`, how far another place still tells of it.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    shows = load_shows(request.service)
    found = await read_part(request, desk, "counts")
    said = {one.id: told[0] for one in found.sensors if (told := shown(request, found.source, one, shows[:1]))}
    chosen = _chosen(request, desk, found.sensors, said)
    if isinstance(chosen, Finding):
        return chosen
    if not chosen.places:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    return _finding(request, found, chosen, said)


def _chosen(request: Request, desk: Desk, sensors: Collection[Sensor], said: Mapping[str, Said]) -> _Chosen | Finding:
    words = request.arguments.values.get("place", "")
    counted = [one for one in sensors if one.id in said]
    named = at_places(sensors, request.arguments.places.get("place", ()), _SAME_M)
    named = named or ([] if is_city(words, desk) else bearing(words, sensors))
    if named:
        telling = [Near(one) for one in named if one.id in said]
        text = say(_TEXTS, "unusable", request.lang, place=named[0].name(request.lang))
        return _Chosen("here", telling) if telling else Finding((Line(text),), status=Status.NO_EVIDENCE)
    spot = asked_spot(request, desk)
    if isinstance(spot, Finding):
        return spot
    around = near(counted, spot)
    if spot.point is None:
        return _Chosen("here", around)
    if inside := [one for one in around if one.inside]:
        return _Chosen("here", inside)
    reach = float(request.service.options.get("near_m", _NEAR_M))
    within = around[:1] and around[0].distance_m <= reach
    return _Chosen("near" if within else "far", around[:1], spot)


def _finding(request: Request, found: Sensors, chosen: _Chosen, said: dict[str, Said]) -> Finding:
    """The most crowded first, where several places answer."""
    places = sorted(chosen.places, key=lambda one: (not said[one.sensor.id].current, -_fullness(said[one.sensor.id])))
    counts = {"unlisted": len(places) - _MOST, "skipped": found.skipped}
    readings, lines = [], []
    for number, one in enumerate(places[:_MOST]):
        told = said[one.sensor.id]
        far = far_data(one, chosen.spot, request.lang)
        readings.append(sensor_reading(request, found.source, one.sensor, (told,), **far, counts=counts))
        values = {"place": one.sensor.name(request.lang), "said": told.text, "time": readings[-1].data["time"]}
        asked = {"asked": chosen.spot.name if chosen.spot else "", "distance": how_far(one.distance_m, request.lang)}
        lines.append(Line(say(_TEXTS, chosen.why, request.lang, **values, **asked), number))
    if len(places) > _MOST:
        lines.append(Line(say(_TEXTS, "more", request.lang, count=len(places) - _MOST), 0))
    if found.skipped:
        lines.append(Line(say("sensors_near", "broken", request.lang, count=found.skipped), 0))
    if chosen.why == "far":
        return Finding(tuple(lines), tuple(readings), Status.NO_EVIDENCE)
    current = all(said[one.sensor.id].current for one in places[:_MOST])
    return Finding(tuple(lines), tuple(readings), Status.ANSWERED if current and not found.skipped else Status.PARTIAL)


def _fullness(told: Said) -> float:
    return told.share_percent if told.share_percent is not None else 0.0


TOOL = Tool(answer)
