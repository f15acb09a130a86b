"""Days, times and spans as bookings offer them, so that people can say them back, and the span that they named."""

from datetime import date, datetime, timedelta

from assistant.schema import Lang
from assistant.tools.base import Request
from assistant.tools.dates import had_at
from assistant.tools.texts import say

_TEXTS, _DAYS = "times", "dates"
_STEP_S = 300
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def day_said(on: date, lang: Lang) -> str:
    """A day with its weekday: 11/24（二）, Tue 24 Nov."""
    weekday = say(_DAYS, "weekdays", lang).split()[on.weekday()]
    month = say(_DAYS, "months", lang).split()[on.month - 1]
    return say(_TEXTS, "day", lang, weekday=weekday, month=month, day=on.day)


def near_day_said(on: date, request: Request) -> str:
    """A day, with "today" or "tomorrow" where it is so near."""
    key = {0: "today", 1: "tomorrow"}.get((on - request.now.date()).days)
    said = day_said(on, request.lang)
    return say(_TEXTS, key, request.lang, day=said) if key else said


def time_said(at: datetime, request: Request) -> str:
    """A day and a time of the city's clock: 11/24（二）08:20; people can say it back."""
    local = at.astimezone(request.now.tzinfo)
    return say(_TEXTS, "time", request.lang, day=day_said(local.date(), request.lang), clock=f"{local:%H:%M}")


def hours_said(start: datetime, end: datetime, request: Request) -> str:
    """Hours of one day: 06:30–17:00."""
    zone = request.now.tzinfo
    return f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"


def length_said(seconds: int, lang: Lang) -> str:
    """A length of time in whole days, hours or minutes, whichever fits."""
    units = (("day", _DAY_S), ("hour", _HOUR_S), ("minute", _MINUTE_S))
    key, unit = next((one for one in units if seconds and seconds % one[1] == 0), units[-1])
    number = round(seconds / unit)
    return say(_TEXTS, f"one_{key}" if number == 1 else f"{key}s", lang, number=number)


def asked_span(request: Request) -> tuple[datetime, datetime] | None:
    """The span that the person named, which an instant begins and ends; None where they named none."""
    moment = request.arguments.moment
    return moment.span(request.now.tzinfo) if moment and request.now.tzinfo else None


def span_said(request: Request) -> str:
    """The span that the person named, as days, or as hours of a day."""
    moment, span = request.arguments.moment, asked_span(request)
    if moment is None or span is None:
        return ""
    if moment.is_instant:
        return time_said(span[0], request)
    first = near_day_said(span[0].date(), request)
    if moment.begins is None:
        last = day_said(moment.last, request.lang)
        return first if moment.first == moment.last else f"{day_said(moment.first, request.lang)}–{last}"
    if span[0].date() == (span[1] - timedelta(seconds=1)).date():
        end = "24:00" if span[1].date() > span[0].date() else f"{span[1]:%H:%M}"
        return say(_TEXTS, "time", request.lang, day=first, clock=f"{span[0]:%H:%M}–{end}")
    return f"{time_said(span[0], request)}–{time_said(span[1], request)}"


def next_step(at: datetime) -> datetime:
    """The next full five minutes, at which rides can begin."""
    past_s = (at.minute * 60 + at.second) % _STEP_S + at.microsecond / 1e6
    return at + timedelta(seconds=_STEP_S - past_s) if past_s else at


def last_step(at: datetime) -> datetime:
    """The last full five minutes."""
    return at - timedelta(seconds=(at.minute * 60 + at.second) % _STEP_S, microseconds=at.microsecond)


def asked_at(request: Request, fetched_at: datetime | None) -> datetime | None:
    """When something was fetched, on the clock of the request; None where nobody knows."""
    return had_at(request, fetched_at) if fetched_at else None
