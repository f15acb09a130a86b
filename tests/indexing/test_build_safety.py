"""Building the index never loses or mixes documents: vanished disks, shared ids, files listed from elsewhere."""

import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.indexing.build import IndexReport, build_index
from assistant.indexing.sources import read_sources
from assistant.settings import Settings
from assistant.store import Access, open_store
from tests.doubles import WordEmbeddings, small_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return small_settings(tmp_path)


def build(settings: Settings, *paths: Path) -> IndexReport:
    with closing(open_store(settings.index_dir, WordEmbeddings.fingerprint)) as store:
        return build_index(settings, store, WordEmbeddings(), paths)


def sources(settings: Settings) -> dict[str, str]:
    """Document id by source of what is indexed."""
    with closing(open_store(settings.index_dir, WordEmbeddings.fingerprint)) as store:
        return {source: known.file_id for source, known in store.files().items()}


def make_folder(folder: Path, text: str, listed_as: str = "") -> Path:
    folder.mkdir()
    (folder / "documents").mkdir()
    (folder / "documents" / "a.md").write_text(f"# {text}\n{text}公告。\n", encoding="utf-8")
    if listed_as:
        table = f'[[document]]\nid = "{listed_as}"\npath = "documents/a.md"\naudience = "staff"\n'
        (folder / "sources.toml").write_text(table, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("left", "reason"), [(False, "not_found"), (True, "empty_folder")])
def test_a_vanished_folder_keeps_its_documents(settings: Settings, tmp_path: Path, left: bool, reason: str) -> None:
    """An unmounted disk is reported, also beside its parent folder, and nothing of it is removed."""
    folder = make_folder(tmp_path / "disk", "垃圾清運")
    build(settings, folder)
    before = sources(settings)
    shutil.rmtree(folder)
    if left:
        folder.mkdir()
    (tmp_path / "other.md").write_text("# 其他\n其他公告。\n", encoding="utf-8")
    report = build(settings, folder, tmp_path / "other.md")
    assert [refused.reason for refused in report.refused] == [reason]
    assert report.removed == 0
    assert sources(settings).items() > before.items()


def test_the_second_file_of_one_id_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Two folders that use one id do not replace each other's document."""
    first, second = make_folder(tmp_path / "a", "渡輪", "same"), make_folder(tmp_path / "b", "公車", "same")
    report = build(settings, first, second)
    assert (report.added, [refused.reason for refused in report.refused]) == (1, ["duplicate_id"])
    assert sources(settings) == {f"{first}/documents/a.md": "same"}


def test_listed_metadata_goes_before_guessed(settings: Settings, tmp_path: Path) -> None:
    """A folder given together with its parent keeps the ids, and so the audience, of the parent's list."""
    folder = make_folder(tmp_path / "a", "渡輪", "ferry")
    build(settings, folder, folder / "documents")
    assert list(sources(settings).values()) == ["ferry"]


@pytest.mark.parametrize("path", ["../secret.md", "documents/../../secret.md", "/etc/hostname"])
def test_a_listed_path_stays_in_its_folder(tmp_path: Path, path: str) -> None:
    """A path that leads out of the folder is a clear fault, whether or not there is such a file."""
    (tmp_path / "secret.md").write_text("x")
    folder = make_folder(tmp_path / "a", "渡輪")
    (folder / "sources.toml").write_text(f'[[document]]\nid = "x"\npath = "{path}"\n')
    with pytest.raises(CityDataError, match="leads out of"):
        read_sources(folder)


@pytest.mark.parametrize("part", ["documents", "documents/a.md"])
def test_a_part_of_a_corpus_keeps_its_audience(settings: Settings, tmp_path: Path, part: str) -> None:
    """Indexing only the documents folder, or one file of it, does not make staff documents public."""
    build(settings, make_folder(tmp_path / "city", "內部規定", listed_as="rules") / part)
    with closing(open_store(settings.index_dir, WordEmbeddings.fingerprint)) as store:
        assert store.documents(Access.of("citizen", date.max)) == []
        assert [document.id for document in store.documents(Access.of("staff", date.max))] == ["rules"]
