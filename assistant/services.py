"""A city's live services as data: what people ask of each, which feeds it reads, and who may use it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.errors import CityDataError
from assistant.schema import Lang

FILE = "services.toml"
_LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")
_AUDIENCES = ("public", "staff")
TYPES = ("place", "time", "route", "choice", "number", "reference", "text")
"""What an argument can be: a route is the name of a line, a reference the number of a case."""
PARTS = ("", "at", "from", "to")
"""How a place stands in the sentence: anywhere, where something comes by, where a way begins, or where it ends."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a service wants to know from the person.

    Attributes:
        type: one of `TYPES`.
        required: whether the person is asked for it; `ask` says how, by language.
        words: of a choice, what people call each of its values, in any language; of a route, a place or a text, names
            to look for. A text without words is the whole wording.
        kinds: kinds of `assistant.places.KINDS` that a place has to be; any where there are none.
        part: one of `PARTS`, of a place.
    """

    type: str
    required: bool = False
    ask: Mapping[Lang, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A live service in people's words; every text is by language.

    Attributes:
        kind: which tool answers it; a service of the name of its tool need not say.
        acts: whether it changes something, such as a booking, and so needs the person's yes.
        feeds: names of feeds by the part that they play in it.
        arguments: what it wants to know, by name.
        options: what its tool leaves open.
    """

    name: str
    audience: Literal["public", "staff"]
    acts: bool
    title: Mapping[Lang, str]
    description: Mapping[Lang, str]
    examples: Mapping[Lang, tuple[str, ...]]
    feeds: Mapping[str, str]
    kind: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def load_services(city_dir: Path) -> tuple[Service, ...]:
    """The `[[service]]` tables of a city; none where it has no `services.toml`.

    Raises:
        CityDataError: the file is malformed, two services have one name, or one reads a feed that is not there.
    """
    path = city_dir / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "Correct that line.") from error
    feeds = {feed.get("name") for feed in data.get("feed", ())}
    services: dict[str, Service] = {}
    for table in data.get("service", ()):
        where = f"{path}, service “{table.get('name', 'without a name')}”"
        service = _service(table, where)
        unknown = sorted(set(service.feeds.values()) - feeds)
        if unknown:
            raise CityDataError(f"{where} reads feeds that are not there: {', '.join(unknown)}.", "Add their tables.")
        if service.name in services:
            raise CityDataError(f"{where} is there twice.", "Give each a name of its own.")
        services[service.name] = service
    return tuple(services.values())


def _service(table: Mapping[str, Any], where: str) -> Service:
    try:
        if table["audience"] not in _AUDIENCES:
            raise CityDataError(f"{where}: the audience is public or staff.", "Correct it.")
        return Service(
            name=table["name"],
            audience=table["audience"],
            acts=bool(table.get("acts", False)),
            title={lang: table["title"][lang] for lang in _LANGUAGES},
            description={lang: table["description"][lang] for lang in _LANGUAGES},
            examples={lang: tuple(table["examples"][lang]) for lang in _LANGUAGES},
            feeds=dict(table.get("feeds", {})),
            kind=table.get("kind", table["name"]),
            arguments={name: _argument(one, where) for name, one in table.get("arguments", {}).items()},
            options=dict(table.get("options", {})),
        )
    except (KeyError, TypeError) as error:
        raise CityDataError(f"{where} lacks or misspells {error}.", "docs/adding.md lists the keys.") from error


def _argument(table: Mapping[str, Any], where: str) -> Argument:
    if table["type"] not in TYPES:
        raise CityDataError(f"{where}: an argument is one of {', '.join(TYPES)}.", "Correct its type.")
    part = table.get("part", "")
    if part not in PARTS:
        raise CityDataError(f"{where}: the part of a place is at, from or to.", "Correct it.")
    required = bool(table.get("required", False))
    return Argument(
        type=table["type"],
        required=required,
        ask={lang: table["ask"][lang] for lang in _LANGUAGES} if required else {},
        words={value: tuple(words) for value, words in table.get("words", {}).items()},
        kinds=tuple(table.get("kinds", ())),
        part=part,
    )
