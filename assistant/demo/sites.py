"""Where the demonstration city has its stops, sensors and hospitals: data of the city, at places of its gazetteer."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CityDataError
from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place
from assistant.places.place import DISTRICT


@dataclass(frozen=True, slots=True)
class Site:
    """One table of `demo.toml` with the place that it names; `options` are its other keys."""

    id: str
    zh: str
    en: str
    place: Place
    options: Mapping[str, Any]

    @property
    def point(self) -> Point:
        """Where it is."""
        return self.place.point

    @property
    def district(self) -> str:
        """The district that it lies in."""
        return self.place.district


class Sites:
    """The data of a demonstration city.

    Args:
        tables: the content of `demo.toml`.
        gazetteer: where its places are.
        path: for messages.
    """

    def __init__(self, tables: Mapping[str, Any], gazetteer: Gazetteer, path: Path) -> None:
        self._tables = tables
        self._path = path
        self._places: dict[str, Place] = {}
        for place in gazetteer.places:
            self._places.setdefault(f"{place.kind}:{place.name['zh-TW']}", place)
            self._places.setdefault(place.name["zh-TW"], place)
            for code in place.codes:
                self._places.setdefault(code, place)
        self.districts = tuple(place for place in gazetteer.places if place.kind == DISTRICT)

    def table(self, name: str) -> Mapping[str, Any]:
        """A table of the data.

        Raises:
            CityDataError: there is none.
        """
        found = self._tables.get(name)
        if not isinstance(found, dict):
            raise CityDataError(
                f"{self._path} has no table [{name}].", "Write it as the demo.toml of another city does."
            )
        return found

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """The `[[name]]` tables, empty where there are none."""
        return list(self._tables.get(name, []))

    def sites(self, name: str) -> tuple[Site, ...]:
        """The `[[name]]` tables with their places; ids are `name-1` ... where they give none.

        Raises:
            CityDataError: a table names no place of the gazetteer.
        """
        return tuple(self._site(name, number, row) for number, row in enumerate(self.rows(name), start=1))

    def place(self, name: str) -> Place:
        """A place by its Chinese name, its code, or `kind:name` where several bear it.

        Raises:
            CityDataError: the gazetteer has none.
        """
        if name not in self._places:
            raise CityDataError(f"{self._path} names {name!r}, which the gazetteer lacks.", "Correct the name.")
        return self._places[name]

    def _site(self, name: str, number: int, row: Mapping[str, Any]) -> Site:
        place = self.place(str(row.get("place", "")))
        return Site(
            id=str(row.get("id", f"{name}-{number}")),
            zh=str(row.get("zh", place.name["zh-TW"])),
            en=str(row.get("en", place.name["en"])),
            place=place,
            options=row,
        )


def load_sites(city_dir: Path, gazetteer: Gazetteer) -> Sites:
    """Read `demo.toml` of a city's folder.

    Raises:
        CityDataError: the file is missing or no TOML.
    """
    path = city_dir / "demo.toml"
    try:
        return Sites(tomllib.loads(path.read_text(encoding="utf-8")), gazetteer, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "A demonstration city needs it.") from error
