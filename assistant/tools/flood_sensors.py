"""What sensors near a place tell of a flood: water on streets, rain, rivers, sewers and pumps against thresholds."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.feeds.base import FeedSource
from assistant.schema import Lang
from assistant.tools.base import Request
from assistant.tools.flood_rules import DRY, FLOODED, LEVELS, LIKELY, WATCH, Depths, Pumps, Rain, Rivers, Sewers
from assistant.tools.sensors import Measured, Near, Sensors, Spot, far_data, is_current, near, plain
from assistant.tools.shows import property_number
from assistant.tools.texts import clock, say

TEXTS = "flood_risk"
_DEEPEST_M, _DEEPEST_SEWER_M = 10.0, 20.0
_RIVER_M = (-20.0, 4500.0)
_MOST_RAIN_MM = 400.0  # in an hour; more falls in longer spans with their root (WMO records: 305 mm, 1825 mm in 24 h)


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that tells of a flood, or of none.

    Attributes:
        level: of `LEVELS`.
        text: a clause without a full stop; its figures are in `data`.
        where: how far it is, empty where that goes without saying.
        asked: whether the person named it.
    """

    part: str
    level: int
    text: str
    source: FeedSource
    at: datetime | None
    place: str
    data: Mapping[str, object]
    where: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What one part tells; `unusable` sensors in reach gave only old or impossible values."""

    signals: tuple[Signal, ...]
    unusable: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """From where it is judged: the place, and the sensors that the person named."""

    request: Request
    spot: Spot
    named: frozenset[str]

    @property
    def lang(self) -> Lang:
        """The language of the answer."""
        return self.request.lang


Read = Callable[[Near], tuple[int, str, dict[str, object], datetime] | None]


def judge_depths(view: View, part: str, found: Sensors, rule: Depths) -> Seen:
    """Water on streets or in underpasses, against each sensor's own alert level, else the rule's."""

    def read(one: Near) -> tuple[int, str, dict[str, object], datetime] | None:
        measured = _current(view, found, one, rule.observed)
        depth_m = measured.in_metres() if measured else None
        if measured is None or depth_m is None or not -0.05 <= depth_m <= _DEEPEST_M:
            return None
        depth_cm = plain(max(0.0, 100 * depth_m))
        limit_cm = plain(property_number(one.sensor, rule.alert) or rule.flooded_cm)
        state = one.sensor.newest(rule.state) if rule.state else None
        closed = state is not None and state.value in rule.closed
        level = FLOODED if depth_cm >= limit_cm else WATCH if depth_cm >= rule.watch_cm or closed else DRY
        key = "closed" if closed else "flooded" if level == FLOODED else "depth"
        data: dict[str, object] = {
            "depth_cm": depth_cm,
            "limit_cm": limit_cm,
            "closed": closed,
            "threshold_source": rule.source,
        }
        return level, key, data, measured.at

    return _seen(view, part, found, rule.near_m, read, lambda data: -_number(data["depth_cm"]))


def judge_rain(view: View, part: str, found: Sensors, rule: Rain) -> Seen:
    """The rain at the nearest gauge; of the whole city, at that where most has fallen."""

    def read(one: Near) -> tuple[int, str, dict[str, object], datetime] | None:
        fell: dict[str, object] = {}
        level, at, last_mm = DRY, None, math.inf
        for span in sorted(rule.spans, key=lambda each: each.hours):
            measured = _current(view, found, one, span.observed)
            metres = measured.in_metres() if measured else None
            if measured is None or metres is None or not 0 <= 1000 * metres <= _MOST_RAIN_MM * math.sqrt(span.hours):
                continue
            rain_mm = plain(1000 * metres)
            fell[str(span.hours)] = rain_mm
            last_mm, at = min(last_mm, rain_mm), min(at or measured.at, measured.at)
            likely = span.likely_mm is not None and rain_mm >= span.likely_mm and last_mm >= rule.ceased_mm
            level = max(level, LIKELY if likely else WATCH if rain_mm >= span.watch_mm else DRY)
        if at is None:
            return None
        return level, "rain", {"rain_mm_by_hours": fell, "threshold_source": rule.source}, at

    def nearest_first(data: dict[str, object]) -> float:
        fell = data["rain_mm_by_hours"]
        most = max(map(_number, fell.values())) if isinstance(fell, dict) else 0.0
        return -most if view.spot.point is None else 0.0

    seen = _seen(view, part, found, rule.near_m, read, nearest_first, by_level=view.spot.point is None)
    return Seen(seen.signals[:1])


def judge_rivers(view: View, part: str, found: Sensors, rule: Rivers) -> Seen:
    """River levels against the alert levels of each gauge."""

    def read(one: Near) -> tuple[int, str, dict[str, object], datetime] | None:
        measured = _current(view, found, one, rule.observed)
        metres = measured.in_metres() if measured else None
        if measured is None or metres is None or not _RIVER_M[0] <= metres <= _RIVER_M[1]:
            return None
        level_m = plain(metres, 2)
        alerts = [property_number(one.sensor, f"{rule.alert}.{place}") for place in range(3)]
        known = [(number, plain(alert, 2)) for number, alert in enumerate(alerts, start=1) if alert is not None]
        over = next(((number, alert) for number, alert in known if level_m >= alert), None)
        number, limit = over or (known[-1] if known else (0, 0))
        level = DRY if over is None else LIKELY if number <= rule.likely_level else WATCH
        key = "river" if not known else "river_over" if over else "river_below"
        alert = {"alert_level": number, "alert_m": limit, "threshold_source": rule.source}
        data: dict[str, object] = {"level_m": level_m, **alert}
        return level, key, data, measured.at

    return _seen(view, part, found, rule.near_m, read)


def judge_sewers(view: View, part: str, found: Sensors, rule: Sewers) -> Seen:
    """How full storm sewers are."""

    def read(one: Near) -> tuple[int, str, dict[str, object], datetime] | None:
        measured = _current(view, found, one, rule.observed)
        metres = measured.in_metres() if measured else None
        if measured is None or metres is None or not 0 <= metres <= _DEEPEST_SEWER_M:
            return None
        full_m = property_number(one.sensor, rule.full)
        data: dict[str, object] = {"depth_m": plain(metres, 2), "threshold_source": rule.source}
        if not full_m or full_m <= 0:
            return DRY, "sewer_depth", data, measured.at
        share = metres / full_m
        level = LIKELY if share >= rule.likely_share else WATCH if share >= rule.watch_share else DRY
        return level, "sewer", {**data, "full_m": plain(full_m, 2), "percent": round(100 * share)}, measured.at

    return _seen(view, part, found, rule.near_m, read)


def judge_pumps(view: View, part: str, found: Sensors, rule: Pumps) -> Seen:
    """How many pumps of the pumping stations run."""

    def read(one: Near) -> tuple[int, str, dict[str, object], datetime] | None:
        measured = _current(view, found, one, rule.observed)
        units = property_number(one.sensor, rule.units)
        running = measured.value if measured else None
        if measured is None or not isinstance(running, float) or not units or not 0 <= running <= units:
            return None
        data: dict[str, object] = {"running": plain(running, 0), "units": plain(units, 0)}
        return WATCH if running >= units else DRY, "pumps", data, measured.at

    return _seen(view, part, found, rule.near_m, read)


def _current(view: View, found: Sensors, one: Near, observed: str) -> Measured | None:
    measured = one.sensor.newest(observed)
    return measured if measured and is_current(view.request, found.source, measured.at) else None


def _seen(
    view: View,
    part: str,
    found: Sensors,
    near_m: float,
    read: Read,
    order: Callable[[dict[str, object]], float] = lambda _: 0.0,
    *,
    by_level: bool = True,
) -> Seen:
    """The signals of a part: those that the person named, then the raised ones, then the nearest."""
    around = near(found.sensors, view.spot, near_m)
    far = [one for one in near(found.sensors, view.spot) if one.sensor.id in view.named and one not in around]
    rows = []
    unusable = 0
    for one in [*far, *around]:
        told = read(one)
        if told is None:
            unusable += 1
            continue
        level, key, data, at = told
        asked = one.sensor.id in view.named
        rank = (not asked, -level if by_level else 0, order(data), one.distance_m)
        rows.append((rank, _signal(view, part, found, one, (level, key, data, at), asked=asked)))
    signals = [signal for _, signal in sorted(rows, key=lambda row: row[0])]
    raised = [one for one in signals if one.level > DRY or one.asked]
    return Seen(tuple(raised or signals[:1]), unusable)


def _signal(
    view: View, part: str, found: Sensors, one: Near, told: tuple[int, str, dict[str, object], datetime], *, asked: bool
) -> Signal:
    level, key, numbers, at = told
    name = one.sensor.name(view.lang)
    data: dict[str, object] = {
        "part": part,
        "level": LEVELS[level],
        "name": name,
        "lat": one.sensor.point.lat if one.sensor.point else None,
        "lon": one.sensor.point.lon if one.sensor.point else None,
        "time": clock(at, view.request),
        **far_data(one, view.spot, view.lang),
        **numbers,
    }
    text = say(TEXTS, key, view.lang, rain=_rain_words(numbers, view.lang), **data)
    where = "" if view.spot.point is None or one.word != "near" else say(TEXTS, "where", view.lang, **data)
    return Signal(part, level, text, found.source, at, name, data, where, asked)


def _rain_words(numbers: Mapping[str, object], lang: Lang) -> str:
    fell = numbers.get("rain_mm_by_hours")
    spans = fell.items() if isinstance(fell, dict) else ()
    return say(TEXTS, "and", lang).join(say(TEXTS, "rain_span", lang, hours=hours, mm=mm) for hours, mm in spans)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
