"""Metro and light rail: whether lines run normally, what their operators announce, and the next trains at a station."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.feeds.tdx_records import MetroArrival
from assistant.schema import Lang, Reading, Status
from assistant.text import fold
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.location import how_far
from assistant.tools.rail_feeds import ALERTS, BOARDS, SCHEDULE, TIMES, RailFeeds, ask_rail, ask_times
from assistant.tools.rail_lines import (
    ChosenStation,
    RailLine,
    lines_meant,
    lines_of,
    station_meant,
    systems_at,
)
from assistant.tools.stops import stop_form
from assistant.tools.texts import clock, quoted, say, trouble
from assistant.tools.told import Told
from assistant.tools.trains import LIVE, Train, first_last_data, planned_trains, train_said, trains_at
from assistant.tools.transit import deadline, in_language
from assistant.tools.transit_alerts import MOST_SHOWN, Announcement, in_force, is_about, of_tdx

_TEXTS = "metro_status"
_SHOWN = 5
_MOST_CHOICES = 4
_NORMAL = "normal"
_ANNOUNCED = frozenset({"stopped", "disrupted"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: lines, all where none is named, and words for a station, empty where none is named."""

    lines: tuple[RailLine, ...]
    every: tuple[RailLine, ...]
    words: str

    @property
    def is_narrow(self) -> bool:
        """Whether lines are named."""
        return self.lines != self.every


async def answer(request: Request, desk: Desk) -> Finding:
    """The next trains at a station, or how lines run; always with what is announced of the lines.

    Raises:
        FeedError: no feed can be had or read.
    """
    until = deadline()
    every = lines_of(request.service)
    values = request.arguments.values
    meant = lines_meant(every, values.get("line", ""))
    if "line" in values and "station" not in values and not meant:
        text = say(_TEXTS, "which_line", request.lang, words=quoted(values["line"], 30))
        choices = tuple(line.names[request.lang] for line in every)[:_MOST_CHOICES]
        return Finding((Line(text),), status=Status.CLARIFY, choices=choices)
    asked = _Asked(meant or every, every, values.get("station", ""))
    systems = {line.system for line in meant} or systems_at(every, request.arguments.places.get("station", ()))
    systems = systems or {line.system for line in every}
    feeds = await ask_rail(request, desk, sorted(systems), until)
    if not asked.words:
        _check(feeds, feeds.boards, feeds.alerts)
        return _of_lines(request, feeds, asked)
    _check(feeds, feeds.boards, feeds.timetable)
    places = request.arguments.places.get("station", ())
    station = station_meant(desk, feeds.rows(request), asked.words, places, sorted(systems))
    trains = trains_at(request, station.rows, every)
    if trains and (_asks(request, "last_words") or any(train.kind == "last_gone" for train in trains)):
        served = {line.system for line in every if any(line.is_called(row.line) for row in station.rows)}
        await ask_times(request, desk, feeds, sorted(served), until)
    return _at_station(request, feeds, asked, station, trains)


def _check(feeds: RailFeeds, *parts: object) -> None:
    """That any of some parts came.

    Raises:
        FeedError: the first fault, where none did.
    """
    for (part, _), fault in feeds.faults.items():
        if not any(parts):
            fault.feed = feeds.source(part).name
            raise fault


def _of_lines(request: Request, feeds: RailFeeds, asked: _Asked) -> Finding:
    """How lines run: what is announced, and whether the boards show trains."""
    told = Told()
    lines = [line for line in asked.lines if line.system in {*feeds.boards, *feeds.alerts}]
    is_whole = _tell_announced(request, feeds, lines, told)
    _tell_boards(request, feeds, lines, told)
    faults = _tell_faults(request, feeds, told, ())
    status = Status.ANSWERED if is_whole and not faults else Status.PARTIAL
    return told.finding(status, lambda part: _reading(request, feeds, told, (), part))


def _at_station(
    request: Request, feeds: RailFeeds, asked: _Asked, station: ChosenStation, trains: Sequence[Train]
) -> Finding:
    told, lang = Told(), request.lang
    if not trains and feeds.rows(request) and not feeds.faults.keys() & {(BOARDS, one) for one in _systems(asked)}:
        return _no_station(request, asked, station)
    shown = _directed(request, asked, trains)
    part = BOARDS
    if not shown and feeds.timetable:
        names = [asked.words, *(name for place in request.arguments.places.get("station", ()) for name in place.names)]
        shown, part = planned_trains(request, feeds.timetable.content, names, asked.lines)[:_SHOWN], SCHEDULE
    if shown:
        _tell_trains(request, told, station, shown, part)
    lines = [line for line in asked.every if line.names[lang] in {train.line for train in shown}]
    is_whole = _tell_announced(request, feeds, lines, told)
    _tell_times(request, feeds, asked, told, shown)
    faults = _tell_faults(request, feeds, told, shown)
    if not shown:
        return told.finding(Status.FEED_UNAVAILABLE, lambda part: _reading(request, feeds, told, (), part))
    is_live = part == BOARDS and is_whole and not faults and all(train.kind != "unknown" for train in shown)
    status = Status.ANSWERED if is_live else Status.PARTIAL
    return told.finding(status, lambda part: _reading(request, feeds, told, shown, part))


