"""A city as data: its name, notices, bureaus, policy and examples, read from its folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.errors import CityDataError
from assistant.schema import Lang

LANGUAGES: tuple[Lang, ...] = ("zh-TW", "en")


@dataclass(frozen=True, slots=True)
class Bureau:
    """An office of the city; `phone` is empty where the data has none."""

    name: str
    en: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class City:
    """What the program needs to know about a city; every text is by language."""

    id: str
    timezone: ZoneInfo
    name: Mapping[Lang, str]
    notice: Mapping[Lang, str]
    help: Mapping[Lang, str]
    help_phone: str
    examples: Mapping[Lang, tuple[str, ...]]
    denied_model_origins: tuple[str, ...]
    bureaus: tuple[Bureau, ...]
    elsewhere: tuple[str, ...]
    boilerplate: tuple[str, ...] = ()


def load_city(folder: Path) -> City:
    """Read `city.toml` of a city's folder.

    Raises:
        CityDataError: the file is missing, cannot be opened, is not TOML, or lacks a key; the message names it.
    """
    path = folder / "city.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityDataError(
            f"{path} does not exist.", "Set CITY_ASSISTANT_CORPUS and CITY_ASSISTANT_CITY to a folder that has one."
        ) from error
    except OSError as error:
        raise CityDataError(
            f"{path} cannot be opened: {error.strerror}.", "CITY_ASSISTANT_CORPUS is a folder of readable city folders."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    try:
        return _city(data)
    except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError) as error:
        raise CityDataError(f"{path} lacks or misspells {error}.", "docs/adding.md lists the keys.") from error


def _city(data: dict[str, Any]) -> City:
    return City(
        id=data["id"],
        timezone=ZoneInfo(data["timezone"]),
        name={lang: data["name"][lang] for lang in LANGUAGES},
        notice={lang: data["notice"][lang] for lang in LANGUAGES},
        help={lang: data["help"][lang] for lang in LANGUAGES},
        help_phone=data["help"]["phone"],
        examples={lang: tuple(data["examples"][lang]) for lang in LANGUAGES},
        denied_model_origins=tuple(data["policy"]["denied_model_origins"]),
        bureaus=tuple(Bureau(b["name"], b["en"], b.get("phone", "")) for b in data["bureau"]),
        elsewhere=tuple(data.get("elsewhere", ())),
        boilerplate=tuple(data.get("boilerplate", ())),
    )
