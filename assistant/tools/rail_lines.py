"""Lines of metro and light rail as people call them, and their stations, by the data of the city."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.tdx_records import MetroArrival
from assistant.places import Place
from assistant.schema import Lang
from assistant.services import Service
from assistant.text import squeeze
from assistant.tools.base import Desk
from assistant.tools.stops import stop_form

_STATION_WORDS = ("mrt", "lrt", "metro", "lightrail", "捷運", "輕軌", "地鐵")
_STATION_KIND = "_station"
_REACH_M = 1200.0
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class RailLine:
    """A line; `system` is the option of the TDX source with the code of its operator, `words` what people call it."""

    id: str
    system: str
    names: Mapping[Lang, str]
    words: tuple[str, ...]

    def is_called(self, name: str) -> bool:
        """Whether a publisher's name of a line means this one."""
        return _form(name) in {_form(self.id), *self.forms}

    @property
    def forms(self) -> frozenset[str]:
        """Its names and words in the form in which they are compared."""
        return frozenset(_form(word) for word in (*self.names.values(), *self.words))


@dataclass(frozen=True, slots=True)
class ChosenStation:
    """The rows of a station on the boards, none where no station is meant.

    Attributes:
        distance_m: where it is only the nearest one to a place.
        choices: the names of stations that hold the words, where these are several.
    """

    rows: tuple[MetroArrival, ...] = field(default=())
    distance_m: float | None = None
    choices: tuple[Mapping[str, str], ...] = ()


def lines_of(service: Service) -> tuple[RailLine, ...]:
    """The option `lines` of a service: id, system, names by language, and words.

    Raises:
        CityDataError: it is missing or malformed.
    """
    try:
        return tuple(_line(table) for table in service.options["lines"])
    except (KeyError, TypeError) as error:
        message = f"The option “lines” of {service.name} lacks or misspells {error}."
        raise CityDataError(message, "Give each line id, system, zh-TW, en and words.") from error


def lines_meant(lines: Iterable[RailLine], words: str) -> tuple[RailLine, ...]:
    """The lines that some words mean: by a whole name, else by the longest name in the words; else none."""
    every, said = tuple(lines), _form(words)
    whole = tuple(line for line in every if said in {_form(line.id), *line.forms})
    if whole or not said:
        return whole
    lengths = {line.id: max((len(form) for form in line.forms if _is_in(form, said)), default=0) for line in every}
    longest = max(lengths.values(), default=0)
    return tuple(line for line in every if longest and lengths[line.id] == longest)


def systems_at(lines: Iterable[RailLine], places: Iterable[Place]) -> frozenset[str]:
    """The systems of which some places are stations; none where they are no stations."""
    known = {line.system for line in lines}
    kinds = {place.kind.removesuffix(_STATION_KIND) for place in places if place.kind.endswith(_STATION_KIND)}
    return frozenset(known & kinds)


def station_meant(
    desk: Desk, rows: Sequence[MetroArrival], words: str, places: Sequence[Place], systems: Iterable[str]
) -> ChosenStation:
    """The station of a name or a code, the only one whose name holds the words, or the nearest one to a place."""
    said = _station_form(words)
    found = tuple(row for row in rows if said in {_station_form(name) for name in row.station_names.values()})
    codes = {squeeze(words).upper()}
    if not found:
        stations = [place for place in places if place.kind.endswith(_STATION_KIND)]
        codes |= {code for place in stations for code in place.codes}
        found = tuple(row for row in rows if row.station in codes)
    if found:
        return ChosenStation(found)
    kinds = [f"{system}{_STATION_KIND}" for system in systems]
    exact = [place for place in places if not place.approximate]
    near = [one for place in exact for kind in kinds for one in desk.gazetteer.nearest(place.point, kind)]
    closest = min(near, key=lambda one: one.distance_m, default=None)
    if closest and closest.distance_m <= _REACH_M:
        at = tuple(row for row in rows if row.station in closest.place.codes)
        return ChosenStation(at, closest.distance_m)
    return _similar(rows, said)


def _similar(rows: Iterable[MetroArrival], said: str) -> ChosenStation:
    found: dict[str, list[MetroArrival]] = {}
    for row in rows:
        forms = [_station_form(name) for name in row.station_names.values()]
        if len(said) >= _SHORTEST and any(said in form for form in forms):
            found.setdefault(forms[0], []).append(row)
    if len(found) == 1:
        return ChosenStation(tuple(next(iter(found.values()))))
    return ChosenStation(choices=tuple(same[0].station_names for same in found.values()))


def _line(table: Mapping[str, Any]) -> RailLine:
    names: dict[Lang, str] = {"zh-TW": table["zh-TW"], "en": table["en"]}
    return RailLine(table["id"], table["system"], names, tuple(table["words"]))


def _form(text: str) -> str:
    return squeeze(text).replace("-", "").replace(".", "")


def _is_in(form: str, said: str) -> bool:
    return len(form) >= _SHORTEST and form in said


def _station_form(name: str) -> str:
    """A station's name without the words for what it is: 捷運美麗島站 and Formosa Boulevard MRT station."""
    form = stop_form(name)
    for word in _STATION_WORDS:
        form = form.removeprefix(word).removesuffix(word)
    return form or stop_form(name)
