"""Finds the places that a text names, longest name first, and the nearest places of a kind."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from assistant.feeds.geometry import Point
from assistant.places import addresses
from assistant.places.designators import continues_word, designator_after, designator_before
from assistant.places.folding import FoldedText, fold_text, name_key
from assistant.places.place import DISTRICT, ROAD, Nearby, Place, PlaceMention

_FIRST = 2  # names are looked up by their first two characters
_CHINESE_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_NUMBERED_ROAD = re.compile(r"(.+)([一二三四五六七八九])(路|街)")
_ROAD_WORDS = {"rd": "road", "st": "street", "blvd": "boulevard"}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name in the folded text, with what it can mean; a decoy means nothing."""

    start: int
    end: int
    entries: tuple[Place, ...]
    is_address: bool = False

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        return tuple(place for place in self.entries if place.kind == kind)


class Gazetteer:
    """The places of a city.

    Args:
        places: the entries; their order is the order in which the meanings of an ambiguous name are given.
        decoys: phrases that hold a name but mean no place, such as 阿彌陀佛 where a district is called 彌陀.
        elsewhere: names of other cities; what stands right after one is a place of that city, not of this.
    """

    def __init__(self, places: Iterable[Place], decoys: Collection[str] = (), elsewhere: Collection[str] = ()) -> None:
        self.places = tuple(places)
        self._meanings = _index(self.places, decoys)
        self._lengths = _lengths(self._meanings)
        self._by_kind: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            self._by_kind[place.kind].append(place)
        others = "|".join(re.escape(name_key(name)) for name in elsewhere)
        self._elsewhere = re.compile(rf"(?:{others})(?:[市縣][^\W\d_]{{1,3}}[區鄉鎮市]|[市縣]| )?$") if others else None

    def find_places(self, text: str) -> list[PlaceMention]:
        """The places that a text names, in the order of the text; names of both languages are known in either.

        A word beside a name decides among what it can mean: 左營站 is a station and 左營區 a district, while 左營 is
        either, and gives both. A street address is one mention, from its district to its floor.
        """
        folded = fold_text(text)
        hits = self._with_addresses(folded.text, self._names(folded.text))
        return [_mention(text, folded, hit) for hit in hits if not self._is_elsewhere(folded.text, hit.start)]

    def nearest(self, point: Point, kind: str, n: int = 1) -> list[Nearby]:
        """The n places of a kind that are nearest to a point, nearest first."""
        near = (Nearby(place, point.distance_m(place.point)) for place in self._by_kind.get(kind, ()))
        return nsmallest(n, near, key=lambda one: one.distance_m)

    def _names(self, text: str) -> list[_Hit]:
        hits = []
        place = 0
        while place < len(text):
            hit = self._longest_at(text, place)
            if hit and hit.entries:
                hits.append(hit)
            place = hit.end if hit else place + 1
        return hits

    def _longest_at(self, text: str, start: int) -> _Hit | None:
        """The longest name that begins at a place and can be meant there."""
        for length in self._lengths.get(text[start : start + _FIRST], ()):
            end = start + length
            meanings = self._meanings.get(text[start:end])
            if meanings is None or end > len(text) or not _is_whole(text, start, end):
                continue
            if not meanings:
                return _Hit(start, end, ())
            hit = _designated(text, start, end, meanings)
            if hit.entries:
                return hit
        return None

    def _with_addresses(self, text: str, hits: Sequence[_Hit]) -> list[_Hit]:
        """The hits, with those that make up an address as one."""
        found: list[_Hit] = []
        for hit in hits:
            if found and hit.start < found[-1].end:
                continue
            street = _street(text, hit)
            if street:
                joined = _joined(text, found[-1], street) if found else None
                found[-1:] = [joined] if joined else [*found[-1:], street]
            elif found and (outer := _with_district(text, found[-1], hit)):
                found[-1] = outer
            else:
                found.append(hit)
        known = _with_unlisted_roads(text, found)
        return sorted([*known, *_unlisted(text, known)], key=lambda hit: hit.start)

    def _is_elsewhere(self, text: str, start: int) -> bool:
        return self._elsewhere is not None and self._elsewhere.search(text, max(0, start - 24), start) is not None


def _index(places: Sequence[Place], decoys: Collection[str]) -> dict[str, tuple[tuple[Place, bool], ...]]:
    """What each folded name means, and whether it does so only beside a designator."""
    meanings: dict[str, dict[int, tuple[Place, bool]]] = {name_key(decoy): {} for decoy in decoys}
    for number, place in enumerate(places):
        weak = {name_key(name) for name in place.weak} | {name_key(code) for code in place.codes}
        numbered = (code + place.name["zh-TW"] for code in place.codes)  # R9中央公園, as on the signs
        for name in (*place.names, *place.codes, *numbered):
            key = name_key(name)
            for form in _forms(key, place.kind):
                meanings.setdefault(form, {}).setdefault(number, (place, key in weak))
    return {name: tuple(found.values()) for name, found in meanings.items()}


