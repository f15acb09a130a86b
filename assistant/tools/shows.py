"""What a service says of its sensors, as its data tell: labels, units, possible values, and words for levels."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.base import FeedSource
from assistant.feeds.values import items, members, number
from assistant.schema import Lang, Reading
from assistant.services import Service
from assistant.tools.base import Request, reading_of
from assistant.tools.sensors import Measured, Sensor, is_current, plain
from assistant.tools.texts import clock, quoted, say

_TEXTS = "sensors_near"
Words = Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Level:
    """A word for values from a threshold on.

    Attributes:
        least: the threshold: a number, or the name of the sensor's property that holds it; `alert_m.2` is the third
            value of a list.
        name: a short key for data and tests, such as "busy".
    """

    least: float | str
    words: Words
    name: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """One table of `shows` in a service's options: a property that is observed, and how it is said.

    Attributes:
        observed: the observed property, or the name of the stream.
        least, most: what such a sensor can measure; anything else is a fault of the sensor and is not said.
        share_of: a property of the sensor, or a number of it, of which the thresholds are shares: a capacity;
            `share_label` is what it is called where the share is to be said.
        levels: from the lowest threshold to the highest.
        words: what the words of a state mean: `{ closed = { "zh-TW" = "封閉", en = "closed" } }`.
        threshold_source: where the thresholds are published.
    """

    observed: str
    label: Words
    unit: Words = field(default_factory=dict)
    digits: int = 1
    least: float = -math.inf
    most: float = math.inf
    share_of: str = ""
    share_label: Words = field(default_factory=dict)
    levels: tuple[Level, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
    threshold_source: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What was measured, ready to be said.

    Attributes:
        text: "積水深度 12.5 公分（警戒）".
        value: as it is said; a number has at most the digits of its show.
        level: its place among the levels, -1 where it is below all or there are none; `level_name` its key.
        share_percent: of the property that the thresholds are shares of.
        current: whether it is of now.
    """

    show: Show
    text: str
    value: int | float | str
    level: int
    level_name: str
    level_words: str
    share_percent: int | None
    measured: Measured
    current: bool

    @property
    def data(self) -> dict[str, object]:
        """JSON values of all that is said."""
        return {
            "observed": self.show.observed,
            "value": self.value,
            "level": self.level_name,
            "level_words": self.level_words,
            "share_percent": self.share_percent,
            "observed_at": self.measured.at.isoformat(),
            "threshold_source": self.show.threshold_source,
        }


def load_shows(service: Service) -> tuple[Show, ...]:
    """The `shows` of a service.

    Raises:
        CityDataError: there are none, or one is malformed.
    """
    try:
        shows = tuple(_show(table) for table in service.options["shows"])
    except (KeyError, TypeError, AttributeError) as error:
        message = f"The options of the service “{service.name}” lack or misspell {error}."
        raise CityDataError(message, "Write `shows` as docs/adding.md tells.") from error
    if not shows:
        raise CityDataError(f"The service “{service.name}” shows nothing.", "Add a table to `shows`.")
    return shows


def shown(request: Request, source: FeedSource, sensor: Sensor, shows: Sequence[Show]) -> tuple[Said, ...]:
    """What a sensor measured last, of each show for which it has a possible value."""
    found = (_said(request, source, sensor, show) for show in shows)
    return tuple(one for one in found if one)


def sensor_reading(
    request: Request, source: FeedSource, sensor: Sensor, said: Sequence[Said], **more: object
) -> Reading:
    """The reading for what is said of one sensor, as of its oldest value."""
    at = min((one.measured.at for one in said), default=None)
    data = {
        "name": sensor.name(request.lang),
        "lat": sensor.point.lat if sensor.point else None,
        "lon": sensor.point.lon if sensor.point else None,
        "time": clock(at, request) if at else "",
        "measured": [one.data for one in said],
        **more,
    }
    return reading_of(request, source, data, observed_at=at, place=sensor.name(request.lang))


def property_number(sensor: Sensor, path: str) -> float | None:
    """The number of a property; `alert_m.2` is the third of a list. None where the feed has none."""
    name, _, place = path.partition(".")
    value = members(sensor.properties).get(name)
    if place:
        values = items(value)
        value = values[int(place)] if place.isdecimal() and int(place) < len(values) else None
    return number(value)


def in_language(words: Words, lang: Lang) -> str:
    """Words of the data in a language, else in the one that they are in; empty where there are none."""
    return words.get(lang) or next(iter(words.values()), "")


def _show(table: Mapping[str, Any]) -> Show:
    levels = tuple(Level(one["from"], one["words"], one.get("name", "")) for one in table.get("levels", ()))
    known = {name: value for name, value in table.items() if name != "levels"}
    return Show(levels=levels, **known)


def _said(request: Request, source: FeedSource, sensor: Sensor, show: Show) -> Said | None:
    measured = sensor.newest(show.observed)
    if measured is None:
        return None
    lang = request.lang
    label = in_language(show.label, lang)
    current = is_current(request, source, measured.at)
    if isinstance(measured.value, str):
        words = show.words.get(measured.value)
        value = in_language(words, lang) if words else quoted(measured.value, 40)
        text = say(_TEXTS, "state", lang, label=label, value=value) if label else value
        return Said(show, text, measured.value[:80], -1, quoted(measured.value, 40), value, None, measured, current)
    if not show.least <= measured.value <= show.most:
        return None
    whole = property_number(sensor, show.share_of) if show.share_of else None
    level = _level(sensor, show, measured.value, whole)
    number_said, unit = plain(measured.value, show.digits), in_language(show.unit, lang)
    text = say(_TEXTS, "value", lang, label=label, value=number_said, unit=unit).strip()
    words_of = in_language(show.levels[level].words, lang) if level >= 0 else ""
    percent = round(100 * measured.value / whole) if whole and whole > 0 else None
    share = (
        say(_TEXTS, "share", lang, label=in_language(show.share_label, lang), percent=percent)
        if _has_share(show, percent)
        else ""
    )
    aside = say(_TEXTS, "listed", lang).join(one for one in (words_of, share) if one)
    text = say(_TEXTS, "value_aside", lang, value=text, aside=aside) if aside else text
    name = show.levels[level].name if level >= 0 else ""
    return Said(show, text, number_said, level, name, words_of, percent, measured, current)


def _has_share(show: Show, percent: int | None) -> bool:
    return bool(show.share_label) and percent is not None


def _level(sensor: Sensor, show: Show, value: float, whole: float | None) -> int:
    """The highest level whose threshold is reached; -1 for none, or where the feed lacks what they are shares of."""
    if show.share_of and (whole is None or whole <= 0):
        return -1
    reached = -1
    for number_of, level in enumerate(show.levels):
        least = property_number(sensor, level.least) if isinstance(level.least, str) else float(level.least)
        if least is not None and value >= least * (whole if show.share_of and whole else 1.0):
            reached = number_of
    return reached
