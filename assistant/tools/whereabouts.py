"""Where in the city a question is about: a place in one of its districts, or the whole city."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place
from assistant.places.place import DISTRICT
from assistant.schema import Lang, Status
from assistant.text import fold, squeeze
from assistant.tools.base import Desk, Finding, Line, Request
from assistant.tools.location import located, place_name
from assistant.tools.texts import quoted, say

_TEXTS = "whereabouts"
_ENDINGS = ("市", "縣", "city", "county")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place in a district, or the whole city.

    Attributes:
        name: as the answer calls it.
        district: its district, as the gazetteer calls it in Chinese; empty for the whole city.
        point: where it is; None for the whole city.
    """

    name: str
    district: str = ""
    point: Point | None = None


def asked_where(request: Request, desk: Desk, argument: str = "place") -> Whereabouts | Finding:
    """What an argument means; without one the whole city, or a question back where its words are not understood."""
    words = request.arguments.values.get(argument, "")
    if not words or is_city(words, desk):
        return Whereabouts(city_name(desk, request.lang))
    places = request.arguments.places.get(argument, ())
    if not places and any(fold(name) in fold(words) for name in desk.city.elsewhere):
        text = say(_TEXTS, "elsewhere", request.lang, words=quoted(words, 40), city=city_name(desk, request.lang))
        return Finding((Line(text),), status=Status.NO_EVIDENCE)
    found = _one_of(places) or located(request, argument, (DISTRICT,))
    if isinstance(found, Finding):
        return found
    name = place_name(found, request.lang)
    if found.kind != DISTRICT:
        district = district_name(found.district, desk.gazetteer, request.lang)
        name = say(_TEXTS, "in_district", request.lang, place=name, district=district)
    return Whereabouts(name, found.district, found.point)


def is_city(words: str, desk: Desk) -> bool:
    """Whether words are the name of the whole city: 高雄, Kaohsiung City."""
    return _stem(words) in city_stems(desk)


def city_stems(desk: Desk) -> frozenset[str]:
    """The folded names of the city without what says that it is one: 高雄, kaohsiung."""
    return frozenset(_stem(name) for name in desk.city.name.values())


def city_name(desk: Desk, lang: Lang) -> str:
    """What the city is called in a language."""
    return desk.city.name[lang]


def district_name(district: str, gazetteer: Gazetteer, lang: Lang) -> str:
    """What a district is called in a language, by its name in Chinese; that name where the gazetteer lacks it."""
    known = find_district(district, gazetteer)
    return place_name(known, lang) if known else quoted(district, 20)


def name_in(published: str, gazetteer: Gazetteer, lang: Lang) -> str:
    """What a publisher calls in Chinese, as the gazetteer calls it in a language where it knows just these words."""
    mention = next(iter(gazetteer.find_places(published)), None) if lang != "zh-TW" else None
    if mention is None or mention.text != published or not mention.entries:
        return quoted(published, 40)
    entries = mention.entries
    return place_name(next((place for place in entries if place.kind == DISTRICT), entries[0]), lang)


def find_district(district: str, gazetteer: Gazetteer) -> Place | None:
    """A district by its full name in Chinese, 台 or 臺 alike."""
    wanted = squeeze(district)
    return next((one for one in districts(gazetteer) if squeeze(one.name["zh-TW"]) == wanted), None)


def districts(gazetteer: Gazetteer) -> Iterable[Place]:
    """All districts, in the gazetteer's order."""
    return (place for place in gazetteer.places if place.kind == DISTRICT)


def districts_named(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The districts, in Chinese, whose full names in either language stand in what a publisher wrote."""
    folded = squeeze(text)
    found = (one for one in districts(gazetteer) if any(squeeze(name) in folded for name in one.name.values()))
    return tuple(one.name["zh-TW"] for one in found)


def _one_of(places: tuple[Place, ...]) -> Place | None:
    """The place that is meant where all that words can mean lie in one district: of 左營 the district."""
    if len({place.district for place in places}) != 1:
        return None
    return next((place for place in places if place.kind == DISTRICT), places[0])


def _stem(name: str) -> str:
    stem = squeeze(name)
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending)
    return stem
