"""GTFS-Realtime: delays of trips, positions of vehicles and alerts, and the departures of a schedule with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from google.transit import gtfs_realtime_pb2 as pb

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.gtfs import Departure
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.values import clock_s, day, malformed, number, posix_moment, text

STANDARD = "GTFS-Realtime"
UNKNOWN = "unknown"
_SAME_RUN = timedelta(hours=12)
_LONGEST_DELAY_S = 86_400  # a delay of a day or more is a broken number
Expectation = Literal["planned", "expected", "skipped", "cancelled"]


@dataclass(frozen=True, slots=True)
class TripKey:
    """Which trip is meant; what the publisher leaves open is empty or None.

    Attributes:
        relationship: "scheduled", "added", "canceled", "deleted" ... or "unknown" where it is newer than this reader.
    """

    id: str = ""
    route: str = ""
    direction: int | None = None
    start_date: date | None = None
    start_s: int | None = None
    relationship: str = "scheduled"


@dataclass(frozen=True, slots=True)
class StopUpdate:
    """What is known of one call: a delay in seconds, a time, or both; neither where the publisher has no data."""

    sequence: int | None
    stop: str
    arrival_delay_s: int | None
    arrival: datetime | None
    departure_delay_s: int | None
    departure: datetime | None
    relationship: str


@dataclass(frozen=True, slots=True)
class TripUpdate:
    """How a trip runs; `observed_at` is None where only the feed's own time is known."""

    entity: str
    trip: TripKey
    vehicle: str
    observed_at: datetime | None
    delay_s: int | None
    stops: tuple[StopUpdate, ...]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Where a vehicle is: bearing in degrees from north, speed in m/s; `occupancy` and `status` are GTFS's words."""

    entity: str
    id: str
    label: str
    plate: str
    trip: TripKey | None
    point: Point
    bearing: float | None
    speed: float | None
    stop: str
    sequence: int | None
    status: str
    occupancy: str
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Affected:
    """What an alert is about: all fields that are set must fit together."""

    agency: str
    route: str
    stop: str
    trip: TripKey | None


@dataclass(frozen=True, slots=True)
class Alert:
    """An announcement; texts are by language ("und" where the publisher names none).

    Attributes:
        periods: when it is in force; an open end is None. Without any it is always in force.
        cause, effect, severity: GTFS's words in lower case, "" where not given.
    """

    entity: str
    headers: Mapping[str, str]
    descriptions: Mapping[str, str]
    urls: Mapping[str, str]
    periods: tuple[tuple[datetime | None, datetime | None], ...]
    affected: tuple[Affected, ...]
    cause: str
    effect: str
    severity: str

    def in_force(self, when: datetime) -> bool:
        """Whether it is in force at a moment."""
        return not self.periods or any(
            (start is None or start <= when) and (end is None or when < end) for start, end in self.periods
        )


@dataclass(frozen=True, slots=True)
class Realtime:
    """One message of a feed.

    Attributes:
        published_at: when it was made; None where the publisher does not say.
        differential: whether it holds changes only, which nobody should take for the whole state.
        deleted: ids of entities that the message takes back.
        skipped: entities that say nothing this reader knows, or whose place is none.
    """

    version: str
    published_at: datetime | None
    differential: bool
    trip_updates: tuple[TripUpdate, ...]
    vehicles: tuple[Vehicle, ...]
    alerts: tuple[Alert, ...]
    deleted: frozenset[str]
    skipped: int
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveDeparture:
    """A planned departure and what is known of it now.

    Attributes:
        expected_at: None where nothing is known, or it does not call at the stop.
        observed_at: when that was known.
    """

    planned: Departure
    expectation: Expectation
    expected_at: datetime | None = None
    observed_at: datetime | None = None


async def read_realtime(fetcher: Fetcher, source: FeedSource, url: str | None = None) -> Realtime:
    """The message of a source now; `url` where trip updates, vehicles and alerts have addresses of their own.

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed as `parse_realtime`.
    """
    fetched = await fetcher.get(source, url=url, params=key_params(source), headers=key_headers(source))
    return replace(parse_realtime(fetched.content), fetched_at=fetched.fetched_at)


