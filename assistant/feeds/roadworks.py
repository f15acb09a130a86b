"""Road works as cities of Taiwan list them: a table whose column names the city's data gives, with ROC dates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.geometry import Point, parse_point
from assistant.feeds.tables import parse_rows, rows_of
from assistant.feeds.values import members, text

STANDARD = "road works"
FIELDS = frozenset({"id", "road", "description", "dates", "starts", "ends", "contractor", "phone", "lat", "lon"})
_ROC_BEFORE_FIRST_YEAR = 1911
_BETWEEN = re.compile(r"\s*(?:[~～至－—]|\s-\s)\s*")
_DAY = re.compile(r"(?:民國)?\s*(\d{2,4})\s*[/.\-年]\s*(\d{1,2})\s*[/.\-月]\s*(\d{1,2})\s*日?", re.ASCII)
_COMPACT = re.compile(r"(\d{3}|\d{4})(\d\d)(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class RoadWork:
    """One permitted work; None and "" for what the table does not say.

    Attributes:
        starts, ends: the first and the last permitted day; the work itself may be shorter.
    """

    id: str
    road: str
    description: str
    starts: date | None
    ends: date | None
    contractor: str
    phone: str
    place: Point | None

    def holds(self, day: date) -> bool | None:
        """Whether the work is permitted on a day; None where its dates are not known."""
        return self.starts <= day <= self.ends if self.starts and self.ends else None


def parse_roadworks(content: bytes, fields: Mapping[str, str], envelope: str = "") -> Parsed[RoadWork]:
    """Read a table, JSON or CSV.

    Args:
        fields: the table's column for each of `FIELDS` that it has; `road` is needed. `dates` is one column that
            holds both, such as 115/08/10~115/09/07.
        envelope: as `tables.rows_of` takes it.

    Raises:
        FeedMalformed: it is no such table.
        CityDataError: the fields are none that road works have.
    """
    unknown = set(fields) - FIELDS
    if unknown or "road" not in fields:
        message = f"The fields of road works lack “road”, or have {', '.join(sorted(unknown)) or 'nothing'} too much."
        raise CityDataError(message, f"They are: {', '.join(sorted(FIELDS))}.")
    rows = rows_of(content, STANDARD, envelope)
    return parse_rows(rows, lambda row: _work(row, fields), STANDARD, need=f"a {fields['road']}")


async def read_roadworks(fetcher: Fetcher, source: FeedSource) -> Parsed[RoadWork]:
    """Fetch and read a table as the options `fields` and `envelope` of the source say.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options do not fit.
    """
    fields = {str(name): str(column) for name, column in members(source.options.get("fields")).items()}
    fetched = await fetcher.get(source)
    parsed = parse_roadworks(fetched.content, fields, str(source.options.get("envelope", "")))
    return replace(parsed, fetched_at=fetched.fetched_at)


def parse_day(value: object) -> date | None:
    """A day, written 115/08/10, 民國115年8月10日, 1150810 or 2026-08-11; years before 1911 are of the ROC era."""
    written = text(value)
    found = _DAY.fullmatch(written) or _COMPACT.fullmatch(written)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year if year > _ROC_BEFORE_FIRST_YEAR else year + _ROC_BEFORE_FIRST_YEAR, month, day)
    except ValueError:
        return None


def parse_days(value: object) -> tuple[date | None, date | None]:
    """The first and the last day of a span, which are the same for a single day; nothing where either is broken."""
    parts = _BETWEEN.split(text(value))
    days = [parse_day(part) for part in parts]
    first, last = days[0], days[-1]
    if len(days) > 2 or not first or not last or last < first:
        return (None, None)
    return (first, last)


def _work(row: Mapping[str, Any], fields: Mapping[str, str]) -> RoadWork | None:
    def cell(name: str) -> object:
        return row.get(fields[name]) if name in fields else None

    road = " ".join(text(cell("road")).split())
    if not road:
        return None
    starts, ends = parse_days(cell("dates")) if "dates" in fields else _span(cell("starts"), cell("ends"))
    return RoadWork(
        id=text(cell("id")),
        road=road,
        description=text(cell("description")),
        starts=starts,
        ends=ends,
        contractor=text(cell("contractor")),
        phone=text(cell("phone")),
        place=parse_point(cell("lat"), cell("lon")),
    )


def _span(first: object, last: object) -> tuple[date | None, date | None]:
    starts, ends = parse_day(first), parse_day(last)
    return (None, None) if starts and ends and ends < starts else (starts, ends)
