"""What is warned of and forecast for a place, and whether water has stood there before."""

from datetime import datetime, timedelta

from assistant.feeds.base import FeedSource, Parsed
from assistant.feeds.cwa import ForecastPeriod, WarningBulletin
from assistant.feeds.ogc_features import Feature, Features
from assistant.feeds.values import number, text
from assistant.text import squeeze
from assistant.tools.base import Desk
from assistant.tools.dates import had_at, made_at
from assistant.tools.flood_rules import DRY, LEVELS, LIKELY, WATCH, Areas, Outlook, Warned
from assistant.tools.flood_sensors import TEXTS, Seen, Signal, View
from assistant.tools.sensors import plain
from assistant.tools.texts import clock, quoted, say
from assistant.tools.times import asked_span, span_said
from assistant.tools.whereabouts import city_name, district_name

_SOON = timedelta(hours=1)


def judge_warnings(view: View, source: FeedSource, bulletin: WarningBulletin, rule: Warned, desk: Desk) -> Seen | None:
    """The warnings for the city that concern floods; None where the bulletin does not say for certain."""
    city = squeeze(desk.city.name["zh-TW"])
    if city not in map(squeeze, bulletin.areas):
        return None
    end = window(view, 0)[1]
    held = [
        one
        for one in bulletin.warnings
        if squeeze(one.area) == city
        and (one.holds(view.request.now) or one.holds(end))
        and any(word in one.phenomenon for word in rule.words)
    ]
    if not held and bulletin.skipped:
        return None
    names = [quoted(one.phenomenon + one.significance, 30) for one in held]
    english = [next(words for word, words in rule.words.items() if word in one.phenomenon) for one in held]
    said = names if view.lang == "zh-TW" else [f"{words} ({name})" for words, name in zip(english, names, strict=True)]
    at = bulletin.sent_at or had_at(view.request, bulletin.fetched_at)
    raised = bool(held) and bulletin.actual
    key = "warned_drill" if held and not bulletin.actual else "warned" if held else "not_warned"
    data = {
        "part": "warnings",
        "level": LEVELS[WATCH if raised else DRY],
        "warnings": names,
        "threshold_source": rule.source,
        "time": clock(at, view.request),
    }
    names_said = say(TEXTS, "and", view.lang).join(dict.fromkeys(said))
    words = say(TEXTS, key, view.lang, city=city_name(desk, view.lang), names=names_said, time=data["time"])
    return Seen((Signal("warnings", WATCH if raised else DRY, words, source, at, "", data),))


def judge_forecast(
    view: View, source: FeedSource, parsed: Parsed[ForecastPeriod], rule: Outlook, desk: Desk
) -> Seen | None:
    """The greatest chance of rain in the time that is asked, else in the next hours; None where it is not covered."""
    begins, ends = window(view, rule.hours)
    area = squeeze(view.spot.district)
    periods = [
        one
        for one in parsed.records
        if (not area or squeeze(one.area) == area)
        and one.rain_percent is not None
        and one.start < ends
        and begins < (one.end or one.start + _SOON)
    ]
    if not periods:
        return None
    most = max(periods, key=lambda one: one.rain_percent or 0)
    percent = plain(most.rain_percent or 0, 0)
    heavy = next((one.weather for one in periods if any(word in one.weather for word in rule.words)), "")
    level = WATCH if heavy and percent >= rule.rain_percent else DRY
    place = district_name(most.area, desk.gazetteer, view.lang)
    span = asked_span(view.request)
    asked = span is not None and span[1] > view.request.now
    when = span_said(view.request) if asked else say(TEXTS, "hours", view.lang, hours=rule.hours)
    data = {
        "part": "forecast",
        "level": LEVELS[level],
        "name": place,
        "when": when,
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
        "rain_percent": percent,
        "weather": quoted(heavy or most.weather, 30),
    }
    words = say(TEXTS, "forecast_heavy" if heavy else "forecast", view.lang, **data)
    return Seen((Signal("forecast", level, words, source, most.issued_at, place, data),))


def judge_areas(view: View, source: FeedSource, features: Features, rule: Areas, rain_mm: float | None) -> Seen | None:
    """The areas with a flood history that the place lies in or beside; for the whole city none is named."""
    if not features.whole or features.skipped:
        return None
    found = [one for one in features.features if _touches(view, one, rule.near_m)]
    return Seen(tuple(_area(view, source, one, features, rule, rain_mm) for one in found[:2]))


def asks_for_later(view: View) -> bool:
    """Whether the time that is asked begins more than an hour from now."""
    span = asked_span(view.request)
    return span is not None and span[0] > view.request.now + _SOON


def asks_for_past(view: View) -> bool:
    """Whether the time that is asked is over."""
    span = asked_span(view.request)
    return span is not None and span[1] < view.request.now - _SOON


def window(view: View, hours: float) -> tuple[datetime, datetime]:
    """The time that is judged: the asked one where it lies ahead, else the next hours."""
    now, span = view.request.now, asked_span(view.request)
    if span is None or span[1] <= now:
        return now, now + timedelta(hours=hours)
    begins = max(now, span[0])
    return begins, max(span[1], begins + _SOON)


def _touches(view: View, feature: Feature, near_m: float) -> bool:
    point = view.spot.point
    if point is None or feature.geometry is None:
        return False
    named = {squeeze(value) for value in feature.properties.values() if isinstance(value, str)}
    if view.spot.is_district and squeeze(view.spot.district) in named:
        return True
    return feature.geometry.distance_m(point) <= near_m


def _area(
    view: View, source: FeedSource, feature: Feature, features: Features, rule: Areas, rain_mm: float | None
) -> Signal:
    said = feature.properties
    name = quoted(text(said.get("name_en" if view.lang == "en" else "name")) or text(said.get("name")), 60)
    limit, depth, floods = (number(said.get(key)) for key in (rule.rain, rule.depth, rule.floods))
    reached = limit is not None and rain_mm is not None and rain_mm >= limit
    known = limit is not None and depth is not None and floods is not None
    data: dict[str, object] = {
        "part": "areas",
        "level": LEVELS[LIKELY if reached else DRY],
        "name": name,
        "limit_mm": plain(limit, 0) if limit is not None else None,
        "depth_cm": plain(depth, 0) if depth is not None else None,
        "floods": plain(floods, 0) if floods is not None else None,
        "span_hours": rule.span_hours,
        "history_years": rule.history_years,
        "threshold_source": rule.source,
    }
    words = say(TEXTS, "area_history" if known else "area", view.lang, **data)
    at = made_at(view.request, features.published_at, features.fetched_at)
    return Signal("areas", LIKELY if reached else DRY, words, source, at, name, data)
