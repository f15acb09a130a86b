"""Taiwan's TDX platform: asks it with a token, within the calls that a member has, and reads what comes."""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.errors import FeedRefused
from assistant.feeds.base import FeedSource, Fetched, Fetcher, Parsed
from assistant.feeds.paging import under
from assistant.feeds.tdx_reading import (
    STANDARD,
    parse_alerts,
    parse_bikes,
    parse_bus_estimates,
    parse_bus_positions,
    parse_bus_routes,
    parse_bus_stops,
    parse_buses_at_stops,
    parse_first_last,
    parse_metro_arrivals,
    parse_road_events,
)
from assistant.feeds.tdx_records import (
    BikeStation,
    BusAtStop,
    BusEstimate,
    BusPosition,
    BusRoute,
    BusStop,
    FirstLast,
    MetroArrival,
    RoadEvent,
    ServiceAlert,
)
from assistant.feeds.values import json_object, malformed, number, text

_CALLS_A_MINUTE = 5  # of a basic member; a higher plan sets the option
_MINUTE_S = 60.0
_EARLY_S = 60.0  # before a token ends it is no longer used
_MOST_KEPT = 64
_STOP_COLUMNS = "StopUID,StopName,StopPosition"
_ROUTE_COLUMNS = (
    "RouteUID,RouteName,DepartureStopNameZh,DepartureStopNameEn,DestinationStopNameZh,DestinationStopNameEn"
)
_Key = tuple[str, str, str]  # address, filter, columns
Record = TypeVar("Record")


