"""How long a vehicle drives between two points: estimated from the distance, or from a city's own table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.feeds.geometry import Point

_KMH_TO_MS = 1 / 3.6


class TravelTimes(Protocol):
    """What the dispatcher asks; a city with a road network gives its own."""

    def seconds(self, start: Point, end: Point) -> int:
        """Driving time in whole seconds; 0 between a point and itself."""


@dataclass(frozen=True, slots=True)
class MountainRoads:
    """An estimate without a map: the great-circle distance, made longer by the bends, at an even speed.

    Args:
        detour: length of the road over the distance as the crow flies; in mountains 1.5 and more.
        speed_kmh: mean speed on the road, stops for other traffic included.
    """

    detour: float = 1.6
    speed_kmh: float = 28.0

    def seconds(self, start: Point, end: Point) -> int:
        """Driving time in whole seconds."""
        return round(start.distance_m(end) * self.detour / (self.speed_kmh * _KMH_TO_MS))


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """A city's own times between listed points; other points are reached over the listed ones nearest to them.

    Args:
        points: at least one.
        table: seconds from each point (row) to each (column).
        rest: times off the table.
    """

    points: Sequence[Point]
    table: Sequence[Sequence[int]]
    rest: TravelTimes = MountainRoads()

    def seconds(self, start: Point, end: Point) -> int:
        """Driving time in whole seconds."""
        first, last = self._nearest(start), self._nearest(end)
        if first == last:
            return self.rest.seconds(start, end)
        ends = self.rest.seconds(start, self.points[first]) + self.rest.seconds(self.points[last], end)
        return self.table[first][last] + ends

    def _nearest(self, point: Point) -> int:
        return min(range(len(self.points)), key=lambda at: point.distance_m(self.points[at]))
