"""Servers of others that speak the Model Context Protocol (MCP), their allowed tools, and what services ask of them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import httpx

from assistant.errors import CityDataError
from assistant.feeds.loading import FILE, Secret
from assistant.feeds.source import STALE_S, FeedSource
from assistant.schema import Lang
from assistant.services import Service

KIND = "mcp"
PARTS = ("", "lat", "lon", "district", "zh-TW", "en")
"""What of a place a tool can get (`place.lat`): its name in the language of the question, a coordinate, or else."""
TIMEOUT_S, SAME_PLACE_M = 2.5, 1500.0
_HTTP, _STDIO = "streamable_http", "stdio"
_OWN = {
    "name",
    "transport",
    "url",
    "command",
    "key_env",
    "key_header",
    "key_prefix",
    "publisher",
    "licence",
    "tools",
    "timeout_s",
    "stale_s",
}
_SHA256 = re.compile(r"(?:[0-9a-f]{64})?")
_CURE = "docs/adding.md lists the keys."


@dataclass(frozen=True, slots=True)
class McpOptions:
    """The options of a service of the kind `mcp`.

    Attributes:
        server, tool: which tool of which `[[mcp]]` table is called.
        input: the argument of the service that each parameter of the tool gets, of a place one of `PARTS` of it.
        constants: parameters that are always the same, with their JSON values.
        schema_sha256: of the input schema that the city has looked at; a tool with another one is not called.
        key: the parameter that gets the key of an act, which stays the same over retries.
        labels: what an argument is called where the person sees what would be sent, by argument and language.
        observed: the member of the tool's structured answer with the time of its data (ISO 8601).
        within_m: how far apart places of one name may be and still get the same answer.
    """

    server: str
    tool: str
    input: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    schema_sha256: str = ""
    key: str = ""
    labels: Mapping[str, Mapping[Lang, str]] = field(default_factory=dict)
    observed: str = ""
    within_m: float = SAME_PLACE_M


def mcp_options(service: Service) -> McpOptions:
    """The options of a service.

    Raises:
        CityDataError: one is missing, misspelled, or names an argument that the service does not have.
    """
    where, given = f"The service “{service.name}”", dict(service.options)
    unknown = sorted(set(given) - {one.name for one in fields(McpOptions)})
    missing = [name for name in ("server", "tool") if not isinstance(given.get(name), str)]
    if unknown or missing:
        raise CityDataError(f"{where} misspells or lacks the options {', '.join(unknown + missing)}.", _CURE)
    options = McpOptions(**given)
    named = {name.partition(".")[0] for name in options.input.values()} | set(options.labels)
    strange = sorted(named - set(service.arguments))
    if strange:
        raise CityDataError(f"{where} has no argument {', '.join(strange)}.", "Add it, or correct `input`.")
    for argument in options.input.values():
        name, _, part = argument.partition(".")
        if part not in PARTS or (part and service.arguments[name].type != "place"):
            raise CityDataError(f"{where}: a tool cannot get “{argument}”.", f"Of a place: {', '.join(PARTS[1:])}.")
    twice = sorted(set(options.input) & {*options.constants, options.key})
    if twice:
        raise CityDataError(f"{where} fills {', '.join(twice)} twice.", "Give each parameter one value.")
    if not _SHA256.fullmatch(options.schema_sha256):
        raise CityDataError(f"{where}: schema_sha256 is no SHA-256 in lower case.", "The log says the present one.")
    return options


def load_mcp_servers(
    city_dir: Path, secret: Secret, services: Iterable[Service] = (), *, stdio: bool = False, asked: bool = True
) -> dict[str, FeedSource]:
    """The servers of the `[[mcp]]` tables of a city by name; one whose key is not set is left out.

    Args:
        secret: the value of an environment variable, or None where it is not set.
        services: the city's services; those of the kind `mcp` are checked against the tables.
        stdio: whether a table may name a program that is started on this machine.
        asked: whether servers of others are asked at all; without it the tables are only checked.

    Raises:
        CityDataError: a table is malformed, names a program though that is not allowed, or a service calls a tool
            that its server's table does not allow.
    """
    path = city_dir / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityDataError(f"{path} cannot be read: {error}.", "Correct that line.") from error
    tables: dict[str, Mapping[str, Any]] = {}
    taken = {feed.get("name") for feed in data.get("feed", ())}
    for table in data.get("mcp", ()):
        name = str(table.get("name", "without a name"))
        where = f"{path}, MCP server “{name}”"
        if name in tables or name in taken:
            raise CityDataError(f"{where}: another server or feed has that name.", "Give each a name of its own.")
        _check(table, where, stdio=stdio)
        tables[name] = table
    _check_services([one for one in services if one.kind == KIND], tables)
    found = (_source(table, secret, f"{path}, MCP server “{name}”") for name, table in tables.items() if asked)
    return {source.name: source for source in found if source}


def _check(table: Mapping[str, Any], where: str, *, stdio: bool) -> None:
    unknown = sorted(set(table) - _OWN)
    if unknown or not isinstance(table.get("name"), str):
        raise CityDataError(f"{where} has unknown keys or lacks its name: {', '.join(unknown)}.", _CURE)
    transport = table.get("transport")
    if transport == _HTTP and not _is_address(table.get("url")):
        raise CityDataError(f"{where} lacks a plain http or https url.", _CURE)
    if transport == _STDIO:
        if not stdio:
            cure = "Set CITY_ASSISTANT_MCP_STDIO=true if you trust it, or take the table out."
            raise CityDataError(f"{where} starts a program, which the settings do not allow.", cure)
        if not _are_texts(table.get("command")):
            raise CityDataError(f"{where} lacks its command, a list of texts.", _CURE)
    elif transport != _HTTP:
        raise CityDataError(f"{where} has the unknown transport “{transport}”.", f"Known are {_HTTP} and {_STDIO}.")
    if not _are_texts(table.get("tools")):
        raise CityDataError(f"{where} lacks its allowed tools, a list of names.", _CURE)


def _check_services(services: Iterable[Service], tables: Mapping[str, Mapping[str, Any]]) -> None:
    for service in services:
        options = mcp_options(service)
        if options.server not in tables:
            message = f"The service “{service.name}” calls the MCP server “{options.server}”, which has no table."
            raise CityDataError(message, "Add its [[mcp]] table.")
        if options.tool not in tables[options.server]["tools"]:
            message = f"The service “{service.name}” calls “{options.tool}”, which its server's table does not allow."
            raise CityDataError(message, "Add it to `tools` of that table if it is right.")


def _source(table: Mapping[str, Any], secret: Secret, where: str) -> FeedSource | None:
    variable = table.get("key_env", "")
    key = secret(variable) if variable else None
    if key and not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
        raise CityDataError(f"{where}: the key in {variable} has characters that no header can carry.", "Correct it.")
    if variable and key is None:
        return None
    timeout_s = float(table.get("timeout_s", TIMEOUT_S))
    if timeout_s <= 0:
        raise CityDataError(f"{where}: timeout_s is more than 0.", "Correct it.")
    options = {
        "transport": table["transport"],
        "command": tuple(table.get("command", ())),
        "tools": frozenset(table["tools"]),
        "timeout_s": timeout_s,
        "key_env": variable,
        "key_header": table.get("key_header", "Authorization"),
        "key_prefix": table.get("key_prefix", "Bearer "),
    }
    return FeedSource(
        name=table["name"],
        standard=KIND,
        url=table.get("url", ""),
        publisher=table.get("publisher", {}),
        licence=table.get("licence", ""),
        stale_s=float(table.get("stale_s", STALE_S)),
        key=key,
        options=options,
    )


def _is_address(value: object) -> bool:
    try:
        address = httpx.URL(value if isinstance(value, str) else "")
        return address.scheme in {"http", "https"} and bool(address.host) and not address.userinfo
    except (httpx.InvalidURL, ValueError):  # the latter of a name that IDNA does not know
        return False


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)
