"""GTFS-Flex: the zones of rides on demand, when they may be had, and how to book them."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.booking import BookingRule, parse_booking_rule
from assistant.feeds.geometry import Geometry, Point, parse_geometry
from assistant.feeds.gtfs_archive import Archive, Row, ServiceCalendar, read_calendar, zone_of
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.values import clock_s, items, json_object, malformed, members, parse_each, text

STANDARD = "GTFS-Flex"
_NOT_OFFERED = "1"  # of pickup_type and drop_off_type
_STARTS = ("start_pickup_drop_off_window", "start_pickup_dropoff_window")  # the draft wrote dropoff
_ENDS = ("end_pickup_drop_off_window", "end_pickup_dropoff_window")


@dataclass(frozen=True, slots=True)
class FlexZone:
    """An area of locations.geojson; `name` is empty where it has none."""

    id: str
    name: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class FlexWindow:
    """During which part of a service day a trip picks up or sets down at some places.

    Attributes:
        places: ids of zones or stops.
        start_s, end_s: seconds of the service day, which may exceed 24 hours.
    """

    trip: str
    route: str
    service: str
    places: tuple[str, ...]
    start_s: int
    end_s: int
    picks_up: bool
    sets_down: bool
    pickup_rule: BookingRule | None
    drop_off_rule: BookingRule | None


@dataclass(frozen=True, slots=True)
class FlexRide:
    """A window on a day, with its times, aware."""

    window: FlexWindow
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class FlexServices:
    """All services on demand of an archive; `route_names` are as published, by route."""

    zones: Mapping[str, FlexZone]
    windows: tuple[FlexWindow, ...]
    rules: Mapping[str, BookingRule]
    route_names: Mapping[str, str]
    calendar: ServiceCalendar
    skipped: int

    def zones_at(self, point: Point) -> tuple[FlexZone, ...]:
        """The zones in which a point lies."""
        return tuple(zone for zone in self.zones.values() if zone.geometry.contains(point))

    def pickups(self, point: Point, on: date) -> tuple[FlexRide, ...]:
        """When someone can be picked up at a point on a service day; earliest first."""
        here = {zone.id for zone in self.zones_at(point)}
        found = [
            FlexRide(window, self.calendar.time_of(on, window.start_s), self.calendar.time_of(on, window.end_s))
            for window in self.windows
            if window.picks_up and here.intersection(window.places) and self.calendar.runs(window.service, on)
        ]
        return tuple(sorted(found, key=lambda ride: (ride.start, ride.end)))

    def pickups_after(self, point: Point, when: datetime, days: int = 7) -> tuple[FlexRide, ...]:
        """Pickups at a point that have not ended at a moment, of the first service day that has any."""
        today = when.astimezone(self.calendar.zone).date()
        for ahead in range(-1, days):
            found = tuple(ride for ride in self.pickups(point, today + timedelta(days=ahead)) if ride.end > when)
            if found:
                return found
        return ()


async def read_flex_services(fetcher: Fetcher, source: FeedSource) -> FlexServices:
    """The services on demand that a source has now.

    Raises:
        FeedError: as `Fetcher.get` and `parse_flex_services`.
    """
    fetched = await fetcher.get(source, params=key_params(source), headers=key_headers(source))
    return await to_thread(parse_flex_services, fetched.content)


def parse_flex_services(content: bytes) -> FlexServices:
    """Read an archive (GTFS-Flex as adopted in 2024, https://gtfs.org/community/extensions/flex/).

    Both ways of naming the place of a call are read: `location_id` and `location_group_id`, and the draft's use of
    `stop_id` for them, with stop_areas.txt. An archive without services on demand has none.

    Raises:
        FeedMalformed, FeedTooLarge: the archive or its locations.geojson cannot be read.
    """
    archive = Archive(content)
    zone = zone_of(archive)
    zones, skipped = _read_zones(archive)
    rules = {
        row["booking_rule_id"]: parse_booking_rule(row)
        for row in archive.rows("booking_rules.txt", "booking_rule_id", "booking_type")
    }
    groups = _read_groups(archive)
    trips = {
        row["trip_id"]: (row.get("route_id", ""), row.get("service_id", ""))
        for row in archive.rows("trips.txt", "trip_id", "route_id", "service_id")
        if row.get("trip_id")
    }
    windows = list(_read_windows(archive, trips, groups, rules))
    return FlexServices(
        zones=zones,
        windows=tuple(window for window in windows if window),
        rules=rules,
        route_names={
            row["route_id"]: text(row.get("route_long_name")) or text(row.get("route_short_name"))
            for row in archive.rows("routes.txt", "route_id")
            if row.get("route_id")
        },
        calendar=read_calendar(archive, zone),
        skipped=skipped + windows.count(None),
    )


def _read_zones(archive: Archive) -> tuple[dict[str, FlexZone], int]:
    content = archive.content("locations.geojson")
    if not content:
        return {}, 0
    document = json_object(content, STANDARD)
    if document.get("type") != "FeatureCollection":
        raise malformed(STANDARD, "locations.geojson is no FeatureCollection")
    parsed = parse_each(items(document.get("features")), _zone)
    return {zone.id: zone for zone in parsed.records}, parsed.skipped


def _zone(feature: Mapping[str, object]) -> FlexZone | None:
    geometry, own = parse_geometry(feature.get("geometry")), members(feature.get("properties"))
    found = text(feature.get("id")) or text(own.get("stop_id"))
    if not found or geometry is None or geometry.kind not in {"Polygon", "MultiPolygon"}:
        return None
    return FlexZone(found, text(own.get("stop_name")) or text(own.get("name")), geometry)


def _read_groups(archive: Archive) -> dict[str, tuple[str, ...]]:
    """The stops or zones of a group: location_group_stops.txt, and in the draft stop_areas.txt."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for table, column in (("location_group_stops.txt", "location_group_id"), ("stop_areas.txt", "area_id")):
        for row in archive.rows(table):
            if row.get(column) and row.get("stop_id"):
                groups[row[column]].append(row["stop_id"])
    return {group: tuple(places) for group, places in groups.items()}


def _read_windows(
    archive: Archive,
    trips: Mapping[str, tuple[str, str]],
    groups: Mapping[str, tuple[str, ...]],
    rules: Mapping[str, BookingRule],
) -> Iterator[FlexWindow | None]:
    """The windows of stop_times.txt; None for a row that has one but cannot be used."""
    for row in archive.rows("stop_times.txt", "trip_id"):
        start, end = _first(row, _STARTS), _first(row, _ENDS)
        if not start and not end:
            continue
        start_s, end_s = clock_s(start), clock_s(end)
        named = row.get("location_group_id") or row.get("location_id") or row.get("stop_id", "")
        if start_s is None or end_s is None or end_s < start_s or row["trip_id"] not in trips or not named:
            yield None
            continue
        route, service = trips[row["trip_id"]]
        yield FlexWindow(
            trip=row["trip_id"],
            route=route,
            service=service,
            places=groups.get(named, (named,)),
            start_s=start_s,
            end_s=end_s,
            picks_up=row.get("pickup_type") != _NOT_OFFERED,
            sets_down=row.get("drop_off_type") != _NOT_OFFERED,
            pickup_rule=rules.get(row.get("pickup_booking_rule_id", "")),
            drop_off_rule=rules.get(row.get("drop_off_booking_rule_id", "")),
        )


def _first(row: Row, columns: tuple[str, ...]) -> str:
    return next((row[column] for column in columns if row.get(column)), "")
