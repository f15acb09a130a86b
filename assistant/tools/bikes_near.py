"""Public bikes near a place: what the nearest stations lend and take back, by type, and which are out of service."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from assistant.errors import FeedUnreachable
from assistant.feeds.base import FeedSource
from assistant.feeds.gbfs import BikeShare, read_gbfs
from assistant.feeds.gbfs_records import Station, StationStatus
from assistant.feeds.geometry import Point
from assistant.feeds.youbike import BikeStation, read_youbike
from assistant.places import Place
from assistant.schema import Lang, Status
from assistant.text import fold
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.location import how_far, located, place_name
from assistant.tools.texts import clock, quoted, say

_TEXTS = "bikes_near"
_NEAR_M, _FREE_M, _FAR_M = 2000, 500, 10_000
_SHOWN = 3
_MOST_ALERTS = 2
_FORMS = frozenset({"bicycle", "cargo_bicycle", "scooter", "moped", "car"})
_ELECTRIC = frozenset({"electric_assist", "electric"})
_BICYCLES = frozenset({"bicycle", "cargo_bicycle"})


@dataclass(frozen=True, slots=True)
class _Bikes:
    """A station with what it has; None for what nobody says, `by_type` by the keys of the texts."""

    id: str
    name: str
    point: Point
    distance_m: float
    bikes: int | None
    by_type: Mapping[str, int]
    docks: int | None
    in_service: bool
    lends: bool
    takes: bool
    observed_at: datetime | None
    is_old: bool = False

    @property
    def to_rent(self) -> int:
        """How many can be rented now."""
        return (self.bikes or 0) if self.in_service and self.lends else 0

    @property
    def to_return(self) -> int:
        """How many docks take a bike now."""
        return (self.docks or 0) if self.in_service and self.takes else 0

    @property
    def electric(self) -> int:
        """How many with a motor can be rented now."""
        return self.by_type.get("electric_bicycle", 0) if self.to_rent else 0


@dataclass(frozen=True, slots=True)
class _System:
    """What a publisher's feed says around a place; `stations` are nearest first."""

    stations: tuple[_Bikes, ...]
    free: Mapping[str, int]
    alerts: tuple[tuple[frozenset[str], str], ...]
    skipped: int


