"""The timetables of the demonstration city as a GTFS archive, and its live state as GTFS-Realtime."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from google.transit import gtfs_realtime_pb2 as pb
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.demo.scene import Scene
from assistant.demo.transit import Line, Run, bus_lines, rail_lines, runs_near, service_name, trip_name
from assistant.demo.world import SIMULATED, World, answer
from assistant.feeds.geometry import Point

_KINDS = {"bus": "3", "metro": "1", "light_rail": "0"}
_ZIPPED_AT = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same timetable
_BEFORE, _AFTER = timedelta(0), timedelta(minutes=40)
_RAIL_END_S = 24 * 3600
Rows = Iterable[tuple[object, ...]]


def gtfs_routes(world: World) -> list[Route]:
    """The archive (https://gtfs.org/documentation/schedule/reference/) and the messages (GTFS-Realtime 2.0)."""
    lines = (*bus_lines(world.sites), *rail_lines(world.sites))
    made: dict[date, bytes] = {}

    def schedule(_: Request) -> Response:
        month = world.scene().now.date().replace(day=1)
        if month not in made:
            made.clear()
            made[month] = archive(world, lines, month)
        return answer(made[month], "application/zip")

    def live(*parts: Callable[[pb.FeedMessage, Scene, tuple[Line, ...]], None]) -> Callable[[Request], Response]:
        def answer_live(_: Request) -> Response:
            return answer(message(world.scene(), lines, parts), "application/x-protobuf")

        return answer_live

    return [
        Route("/gtfs/schedule.zip", schedule),
        Route("/gtfs/realtime.pb", live(add_updates, add_vehicles, add_alerts)),
        Route("/gtfs/trip-updates.pb", live(add_updates)),
        Route("/gtfs/vehicles.pb", live(add_vehicles)),
        Route("/gtfs/alerts.pb", live(add_alerts)),
    ]


def archive(world: World, lines: tuple[Line, ...], month: date) -> bytes:
    """The zip file for three months around a month's first day."""
    ends = month + timedelta(days=93)
    span = ((month - timedelta(days=31)).strftime("%Y%m%d"), ends.strftime("%Y%m%d"))
    name = f"{world.city.name['zh-TW']} {SIMULATED['zh-TW']}"
    zone = str(world.city.timezone)
    tables: dict[str, tuple[str, Rows]] = {
        "agency.txt": (
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang",
            [("demo", name, "http://127.0.0.1/", zone, "zh-TW")],
        ),
        "feed_info.txt": (
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_version",
            [(name, "http://127.0.0.1/", "zh-TW", f"simulated-{month.isoformat()}")],
        ),
        "calendar.txt": (
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            [("weekday", 1, 1, 1, 1, 1, 0, 0, *span), ("weekend", 0, 0, 0, 0, 0, 1, 1, *span)],
        ),
        "stops.txt": ("stop_id,stop_code,stop_name,stop_lat,stop_lon,wheelchair_boarding", _stops(lines)),
        "routes.txt": ("route_id,agency_id,route_short_name,route_long_name,route_type", _routes(lines)),
        "trips.txt": ("route_id,service_id,trip_id,trip_headsign,direction_id,wheelchair_accessible", _trips(lines)),
        "stop_times.txt": ("trip_id,arrival_time,departure_time,stop_id,stop_sequence", _stop_times(lines)),
        "frequencies.txt": ("trip_id,start_time,end_time,headway_secs,exact_times", _frequencies(lines)),
        "translations.txt": ("table_name,field_name,language,translation,field_value", _translations(lines)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for table, (header, rows) in tables.items():
            written = io.StringIO()
            csv.writer(written).writerows([header.split(","), *rows])
            info = zipfile.ZipInfo(table, _ZIPPED_AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            files.writestr(info, written.getvalue())
    return packed.getvalue()


def message(
    scene: Scene, lines: tuple[Line, ...], parts: Iterable[Callable[[pb.FeedMessage, Scene, tuple[Line, ...]], None]]
) -> bytes:
    """A FeedMessage with the whole state of the buses now; trains run by headway and have none."""
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = int(scene.now.timestamp())
    for add in parts:
        add(feed, scene, lines)
    return bytes(feed.SerializeToString(deterministic=True))


def add_updates(feed: pb.FeedMessage, scene: Scene, lines: tuple[Line, ...]) -> None:
    """Trip updates of the buses that are under way or about to start."""
    for run in _runs(scene, lines):
        entity = feed.entity.add(id=f"update-{run.trip}")
        update = entity.trip_update
        _name_trip(update.trip, run)
        update.timestamp = int(scene.now.timestamp()) // 20 * 20
        if not run.line.runs_in(scene, scene.now):
            update.trip.schedule_relationship = pb.TripDescriptor.CANCELED
            continue
        update.vehicle.id = _plate(scene, run)
        skipped = run.line.leaves_out(scene, scene.now)
        for sequence, call in enumerate(run.line.calls, start=1):
            if run.expected(scene, call) < scene.now:
                continue
            stop = update.stop_time_update.add(stop_sequence=sequence, stop_id=call.stop)
            if call.stop in skipped:
                stop.schedule_relationship = pb.TripUpdate.StopTimeUpdate.SKIPPED
                continue
            for event in (stop.arrival, stop.departure):
                event.delay = run.delay_s(scene, call)
                event.time = int(run.expected(scene, call).timestamp())


def add_vehicles(feed: pb.FeedMessage, scene: Scene, lines: tuple[Line, ...]) -> None:
    """Where the buses are that are under way."""
    for run in _runs(scene, lines):
        if not run.line.runs_in(scene, scene.now) or run.expected(scene, run.line.calls[0]) > scene.now:
            continue
        sequence, point = position(scene, run, scene.now)
        vehicle = feed.entity.add(id=f"vehicle-{run.trip}").vehicle
        _name_trip(vehicle.trip, run)
        vehicle.vehicle.id = vehicle.vehicle.license_plate = _plate(scene, run)
        vehicle.position.latitude, vehicle.position.longitude = point.lat, point.lon
        vehicle.current_stop_sequence = sequence
        vehicle.stop_id = run.line.calls[sequence - 1].stop
        vehicle.current_status = pb.VehiclePosition.IN_TRANSIT_TO
        vehicle.timestamp = int(scene.now.timestamp()) // 20 * 20
        full = scene.share("occupancy", run.trip, scene.now.date().isoformat())
        vehicle.occupancy_status = min(4, int(full * 5))


def add_alerts(feed: pb.FeedMessage, scene: Scene, lines: tuple[Line, ...]) -> None:
    """What the operators announce: stopped lines and detours of the storm."""
    for line in lines:
        stopped = not line.runs_in(scene, scene.now)
        skipped = line.leaves_out(scene, scene.now)
        if line.direction or not (stopped or skipped):
            continue
        left_out = [call.place for call in line.calls if call.stop in skipped]
        alert = feed.entity.add(id=f"alert-{line.id}").alert
        alert.informed_entity.add(route_id=line.id)
        alert.active_period.add(start=int(scene.midnight.timestamp()))
        alert.cause = pb.Alert.WEATHER
        alert.effect = pb.Alert.NO_SERVICE if stopped else pb.Alert.DETOUR
        names = ("、".join(one.name["zh-TW"] for one in left_out), ", ".join(one.name["en"] for one in left_out))
        said = (f"{line.zh} 因颱風停駛", f"{line.en} is suspended because of the typhoon")
        if not stopped:
            said = (
                f"{line.zh} 因颱風改道，不停靠 {names[0]}",
                f"{line.en} is detoured and does not stop at {names[1]}",
            )
        for language, words, note in zip(("zh-TW", "en"), said, SIMULATED.values(), strict=True):
            alert.header_text.translation.add(language=language, text=words)
            alert.description_text.translation.add(language=language, text=note)


def position(scene: Scene, run: Run, at: datetime) -> tuple[int, Point]:
    """The number of the next stop, from 1, and the point between it and the stop before."""
    calls = run.line.calls
    times = [run.expected(scene, call) for call in calls]
    number = next((one for one, time in enumerate(times) if time > at), len(calls) - 1)
    if number == 0:
        return 1, calls[0].place.point
    left, right = calls[number - 1].place.point, calls[number].place.point
    way = min(1.0, max(0.0, (at - times[number - 1]) / max(times[number] - times[number - 1], timedelta(seconds=1))))
    return number + 1, Point(left.lat + (right.lat - left.lat) * way, left.lon + (right.lon - left.lon) * way)


def _runs(scene: Scene, lines: tuple[Line, ...]) -> Iterable[Run]:
    return (run for line in lines if line.system == "bus" for run in runs_near(scene, line, _BEFORE, _AFTER))


def _name_trip(trip: pb.TripDescriptor, run: Run) -> None:
    trip.trip_id = run.trip
    trip.route_id = run.line.id
    trip.direction_id = run.line.direction
    trip.start_date = run.midnight.strftime("%Y%m%d")


def _plate(scene: Scene, run: Run) -> str:
    return f"SIM-{int(scene.share('plate', run.trip) * 9000) + 1000}"


def _stops(lines: tuple[Line, ...]) -> Rows:
    calls = {call.stop: call.place for line in lines for call in line.calls}
    for stop, place in calls.items():
        yield (stop, stop, place.name["zh-TW"], place.point.lat, place.point.lon, 1)


def _routes(lines: tuple[Line, ...]) -> Rows:
    return ((one.id, "demo", one.id, one.zh, _KINDS[one.system]) for one in lines if one.direction == 0)


def _trips(lines: tuple[Line, ...]) -> Rows:
    for line, weekend, start_s in _starts(lines):
        trip = trip_name(line, weekend, start_s)
        yield (line.id, service_name(weekend), trip, line.last.name["zh-TW"], line.direction, 1)


def _stop_times(lines: tuple[Line, ...]) -> Rows:
    for line, weekend, start_s in _starts(lines):
        trip = trip_name(line, weekend, start_s)
        for sequence, call in enumerate(line.calls, start=1):
            at = _clock(start_s + call.offset_s)
            yield (trip, at, at, call.stop, sequence)


def _starts(lines: tuple[Line, ...]) -> Iterable[tuple[Line, bool, int]]:
    """Each start of a bus; of a train, which runs by headway, the first one of the day."""
    for line in lines:
        for weekend in (False, True):
            starts = line.starts(weekend)
            yield from ((line, weekend, start_s) for start_s in (starts if line.system == "bus" else starts[:1]))


def _frequencies(lines: tuple[Line, ...]) -> Rows:
    for line, weekend, start_s in _starts(lines):
        if line.system == "bus":
            continue
        changes = [at for at in range(start_s, _RAIL_END_S, 3600) if at == start_s or _changes(line, weekend, at)]
        for begins, ends in zip(changes, [*changes[1:], _RAIL_END_S], strict=True):
            headway_s = line.headway_s(begins, weekend)
            yield (trip_name(line, weekend, start_s), _clock(begins), _clock(ends), headway_s, 0)


def _changes(line: Line, weekend: bool, at_s: int) -> bool:
    return line.headway_s(at_s, weekend) != line.headway_s(at_s - 3600, weekend)


def _translations(lines: tuple[Line, ...]) -> Rows:
    stops = {call.place.name["zh-TW"]: call.place.name["en"] for line in lines for call in line.calls}
    for zh, en in stops.items():
        yield ("stops", "stop_name", "en", en, zh)
        yield ("trips", "trip_headsign", "en", en, zh)
    for zh, en in {line.zh: line.en for line in lines}.items():
        yield ("routes", "route_long_name", "en", en, zh)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
