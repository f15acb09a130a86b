"""Reads the `[[feed]]` tables of a city into sources: the publisher's own, or the demonstration city in its place."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from assistant.errors import CityDataError
from assistant.feeds import STANDARDS
from assistant.feeds.source import REFRESH_S, STALE_S, FeedSource

FILE = "services.toml"
Secret = Callable[[str], SecretStr | None]
Publishers = Literal["all", "keyed", "none"]
_TEXTS = ("name", "standard")
_OWN = {"name", "standard", "url", "key_env", "publisher", "licence", "refresh_s", "stale_s", "options"}
_DEMO = {"demo", "demo_options"}


def load_sources(
    city_dir: Path, secret: Secret, demo_url: str = "", *, publishers: Publishers = "all"
) -> dict[str, FeedSource]:
    """The sources of a city by name; none where it has no `services.toml`.

    A feed with an address, and with its key where it needs one, is its publisher's. Of the others the demonstration
    city answers, marked as simulated; a feed that has neither is left out.

    Args:
        secret: the value of an environment variable, or None where it is not set.
        demo_url: where the demonstration city listens; empty where it does not run.
        publishers: which of them are asked at all: every one, those that the city has a key for, or none, so that a
            scenario of the demonstration is whole.

    Raises:
        CityDataError: the file is malformed; the message names the feed.
    """
    path = city_dir / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "Correct that line.") from error
    sources: dict[str, FeedSource] = {}
    for table in data.get("feed", ()):
        name = str(table.get("name", "without a name"))
        if name in sources:
            raise CityDataError(f"{path}: two feeds are named “{name}”.", "Give each a name of its own.")
        where = f"{path}, feed “{name}”"
        _check(table, where)
        asked = publishers == "all" or (publishers == "keyed" and table.get("key_env"))
        source = (_real(table, secret, where) if asked else None) or _simulated(table, demo_url)
        if source:
            sources[name] = source
    return sources


def _real(table: Mapping[str, Any], secret: Secret, where: str) -> FeedSource | None:
    """The publisher's own service, where it has an address and any key that it needs."""
    variable = table.get("key_env", "")
    key = secret(variable) if variable else None
    if key and not _fits_a_header(key.get_secret_value()):
        raise CityDataError(f"{where}: the key in {variable} has characters that no header can carry.", "Correct it.")
    if not table.get("url") or (variable and key is None):
        return None
    return _source(table, table["url"], key, table.get("options", {}), simulated=False)


def _simulated(table: Mapping[str, Any], demo_url: str) -> FeedSource | None:
    if not demo_url or not table.get("demo"):
        return None
    options = {**table.get("options", {}), **table.get("demo_options", {})}
    return _source(table, demo_url.rstrip("/") + table["demo"], None, options, simulated=True)


def _source(
    table: Mapping[str, Any], url: str, key: SecretStr | None, options: Mapping[str, Any], *, simulated: bool
) -> FeedSource:
    return FeedSource(
        name=table["name"],
        standard=table["standard"],
        url=url,
        publisher=table.get("publisher", {}),
        licence=table.get("licence", ""),
        refresh_s=float(table.get("refresh_s", REFRESH_S)),
        stale_s=float(table.get("stale_s", STALE_S)),
        key=key,
        options=options,
        simulated=simulated,
    )


def _check(table: Mapping[str, Any], where: str) -> None:
    missing = [name for name in _TEXTS if not isinstance(table.get(name), str)]
    if missing:
        raise CityDataError(f"{where} lacks {', '.join(missing)}.", "docs/adding.md lists the keys.")
    unknown = sorted(set(table) - _OWN - _DEMO)
    if unknown:
        raise CityDataError(f"{where} has unknown keys: {', '.join(unknown)}.", "docs/adding.md lists the keys.")
    if table["standard"] not in STANDARDS:
        known = ", ".join(sorted(STANDARDS))
        raise CityDataError(f"{where} has the unknown standard “{table['standard']}”.", f"Known are: {known}.")


def _fits_a_header(key: str) -> bool:
    return key.isascii() and key.isprintable()