async def answer(request: Request, desk: Desk) -> Finding:
    """The three nearest stations; where none of them has what is asked for, the nearest one that has it too.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "bikes")
    place = located(request, "place")
    if isinstance(place, Finding):
        return place
    if source.standard == "youbike":
        system = await _from_youbike(request, desk, source, place)
    else:
        system = await _from_gbfs(request, desk, source, place)
    stations = [replace(one, is_old=_is_old(request, source, one)) for one in system.stations]
    if not stations:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    near = [one for one in stations if one.distance_m <= _NEAR_M][:_SHOWN]
    shown, lines = _chosen(request, stations, near or stations[:1])
    named = quoted(place_name(place, request.lang), 40)
    if not near:
        text = say(_TEXTS, "far", request.lang, near=named, distance=how_far(_NEAR_M, request.lang))
        lines.insert(0, text)
    lines += _remarks(request, system, {one.id for one in shown})
    fresh = [one for one in shown if fresh_enough(request, source, one.observed_at)]
    reading = reading_of(
        request,
        source,
        {
            "near": named,
            "within": how_far(_NEAR_M, request.lang),
            "stations": [_data(request, one) for one in shown],
            "free": dict(system.free),
            "free_within": how_far(_FREE_M, request.lang),
            "alerts": [quoted(text) for _, text in system.alerts],
            "skipped": system.skipped,
        },
        observed_at=min((one.observed_at for one in fresh or shown if one.observed_at), default=None),
        place=named,
    )
    status = Status.ANSWERED if len(fresh) == len(shown) and not system.skipped else Status.PARTIAL
    if not near and stations[0].distance_m > _FAR_M:
        status = Status.NO_EVIDENCE
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), status)


async def _from_gbfs(request: Request, desk: Desk, source: FeedSource, place: Place) -> _System:
    share = await read_gbfs(desk.fetcher, source)
    if not share.stations and not share.vehicles and share.missing:
        raise FeedUnreachable("; ".join(share.missing.values()), "Ask again later.")
    stations = [_gbfs_station(request, place, share, one, share.status.get(one.id)) for one in share.stations]
    free: dict[str, int] = {}
    for vehicle in share.vehicles:
        where = vehicle.place if not (vehicle.station_id or vehicle.reserved or vehicle.disabled) else None
        if where and place.point.distance_m(where) <= _FREE_M:
            key = _type_key(share, vehicle.type_id)
            free[key] = free.get(key, 0) + 1
    alerts = tuple(
        (frozenset(one.station_ids), _in(one.summary, request.lang))
        for one in share.alerts
        if one.holds(request.now) and (one.station_ids or one.kind.endswith("_closure"))
    )
    return _System(_nearest(stations), free, alerts, share.skipped)


def _gbfs_station(
    request: Request, place: Place, share: BikeShare, station: Station, status: StationStatus | None
) -> _Bikes | None:
    if station.place is None:
        return None
    counts: dict[str, int] = {}
    for type_id, count in (status.by_type if status else {}).items():
        key = _type_key(share, type_id)
        counts[key] = counts.get(key, 0) + count
    return _Bikes(
        id=station.id,
        name=quoted(_in(station.name, request.lang), 60),
        point=station.place,
        distance_m=place.point.distance_m(station.place),
        bikes=status.vehicles if status else None,
        by_type=counts,
        docks=status.docks if status else None,
        in_service=status is None or status.installed is not False,
        lends=status is None or status.renting is not False,
        takes=status is None or status.returning is not False,
        observed_at=(status.reported_at or share.updated_at) if status else None,
    )


async def _from_youbike(request: Request, desk: Desk, source: FeedSource, place: Place) -> _System:
    parsed = await read_youbike(desk.fetcher, source, desk.city.timezone)
    stations = [_youbike_station(request, place, one) for one in parsed.records]
    return _System(_nearest(stations), {}, (), parsed.skipped)


def _youbike_station(request: Request, place: Place, station: BikeStation) -> _Bikes | None:
    if station.place is None:
        return None
    counts: dict[str, int] = {}
    if station.bikes is not None and station.electric_bikes is not None:
        counts = {"bicycle": station.bikes - station.electric_bikes, "electric_bicycle": station.electric_bikes}
    return _Bikes(
        id=station.id,
        name=quoted(_in(station.name, request.lang), 60),
        point=station.place,
        distance_m=place.point.distance_m(station.place),
        bikes=station.bikes,
        by_type=counts,
        docks=station.docks,
        in_service=station.in_service is not False,
        lends=True,
        takes=True,
        observed_at=station.published_at or station.changed_at,
    )


def _type_key(share: BikeShare, type_id: str) -> str:
    """The key of the texts for a type of vehicle."""
    kind = share.vehicle_types.get(type_id)
    form = kind.form_factor.replace("scooter_standing", "scooter").replace("scooter_seated", "scooter") if kind else ""
    form = form if form in _FORMS else "vehicle"
    return f"electric_{form}" if kind and kind.propulsion in _ELECTRIC and form in _BICYCLES else form


def _is_old(request: Request, source: FeedSource, one: _Bikes) -> bool:
    return one.observed_at is not None and not fresh_enough(request, source, one.observed_at)


def _nearest(stations: Iterable[_Bikes | None]) -> tuple[_Bikes, ...]:
    return tuple(sorted((one for one in stations if one), key=attrgetter("distance_m")))


def _chosen(request: Request, stations: Sequence[_Bikes], near: Sequence[_Bikes]) -> tuple[list[_Bikes], list[str]]:
    """What is shown with its lines: those near, and for each need that none of them meets the nearest one that does."""
    needs: dict[str, Callable[[_Bikes], int]] = {}
    if _asks(request, "return_words"):
        needs["next_dock"] = attrgetter("to_return")
    else:
        needs["next_bike"] = attrgetter("to_rent")
    if _asks(request, "electric_words"):
        needs["next_electric"] = attrgetter("electric")
    shown, lines = list(near), [_line(request, one) for one in near]
    for key, count in needs.items():
        if not any(count(one) for one in near):
            found = next((one for one in stations if count(one) and one.distance_m <= _FAR_M), None)
            line = _line(request, found) if found else ""
            lines.append(say(_TEXTS, key if found else f"no_{key}", request.lang, station=line))
            shown += [found] if found and found not in shown else []
    return shown, lines


def _remarks(request: Request, system: _System, shown: set[str]) -> list[str]:
    """What the operator says of these stations, and of vehicles that stand by the road."""
    lang = request.lang
    fitting = [quoted(text) for ids, text in system.alerts if not ids or ids & shown]
    lines = [say(_TEXTS, "alert", lang, text=text) for text in fitting[:_MOST_ALERTS]]
    if system.free:
        counts = _counts(system.free, lang)
        lines.append(say(_TEXTS, "free", lang, distance=how_far(_FREE_M, lang), counts=counts))
    if system.skipped:
        lines.append(say(_TEXTS, "skipped", lang, number=system.skipped))
    return lines


def _line(request: Request, one: _Bikes) -> str:
    lang = request.lang
    values = {"name": one.name, "distance": how_far(one.distance_m, lang)}
    if not one.in_service:
        return say(_TEXTS, "closed", lang, **values)
    if one.bikes is None and one.docks is None:
        return say(_TEXTS, "unknown", lang, **values)
    parts = []
    if not one.lends:
        parts.append(say(_TEXTS, "not_lending", lang))
    elif one.bikes is not None:
        types = {key: count for key, count in one.by_type.items() if count}
        counts = _counts(types, lang) if len(types) > 1 or set(types) - {"bicycle"} else ""
        shown = say(_TEXTS, "types", lang, counts=counts) if counts else ""
        parts.append(say(_TEXTS, "bikes", lang, number=one.bikes, types=shown))
    if not one.takes:
        parts.append(say(_TEXTS, "not_taking", lang))
    elif one.docks is not None:
        parts.append(say(_TEXTS, "docks", lang, number=one.docks))
    if one.is_old and one.observed_at:
        parts.append(say(_TEXTS, "old", lang, time=clock(one.observed_at, request)))
    return say(_TEXTS, "station", lang, **values, parts=say(_TEXTS, "joint", lang).join(parts))


def _counts(by_type: Mapping[str, int], lang: Lang) -> str:
    return say(_TEXTS, "joint", lang).join(say(_TEXTS, key, lang, number=count) for key, count in by_type.items())


def _data(request: Request, one: _Bikes) -> dict[str, object]:
    return {
        "name": one.name,
        "lat": one.point.lat,
        "lon": one.point.lon,
        "distance": how_far(one.distance_m, request.lang),
        "distance_m": round(one.distance_m),
        "bikes": one.bikes,
        "by_type": dict(one.by_type),
        "docks": one.docks,
        "in_service": one.in_service,
        "lends": one.lends,
        "takes": one.takes,
        "observed_at": one.observed_at.isoformat(timespec="seconds") if one.observed_at else None,
    }


def _in(names: Mapping[str, str], lang: Lang) -> str:
    """A name in the language of the answer, in a form of it, or in any."""
    close = [name for code, name in names.items() if code.partition("-")[0] == lang.partition("-")[0]]
    return names.get(lang) or next(iter([*close, *names.values()]), "")


def _asks(request: Request, key: str) -> bool:
    """Whether the wording holds one of the words of a key, in either language."""
    languages: tuple[Lang, ...] = ("zh-TW", "en")
    words = [word for lang in languages for word in say(_TEXTS, key, lang).split("|")]
    return any(word in fold(request.arguments.text) for word in words)


TOOL = Tool(answer)
