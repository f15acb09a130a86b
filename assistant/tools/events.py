"""What is on in the city, next first: on a day, at a weekend, on a topic, in a district, or at the expo."""

import asyncio
import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher, Parsed
from assistant.feeds.icalendar_feed import Occasion, read_icalendar
from assistant.schema import Lang, Reading, Status
from assistant.text import detect_language, fold
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.dates import day_words, had_at, hours_words
from assistant.tools.event_topics import Wanted, says, wanted_of
from assistant.tools.several import Part, all_failed, ask_part, troubles
from assistant.tools.texts import quoted, say

_TEXTS = "events"
_MOST, _MOST_OTHERS = 5, 3
_DAYS_AHEAD = 60
_SOON = timedelta(hours=2)  # after a clock time: what goes on then, or begins soon
_LONG = timedelta(hours=36)
_BOTH_LANGUAGES = re.compile(r"[｜|]")  # how calendars write a name in two languages

Calendar = Part[Parsed[Occasion]]


@dataclass(frozen=True, slots=True)
class _Show:
    """An event with its later times; `calendar` is its place among the calendars that answered."""

    first: Occasion
    later: tuple[Occasion, ...]
    calendar: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked, and between when."""

    request: Request
    wanted: Wanted
    title: str
    start: datetime
    end: datetime


async def answer(request: Request, desk: Desk) -> Finding:
    """The next events within the time, on the topic and at the place that were named.

    Each part of the service is a calendar (iCalendar). The option `parts` gives, by part, the `words` that name one
    calendar alone, and its title by language. What is called off is shown as such; what recurs is shown once.
    """
    start, end = _window(request)
    titles: Mapping[str, Mapping[str, Any]] = request.service.options.get("parts", {})
    said = f"{request.arguments.values.get('topic', '')} {request.arguments.text}"
    alone = [name for name, part in titles.items() if any(says(said, word) for word in part["words"])]

    def read(fetcher: Fetcher, source: FeedSource, zone: tzinfo) -> Awaitable[Parsed[Occasion]]:
        until = max(end, request.now + timedelta(days=_DAYS_AHEAD))
        return read_icalendar(fetcher, source, zone, start, until)

    parts = await asyncio.gather(*(ask_part(request, desk, part, read) for part in alone or request.service.feeds))
    heard = [part for part in parts if part.answer is not None]
    if not heard:
        return all_failed(parts, request)
    named = [word for name in alone for word in titles[name]["words"]]
    title = titles[alone[0]][request.lang] if len(alone) == 1 else say(_TEXTS, "events", request.lang)
    asked = _Asked(request, wanted_of(request, desk, named), title, start, end)
    return _finding(asked, heard, troubles(parts, request), desk)


def _window(request: Request) -> tuple[datetime, datetime]:
    """From when to when: what is over by now is left out, unless all of the time that was named is over."""
    moment = request.arguments.moment
    if moment is None or request.now.tzinfo is None:
        return request.now, request.now + timedelta(days=_DAYS_AHEAD)
    start, end = moment.span(request.now.tzinfo)
    end = start + _SOON if moment.is_instant else end
    return (max(start, request.now) if end > request.now else start), end


def _finding(asked: _Asked, heard: Sequence[Calendar], faults: tuple[Line, ...], desk: Desk) -> Finding:
    """The events that are wanted, or that there are none and which come nearest to it."""
    everything = [(n, one) for n, part in enumerate(heard) if part.answer for one in part.answer.records]
    fitting = [(n, one) for n, one in everything if asked.wanted.fits(one, desk.gazetteer)]
    shows = _shows([(n, one) for n, one in fitting if one.starts < asked.end], asked)
    shown, heads = shows[:_MOST], [_head(asked, len(shows))]
    if not shows:
        later = _shows(fitting, asked)
        others = _shows([(n, one) for n, one in everything if one.starts < asked.end], asked)
        shown = (later or others)[:_MOST_OTHERS]
        heads = [_said("none", asked)]
        if shown:
            heads.append(say(_TEXTS, "later" if later else "others", asked.request.lang))
    told = [(show, _event(show, asked)) for show in shown]
    skipped = [part.answer.skipped if part.answer else 0 for part in heard]
    readings = tuple(
        _reading(asked, part, len(shows), skipped[n], [data for show, data in told if show.calendar == n])
        for n, part in enumerate(heard)
    )
    lines = [Line(head) for head in heads]
    lines += [Line(_line(data, asked.request.lang), show.calendar) for show, data in told]
    lines += [
        Line(say(_TEXTS, "skipped", asked.request.lang, number=number), n) for n, number in enumerate(skipped) if number
    ]
    whole = not faults and not any(skipped)
    status = (Status.ANSWERED if shows else Status.NO_EVIDENCE) if whole else Status.PARTIAL
    return Finding((*lines, *faults), readings, status)


def _shows(occasions: Iterable[tuple[int, Occasion]], asked: _Asked) -> list[_Show]:
    """Events in order, each with its later times; exhibitions of many days come after what is on for hours."""
    groups: dict[tuple[object, ...], list[tuple[int, Occasion]]] = {}
    for number, one in occasions:
        key = (number, fold(one.summary), fold(one.location), one.status == "CANCELLED")
        groups.setdefault(key, []).append((number, one))
    shows = [_Show(group[0][1], tuple(one for _, one in group[1:]), group[0][0]) for group in groups.values()]
    return sorted(shows, key=lambda show: _order(show.first, asked.start))


def _order(one: Occasion, start: datetime) -> tuple[object, ...]:
    return (one.ends - one.starts > _LONG, max(one.starts, start), one.ends, one.summary)


def _head(asked: _Asked, count: int) -> str:
    return _said("head_more" if count > _MOST else "one" if count == 1 else "head", asked, count=count, shown=_MOST)


def _said(key: str, asked: _Asked, **values: object) -> str:
    lang = asked.request.lang
    what = asked.title
    if asked.wanted.label:
        what = say(_TEXTS, "about", lang, topic=asked.wanted.label, title=asked.title)
    text = say(_TEXTS, key, lang, window=_window_said(asked), what=what, **values)
    return text[:1].upper() + text[1:]


def _window_said(asked: _Asked) -> str:
    request, moment = asked.request, asked.request.arguments.moment
    if moment is None:
        return say(_TEXTS, "coming", request.lang, days=_DAYS_AHEAD)
    if moment.begins is not None:
        ends = moment.ends or moment.begins + _SOON
        return _span_said(moment.begins, ends, request)
    if moment.first == moment.last:
        return day_words(moment.first, request)
    first, last = day_words(moment.first, request), day_words(moment.last, request)
    return say(_TEXTS, "from_to", request.lang, first=first, last=last)


def _when(one: Occasion, request: Request, said_day: date | None) -> str:
    """The time of an event: its days, or its day with its hours; the day that was asked for is not said again."""
    zone = request.now.tzinfo
    starts, ends = one.starts.astimezone(zone), one.ends.astimezone(zone)
    if not one.all_day:
        is_said = starts.date() == said_day and timedelta(0) < ends - starts < timedelta(days=1)
        return hours_words(starts, ends, request) if is_said else _span_said(starts, ends, request)
    first, last = starts.date(), (ends - timedelta(seconds=1)).date()
    if first == last:
        return say(_TEXTS, "all_day", request.lang, day=day_words(first, request))
    return say(_TEXTS, "from_to", request.lang, first=day_words(first, request), last=day_words(last, request))


def _span_said(starts: datetime, ends: datetime, request: Request) -> str:
    day = day_words(starts.date(), request)
    if starts == ends:
        return f"{day} {starts:%H:%M}"
    if ends - starts < timedelta(days=1):
        return f"{day} {hours_words(starts, ends, request)}"
    last = f"{day_words(ends.date(), request)} {ends:%H:%M}"
    return say(_TEXTS, "from_to", request.lang, first=f"{day} {starts:%H:%M}", last=last)


def _event(show: _Show, asked: _Asked) -> dict[str, object]:
    """An event as JSON values, its times also in the form in which a line says them."""
    one, request, lang = show.first, asked.request, asked.request.lang
    moment = request.arguments.moment
    said_day = moment.first if moment and moment.first == moment.last else None
    following = show.later[0].starts.astimezone(request.now.tzinfo).date() if show.later else None
    return {
        "name": quoted(_in_language(one.summary, lang), 80) or say(_TEXTS, "unnamed", lang),
        "when": _when(one, request, said_day),
        "starts": one.starts.isoformat(),
        "ends": one.ends.isoformat(),
        "location": quoted(_in_language(one.location, lang), 60),
        "lat": one.place.lat if one.place else None,
        "lon": one.place.lon if one.place else None,
        "more": len(show.later),
        "next": day_words(following, request) if following else "",
        "is_off": one.status == "CANCELLED",
        "is_on_now": one.starts <= request.now < one.ends and one.status != "CANCELLED",
    }


def _in_language(text: str, lang: Lang) -> str:
    """The part of a name that is in a language, where a calendar gives it in both; else the whole name."""
    parts = [part.strip() for part in _BOTH_LANGUAGES.split(text) if part.strip()]
    own = [part for part in parts if detect_language(part) == lang]
    return own[0] if len(parts) > 1 and own else text


def _line(data: Mapping[str, object], lang: Lang) -> str:
    text = say(_TEXTS, "event" if data["location"] else "event_nowhere", lang, **data)
    if data["is_off"]:
        return say(_TEXTS, "off", lang, event=text)
    if data["is_on_now"]:
        text = say(_TEXTS, "on_now", lang, event=text)
    return say(_TEXTS, "again", lang, event=text, more=data["more"], next=data["next"]) if data["more"] else text


def _reading(
    asked: _Asked, part: Calendar, count: int, skipped: int, events: Sequence[Mapping[str, object]]
) -> Reading:
    assert part.answer is not None
    data = {
        "window": _window_said(asked),
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "topic": asked.wanted.label,
        "count": count,
        "shown": len(events),
        "most": _MOST,
        "skipped": skipped,
        "events": list(events),
    }
    return reading_of(asked.request, part.source, data, observed_at=had_at(asked.request, part.answer.fetched_at))


TOOL = Tool(answer)
