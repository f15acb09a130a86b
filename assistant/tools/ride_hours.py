"""Says the hours of rides on demand, where they go, and until when and how they are booked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from assistant.feeds.booking import BookingRule, BookingType
from assistant.tools.base import Request
from assistant.tools.ride_zones import Hours, RideZones
from assistant.tools.texts import as_written, listed, name_as_written, quoted, say
from assistant.tools.times import day_said, hours_said, length_said, near_day_said

NAME = 60  # characters of a name that is shown
_TEXTS = "ride_hours"
_TARGETS, _WAYS = 5, 3
_DAY_S = 86_400
_PHONE = re.compile(r"\+?\d[\d ()\-#,]{1,24}\d")


def system_name(request: Request, zones: RideZones) -> str:
    """What the rides are called, as published, else as the city calls them; in quotation marks."""
    return as_written(zones.name or request.service.title[request.lang], request.lang, NAME)


def zone_name(request: Request, name: str) -> str:
    """The name of a zone, as published."""
    return name_as_written(name, request.lang, NAME)


def phone_said(phone: str) -> str:
    """A telephone number as published; nothing where it is none."""
    said = quoted(phone, NAME)
    return said if _PHONE.fullmatch(said) else ""


def ways(request: Request, found: Iterable[Hours]) -> list[str]:
    """During which hours people can go where, one sentence for each."""
    by_hours: dict[str, list[str]] = {}
    for one in found:
        names = by_hours.setdefault(hours_said(one.start, one.end, request), [])
        names += [name for target in one.targets if (name := zone_name(request, target)) not in names]
    return [
        say(_TEXTS, "way", request.lang, hours=hours, targets=listed(names[:_TARGETS], request.lang))
        for hours, names in list(by_hours.items())[:_WAYS]
    ]


def whole_hours(request: Request, found: Sequence[Hours]) -> str:
    """Hours of a day, wherever they lead; those inside others are not said."""
    spans = dict.fromkeys((one.start, one.end) for one in found)
    widest = [a for a in spans if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in spans)]
    return listed((hours_said(start, end, request) for start, end in widest), request.lang)


def days_and_hours(request: Request, coming: Mapping[date, Sequence[Hours]]) -> list[str]:
    """The hours of days, those with the same ones together: 11/24（二）–11/28（六）06:30–17:00."""
    told = [(day, _hours_of_day(request, hours)) for day, hours in coming.items()]
    groups = [(hours, [day for day, _ in days]) for hours, days in groupby(told, key=lambda one: one[1])]
    return [say(_TEXTS, "days", request.lang, days=_days(request, days), hours=hours) for hours, days in groups]


def day_and_hours(request: Request, hours: Hours) -> str:
    """Hours with their day, "today" and "tomorrow" where it is so."""
    day = near_day_said(hours.start.astimezone(request.now.tzinfo).date(), request)
    return say(_TEXTS, "days", request.lang, days=day, hours=hours_said(hours.start, hours.end, request))


def hours_data(request: Request, found: Sequence[Hours], zones: RideZones) -> dict[str, object]:
    """Hours as JSON, with how their first rule is said and the number to call."""
    rule = next((one.rule for one in found if one.rule), None)
    found_hours = [
        {
            "hours": hours_said(one.start, one.end, request),
            "from": one.start.isoformat(timespec="minutes"),
            "until": one.end.isoformat(timespec="minutes"),
            "to": [zone_name(request, target) for target in one.targets],
        }
        for one in found
    ]
    phone = phone_said(rule.phone if rule and rule.phone else zones.phone)
    return {"hours": found_hours, "notice": notice(request, rule) if rule else "", "phone": phone}


def notice(request: Request, rule: BookingRule) -> str:
    """How long before a ride people book; the publisher's own words where the rule says no times."""
    lang, parts = request.lang, []
    if rule.type is BookingType.REAL_TIME:
        parts.append(say(_TEXTS, "at_once", lang))
    if rule.notice_min_s:
        parts.append(say(_TEXTS, "at_least", lang, length=length_said(rule.notice_min_s, lang)))
    if rule.last_day is not None and rule.last_time_s is not None:
        clock = f"{rule.last_time_s // 3600:02}:{rule.last_time_s % 3600 // 60:02}"
        key = {0: "same_day", 1: "day_before"}.get(rule.last_day, "days_before")
        parts.append(say(_TEXTS, key, lang, days=length_said(rule.last_day * _DAY_S, lang), clock=clock))
    if rule.notice_max_s:
        parts.append(say(_TEXTS, "at_most", lang, length=length_said(rule.notice_max_s, lang)))
    written = as_written(rule.message, lang) if rule.message else ""
    return say(_TEXTS, "joint_notice", lang).join(parts) or written


def _days(request: Request, days: Sequence[date]) -> str:
    first = day_said(days[0], request.lang)
    return first if len(days) == 1 else f"{first}–{day_said(days[-1], request.lang)}"


def _hours_of_day(request: Request, hours: Sequence[Hours]) -> str:
    return whole_hours(request, hours) or say(_TEXTS, "no_rides", request.lang)
