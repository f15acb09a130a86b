"""Stops by the names that people call them, and those near a place."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.feeds.geometry import Point
from assistant.places import Place
from assistant.text import squeeze

NEAR_M = 400.0
SAME_STOP_M = 800.0
_SHORTEST = 2
_MARKS = re.compile(r"[\s.,'’‘`´・·‧\-‐‑–—_/~]+")
_BRACKETED = re.compile(r"\([^()]*\)")
_ENDINGS = re.compile(r"(?:公車站牌|公車站|站牌|轉乘站|站|busstop|stop|station|sta)$")
_SYSTEMS = re.compile(r"^(?:捷運|輕軌|台鐵|mrt|lrt|metro)|(?:mrt|lrt|metro)$")
_BESIDE = re.compile(r"\s*([^()（）]+?)\s*[(（]([^()（）]+)[)）]\s*")


class Pole(Protocol):
    """A stop as a feed gives it."""

    @property
    def id(self) -> str:
        """Its id in the feed."""

    @property
    def names(self) -> Mapping[str, str]:
        """Its name by language."""

    @property
    def point(self) -> Point | None:
        """Where it is."""


@dataclass(frozen=True, slots=True)
class NearPole:
    """A stop and its distance in metres from a place."""

    pole: Pole
    distance_m: float


class StopIndex:
    """The stops of a feed, found by name or place."""

    def __init__(self, poles: Iterable[Pole]) -> None:
        self.poles = tuple(poles)
        self._exact: dict[str, list[Pole]] = defaultdict(list)
        self._loose: dict[str, list[Pole]] = defaultdict(list)
        for pole in self.poles:
            for index, form in ((self._exact, stop_form), (self._loose, _loose_form)):
                for key in {form(name) for name in pole.names.values()} - {""}:
                    index[key].append(pole)

    def exactly(self, words: str) -> tuple[Pole, ...]:
        """The stops of just this name, what stands in brackets included."""
        return tuple(self._exact.get(stop_form(words), ()))

    def named(self, *words: str) -> tuple[Pole, ...]:
        """The stops of a name; where none has just this one, those that have it with another ending or in brackets."""
        for index, form in ((self._exact, stop_form), (self._loose, _loose_form)):
            found = {pole.id: pole for word in words for pole in index.get(form(word), ())}
            if found:
                return tuple(found.values())
        return ()

    def similar(self, words: str) -> tuple[Pole, ...]:
        """The stops whose name holds the words, the shortest name first."""
        form = stop_form(words)
        if len(form) < _SHORTEST:
            return ()
        keys = sorted((key for key in self._exact if form in key), key=len)
        return tuple({pole.id: pole for key in keys for pole in self._exact[key]}.values())

    def near(self, point: Point, within_m: float = NEAR_M) -> tuple[NearPole, ...]:
        """The stops near a point, nearest first."""
        found = (NearPole(pole, pole.point.distance_m(point)) for pole in self.poles if pole.point)
        return tuple(sorted((one for one in found if one.distance_m <= within_m), key=lambda one: one.distance_m))


def stop_form(name: str) -> str:
    """The form in which names of stops are compared: 高雄車站 as 高雄車, Weiwuying Station as weiwuying."""
    form = _MARKS.sub("", squeeze(name))
    return _ENDINGS.sub("", form) or form


def _loose_form(name: str) -> str:
    """Without what stands in brackets, and without the system before it: 捷運文化中心站 as 文化中心."""
    form = _MARKS.sub("", _BRACKETED.sub("", squeeze(name)))
    form = _SYSTEMS.sub("", _ENDINGS.sub("", form))
    return _ENDINGS.sub("", form) or form


def split_beside(words: str) -> tuple[str, str]:
    """A name and what stands in brackets after it, as we offer stops of the same name: 中正路口（美麗島）."""
    found = _BESIDE.fullmatch(words)
    return (found[1], found[2]) if found else (words, "")


def groups_of(poles: Sequence[Pole]) -> list[list[Pole]]:
    """Stops as one finds them in the street: those near each other together; one without a place joins the first."""
    groups: list[list[Pole]] = []
    for pole in poles:
        near = (group for group in groups if _is_near(pole, group))
        group = next(near, None)
        if group is None:
            groups.append([pole])
        else:
            group.append(pole)
    return groups


def _is_near(pole: Pole, group: Sequence[Pole]) -> bool:
    return pole.point is None or any(
        one.point is None or one.point.distance_m(pole.point) <= SAME_STOP_M for one in group
    )


def nearest_group(groups: Sequence[Sequence[Pole]], places: Iterable[Place]) -> Sequence[Pole] | None:
    """The one group that lies by one of some places; nothing where none does, or several do."""
    points = [place.point for place in places]
    near = [group for group in groups if any(p.point and _by_any(p.point, points) for p in group)]
    return near[0] if len(near) == 1 else None


def _by_any(point: Point, points: Iterable[Point]) -> bool:
    return any(point.distance_m(other) <= SAME_STOP_M for other in points)
