"""Reads what TDX publishes about buses, metros, bikes and roads, of either generation of its documents."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from assistant.feeds.base import Parsed
from assistant.feeds.geometry import parse_point, parse_wkt_point
from assistant.feeds.tdx_records import (
    DIRECTION,
    EVENT_AT_STOP,
    SERVICE,
    STOP_STATUS,
    BikeStation,
    BusAtStop,
    BusEstimate,
    BusPosition,
    BusRoute,
    BusStop,
    Estimate,
    FirstLast,
    MetroArrival,
    Names,
    RoadEvent,
    ServiceAlert,
)
from assistant.feeds.values import (
    clock_s,
    items,
    json_document,
    malformed,
    members,
    moment,
    number,
    parse_each,
    truth,
    whole,
)
from assistant.feeds.values import text as plain

STANDARD = "TDX"
_ZONE = ZoneInfo("Asia/Taipei")  # of times that carry no offset, which older datasets have
_KM_H = 1 / 3.6
_LONGEST_WAIT_S = 86_400  # a day: what is longer is a broken number
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Record = TypeVar("Record")


def parse_bus_estimates(content: bytes) -> Parsed[BusEstimate]:
    """EstimatedTimeOfArrival (TDX v2, https://tdx.transportdata.tw/api-service/swagger).

    Raises:
        FeedMalformed: it is no list of records; so do the other functions.
    """
    return _read(content, _bus_estimate)


def parse_bus_stops(content: bytes) -> Parsed[BusStop]:
    """Stop: the poles of a city."""
    return _read(content, _bus_stop)


def parse_bus_routes(content: bytes) -> Parsed[BusRoute]:
    """Route: the bus routes of a city with their two ends."""
    return _read(content, _bus_route)


def parse_bus_positions(content: bytes) -> Parsed[BusPosition]:
    """RealTimeByFrequency (A1)."""
    return _read(content, _bus_position)


def parse_buses_at_stops(content: bytes) -> Parsed[BusAtStop]:
    """RealTimeNearStop (A2)."""
    return _read(content, _bus_at_stop)


def parse_alerts(content: bytes) -> Parsed[ServiceAlert]:
    """Alert of buses (a list) and metros (an object with `Alerts`)."""
    return _read(content, _alert)


def parse_metro_arrivals(content: bytes) -> Parsed[MetroArrival]:
    """LiveBoard of a metro or light rail, whose EstimateTime is in minutes."""
    return _read(content, _metro_arrival)


def parse_first_last(content: bytes) -> Parsed[FirstLast]:
    """FirstLastTimetable of a metro or light rail."""
    return _read(content, _first_last)


def parse_bikes(content: bytes) -> Parsed[BikeStation]:
    """Availability of public bikes; of records of the same station the newest is kept."""
    parsed = _read(content, _bike)
    newest: dict[str, BikeStation] = {}
    for one in parsed.records:
        known = newest.get(one.id)
        if known is None or known.observed_at is None or (one.observed_at and one.observed_at > known.observed_at):
            newest[one.id] = one
    return replace(parsed, records=tuple(newest.values()))


def parse_road_events(content: bytes) -> Parsed[RoadEvent]:
    """RoadEvent/LiveEvent (v1)."""
    return _read(content, _road_event)


def _read(content: bytes, parse: Callable[[Mapping[str, Any]], Record | None]) -> Parsed[Record]:
    """The records of a list, or of the one list in an object; a list of nothing but other things is malformed."""
    document = json_document(content, STANDARD)
    lists = [document] if isinstance(document, list) else [v for v in members(document).values() if isinstance(v, list)]
    if len(lists) != 1:
        raise malformed(STANDARD, "it holds no list of records")
    parsed = parse_each(lists[0], parse)
    if parsed.skipped and not parsed.records:
        raise malformed(STANDARD, "none of its records can be read")
    rows = (_observed_at(one) for one in lists[0] if isinstance(one, dict))
    newest = max((time for time in rows if time), default=None)
    return replace(parsed, published_at=_published_at(members(document)) or newest)


def _bus_stop(one: Mapping[str, Any]) -> BusStop | None:
    stop, names, place = plain(one.get("StopUID")), _names(one.get("StopName")), members(one.get("StopPosition"))
    if not stop or not names:
        return None
    return BusStop(stop, names, parse_point(place.get("PositionLat"), place.get("PositionLon")))


def _bus_route(one: Mapping[str, Any]) -> BusRoute | None:
    route, names = plain(one.get("RouteUID")), _names(one.get("RouteName"))
    if not route or not names:
        return None
    return BusRoute(route, names, _end(one, "DepartureStopName"), _end(one, "DestinationStopName"))


def _bus_estimate(one: Mapping[str, Any]) -> BusEstimate | None:
    route, stop = plain(one.get("RouteUID")), plain(one.get("StopUID"))
    if not route or not stop:
        return None
    each = members(next(iter(items(one.get("Estimates"))), None))
    return BusEstimate(
        route=route,
        route_names=_names(one.get("RouteName")),
        stop=stop,
        stop_names=_names(one.get("StopName")),
        direction=_word(DIRECTION, one.get("Direction")),
        sequence=whole(one.get("StopSequence")),
        plate=_plate(one),
        estimate=_estimate(one, "StopStatus", 1),
        next_bus_at=moment(one.get("NextBusTime"), _ZONE),
        is_last_bus=truth(one.get("IsLastBus", each.get("IsLastBus"))),
    )


def _estimate(one: Mapping[str, Any], status_key: str, unit_s: int) -> Estimate:
    """The estimate, unless the status says that nothing comes."""
    code = whole(one.get(status_key))
    published = whole(one.get("EstimateTime"))
    comes = code in {None, 0, 1} and published is not None and 0 <= published * unit_s <= _LONGEST_WAIT_S
    return Estimate(
        status=_word(STOP_STATUS, code),
        published_s=published * unit_s if comes and published is not None else None,
        observed_at=_observed_at(one),
    )


def _bus_position(one: Mapping[str, Any]) -> BusPosition | None:
    place = members(one.get("BusPosition"))
    point = parse_point(place.get("PositionLat"), place.get("PositionLon"))
    plate = _plate(one)
    if point is None or not plate:
        return None
    speed = number(one.get("Speed"))
    return BusPosition(
        plate=plate,
        route=plain(one.get("RouteUID")),
        route_names=_names(one.get("RouteName")),
        direction=_word(DIRECTION, one.get("Direction")),
        point=point,
        bearing=number(one.get("Azimuth")),
        speed=speed * _KM_H if speed is not None and speed >= 0 else None,
        observed_at=moment(one.get("GPSTime"), _ZONE) or _observed_at(one),
    )


def _bus_at_stop(one: Mapping[str, Any]) -> BusAtStop | None:
    stop, plate = plain(one.get("StopUID")), _plate(one)
    if not stop or not plate:
        return None
    return BusAtStop(
        plate=plate,
        route=plain(one.get("RouteUID")),
        route_names=_names(one.get("RouteName")),
        direction=_word(DIRECTION, one.get("Direction")),
        stop=stop,
        stop_names=_names(one.get("StopName")),
        sequence=whole(one.get("StopSequence")),
        event=_word(EVENT_AT_STOP, one.get("A2EventType")),
        observed_at=moment(one.get("GPSTime"), _ZONE) or _observed_at(one),
    )


def _alert(one: Mapping[str, Any]) -> ServiceAlert | None:
    title, description = plain(one.get("Title")), plain(one.get("Description"))
    if not title and not description:
        return None
    scope = members(one.get("Scope"))
    named = [_names(v) for group in scope.values() for each in items(group) for v in members(each).values()]
    return ServiceAlert(
        id=plain(one.get("AlertID")),
        title=title,
        description=description,
        status=_word(SERVICE, one.get("Status")),
        concerns=tuple(names for names in named if names and set(names) != {"und"}),
        start=moment(one.get("StartTime"), _ZONE),
        end=moment(one.get("EndTime"), _ZONE),
        published_at=moment(one.get("PublishTime"), _ZONE),
        observed_at=_observed_at(one),
    )


def _metro_arrival(one: Mapping[str, Any]) -> MetroArrival | None:
    station = plain(one.get("StationID"))
    if not station:
        return None
    return MetroArrival(
        line=plain(one.get("LineID")) or plain(one.get("LineNO")),
        station=station,
        station_names=_names(one.get("StationName")),
        destination=_destination(one),
        destination_names=_names(one.get("DestinationStationName") or one.get("DestinStationName")),
        headsign=plain(one.get("TripHeadSign")),
        estimate=_estimate(one, "ServiceStatus", 60),
    )


def _first_last(one: Mapping[str, Any]) -> FirstLast | None:
    station, days = plain(one.get("StationID")), members(one.get("ServiceDay") or one.get("ServiceDays"))
    if not station:
        return None
    weekdays = frozenset(i for i, name in enumerate(_WEEKDAYS) if truth(days.get(name)))
    return FirstLast(
        line=plain(one.get("LineID")) or plain(one.get("LineNO")),
        station=station,
        station_names=_names(one.get("StationName")),
        destination=_destination(one),
        destination_names=_names(one.get("DestinationStationName") or one.get("DestinStationName")),
        first_s=clock_s(one.get("FirstTrainTime")),
        last_s=clock_s(one.get("LastTrainTime")),
        weekdays=weekdays if days else None,
        holidays=truth(days.get("NationalHolidays")),
    )


def _bike(one: Mapping[str, Any]) -> BikeStation | None:
    station = plain(one.get("StationUID")) or plain(one.get("StationID"))
    if not station:
        return None
    return BikeStation(
        id=station,
        status=_word(SERVICE, one.get("ServiceStatus")),
        bikes=_count(one.get("AvailableRentBikes")),
        docks=_count(one.get("AvailableReturnBikes")),
        electric_bikes=_count(members(one.get("AvailableRentBikesDetail")).get("ElectricBikes")),
        observed_at=_observed_at(one),
    )


def _road_event(one: Mapping[str, Any]) -> RoadEvent | None:
    title, description = plain(one.get("EventTitle")), plain(one.get("Description"))
    if not title and not description:
        return None
    place = members(one.get("Location"))
    return RoadEvent(
        id=plain(one.get("EventID")),
        title=title,
        description=description.removeprefix("null"),
        place=plain(place.get("Other")) or plain(one.get("RoadName")),
        point=parse_wkt_point(one.get("Positions")) or parse_point(one.get("PositionLat"), one.get("PositionLon")),
        start=moment(one.get("EffectiveTime") or one.get("StartTime"), _ZONE),
        end=moment(one.get("ExpireTime") or one.get("EndTime"), _ZONE),
        observed_at=_observed_at(one) or moment(one.get("LastUpdateTime") or one.get("PublishTime"), _ZONE),
    )


def _names(value: object) -> Names:
    """A text by language; TDX writes Zh_tw and En, and leaves En empty where there is none."""
    found = {"zh-TW": plain(members(value).get("Zh_tw")), "en": plain(members(value).get("En"))}
    if isinstance(value, str):
        found = {"und": plain(value)}
    return {language: words for language, words in found.items() if words}


def _end(one: Mapping[str, Any], name: str) -> Names:
    return _names({"Zh_tw": one.get(f"{name}Zh"), "En": one.get(f"{name}En")})


def _destination(one: Mapping[str, Any]) -> str:
    return plain(one.get("DestinationStationID")) or plain(one.get("DestinationStaionID"))  # misspelt in v2


def _plate(one: Mapping[str, Any]) -> str:
    plate = plain(one.get("PlateNumb"))
    return "" if plate == "-1" else plate


def _word(words: Mapping[int, str], value: object) -> str:
    code = whole(value)
    return "" if code is None else words.get(code, "")


def _count(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and found >= 0 else None


def _observed_at(one: Mapping[str, Any]) -> datetime | None:
    return moment(one.get("SrcUpdateTime"), _ZONE) or moment(one.get("UpdateTime"), _ZONE)


def _published_at(document: Mapping[str, Any]) -> datetime | None:
    """When a document was made: by its source, unless that updates it at no set times (-1), else by the platform."""
    is_regular = (whole(document.get("SrcUpdateInterval")) or 0) >= 0
    return (moment(document.get("SrcUpdateTime"), _ZONE) if is_regular else None) or moment(
        document.get("UpdateTime"), _ZONE
    )