def parse_realtime(content: bytes) -> Realtime:
    """Read a FeedMessage (GTFS-Realtime 2.0, https://gtfs.org/documentation/realtime/proto/).

    Unknown fields and extensions are passed over. A value of an enumeration that is newer than this reader becomes
    "unknown", not the default that protobuf would put.

    Raises:
        FeedMalformed: the bytes are no FeedMessage.
    """
    message = pb.FeedMessage()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise malformed(STANDARD, "its bytes are no FeedMessage", error) from error
    version = text(message.header.gtfs_realtime_version)  # bytes, where the publisher's text is no UTF-8
    if not version[:1].isdecimal():
        raise malformed(STANDARD, "its header names no version")
    living = [entity for entity in message.entity if not entity.is_deleted]
    updates = [_trip_update(e) for e in living if e.HasField("trip_update")]
    vehicles = [_vehicle(e) for e in living if e.HasField("vehicle")]
    alerts = [_alert(e) for e in living if e.HasField("alert")]
    silent = sum(not (e.HasField("trip_update") or e.HasField("vehicle") or e.HasField("alert")) for e in living)
    return Realtime(
        version=version,
        published_at=posix_moment(message.header.timestamp),
        differential=_word(message.header, "incrementality") != "full_dataset",
        trip_updates=tuple(updates),
        vehicles=tuple(vehicle for vehicle in vehicles if vehicle),
        alerts=tuple(alerts),
        deleted=frozenset(text(entity.id) for entity in message.entity if entity.is_deleted),
        skipped=silent + vehicles.count(None),
    )


def live_departures(planned: Iterable[Departure], realtime: Realtime) -> tuple[LiveDeparture, ...]:
    """Planned departures with what a message says of their trips.

    Ask the schedule from a while ago on, so that a vehicle that is late is among them.
    A delay holds for the following stops until another is given (GTFS-Realtime, Trip Updates). A departure by headway
    has no planned time of its own, so that nothing is expected of it.
    """
    by_trip: dict[str, list[TripUpdate]] = {}
    for update in realtime.trip_updates:
        by_trip.setdefault(update.trip.id, []).append(update)
    return tuple(_live(departure, by_trip.get(departure.trip.id, []), realtime.published_at) for departure in planned)


def _live(planned: Departure, updates: list[TripUpdate], published_at: datetime | None) -> LiveDeparture:
    known = LiveDeparture(planned, "planned")
    fitting = [update for update in updates if _fits(update, planned, published_at)]
    if not fitting or planned.headway_s is not None:
        return known
    update = fitting[-1]
    known = replace(known, observed_at=update.observed_at or published_at)
    if update.trip.relationship in {"canceled", "deleted"}:
        return replace(known, expectation="cancelled")
    if update.trip.relationship == UNKNOWN:
        return known
    return _expected(known, update)


def _fits(update: TripUpdate, planned: Departure, published_at: datetime | None) -> bool:
    """Whether the trip of this service day is meant; without a date, the one that runs when the message was made."""
    if update.trip.start_date:
        return update.trip.start_date == planned.service_day
    return published_at is None or abs(planned.time - published_at) < _SAME_RUN


def _expected(known: LiveDeparture, update: TripUpdate) -> LiveDeparture:
    """Follow the updates up to the stop: the last one before it, or its own, decides."""
    delay_s: int | None = update.delay_s if not update.stops else None
    for stop in sorted(update.stops, key=lambda one: -1 if one.sequence is None else one.sequence):
        here = _is_call(stop, known.planned)
        if stop.sequence is not None and stop.sequence > known.planned.sequence:
            break
        if stop.sequence is None and not here:
            continue
        if here and stop.relationship == "skipped":
            return replace(known, expectation="skipped")
        if stop.relationship in {"no_data", UNKNOWN}:
            delay_s = None
        elif stop.relationship == "scheduled":
            at = stop.departure or (stop.arrival if stop.departure_delay_s is None else None)
            if here and at:
                return replace(known, expectation="expected", expected_at=at.astimezone(known.planned.time.tzinfo))
            delay_s = _delay_s(stop)
    if delay_s is None:
        return known
    return replace(known, expectation="expected", expected_at=known.planned.time + timedelta(seconds=delay_s))


def _delay_s(stop: StopUpdate) -> int | None:
    if stop.departure_delay_s is not None:
        return stop.departure_delay_s
    if stop.arrival_delay_s is not None:
        return stop.arrival_delay_s
    return None if stop.arrival or stop.departure else 0  # an update without times means: on time


def _is_call(stop: StopUpdate, planned: Departure) -> bool:
    return stop.sequence == planned.sequence if stop.sequence is not None else stop.stop == planned.stop.id


