"""What feeds say of roads, as records of one form: how fast traffic moves, what happens, and where works are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from assistant.feeds.roadworks import RoadWork, read_roadworks
from assistant.feeds.sensorthings import Thing, read_things
from assistant.feeds.tdx_records import RoadEvent
from assistant.feeds.values import number, text
from assistant.schema import Lang
from assistant.text import cjk_share
from assistant.tools.base import Desk, Request, fresh_enough
from assistant.tools.tdx_platform import tdx_of
from assistant.tools.texts import clock, quoted, say
from assistant.tools.times import asked_at, asked_span

TEXTS = "traffic"
LEVELS = ((0.3, "jammed"), (0.5, "slow"), (0.67, "busy"))
"""Speed as a share of the free one, and its name; free flow above (levels of service F, D to E and C of the Highway
Capacity Manual 2010, exhibit 16-4)."""
FREE = "free"
_PAGE = 500
_KM_H = 3.6  # in one m/s
_FREE_SPEED = "free_km_h"


@dataclass(frozen=True, slots=True)
class RoadRecord:
    """One thing that a feed says of a road.

    Attributes:
        texts: what names the road and the place in it.
        line: the sentence for the person; its figures are in `data`.
        worse: order among its kind, the worse the greater.
        at: when it was observed, None where nobody says; `is_old` where that is too long ago to be of now.
    """

    texts: tuple[str, ...]
    point: Point | None
    district: str
    line: str
    data: Mapping[str, object]
    worse: float = 0.0
    at: datetime | None = None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class RoadPart:
    """What one feed says.

    Attributes:
        skipped: records that were too broken to read.
        asked_at: when it was asked.
        made_at: when its publisher made the document, where that says so as a whole.
    """

    name: str
    source: FeedSource
    records: tuple[RoadRecord, ...]
    skipped: int
    asked_at: datetime | None = None
    made_at: datetime | None = None


async def read_speeds(request: Request, desk: Desk) -> RoadPart:
    """The mean speed at each sensor; the free one is a property that the option `free_speed` of the service names.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "speeds")
    things = await read_things(desk.fetcher, source, zone=desk.city.timezone, page_size=_PAGE)
    name = str(request.service.options.get("free_speed", _FREE_SPEED))
    found = [_speed(request, source, thing, number(thing.properties.get(name))) for thing in things.records]
    records = tuple(one for one in found if one)
    return RoadPart("speeds", source, records, things.skipped, asked_at(request, things.fetched_at))


async def read_events(request: Request, desk: Desk) -> RoadPart:
    """What happens on the roads now, or in the time that was named.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "events")
    parsed = await (await tdx_of(desk, source)).road_events()
    first, last = asked_span(request) or (request.now, request.now)
    holding = [one for one in parsed.records if not (one.start and one.start > last) and not _over(one, first)]
    records = tuple(_event(request, one) for one in holding)
    had = asked_at(request, parsed.fetched_at)
    return RoadPart("events", source, records, parsed.skipped, had, parsed.published_at)


async def read_works(request: Request, desk: Desk) -> RoadPart:
    """Where works are permitted today, or on the days that were named; those without dates are among them.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "works")
    parsed = await read_roadworks(desk.fetcher, source)
    first, last = asked_span(request) or (request.now, request.now)
    records = tuple(_work(request, one) for one in parsed.records if _meets(one, first.date(), last.date()))
    return RoadPart("works", source, records, parsed.skipped, asked_at(request, parsed.fetched_at))


def level_of(speed_km_h: float, free_km_h: float) -> str:
    """A key of the texts for how traffic moves."""
    return next((word for most, word in LEVELS if speed_km_h / free_km_h <= most), FREE)


def _speed(request: Request, source: FeedSource, thing: Thing, free_km_h: float | None) -> RoadRecord | None:
    """The newest speed of a sensor, whatever its stream is called; none where it measures no speed."""
    lang = request.lang
    english = text(thing.properties.get("name_en"))
    name = quoted((english if lang == "en" else "") or thing.name, 60)
    for stream in thing.datastreams:
        newest = stream.newest
        measured = stream.unit.in_si(newest.value) if stream.unit and newest and newest.value is not None else None
        if newest is None or measured is None or measured[1] != "m/s":
            continue
        speed, free = round(measured[0] * _KM_H), round(free_km_h) if free_km_h else None
        level = level_of(measured[0] * _KM_H, free_km_h) if free_km_h else ""
        said = say(TEXTS, level, lang) if level else ""
        is_old = not fresh_enough(request, source, newest.end)
        time = say(TEXTS, "old", lang, time=clock(newest.end, request)) if is_old else ""
        values = {"road": name, "speed": speed, "free": free, "level": said, "time": time}
        figures = {"speed_km_h": speed, "free_km_h": free, "level": level, "at": clock(newest.end, request)}
        return RoadRecord(
            texts=(thing.name, english),
            point=thing.point,
            district=text(thing.properties.get("district")),
            line=say(TEXTS, "speed" if level else "speed_alone", lang, **values),
            data={"road": name, **_where(thing.point), **figures},
            worse=1 - speed / free if free else 0.0,
            at=newest.end,
            is_old=is_old,
        )
    return None


def _event(request: Request, event: RoadEvent) -> RoadRecord:
    words = quoted(_words(event, request.lang))
    place = quoted(event.place, 60)
    where = say(TEXTS, "where", request.lang, place=place) if place and place not in f"{words} {event.title}" else ""
    since = say(TEXTS, "since", request.lang, time=clock(event.start, request)) if event.start else ""
    until = say(TEXTS, "until", request.lang, time=clock(event.end, request)) if event.end else ""
    times = say(TEXTS, "times", request.lang, times=since + until) if since or until else ""
    return RoadRecord(
        texts=(event.title, event.description, event.place),
        point=event.point,
        district="",
        line=say(TEXTS, "event", request.lang, words=words, where=where, times=times),
        data={**_where(event.point), "words": words, "place": place, "since": since, "until": until},
        worse=event.start.timestamp() if event.start else 0.0,
        at=event.observed_at,
    )


def _words(event: RoadEvent, lang: Lang) -> str:
    """The title; for readers of English the description instead, where that has fewer Chinese characters."""
    written: Sequence[str] = [words for words in (event.title, event.description) if words]
    return min(written, key=cjk_share) if lang == "en" else written[0]


def _work(request: Request, work: RoadWork) -> RoadRecord:
    road = quoted(work.road, 80)
    starts, ends = (_day(day, request.now.year) if day else "" for day in (work.starts, work.ends))
    key = "work" if starts and ends else "work_undated"
    return RoadRecord(
        texts=(work.road, work.description),
        point=work.place,
        district="",
        line=say(TEXTS, key, request.lang, road=road, starts=starts, ends=ends),
        data={**_where(work.place), "road": road, "starts": starts, "ends": ends},
        worse=float(work.starts.toordinal()) if work.starts else 0.0,
    )


def _day(day: date, this_year: int) -> str:
    return f"{day.month}/{day.day}" if day.year == this_year else f"{day.year}/{day.month}/{day.day}"


def _over(event: RoadEvent, at: datetime) -> bool:
    return event.end is not None and event.end <= at


def _meets(work: RoadWork, first: date, last: date) -> bool:
    return not (work.starts and work.starts > last) and not (work.ends and work.ends < first)


def _where(point: Point | None) -> dict[str, float]:
    return {"lat": point.lat, "lon": point.lon} if point else {}
