"""GTFS schedules: the stops, routes and trips of an archive, and what departs from a stop after a moment."""

import hashlib
from array import array
from asyncio import to_thread
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.gtfs_archive import STANDARD, Archive, Row, ServiceCalendar, read_calendar, zone_of
from assistant.feeds.gtfs_texts import Texts, read_texts
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.values import clock_s, malformed, number, text, whole

_UNKNOWN = -1
_PICKUPS = {"": 0, "0": 0, "2": 2, "3": 3}
_LONGEST_SERVICE_DAY = timedelta(hours=48)
_CALL_COLUMNS = (("trip_id", "stop_sequence"), ("stop_id", "departure_time", "arrival_time", "pickup_type"))
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Agency:
    """Who runs the trips; `id` is empty where the archive has one agency only."""

    id: str
    names: Names
    url: str
    phone: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, station or entrance: `kind` is GTFS's location_type, 0 a stop, 1 a station."""

    id: str
    code: str
    names: Names
    point: Point | None
    parent: str
    kind: int
    wheelchair: bool | None


@dataclass(frozen=True, slots=True)
class Route:
    """A line; `kind` is GTFS's route_type, 3 a bus, 1 a metro, 0 a tram."""

    id: str
    agency: str
    short_names: Names
    long_names: Names
    kind: int | None


@dataclass(frozen=True, slots=True)
class Trip:
    """One journey of a vehicle on each day of its service."""

    id: str
    route: str
    service: str
    headsigns: Names
    direction: int | None
    shape: str
    wheelchair: bool | None


@dataclass(frozen=True, slots=True)
class Departure:
    """A trip that leaves a stop.

    Attributes:
        time: when it is planned, aware. Where only a headway is published: when such service begins at the stop.
        headway_s: seconds between vehicles that keep no timetable; None where `time` is a timetable's.
        until: when a service by headway ends.
        sequence: of the stop in its trip, by which GTFS-Realtime names it.
        pickup: GTFS's pickup_type: 0 regular, 2 after a call to the agency, 3 after a word with the driver.
    """

    stop: Stop
    trip: Trip
    route: Route | None
    service_day: date
    time: datetime
    sequence: int
    pickup: int = 0
    headway_s: int | None = None
    until: datetime | None = None


