"""Which licence a package has, by its metadata, and whether the allow-list has it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, LicenseWithExceptionSymbol, Licensing, get_spdx_licensing

LIST_PATH = Path(__file__).with_name("licences.toml")


@dataclass(frozen=True, slots=True)
class Exempted:
    """A package that may have a licence which is not on the list, and why."""

    licence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Licences:
    """The allow-list, what metadata's own words mean, and the packages that are exempted from it by name."""

    allowed: frozenset[str]
    reads_as: Mapping[str, str]
    exempted: Mapping[str, Exempted]


def load_licences(path: Path = LIST_PATH) -> Licences:
    """Read the list that ships."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    exempted = {entry["package"]: Exempted(entry["licence"], entry["reason"]) for entry in data["exception"]}
    return Licences(frozenset(data["allowed"]), data["reads_as"], exempted)


def read_licence(name: str, metadata: Message, licences: Licences) -> str:
    """The licence of a package as an SPDX expression; empty where its metadata do not tell in words that are known.

    What counts is `License-Expression` (PEP 639), then `License`, then the classifiers together, and for an exempted
    package without any of these the licence that was read in its files.
    """
    for said in _statements(metadata):
        known = licences.reads_as.get(said, said)
        if _is_spdx(known):
            return known
    return licences.exempted[name].licence if name in licences.exempted else ""


def find_fault(name: str, licence: str, licences: Licences) -> str:
    """Why a package may not be used; empty where it may."""
    if not licence:
        return f"{name}: its metadata name no licence that is known here"
    exempted = licences.exempted.get(name)
    if (exempted is not None and exempted.licence == licence) or _is_allowed(_parse(licence), licences.allowed):
        return ""
    return f"{name}: {licence} is not on the list"


def _statements(metadata: Message) -> Iterator[str]:
    for key in ("License-Expression", "License"):
        yield metadata.get(key, "").strip().split("\n")[0].strip()  # some put the whole text there, its name first
    classifiers = [text.rsplit(" :: ", 1)[1] for text in metadata.get_all("Classifier", []) if " :: OSI Appr" in text]
    yield from classifiers if len(classifiers) == 1 else ()


def _is_spdx(text: str) -> bool:
    try:
        unknown = _spdx().unknown_license_keys(text)
    except ExpressionError:
        return False
    return bool(text) and all(re.fullmatch(r"LicenseRef-[\w.-]+", key) for key in unknown)


def _parse(text: str) -> Any:
    return _spdx().parse(text)


@lru_cache(maxsize=1)
def _spdx() -> Licensing:
    """The list of SPDX, which takes a second to prepare."""
    return get_spdx_licensing()


def _is_allowed(parsed: Any, allowed: frozenset[str]) -> bool:
    """Each part of AND, and one part of OR; what is added by WITH only gives more leave."""
    if isinstance(parsed, LicenseWithExceptionSymbol):
        return parsed.license_symbol.key in allowed
    parts = [_is_allowed(part, allowed) for part in parsed.args]
    if not parts:
        return parsed.key in allowed
    return any(parts) if parsed.operator.strip() == "OR" else all(parts)
