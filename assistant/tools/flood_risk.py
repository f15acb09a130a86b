"""Whether a place floods now or may soon, judged from all that measures it, and what nothing there can see."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby
from typing import Any

from assistant.feeds.base import FeedSource, Fetcher
from assistant.feeds.cwa import fetch_cwa, parse_cwa_forecast, read_cwa_warnings
from assistant.feeds.ogc_features import Features, read_features
from assistant.places.place import DISTRICT
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, reading_of
from assistant.tools.flood_outlook import asks_for_later, asks_for_past, judge_areas, judge_forecast, judge_warnings
from assistant.tools.flood_rules import DRY, FLOODED, LEVELS, Rules, load_rules
from assistant.tools.flood_sensors import (
    TEXTS,
    Seen,
    Signal,
    View,
    judge_depths,
    judge_pumps,
    judge_rain,
    judge_rivers,
    judge_sewers,
)
from assistant.tools.sensors import Sensor, Sensors, Spot, asked_spot, named_in, read_sensors
from assistant.tools.several import Part, all_failed, ask_part
from assistant.tools.stock import read_once
from assistant.tools.texts import say, trouble

_WATER = ("streets", "underpasses")
_SENSORS = (*_WATER, "sewers", "rivers", "rain", "pumps")
_OTHERS = ("warnings", "forecast", "areas")
_MOST_GRAVE, _MOST_OF_A_PART = 3, 2
_PAGE = 1000
Parts = Mapping[str, Part[Any]]


@dataclass(frozen=True, slots=True)
class _Judged:
    """All that is known: the signals, and the parts that failed, see nothing there, or did not say for certain."""

    signals: tuple[Signal, ...]
    failed: tuple[Part[Any], ...]
    failed_names: tuple[str, ...]
    blind: tuple[str, ...]
    unsure: tuple[str, ...]
    unusable: int

    @property
    def level(self) -> int:
        """The gravest of the signals."""
        return max((one.level for one in self.signals), default=DRY)

    @property
    def sees_water(self) -> bool:
        """Whether a sensor in reach tells how deep water stands on a street or in an underpass."""
        return any(one.part in _WATER for one in self.signals)


async def answer(request: Request, desk: Desk) -> Finding:
    """The judgement first, then what it rests on, what was not to be had, and what no sensor sees.

    The gravest signal decides. All feeds are asked at once; the options hold the thresholds (`load_rules`).

    Raises:
        CityDataError: the options are malformed.
    """
    rules = load_rules(request.service)
    parts = await _ask(request, desk)
    if all(one.fault for one in parts.values()):
        return all_failed(parts.values(), request)
    view = _view(request, desk, parts)
    if isinstance(view, Finding):
        return view
    return _finding(view, rules, _judge(view, rules, parts, desk))


async def _ask(request: Request, desk: Desk) -> Parts:
    readers: dict[str, Callable[[Fetcher, FeedSource, tzinfo], Awaitable[Any]]] = {
        **dict.fromkeys(_SENSORS, read_sensors),
        "warnings": read_cwa_warnings,
        "forecast": read_once(desk, fetch_cwa, parse_cwa_forecast),
        "areas": _read_areas,
    }
    names = [name for name in (*_SENSORS, *_OTHERS) if name in request.service.feeds]
    found = await asyncio.gather(*(ask_part(request, desk, name, readers[name]) for name in names))
    return dict(zip(names, found, strict=True))


async def _read_areas(fetcher: Fetcher, source: FeedSource, _: tzinfo) -> Features:
    collection = str(source.options.get("collection", source.name))
    return await read_features(fetcher, source, collection, limit=_PAGE, most_pages=2)


def _view(request: Request, desk: Desk, parts: Parts) -> View | Finding:
    """The place that is asked; words that name one sensor alone, such as an underpass, mean that."""
    words = request.arguments.values.get("place", "")
    found = [parts[name].answer for name in (*_WATER, "sewers", "rivers", "pumps") if name in parts]
    sensors = [sensor for each in found if isinstance(each, Sensors) for sensor in each.sensors]
    named = named_in(words, sensors, desk.gazetteer)
    ids = frozenset(one.id for one in named)
    placed = [one for one in named if one.point]
    if placed and (len(placed) == 1 or not request.arguments.places.get("place")):
        return View(request, _spot_of(request, desk, placed[0]), ids)
    spot = asked_spot(request, desk)
    return spot if isinstance(spot, Finding) else View(request, spot, ids)


def _spot_of(request: Request, desk: Desk, sensor: Sensor) -> Spot:
    district = desk.gazetteer.nearest(sensor.point, DISTRICT) if sensor.point else []
    return Spot(sensor.name(request.lang), district[0].place.district if district else "", sensor.point)


def _judge(view: View, rules: Rules, parts: Parts, desk: Desk) -> _Judged:
    seen = {name: _seen(view, rules, name, parts[name], desk) for name in parts if parts[name].answer is not None}
    if "areas" in seen and "rain" in seen:
        rain = seen["rain"]
        fell = next((one.data["rain_mm_by_hours"] for one in rain.signals), {}) if rain else {}
        rain_mm = fell.get(str(rules.areas.span_hours)) if isinstance(fell, dict) else None
        areas: Any = parts["areas"].answer
        seen["areas"] = judge_areas(view, parts["areas"].source, areas, rules.areas, rain_mm)
    failed = {name: part for name, part in parts.items() if part.fault}
    signals = [signal for each in seen.values() if each for signal in each.signals]
    order = {name: place for place, name in enumerate((*_SENSORS, *_OTHERS))}
    signals.sort(key=lambda one: (not one.asked, -one.level, order[one.part]))
    return _Judged(
        tuple(signals),
        tuple(failed.values()),
        tuple(failed),
        tuple(name for name in _SENSORS if (found := seen.get(name)) is not None and not found.signals),
        tuple(name for name, found in seen.items() if found is None),
        sum(each.unusable for each in seen.values() if each) + _skipped(parts),
    )


def _skipped(parts: Parts) -> int:
    return sum(one.answer.skipped for one in parts.values() if isinstance(one.answer, Sensors))


def _seen(view: View, rules: Rules, name: str, part: Part[Any], desk: Desk) -> Seen | None:
    """What a part tells, None where it does not say for certain."""
    found: Any = part.answer
    source = part.source
    judges: dict[str, Callable[[], Seen | None]] = {
        "streets": lambda: judge_depths(view, name, found, rules.streets),
        "underpasses": lambda: judge_depths(view, name, found, rules.underpasses),
        "sewers": lambda: judge_sewers(view, name, found, rules.sewers),
        "rivers": lambda: judge_rivers(view, name, found, rules.rivers),
        "rain": lambda: judge_rain(view, name, found, rules.rain),
        "pumps": lambda: judge_pumps(view, name, found, rules.pumps),
        "warnings": lambda: judge_warnings(view, source, found, rules.warnings, desk),
        "forecast": lambda: judge_forecast(view, source, found, rules.forecast, desk),
        "areas": lambda: judge_areas(view, source, found, rules.areas, None),
    }
    return judges[name]()


def _finding(view: View, rules: Rules, judged: _Judged) -> Finding:
    groups, unlisted = _grouped(view, judged)
    facts = _facts(view, rules, judged, unlisted)
    readings = tuple(_reading(view, group, facts if place == 0 else {}) for place, group in enumerate(groups))
    said = [_capital(say(TEXTS, "clause", view.lang, text=_clauses(view, group))) for group in groups]
    lines = [Line(text, place) for place, text in enumerate(said)]
    judgement = Line(_judgement(view, judged, groups, facts), 0 if readings else -1)
    if judged.level == FLOODED:
        lines = lines[1:]
    asked_first = judged.level < FLOODED and bool(groups) and groups[0][0].asked
    before = [lines.pop(0)] if asked_first else []
    last = [*_missing_lines(view, judged, facts), *_limits(view, judged, facts)]
    whole = not (judged.failed or judged.unusable or judged.unsure or asks_for_past(view))
    status = Status.ANSWERED if whole else Status.PARTIAL
    return Finding((*before, judgement, *_time_lines(view, judged), *lines, *last), readings, status)


def _grouped(view: View, judged: _Judged) -> tuple[list[list[Signal]], int]:
    """The signals by line: the gravest, the named and the awaited alone, the rest of one publisher together.

    Also how many raised ones of a part are too many to be listed, flooded ones apart, which are counted elsewhere.
    """
    listed: list[Signal] = []
    unlisted = 0
    for one in judged.signals:
        if sum(other.part == one.part for other in listed) < _MOST_OF_A_PART:
            listed.append(one)
        else:
            unlisted += DRY < one.level < FLOODED
    worst = [one for one in listed if one.level == FLOODED][:1]
    awaited = [one for one in listed if one.part == "forecast" and asks_for_later(view)]
    history = [one for one in listed if one.part == "areas"]
    asked = [one for one in listed if one.asked and one not in worst]
    grave = [one for one in listed if one.level > DRY and one.part in _SENSORS and one not in (*worst, *asked)]
    own = [*worst, *asked, *awaited, *grave[: max(0, _MOST_GRAVE - len(asked))]]
    told = (*own, *history)
    rest = [one for one in listed if one not in told and (one.part != "pumps" or one.data["running"])]

    def publisher(one: Signal) -> tuple[str, bool]:
        return one.source.publisher.get(view.lang, one.source.name), one.source.simulated

    together = [list(group) for _, group in groupby(sorted(rest, key=publisher), key=publisher)]
    together.sort(key=lambda group: not any(one.part in _SENSORS for one in group))
    return [*([one] for one in own), *together, *([one] for one in history)], unlisted


def _clauses(view: View, group: Sequence[Signal]) -> str:
    """The clauses of a line, with the time once at its end where it is the same for all."""
    times = {str(one.data.get("time", "")) for one in group}
    shared = len(times) == 1
    said = []
    for place, one in enumerate(group, start=1):
        time = "" if shared and place < len(group) else str(one.data.get("time", ""))
        aside = say(TEXTS, "aside_and", view.lang).join(part for part in (one.where, time) if part)
        said.append(say(TEXTS, "aside", view.lang, text=one.text, aside=aside) if aside else one.text)
    return say(TEXTS, "between", view.lang).join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(view: View, rules: Rules, judged: _Judged, unlisted: int) -> dict[str, object]:
    """What the sentences say that is no measurement; they stand in the first reading."""
    flooded = [one for one in judged.signals if one.level == FLOODED]
    return {
        "judgement": LEVELS[judged.level],
        "asked": view.spot.name,
        "others": len(flooded) - 1,
        "unlisted": unlisted,
        "unusable": judged.unusable,
        "emergency_number": rules.emergency_number,
        "not_seen": list(judged.blind),
        "not_had": [*judged.failed_names, *judged.unsure],
    }


def _reading(view: View, group: Sequence[Signal], facts: Mapping[str, object]) -> Reading:
    """A reading of one signal, or of several of one publisher, as of the oldest."""
    first = group[0]
    times = [one.at for one in group if one.at]
    data = {**first.data, **facts} if len(group) == 1 else {"signals": [dict(one.data) for one in group], **facts}
    place = first.place if len(group) == 1 else ""
    return reading_of(view.request, first.source, data, observed_at=min(times, default=None), place=place)


def _judgement(view: View, judged: _Judged, groups: Sequence[Sequence[Signal]], facts: Mapping[str, object]) -> str:
    """The first sentence; it rests on the first reading."""
    around = _around(view)
    if judged.level == FLOODED:
        more = say(TEXTS, "others", view.lang, n=facts["others"]) if facts["others"] else ""
        return say(TEXTS, "is_flooded", view.lang, around=around, clause=_clauses(view, groups[0]), more=more)
    if not any(one.part in _SENSORS for one in judged.signals):
        return say(TEXTS, "is_unknown", view.lang, around=around)
    key = LEVELS[judged.level] if judged.level > DRY else "dry" if judged.sees_water else "unseen"
    return say(TEXTS, f"is_{key}", view.lang, around=around)


def _around(view: View) -> str:
    whole = view.spot.point is None or view.spot.is_district
    return say(TEXTS, "within" if whole else "around", view.lang, place=view.spot.name)


def _time_lines(view: View, judged: _Judged) -> list[Line]:
    """What to say of a time that is not now."""
    if asks_for_past(view):
        return [Line(say(TEXTS, "past", view.lang))]
    if not asks_for_later(view):
        return []
    has_forecast = any(one.part == "forecast" for one in judged.signals)
    return [Line(say(TEXTS, "later" if has_forecast else "later_unknown", view.lang))]


def _missing_lines(view: View, judged: _Judged, facts: Mapping[str, object]) -> list[Line]:
    """What was not to be had, and why."""
    lines = []
    faults: dict[str, list[str]] = {}
    for name, part in zip(judged.failed_names, judged.failed, strict=True):
        if part.fault:
            faults.setdefault(trouble(part.source, part.fault, view.lang).text, []).append(name)
    for fault, names in faults.items():
        lines.append(Line(say(TEXTS, "failed", view.lang, names=_part_names(view, names), fault=fault)))
    unsure = [name for name in judged.unsure if name != "forecast" or not asks_for_later(view)]
    if unsure:
        lines.append(Line(say(TEXTS, "unsure", view.lang, names=_part_names(view, unsure))))
    for key in ("unusable", "unlisted"):
        if facts[key]:
            lines.append(Line(say(TEXTS, key, view.lang, n=facts[key])))
    return lines


def _limits(view: View, judged: _Judged, facts: Mapping[str, object]) -> list[Line]:
    """What no sensor sees; a place without a signal is never called safe."""
    lines = []
    if judged.blind:
        names = _part_names(view, judged.blind)
        lines.append(Line(say(TEXTS, "blind", view.lang, around=_around(view), names=names)))
    key = "limits" if judged.level == DRY else "limits_raised"
    lines.append(Line(say(TEXTS, key, view.lang, number=facts["emergency_number"])))
    return lines


def _part_names(view: View, names: Sequence[str]) -> str:
    return say(TEXTS, "and", view.lang).join(say(TEXTS, f"part_{name}", view.lang) for name in names)


TOOL = Tool(answer)
