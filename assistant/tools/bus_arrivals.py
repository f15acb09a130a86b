"""Buses at a stop: when they come, by live estimates and by the timetable, and what is announced of their routes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from assistant.errors import FeedTimeout
from assistant.feeds.geometry import Point
from assistant.schema import Lang, Reading, Status
from assistant.text import fold
from assistant.tools.arrivals import (
    Arrival,
    arrival_data,
    by_line,
    departing,
    estimated,
    gtfs_key,
    gtfs_names,
    joined,
    soonest,
)
from assistant.tools.base import Desk, Finding, Request, Tool, reading_of
from assistant.tools.bus_feeds import ALERTS, ESTIMATES, REALTIME, SCHEDULE, BusFeeds, ask_feeds, load_feeds
from assistant.tools.bus_routes import route_key, routes_meant
from assistant.tools.location import how_far
from assistant.tools.stop_choice import ChosenStops, chosen_stops
from assistant.tools.stops import stop_form
from assistant.tools.texts import clock, quoted, say, trouble
from assistant.tools.told import Told
from assistant.tools.transit import deadline, in_language, is_bus
from assistant.tools.transit_alerts import MOST_SHOWN, Announcement, of_realtime, of_tdx, without_repeats

_TEXTS = "bus_arrivals"
_SHOWN, _EACH = 5, 2
_SOON, _DAY = timedelta(hours=2), timedelta(hours=24)
_SAME_POLE_M = 300
_MOST_ROUTES = 8
_STATES = ("not_stopping", "no_service", "last_gone", "not_departed")
_UNKNOWN = frozenset({""})  # the key of no route


@dataclass(frozen=True, slots=True)
class _Asked:
    """The stop and the routes that are asked for; no keys where it is every route.

    Attributes:
        poles: the ids of the stop's poles, by part.
        name: of the stop as it is said.
    """

    stops: ChosenStops
    poles: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]
    name: str


async def answer(request: Request, desk: Desk) -> Finding:
    """The next buses at a stop, of one route or of all, live where that is known; and what is announced of them.

    Raises:
        FeedError: no feed can be had or read.
    """
    until = deadline()
    feeds = await load_feeds(request, desk, until)
    assert feeds.stops is not None
    stops = chosen_stops(request, desk, feeds.stops)
    if isinstance(stops, Finding):
        return stops
    asked = _Asked(stops, _poles(feeds, stops), _keys(request, feeds), stops.name)
    await ask_feeds(desk, feeds, asked.poles[ESTIMATES], until)
    return _finding(request, feeds, asked)


def _poles(feeds: BusFeeds, stops: ChosenStops) -> dict[str, tuple[str, ...]]:
    """The ids of the chosen stops in each feed; the stops of another feed are those of the same name and place."""
    ids = tuple(pole.id for pole in stops.poles)
    if feeds.network is None:
        return {ESTIMATES: (), SCHEDULE: ids}
    if feeds.timetable is None:
        return {ESTIMATES: ids, SCHEDULE: ()}
    points = [pole.point for pole in stops.poles if pole.point]
    names = {name for pole in stops.poles for name in pole.names.values()}
    same = feeds.timetable.content.stops.named(*names)
    return {ESTIMATES: ids, SCHEDULE: tuple(one.id for one in same if _is_there(one.point, points))}


def _is_there(point: Point | None, points: Sequence[Point]) -> bool:
    return point is None or not points or any(point.distance_m(one) <= _SAME_POLE_M for one in points)


def _keys(request: Request, feeds: BusFeeds) -> frozenset[str]:
    """The routes that are meant; that of no route where no feed knows one of such words."""
    words = request.arguments.values.get("route", "")
    if not words:
        return frozenset()
    names: list[Mapping[str, str]] = []
    if feeds.network:
        names += [route.names for route in feeds.network.content.routes.values()]
    if feeds.timetable:
        names += [gtfs_names(one) for one in feeds.timetable.content.schedule.routes.values() if is_bus(one)]
    return routes_meant(words, names) or _UNKNOWN


def _finding(request: Request, feeds: BusFeeds, asked: _Asked) -> Finding:
    every = _arrivals(request, feeds, asked)
    buses = _chosen(request, asked, every)
    asked, told = replace(asked, name=_stop_said(request, asked, buses)), Told()
    is_usable = feeds.has_estimates(request) or feeds.has_timetable(request)
    if buses:
        _tell_buses(request, told, asked, buses)
    elif is_usable:
        _tell_none(request, feeds, told, asked, every)
    _tell_alerts(request, feeds, asked, told, every)
    faults = _faults(request, feeds)
    for text, part in faults:
        at = feeds.estimated_at()
        told.add(text, part, **({"seen_at": clock(at, request)} if part and at else {}))
    if buses:
        is_live = feeds.has_estimates(request) or feeds.has_updates(request)
        status = Status.ANSWERED if is_live and not faults else Status.PARTIAL
    else:
        status = Status.NO_EVIDENCE if is_usable else Status.FEED_UNAVAILABLE
    return told.finding(status, lambda part: _reading(request, feeds, asked, told, buses, part))


def _chosen(request: Request, asked: _Asked, every: Sequence[Arrival]) -> list[Arrival]:
    """The next buses of the routes that are meant; of every route, the soonest, then why others do not come."""
    if asked.keys:
        return by_line((one for one in every if one.key in asked.keys), each=_EACH, most=_SHOWN)
    states = [one for one in every if one.at is None]
    most = _SHOWN - bool(states)
    soon = soonest(every, until=request.now + _SOON, each=1, most=most)
    return [*soon, *states] if soon else [*states, *soonest(every, until=request.now + _DAY, each=1, most=most)]


def _stop_said(request: Request, asked: _Asked, buses: Sequence[Arrival]) -> str:
    """The name of the stop; near a place, of those stops where the buses come."""
    names = dict.fromkeys(one.stop for one in buses if one.stop in asked.stops.distances_m)
    return say(_TEXTS, "joint", request.lang).join(names) or asked.stops.name


def _arrivals(request: Request, feeds: BusFeeds, asked: _Asked) -> list[Arrival]:
    """Everything that stops there within a day."""
    estimates: list[Arrival] = []
    departures: list[Arrival] = []
    if feeds.network and feeds.estimates:
        estimates = estimated(request, feeds.source(ESTIMATES), feeds.network.content, feeds.estimates.records)
    if feeds.timetable:
        live = feeds.realtime if feeds.has_updates(request) else None
        departures = departing(request, feeds.timetable.content, asked.poles[SCHEDULE], live)
    return joined(estimates, departures, request.now)


def _tell_buses(request: Request, told: Told, asked: _Asked, buses: Sequence[Arrival]) -> None:
    lang, distances_m = request.lang, asked.stops.distances_m
    if distances_m:
        words = quoted(request.arguments.values.get("stop", ""), 40)
        near_m = min(distances_m.get(one.stop, next(iter(distances_m.values()))) for one in buses)
        distance = how_far(near_m, lang)
        text = say(_TEXTS, "head_near", lang, stop=asked.name, words=words, distance=distance)
        told.add(text, buses[0].part, asked=words, distance=distance)
    else:
        told.add(say(_TEXTS, "head", lang, stop=asked.name), buses[0].part)
    with_stop = len({stop_form(one.stop) for one in buses}) > 1
    singly = [one for one in buses if one.at is not None or asked.keys]
    lines = [(_bus_said(request, one, with_stop), one.part) for one in singly]
    together = [] if asked.keys else _states_said(buses, lang)
    told.lines += [*lines, *together] if buses[0].at else [*together, *lines]


def _states_said(buses: Sequence[Arrival], lang: Lang) -> list[tuple[str, str]]:
    """Why routes do not come, those of one reason in one line."""
    said = []
    for kind in _STATES:
        routes = list(dict.fromkeys(one.route for one in buses if one.at is None and one.kind == kind))[:_MOST_ROUTES]
        if routes:
            listed = say(_TEXTS, "joint", lang).join(routes)
            said.append((say(_TEXTS, f"all_{kind}", lang, routes=listed), ESTIMATES))
    return said


def _bus_said(request: Request, one: Arrival, with_stop: bool) -> str:
    lang = request.lang
    line = say(_TEXTS, "towards" if one.towards else "route", lang, route=one.route, towards=one.towards)
    line = say(_TEXTS, "at_stop", lang, line=line, stop=one.stop) if with_stop else line
    data = arrival_data(one, request)
    said = say(_TEXTS, one.kind, lang, line=line, **{key: data[key] for key in ("minutes", "time", "planned", "every")})
    return f"{said}{say(_TEXTS, 'last_bus', lang)}" if one.is_last else said


def _tell_none(request: Request, feeds: BusFeeds, told: Told, asked: _Asked, every: Sequence[Arrival]) -> None:
    """Say that nothing is found, or that the route is unknown or does not stop there, and which routes do."""
    part = ESTIMATES if feeds.has_estimates(request) else SCHEDULE
    if not asked.keys:
        told.add(say(_TEXTS, "none", request.lang, stop=asked.name), part)
        return
    words = quoted(request.arguments.values["route"], 30)
    key = "unknown_route" if asked.keys == _UNKNOWN else "not_here"
    told.add(say(_TEXTS, key, request.lang, words=words, stop=asked.name), part, asked_route=words)
    names = list(dict.fromkeys(one.route for one in every))[:_MOST_ROUTES]
    if names:
        listed = say(_TEXTS, "joint", request.lang).join(names)
        told.add(say(_TEXTS, "routes", request.lang, routes=listed, stop=asked.name), part, routes=names)


def _tell_alerts(request: Request, feeds: BusFeeds, asked: _Asked, told: Told, every: Sequence[Arrival]) -> None:
    """What is announced of the routes that are told, or of all that stop there."""
    keys = frozenset(one.key for one in every if not asked.keys or one.key in asked.keys)
    if not keys:
        return
    by_part = _announcements(request, feeds, asked, keys)
    room = MOST_SHOWN
    for part, group in by_part.items():
        shown = group[:room]
        room -= len(shown)
        for one in shown:
            told.add(say(_TEXTS, "alert", request.lang, text=one.text), part, alerts=[each.data for each in shown])
    was_read = (not feeds.alerts or not feeds.alerts.skipped) and not (feeds.faults.keys() & {ALERTS, REALTIME})
    if by_part and not any(by_part.values()) and was_read and _asks(request, "alert_words"):
        told.add(say(_TEXTS, "no_alert", request.lang), next(iter(by_part)))


def _announcements(
    request: Request, feeds: BusFeeds, asked: _Asked, keys: Collection[str]
) -> dict[str, tuple[Announcement, ...]]:
    """What is announced of routes by their keys, and of the stop; each once, though two feeds say it."""
    found: dict[str, tuple[Announcement, ...]] = {}
    if feeds.realtime and feeds.timetable:
        routes = feeds.timetable.content.schedule.routes.values()
        ids = {one.id: in_language(gtfs_names(one), request.lang) for one in routes if gtfs_key(one) in keys}
        found[REALTIME] = of_realtime(feeds.realtime.alerts, ids, asked.poles[SCHEDULE], request.now, request.lang)
    if feeds.alerts:
        stops = {stop_form(name) for pole in asked.stops.poles for name in pole.names.values()}

        def concerns(names: Mapping[str, str]) -> bool:
            return route_key(names) in keys or any(stop_form(name) in stops for name in names.values())

        others = of_tdx(feeds.alerts.records, concerns, request.now, request.lang)
        found[ALERTS] = without_repeats(found.get(REALTIME, ()), others)
    return found


def _faults(request: Request, feeds: BusFeeds) -> Iterable[tuple[str, str]]:
    """What is missing and why, once for each publisher, with the part that says so itself."""
    lang, faults = request.lang, feeds.faults
    found = []
    if ESTIMATES in faults:
        found.append((trouble(feeds.source(ESTIMATES), faults[ESTIMATES], lang).text, ""))
    elif feeds.estimates and (at := feeds.estimated_at()) and not feeds.has_estimates(request):
        found.append((say(_TEXTS, "old_estimates", lang, time=clock(at, request)), ESTIMATES))
    elif ALERTS in faults:
        found.append((say(_TEXTS, "no_alerts", lang, publisher=feeds.publisher(ALERTS, lang)), ""))
    if isinstance(faults.get(SCHEDULE), FeedTimeout):
        found.append((say(_TEXTS, "loading", lang, publisher=feeds.publisher(SCHEDULE, lang)), ""))
    elif SCHEDULE in faults:
        found.append((say(_TEXTS, "no_timetable", lang, publisher=feeds.publisher(SCHEDULE, lang)), ""))
    elif feeds.timetable and not feeds.has_timetable(request):
        found.append((say(_TEXTS, "expired", lang, publisher=feeds.publisher(SCHEDULE, lang)), ""))
    if REALTIME in faults:
        found.append((say(_TEXTS, "no_updates", lang, publisher=feeds.publisher(REALTIME, lang)), ""))
    elif feeds.realtime and not feeds.has_updates(request):
        found.append((say(_TEXTS, "old_updates", lang, publisher=feeds.publisher(REALTIME, lang)), ""))
    return found


def _reading(
    request: Request, feeds: BusFeeds, asked: _Asked, told: Told, buses: Iterable[Arrival], part: str
) -> Reading:
    own = [one for one in buses if one.part == part]
    data: dict[str, object] = {"stop": asked.name, **told.data.get(part, {})}
    if own:
        data["stops"] = _stops_data(asked.stops, request.lang)
        data["buses"] = [arrival_data(one, request) for one in own]
    at = min((one.observed_at for one in own if one.observed_at), default=None) or feeds.read_at(part)
    return reading_of(request, feeds.source(part), data, observed_at=at, place=asked.name)


def _stops_data(stops: ChosenStops, lang: Lang) -> list[dict[str, object]]:
    return [
        {"name": quoted(in_language(pole.names, lang), 40), "lat": pole.point.lat, "lon": pole.point.lon}
        for pole in stops.poles[:_SHOWN]
        if pole.point
    ]


def _asks(request: Request, key: str) -> bool:
    """Whether the wording holds one of the words of a key, in either language."""
    languages: tuple[Lang, ...] = ("zh-TW", "en")
    words = [word for lang in languages for word in say(_TEXTS, key, lang).split("|")]
    return any(word in fold(request.arguments.text) for word in words)


TOOL = Tool(answer)
