"""The forecast of one district as stretches of time, from a data set whose elements come in periods of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from assistant.feeds.cwa import ForecastPeriod
from assistant.text import squeeze

_INSTANT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is forecast from `begins` to `ends`; None and nothing where the data set does not say.

    Attributes:
        weather: in words of the publisher, different ones in order of time.
        rain_percent: the greatest chance of rain.
    """

    begins: datetime
    ends: datetime
    weather: tuple[str, ...] = ()
    min_c: float | None = None
    max_c: float | None = None
    rain_percent: float | None = None
    uv_index: float | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one district: stretches in order, without gaps as far as the publisher has none."""

    district: str
    stretches: tuple[Stretch, ...]
    issued_at: datetime | None

    @property
    def until(self) -> datetime:
        """Where the forecast ends."""
        return max(one.ends for one in self.stretches)

    def within(self, begins: datetime, ends: datetime) -> tuple[Stretch, ...]:
        """The stretches of a time; an instant lies in one of them."""
        last = max(ends, begins + _INSTANT)
        return tuple(one for one in self.stretches if one.begins < last and begins < one.ends)


def forecast_of(district: str, periods: Sequence[ForecastPeriod]) -> Forecast | None:
    """The forecast of a district; None where the data set has none of it.

    Some elements, such as the chance of rain, are published for spans and others, such as the temperature, for
    moments: what is said of a moment goes to the span it lies in.
    """
    mine = [one for one in periods if squeeze(one.area) == squeeze(district)]
    spans = _apart([one for one in mine if one.end])
    if not spans:
        return None
    moments = [one for one in mine if one.end is None]
    issued = next((one.issued_at for one in mine if one.issued_at), None)
    return Forecast(district, tuple(_stretch(*span, mine, moments) for span in spans), issued)


def joined(stretches: Sequence[Stretch]) -> Stretch:
    """Several stretches as one: the lowest and highest temperature, the greatest chance of rain, all weather."""
    words = [word for one in stretches for word in one.weather]
    changes = [word for before, word in pairwise(["", *words]) if word != before]
    return Stretch(
        stretches[0].begins,
        stretches[-1].ends,
        tuple(dict.fromkeys(changes)),
        least(one.min_c for one in stretches),
        most(one.max_c for one in stretches),
        most(one.rain_percent for one in stretches),
        most(one.uv_index for one in stretches),
    )


def grouped(stretches: Sequence[Stretch], count: int) -> list[Stretch]:
    """At most so many stretches, neighbours joined in groups of the same size."""
    size = -(-len(stretches) // count) if stretches else 1
    return [joined(stretches[start : start + size]) for start in range(0, len(stretches), size)]


def least(values: Iterable[float | None]) -> float | None:
    """The least of what is known."""
    return min((value for value in values if value is not None), default=None)


def most(values: Iterable[float | None]) -> float | None:
    """The greatest of what is known."""
    return max((value for value in values if value is not None), default=None)


def _apart(periods: Sequence[ForecastPeriod]) -> list[tuple[datetime, datetime]]:
    """The spans of the periods in order; of overlapping ones the shorter."""
    chosen: list[tuple[datetime, datetime]] = []
    spans = {(one.start, one.end) for one in periods if one.end}
    for begins, ends in sorted(spans, key=lambda span: (span[1] - span[0], span[0])):
        if all(ends <= first or last <= begins for first, last in chosen):
            chosen.append((begins, ends))
    return sorted(chosen)


def _stretch(
    begins: datetime, ends: datetime, periods: Sequence[ForecastPeriod], moments: Sequence[ForecastPeriod]
) -> Stretch:
    over = [one for one in periods if one.end and one.start < ends and begins < one.end]
    said = [*over, *(one for one in moments if begins <= one.start < ends)]
    words = dict.fromkeys(one.weather for one in said if one.weather)
    return Stretch(
        begins,
        ends,
        tuple(words),
        least(low for one in said for low in (one.min_temperature_c, one.temperature_c)),
        most(high for one in said for high in (one.max_temperature_c, one.temperature_c)),
        most(one.rain_percent for one in said),
        most(one.uv_index for one in said),
    )
