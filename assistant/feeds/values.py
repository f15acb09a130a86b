"""What published values mean: documents, numbers, texts and times, and None where they say nothing usable."""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, tzinfo
from typing import Any, NoReturn, TypeVar

from assistant.errors import FeedMalformed
from assistant.feeds.base import Parsed
from assistant.text import strip_control

Record = TypeVar("Record")
TELL_PUBLISHER = "Ask again later; if it stays so, tell the publisher."
_MOST_DIGITS = 24
_LATEST_POSIX_S = 4_102_444_800  # the year 2100: what lies beyond is milliseconds, or nonsense
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d+)")


def malformed(standard: str, what: str, cause: Exception | None = None) -> FeedMalformed:
    """The fault for a document that departs from its standard."""
    fault = FeedMalformed(f"This is no {standard} document: {what}.", TELL_PUBLISHER)
    fault.__cause__ = cause
    return fault


def json_document(content: bytes, standard: str) -> Any:
    """A JSON document in UTF-8, with or without a byte order mark.

    Raises:
        FeedMalformed: it is not JSON (RFC 8259), is nested beyond reason, or has a number that is none.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise malformed(standard, f"byte {error.start} is not UTF-8", error) from error
    except json.JSONDecodeError as error:
        raise malformed(standard, f"no JSON at line {error.lineno}, column {error.colno}", error) from error
    except (ValueError, RecursionError) as error:
        raise malformed(standard, "its JSON holds a number or a nesting that cannot be read", error) from error


def json_object(content: bytes, standard: str) -> dict[str, Any]:
    """A JSON document that is one object.

    Raises:
        FeedMalformed: as `json_document`, or it is something else.
    """
    document = json_document(content, standard)
    if not isinstance(document, dict):
        raise malformed(standard, f"it is a {type(document).__name__}, not an object")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def members(value: object) -> dict[str, Any]:
    """The members of what should be an object; none of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The items of what should be a list; none of anything else."""
    return value if isinstance(value, list) else []


def parse_each(found: Iterable[object], parse: Callable[[Mapping[str, Any]], Record | None]) -> Parsed[Record]:
    """Each object as a record; what is no object, or from which `parse` makes nothing, is skipped and counted."""
    records: list[Record] = []
    skipped = 0
    for one in found:
        record = parse(one) if isinstance(one, dict) else None
        if record is None:
            skipped += 1
        else:
            records.append(record)
    return Parsed(tuple(records), skipped)


def text(value: object) -> str:
    """A text without control characters and outer space; a whole number is a text too; else empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return strip_control(value).strip() if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A finite number, which some publishers write as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not (0 < len(value.strip()) <= _MOST_DIGITS and value.isascii() and "_" not in value):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """A whole number; 3.0 is one, 3.5 is not."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() and abs(found) < 2**53 else None


def truth(value: object) -> bool | None:
    """True and false as JSON, XML and CSV write them."""
    words = {"true": True, "1": True, "false": False, "0": False}
    return value if isinstance(value, bool) else words.get(text(value).lower())


def moment(value: object, zone: tzinfo | None = None) -> datetime | None:
    """An ISO 8601 time, aware; one without an offset is in `zone`, or nothing where that is None.

    A bare date is no time.
    """
    written = _FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), text(value))
    if len(written) < len("2026-01-01T00:00"):
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not MINYEAR < found.year < MAXYEAR:  # "for ever" in some words; another zone may lie beyond the calendar
        return None
    if found.tzinfo is None:
        return found.replace(tzinfo=zone) if zone else None
    return found


def posix_moment(value: object) -> datetime | None:
    """A time in whole seconds since 1970; 0, and what is milliseconds, say nothing."""
    seconds = whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < _LATEST_POSIX_S else None


def day(value: object) -> date | None:
    """A day written 20260131 or 2026-01-31."""
    written = text(value)
    if not re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", written, re.ASCII):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def clock_s(value: object) -> int | None:
    """Seconds that H:MM, HH:MM:SS or a time beyond 24:00 lie after the start of the service day."""
    found = _CLOCK.fullmatch(text(value))
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0) if found else None
