"""How many wait in a hospital's emergency room, or in those nearest to a place, and the nearest that is less loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from assistant.feeds.base import FeedSource
from assistant.feeds.geometry import Point
from assistant.feeds.nhi_emergency import EmergencyRoom, read_nhi_emergency
from assistant.places import Place
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.hospitals import Hospital, asked_hospitals, city_hospitals
from assistant.tools.location import how_far
from assistant.tools.sensors import asked_spot, is_current
from assistant.tools.texts import clock, quoted, say

_TEXTS = "emergency_rooms"
_NEAR_M = 15_000.0
_MOST_CHOICES = 4
_MOST_LISTED = 4
_MOST_PEOPLE = 1000
_COUNTS = ("waiting_to_be_seen", "waiting_for_trolley", "waiting_for_bed", "waiting_for_intensive_care")


@dataclass(frozen=True, slots=True)
class _Told:
    """A line to come: which sentence, of which hospital, how far from what was asked (None: not said)."""

    key: str
    hospital: Hospital
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Board:
    """The emergency rooms of the city, those with current figures, and how many rows were too broken to read."""

    source: FeedSource
    hospitals: list[Hospital]
    current: list[Hospital]
    skipped: int


async def answer(request: Request, desk: Desk) -> Finding:
    """The load of a named hospital; else of the nearest to a place; else of those where fewest wait to be seen.

    Each time with the nearest emergency room that is less loaded: not reported full, with fewer people waiting to be
    seen and fewer in all. Options: `near_m`, how far that may be; `emergency_number`.

    Raises:
        FeedError: the feed cannot be had or read.
    """
    source = desk.source(request.service, "rooms")
    parsed = await read_nhi_emergency(desk.fetcher, source, desk.city.timezone)
    hospitals = city_hospitals(map(_believed, parsed.records), desk.gazetteer)
    current = [one for one in hospitals if _is_current(request, source, one.room)]
    board = _Board(source, hospitals, current, parsed.skipped)
    if words := request.arguments.values.get("hospital", ""):
        places = request.arguments.places.get("hospital", ())
        named = asked_hospitals(words, places, hospitals)
        if len(named) <= _MOST_CHOICES:
            return _named(request, board, named, words, places)
    spot = asked_spot(request, desk)
    if isinstance(spot, Finding):
        return spot
    if not current:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    if spot.point is None:
        return _calmest(request, board)
    found = _finding(request, board, _around(request, board, spot.point), {"near": spot.name})
    nearest = _by_distance(hospitals, spot.point)[0][1]
    if nearest in current:
        return found
    text = say(_TEXTS, "nearer", request.lang, hospital=nearest.name(request.lang))
    return replace(found, lines=(Line(text), *found.lines), status=Status.PARTIAL)


def _named(request: Request, board: _Board, named: Sequence[Hospital], words: str, places: Sequence[Place]) -> Finding:
    if len(named) > 1:
        choices = tuple(one.name(request.lang) for one in named)
        text = say("common", "which_place", request.lang, words=quoted(words, 40))
        return Finding((Line(text),), status=Status.CLARIFY, choices=choices)
    if named:
        point = named[0].place.point if named[0].place else None
        less = _nearest_less(request, board, named[0], point) if point else []
        return _finding(request, board, [_Told("room", named[0]), *less], {})
    unknown = Line(say(_TEXTS, "unknown", request.lang, hospital=quoted(words, 40)))
    around = _around(request, board, places[0].point)[:1] if places and board.current else []
    if not around:
        return Finding((unknown,), status=Status.NO_EVIDENCE)
    found = _finding(request, board, around, {"near": quoted(words, 40)})
    return Finding((unknown, *found.lines), found.readings, Status.NO_EVIDENCE)


def _around(request: Request, board: _Board, point: Point) -> list[_Told]:
    """The nearest, the nearest that is less loaded, and the one within reach where fewest wait to be seen."""
    order = _by_distance(board.current, point)
    told = [_Told("nearest", order[0][1], order[0][0]), *_nearest_less(request, board, order[0][1], point)]
    within = [pair for pair in order if pair[0] <= _reach_m(request)]
    calmest = min(within, key=lambda pair: (_rank(pair[1].room), pair[0]), default=None)
    if calmest and calmest[1] not in [one.hospital for one in told]:
        told.append(_Told("calmest", calmest[1], calmest[0]))
    return told


def _nearest_less(request: Request, board: _Board, than: Hospital, point: Point) -> list[_Told]:
    """The nearest that is less loaded, or that there is none; the nearest at all where its own load is not known."""
    if than not in board.current:
        return [_Told("other", one, far) for far, one in _by_distance(board.current, point)[:1]]
    order = _by_distance([one for one in board.current if _is_less(one.room, than.room)], point)
    return [_Told("less", one, far) for far, one in order[:1] if far <= _reach_m(request)] or [_Told("no_less", than)]


def _calmest(request: Request, board: _Board) -> Finding:
    """The whole city: where fewest wait to be seen, and who has reported to be full."""
    order = sorted(board.current, key=lambda one: _rank(one.room))
    return _finding(request, board, [_Told("room", one) for one in order[:_MOST_LISTED]], {}, listed=True)


def _finding(
    request: Request, board: _Board, told: Sequence[_Told], near: dict[str, str], *, listed: bool = False
) -> Finding:
    if not told:
        return Finding((Line(say(_TEXTS, "none", request.lang)),), status=Status.NO_EVIDENCE)
    number = str(request.service.options.get("emergency_number", ""))
    more = {**near, "emergency_number": number, "reach": how_far(_reach_m(request), request.lang)}
    readings = [_reading(request, board.source, one, more) for one in told]
    lines = [_line(request, one, readings[place], place, near) for place, one in enumerate(told)]
    if listed:
        lines = [Line(say(_TEXTS, "listed", request.lang)), *lines, _full_line(request, board)]
    if board.skipped:
        lines.append(Line(say(_TEXTS, "skipped", request.lang)))
    lines.append(Line(say(_TEXTS, "hint", request.lang, number=number)))
    if not all(_is_current(request, board.source, one.hospital.room) for one in told) or board.skipped:
        return Finding(tuple(lines), tuple(readings), Status.PARTIAL)
    return Finding(tuple(lines), tuple(readings))


def _line(request: Request, told: _Told, reading: Reading, place: int, near: dict[str, str]) -> Line:
    room, lang = told.hospital.room, request.lang
    counts = {
        "see": room.waiting_to_be_seen,
        "trolley": room.waiting_for_trolley,
        "bed": room.waiting_for_bed,
        "intensive": room.waiting_for_intensive_care,
    }
    said = {name: say(_TEXTS, "people" if n is not None else "not_told", lang, n=n) for name, n in counts.items()}
    full = say(_TEXTS, "full_unknown" if room.full is None else "full" if room.full else "not_full", lang)
    load = say(_TEXTS, "load", lang, full=full, **said) if room.reports else say(_TEXTS, "silent", lang, full=full)
    values = {"hospital": reading.data["hospital"], "time": reading.data["time"], "load": load}
    where = {
        "place": near.get("near", ""),
        "distance": reading.data.get("distance", ""),
        "reach": reading.data["reach"],
    }
    return Line(say(_TEXTS, told.key, lang, **values, **where), place)


def _full_line(request: Request, board: _Board) -> Line:
    """Who has reported to be full; that nobody has is said only where all are known."""
    full = [one.name(request.lang) for one in board.current if one.room.full]
    if full:
        names = say(_TEXTS, "and", request.lang).join(full)
        return Line(say(_TEXTS, "full_list", request.lang, names=names))
    known = len(board.current) == len(board.hospitals) and all(one.room.full is False for one in board.current)
    return Line(say(_TEXTS, "full_nobody" if known and not board.skipped else "full_partly", request.lang))


def _reading(request: Request, source: FeedSource, told: _Told, more: dict[str, str]) -> Reading:
    room, place = told.hospital.room, told.hospital.place
    far = (
        {"distance_m": round(told.distance_m), "distance": how_far(told.distance_m, request.lang)}
        if told.distance_m is not None
        else {}
    )
    name = told.hospital.name(request.lang)
    data = {
        "hospital": name,
        "lat": place.point.lat if place else None,
        "lon": place.point.lon if place else None,
        **{name: getattr(room, name) for name in _COUNTS},
        "full": room.full,
        "time": clock(room.snapshot_at, request) if room.snapshot_at else say(_TEXTS, "no_time", request.lang),
        **far,
        **more,
    }
    return reading_of(request, source, data, observed_at=room.snapshot_at, place=name)


def _by_distance(hospitals: Sequence[Hospital], point: Point) -> list[tuple[float, Hospital]]:
    far = [(one.distance_m(point), one) for one in hospitals]
    return sorted(((metres, one) for metres, one in far if metres is not None), key=lambda pair: pair[0])


def _is_current(request: Request, source: FeedSource, room: EmergencyRoom) -> bool:
    return room.reports and room.snapshot_at is not None and is_current(request, source, room.snapshot_at)


def _believed(room: EmergencyRoom) -> EmergencyRoom:
    """The room without figures that no emergency room can have."""

    def possible(people: int | None) -> int | None:
        return people if people is None or people <= _MOST_PEOPLE else None

    return replace(
        room,
        waiting_to_be_seen=possible(room.waiting_to_be_seen),
        waiting_for_trolley=possible(room.waiting_for_trolley),
        waiting_for_bed=possible(room.waiting_for_bed),
        waiting_for_intensive_care=possible(room.waiting_for_intensive_care),
    )


def _is_less(room: EmergencyRoom, than: EmergencyRoom) -> bool:
    return _rank(room) < _rank(than) and _total(room) < _total(than)


def _rank(room: EmergencyRoom) -> tuple[bool, float]:
    """First those that have not reported to be full, then those where fewer wait to be seen."""
    return room.full is True, inf if room.waiting_to_be_seen is None else room.waiting_to_be_seen


def _total(room: EmergencyRoom) -> int:
    return sum(getattr(room, name) or 0 for name in _COUNTS)


def _reach_m(request: Request) -> float:
    return float(request.service.options.get("near_m", _NEAR_M))


TOOL = Tool(answer)
