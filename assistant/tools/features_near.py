"""Things on the map near a place, of any OGC API Features: what they are and what is shown is data of the service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.feeds.base import FeedSource
from assistant.feeds.values import moment, text
from assistant.places import Place
from assistant.places.place import DISTRICT
from assistant.schema import Reading, Status
from assistant.tools.base import Desk, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.daily_hours import ALWAYS, is_open
from assistant.tools.feature_options import FeatureOptions, Filter, feature_options
from assistant.tools.location import how_far, located, place_name
from assistant.tools.nearby import Nearby, NearFeature, in_district, read_nearby
from assistant.tools.texts import quoted, say
from assistant.tools.times import asked_at
from assistant.tools.whereabouts import is_city

_TEXTS = "features_near"
_DISTRICT_M = 15_000.0


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is looked for.

    Attributes:
        place: where; None for the whole city.
        filters: those of the service that the wording asks for.
    """

    request: Request
    options: FeatureOptions
    source: FeedSource
    place: Place | None
    filters: tuple[Filter, ...]

    def fits(self, one: NearFeature) -> bool:
        """Whether a feature fulfils all filters."""
        return all(wish.only.holds(one.feature.properties) for wish in self.filters)

    def order(self, one: NearFeature) -> tuple[bool, bool, float]:
        """What comes first, then what is not closed, then what is near."""
        properties = one.feature.properties
        return (not self.options.first.holds(properties), self.is_open(one) is False, one.distance_m or 0.0)

    def is_open(self, one: NearFeature) -> bool | None:
        """Whether a feature is open by its hours; None where that is not known."""
        return is_open(text(one.feature.properties.get(self.options.hours)), self.request.now)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is shown, and how it was found.

    Attributes:
        found: how many there are, shown or not.
        heading: the key of the sentence that stands before them; empty for none.
        with_distance: whether it is said how far they are.
        open_one: where all of them are closed now, the nearest one that is open.
    """

    shown: tuple[NearFeature, ...] = ()
    found: int = 0
    heading: str = ""
    with_distance: bool = True
    open_one: NearFeature | None = None


async def answer(request: Request, desk: Desk) -> Finding:
    """The nearest features with what the service's options show of them; without a place, of the whole city.

    The service's only feed is read, whatever the name of its part.

    Raises:
        FeedError: the feed cannot be had or read.
        CityDataError: the options are malformed.
    """
    options = feature_options(request.service)
    source = desk.source(request.service, next(iter(request.service.feeds), ""))
    words = request.arguments.values.get("place", "")
    place = located(request, "place", options.kinds) if words and not is_city(words, desk) else None
    if isinstance(place, Finding):
        return place
    wording = " ".join((request.arguments.text, *request.arguments.values.values()))
    filters = tuple(one for one in options.filters if one.is_wished(wording))
    wish = _Wish(request, options, source, place, filters)
    by_district = place is not None and place.kind == DISTRICT and options.district
    reach = _DISTRICT_M if by_district else options.within_m
    nearby = await read_nearby(desk, source, place, reach, collection=options.collection)
    choice = _choice(wish, nearby)
    closed = bool(choice.shown) and all(wish.is_open(one) is False for one in choice.shown)
    if place and (closed or not choice.shown) and options.widest_m > reach:
        nearby = await read_nearby(desk, source, place, options.widest_m, collection=options.collection)
        choice = _with_open(wish, choice, nearby) if closed else _choice(wish, nearby, is_far=True)
    return _finding(wish, nearby, choice)


def _choice(wish: _Wish, nearby: Nearby, *, is_far: bool = False) -> _Choice:
    """Those in the district that was asked for, else those near; from far away at last those that do not fit, too."""
    options, place = wish.options, wish.place
    if place is None:
        return _first(wish, [one for one in nearby.features if wish.fits(one)], "", with_distance=False)
    inside = in_district(nearby.features, place, options.district)
    around = [one for one in nearby.features if is_far or (one.distance_m or 0.0) <= options.within_m]
    if fitting := [one for one in inside if wish.fits(one)]:
        return _first(wish, fitting, "in_district", with_distance=False)
    if fitting := [one for one in around if wish.fits(one)]:
        return _first(wish, fitting, "far" if is_far else "fitting" if wish.filters else "")
    return _first(wish, around, "unfit") if is_far and around else _Choice()


def _with_open(wish: _Wish, choice: _Choice, nearby: Nearby) -> _Choice:
    """The choice with the nearest one that is open now, and with one closed less than else."""
    found = next((one for one in nearby.features if wish.fits(one) and wish.is_open(one)), None)
    return replace(choice, shown=choice.shown[: wish.options.most - 1], open_one=found) if found else choice


def _first(wish: _Wish, found: Sequence[NearFeature], heading: str, *, with_distance: bool = True) -> _Choice:
    shown = sorted(found, key=wish.order)[: wish.options.most]
    return _Choice(tuple(shown), len(found), heading, with_distance)


def _finding(wish: _Wish, nearby: Nearby, choice: _Choice) -> Finding:
    lang, options = wish.request.lang, wish.options
    about = quoted(place_name(wish.place, lang), 40) if wish.place else ""
    titles = say(_TEXTS, "joint", lang).join(one.title[lang] for one in wish.filters)
    wished = say(_TEXTS, "wished", lang, titles=titles) if titles else ""
    reach = how_far(options.widest_m if not choice.shown else options.within_m, lang)
    values = {"place": about, "thing": options.thing[lang], "wished": wished, "distance": reach}
    more = 0 if choice.with_distance else choice.found - len(choice.shown)
    if not choice.shown:
        lines = [say(_TEXTS, "none" if wish.place else "none_city", lang, **values)]
    else:
        lines = [say(_TEXTS, choice.heading, lang, **values, number=choice.found)] if choice.heading else []
        lines += [_line(wish, one, with_distance=choice.with_distance) for one in choice.shown]
        lines += [say(_TEXTS, "more", lang, number=more)] if more else []
        if choice.open_one:
            lines.append(say(_TEXTS, "open_one", lang, line=_line(wish, choice.open_one, with_distance=True)))
        shown = [one.feature.properties for one in choice.shown]
        lines += [note.text[lang] for note in options.notes if note.is_due(shown)]
    if nearby.skipped:
        lines.append(say(_TEXTS, "skipped", lang, number=nearby.skipped))
    if not nearby.whole:
        lines.append(say(_TEXTS, "cut", lang))
    counts = {"found": choice.found, "more": more, "skipped": nearby.skipped}
    reading, is_fresh = _reading(wish, nearby, choice, {"about": about, "reach": reach, **counts})
    gaps = not is_fresh or not nearby.whole or nearby.skipped or choice.heading == "unfit"
    status = Status.PARTIAL if gaps else Status.ANSWERED if choice.shown else Status.NO_EVIDENCE
    return Finding(tuple(Line(one, 0) for one in lines), (reading,), status)


def _line(wish: _Wish, one: NearFeature, *, with_distance: bool) -> str:
    lang = wish.request.lang
    name = wish.options.name_of(one.feature.properties, lang) or wish.options.thing[lang]
    is_said = with_distance and one.distance_m is not None
    away = say(_TEXTS, "away", lang, distance=how_far(one.distance_m or 0.0, lang)) if is_said else ""
    details = say(_TEXTS, "joint", lang).join(_details(wish, one))
    return say(_TEXTS, "feature" if details else "feature_alone", lang, name=name, away=away, details=details)


def _details(wish: _Wish, one: NearFeature) -> list[str]:
    """What is said of a feature beside its name."""
    properties, lang = one.feature.properties, wish.request.lang
    said = [words for shown in wish.options.shown if (words := shown.say(properties, lang))]
    hours = quoted(text(properties.get(wish.options.hours)), 60)
    if hours:
        key = {True: "open", False: "closed", None: "hours"}[is_open(hours, wish.request.now)]
        said.append(say(_TEXTS, "always" if hours in ALWAYS else key, lang, hours=hours))
    return said


def _reading(wish: _Wish, nearby: Nearby, choice: _Choice, data: dict[str, object]) -> tuple[Reading, bool]:
    """The reading, and whether everything shown is of now, as far as the feed says when it is of."""
    request, observed = wish.request, wish.options.observed
    told = [moment(one.feature.properties.get(observed), request.now.tzinfo) for one in choice.shown if observed]
    told_of = [*choice.shown, choice.open_one] if choice.open_one else choice.shown
    data["features"] = [_data(wish, one) for one in told_of]
    at = min((time for time in told if time), default=None if choice.shown else asked_at(request, nearby.fetched_at))
    reading = reading_of(request, wish.source, data, observed_at=at, place=str(data["about"]))
    return reading, all(fresh_enough(request, wish.source, time) for time in told)


def _data(wish: _Wish, one: NearFeature) -> dict[str, object]:
    lang = wish.request.lang
    metres = one.distance_m
    away = {} if metres is None else {"distance": how_far(metres, lang), "distance_m": round(metres)}
    name = wish.options.name_of(one.feature.properties, lang)
    return {"name": name, "lat": one.point.lat, "lon": one.point.lon, **away, "details": _details(wish, one)}


TOOL = Tool(answer)
