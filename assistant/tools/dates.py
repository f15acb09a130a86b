"""Days and hours as people say them, and when a document was had that says no time itself."""

from datetime import UTC, date, datetime, time, timedelta

from assistant.tools.base import Request
from assistant.tools.texts import say

_TEXTS = "dates"
_NAMED = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def day_words(day: date, request: Request) -> str:
    """A day: 明天（11/24 週二）, today (Mon 23 Nov), 11/28 週六."""
    key = _NAMED.get((day - request.now.date()).days, "other_day")
    return say(_TEXTS, key, request.lang, date=_date_words(day, request))


def hours_words(begins: datetime, ends: datetime, request: Request) -> str:
    """Hours from one time to another, without the day: 06:00–18:00, 18:00–隔天 06:00, 18:00–24:00."""
    first, last = begins.astimezone(request.now.tzinfo), ends.astimezone(request.now.tzinfo)
    next_day = first.date() + timedelta(days=1)
    if last.date() == next_day and last.time() == time():
        return say(_TEXTS, "hours", request.lang, begins=f"{first:%H:%M}", ends="24:00")
    key = "hours_into_next_day" if last.date() > first.date() else "hours"
    return say(_TEXTS, key, request.lang, begins=f"{first:%H:%M}", ends=f"{last:%H:%M}")


def span_words(begins: datetime, ends: datetime, request: Request) -> str:
    """A day with its hours: 明天（11/24 週二） 18:00–24:00; no longer than to the end of the next day."""
    day = day_words(begins.astimezone(request.now.tzinfo).date(), request)
    return say(_TEXTS, "at", request.lang, day=day, hours=hours_words(begins, ends, request))


def had_at(request: Request, fetched_at: datetime | None) -> datetime:
    """When a document was had, on the clock of the request: the time of feeds that say none of their own."""
    age_s = int((datetime.now(UTC) - fetched_at).total_seconds()) if fetched_at else 0
    return request.now - timedelta(seconds=max(age_s, 0))


def made_at(request: Request, published_at: datetime | None, fetched_at: datetime | None) -> datetime:
    """When a document was made, as its publisher says, else when it was had; never later than that."""
    had = had_at(request, fetched_at)
    return min(published_at, had) if published_at else had


def _date_words(day: date, request: Request) -> str:
    weekday = say(_TEXTS, "weekdays", request.lang).split()[day.weekday()]
    month = say(_TEXTS, "months", request.lang).split()[day.month - 1]
    return say(_TEXTS, "date", request.lang, month=day.month, day=day.day, weekday=weekday, month_name=month)
