"""Buses that come to a stop: as TDX estimates them, and as a timetable plans them with what is known of them now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.feeds.base import FeedSource
from assistant.feeds.gtfs import Departure, Route
from assistant.feeds.gtfs_realtime import LiveDeparture, Realtime, live_departures
from assistant.feeds.tdx_records import BusEstimate, BusRoute
from assistant.tools.base import Request
from assistant.tools.bus_feeds import ESTIMATES, REALTIME, SCHEDULE
from assistant.tools.bus_routes import route_key
from assistant.tools.stops import stop_form
from assistant.tools.texts import clock, quoted
from assistant.tools.transit import BusNetwork, Timetable, in_language, is_bus, is_of_now

LIVE = frozenset({"live", "due", "updated"})
BEFORE = timedelta(minutes=30)
"""How late a bus may be to be found in the timetable all the same."""
_AHEAD = timedelta(hours=24)
_NIGHT = timedelta(hours=3)  # at least so long no bus runs after the last one
_MOST_DEPARTURES = 3000
_LONGEST_DELAY = timedelta(hours=12)
_MINUTE_S = 60
_DIRECTIONS = {"outbound": 0, "inbound": 1}
_STATES = frozenset({"not_departed", "not_stopping", "last_gone", "no_service"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bus at a stop, or why none is expected.

    Attributes:
        part: the feed that says so: `ESTIMATES`, `REALTIME` or `SCHEDULE`.
        kind: a key of the texts: "live" and "due" (estimated), "updated" (planned, with a delay), "awaited" (has not
            departed), "planned", "headway", or one of the states "not_departed", "not_stopping", "last_gone",
            "no_service", "cancelled", "skipped".
        key: of the route, the same in every feed.
        direction: as GTFS and TDX count it; None where it is unknown.
        at: when it comes or, by headway, until when such service lasts.
        planned_at: by the timetable.
        headway_min: minutes between buses that keep no timetable.
    """

    part: str
    kind: str
    key: str
    direction: int | None
    route: str
    towards: str
    stop: str
    observed_at: datetime | None
    at: datetime | None = None
    planned_at: datetime | None = None
    headway_min: int | None = None
    is_last: bool = False

    @property
    def line(self) -> tuple[str, int | None]:
        """The route and its direction."""
        return self.key, self.direction

    def minutes(self, now: datetime) -> int:
        """Whole minutes until it comes, rounded down, so that nobody is late for it."""
        return int((self.at - now).total_seconds()) // _MINUTE_S if self.at else 0


def estimated(request: Request, source: FeedSource, network: BusNetwork, rows: Iterable[BusEstimate]) -> list[Arrival]:
    """What TDX says now; what is too old says nothing."""
    found = []
    for row in rows:
        route = network.routes.get(row.route)
        names = row.route_names or (route.names if route else {})
        is_fresh = is_of_now(request, source, row.estimate.observed_at)
        arrival = _estimated(request, row, names, route) if is_fresh else None
        found += [arrival] if arrival else []
    return _without_ends(found)


def departing(request: Request, timetable: Timetable, stops: Iterable[str], realtime: Realtime | None) -> list[Arrival]:
    """What leaves stops of a timetable within a day, with what is known of it now."""
    planned = [
        departure
        for stop in stops
        for departure in timetable.schedule.departures(
            stop, request.now - BEFORE, within=BEFORE + _AHEAD, most=_MOST_DEPARTURES
        )
        if is_bus(departure.route)
    ]
    live = live_departures(planned, realtime) if realtime else [LiveDeparture(one, "planned") for one in planned]
    return [arrival for one in live if (arrival := _departing(request, one))]


def joined(estimates: Sequence[Arrival], departures: Sequence[Arrival], now: datetime) -> list[Arrival]:
    """Estimates, and departures of those lines that have none; the soonest first, then what has no time.

    After the last bus only those of the next day are left, and a bus that has not departed may have a planned time.
    """
    kinds = {one.line: one.kind for one in estimates}
    loops = {key for key, direction in kinds if direction is None}
    more = [one for one in departures if one.key not in loops and _adds(one, kinds.get(one.line, ""), now)]
    told = {one.line for one in more}
    kept = [one for one in estimates if one.kind != "not_departed" or one.line not in told]
    return sorted([*kept, *more], key=_order)


def soonest(arrivals: Iterable[Arrival], *, until: datetime, each: int, most: int) -> list[Arrival]:
    """The first few of each line that come until a time, at most so many in all; live ones come whenever they come."""
    counts: dict[tuple[str, int | None], int] = {}
    chosen = []
    for one in arrivals:
        if one.at is not None and (one.at <= until or one.kind in LIVE):
            counts[one.line] = counts.get(one.line, 0) + 1
            chosen += [one] if counts[one.line] <= each else []
    return chosen[:most]


