"""A named place, its mention in a text, and how far it is from a point."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.feeds.geometry import Point
from assistant.schema import Lang

DISTRICT = "district"
ROAD = "road"
STATIONS = frozenset({"metro_station", "light_rail_station", "railway_station", "bus_station", "pier"})
KINDS = STATIONS | {
    DISTRICT,
    ROAD,
    "airport",
    "attraction",
    "beach",
    "health_centre",
    "hospital",
    "landmark",
    "library",
    "market",
    "museum",
    "neighbourhood",
    "night_market",
    "office",
    "park",
    "school",
    "shopping",
    "sports_centre",
    "temple",
    "university",
    "venue",
    "village",
}
"""What a place can be; a gazetteer that says anything else is refused."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the city's gazetteer.

    Attributes:
        name: its usual name, by language.
        aliases: other names in either language: short, old, misspelled, otherwise romanised.
        weak: those of its names that are words of their own, and name it only beside a word such as "station".
        codes: station codes, as on the signs.
        kind: one of `KINDS`.
        district: the district it lies in; of a road, the one with most of it.
        also_in: the other districts of a road.
        point: where it is; `approximate` where that is only near it, as the middle of a district or a road.
        source: the key of its publisher in the gazetteer's first line.
    """

    name: Mapping[Lang, str] = field(hash=False)
    kind: str
    district: str
    point: Point
    source: str
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    approximate: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, the usual ones first, without its codes."""
        return (*self.name.values(), *self.aliases)

    def lies_in(self, district: str) -> bool:
        """Whether the place, or a part of the road, is in a district."""
        return district == self.district or district in self.also_in


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """Words of a text that name a place: `text == question[start:end]`, offsets in characters.

    Attributes:
        entries: the place, or all places that the words can mean, in the gazetteer's order. Of an address they are
            its road or, where the gazetteer lacks the road, its district; none where it has neither.
        is_address: whether the words are a street address, of which only the road or district is known.
    """

    start: int
    end: int
    text: str
    entries: tuple[Place, ...]
    is_address: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the places that the words can mean."""
        return frozenset(place.kind for place in self.entries)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the words can mean more than one place."""
        return len(self.entries) > 1

    @property
    def is_approximate(self) -> bool:
        """Whether the point of an entry is only near what the words mean."""
        return self.is_address or any(place.approximate for place in self.entries)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A place and its distance in metres, as the crow flies."""

    place: Place
    distance_m: float
