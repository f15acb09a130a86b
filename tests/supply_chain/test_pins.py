"""What is installed is what was chosen: every package is pinned."""

import re
import tomllib
from collections.abc import Mapping

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from assistant.settings import PROJECT_ROOT
from assistant.supply_chain.inventory import needed_by


def direct() -> list[str]:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for group in project["optional-dependencies"].values() for requirement in group]
    return [*project["dependencies"], *extras]


@pytest.fixture(scope="module")
def pins() -> Mapping[str, str]:
    lines = (PROJECT_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("requirement", direct())
def test_every_direct_dependency_is_pinned(requirement: str, pins: Mapping[str, str]) -> None:
    """One exact version, the same as in the constraints, from the registry and from no address."""
    read = Requirement(requirement)
    (specifier,) = read.specifier
    assert (specifier.operator, read.url) == ("==", None)
    assert pins[canonicalize_name(read.name)] == specifier.version


def test_the_constraints_hold_everything_that_is_pulled_in(pins: Mapping[str, str]) -> None:
    """Whatever our dependencies need in turn is installed here in the version that is pinned."""
    needed = {name: version for name, version in needed_by(direct()).items() if name != "pip"}  # it installs the others
    assert {name: version for name, version in needed.items() if pins.get(name) != Version(version).public} == {}
    assert len(needed) > 100


def test_the_constraints_are_exact_and_each_stands_once() -> None:
    """A range, an address or two versions of a package would leave open what is installed."""
    lines = (PROJECT_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []
    names = [canonicalize_name(line.split("==")[0]) for line in pins]
    assert sorted(names) == sorted(set(names))


def test_the_audit_fails_where_a_package_cannot_be_looked_up() -> None:
    """Without `--strict`, an index that knows nothing would pass for one that has nothing against it."""
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = [line for line in makefile.splitlines() if "pip-audit --requirement" in line]
    assert "constraints.txt" in line
    assert "--strict" in line