def by_line(arrivals: Iterable[Arrival], *, each: int, most: int) -> list[Arrival]:
    """The first few of each line, line by line, the soonest line first; what has no time stands first in its line."""
    lines: dict[tuple[str, int | None], list[Arrival]] = {}
    for one in arrivals:
        lines.setdefault(one.line, []).append(one)
    ordered = [sorted(line, key=lambda one: one.at is not None)[:each] for line in lines.values()]
    return [one for line in ordered for one in line][:most]


def gtfs_names(route: Route) -> Mapping[str, str]:
    """The short and the long names of a route, by language."""
    return {**route.short_names, **{f"{code}-long": name for code, name in route.long_names.items()}}


def gtfs_key(route: Route | None) -> str:
    """The key of a route of a timetable."""
    return route_key(gtfs_names(route)) if route else ""


def arrival_data(one: Arrival, request: Request) -> dict[str, object]:
    """JSON values for a reading, with the figures as the line says them."""
    return {
        "route": one.route,
        "towards": one.towards,
        "stop": one.stop,
        "kind": one.kind,
        "minutes": one.minutes(request.now) if one.at and one.kind in LIVE else None,
        "time": clock(one.at, request) if one.at else "",
        "planned": clock(one.planned_at, request) if one.planned_at else "",
        "at": one.at.isoformat(timespec="seconds") if one.at else "",
        "every": one.headway_min,
        "last_bus": one.is_last,
    }


def _estimated(request: Request, row: BusEstimate, names: Mapping[str, str], route: BusRoute | None) -> Arrival | None:
    wait_s = row.estimate.wait_s(request.now)
    kind, at = row.estimate.status, None
    if wait_s is not None and row.estimate.arrives_at:
        at = max(request.now, row.estimate.arrives_at)
        kind = "awaited" if kind == "not_departed" else "live" if wait_s >= _MINUTE_S else "due"
    elif kind == "not_departed" and row.next_bus_at and row.next_bus_at >= request.now:
        kind, at = "awaited", row.next_bus_at
    elif kind not in _STATES:
        return None
    return Arrival(
        part=ESTIMATES,
        kind=kind,
        key=route_key(names),
        direction=_DIRECTIONS.get(row.direction),
        route=quoted(in_language(names, request.lang), 40),
        towards=_end(request, row, route),
        stop=quoted(in_language(row.stop_names, request.lang), 40),
        observed_at=row.estimate.observed_at,
        at=at,
        is_last=row.is_last_bus is True and kind in LIVE,
    )


def _end(request: Request, row: BusEstimate, route: BusRoute | None) -> str:
    """Where a bus goes; empty where its direction is unknown."""
    if route is None or row.direction not in _DIRECTIONS:
        return ""
    names = route.destination_names if row.direction == "outbound" else route.departure_names
    return quoted(in_language(names, request.lang), 40)


def _without_ends(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Without the buses that end at the stop, where the route also starts there."""
    starting = {one.key for one in arrivals if not _ends_here(one)}
    return [one for one in arrivals if not _ends_here(one) or one.key not in starting]


def _adds(departure: Arrival, kind: str, now: datetime) -> bool:
    """Whether a planned departure says more than the estimate of its line, of which `kind` is empty without one."""
    after_night = departure.at is not None and departure.at > now + _NIGHT
    return kind in {"", "not_departed"} or (kind == "last_gone" and after_night)


def _order(one: Arrival) -> tuple[bool, float, str]:
    """By time; a service by headway stands where it began, a line without a time at the end."""
    at = one.planned_at if one.kind == "headway" else one.at
    return at is None, at.timestamp() if at else 0.0, one.key


def _ends_here(one: Arrival) -> bool:
    return bool(one.towards) and stop_form(one.towards) == stop_form(one.stop)


def _departing(request: Request, live: LiveDeparture) -> Arrival | None:
    """A departure that is still to come, or was to come and is cancelled."""
    planned, now = live.planned, request.now
    kind = "headway" if planned.headway_s else {"expected": "updated"}.get(live.expectation, live.expectation)
    if kind == "updated" and live.expected_at and abs(live.expected_at - planned.time) > _LONGEST_DELAY:
        kind = "planned"  # a time so far off is a broken number
    at = {"updated": live.expected_at, "headway": planned.until}.get(kind, planned.time)
    if at is None or at < now or (kind == "headway" and planned.time > now):
        return None
    return Arrival(
        part=SCHEDULE if kind in {"planned", "headway"} else REALTIME,
        kind=kind,
        key=gtfs_key(planned.route),
        direction=planned.trip.direction,
        route=_route_name(request, planned),
        towards=quoted(in_language(planned.trip.headsigns, request.lang), 40),
        stop=quoted(in_language(planned.stop.names, request.lang), 40),
        observed_at=live.observed_at,
        at=at,
        planned_at=planned.time,
        headway_min=round(planned.headway_s / _MINUTE_S) if planned.headway_s else None,
    )


def _route_name(request: Request, planned: Departure) -> str:
    if planned.route is None:
        return ""
    names = planned.route.short_names or planned.route.long_names
    return quoted(in_language(names, request.lang), 40)
