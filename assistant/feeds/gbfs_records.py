"""The documents of the General Bikeshare Feed Specification as records: versions 1 to 3 under the same names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.feeds.base import Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import first, parse_rows, within
from assistant.feeds.values import (
    items,
    json_object,
    malformed,
    members,
    moment,
    parse_each,
    posix_moment,
    text,
    truth,
    whole,
)

STANDARD = "GBFS"
_NEWEST = 3
_LONGEST_TTL_S = 86_400
_VEHICLES = ("num_vehicles_available", "num_bikes_available")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every document of GBFS begins with.

    Attributes:
        version: such as 2.3; 1.0 where none is said.
        updated_at: when its data was last updated.
        ttl_s: after how many seconds the publisher will update it again.
    """

    version: str
    updated_at: datetime | None
    ttl_s: float
    data: Mapping[str, Any]

    def fresh_s(self, now: datetime) -> float:
        """For how many seconds from now the document needs not be asked for again."""
        if self.updated_at is None:
            return 0.0
        return max(0.0, min(self.ttl_s, self.ttl_s - (now - self.updated_at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Station:
    """A station as it is built; `name` is by language, of which version 2 has one, that of its feed."""

    id: str
    name: Mapping[str, str]
    place: Point | None
    address: str
    capacity: int | None
    region_id: str
    virtual: bool | None


@dataclass(frozen=True, slots=True)
class StationStatus:
    """What a station had at `reported_at`; None for what it does not say.

    Attributes:
        vehicles: that can be rented, of all types; `by_type` how many of each.
        docks: that are free; stations without docks say nothing.
        installed, renting, returning: whether it stands, lets and takes vehicles.
    """

    station_id: str
    vehicles: int | None
    vehicles_disabled: int | None
    by_type: Mapping[str, int]
    docks: int | None
    docks_disabled: int | None
    installed: bool | None
    renting: bool | None
    returning: bool | None
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle that stands free, or at a station; its id changes after each ride."""

    id: str
    type_id: str
    place: Point | None
    station_id: str
    reserved: bool | None
    disabled: bool | None
    range_m: float | None
    fuel_share: float | None
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class VehicleType:
    """What a type of vehicle is: bicycle, cargo_bicycle, scooter ..., human, electric_assist, electric ..."""

    id: str
    form_factor: str
    propulsion: str


@dataclass(frozen=True, slots=True)
class SystemAlert:
    """A message of the operator; it holds in `times` (start, end), or while it is published where there are none."""

    id: str
    kind: str
    summary: Mapping[str, str]
    description: Mapping[str, str]
    times: tuple[tuple[datetime, datetime | None], ...]
    station_ids: tuple[str, ...]
    region_ids: tuple[str, ...]
    updated_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether the message holds at a time."""
        return not self.times or any(start <= at and (end is None or at < end) for start, end in self.times)


@dataclass(frozen=True, slots=True)
class SystemInformation:
    """Who runs the system; texts by language."""

    id: str
    name: Mapping[str, str]
    operator: Mapping[str, str]
    timezone: str
    url: str
    phone: str
    licence_url: str


def open_envelope(content: bytes) -> Envelope:
    """Open a document (https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md, "Output format").

    Raises:
        FeedMalformed: it is no GBFS document, or one of a version after 3.
    """
    document = json_object(content, STANDARD)
    version = text(document.get("version")) or "1.0"
    major = whole(version.partition(".")[0])
    if major is None or not 1 <= major <= _NEWEST:
        raise malformed(STANDARD, f"its version is {version[:20]!r}")
    data = document.get("data")
    if not isinstance(data, dict):
        raise malformed(STANDARD, "it has no data")
    ttl_s = within(document.get("ttl"), 0, _LONGEST_TTL_S)
    return Envelope(version, time_of(document.get("last_updated")), ttl_s or 0.0, data)


def parse_discovery(content: bytes) -> dict[str, dict[str, str]]:
    """The addresses of gbfs.json by language and name; version 3 has no languages here and gets "".

    Raises:
        FeedMalformed: it lists no feeds.
    """
    data = open_envelope(content).data
    groups = {"": data} if "feeds" in data else data
    found = {language: _addresses(members(group).get("feeds")) for language, group in groups.items()}
    if not any(found.values()):
        raise malformed(STANDARD, "gbfs.json lists no feeds")
    return {language: addresses for language, addresses in found.items() if addresses}


def parse_stations(content: bytes, language: str) -> Parsed[Station]:
    """station_information.json; `language` is that of a version without languages of its own.

    Raises:
        FeedMalformed: it is no such document.
    """
    rows = _rows(content, "stations")
    return parse_rows(rows, lambda row: _station(row, language), STANDARD, need="a station_id and a name")


def parse_station_status(content: bytes) -> Parsed[StationStatus]:
    """station_status.json; of a station that occurs twice the status that was reported last stays.

    Raises:
        FeedMalformed: it is no such document.
    """
    parsed = parse_rows(_rows(content, "stations"), _status, STANDARD, need="a station_id and a number of vehicles")
    oldest = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(parsed.records, key=lambda status: status.reported_at or oldest)
    return Parsed(tuple({status.station_id: status for status in ordered}.values()), parsed.skipped)


def parse_vehicles(content: bytes) -> Parsed[Vehicle]:
    """vehicle_status.json of version 3, or free_bike_status.json before.

    Raises:
        FeedMalformed: it is no such document.
    """
    return parse_rows(_rows(content, "vehicles", "bikes"), _vehicle, STANDARD, need="an id and a place")


def parse_vehicle_types(content: bytes) -> Parsed[VehicleType]:
    """vehicle_types.json.

    Raises:
        FeedMalformed: it is no such document.
    """

    def read(row: Mapping[str, Any]) -> VehicleType | None:
        type_id = text(row.get("vehicle_type_id"))
        return VehicleType(type_id, text(row.get("form_factor")), text(row.get("propulsion_type"))) if type_id else None

    return parse_each(_rows(content, "vehicle_types"), read)


def parse_alerts(content: bytes, language: str) -> Parsed[SystemAlert]:
    """system_alerts.json.

    Raises:
        FeedMalformed: it is no such document.
    """
    return parse_each(_rows(content, "alerts"), lambda row: _alert(row, language))


def parse_system_information(content: bytes) -> SystemInformation:
    """system_information.json.

    Raises:
        FeedMalformed: it is no such document.
    """
    data = open_envelope(content).data
    language = text(data.get("language"))
    name, system_id = localized(data.get("name"), language), text(data.get("system_id"))
    if not system_id:
        raise malformed(STANDARD, "system_information.json has no system_id")
    return SystemInformation(
        id=system_id,
        name=name,
        operator=localized(data.get("operator"), language),
        timezone=text(data.get("timezone")),
        url=text(data.get("url")),
        phone=text(data.get("phone_number")),
        licence_url=text(data.get("license_url")),
    )


def localized(value: object, language: str) -> dict[str, str]:
    """A text by language, which version 3 writes as a list and earlier ones as a text in the feed's language."""
    if isinstance(value, str):
        return {language: text(value)} if text(value) else {}
    said = [members(one) for one in items(value)]
    return {text(one.get("language")) or language: text(one.get("text")) for one in said if text(one.get("text"))}


def time_of(value: object) -> datetime | None:
    """A time: RFC 3339 from version 3 on, seconds since 1970 before, and in some feeds of version 3 too."""
    return moment(value) or posix_moment(value)


def _rows(content: bytes, *names: str) -> list[Any]:
    data = open_envelope(content).data
    rows = first(data, *names)
    if not isinstance(rows, list):
        raise malformed(STANDARD, f"it has no list of {names[0]}")
    return rows


def _addresses(feeds: object) -> dict[str, str]:
    rows = [members(feed) for feed in items(feeds)]
    return {
        text(row.get("name")): text(row.get("url")) for row in rows if text(row.get("name")) and text(row.get("url"))
    }


def _count(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and found >= 0 else None


def _station(row: Mapping[str, Any], language: str) -> Station | None:
    station_id, name = text(row.get("station_id")), localized(row.get("name"), language)
    if not station_id or not name:
        return None
    return Station(
        id=station_id,
        name=name,
        place=parse_point(row.get("lat"), row.get("lon")),
        address=text(row.get("address")),
        capacity=_count(row.get("capacity")),
        region_id=text(row.get("region_id")),
        virtual=truth(row.get("is_virtual_station")),
    )


def _status(row: Mapping[str, Any]) -> StationStatus | None:
    station_id = text(row.get("station_id"))
    if not station_id or not any(name in row for name in _VEHICLES):
        return None
    types = [members(one) for one in items(row.get("vehicle_types_available"))]
    counted = {text(one.get("vehicle_type_id")): _count(one.get("count")) for one in types}
    return StationStatus(
        station_id=station_id,
        vehicles=_count(first(row, *_VEHICLES)),
        vehicles_disabled=_count(first(row, "num_vehicles_disabled", "num_bikes_disabled")),
        by_type={name: count for name, count in counted.items() if name and count is not None},
        docks=_count(row.get("num_docks_available")),
        docks_disabled=_count(row.get("num_docks_disabled")),
        installed=truth(row.get("is_installed")),
        renting=truth(row.get("is_renting")),
        returning=truth(row.get("is_returning")),
        reported_at=time_of(row.get("last_reported")),
    )


def _vehicle(row: Mapping[str, Any]) -> Vehicle | None:
    vehicle_id = text(first(row, "vehicle_id", "bike_id"))
    place, station_id = parse_point(row.get("lat"), row.get("lon")), text(row.get("station_id"))
    if not vehicle_id or (place is None and not station_id):
        return None
    return Vehicle(
        id=vehicle_id,
        type_id=text(row.get("vehicle_type_id")),
        place=place,
        station_id=station_id,
        reserved=truth(row.get("is_reserved")),
        disabled=truth(row.get("is_disabled")),
        range_m=within(row.get("current_range_meters"), 0, 1e6),
        fuel_share=within(row.get("current_fuel_percent"), 0, 1),
        reported_at=time_of(row.get("last_reported")),
    )


def _alert(row: Mapping[str, Any], language: str) -> SystemAlert | None:
    alert_id, summary = text(row.get("alert_id")), localized(row.get("summary"), language)
    if not alert_id or not summary:
        return None
    spans = [members(span) for span in items(row.get("times"))]
    times = [(time_of(span.get("start")), time_of(span.get("end"))) for span in spans]
    return SystemAlert(
        id=alert_id,
        kind=text(row.get("type")).lower(),
        summary=summary,
        description=localized(row.get("description"), language),
        times=tuple((start, end) for start, end in times if start),
        station_ids=tuple(found for one in items(row.get("station_ids")) if (found := text(one))),
        region_ids=tuple(found for one in items(row.get("region_ids")) if (found := text(one))),
        updated_at=time_of(row.get("last_updated")),
    )
