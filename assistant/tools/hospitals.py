"""The emergency rooms of a city: which hospital of the gazetteer each is, and which of them a person names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.feeds.geometry import Point
from assistant.feeds.nhi_emergency import EmergencyRoom
from assistant.places import Gazetteer, Place
from assistant.schema import Lang
from assistant.text import fold, squeeze
from assistant.tools.location import place_name
from assistant.tools.texts import quoted

_KIND = "hospital"
_SAME_M = 600.0
_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*")
_IDLE_WORDS = frozenset({"hospital", "the", "s", "er", "emergency", "room", "of"})


@dataclass(frozen=True, slots=True)
class Hospital:
    """An emergency room, and where it is; `place` is None for one that the gazetteer lacks."""

    room: EmergencyRoom
    place: Place | None

    def name(self, lang: Lang) -> str:
        """Its name in a language, as published where the gazetteer lacks it."""
        return place_name(self.place, lang) if self.place else quoted(self.room.hospital, 40)

    def distance_m(self, point: Point) -> float | None:
        """How far it is from a point."""
        return point.distance_m(self.place.point) if self.place else None


def city_hospitals(rooms: Iterable[EmergencyRoom], gazetteer: Gazetteer) -> list[Hospital]:
    """The rooms of a list, which may be that of a whole country, that are hospitals of the city's gazetteer."""
    known = {squeeze(name): place for place in gazetteer.places if place.kind == _KIND for name in place.names}
    found = (Hospital(room, known.get(squeeze(room.hospital))) for room in rooms)
    return [one for one in found if one.place]


def asked_hospitals(words: str, places: Sequence[Place], hospitals: Sequence[Hospital]) -> list[Hospital]:
    """The hospitals that words name: by the gazetteer, by what they contain, or by the words of an English name.

    Args:
        places: what the gazetteer knows of the words; a university beside its hospital names the hospital.
    """
    meant = [place for place in places if place.kind == _KIND]
    if meant:
        return [one for one in hospitals if one.place in meant]
    said, tokens = squeeze(words), _tokens(words)
    called = [one for one in hospitals if any(_calls(said, tokens, name) for name in _names(one))]
    whole = [one for one in called if any(tokens and tokens == _tokens(name) for name in _names(one))]
    beside = [one for place in places for one in hospitals if one.place and _is_beside(one.place, place)]
    return whole or called or list({one.name("zh-TW"): one for one in beside}.values())


def _names(hospital: Hospital) -> tuple[str, ...]:
    return (hospital.room.hospital, *(hospital.place.names if hospital.place else ()))


def _calls(said: str, tokens: frozenset[str], name: str) -> bool:
    return (bool(said) and said in squeeze(name)) or (bool(tokens) and tokens <= _tokens(name))


def _tokens(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("'s") for word in _WORD.findall(fold(name).replace("’", "'"))) - _IDLE_WORDS


def _is_beside(hospital: Place, place: Place) -> bool:
    return not place.approximate and hospital.point.distance_m(place.point) <= _SAME_M
