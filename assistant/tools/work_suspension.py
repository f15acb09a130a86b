"""Whether there is work and school: what has been announced for a day, for the whole city or a district of it."""

from collections.abc import Sequence
from datetime import date, timedelta

from assistant.feeds.base import FeedSource, Parsed
from assistant.feeds.cap import Alert, read_cap, standing_alerts
from assistant.moments import Moment
from assistant.schema import Lang, Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.dates import day_words, hours_words, made_at
from assistant.tools.suspensions import Statement, announcements_of
from assistant.tools.texts import clock, listed, say
from assistant.tools.whereabouts import city_name, district_name

_TEXTS = "work_suspension"
_MOST_STATEMENTS, _MOST_DAYS = 4, 3
_PARTS = {(0, 12): "morning", (6, 12): "morning", (12, 18): "afternoon", (18, 24): "evening"}


async def answer(request: Request, desk: Desk) -> Finding:
    """What is announced for the day that is asked, else for today and tomorrow; nothing announced is not "as usual".

    Raises:
        FeedError: the announcements cannot be had or read.
    """
    source = desk.source(request.service, "alerts")
    parsed = await read_cap(desk.fetcher, source, desk.city.timezone)
    announced = announcements_of(standing_alerts(parsed.records, request.now), request, desk)
    days, district = _asked_days(request), _asked_district(request, desk)
    told = _told(request, announced.statements, days, district)
    data = _data(request, desk, parsed, told, days, district)
    data["unread"] = announced.unread
    reading = _reading(request, source, parsed, data)
    lines = [_line(request, desk, one) for one in told]
    missing = [day for day in days if not _is_settled(day, told, district)]
    stale = [say(_TEXTS, "stale", request.lang, time=data["as_of"])] if reading.stale else []
    if missing:
        lines += stale
        some = any(one.is_on(day) for one in told for day in missing)
        lines += _nothing(request, desk, data, missing, district, some, reading.stale)
    lines += [say(_TEXTS, "unread", request.lang, headline=headline) for headline in announced.unread]
    if parsed.skipped:
        lines.append(say(_TEXTS, "skipped", request.lang, count=parsed.skipped))
    lines += [] if missing else stale
    complete = not (announced.unread or parsed.skipped or reading.stale)
    return Finding(tuple(Line(text, 0) for text in lines), (reading,), _status(request, days, told, complete))


def _status(request: Request, days: Sequence[date], told: Sequence[Statement], complete: bool) -> Status:
    if not told and all(day < request.now.date() for day in days):
        return Status.NO_EVIDENCE
    return Status.ANSWERED if complete else Status.PARTIAL


def _asked_days(request: Request) -> list[date]:
    """The days that are asked; today and tomorrow where none is named."""
    moment, today = request.arguments.moment, request.now.date()
    if moment is None:
        return [today, today + timedelta(days=1)]
    count = min((moment.last - moment.first).days + 1, _MOST_DAYS)
    return [moment.first + timedelta(days=number) for number in range(count)]


def _asked_district(request: Request, desk: Desk) -> str:
    """The district that the question names; empty where it names none or several."""
    places = [place for found in request.arguments.places.values() for place in found]
    places += [place for mention in desk.gazetteer.find_places(request.arguments.text) for place in mention.entries]
    named = {place.district for place in places}
    return named.pop() if len(named) == 1 else ""


def _asked_name(desk: Desk, district: str, lang: Lang) -> str:
    return district_name(district, desk.gazetteer, lang) if district else city_name(desk, lang)


def _told(request: Request, statements: Sequence[Statement], days: Sequence[date], district: str) -> list[Statement]:
    """The statements on these days, by day; of the same area and part of a day only the newest."""
    kept: list[Statement] = []
    for one in statements:  # the newest first
        if not any(one.is_on(day) for day in days) or (district and not one.concerns(district)):
            continue
        if district and one.rest and _told_apart(one, statements, district):
            continue
        if not any(_supersedes(newer, one) for newer in kept):
            kept.append(one)
    kept.sort(key=lambda one: (one.moment.first, not one.whole_city or one.rest, one.moment.begins or request.now))
    return kept[:_MOST_STATEMENTS]


def _told_apart(rest: Statement, statements: Sequence[Statement], district: str) -> bool:
    """Whether the announcement that speaks of all other areas has told of this district by itself."""
    return any(one.sent == rest.sent and district in one.districts for one in statements)


