"""Which stop a person means: one of that name, one near a place, or a question back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.places import Place
from assistant.schema import Lang, Status
from assistant.tools.base import Desk, Finding, Line, Request
from assistant.tools.location import place_name
from assistant.tools.stops import Pole, StopIndex, groups_of, nearest_group, split_beside
from assistant.tools.texts import quoted, say
from assistant.tools.transit import in_language

_TEXTS = "bus_arrivals"
_MOST_CHOICES = 4
_MOST_NAMES = 3
_SAME_PLACE_M = 1500
_NEAREST_KINDS = ("metro_station", "landmark", "district")


@dataclass(frozen=True, slots=True)
class ChosenStops:
    """The poles of the stop that is meant, or of the nearest few to a place.

    Attributes:
        name: of the stop or stops, in the language of the answer.
        distances_m: how far each of the names is from the place; empty where the stop has the name that was said.
    """

    poles: tuple[Pole, ...]
    name: str
    distances_m: Mapping[str, float] = field(default_factory=dict)


def chosen_stops(request: Request, desk: Desk, index: StopIndex) -> ChosenStops | Finding:
    """The stops that the words mean; without any, a finding that says so and offers what there is."""
    words = request.arguments.values.get("stop", "")
    places = request.arguments.places.get("stop", ())
    name, beside = split_beside(words)
    found = index.exactly(words) if beside else ()
    if beside and not found:
        mentions = desk.gazetteer.find_places(beside)
        places = mentions[0].entries if mentions else places
    found = found or index.named(name) or _called_as(index, places)
    if found:
        return _one_of(request, desk, found, places)
    exact = [place for place in places if not place.approximate]
    return _near(request, index, exact, words) if exact else _similar(request, index, words)


def _called_as(index: StopIndex, places: Iterable[Place]) -> tuple[Pole, ...]:
    """The stops that bear another name of a place, and are there."""
    found = (
        pole
        for place in places
        for pole in index.named(*place.names)
        if pole.point and pole.point.distance_m(place.point) <= _SAME_PLACE_M
    )
    return tuple({pole.id: pole for pole in found}.values())


def _one_of(request: Request, desk: Desk, found: Sequence[Pole], places: Sequence[Place]) -> ChosenStops | Finding:
    """The stop, where those of its name lie together, the place tells them apart, or the route will."""
    groups = groups_of(found)
    group = found if len(groups) == 1 or "route" in request.arguments.values else nearest_group(groups, places)
    if group is not None:
        return ChosenStops(tuple(group), _name(group, request.lang))
    choices = tuple(dict.fromkeys(_beside(one, desk, request.lang) for one in groups))[:_MOST_CHOICES]
    return _question(request, "which_stop", choices)


def _near(request: Request, index: StopIndex, places: Sequence[Place], words: str) -> ChosenStops | Finding:
    """The stops near a place, those that have its name in theirs before others."""
    lang = request.lang
    around = [(place, index.near(place.point)) for place in places]
    around = [one for one in around if one[1]]
    if not around:
        text = say(_TEXTS, "no_stop_near", lang, place=quoted(place_name(places[0], lang), 40))
        return Finding((Line(text),), status=Status.NO_EVIDENCE)
    first = around[0][0]
    if any(place.point.distance_m(first.point) > _SAME_PLACE_M for place, _ in around):
        choices = tuple(dict.fromkeys(place_name(place, lang) for place, _ in around))
        if len(choices) > 1:
            return _question(request, "which_stop", choices[:_MOST_CHOICES])
    near = {one.pole.id: one for _, found in reversed(around) for one in found}
    ordered = sorted(near.values(), key=lambda one: one.distance_m)
    alike = {pole.id for pole in index.similar(words)}
    ordered = [one for one in ordered if one.pole.id in alike] or ordered
    distances_m: dict[str, float] = {}
    for one in ordered:
        distances_m.setdefault(quoted(in_language(one.pole.names, lang), 40), one.distance_m)
    if "route" not in request.arguments.values:
        distances_m = dict(list(distances_m.items())[:_MOST_NAMES])
    poles = tuple(one.pole for one in ordered if quoted(in_language(one.pole.names, lang), 40) in distances_m)
    return ChosenStops(poles, _name(poles, lang), distances_m)


def _similar(request: Request, index: StopIndex, words: str) -> ChosenStops | Finding:
    """The only stop whose name holds the words; of several, a question."""
    found = index.similar(words)
    names = tuple(dict.fromkeys(in_language(pole.names, request.lang) for pole in found))
    if len(names) == 1:
        return ChosenStops(found, quoted(names[0], 40))
    if names:
        return _question(request, "which_stop", tuple(quoted(name, 40) for name in names[:_MOST_CHOICES]))
    text = say(_TEXTS, "unknown_stop", request.lang, words=quoted(words, 40))
    return Finding((Line(text),), status=Status.NO_EVIDENCE)


def _question(request: Request, key: str, choices: tuple[str, ...]) -> Finding:
    words = quoted(request.arguments.values.get("stop", ""), 40)
    return Finding((Line(say(_TEXTS, key, request.lang, words=words)),), status=Status.CLARIFY, choices=choices)


def _name(poles: Iterable[Pole], lang: Lang) -> str:
    """The names of some stops, each once."""
    names = dict.fromkeys(quoted(in_language(pole.names, lang), 40) for pole in poles)
    return say(_TEXTS, "joint", lang).join(list(names)[:_MOST_NAMES])


def _beside(poles: Sequence[Pole], desk: Desk, lang: Lang) -> str:
    """A stop with a place near it, as `split_beside` reads it again."""
    name = quoted(in_language(poles[0].names, lang), 40)
    point = next((pole.point for pole in poles if pole.point), None)
    near = [one for kind in _NEAREST_KINDS for one in desk.gazetteer.nearest(point, kind)] if point else []
    closest = min(near, key=lambda one: one.distance_m, default=None)
    if closest is None:
        return name
    return say(_TEXTS, "beside", lang, stop=name, place=place_name(closest.place, lang))
