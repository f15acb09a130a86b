"""What tools of buses and trains share: which feeds may stand together, what is loaded of them, one deadline."""

import asyncio
from asyncio import to_thread
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from assistant.errors import FeedError, FeedTimeout
from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.gtfs import Route, Schedule, read_schedule
from assistant.feeds.tdx import Tdx
from assistant.feeds.tdx_records import BusRoute
from assistant.schema import Lang
from assistant.services import Service
from assistant.tools.base import Desk, Request, fresh_enough
from assistant.tools.stock import LOAD_S, Stock, stocked
from assistant.tools.stops import StopIndex

Answer = TypeVar("Answer")
LOADING_S = 1.4
"""How long a question waits for what is still being loaded, so that another round of requests fits."""
LIMIT_S = 3.2
"""When a question gives up on feeds that have not answered, so that what others said is not lost."""
_DAY_S = 86_400.0
_SKEW = timedelta(minutes=5)
_BUSES = frozenset({3, 11, *range(200, 210), *range(700, 717), 800})  # GTFS's route types, extended ones too
_RAILWAYS = frozenset({0, 1, 2, 5, 7, 12, *range(100, 118), *range(400, 406), *range(900, 907)})


@dataclass(frozen=True, slots=True)
class Timetable:
    """A GTFS schedule with its stops by name."""

    schedule: Schedule
    stops: StopIndex


@dataclass(frozen=True, slots=True)
class BusNetwork:
    """The stops of a city's buses by name, and its routes by id."""

    stops: StopIndex
    routes: Mapping[str, BusRoute]


def sources_of(desk: Desk, service: Service, parts: Iterable[str]) -> dict[str, FeedSource]:
    """The feeds of a service by part; simulated ones only where none is real, so that nobody gets a mixture.

    Raises:
        FeedUnreachable: none is set up.
    """
    names = {part: service.feeds.get(part, "") for part in parts}
    found = {part: desk.sources[name] for part, name in names.items() if name in desk.sources}
    if not found:
        desk.source(service, next(iter(names)))
    real = {part: source for part, source in found.items() if not source.simulated}
    return real or found


async def timetable_of(request: Request, desk: Desk, source: FeedSource) -> Stock[Timetable]:
    """The timetable of a GTFS source, loaded in the background.

    Raises:
        FeedTimeout: it is still being loaded.
        FeedError: it cannot be had or read.
    """

    async def load(known: Timetable | None) -> Timetable:
        async with Fetcher(budget_s=LOAD_S) as fetcher:
            schedule = await read_schedule(fetcher, source, known.schedule if known else None)
        if known and schedule is known.schedule:
            return known
        return Timetable(schedule, await to_thread(StopIndex, schedule.stops.values()))

    keep_s = source.refresh_s
    return await stocked(desk, f"gtfs:{source.name}", load, now=request.now, keep_s=keep_s, patience_s=LOADING_S)


async def network_of(request: Request, desk: Desk, source: FeedSource) -> Stock[BusNetwork]:
    """The stops and routes of the buses of a TDX source, loaded in the background once a day.

    Raises:
        FeedTimeout: they are still being loaded.
        FeedError: they cannot be had or read.
    """

    async def load(_: BusNetwork | None) -> BusNetwork:
        async with Fetcher(budget_s=LOAD_S) as fetcher:
            tdx = Tdx(fetcher, source)
            stops, routes = await asyncio.gather(tdx.bus_stops(), tdx.bus_routes())
        index = await to_thread(StopIndex, stops.records)
        return BusNetwork(index, {route.id: route for route in routes.records})

    name = f"tdx-buses:{source.name}"
    return await stocked(desk, name, load, now=request.now, keep_s=_DAY_S, patience_s=LOADING_S)


def deadline() -> float:
    """When the question that begins now has to be answered, on the clock of the event loop."""
    return asyncio.get_running_loop().time() + LIMIT_S


async def tried(work: Awaitable[Answer], until: float) -> Answer | FeedError:
    """What a feed says, or its fault; one that has not answered by the deadline is late."""
    try:
        async with asyncio.timeout_at(until):
            return await work
    except TimeoutError:
        return FeedTimeout("A feed did not answer in the time of a question.", "Ask again later.")
    except FeedError as fault:
        return fault


def is_of_now(request: Request, source: FeedSource, observed_at: datetime | None) -> bool:
    """Whether an observation is neither too old for its publisher nor, by a wrong clock, of a time to come."""
    return fresh_enough(request, source, observed_at) and observed_at is not None and observed_at <= request.now + _SKEW


def is_bus(route: Route | None) -> bool:
    """Whether a route of a timetable is one of buses."""
    return route is not None and route.kind in _BUSES


def is_railway(route: Route | None) -> bool:
    """Whether a route of a timetable is a metro, a tram or a train."""
    return route is not None and route.kind in _RAILWAYS


def in_language(names: Mapping[str, str], lang: Lang) -> str:
    """A name in the language of the answer or a form of it, else in any; empty where there is none."""
    close = [name for code, name in names.items() if code.partition("-")[0] == lang.partition("-")[0]]
    return names.get(lang) or next(iter([*close, *names.values()]), "")