def _systems(asked: _Asked) -> set[str]:
    return {line.system for line in asked.every}


def _no_station(request: Request, asked: _Asked, station: ChosenStation) -> Finding:
    """No board has such a station: say so, and offer those whose name holds the words."""
    words = quoted(asked.words, 40)
    choices = tuple(dict.fromkeys(quoted(in_language(one, request.lang), 40) for one in station.choices))
    if choices:
        text = say(_TEXTS, "which_station", request.lang, words=words)
        return Finding((Line(text),), status=Status.CLARIFY, choices=choices[:_MOST_CHOICES])
    key = "no_station_near" if request.arguments.places.get("station") else "unknown_station"
    return Finding((Line(say(_TEXTS, key, request.lang, words=words)),), status=Status.NO_EVIDENCE)


def _directed(request: Request, asked: _Asked, trains: Sequence[Train]) -> list[Train]:
    """The trains of the lines that are named, those towards a named end first."""
    names = {line.names[request.lang] for line in asked.lines}
    own = [train for train in trains if train.line in names] or list(trains)
    rest = stop_form(request.arguments.text).replace(stop_form(asked.words), "", 1)
    return sorted(own, key=lambda train: not (train.end and stop_form(train.end) in rest))[:_SHOWN]


def _tell_trains(request: Request, told: Told, station: ChosenStation, trains: Sequence[Train], part: str) -> None:
    lang = request.lang
    names = list(dict.fromkeys(train.station for train in trains))
    name = say(_TEXTS, "joint", lang).join(names)
    if station.distance_m is None:
        told.add(say(_TEXTS, "head" if part == BOARDS else "head_planned", lang, station=name), part, station=name)
    else:
        words, distance = quoted(request.arguments.values["station"], 40), how_far(station.distance_m, lang)
        text = say(_TEXTS, "head_near", lang, station=name, words=words, distance=distance)
        told.add(text, part, station=name, asked=words, distance=distance)
    for train in trains:
        told.add(train_said(request, train, len(names) > 1), part)
    told.data.setdefault(part, {})["trains"] = [train.data(request) for train in trains]


def _tell_announced(request: Request, feeds: RailFeeds, lines: Iterable[RailLine], told: Told) -> bool:
    """What operators announce of lines, each once; whether all was read and is of now."""
    lang, every = request.lang, lines_of(request.service)
    announced: dict[Announcement, list[str]] = {}
    quiet: dict[str, list[str]] = {}
    for line in lines:
        alerts = feeds.alerts.get(line.system)
        if alerts is None:
            continue
        concerns = _concerns(line, every, feeds)
        found = of_tdx(alerts.records, concerns, request.now, lang)[:MOST_SHOWN]
        for one in found:
            announced.setdefault(one, []).append(line.names[lang])
        if not found:
            held = [one for one in alerts.records if in_force(one, request.now) and is_about(one, concerns)]
            key = _NORMAL if any(one.status == _NORMAL for one in held) else "unread" if alerts.skipped else "quiet"
            quiet.setdefault(key, []).append(line.names[lang])
    joint = say(_TEXTS, "joint", lang)
    for one, names in announced.items():
        key = one.word if one.word in _ANNOUNCED else "announced"
        told.add(say(_TEXTS, key, lang, lines=joint.join(names), text=one.text), ALERTS)
    for key, names in quiet.items():
        told.add(say(_TEXTS, key, lang, lines=joint.join(names)), ALERTS)
    told.data.setdefault(ALERTS, {}).update({"alerts": [one.data for one in announced], **quiet})
    at = feeds.announced_at()
    return "unread" not in quiet and (at is None or fresh_enough(request, feeds.source(ALERTS), at))


