"""Public bikes by the General Bikeshare Feed Specification (GBFS 1 to 3): a system with what it has now."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from assistant.errors import FeedError, FeedMalformed
from assistant.feeds.base import FeedSource, Fetched, Fetcher, Parsed
from assistant.feeds.gbfs_records import (
    STANDARD,
    Station,
    StationStatus,
    SystemAlert,
    SystemInformation,
    Vehicle,
    VehicleType,
    open_envelope,
    parse_alerts,
    parse_discovery,
    parse_station_status,
    parse_stations,
    parse_system_information,
    parse_vehicle_types,
    parse_vehicles,
)
from assistant.feeds.values import malformed

_LIKED = ("zh", "en")
_MOST_LANGUAGES = 2
_STATIONS = "station_information"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BikeShare:
    """A system as its feeds describe it.

    Attributes:
        status: by station; one that is missing is not known, and not empty.
        missing: documents that the system lists and that could not be had or read, each with the reason.
        updated_at: when the publisher last updated what changes all the time, the oldest of these documents.
        fetched_at: when the publisher last gave out the oldest of these.
        skipped: stations, vehicles and messages that could not be read.
    """

    information: SystemInformation | None
    stations: tuple[Station, ...]
    status: Mapping[str, StationStatus]
    vehicles: tuple[Vehicle, ...]
    vehicle_types: Mapping[str, VehicleType]
    alerts: tuple[SystemAlert, ...]
    missing: Mapping[str, str]
    skipped: int
    updated_at: datetime | None
    fetched_at: datetime


async def read_gbfs(fetcher: Fetcher, source: FeedSource) -> BikeShare:
    """Fetch and read a system from its gbfs.json (https://gbfs.org/specification/reference/).

    Each document is asked for again when its own `ttl` has passed. Names come in up to two languages.

    Raises:
        FeedError: gbfs.json, or what says where vehicles are, cannot be had or read.
    """
    start = await fetcher.get(source, age_of=_age_s)
    feeds = parse_discovery(start.content)
    languages = sorted(feeds, key=_liking)[:_MOST_LANGUAGES]
    reading = _Reading(fetcher, source, feeds[languages[0]])
    live = [name for name in ("station_status", "vehicle_status", "free_bike_status") if name in reading.feeds]
    if not live:
        raise malformed(STANDARD, "gbfs.json lists neither station_status nor vehicle_status")
    status, vehicles, types, alerts, information, stations = await asyncio.gather(
        reading.needed("station_status", parse_station_status),
        reading.needed("vehicle_status" if "vehicle_status" in live else "free_bike_status", parse_vehicles),
        reading.wanted("vehicle_types", parse_vehicle_types),
        reading.wanted("system_alerts", partial(parse_alerts, language=languages[0])),
        reading.wanted("system_information", parse_system_information),
        reading.stations({one: feeds[one] for one in languages}),
    )
    return BikeShare(
        information=information,
        stations=stations.records,
        status={one.station_id: one for one in _records(status)},
        vehicles=_records(vehicles),
        vehicle_types={one.id: one for one in _records(types)},
        alerts=_records(alerts),
        missing=dict(reading.missing),
        skipped=sum(one.skipped for one in (status, vehicles, types, alerts, stations) if one),
        updated_at=min(reading.updated, default=None),
        fetched_at=min(reading.fetched),
    )


class _Reading:
    """One look at a system: its addresses in one language, and what was missing."""

    def __init__(
        self,
        fetcher: Fetcher,
        source: FeedSource,
        feeds: Mapping[str, str],
        missing: dict[str, str] | None = None,
    ) -> None:
        self.feeds = feeds
        self.missing = {} if missing is None else missing
        self.updated: list[datetime] = []
        self.fetched: list[datetime] = []
        self._fetcher = fetcher
        self._source = source

    async def needed(self, name: str, parse: Callable[[bytes], Result]) -> Result | None:
        """A document that the answer rests on; None where the system has none."""
        if name not in self.feeds:
            return None
        fetched = await self._fetch(name)
        self.fetched.append(fetched.fetched_at)
        if updated_at := open_envelope(fetched.content).updated_at:
            self.updated.append(updated_at)
        return parse(fetched.content)

    async def wanted(self, name: str, parse: Callable[[bytes], Result]) -> Result | None:
        """A document without which the others still say something."""
        if name not in self.feeds:
            return None
        try:
            return parse((await self._fetch(name)).content)
        except FeedError as error:
            self.missing[name] = error.message
            return None

    async def stations(self, feeds: Mapping[str, Mapping[str, str]]) -> Parsed[Station]:
        """The stations with their names in each language; the first one says what else there is."""
        known: dict[str, Station] = {}
        skipped = 0
        for language, addresses in feeds.items():
            parse = partial(parse_stations, language=language)
            parsed = await _Reading(self._fetcher, self._source, addresses, self.missing).wanted(_STATIONS, parse)
            for station in _records(parsed):
                before = known.get(station.id)
                known[station.id] = replace(before, name={**station.name, **before.name}) if before else station
            skipped = max(skipped, parsed.skipped if parsed else 0)
        return Parsed(tuple(known.values()), skipped)

    async def _fetch(self, name: str) -> Fetched:
        return await self._fetcher.get(self._source, url=self.feeds[name], age_of=_age_s)


def _age_s(content: bytes) -> float:
    try:
        return open_envelope(content).fresh_s(datetime.now(UTC))
    except FeedMalformed:
        return 0.0


def _liking(language: str) -> int:
    """Where a language stands among those that readers of this city read."""
    primary = language.lower().partition("-")[0]
    return _LIKED.index(primary) if primary in _LIKED else len(_LIKED)


def _records(parsed: Parsed[Result] | None) -> tuple[Result, ...]:
    return parsed.records if parsed else ()
