"""The next trains at a station: of the operator's live board, and of a timetable where that is all there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.feeds.gtfs import Departure
from assistant.feeds.tdx_records import FirstLast, MetroArrival
from assistant.tools.base import Request
from assistant.tools.rail_lines import RailLine
from assistant.tools.stops import stop_form
from assistant.tools.texts import clock, quoted, say
from assistant.tools.transit import Timetable, in_language, is_railway

_TEXTS = "metro_status"
_MINUTE_S, _HOUR_S = 60, 3600
LIVE = frozenset({"live", "due"})
_SOON = timedelta(hours=1)
_MOST = 200
_DAY_BEGINS_H = 4  # before it, a train belongs to the service day before
_TURNS = {"順行": "clockwise", "逆行": "counterclockwise"}
_STATES = frozenset({"not_departed", "not_stopping", "last_gone", "no_service"})


@dataclass(frozen=True, slots=True)
class Train:
    """The next train of a line in a direction, or why none is expected.

    Attributes:
        kind: a key of the texts: "live", "due", "first" (nothing before the first train), "headway", "planned", or a
            state: "not_departed", "not_stopping", "last_gone", "no_service", "unknown".
        end: the name of its last station, empty on a loop; `destination` is that station's id.
        at: when it comes; by headway, until when such service lasts.
    """

    kind: str
    line: str
    towards: str
    station: str
    end: str = ""
    destination: str = ""
    at: datetime | None = None
    observed_at: datetime | None = None
    headway_min: int | None = None

    def data(self, request: Request) -> dict[str, object]:
        """JSON values for a reading, with the figures as the line says them."""
        wait_s = (self.at - request.now).total_seconds() if self.at else 0.0
        return {
            "line": self.line,
            "towards": self.towards,
            "station": self.station,
            "kind": self.kind,
            "minutes": int(wait_s) // _MINUTE_S if self.kind in LIVE else None,
            "time": clock(self.at, request) if self.at else "",
            "at": self.at.isoformat(timespec="seconds") if self.at else "",
            "every": self.headway_min,
        }


def trains_at(request: Request, rows: Iterable[MetroArrival], lines: Sequence[RailLine]) -> list[Train]:
    """The next train of each line and direction, the soonest first."""
    trains = [_train(request, row, lines) for row in rows]
    return sorted(trains, key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0.0, one.line))


def train_said(request: Request, train: Train, with_station: bool = False) -> str:
    """One train as a line of the answer."""
    lang, data = request.lang, train.data(request)
    said = say(_TEXTS, "towards" if train.towards else "line", lang, line=train.line, towards=train.towards)
    said = say(_TEXTS, "at_station", lang, line=said, station=train.station) if with_station else said
    return say(_TEXTS, train.kind, lang, line=said, minutes=data["minutes"], time=data["time"], every=data["every"])


def planned_trains(
    request: Request, timetable: Timetable, names: Iterable[str], lines: Sequence[RailLine]
) -> list[Train]:
    """What a timetable plans at a station of some names: a headway, or the next departures of each direction."""
    found: dict[tuple[str, str], Train] = {}
    for stop in timetable.stops.named(*names):
        for one in timetable.schedule.departures(stop.id, request.now, within=_SOON, most=_MOST):
            if is_railway(one.route) and (train := _planned(request, one, lines)):
                found.setdefault((train.line, train.towards), train)
    return list(found.values())


def first_last_data(
    request: Request, trains: Iterable[Train], times: Iterable[FirstLast], lines: Sequence[RailLine]
) -> list[dict[str, object]]:
    """The first and the last train of the directions of some trains: of today's service day, the first one to come."""
    directions = {(train.line, train.destination): train for train in trains}
    found: dict[tuple[str, str], dict[str, object]] = {}
    today = (request.now - timedelta(hours=_DAY_BEGINS_H)).date()
    for row in times:
        train = directions.get((_line_name(request, row.line, lines), row.destination))
        same = train is not None and stop_form(in_language(row.station_names, request.lang)) == stop_form(train.station)
        if train is None or not same or (row.weekdays is not None and today.weekday() not in row.weekdays):
            continue
        data: dict[str, object] = {
            "line": train.line,
            "towards": train.towards,
            "first": _clock(row.first_s),
            "last": _clock(row.last_s),
        }
        found.setdefault((train.line, train.towards), data)
    return list(found.values())


def _train(request: Request, row: MetroArrival, lines: Sequence[RailLine]) -> Train:
    wait_s = row.estimate.wait_s(request.now)
    kind, at = row.estimate.status, None
    if wait_s is not None and row.estimate.arrives_at:
        at = max(request.now, row.estimate.arrives_at)
        is_far = kind == "not_departed" or wait_s > _HOUR_S
        kind = "first" if is_far else "live" if wait_s >= _MINUTE_S else "due"
    elif kind not in _STATES:
        kind = "unknown"
    return Train(
        kind=kind,
        line=_line_name(request, row.line, lines),
        towards=_towards(request, row),
        station=quoted(in_language(row.station_names, request.lang), 40),
        end="" if row.headsign in _TURNS else in_language(row.destination_names, request.lang),
        destination=row.destination,
        at=at,
        observed_at=row.estimate.observed_at,
    )


def _towards(request: Request, row: MetroArrival) -> str:
    """Where a train goes; on a loop, which way around."""
    lang = request.lang
    if row.headsign in _TURNS:
        return say(_TEXTS, _TURNS[row.headsign], lang)
    end = in_language(row.destination_names, lang) or row.headsign.removeprefix("往")
    return say(_TEXTS, "end", lang, end=quoted(end, 40)) if end else ""


def _planned(request: Request, one: Departure, lines: Sequence[RailLine]) -> Train | None:
    if one.route is None or (one.headway_s and one.time > request.now):
        return None
    names: Mapping[str, str] = {**one.route.long_names, **one.route.short_names}
    line = next((line for line in lines if any(line.is_called(name) for name in (one.route.id, *names.values()))), None)
    end = in_language(one.trip.headsigns, request.lang)
    return Train(
        kind="headway" if one.headway_s else "planned",
        line=line.names[request.lang] if line else quoted(in_language(one.route.long_names or names, request.lang), 40),
        towards=say(_TEXTS, "end", request.lang, end=quoted(end, 40)) if end else "",
        station=quoted(in_language(one.stop.names, request.lang), 40),
        at=one.until if one.headway_s else one.time,
        headway_min=round(one.headway_s / _MINUTE_S) if one.headway_s else None,
    )


def _line_name(request: Request, line_id: str, lines: Sequence[RailLine]) -> str:
    found = next((line for line in lines if line.is_called(line_id)), None)
    return found.names[request.lang] if found else quoted(line_id, 20)


def _clock(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // _HOUR_S % 24:02d}:{seconds % _HOUR_S // _MINUTE_S:02d}"