class _Frequency(NamedTuple):
    start_s: int
    end_s: int
    headway_s: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls at one stop: trip numbers, departures in seconds, sequences and pickups, of the same length."""

    trips: "array[int]" = field(default_factory=lambda: array("I"))
    departures_s: "array[int]" = field(default_factory=lambda: array("i"))
    sequences: "array[int]" = field(default_factory=lambda: array("I"))
    pickups: "array[int]" = field(default_factory=lambda: array("B"))


@dataclass(frozen=True, slots=True)
class Schedule:
    """What an archive says; made by `parse_schedule`.

    Attributes:
        digest: of the archive, by which a new edition is known.
        skipped: rows that could not be read; `untimed`: calls without a time, which are not guessed between others.
    """

    digest: str
    agencies: tuple[Agency, ...]
    stops: Mapping[str, Stop]
    routes: Mapping[str, Route]
    trips: tuple[Trip, ...]
    calendar: ServiceCalendar
    skipped: int
    untimed: int
    _calls: Mapping[str, _Calls]
    _spans: "tuple[array[int], array[int], array[int]]"
    _frequencies: Mapping[int, tuple[_Frequency, ...]]

    def departures(
        self, stop: str, when: datetime, *, within: timedelta = timedelta(hours=2), most: int = 20
    ) -> tuple[Departure, ...]:
        """What leaves a stop, or any stop of a station, between `when` and `within` later; earliest first.

        Times beyond 24:00 belong to the service day before. The last stop of a trip is no departure. An unknown stop
        has none; whether the schedule covers the day at all, `calendar.knows` tells.
        """
        stops = [stop, *(one.id for one in self.stops.values() if one.parent == stop)]
        until = when + within
        found = [departure for one in stops if one in self._calls for departure in self._departures(one, when, until)]
        return tuple(sorted(found, key=lambda departure: max(departure.time, when))[:most])

    def _departures(self, stop: str, when: datetime, until: datetime) -> Iterator[Departure]:
        local = when.astimezone(self.calendar.zone)
        last = until.astimezone(self.calendar.zone).date()
        on = (local - _LONGEST_SERVICE_DAY).date()
        while on <= last:
            runs: dict[str, bool] = {}
            start = self.calendar.time_of(on, 0)
            window = ((when - start).total_seconds(), (until - start).total_seconds())
            calls = self._calls[stop]
            rows = zip(calls.trips, calls.departures_s, calls.sequences, calls.pickups, strict=True)
            for position, departure_s, sequence, pickup in rows:
                frequencies = self._frequencies.get(position, ())
                if not frequencies and not window[0] <= departure_s < window[1]:
                    continue
                trip = self.trips[position]
                if trip.service not in runs:
                    runs[trip.service] = self.calendar.runs(trip.service, on)
                if runs[trip.service] and sequence != self._spans[1][position]:
                    call = _Call(self.stops[stop], position, on, departure_s, sequence, pickup)
                    yield from self._times(call, frequencies, window)
            on += timedelta(days=1)

    def _times(
        self, call: "_Call", frequencies: tuple[_Frequency, ...], window: tuple[float, float]
    ) -> Iterator[Departure]:
        if not frequencies:
            yield self._departure(call, call.departure_s)
            return
        begins_s = self._spans[2][call.trip]
        if begins_s == _UNKNOWN:  # how long after its first stop it comes here is not said
            return
        offset_s = call.departure_s - begins_s
        for start_s, end_s, headway_s, exact in frequencies:
            if exact:
                first = max(0, -(-(int(window[0]) - offset_s - start_s) // headway_s))
                last = min(end_s, int(window[1]) - offset_s)
                yield from (
                    self._departure(call, at + offset_s) for at in range(start_s + first * headway_s, last, headway_s)
                )
            elif start_s + offset_s < window[1] and end_s + offset_s > window[0]:
                yield self._departure(call, start_s + offset_s, headway_s, end_s + offset_s)

    def _departure(
        self, call: "_Call", seconds: int, headway_s: int | None = None, until_s: int | None = None
    ) -> Departure:
        trip = self.trips[call.trip]
        return Departure(
            stop=call.stop,
            trip=trip,
            route=self.routes.get(trip.route),
            service_day=call.on,
            time=self.calendar.time_of(call.on, seconds),
            sequence=call.sequence,
            pickup=call.pickup,
            headway_s=headway_s,
            until=None if until_s is None else self.calendar.time_of(call.on, until_s),
        )


class _Call(NamedTuple):
    stop: Stop
    trip: int
    on: date
    departure_s: int
    sequence: int
    pickup: int


async def read_schedule(fetcher: Fetcher, source: FeedSource, known: Schedule | None = None) -> Schedule:
    """The schedule that a source has now; `known` itself where the archive is the same.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed and FeedTooLarge as `parse_schedule`.
    """
    fetched = await fetcher.get(source, params=key_params(source), headers=key_headers(source))
    if known and known.digest == _digest(fetched.content):
        return known
    return await to_thread(parse_schedule, fetched.content)


def parse_schedule(content: bytes) -> Schedule:
    """Read an archive (GTFS Schedule Reference, https://gtfs.org/documentation/schedule/reference/).

    Of stop_times.txt it keeps four numbers a call; shapes and fares are not read.

    Raises:
        FeedMalformed: no zip, or a table that everything needs is missing or lacks a required column.
        FeedTooLarge: it unpacks to more than is reasonable for a city.
    """
    archive = Archive(content)
    zone = zone_of(archive)
    for table in ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt"):
        if not archive.has(table):
            raise malformed(STANDARD, f"it has no {table}")
    texts = read_texts(archive)
    stops = {row["stop_id"]: _stop(row, texts) for row in archive.rows("stops.txt", "stop_id") if row.get("stop_id")}
    routes = {
        row["route_id"]: _route(row, texts) for row in archive.rows("routes.txt", "route_id") if row.get("route_id")
    }
    rows = archive.rows("trips.txt", "route_id", "service_id", "trip_id")
    trips = tuple(_trip(row, texts) for row in rows if row.get("trip_id"))
    numbers = {trip.id: i for i, trip in enumerate(trips)}
    calls = _read_calls(archive, numbers, stops)
    return Schedule(
        digest=_digest(content),
        agencies=tuple(_agency(row, texts) for row in archive.rows("agency.txt", "agency_name")),
        stops=stops,
        routes=routes,
        trips=trips,
        calendar=read_calendar(archive, zone),
        skipped=calls.skipped,
        untimed=calls.untimed,
        _calls=calls.by_stop,
        _spans=calls.spans,
        _frequencies=_read_frequencies(archive, numbers),
    )


def parse_shape(content: bytes, shape: str) -> tuple[Point, ...]:
    """The line of a shape, in order; empty where the archive has none, or one with a point that is none.

    Raises:
        FeedMalformed, FeedTooLarge: as `parse_schedule`.
    """
    columns = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    found = [cells[1:] for cells in Archive(content).cells("shapes.txt", columns, ()) if cells[0] == shape]
    points = [(whole(place), parse_point(lat, lon)) for lat, lon, place in found]
    line = sorted((place, point.lat, point.lon) for place, point in points if place is not None and point)
    return tuple(Point(lat, lon) for _, lat, lon in line) if len(line) == len(points) else ()


class _AllCalls(NamedTuple):
    """Calls by stop; by trip the first and last sequence and the first departure in seconds."""

    by_stop: Mapping[str, _Calls]
    spans: "tuple[array[int], array[int], array[int]]"
    skipped: int
    untimed: int


def _read_calls(archive: Archive, numbers: Mapping[str, int], stops: Mapping[str, Stop]) -> _AllCalls:
    by_stop: defaultdict[str, _Calls] = defaultdict(_Calls)
    unset = 2**31
    first, last = array("I", [unset]) * len(numbers), array("I", [0]) * len(numbers)
    begins_s = array("i", [0]) * len(numbers)
    skipped = untimed = 0
    clocks: dict[str, int | None] = {}  # the same times occur again and again
    for name, sequence, stop, departure, arrival, pickup in archive.cells("stop_times.txt", *_CALL_COLUMNS):
        trip = numbers.get(name)
        if trip is None or not (sequence.isascii() and sequence.isdecimal() and len(sequence) < 10):
            skipped += 1
            continue
        place = int(sequence)
        at = departure or arrival
        if at not in clocks:
            clocks[at] = clock_s(at)
        departure_s = clocks[at]
        last[trip] = max(last[trip], place)
        if place < first[trip]:
            first[trip], begins_s[trip] = place, _UNKNOWN if departure_s is None else departure_s
        if stop not in stops:
            skipped += bool(stop)  # GTFS-Flex calls at areas, which are not in stops.txt
        elif departure_s is None:
            untimed += 1
        elif pickup in _PICKUPS:
            calls = by_stop[stop]
            calls.trips.append(trip)
            calls.departures_s.append(departure_s)
            calls.sequences.append(place)
            calls.pickups.append(_PICKUPS[pickup])
    return _AllCalls(dict(by_stop), (first, last, begins_s), skipped, untimed)


def _read_frequencies(archive: Archive, numbers: Mapping[str, int]) -> dict[int, tuple[_Frequency, ...]]:
    found: defaultdict[int, list[_Frequency]] = defaultdict(list)
    for row in archive.rows("frequencies.txt", "trip_id", "start_time", "end_time", "headway_secs"):
        trip = numbers.get(row["trip_id"])
        start_s, end_s = clock_s(row.get("start_time")), clock_s(row.get("end_time"))
        headway_s = whole(row.get("headway_secs"))
        if trip is not None and start_s is not None and end_s is not None and headway_s and headway_s > 0:
            found[trip].append(_Frequency(start_s, end_s, headway_s, row.get("exact_times") == "1"))
    return {trip: tuple(each) for trip, each in found.items()}


def _agency(row: Row, texts: Texts) -> Agency:
    return Agency(
        id=row.get("agency_id", ""),
        names=texts.of("agency", "agency_name", row.get("agency_id", ""), row.get("agency_name", "")),
        url=text(row.get("agency_url")),
        phone=text(row.get("agency_phone")),
    )


def _stop(row: Row, texts: Texts) -> Stop:
    return Stop(
        id=row["stop_id"],
        code=row.get("stop_code", ""),
        names=texts.of("stops", "stop_name", row["stop_id"], row.get("stop_name", "")),
        point=parse_point(row.get("stop_lat"), row.get("stop_lon")),
        parent=row.get("parent_station", ""),
        kind=whole(row.get("location_type")) or 0,
        wheelchair={"1": True, "2": False}.get(row.get("wheelchair_boarding", "")),
    )


def _route(row: Row, texts: Texts) -> Route:
    kind = number(row.get("route_type"))
    return Route(
        id=row["route_id"],
        agency=row.get("agency_id", ""),
        short_names=texts.of("routes", "route_short_name", row["route_id"], row.get("route_short_name", "")),
        long_names=texts.of("routes", "route_long_name", row["route_id"], row.get("route_long_name", "")),
        kind=None if kind is None else int(kind),
    )


def _trip(row: Row, texts: Texts) -> Trip:
    return Trip(
        id=row["trip_id"],
        route=row.get("route_id", ""),
        service=row.get("service_id", ""),
        headsigns=texts.of("trips", "trip_headsign", row["trip_id"], row.get("trip_headsign", "")),
        direction=whole(row.get("direction_id")),
        shape=row.get("shape_id", ""),
        wheelchair={"1": True, "2": False}.get(row.get("wheelchair_accessible", "")),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
