"""The moment that is simulated: its scenario, the strength of the storm, and noise that is the same each time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Literal, get_args

Scenario = Literal["normal", "typhoon"]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
_STORM = ((-14.0, 0.0), (0.0, 0.15), (6.0, 0.4), (9.0, 0.6), (12.0, 0.8), (15.0, 1.0), (20.0, 0.95), (24.0, 0.6))
_PASSING = ((32.0, 0.25), (44.0, 0.0))
_DAY_H = 24.0
_MILD_C = (20.0,) * 12
_HASH_BITS = 64


@dataclass(frozen=True, slots=True)
class Scene:
    """What everything simulated is computed from; equal scenes give equal documents.

    Attributes:
        now: aware, in the zone of the city; the typhoon passes on its day.
        monthly_c: the mean temperature of each month in degrees Celsius, from January on.
    """

    seed: int
    now: datetime
    scenario: Scenario
    monthly_c: tuple[float, ...] = _MILD_C

    def storm(self, at: datetime) -> float:
        """The strength of the storm at a time, 0 to 1; 0 in the scenario "normal"."""
        if self.scenario == "normal":
            return 0.0
        return along((*_STORM, *_PASSING), (at - self.midnight).total_seconds() / 3600)

    @property
    def midnight(self) -> datetime:
        """The beginning of the day."""
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)

    def share(self, *keys: object) -> float:
        """A number from 0 to below 1 that depends on the keys and the seed alone."""
        digest = blake2b(repr((self.seed, *keys)).encode(), digest_size=_HASH_BITS // 8).digest()
        return float(int.from_bytes(digest) / 2**_HASH_BITS)

    def drift(self, at: datetime, period_s: float, *keys: object) -> float:
        """Smooth noise from -1 to 1 that is new after each period."""
        turn = at.timestamp() / period_s
        step = int(turn)
        rest = turn - step
        smooth = rest * rest * (3 - 2 * rest)
        before, after = self.share(step, *keys), self.share(step + 1, *keys)
        return 2 * (before + (after - before) * smooth) - 1

    def chance(self, likelihood: float, *keys: object) -> bool:
        """Whether something of this likelihood happens."""
        return self.share(*keys) < likelihood


def along(points: Sequence[tuple[float, float]], place: float) -> float:
    """The value at a place of a line through points (place, value) in order; beyond its ends, that of the end."""
    if place <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if place <= right:
            return low + (high - low) * (place - left) / (right - left)
    return points[-1][1]


def hour_of(at: datetime) -> float:
    """Hours since midnight, on the clock of the time given."""
    return at.hour + at.minute / 60 + at.second / 3600


def hump(hour: float, peak: float, width_h: float) -> float:
    """A bell from 0 to 1 around a time of the day that goes on over midnight."""
    away = abs(hour - peak) % _DAY_H
    away = min(away, _DAY_H - away)
    return math.exp(-((away / width_h) ** 2))


def is_weekend(at: datetime) -> bool:
    """Whether it is Saturday or Sunday."""
    return at.weekday() >= 5


def floor(at: datetime, step_s: int) -> datetime:
    """The last whole step before a time, such as the last ten minutes, in its zone."""
    past = int(at.timestamp()) // step_s * step_s
    return datetime.fromtimestamp(past, UTC).astimezone(at.tzinfo)


def days_of(scene: Scene, first: int, last: int) -> list[datetime]:
    """The midnights from `first` to `last` days after the day of the scene, both included."""
    return [scene.midnight + timedelta(days=count) for count in range(first, last + 1)]
