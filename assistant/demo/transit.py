"""Buses and trains of the demonstration city: lines, timetables, and how late each bus is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from assistant.demo.scene import Scene, days_of, hour_of, hump, is_weekend
from assistant.demo.sites import Sites
from assistant.places import Place

_BUS_M_S = 6.0  # between stops, traffic lights included
_DWELL_S = 25
_DETOUR = 1.3  # streets are longer than the crow flies
_FIRST_S = 6 * 3600
_LAST_S = 22 * 3600
_LAST_TRAIN_S = 24 * 3600
_PEAKS = ((7 * 3600, 9 * 3600), (17 * 3600, 19 * 3600))
_STOPPED_FROM = 0.45
_DETOUR_FROM = 0.3
_LIGHT_RAIL_STOPS_FROM = 0.7
_METRO_STOPS_FROM = 0.97


class Call(NamedTuple):
    """A stop of a line, and how many seconds after the start its vehicles leave it."""

    stop: str
    place: Place
    offset_s: int


@dataclass(frozen=True, slots=True)
class Line:
    """One direction of a line: 0 as its stops are listed, 1 back; `system` is "bus", "metro" or "light_rail"."""

    id: str
    system: str
    zh: str
    en: str
    direction: int
    calls: tuple[Call, ...]
    peak_s: int
    other_s: int
    in_storm: str = ""
    skips: frozenset[str] = frozenset()

    @property
    def last(self) -> Place:
        """Where it ends."""
        return self.calls[-1].place

    @property
    def lasts_s(self) -> int:
        """From its first to its last stop."""
        return self.calls[-1].offset_s

    def starts(self, weekend: bool) -> tuple[int, ...]:
        """When vehicles leave the first stop, in seconds of the service day; fewer at weekends."""
        found, at = [], _FIRST_S
        last = _LAST_S if self.system == "bus" else _LAST_TRAIN_S
        while at <= last:
            found.append(at)
            at += self.headway_s(at, weekend)
        return tuple(found)

    def headway_s(self, at_s: int, weekend: bool) -> int:
        """Seconds between vehicles at a time of the day."""
        busy = not weekend and any(start <= at_s < end for start, end in _PEAKS)
        return self.peak_s if busy else self.other_s

    def runs_in(self, scene: Scene, at: datetime) -> bool:
        """Whether the line runs at all."""
        storm = scene.storm(at)
        if self.system == "metro":
            return storm < _METRO_STOPS_FROM
        if self.system == "light_rail":
            return storm < _LIGHT_RAIL_STOPS_FROM
        return self.in_storm != "stopped" or storm < _STOPPED_FROM

    def leaves_out(self, scene: Scene, at: datetime) -> frozenset[str]:
        """The stops that a detour leaves out."""
        return self.skips if self.in_storm == "detour" and scene.storm(at) >= _DETOUR_FROM else frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """One bus of a line on a day."""

    line: Line
    trip: str
    midnight: datetime
    start_s: int

    def planned(self, call: Call) -> datetime:
        """When it should leave a stop."""
        return self.midnight + timedelta(seconds=self.start_s + call.offset_s)

    def delay_s(self, scene: Scene, call: Call) -> int:
        """How late it is there: it grows along the way, more so in peaks, in the storm and on unlucky days."""
        at = self.planned(call)
        busy = 0.0 if is_weekend(at) else max(hump(hour_of(at), 8.0, 1.2), hump(hour_of(at), 18.0, 1.3))
        luck = scene.share("delay", self.trip, self.midnight.date().isoformat())
        most = 60 + 300 * luck * (0.3 + busy) + 900 * scene.storm(at) * (0.4 + 0.6 * luck)
        way = call.offset_s / max(1, self.line.lasts_s)
        return round(most * (0.15 + 0.85 * way)) - 30

    def expected(self, scene: Scene, call: Call) -> datetime:
        """When it will leave a stop."""
        return self.planned(call) + timedelta(seconds=self.delay_s(scene, call))


def bus_lines(sites: Sites) -> tuple[Line, ...]:
    """Both directions of each `[[route]]`."""
    numbers: dict[str, str] = {}
    lines = []
    for row in sites.rows("route"):
        places = [sites.place(name) for name in row["stops"]]
        ids = [numbers.setdefault(place.name["zh-TW"], f"B{len(numbers) + 1:03d}") for place in places]
        skips = frozenset(numbers[sites.place(name).name["zh-TW"]] for name in row.get("skips", []))
        for direction, order in ((0, 1), (1, -1)):
            lines.append(
                Line(
                    id=str(row["id"]),
                    system="bus",
                    zh=str(row["zh"]),
                    en=str(row["en"]),
                    direction=direction,
                    calls=_calls(ids[::order], places[::order], _BUS_M_S),
                    peak_s=60 * int(row["peak"]),
                    other_s=60 * int(row["other"]),
                    in_storm=str(row.get("typhoon", "")),
                    skips=skips,
                )
            )
    return tuple(lines)


def rail_lines(sites: Sites) -> tuple[Line, ...]:
    """Both directions of each `[[line]]`; a loop ends where it began."""
    lines = []
    for row in sites.rows("line"):
        codes = [str(code) for code in row["stations"]]
        codes += codes[:1] if row.get("loop") else []
        places = [sites.place(code) for code in codes]
        for direction, order in ((0, 1), (1, -1)):
            lines.append(
                Line(
                    id=str(row["id"]),
                    system=str(row["system"]),
                    zh=str(row["zh"]),
                    en=str(row["en"]),
                    direction=direction,
                    calls=_calls(codes[::order], places[::order], float(row["speed_m_s"])),
                    peak_s=60 * int(row["peak"]),
                    other_s=60 * int(row["other"]),
                )
            )
    return tuple(lines)


def service_name(weekend: bool) -> str:
    """The service of the timetable."""
    return "weekend" if weekend else "weekday"


def trip_name(line: Line, weekend: bool, start_s: int) -> str:
    """The trip of a line that starts at a time."""
    return f"{line.id}-{line.direction}-{service_name(weekend)}-{start_s // 3600:02d}{start_s % 3600 // 60:02d}"


def runs_near(scene: Scene, line: Line, before: timedelta, after: timedelta) -> Iterator[Run]:
    """The runs of a line that are under way, ended no longer than `before` ago, or start within `after`."""
    for midnight in days_of(scene, -1, 0):
        weekend = is_weekend(midnight)
        for start_s in line.starts(weekend):
            run = Run(line, trip_name(line, weekend, start_s), midnight, start_s)
            if run.planned(line.calls[0]) > scene.now + after:
                break
            if run.expected(scene, line.calls[-1]) >= scene.now - before:
                yield run


def next_train_s(scene: Scene, line: Line, call: Call) -> int | None:
    """Seconds until the next train leaves a station, one of last night's or today's; None where no more comes today."""
    for midnight in days_of(scene, -1, 0):
        now_s = int((scene.now - midnight).total_seconds())
        leaving = (start + call.offset_s for start in line.starts(is_weekend(midnight)))
        coming = next((at for at in leaving if at >= now_s), None)
        if coming is not None:
            return coming - now_s
    return None


def _calls(ids: list[str], places: list[Place], speed_m_s: float) -> tuple[Call, ...]:
    found, offset_s = [], 0.0
    for number, (stop, place) in enumerate(zip(ids, places, strict=True)):
        if number:
            offset_s += _DWELL_S + _DETOUR * places[number - 1].point.distance_m(place.point) / speed_m_s
        found.append(Call(stop, place, round(offset_s / 30) * 30))
    return tuple(found)
