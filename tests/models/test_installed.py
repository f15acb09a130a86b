"""What is promised about model files that lie on this machine."""

import hashlib
from pathlib import Path

import pytest

from assistant.errors import ModelNotInstalled, UnknownModel
from assistant.models import installed
from assistant.models.catalog import CatalogModel
from assistant.models.installed import installed_path, locate_model, model_path, read_record, verify
from assistant.settings import Settings, load_settings

BYTES = b"weights" * 100
SHA256 = hashlib.sha256(BYTES).hexdigest()


def tiny_model(sha256: str = SHA256) -> CatalogModel:
    """A catalog entry for the file that these tests write."""
    source = {"kind": "huggingface", "repo": "a/b", "revision": "main", "file": "c.gguf"}
    return CatalogModel.model_validate(
        {
            "name": "tiny",
            "title": "Tiny",
            "family": "tiny",
            "origin": "TW",
            "licence": "none",
            "sha256": sha256,
            "size_bytes": len(BYTES),
            "ram_mb": 1,
            "context_tokens": 1024,
            "chat_template": "from file",
            "kind": "chat",
            "note": "",
            "sources": [source],
        }
    )


@pytest.fixture
def placed(settings: Settings) -> Path:
    """The right file, put in its place by hand."""
    path = model_path("tiny", settings)
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES)
    return path


def test_a_file_put_there_by_hand_is_accepted_when_its_bytes_are_right(settings: Settings, placed: Path) -> None:
    """A city without any network can carry the file over; it is hashed once and recorded."""
    assert installed_path(tiny_model(), settings) == placed
    record = read_record("tiny", settings)
    assert record is not None
    assert record.sha256 == SHA256


def test_an_unchanged_file_is_not_hashed_again(
    settings: Settings, placed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start does not read a gigabyte again that has not changed since it was verified."""
    installed_path(tiny_model(), settings)
    monkeypatch.delattr(installed, "sha256_of")
    assert installed_path(tiny_model(), settings) == placed


def test_a_changed_file_is_refused(settings: Settings, placed: Path) -> None:
    """A file that changed after it was verified is hashed again and refused, with the cure."""
    installed_path(tiny_model(), settings)
    placed.write_bytes(b"other bytes")
    with pytest.raises(ModelNotInstalled, match="models pull tiny"):
        installed_path(tiny_model(), settings)


def test_a_recorded_hash_holds_where_the_catalog_has_none(settings: Settings, placed: Path) -> None:
    """For a model whose hash the catalog does not know, the one recorded at first sight is binding."""
    installed_path(tiny_model(sha256=""), settings)
    placed.write_bytes(b"other bytes")
    with pytest.raises(ModelNotInstalled, match="damaged"):
        installed_path(tiny_model(sha256=""), settings)


def test_verify_reads_the_bytes_again(settings: Settings, placed: Path) -> None:
    """Verification hashes the file whatever its record says."""
    catalog = {"tiny": tiny_model()}
    installed_path(tiny_model(), settings)
    assert verify("tiny", settings, catalog=catalog).ok
    placed.write_bytes(b"other bytes")
    assert not verify("tiny", settings, catalog=catalog).ok


def test_a_missing_model_comes_with_the_command_that_fetches_it(settings: Settings) -> None:
    """Whoever starts without the model file reads the command to type."""
    with pytest.raises(ModelNotInstalled, match=r"city-assistant models pull qwen2\.5-coder-1\.5b-instruct"):
        locate_model(settings)


def test_a_path_is_a_model_with_the_origin_that_the_settings_state(tmp_path: Path) -> None:
    """A GGUF file that the catalog does not know is named after the file and takes its origin from the settings."""
    file = tmp_path / "ours.gguf"
    file.write_bytes(b"GGUF")
    model = locate_model(load_settings(home=tmp_path, model=str(file), model_origin="TW"))
    assert (model.name, model.origin, model.path) == ("ours", "TW", file)


def test_a_path_without_a_file_and_an_unknown_name_are_told_apart(tmp_path: Path) -> None:
    """A wrong path is answered as a path, a wrong name with the list of names."""
    with pytest.raises(ModelNotInstalled, match=r"no model at .*gone\.gguf"):
        locate_model(load_settings(home=tmp_path, model=str(tmp_path / "gone.gguf")))
    with pytest.raises(UnknownModel, match="Known models"):
        locate_model(load_settings(home=tmp_path, model="gone"))
