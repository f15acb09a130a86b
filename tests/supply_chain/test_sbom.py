"""The bill of materials."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

from assistant.cli import app
from assistant.models import e5_wheel
from assistant.models.installed import sha256_of
from assistant.settings import Settings
from assistant.supply_chain.inventory import ModelFile, Package, installed_packages, model_files, needed_by
from assistant.supply_chain.licences import load_licences
from assistant.supply_chain.sbom import write_bom

HASH = "ab" * 32
PACKAGES = (
    Package("city-assistant", "0.1.0", "Apache-2.0", HASH, ("uvicorn",)),
    Package("h11", "0.16.0", "MIT", HASH, ()),
    Package("silent", "1.0", "", "", ()),
    Package("uvicorn", "0.54.0", "BSD-3-Clause OR MIT", HASH, ("h11", "not-here")),
)
MODEL = ModelFile("some-model", "TW", "Some Terms of Use", HASH, 7)


def test_the_bill_of_a_few_is_whole() -> None:
    """Each part is there with its licence, its hash and what the hash is of; the product needs what it asks for."""
    bill = json.loads(write_bom(PACKAGES, [MODEL]))
    parts = {part["name"]: part for part in bill["components"]}
    assert set(parts) == {"h11", "silent", "uvicorn", "some-model"}
    assert parts["uvicorn"]["licenses"] == [{"expression": "BSD-3-Clause OR MIT"}]
    assert parts["uvicorn"]["purl"] == "pkg:pypi/uvicorn@0.54.0"
    assert parts["h11"]["hashes"] == parts["some-model"]["hashes"] == [{"alg": "SHA-256", "content": HASH}]
    assert {"name": "city-assistant:hash-of", "value": "RECORD"} in parts["h11"]["properties"]
    assert parts["some-model"]["type"] == "machine-learning-model"
    assert {"name": "city-assistant:origin", "value": "TW"} in parts["some-model"]["properties"]
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    assert needs["city-assistant==0.1.0"] == {"uvicorn==0.54.0", "model:some-model"}
    assert needs["uvicorn==0.54.0"] == {"h11==0.16.0"}


def test_a_package_without_licence_or_record_gets_none() -> None:
    """Nothing is made up for what is not known."""
    (silent,) = [part for part in json.loads(write_bom(PACKAGES, []))["components"] if part["name"] == "silent"]
    assert not {"licenses", "hashes"} & set(silent)


def test_the_command_writes_what_the_standard_asks_for(tmp_path: Path) -> None:
    """The bill of this very environment is valid CycloneDX 1.6, and has packages, embedder and judge."""
    out = tmp_path / "bom.json"
    done = CliRunner().invoke(app, ["sbom", "--out", str(out)], env={"CITY_ASSISTANT_HOME": str(tmp_path)})
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    names = {part["name"] for part in json.loads(text)["components"]}
    assert {"uvicorn", "torch", "multilingual-e5-small", "judge-of-answers"} <= names


def test_the_command_holds_licences_against_the_list() -> None:
    """`make audit` asks it before it asks the internet."""
    done = CliRunner().invoke(app, ["sbom", "--licences"])
    assert (done.exit_code, "are allowed" in done.output) == (0, True)


def test_a_licence_that_is_not_allowed_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is named, and the exit code says so to a script."""
    bad = Package("copyleft", "1.0", "GPL-3.0-only", HASH, ())
    monkeypatch.setattr("assistant.supply_chain.inventory.installed_packages", lambda _: (bad,))
    done = CliRunner().invoke(app, ["sbom", "--licences"])
    assert done.exit_code == 1
    assert "copyleft: GPL-3.0-only" in done.output


def test_weights_are_hashed_as_they_lie_here(tmp_path: Path) -> None:
    """The embedder's hash is that of its file; a model that is not installed is not listed."""
    files = {one.name: one for one in model_files(Settings(home=tmp_path))}
    assert set(files) == {"multilingual-e5-small", "judge-of-answers"}
    assert files["multilingual-e5-small"].sha256 == sha256_of(e5_wheel.wheel_weights())


def test_what_extras_pull_in_is_known() -> None:
    """A requirement with an extra needs what the extra asks for, and without it does not."""
    assert "cryptography" in needed_by(["pypdf[crypto]"])
    assert "cryptography" not in needed_by(["pypdf"])
    assert needed_by(["no-such-package==1.0"]) == {}


def test_every_installed_package_has_a_record() -> None:
    """A file that somebody changed after the installation can be found by it."""
    assert [one.name for one in installed_packages(load_licences()) if not one.record_sha256] == []
