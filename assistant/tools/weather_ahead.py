"""The forecast of a district in sentences: by hours or by days, and what holds over the whole city."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from assistant.feeds.base import Parsed
from assistant.feeds.cwa import ForecastPeriod
from assistant.places import Place
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Request, reading_of
from assistant.tools.cwa_words import in_words
from assistant.tools.dates import day_words, had_at, hours_words, span_words
from assistant.tools.forecasts import Forecast, Stretch, forecast_of, grouped, joined, least, most
from assistant.tools.location import place_name
from assistant.tools.sensors import plain
from assistant.tools.several import Part
from assistant.tools.texts import clock, quoted, say, trouble
from assistant.tools.weather_now import TEXTS, Section, pieces_joined
from assistant.tools.whereabouts import Whereabouts, district_name

Forecasts = Sequence[Part[Parsed[ForecastPeriod]]]
_MOST_HOURS, _MOST_DAYS = 3, 5
_HALF_DAYS = 2


def forecast_ahead(
    request: Request,
    desk: Desk,
    feeds: Forecasts,
    where: Whereabouts,
    home: Place,
    span: tuple[datetime, datetime],
    by_day: bool,
) -> Section:
    """The forecast for a time.

    Args:
        feeds: the forecasts by hours and by half-days, or one of them; the one that is better for this goes first.
        home: the district whose forecast is told.
        by_day: whether days are told, not hours.
    """
    wanted = feeds[0]
    found = [(part, _forecast(part, home)) for part in feeds]
    reached = [(part, known) for part, known in found if known and known.until > span[0]]
    long_enough = [pair for pair in reached if pair[1].until >= span[1]]
    if not reached or not (rows := _rows(request, (long_enough or reached)[0][1], span, by_day)):
        return _nothing(request, found, home, span)
    part, forecast = (long_enough or reached)[0]
    name = _named(request, desk, where, home)
    data: dict[str, object] = {
        "district": place_name(home, request.lang),
        "lat": home.point.lat,
        "lon": home.point.lon,
        "until": clock(forecast.until, request),
        "stretches": [_as_data(when, stretch) for when, stretch in rows],
    }
    texts = [_said(request, stretch, when, name if number == 0 else "") for number, (when, stretch) in enumerate(rows)]
    if not where.district:
        texts += _whole_city(request, desk, part, span, data)
    texts += _ends(request, forecast, span, data)
    complete = forecast.until >= span[1]
    if wanted.fault and part is not wanted:
        said = trouble(wanted.source, wanted.fault, request.lang).text
        texts.append(say(TEXTS, "without_days" if by_day else "without_hours", request.lang, trouble=said))
        complete = False
    if uv := [stretch.uv_index for _, stretch in rows if stretch.uv_index is not None]:
        data["uv"] = [plain(index) for index in uv]
    reading = _reading(request, part, forecast, home, data)
    return Section(tuple(texts), reading, Status.ANSWERED if complete and not reading.stale else Status.PARTIAL)


def _reading(
    request: Request, part: Part[Parsed[ForecastPeriod]], forecast: Forecast, home: Place, data: dict[str, object]
) -> Reading:
    issued = forecast.issued_at or had_at(request, part.answer.fetched_at if part.answer else None)
    return reading_of(request, part.source, data, observed_at=issued, place=place_name(home, request.lang))


def _forecast(part: Part[Parsed[ForecastPeriod]], home: Place) -> Forecast | None:
    return forecast_of(home.name["zh-TW"], part.answer.records) if part.answer else None


def _nothing(
    request: Request,
    found: Sequence[tuple[Part[Parsed[ForecastPeriod]], Forecast | None]],
    home: Place,
    span: tuple[datetime, datetime],
) -> Section:
    """No forecast reaches the time: a feed failed, the time is too far away, or there is no such district in it."""
    known = [(part, forecast) for part, forecast in found if forecast]
    faults = [(part.source, part.fault) for part, _ in found if part.fault]
    name = place_name(home, request.lang)
    if faults and len(known) < len(found):
        said = trouble(*faults[0], request.lang).text
        return Section((say(TEXTS, "without_forecast", request.lang, trouble=said),), status=Status.FEED_UNAVAILABLE)
    if not known:
        return Section((say(TEXTS, "no_forecast", request.lang, where=name),), status=Status.NO_EVIDENCE)
    part, forecast = max(known, key=lambda pair: pair[1].until)
    when = day_words(span[0].astimezone(request.now.tzinfo).date(), request)
    until = clock(forecast.until, request)
    data: dict[str, object] = {"district": name, "until": until, "asked": when, "stretches": []}
    text = say(TEXTS, "horizon_all", request.lang, when=when, until=until)
    return Section((text,), _reading(request, part, forecast, home, data), Status.NO_EVIDENCE)


def _rows(
    request: Request, forecast: Forecast, span: tuple[datetime, datetime], by_day: bool
) -> list[tuple[str, Stretch]]:
    """The stretches to tell, each with the words for its time."""
    if not by_day:
        return _hour_rows(request, forecast.within(*span), span)
    days = _days(request, span)
    if len(days) == 1:
        halves = _of_day(request, forecast, days[0])
        return _hour_rows(request, halves, (halves[0].begins, halves[-1].ends), _HALF_DAYS) if halves else []
    by_date = [(day, _of_day(request, forecast, day)) for day in days]
    told = [(day_words(day, request), joined(found)) for day, found in by_date if found]
    return told[:_MOST_DAYS]


def _hour_rows(
    request: Request, stretches: Sequence[Stretch], span: tuple[datetime, datetime], count: int = _MOST_HOURS
) -> list[tuple[str, Stretch]]:
    rows = []
    for number, one in enumerate(grouped(stretches, count)):
        begins = max(one.begins, request.now) if span[0] <= request.now else one.begins
        rows.append(((hours_words if number else span_words)(begins, one.ends, request), one))
    return rows


def _days(request: Request, span: tuple[datetime, datetime]) -> list[date]:
    first = span[0].astimezone(request.now.tzinfo).date()
    last = (span[1] - timedelta(seconds=1)).astimezone(request.now.tzinfo).date()
    return [first + timedelta(days=number) for number in range(max(0, (last - first).days) + 1)]


def _of_day(request: Request, forecast: Forecast, day: date) -> list[Stretch]:
    """The stretches that begin on a day and are not over, so that its night counts to it."""
    later = (one for one in forecast.stretches if one.ends > request.now)
    today = day == request.now.date()
    zone = request.now.tzinfo
    return [one for one in later if (begun := one.begins.astimezone(zone).date()) == day or (today and begun < day)]


def _named(request: Request, desk: Desk, where: Whereabouts, home: Place) -> str:
    if where.district:
        return where.name
    district = district_name(home.name["zh-TW"], desk.gazetteer, request.lang)
    return say(TEXTS, "represented", request.lang, city=where.name, district=district)


def _said(request: Request, stretch: Stretch, when: str, where: str) -> str:
    pieces = [("、" if request.lang == "zh-TW" else "; ").join(in_words(w, request.lang) for w in stretch.weather)]
    pieces += [_celsius(request, stretch), _chance(request, stretch)]
    if stretch.uv_index is not None:
        pieces.append(say(TEXTS, "uv", request.lang, value=plain(stretch.uv_index)))
    parts = pieces_joined([piece for piece in pieces if piece], request.lang)
    return say(TEXTS, "forecast" if where else "next", request.lang, where=where, when=when, parts=parts)


def _celsius(request: Request, stretch: Stretch) -> str:
    if stretch.min_c is None or stretch.max_c is None:
        return ""
    low, high = plain(stretch.min_c), plain(stretch.max_c)
    return say(TEXTS, "celsius" if low == high else "celsius_range", request.lang, low=low, high=high)


def _chance(request: Request, stretch: Stretch) -> str:
    if stretch.rain_percent is None:
        return say(TEXTS, "no_chance", request.lang)
    return say(TEXTS, "chance", request.lang, value=plain(stretch.rain_percent))


def _as_data(when: str, stretch: Stretch) -> dict[str, object]:
    figures = {
        "min_c": stretch.min_c,
        "max_c": stretch.max_c,
        "rain_percent": stretch.rain_percent,
        "uv_index": stretch.uv_index,
    }
    return {
        "when": when,
        "begins": stretch.begins.isoformat(),
        "ends": stretch.ends.isoformat(),
        "weather": [quoted(word, 40) for word in stretch.weather],
        **{name: plain(value) for name, value in figures.items() if value is not None},
    }


def _whole_city(
    request: Request,
    desk: Desk,
    part: Part[Parsed[ForecastPeriod]],
    span: tuple[datetime, datetime],
    data: dict[str, object],
) -> list[str]:
    """The range over all districts, with the coolest and the one where rain is likeliest."""
    areas = dict.fromkeys(one.area for one in part.answer.records) if part.answer else {}
    found = [(area, _forecast_within(area, part, span)) for area in areas]
    known = [(area, one) for area, one in found if one and one.min_c is not None and one.max_c is not None]
    if len(known) < 2:
        return []
    whole = Stretch(
        *span,
        min_c=least(one.min_c for _, one in known),
        max_c=most(one.max_c for _, one in known),
        rain_percent=most(one.rain_percent for _, one in known),
    )
    coolest = next(area for area, one in known if one.min_c == whole.min_c)
    wettest = next(area for area, one in known if one.rain_percent == whole.rain_percent)
    shared = sum(one.rain_percent == whole.rain_percent for _, one in known) > len(known) / 2
    names = [district_name(area, desk.gazetteer, request.lang) for area in (coolest, wettest)]
    chance = say(TEXTS, "no_chance", request.lang)
    if whole.rain_percent is not None:
        chance = say(TEXTS, "chance_up_to", request.lang, value=plain(whole.rain_percent))
    data["whole_city"] = {**_as_data("", whole), "coolest": names[0], "wettest": names[1]}
    return [
        say(
            TEXTS,
            "whole_city_alike" if shared else "whole_city",
            request.lang,
            temperatures=_celsius(request, whole),
            coolest=names[0],
            chance=chance,
            wettest=names[1],
        )
    ]


def _forecast_within(area: str, part: Part[Parsed[ForecastPeriod]], span: tuple[datetime, datetime]) -> Stretch | None:
    forecast = forecast_of(area, part.answer.records) if part.answer else None
    found = forecast.within(*span) if forecast else ()
    return joined(found) if found else None


def _ends(request: Request, forecast: Forecast, span: tuple[datetime, datetime], data: dict[str, object]) -> list[str]:
    """What is said of days that are not told: too many, or beyond the forecast."""
    if forecast.until < span[1]:
        return [say(TEXTS, "horizon", request.lang, until=data["until"])]
    return [say(TEXTS, "more_days", request.lang)] if len(_days(request, span)) > _MOST_DAYS else []