class Tdx:
    """Asks TDX for one city; it belongs to one fetcher, so that tokens and calls are counted in one place.

    Options of the source: `city` (as TDX names it), `token_url`, and `calls_a_minute`. Its key is the client id and the
    client secret with a colon between them; without a key, calls are made as a visitor. The source's address is
    the one before `/v2`.

    Within `refresh_s` an answer is given again. When the minute's calls are used up, what is kept is given while it is
    younger than `stale_s`: each record says when it was observed.

    Args:
        clock: seconds that only rise; tests set it.
    """

    def __init__(self, fetcher: Fetcher, source: FeedSource, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._source = source
        self._clock = clock
        self._city = str(source.options.get("city", ""))
        self._most_calls = int(source.options.get("calls_a_minute", _CALLS_A_MINUTE))
        self._calls: deque[float] = deque()
        self._kept: OrderedDict[_Key, tuple[float, Fetched]] = OrderedDict()
        self._token = ""
        self._token_ends = 0.0
        self._renewing = asyncio.Lock()
        self._running: dict[_Key, asyncio.Task[Fetched]] = {}

    async def bus_estimates(self, route: str) -> Parsed[BusEstimate]:
        """When buses of a route, by its name, come to all its stops.

        Raises:
            FeedError: as `Fetcher.get`; FeedRefused with 429 where the calls of this minute are used up and nothing
                young enough is kept. So do the other methods.
        """
        return await self._get(parse_bus_estimates, "v2/Bus/EstimatedTimeOfArrival/City", self._city, route)

    async def bus_estimates_at(self, stops: Sequence[str]) -> Parsed[BusEstimate]:
        """When buses of any route come to stops, by their StopUIDs."""
        chosen = _any_of("StopUID", stops)
        return await self._get(parse_bus_estimates, "v2/Bus/EstimatedTimeOfArrival/City", self._city, chosen=chosen)

    async def bus_stops(self) -> Parsed[BusStop]:
        """All poles of the city; some megabytes, so ask once a day."""
        return await self._get(parse_bus_stops, "v2/Bus/Stop/City", self._city, columns=_STOP_COLUMNS)

    async def bus_routes(self) -> Parsed[BusRoute]:
        """All bus routes of the city; ask once a day."""
        return await self._get(parse_bus_routes, "v2/Bus/Route/City", self._city, columns=_ROUTE_COLUMNS)

    async def bus_positions(self, route: str) -> Parsed[BusPosition]:
        """Where the buses of a route are."""
        return await self._get(parse_bus_positions, "v2/Bus/RealTimeByFrequency/City", self._city, route)

    async def buses_at_stops(self, route: str) -> Parsed[BusAtStop]:
        """Which stops the buses of a route enter and leave."""
        return await self._get(parse_buses_at_stops, "v2/Bus/RealTimeNearStop/City", self._city, route)

    async def bus_alerts(self) -> Parsed[ServiceAlert]:
        """Announcements about the city's buses."""
        return await self._get(parse_alerts, "v2/Bus/Alert/City", self._city)

    async def metro_arrivals(self, system: str) -> Parsed[MetroArrival]:
        """The next trains at all stations of a metro or light rail, by its code ("KRTC")."""
        return await self._get(parse_metro_arrivals, "v2/Rail/Metro/LiveBoard", system)

    async def first_last(self, system: str) -> Parsed[FirstLast]:
        """The first and last trains of a metro or light rail."""
        return await self._get(parse_first_last, "v2/Rail/Metro/FirstLastTimetable", system)

    async def metro_alerts(self, system: str) -> Parsed[ServiceAlert]:
        """Announcements of a metro or light rail."""
        return await self._get(parse_alerts, "v2/Rail/Metro/Alert", system)

    async def bikes(self, stations: Sequence[str] = ()) -> Parsed[BikeStation]:
        """Bikes and docks at the stations of the city, or at those with a StationUID."""
        chosen = _any_of("StationUID", stations)
        return await self._get(parse_bikes, "v2/Bike/Availability/City", self._city, chosen=chosen)

    async def road_events(self) -> Parsed[RoadEvent]:
        """What happens on the city's roads now."""
        return await self._get(parse_road_events, "v1/Traffic/RoadEvent/LiveEvent/City", self._city)

    async def _get(
        self, parse: Callable[[bytes], Parsed[Record]], path: str, *steps: str, chosen: str = "", columns: str = ""
    ) -> Parsed[Record]:
        """The records of an endpoint, new or kept."""
        url = under(f"{self._source.url.rstrip('/')}/{path}", *steps)
        fetched = await self._fetched((url, chosen, columns))
        return replace(parse(fetched.content), fetched_at=fetched.fetched_at)

    async def _fetched(self, key: _Key) -> Fetched:
        """The answer of an endpoint, new or kept; the same question at the same time is one call."""
        kept = self._kept.get(key)
        age_s = self._clock() - kept[0] if kept else float("inf")
        wait_s = self._wait_s()
        if kept and (age_s < self._source.refresh_s or (wait_s > 0 and age_s < self._source.stale_s)):
            return kept[1]
        running = self._running.get(key)
        if running is None:
            if wait_s > 0:
                message = f"The calls to {self._source.name} of this minute are used up."
                raise FeedRefused(429, message, f"Ask again in {math.ceil(wait_s)} s.")
            self._calls.append(self._clock())
            running = self._running[key] = asyncio.create_task(self._ask(key))
            running.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(running)

    def _finished(self, key: _Key, task: "asyncio.Task[Fetched]") -> None:
        self._running.pop(key, None)
        if task.cancelled() or task.exception():
            return
        self._kept[key] = (self._clock(), task.result())
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def _ask(self, key: _Key) -> Fetched:
        """Ask with a token, and with a new one where the platform no longer takes it (RFC 6750, section 3.1)."""
        used = await self._bearer()
        try:
            return await self._call(key, used)
        except FeedRefused as error:
            if error.status != 401 or not used:
                raise
        if self._token == used:
            self._token = ""
        self._calls.append(self._clock())
        return await self._call(key, await self._bearer())

    async def _call(self, key: _Key, token: str) -> Fetched:
        url, chosen, columns = key
        wanted = {"$format": "JSON", "$filter": chosen, "$select": columns}
        params = {name: value for name, value in wanted.items() if value}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._fetcher.get(self._source, url=url, params=params, headers=headers)

    async def _bearer(self) -> str:
        """A token that holds; empty for a visitor. Whoever comes while it is renewed waits for the new one."""
        if self._source.key is None:
            return ""
        async with self._renewing:
            if not self._token or self._clock() >= self._token_ends:
                await self._renew(self._source.key.get_secret_value())
            return self._token

    async def _renew(self, key: str) -> None:
        """A new token for the client's id and secret (OAuth 2.0, RFC 6749, section 4.4)."""
        client, colon, secret = key.partition(":")
        url = str(self._source.options.get("token_url", ""))
        if not colon or not url:
            message = f"{self._source.name} lacks the option token_url, or a key of the form id:secret."
            raise FeedRefused(0, message, "Correct the city's data and the key in the environment.")
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        answer = json_object((await self._fetcher.post(self._source, url=url, data=form)).content, STANDARD)
        token, life_s = text(answer.get("access_token")), number(answer.get("expires_in"))
        if not token or not token.isascii() or " " in token:
            raise malformed(STANDARD, "the token service sent no token")
        self._token = token
        self._token_ends = self._clock() + max(_EARLY_S, life_s or 0.0) - _EARLY_S

    def _wait_s(self) -> float:
        """Seconds until one more call may be made; 0 where it may be made now."""
        now = self._clock()
        while self._calls and now - self._calls[0] >= _MINUTE_S:
            self._calls.popleft()
        return self._calls[-self._most_calls] + _MINUTE_S - now if len(self._calls) >= self._most_calls else 0.0


def _any_of(column: str, values: Sequence[str]) -> str:
    """A filter of OData 4 for one of some values; a quote in a value is doubled (OData 4, ABNF: SQUOTE)."""
    if any(len(value) > 64 for value in values) or len(values) > 50:
        raise FeedRefused(0, "Too much is asked of TDX at once.", "Name fewer stops.")
    return " or ".join(f"{column} eq '{value.replace(chr(39), chr(39) * 2)}'" for value in values)
