"""A city as data: its name, notices, bureaus, policy and examples, read from its folder."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Contact:
    """Who can be turned to, by language, and how; all empty where the city's data name nobody."""

    name: Mapping[Lang, str] = field(default_factory=dict)
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the city allows and says of its assistant; `web/deployment.py` holds a production server to it.

    Attributes:
        denied_model_origins: ISO 3166-1 codes of the countries whose makers' models are refused in production.
        disclosure: who answers, that it is a machine, and that it can be wrong; by language, empty where there is none.
        retention_days: the longest that questions and answers may be kept; 0: the city sets no limit.
        office: who answers for the assistant.
        data_protection: whom people ask about their personal data.
    """

    denied_model_origins: tuple[str, ...] = ()
    disclosure: Mapping[Lang, str] = field(default_factory=dict)
    retention_days: int = 0
    office: Contact = field(default_factory=Contact)
    data_protection: Contact = field(default_factory=Contact)


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
    policy: Policy
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
        policy=_policy(data["policy"]),
        bureaus=tuple(Bureau(b["name"], b["en"], b.get("phone", "")) for b in data["bureau"]),
        elsewhere=tuple(data.get("elsewhere", ())),
        boilerplate=tuple(data.get("boilerplate", ())),
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    origins = tuple(data["denied_model_origins"])
    wrong = [code for code in origins if not re.fullmatch("[A-Z]{2}", code)]
    if wrong:
        raise ValueError(f"policy.denied_model_origins: {wrong[0]!r} is no ISO 3166-1 code such as 'CN'")
    days = data.get("retention_days", 0)
    if not isinstance(days, int) or days < 0:
        raise ValueError("policy.retention_days: a number of days, or 0 for no limit")
    return Policy(
        denied_model_origins=origins,
        disclosure=_by_language(data.get("disclosure", {})),
        retention_days=days,
        office=_contact(data.get("office", {})),
        data_protection=_contact(data.get("data_protection", {})),
    )


def _contact(data: Mapping[str, str]) -> Contact:
    names = {key: text for key, text in data.items() if key != "reach"}
    return Contact(_by_language(names), data.get("reach", "").strip())


def _by_language(data: Mapping[str, str]) -> Mapping[Lang, str]:
    """A text in every language, or in none: half of a notice is worse than a start that says what is missing."""
    return {lang: data[lang].strip() for lang in LANGUAGES} if any(data.values()) else {}
