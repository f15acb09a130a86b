"""Whether a public alert concerns the city, and a place in it, by its codes, its shapes or its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from assistant.feeds.cap import Alert, AlertArea, AlertInfo
from assistant.text import squeeze
from assistant.tools.base import Desk, Request
from assistant.tools.whereabouts import Whereabouts, city_stems, districts, districts_named

_DISTRICT_CODE_LENGTH = 7  # Taiwan_Geocode_103; later systems have eight digits


class Bearing(Enum):
    """How far an alert for the city concerns a place in it."""

    HERE = "here"
    UNCLEAR = "unclear"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class CityAlert:
    """An alert that concerns the city, with what it says of it in the answer's language."""

    alert: Alert
    info: AlertInfo
    bearing: Bearing = Bearing.HERE


def for_city(alerts: Sequence[Alert], request: Request, desk: Desk, where: Whereabouts) -> list[CityAlert]:
    """The alerts that concern the city, in the same order, each with how far it concerns the place that is asked."""
    found = []
    for alert in alerts:
        infos = [info for info in alert.infos_in(request.lang) if any(_is_ours(a, request, desk) for a in info.areas)]
        current = [info for info in infos if _holds(alert, info, request.now)] or infos
        if current:
            bearings = [_bearing(info, request, desk, where) for info in current]
            best = min(range(len(current)), key=lambda place: list(Bearing).index(bearings[place]))
            found.append(CityAlert(alert, current[best], bearings[best]))
    return found


def areas_of(info: AlertInfo, request: Request, desk: Desk) -> tuple[AlertArea, ...]:
    """The areas of an alert that lie in the city."""
    return tuple(area for area in info.areas if _is_ours(area, request, desk))


def is_whole_city(area: AlertArea, request: Request, desk: Desk) -> bool:
    """Whether an area is the whole city, and no part of it."""
    words = squeeze(area.description)
    if any(words == squeeze(name) for name in desk.city.name.values()):
        return True
    codes = [code for _, code in area.geocodes if code.startswith(_city_code(request))]
    return bool(_city_code(request) and codes) and all(len(code) < _DISTRICT_CODE_LENGTH for code in codes)


def _holds(alert: Alert, info: AlertInfo, at: datetime) -> bool:
    return (info.effective or alert.sent) <= at and (info.expires is None or at < info.expires)


def _city_code(request: Request) -> str:
    """What the codes of the city and its districts begin with; the service's option `geocode`."""
    return str(request.service.options.get("geocode", ""))


def _is_ours(area: AlertArea, request: Request, desk: Desk) -> bool:
    """Whether an area lies in the city or covers a part of it."""
    code = _city_code(request)
    if code and any(value.startswith(code) for _, value in area.geocodes):
        return True
    words = squeeze(area.description)
    if any(stem in words for stem in city_stems(desk)):
        return True
    return any(area.covers(district.point) for district in districts(desk.gazetteer))


def _bearing(info: AlertInfo, request: Request, desk: Desk, where: Whereabouts) -> Bearing:
    if not where.district:
        return Bearing.HERE
    found = {_area_bearing(area, request, desk, where) for area in areas_of(info, request, desk)}
    return next(one for one in Bearing if one in found)


def _area_bearing(area: AlertArea, request: Request, desk: Desk, where: Whereabouts) -> Bearing:
    if is_whole_city(area, request, desk):
        return Bearing.HERE
    named = districts_named(area.description, desk.gazetteer)
    if where.district in named:
        return Bearing.HERE
    covered = area.covers(where.point) if where.point else None
    if covered:
        return Bearing.HERE
    return Bearing.ELSEWHERE if named or covered is False else Bearing.UNCLEAR
