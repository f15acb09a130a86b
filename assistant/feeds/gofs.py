"""GOFS-lite: reads the files of a system of rides on demand, and asks it for waiting times."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.errors import FeedMalformed
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.booking import parse_booking_rule
from assistant.feeds.geometry import Point, parse_geometry
from assistant.feeds.keys import key_headers, key_params
from assistant.feeds.on_demand import Brand, DayCalendar, OnDemand, OperatingRule, System, Wait, Zone, ZoneBooking
from assistant.feeds.values import (
    clock_s,
    day,
    items,
    json_object,
    malformed,
    members,
    number,
    parse_each,
    posix_moment,
    text,
    whole,
)

STANDARD = "GOFS-lite"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_FEEDS = 100
Record = TypeVar("Record")
Read = Callable[[Mapping[str, Any]], Record | None]


async def read_on_demand(fetcher: Fetcher, source: FeedSource, language: str = "") -> OnDemand:
    """A system whose gofs.json is the source's address, in a language (its first one where it has not that one).

    Raises:
        FeedError: as `Fetcher.get`; FeedMalformed where gofs.json, system_information, zones, operating_rules or
            calendars is missing or no GOFS-lite. Brands and booking rules may be missing.
    """
    keys, headers = key_params(source), key_headers(source)
    feeds = parse_discovery((await fetcher.get(source, params=keys, headers=headers)).content)
    own = feeds.get(language) or next(iter(feeds.values()))
    files = ("system_information", "zones", "operating_rules", "calendars", "service_brands", "booking_rules")
    for name in files[:4]:
        if name not in own:
            raise malformed(STANDARD, f"its gofs.json does not name {name}")
    named = [name for name in files if name in own]
    fetched = await asyncio.gather(
        *(fetcher.get(source, url=own[name], params=keys, headers=headers) for name in named)
    )
    on_demand = parse_on_demand(
        {name: one.content for name, one in zip(named, fetched, strict=True)},
        {name.replace("wait_times", "wait_time"): url for name, url in own.items() if name not in files},
    )
    return replace(on_demand, fetched_at=min(one.fetched_at for one in fetched))


async def read_waits(
    fetcher: Fetcher, source: FeedSource, on_demand: OnDemand, start: Point, end: Point | None = None
) -> tuple[Wait, ...]:
    """How long a rider waits at a point now, by brand; realtime_booking is asked where there is one.

    Without a brand that serves the point there are none.

    Raises:
        FeedError: as `Fetcher.get` and `parse_waits`; FeedMalformed where the system publishes no waiting times.
    """
    url = on_demand.queries.get("realtime_booking") or on_demand.queries.get("wait_time")
    if not url:
        raise FeedMalformed(f"{source.name} publishes no waiting times.", "Ask for its hours instead.")
    params: dict[str, str | int | float] = {**key_params(source), "pickup_lat": start.lat, "pickup_lon": start.lon}
    if end:
        params |= {"drop_off_lat": end.lat, "drop_off_lon": end.lon}
    if len(on_demand.brands) > 1:
        params["brand_id"] = ",".join(brand.id for brand in on_demand.brands)
    return parse_waits((await fetcher.get(source, url=url, params=params, headers=key_headers(source))).content).records


def parse_discovery(content: bytes) -> dict[str, dict[str, str]]:
    """The addresses of gofs.json by language and name (GOFS-lite 1.0, https://github.com/GOFS-lite/GOFS-lite).

    Raises:
        FeedMalformed: it names no files.
    """
    data = _data(content, "gofs.json")
    found = {
        language: {
            text(members(feed).get("name")): text(members(feed).get("url"))
            for feed in items(members(own).get("feeds"))[:_MOST_FEEDS]
            if text(members(feed).get("url"))
        }
        for language, own in data.items()
    }
    if not any(found.values()):
        raise malformed(STANDARD, "its gofs.json names no files")
    return {language: feeds for language, feeds in found.items() if feeds}


def parse_on_demand(files: Mapping[str, bytes], queries: Mapping[str, str]) -> OnDemand:
    """A system from the contents of its files, by name.

    Raises:
        FeedMalformed: a file is no GOFS-lite; a record that cannot be read is skipped and counted.
    """
    system = _system(_data(files["system_information"], "system_information"))
    zones = _each(files, "zones", _zone)
    rules = _each(files, "operating_rules", _operating_rule)
    calendars = _each(files, "calendars", _calendar)
    brands = _each(files, "service_brands", _brand)
    bookings = _each(files, "booking_rules", _zone_booking)
    updates = [posix_moment(json_object(content, STANDARD).get("last_updated")) for content in files.values()]
    return OnDemand(
        system=system,
        brands=brands.records,
        zones=zones.records,
        calendars={calendar.id: calendar for calendar in calendars.records},
        rules=rules.records,
        bookings=bookings.records,
        queries=dict(queries),
        updated_at=min((one for one in updates if one), default=None),
        skipped=sum(one.skipped for one in (zones, rules, calendars, brands, bookings)),
    )


def parse_waits(content: bytes) -> Parsed[Wait]:
    """The answer of wait_time or realtime_booking.

    Raises:
        FeedMalformed: it is neither.
    """
    data = _data(content, "wait_time")
    found = data.get("realtime_booking", data.get("wait_times"))
    if not isinstance(found, list):
        raise malformed(STANDARD, "it holds neither wait_times nor realtime_booking")
    observed_at = posix_moment(json_object(content, STANDARD).get("last_updated"))
    return parse_each(found, lambda one: _wait(one, observed_at))


def _data(content: bytes, name: str) -> dict[str, Any]:
    data = json_object(content, STANDARD).get("data")
    if not isinstance(data, dict):
        raise malformed(STANDARD, f"{name} has no data")
    return data


def _each(files: Mapping[str, bytes], name: str, read: Read[Record]) -> Parsed[Record]:
    if name not in files:
        return Parsed(())
    found = _data(files[name], name).get(name)
    if name == "zones":
        found = members(found).get("features")
    if not isinstance(found, list):
        raise malformed(STANDARD, f"{name} holds no list")
    return parse_each(found, read)


def _system(data: Mapping[str, Any]) -> System:
    try:
        zone = ZoneInfo(text(data.get("timezone")))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise malformed(STANDARD, "system_information names no time zone that is known", error) from error
    return System(
        name=text(data.get("name")),
        language=text(data.get("language")),
        zone=zone,
        operator=text(data.get("operator")),
        url=text(data.get("url")),
        phone=text(data.get("phone_number")),
        email=text(data.get("email")),
    )


def _brand(one: Mapping[str, Any]) -> Brand | None:
    found = text(one.get("brand_id"))
    return Brand(found, text(one.get("brand_name"))) if found else None


def _zone(feature: Mapping[str, Any]) -> Zone | None:
    geometry = parse_geometry(feature.get("geometry"))
    found = text(feature.get("zone_id")) or text(feature.get("id"))
    if not found or geometry is None or geometry.kind not in {"Polygon", "MultiPolygon"}:
        return None
    return Zone(found, text(members(feature.get("properties")).get("name")), geometry)


def _calendar(one: Mapping[str, Any]) -> DayCalendar | None:
    found, first, last = text(one.get("calendar_id")), day(one.get("start_date")), day(one.get("end_date"))
    if not found or not first or not last:
        return None
    weekdays = [_DAYS.index(name) for name in map(_short, items(one.get("days"))) if name in _DAYS]
    if not one.get("days"):
        weekdays = list(range(7))
    excepted = frozenset(on for on in map(day, items(one.get("excepted_dates"))) if on)
    return DayCalendar(found, frozenset(weekdays), first, last, excepted)


def _short(weekday: object) -> str:
    return text(weekday).lower()[:3]


def _operating_rule(one: Mapping[str, Any]) -> OperatingRule | None:
    from_zone, to_zone = text(one.get("from_zone_id")), text(one.get("to_zone_id"))
    windows = ("start_pickup_window", "end_pickup_window", "end_dropoff_window")
    broken = any(one.get(name) and clock_s(one.get(name)) is None for name in windows)
    if not from_zone or not to_zone or broken:
        return None  # without the window that it means, a rule would promise rides at any hour
    start_s, end_s, dropoff_s = (clock_s(one.get(name)) for name in windows)
    return OperatingRule(
        from_zone=from_zone,
        to_zone=to_zone,
        start_pickup_s=start_s,
        end_pickup_s=end_s,
        end_dropoff_s=dropoff_s,
        calendars=_texts(one.get("calendars")),
        brand=text(one.get("brand_id")),
        vehicle_types=_texts(one.get("vehicle_type_id")),
    )


def _zone_booking(one: Mapping[str, Any]) -> ZoneBooking | None:
    rule = parse_booking_rule(one)
    from_zones = _texts(one.get("from_zone_ids"))
    return (
        ZoneBooking(from_zones, _texts(one.get("to_zone_ids")), rule) if from_zones and rule.type is not None else None
    )


def _wait(one: Mapping[str, Any], observed_at: datetime | None) -> Wait | None:
    wait_s, detail = whole(one.get("wait_time")), members(one.get("booking_detail"))
    if wait_s is None or wait_s < 0:
        return None
    travel_s, cost = whole(one.get("travel_time")), number(one.get("travel_cost"))
    return Wait(
        brand=text(one.get("brand_id")),
        wait_s=wait_s,
        observed_at=observed_at,
        travel_s=travel_s if travel_s is not None and travel_s >= 0 else None,
        cost=cost if cost is not None and cost >= 0 else None,
        currency=text(one.get("travel_cost_currency")),
        booking_url=text(detail.get("web_uri")),
        phone=text(detail.get("phone_number")),
    )


def _texts(value: object) -> tuple[str, ...]:
    found: Iterable[object] = value if isinstance(value, list) else [value]
    return tuple(one for one in map(text, found) if one)