def _trip_update(entity: pb.FeedEntity) -> TripUpdate:
    update = entity.trip_update
    return TripUpdate(
        entity=text(entity.id),
        trip=_trip(update.trip),
        vehicle=text(update.vehicle.id) or text(update.vehicle.label),
        observed_at=posix_moment(update.timestamp),
        delay_s=_sane(update.delay) if update.HasField("delay") else None,
        stops=tuple(_stop_update(stop) for stop in update.stop_time_update),
    )


def _stop_update(stop: pb.TripUpdate.StopTimeUpdate) -> StopUpdate:
    return StopUpdate(
        sequence=stop.stop_sequence if stop.HasField("stop_sequence") else None,
        stop=text(stop.stop_id),
        arrival_delay_s=_sane(stop.arrival.delay) if stop.arrival.HasField("delay") else None,
        arrival=posix_moment(stop.arrival.time),
        departure_delay_s=_sane(stop.departure.delay) if stop.departure.HasField("delay") else None,
        departure=posix_moment(stop.departure.time),
        relationship=_word(stop, "schedule_relationship"),
    )


def _trip(trip: pb.TripDescriptor) -> TripKey:
    return TripKey(
        id=text(trip.trip_id),
        route=text(trip.route_id),
        direction=trip.direction_id if trip.HasField("direction_id") else None,
        start_date=day(trip.start_date),
        start_s=clock_s(trip.start_time),
        relationship=_word(trip, "schedule_relationship"),
    )


def _vehicle(entity: pb.FeedEntity) -> Vehicle | None:
    vehicle = entity.vehicle
    point = parse_point(vehicle.position.latitude, vehicle.position.longitude)
    if point is None:
        return None
    return Vehicle(
        entity=text(entity.id),
        id=text(vehicle.vehicle.id),
        label=text(vehicle.vehicle.label),
        plate=text(vehicle.vehicle.license_plate),
        trip=_trip(vehicle.trip) if vehicle.HasField("trip") else None,
        point=point,
        bearing=number(vehicle.position.bearing) if vehicle.position.HasField("bearing") else None,
        speed=number(vehicle.position.speed) if vehicle.position.HasField("speed") else None,
        stop=text(vehicle.stop_id),
        sequence=vehicle.current_stop_sequence if vehicle.HasField("current_stop_sequence") else None,
        status=_word(vehicle, "current_status"),
        occupancy=_word(vehicle, "occupancy_status") if _given(vehicle, "occupancy_status") else "",
        observed_at=posix_moment(vehicle.timestamp),
    )


def _alert(entity: pb.FeedEntity) -> Alert:
    alert = entity.alert
    return Alert(
        entity=text(entity.id),
        headers=_texts(alert.header_text),
        descriptions=_texts(alert.description_text),
        urls=_texts(alert.url),
        periods=tuple((posix_moment(one.start), posix_moment(one.end)) for one in alert.active_period),
        affected=tuple(
            Affected(
                agency=text(one.agency_id),
                route=text(one.route_id),
                stop=text(one.stop_id),
                trip=_trip(one.trip) if one.HasField("trip") else None,
            )
            for one in alert.informed_entity
        ),
        cause=_word(alert, "cause") if _given(alert, "cause") else "",
        effect=_word(alert, "effect") if _given(alert, "effect") else "",
        severity=_word(alert, "severity_level") if _given(alert, "severity_level") else "",
    )


def _texts(translated: pb.TranslatedString) -> dict[str, str]:
    found = {text(one.language) or "und": text(one.text) for one in translated.translation}
    return {language: words for language, words in found.items() if words}


def _word(message: Message, name: str) -> str:
    """The value of an enumeration in lower case; "unknown" where it is newer than this reader."""
    field = message.DESCRIPTOR.fields_by_name[name]
    if not message.HasField(name) and field.number in _unknown(message):
        return UNKNOWN
    return str(field.enum_type.values_by_number[getattr(message, name)].name).lower()


def _given(message: Message, name: str) -> bool:
    return message.HasField(name) or message.DESCRIPTOR.fields_by_name[name].number in _unknown(message)


def _unknown(message: Message) -> set[int]:
    return {one.field_number for one in UnknownFieldSet(message)}


def _sane(delay_s: int) -> int | None:
    return delay_s if abs(delay_s) < _LONGEST_DELAY_S else None