def _concerns(line: RailLine, every: Iterable[RailLine], feeds: RailFeeds) -> Callable[[Mapping[str, str]], bool]:
    """Whether a name of an announcement is of the line or of a station of it, or of nothing that is known."""
    rows = [row for board in feeds.boards.values() for row in board.records]
    own = _stations([row for row in rows if line.is_called(row.line)])
    others = _stations(rows)
    known = tuple(every)

    def concerns(names: Mapping[str, str]) -> bool:
        forms = {stop_form(name) for name in names.values()}
        if any(line.is_called(name) for name in names.values()) or forms & own:
            return True
        return not forms & others and not any(one.is_called(name) for one in known for name in names.values())

    return concerns


def _stations(rows: Iterable[MetroArrival]) -> frozenset[str]:
    return frozenset(stop_form(name) for row in rows for name in row.station_names.values())


def _tell_boards(request: Request, feeds: RailFeeds, lines: Iterable[RailLine], told: Told) -> None:
    """Whether the boards show trains, or why they show none."""
    lang, joint = request.lang, say(_TEXTS, "joint", request.lang)
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.system in feeds.boards and line.system not in feeds.old_boards(request):
            kind, said = _board(request, feeds, line)
            found.setdefault(kind, []).append(said)
    for kind, every in found.items():
        told.add(say(_TEXTS, f"board_{kind}", lang, lines=joint.join(every)), BOARDS, **{kind: every})


def _board(request: Request, feeds: RailFeeds, line: RailLine) -> tuple[str, str]:
    """What the board shows of a line, a key of the texts, with the line and what matters of it."""
    lang, name = request.lang, line.names[request.lang]
    trains = trains_at(request, [row for row in feeds.rows(request) if line.is_called(row.line)], (line,))
    live = {train.station for train in trains if train.kind in LIVE}
    if live:
        return "running", say(_TEXTS, "stations", lang, line=name, number=len(live))
    if trains and trains[0].at:
        return "first", say(_TEXTS, "from", lang, line=name, time=clock(trains[0].at, request))
    kinds = {train.kind for train in trains}
    return next((kind for kind in ("no_service", "last_gone") if kinds == {kind}), "empty"), name


def _tell_times(request: Request, feeds: RailFeeds, asked: _Asked, told: Told, trains: Iterable[Train]) -> None:
    """The first and the last trains, where they were asked for or matter now."""
    rows = [row for stock in feeds.times.values() for row in stock.content]
    found = first_last_data(request, trains, rows, asked.every)
    for one in found:
        told.add(say(_TEXTS, "first_last", request.lang, **one), TIMES, times=found)


def _tell_faults(request: Request, feeds: RailFeeds, told: Told, trains: Collection[Train]) -> bool:
    """What is missing and why; whether anything is. A timetable is missed only where it would have to help out."""
    lang, before = request.lang, len(told.lines)
    boards = [fault for (part, _), fault in feeds.faults.items() if part == BOARDS]
    old = feeds.old_boards(request)
    if boards:
        told.lines.append((trouble(feeds.source(BOARDS), boards[0], lang).text, ""))
    elif any(part == ALERTS for part, _ in feeds.faults):
        publisher = feeds.source(ALERTS).publisher.get(lang) or feeds.source(ALERTS).name
        told.add(say(_TEXTS, "no_alerts", lang, publisher=publisher))
    if old:
        time = clock(min(old.values()), request)
        told.add(say(_TEXTS, "old_boards", lang, time=time), BOARDS, seen_at=time)
    if any(part == TIMES for part, _ in feeds.faults):
        told.add(say(_TEXTS, "no_times", lang))
    if not trains and (SCHEDULE, "") in feeds.faults and request.arguments.values.get("station"):
        told.add(say(_TEXTS, "no_timetable", lang))
    return len(told.lines) > before


def _reading(request: Request, feeds: RailFeeds, told: Told, trains: Iterable[Train], part: str) -> Reading:
    data = told.data.get(part, {})
    if part == ALERTS:
        at = feeds.announced_at()
    elif part == SCHEDULE:
        at = feeds.timetable.loaded_at if feeds.timetable else None
    elif part == TIMES:
        at = min((stock.loaded_at for stock in feeds.times.values()), default=None)
    else:
        times = [train.observed_at for train in trains if train.observed_at]
        times = times or [row.estimate.observed_at for row in feeds.rows(request) if row.estimate.observed_at]
        at = min(times or feeds.old_boards(request).values(), default=None)
    place = str(data.get("station", ""))
    return reading_of(request, feeds.source(part), data, observed_at=at, place=place)


def _asks(request: Request, key: str) -> bool:
    """Whether the wording holds one of the words of a key, in either language."""
    languages: tuple[Lang, ...] = ("zh-TW", "en")
    words = [word for lang in languages for word in say(_TEXTS, key, lang).split("|")]
    return any(word in fold(request.arguments.text) for word in words)


TOOL = Tool(answer)
