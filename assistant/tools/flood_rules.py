"""The thresholds by which flood risk is judged, as a city's data give them, each with where it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import CityDataError
from assistant.services import Service

LEVELS = ("dry", "watch", "likely", "flooded")
DRY, WATCH, LIKELY, FLOODED = range(len(LEVELS))


@dataclass(frozen=True, slots=True)
class Depths:
    """Of sensors that see water on a street or in an underpass.

    Attributes:
        observed: the observed property, a length.
        near_m: how far a sensor still tells of a place.
        watch_cm, flooded_cm: from which depth; a sensor's own `alert` property goes before `flooded_cm`.
        state: the observed property that says whether the way is `closed`; empty where there is none.
    """

    observed: str
    near_m: float
    watch_cm: float
    flooded_cm: float
    alert: str = "alert_cm"
    state: str = ""
    closed: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class RainSpan:
    """Rain of so many hours: from how many mm on it is worth watching, and a flood likely."""

    observed: str
    hours: int
    watch_mm: float
    likely_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Rain:
    """Of rain gauges; where less than `ceased_mm` fell in the shortest span, what fell before makes no flood likely."""

    near_m: float
    ceased_mm: float
    spans: tuple[RainSpan, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rivers:
    """Of river gauges: their own alert levels, a property with the highest first (level 1, 2, 3)."""

    observed: str
    near_m: float
    alert: str
    likely_level: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sewers:
    """Of storm sewers: the depth against the property `full`, that of the sewer itself."""

    observed: str
    near_m: float
    full: str
    watch_share: float
    likely_share: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pumps:
    """Of pumping stations: the pumps that run of the property `units`; all of them running is worth watching."""

    observed: str
    near_m: float
    units: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Of weather warnings: the words of those that concern floods, and what they are called in English."""

    words: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of the forecast: how far it is looked at, and from which chance of rain with one of the words it is watched."""

    hours: int
    rain_percent: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Areas:
    """Of areas with a flood history: their properties.

    Attributes:
        rain: the property with the rain in mm of `span_hours` that floods it.
        depth: that with the depth in cm which it then brings.
        floods: that with the number of floods in `history_years`.
    """

    near_m: float
    rain: str
    span_hours: int
    depth: str
    floods: str
    history_years: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all parts of the service."""

    streets: Depths
    underpasses: Depths
    rain: Rain
    rivers: Rivers
    sewers: Sewers
    pumps: Pumps
    warnings: Warned
    forecast: Outlook
    areas: Areas
    emergency_number: str = ""


def load_rules(service: Service) -> Rules:
    """The rules in the options of a service, a table for each part that a feed plays in it.

    Raises:
        CityDataError: a table is missing or malformed.
    """
    options: Mapping[str, Any] = service.options
    try:
        rain = options["rain"]
        return Rules(
            streets=_depths(options["streets"]),
            underpasses=_depths(options["underpasses"]),
            rain=Rain(**{**rain, "spans": tuple(RainSpan(**span) for span in rain["spans"])}),
            rivers=Rivers(**options["rivers"]),
            sewers=Sewers(**options["sewers"]),
            pumps=Pumps(**options["pumps"]),
            warnings=Warned(**options["warnings"]),
            forecast=Outlook(**{**options["forecast"], "words": tuple(options["forecast"]["words"])}),
            areas=Areas(**options["areas"]),
            emergency_number=str(options.get("emergency_number", "")),
        )
    except (KeyError, TypeError) as error:
        message = f"The options of the service “{service.name}” lack or misspell {error}."
        raise CityDataError(message, "Write them as the services.toml of another city does.") from error


def _depths(table: Mapping[str, Any]) -> Depths:
    return Depths(**{**table, "closed": tuple(table.get("closed", ()))})
