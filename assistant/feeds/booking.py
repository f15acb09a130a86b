"""When and how a ride on demand must be booked, which GTFS-Flex and GOFS-lite say in the same words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from assistant.feeds.values import clock_s, text, whole

_MOST_DAYS_BACK = 366


class BookingType(IntEnum):
    """How far ahead a ride is booked (`booking_type`)."""

    REAL_TIME = 0
    SAME_DAY = 1
    DAYS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class BookingRule:
    """How to book. Durations are in seconds; `last_time_s` and `start_time_s` are seconds of the day.

    Attributes:
        notice_min_s, notice_max_s: at the latest and at the earliest so long before the ride (same-day booking).
        last_day, last_time_s: at the latest so many days before, until that time.
        start_day, start_time_s: at the earliest so many days before, from that time.
        calendar: the service whose days are the ones counted; every day where empty.
    """

    id: str
    type: BookingType | None
    notice_min_s: int | None = None
    notice_max_s: int | None = None
    last_day: int | None = None
    last_time_s: int | None = None
    start_day: int | None = None
    start_time_s: int | None = None
    calendar: str = ""
    message: str = ""
    pickup_message: str = ""
    drop_off_message: str = ""
    phone: str = ""
    info_url: str = ""
    booking_url: str = ""

    def book_by(self, ride: datetime, counts: Callable[[date], bool] | None = None) -> datetime | None:
        """The latest moment to book a ride; None where the rule leaves it open.

        Args:
            ride: when it begins, in the zone of the service.
            counts: whether a day is one of `calendar`; without it a rule with a calendar has no answer.
        """
        if self.type is BookingType.REAL_TIME:
            return ride
        if self.type is BookingType.SAME_DAY:
            return None if self.notice_min_s is None else ride - timedelta(seconds=self.notice_min_s)
        if self.last_day is None or self.last_time_s is None or (self.calendar and counts is None):
            return None
        on = _days_before(ride.date(), self.last_day, counts if self.calendar else None)
        if on is None:
            return None
        midnight = datetime(on.year, on.month, on.day, tzinfo=ride.tzinfo)
        return midnight + timedelta(seconds=self.last_time_s)


def parse_booking_rule(row: Mapping[str, Any]) -> BookingRule:
    """A row of booking_rules.txt (GTFS-Flex) or an object of booking_rules.json (GOFS-lite)."""
    kind = whole(row.get("booking_type"))
    return BookingRule(
        id=text(row.get("booking_rule_id")),
        type=BookingType(kind) if kind in set(BookingType) else None,
        notice_min_s=_seconds(row.get("prior_notice_duration_min")),
        notice_max_s=_seconds(row.get("prior_notice_duration_max")),
        last_day=_count(row.get("prior_notice_last_day")),
        last_time_s=clock_s(row.get("prior_notice_last_time")),
        start_day=_count(row.get("prior_notice_start_day")),
        start_time_s=clock_s(row.get("prior_notice_start_time")),
        calendar=text(row.get("prior_notice_service_id")) or text(row.get("prior_notice_calendar_id")),
        message=text(row.get("message")),
        pickup_message=text(row.get("pickup_message")),
        drop_off_message=text(row.get("drop_off_message")),
        phone=text(row.get("phone_number")),
        info_url=text(row.get("info_url")),
        booking_url=text(row.get("booking_url")),
    )


def _days_before(ride: date, days: int, counts: Callable[[date], bool] | None) -> date | None:
    on, left = ride, days
    for _ in range(_MOST_DAYS_BACK):
        if left == 0:
            return on
        on -= timedelta(days=1)
        left -= counts(on) if counts else 1
    return None


def _seconds(minutes: object) -> int | None:
    found = _count(minutes)
    return None if found is None else found * 60


def _count(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and 0 <= found < 1_000_000 else None