def _forms(key: str, kind: str) -> list[str]:
    """A folded name and, of roads, how else it is written: 中正1路, Zhongzheng 1st Road."""
    forms = [key]
    if kind == ROAD:
        stem, _, last = key.rpartition(" ")
        if last in _ROAD_WORDS:
            forms.append(f"{stem} {_ROAD_WORDS[last]}")
        if numbered := _NUMBERED_ROAD.fullmatch(key):
            forms.append(numbered[1] + numbered[2].translate(_CHINESE_DIGITS) + numbered[3])
    return forms


def _lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the names that begin with two characters, longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[:_FIRST]].add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a name is no part of a longer Latin word or number; a possessive s may follow."""
    if continues_word(text, start) and continues_word(text, start - 1):
        return False
    if not continues_word(text, end - 1) or not continues_word(text, end):
        return True
    return text[end] == "s" and not continues_word(text, end + 1)


def _designated(text: str, start: int, end: int, meanings: Sequence[tuple[Place, bool]]) -> _Hit:
    """What a name means beside the words around it, which become part of it where they fit."""
    entries = tuple(place for place, _ in meanings)
    first, last = start, end
    for edge in (designator_before(text, start), designator_after(text, end)):
        fitting = tuple(place for place in entries if place.kind in edge[1]) if edge else ()
        if edge and fitting:
            entries, first, last = fitting, min(first, edge[0]), max(last, edge[0])
    alone = text.strip(" ?!。，？！") == text[start:end]
    if (first, last) == (start, end) and not alone:
        entries = tuple(place for place, is_weak in meanings if not is_weak)
    return _Hit(first, last, entries)


def _street(text: str, hit: _Hit) -> _Hit | None:
    """A road with the lane, number and floor around it; nothing where the hit is no road."""
    roads = hit.of_kind(ROAD)
    if not roads:
        return None
    start, end = addresses.start_of_doors(text, hit.start), addresses.end_of_doors(text, hit.end)
    return _Hit(start, end, roads, is_address=(start, end) != (hit.start, hit.end))


def _joined(text: str, before: _Hit, street: _Hit) -> _Hit | None:
    """A district and the road right after it as one address; nothing where they do not belong together."""
    if before.is_address or not addresses.joins(text, before.end, street.start):
        return None
    entries = _roads_in(street.entries, before)
    return _Hit(before.start, street.end, entries, is_address=True) if entries else None


def _with_district(text: str, street: _Hit, after: _Hit) -> _Hit | None:
    """A road and the district after it, as English writes them; nothing where they do not belong together."""
    if not street.of_kind(ROAD) or after.start == street.end or not addresses.joins(text, street.end, after.start):
        return None
    entries = _roads_in(street.entries, after)
    return _Hit(street.start, after.end, entries, is_address=True) if entries else None


def _roads_in(roads: Sequence[Place], where: _Hit) -> tuple[Place, ...]:
    """The roads that run through a district, else the district itself; nothing where it may be no district."""
    districts = where.of_kind(DISTRICT)
    inside = tuple(road for road in roads if any(road.lies_in(one.name["zh-TW"]) for one in districts))
    return inside or (districts if districts == where.entries else ())


def _with_unlisted_roads(text: str, hits: Sequence[_Hit]) -> list[_Hit]:
    """The hits, with a district as an address where a number on a road that nobody listed follows it."""
    found: list[_Hit] = []
    for hit in hits:
        districts = () if hit.is_address else hit.of_kind(DISTRICT)
        end = addresses.end_of_unlisted(text, hit.end) if districts else hit.end
        if not found or hit.start >= found[-1].end:
            found.append(_Hit(hit.start, end, districts, is_address=True) if end > hit.end else hit)
    return found


def _unlisted(text: str, hits: Sequence[_Hit]) -> list[_Hit]:
    """Addresses of which neither road nor district is known: something is named, but nobody can say where it is."""
    spans = addresses.unlisted_addresses(text)
    return [_Hit(s, e, (), is_address=True) for s, e in spans if all(e <= hit.start or hit.end <= s for hit in hits)]


def _mention(text: str, folded: FoldedText, hit: _Hit) -> PlaceMention:
    start, end = folded.span(hit.start, hit.end)
    return PlaceMention(start, end, text[start:end], hit.entries, hit.is_address)
