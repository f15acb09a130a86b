"""What the feeds of metro and light rail give for one question: boards, announcements, and timetables."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource, Parsed
from assistant.feeds.tdx_records import FirstLast, MetroArrival, ServiceAlert
from assistant.tools.base import Desk, Request
from assistant.tools.stock import Stock, stocked
from assistant.tools.tdx_platform import tdx_of
from assistant.tools.transit import LOADING_S, Timetable, is_of_now, sources_of, timetable_of, tried

BOARDS, ALERTS, TIMES, SCHEDULE = "boards", "alerts", "times", "schedule"
_DAY_S = 86_400.0


@dataclass(slots=True)
class RailFeeds:
    """What came, by system ("metro", "light_rail"); `faults` by part and system, the timetable's without one."""

    sources: Mapping[str, FeedSource]
    boards: dict[str, Parsed[MetroArrival]] = field(default_factory=dict)
    alerts: dict[str, Parsed[ServiceAlert]] = field(default_factory=dict)
    times: dict[str, Stock[tuple[FirstLast, ...]]] = field(default_factory=dict)
    timetable: Stock[Timetable] | None = None
    faults: dict[tuple[str, str], FeedError] = field(default_factory=dict)

    def source(self, part: str) -> FeedSource:
        """The feed of a part: the boards' one has the announcements and the first and last trains too."""
        return self.sources[SCHEDULE if part == SCHEDULE else BOARDS]

    def rows(self, request: Request) -> tuple[MetroArrival, ...]:
        """The rows of all boards that are of now."""
        rows = (row for board in self.boards.values() for row in board.records)
        return tuple(row for row in rows if is_of_now(request, self.source(BOARDS), row.estimate.observed_at))

    def old_boards(self, request: Request) -> dict[str, datetime]:
        """The systems whose board is not of now, with when it was."""
        old = {}
        for system, board in self.boards.items():
            times = [row.estimate.observed_at for row in board.records if row.estimate.observed_at]
            if times and not any(is_of_now(request, self.source(BOARDS), time) for time in times):
                old[system] = max(times)
        return old

    def announced(self) -> tuple[ServiceAlert, ...]:
        """All announcements."""
        return tuple(alert for alerts in self.alerts.values() for alert in alerts.records)

    def announced_at(self) -> datetime | None:
        """When the operators' announcements were made or had, the oldest system's."""
        times = [
            max((one.observed_at for one in alerts.records if one.observed_at), default=alerts.fetched_at)
            for alerts in self.alerts.values()
        ]
        return min((time for time in times if time), default=None)


async def ask_rail(request: Request, desk: Desk, systems: Iterable[str], until: float) -> RailFeeds:
    """Boards and announcements of some systems, and the timetable as far as it is there.

    Raises:
        FeedUnreachable: no feed is set up.
    """
    feeds = RailFeeds(sources_of(desk, request.service, (BOARDS, SCHEDULE)))

    async def system(name: str) -> None:
        source = feeds.sources[BOARDS]
        tdx, code = await tdx_of(desk, source), str(source.options.get(name, name))
        board, alerts = await asyncio.gather(
            tried(tdx.metro_arrivals(code), until), tried(tdx.metro_alerts(code), until)
        )
        if isinstance(board, FeedError):
            feeds.faults[BOARDS, name] = board
        else:
            feeds.boards[name] = board
        if isinstance(alerts, FeedError):
            feeds.faults[ALERTS, name] = alerts
        else:
            feeds.alerts[name] = alerts

    async def timetable(source: FeedSource) -> None:
        found = await tried(timetable_of(request, desk, source), until)
        if isinstance(found, FeedError):
            feeds.faults[SCHEDULE, ""] = found
        else:
            feeds.timetable = found

    work = [system(name) for name in systems] if BOARDS in feeds.sources else []
    work += [timetable(feeds.sources[SCHEDULE])] if SCHEDULE in feeds.sources else []
    await asyncio.gather(*work)
    return feeds


async def ask_times(request: Request, desk: Desk, feeds: RailFeeds, systems: Iterable[str], until: float) -> None:
    """Add the first and last trains of some systems, which are loaded once a day."""
    source = feeds.source(BOARDS)

    async def of_system(name: str) -> None:
        code = str(source.options.get(name, name))

        async def load(_: object) -> tuple[FirstLast, ...]:
            return (await (await tdx_of(desk, source)).first_last(code)).records

        kept = stocked(
            desk, f"first-last:{source.name}:{code}", load, now=request.now, keep_s=_DAY_S, patience_s=LOADING_S
        )
        found = await tried(kept, until)
        if isinstance(found, FeedError):
            feeds.faults[TIMES, name] = found
        else:
            feeds.times[name] = found

    await asyncio.gather(*(of_system(name) for name in systems))