def _supersedes(newer: Statement, older: Statement) -> bool:
    same_area = (newer.districts, newer.part, newer.rest) == (older.districts, older.part, older.rest)
    days = newer.moment.first <= older.moment.first and older.moment.last <= newer.moment.last
    whole_day = newer.moment.begins is None
    same_part = (newer.moment.begins, newer.moment.ends) == (older.moment.begins, older.moment.ends)
    return same_area and days and (whole_day or same_part) and newer is not older


def _is_settled(day: date, told: Sequence[Statement], district: str) -> bool:
    """Whether what is told covers all that was asked of a day."""
    of_day = [one for one in told if one.is_on(day)]
    return any(one.whole_city or (district and district in one.districts and not one.part) for one in of_day)


def _line(request: Request, desk: Desk, one: Statement) -> str:
    values = {
        "where": _where(request, desk, one),
        "when": _when(request, one.moment),
        "states": _states(request, one),
        "sent": clock(one.sent, request),
    }
    return say(_TEXTS, "statement", request.lang, **values)


def _where(request: Request, desk: Desk, one: Statement) -> str:
    city = city_name(desk, request.lang)
    if one.rest:
        return say(_TEXTS, "rest", request.lang, city=city)
    names = (district_name(name, desk.gazetteer, request.lang) for name in one.districts)
    where = listed(names, request.lang) or city
    return say(_TEXTS, "part", request.lang, where=where, part=one.part) if one.part else where


def _when(request: Request, moment: Moment) -> str:
    first = day_words(moment.first, request)
    if moment.last > moment.first:
        return f"{first}–{day_words(moment.last, request)}"
    if moment.begins is None:
        return first
    if moment.ends is None:
        return say(_TEXTS, "from", request.lang, day=first, time=f"{moment.begins:%H:%M}")
    hours = (moment.begins.hour, moment.ends.hour or 24)
    if hours in _PARTS:
        return say(_TEXTS, _PARTS[hours], request.lang, day=first)
    return say(_TEXTS, "hours", request.lang, day=first, hours=hours_words(moment.begins, moment.ends, request))


def _states(request: Request, one: Statement) -> str:
    if one.work is not None and one.work == one.school:
        return say(_TEXTS, "both_off" if one.work else "both_on", request.lang)
    states = [("work", one.work), ("school", one.school)]
    said = (say(_TEXTS, f"{name}_{'off' if off else 'on'}", request.lang) for name, off in states if off is not None)
    return listed(said, request.lang)


def _nothing(
    request: Request,
    desk: Desk,
    data: dict[str, object],
    missing: Sequence[date],
    district: str,
    some: bool,
    is_stale: bool,
) -> list[str]:
    """That nothing is announced, which is not that there is work and school, and when that usually comes."""
    city = city_name(desk, request.lang)
    where = _asked_name(desk, district, request.lang)
    words = listed((day_words(day, request) for day in missing), request.lang)
    data["without"] = words
    if all(day < request.now.date() for day in missing):
        return [say(_TEXTS, "past", request.lang, where=where, days=words)]
    key = "none_stale" if is_stale else "none_elsewhere" if some and not district else "none"
    lines = [say(_TEXTS, key, request.lang, time=data["as_of"], where=where, city=city, days=words)]
    if not is_stale:
        lines.append(say(_TEXTS, "not_yet", request.lang))
    usual = request.service.options.get("usual", {}).get(request.lang, "")
    if usual:
        data["usual"] = usual
        lines.append(usual)
    return lines


def _data(
    request: Request,
    desk: Desk,
    parsed: Parsed[Alert],
    told: Sequence[Statement],
    days: Sequence[date],
    district: str,
) -> dict[str, object]:
    return {
        "as_of": clock(made_at(request, parsed.published_at, parsed.fetched_at), request),
        "days": [day.isoformat() for day in days],
        "where": _asked_name(desk, district, request.lang),
        "skipped": parsed.skipped,
        "statements": [
            {
                "where": _where(request, desk, one),
                "when": _when(request, one.moment),
                "iso": one.moment.iso(),
                "work_suspended": one.work,
                "school_suspended": one.school,
                "sent": clock(one.sent, request),
                "sent_at": one.sent.isoformat(),
                "quote": one.quote,
            }
            for one in told
        ],
    }


def _reading(request: Request, source: FeedSource, parsed: Parsed[Alert], data: dict[str, object]) -> Reading:
    at = made_at(request, parsed.published_at, parsed.fetched_at)
    return reading_of(request, source, data, observed_at=at, place=str(data["where"]))


TOOL = Tool(answer)
