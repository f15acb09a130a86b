"""The warnings of the weather administration for the city, put into words."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from assistant.feeds.cwa import WarningBulletin, WeatherWarning
from assistant.text import squeeze
from assistant.tools.base import Desk, Request, reading_of
from assistant.tools.cwa_words import in_words
from assistant.tools.dates import had_at
from assistant.tools.heard import Entry, Heard
from assistant.tools.several import Part
from assistant.tools.texts import clock, listed, quoted, say, trouble
from assistant.tools.whereabouts import Whereabouts, city_name, districts_named, name_in

TEXTS = "warnings"
_MOST_PARTS = 4
_RANK = 1.5  # the administration grades by name alone; between the extreme and the severe ones of public alerts


def hear_weather(request: Request, desk: Desk, part: Part[WarningBulletin], where: Whereabouts) -> Heard:
    """The warnings for the city that hold now; unknown where the bulletin is an exercise or lacks the city."""
    publisher = part.source.publisher.get(request.lang) or part.source.name
    if part.answer is None:
        assert part.fault is not None
        return Heard(publisher, notes=(trouble(part.source, part.fault, request.lang).text,), usable=False)
    bulletin, city = part.answer, desk.city.name["zh-TW"]
    as_of = bulletin.sent_at or had_at(request, bulletin.fetched_at)
    data: dict[str, object] = {"as_of": clock(as_of, request), "city": city_name(desk, request.lang)}
    reading = reading_of(request, part.source, data, observed_at=as_of, place=city_name(desk, request.lang))
    unknown = "" if bulletin.actual else "not_actual"
    if not unknown and not any(squeeze(area) == squeeze(city) for area in bulletin.areas):
        unknown = "area_unknown"
    if unknown:
        note = say(TEXTS, unknown, request.lang, publisher=publisher, city=city_name(desk, request.lang))
        return Heard(publisher, reading, notes=(note,), usable=False)
    ours = [one for one in bulletin.warnings if squeeze(one.area) == squeeze(city) and one.holds(request.now)]
    data["warnings"] = [_as_data(one, request) for one in ours]
    data["skipped"] = bulletin.skipped
    notes = []
    if bulletin.skipped:
        notes.append(say(TEXTS, "skipped", request.lang, publisher=publisher, count=bulletin.skipped))
    if reading.stale:
        notes.append(say(TEXTS, "stale", request.lang, publisher=publisher, time=data["as_of"]))
    groups = groupby(ours, key=lambda one: (one.starts, one.ends))
    entries = tuple(_entry(list(group), request, desk, where) for _, group in groups)
    return Heard(publisher, reading, entries, notes=tuple(notes))


def _entry(warnings: Sequence[WeatherWarning], request: Request, desk: Desk, where: Whereabouts) -> Entry:
    """One sentence for warnings of the same time."""
    first = warnings[0]
    names = tuple(_name(one, request) for one in warnings)
    since, until = _clock(first.starts, request), _clock(first.ends, request)
    key = "weather" if since and until else "weather_since" if since else "weather_always"
    parts = "".join(_parts(one, request, desk, where, alone=len(warnings) == 1) for one in warnings)
    text = say(TEXTS, key, request.lang, names=listed(names, request.lang), since=since, until=until, parts=parts)
    return Entry(
        text[0].upper() + text[1:], names, _RANK, " ".join(one.phenomenon + one.significance for one in warnings)
    )


def _parts(warning: WeatherWarning, request: Request, desk: Desk, where: Whereabouts, alone: bool) -> str:
    """The areas that the warning lists, the one that is asked first; said where that one is not among them."""
    parts = list(_areas(warning))
    if not parts:
        return ""
    named = districts_named(" ".join(parts), desk.gazetteer)
    parts.sort(key=lambda part: where.district not in part if where.district else False)
    shown = [_part_name(part, request, desk) for part in parts[:_MOST_PARTS]]
    rest = say(TEXTS, "parts_rest", request.lang, count=len(parts)) if len(parts) > len(shown) else ""
    if where.district and len(named) == len(parts) and where.district not in named:
        rest += say(TEXTS, "part_not_listed", request.lang, district=where.name)
    values = {"name": _name(warning, request), "areas": listed(shown, request.lang), "rest": rest}
    return say(TEXTS, "parts" if alone else "parts_of", request.lang, **values)


def _part_name(part: str, request: Request, desk: Desk) -> str:
    translated = in_words(part, request.lang)
    return translated if translated != quoted(part, 40) else name_in(part, desk.gazetteer, request.lang)


def _areas(warning: WeatherWarning) -> tuple[str, ...]:
    """The areas; where different things are expected in them, each with what: 山區豪雨."""
    kinds = {detail.phenomenon for detail in warning.details}
    found = (part + detail.phenomenon * (len(kinds) > 1) for detail in warning.details for part in detail.parts)
    return tuple(dict.fromkeys(found))


def _name(warning: WeatherWarning, request: Request) -> str:
    return in_words(warning.phenomenon + warning.significance, request.lang)


def _as_data(warning: WeatherWarning, request: Request) -> dict[str, object]:
    parts = _areas(warning)
    return {
        "name": _name(warning, request),
        "since": _clock(warning.starts, request),
        "until": _clock(warning.ends, request),
        "starts": warning.starts.isoformat() if warning.starts else "",
        "ends": warning.ends.isoformat() if warning.ends else "",
        "areas": [quoted(part, 40) for part in parts],
        "area_count": len(parts),
    }


def _clock(moment: datetime | None, request: Request) -> str:
    return clock(moment, request) if moment else ""
