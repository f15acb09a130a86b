"""What the feeds of buses give for one question: lists first, then estimates, announcements and updates of a stop."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.errors import FeedError, FeedMalformed
from assistant.feeds.base import FeedSource, Parsed
from assistant.feeds.gtfs_realtime import Realtime, read_realtime
from assistant.feeds.tdx_records import BusEstimate, ServiceAlert
from assistant.schema import Lang
from assistant.tools.base import Desk, Request
from assistant.tools.stock import Stock
from assistant.tools.stops import StopIndex
from assistant.tools.tdx_platform import tdx_of
from assistant.tools.transit import BusNetwork, Timetable, is_of_now, network_of, sources_of, timetable_of, tried

ESTIMATES, SCHEDULE, REALTIME, ALERTS = "estimates", "schedule", "realtime", "alerts"
_MOST_POLES = 50  # that TDX takes in one question


@dataclass(slots=True)
class BusFeeds:
    """What came; None where a feed gave nothing, and then its fault under its part, unless the city has none.

    Attributes:
        sources: the feeds by part; the announcements are of the same one as the estimates.
    """

    sources: Mapping[str, FeedSource]
    faults: dict[str, FeedError]
    network: Stock[BusNetwork] | None = None
    timetable: Stock[Timetable] | None = None
    estimates: Parsed[BusEstimate] | None = None
    alerts: Parsed[ServiceAlert] | None = None
    realtime: Realtime | None = None

    @property
    def stops(self) -> StopIndex | None:
        """The stops by name, of TDX before those of the timetable."""
        found = self.network or self.timetable
        return found.content.stops if found else None

    def source(self, part: str) -> FeedSource:
        """The feed of a part that has one."""
        return self.sources[ESTIMATES if part == ALERTS else part]

    def publisher(self, part: str, lang: Lang) -> str:
        """Who publishes a part."""
        source = self.source(part)
        return source.publisher.get(lang) or source.name

    def estimated_at(self) -> datetime | None:
        """When the newest of the estimates was made."""
        rows = self.estimates.records if self.estimates else ()
        return max((row.estimate.observed_at for row in rows if row.estimate.observed_at), default=None)

    def has_estimates(self, request: Request) -> bool:
        """Whether there are estimates of now."""
        rows = self.estimates.records if self.estimates else ()
        return any(is_of_now(request, self.source(ESTIMATES), row.estimate.observed_at) for row in rows)

    def has_timetable(self, request: Request) -> bool:
        """Whether there is a timetable that says anything about today."""
        return self.timetable is not None and self.timetable.content.schedule.calendar.knows(request.now.date())

    def has_updates(self, request: Request) -> bool:
        """Whether there are updates of the timetable of now."""
        return self.realtime is not None and is_of_now(request, self.source(REALTIME), self.read_at(REALTIME))

    def read_at(self, part: str) -> datetime | None:
        """When a feed said what holds for all of it."""
        if part == SCHEDULE:
            return self.timetable.loaded_at if self.timetable else None
        if part == REALTIME:
            return (self.realtime.published_at or self.realtime.fetched_at) if self.realtime else None
        if part == ALERTS and self.alerts:
            times = [one.observed_at for one in self.alerts.records if one.observed_at]
            return max(times, default=self.alerts.fetched_at)
        return self.estimated_at() or (self.network.loaded_at if self.network else None)


async def load_feeds(request: Request, desk: Desk, until: float) -> BusFeeds:
    """The lists of stops and routes, and the timetable, as far as they are there.

    Raises:
        FeedError: there are no stops, so that nothing can be asked for.
    """
    feeds = BusFeeds(sources_of(desk, request.service, (ESTIMATES, SCHEDULE, REALTIME)), {})

    async def network(source: FeedSource) -> None:
        found = await tried(network_of(request, desk, source), until)
        if isinstance(found, FeedError):
            feeds.faults[ESTIMATES] = found
        else:
            feeds.network = found

    async def timetable(source: FeedSource) -> None:
        found = await tried(timetable_of(request, desk, source), until)
        if isinstance(found, FeedError):
            feeds.faults[SCHEDULE] = found
        else:
            feeds.timetable = found

    loads = {ESTIMATES: network, SCHEDULE: timetable}
    await asyncio.gather(*(load(feeds.sources[part]) for part, load in loads.items() if part in feeds.sources))
    if feeds.stops is None:
        no_stops = FeedMalformed("No feed names the stops of the buses.", "Set up “estimates” or “schedule”.")
        for part, fault in feeds.faults.items():
            fault.feed = feeds.source(part).name
            raise fault
        raise no_stops
    return feeds


async def ask_feeds(desk: Desk, feeds: BusFeeds, poles: Sequence[str], until: float) -> None:
    """Add what TDX says of some poles, what is announced, and the updates of the timetable, all asked at once."""

    async def estimates() -> None:
        tdx = await tdx_of(desk, feeds.source(ESTIMATES))
        found, alerts = await asyncio.gather(
            tried(tdx.bus_estimates_at(poles[:_MOST_POLES]), until), tried(tdx.bus_alerts(), until)
        )
        if isinstance(found, Parsed):  # a platform that passes over the filter sends the whole city
            feeds.estimates = replace(found, records=tuple(row for row in found.records if row.stop in poles))
        feeds.alerts = None if isinstance(alerts, FeedError) else alerts
        faults = {ESTIMATES: found, ALERTS: alerts}
        feeds.faults.update({part: fault for part, fault in faults.items() if isinstance(fault, FeedError)})

    async def realtime() -> None:
        found = await tried(read_realtime(desk.fetcher, feeds.source(REALTIME)), until)
        if isinstance(found, Realtime) and found.differential:
            found = FeedMalformed("This GTFS-Realtime message holds changes only.", "Set that of whole messages.")
        if isinstance(found, FeedError):
            feeds.faults[REALTIME] = found
        else:
            feeds.realtime = found

    work = [estimates()] if feeds.network else []
    work += [realtime()] if REALTIME in feeds.sources else []
    await asyncio.gather(*work)
