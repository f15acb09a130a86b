"""The public alerts of all offices for the city, as the Common Alerting Protocol carries them, put into words."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.feeds.base import Parsed
from assistant.feeds.cap import Alert, AlertInfo, current_alerts
from assistant.text import squeeze
from assistant.tools.alert_areas import Bearing, CityAlert, areas_of, for_city
from assistant.tools.base import Desk, Request, reading_of
from assistant.tools.dates import made_at
from assistant.tools.heard import Entry, Heard
from assistant.tools.several import Part
from assistant.tools.texts import clock, listed, quoted, say, trouble
from assistant.tools.weather_warnings import TEXTS
from assistant.tools.whereabouts import Whereabouts, city_name

_RANKS = {"Extreme": 1.0, "Severe": 2.0, "Moderate": 3.0, "Minor": 4.0}
_UNKNOWN_RANK = 3.5
_LEVELS = ("severity_level", "alert_color")  # of Taiwan's profile of CAP, such as 一級警戒 and 紅色
_SUSPENSION = "workschlclos"  # the event code of work and school suspensions, which their own service tells
_DRILLS = ("Exercise", "Test")
_HEADLINE, _INSTRUCTION, _AREA, _LEVEL, _EVENT = 80, 70, 40, 12, 30


def hear_alerts(request: Request, desk: Desk, part: Part[Parsed[Alert]], where: Whereabouts) -> Heard:
    """The alerts in force for the city, those of other parts of it apart where a place is asked."""
    publisher = part.source.publisher.get(request.lang) or part.source.name
    if part.answer is None:
        assert part.fault is not None
        return Heard(publisher, notes=(trouble(part.source, part.fault, request.lang).text,), usable=False)
    as_of = made_at(request, part.answer.published_at, part.answer.fetched_at)
    found = for_city(current_alerts(part.answer.records, request.now), request, desk, where)
    closures = [one for one in found if _is_suspension(one.info)]
    found = [one for one in found if not _is_suspension(one.info)]
    near = [one for one in found if one.bearing != Bearing.ELSEWHERE]
    far = [_event(one.info) for one in found if one.bearing == Bearing.ELSEWHERE]
    drills = tuple(_drill(one.info, request) for one in _drills(part.answer.records, request, desk, where))
    data: dict[str, object] = {
        "as_of": clock(as_of, request),
        "skipped": part.answer.skipped,
        "alerts": [_as_data(one, request, desk) for one in near],
        "elsewhere": far,
        "elsewhere_count": len(far),
        "exercises": drills,
    }
    reading = reading_of(request, part.source, data, observed_at=as_of, place=city_name(desk, request.lang))
    notes = []
    if part.answer.skipped:
        notes.append(say(TEXTS, "skipped", request.lang, publisher=publisher, count=part.answer.skipped))
    if reading.stale:
        notes.append(say(TEXTS, "stale", request.lang, publisher=publisher, time=data["as_of"]))
    also = (*drills, *([say(TEXTS, "suspension", request.lang)] if closures else ()))
    entries = tuple(_entry(one, request, desk) for one in near)
    return Heard(publisher, reading, entries, tuple(far), also, tuple(notes))


def _is_suspension(info: AlertInfo) -> bool:
    """Whether it announces that offices and schools close or open, with words such as "tomorrow" that grow old."""
    return any(code.lower() == _SUSPENSION for _, code in info.event_codes)


def _drills(alerts: Iterable[Alert], request: Request, desk: Desk, where: Whereabouts) -> list[CityAlert]:
    """Exercises and tests for the city that would be in force if they were meant."""
    meant = [replace(alert, status="Actual") for alert in alerts if alert.status in _DRILLS]
    found = for_city(current_alerts(meant, request.now), request, desk, where)
    return [one for one in found if one.bearing != Bearing.ELSEWHERE][:1]


def _drill(info: AlertInfo, request: Request) -> str:
    return say(TEXTS, "exercise", request.lang, headline=_headline(info))


def _entry(found: CityAlert, request: Request, desk: Desk) -> Entry:
    alert, info = found.alert, found.info
    data = _as_data(found, request, desk)
    area = ""
    if found.bearing == Bearing.UNCLEAR:
        area = say(TEXTS, "area_unclear", request.lang, area=data["area"])
    elif data["area"] and squeeze(str(data["area"])) not in squeeze(_headline(info)):
        area = say(TEXTS, "area", request.lang, area=data["area"])
    text = say(
        TEXTS,
        "alert" if info.expires else "alert_open",
        request.lang,
        level=say(TEXTS, "level", request.lang, level=data["level"]) if data["level"] else "",
        headline=_headline(info),
        area=area,
        since=data["since"],
        until=data["until"],
        instruction=data["instruction"],
    )
    rank = _RANKS.get(info.severity, _UNKNOWN_RANK)
    about = " ".join(f"{one.event} {one.headline}" for one in alert.infos)
    return Entry(text.strip(), (_event(info),), rank, about)


def _as_data(found: CityAlert, request: Request, desk: Desk) -> dict[str, object]:
    alert, info = found.alert, found.info
    graded = [value for name, value in info.parameters if name in _LEVELS]
    severity = [say(TEXTS, info.severity.lower(), request.lang)] if info.severity in _RANKS else []
    areas = dict.fromkeys(quoted(area.description, _AREA) for area in areas_of(info, request, desk))
    return {
        "headline": _headline(info),
        "event": _event(info),
        "severity": info.severity,
        "level": listed([*severity, *(quoted(one, _LEVEL) for one in graded)], request.lang),
        "area": quoted(listed(areas, request.lang), _AREA),
        "since": clock(info.effective or alert.sent, request),
        "until": clock(info.expires, request) if info.expires else "",
        "sent": alert.sent.isoformat(),
        "expires": info.expires.isoformat() if info.expires else "",
        "instruction": quoted(info.instruction, _INSTRUCTION),
        "description": quoted(info.description),
        "sender": quoted(info.sender_name, _AREA),
    }


def _headline(info: AlertInfo) -> str:
    return quoted(info.headline or info.event or info.description, _HEADLINE)


def _event(info: AlertInfo) -> str:
    return quoted(info.event or info.headline, _EVENT)
