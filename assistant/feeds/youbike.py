"""Bikes and free docks by station, as the cities of Taiwan publish YouBike 2.0, under its older and newer names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import by_language, first, parse_rows, rows_of
from assistant.feeds.values import members, moment, text, truth, whole

STANDARD = "YouBike"
CAPACITY = ("total", "tot", "Quantity", "tot_quantity")
BIKES = ("available_rent_bikes", "sbi", "sbi_quantity")
DOCKS = ("available_return_bikes", "bemp")
_SYSTEM = re.compile(r"YouBike\s?[\d.]+\w?_", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class BikeStation:
    """One station; None where the publisher gives no usable value.

    Attributes:
        name, district, address: by language.
        in_service: whether it is open.
        bikes: that can be rented; `electric_bikes` of them have a motor.
        docks: that are free for a return.
        changed_at: when its figures last changed.
        published_at: when the operator gave them out; older feeds do not say.
    """

    id: str
    name: Mapping[str, str]
    district: Mapping[str, str]
    address: Mapping[str, str]
    in_service: bool | None
    capacity: int | None
    bikes: int | None
    electric_bikes: int | None
    docks: int | None
    place: Point | None
    changed_at: datetime | None
    published_at: datetime | None


def parse_youbike(content: bytes, zone: tzinfo) -> Parsed[BikeStation]:
    """Read a city's list of stations; its times are in `zone`.

    Both generations are read: tot, sbi, bemp, lat, lng (to 2024) and total, available_rent_bikes,
    available_return_bikes, latitude, longitude (https://data.taipei/dataset/detail?id=c6bc8aed-557d-41d5-bfb1-8da24f78f2fb).

    Raises:
        FeedMalformed: it is no list of stations, or uses names for its figures that neither generation has.
    """
    rows = rows_of(content, STANDARD)
    return parse_rows(rows, lambda row: _station(row, zone), STANDARD, need="sno, sna and a known name for its figures")


async def read_youbike(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Parsed[BikeStation]:
    """Fetch and read the stations of a city.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    fetched = await fetcher.get(source)
    return replace(parse_youbike(fetched.content, zone), fetched_at=fetched.fetched_at)


def _station(row: Mapping[str, Any], zone: tzinfo) -> BikeStation | None:
    number, name = text(row.get("sno")), by_language(_name(row.get("sna")), _name(row.get("snaen")))
    if not number or not name or not any(known in row for known in (*BIKES, *DOCKS)):
        return None
    return BikeStation(
        id=number,
        name=name,
        district=by_language(row.get("sarea"), row.get("sareaen")),
        address=by_language(row.get("ar"), row.get("aren")),
        in_service=truth(row.get("act")),
        capacity=_count(first(row, *CAPACITY)),
        bikes=_count(first(row, *BIKES)),
        electric_bikes=_count(members(row.get("sbi_detail")).get("eyb")),
        docks=_count(first(row, *DOCKS)),
        place=parse_point(first(row, "latitude", "lat"), first(row, "longitude", "lng")),
        changed_at=_moment(first(row, "mday", "infoTime"), zone),
        published_at=_moment(first(row, "srcUpdateTime", "updateTime"), zone),
    )


def _name(value: object) -> str:
    """The name without the system's, which stands before each."""
    return _SYSTEM.sub("", text(value))


def _count(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and found >= 0 else None


def _moment(value: object, zone: tzinfo) -> datetime | None:
    """A time, written 20240413101219 or 2024-12-14 19:11:15."""
    return moment(_COMPACT.sub(r"\1-\2-\3 \4:\5:\6", text(value)).replace("/", "-"), zone)
