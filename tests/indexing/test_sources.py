"""Metadata of a city's documents."""

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CityDataError
from assistant.indexing.sources import default_document, read_sources
from assistant.schema import PUBLIC, Document

TABLE = '[[document]]\nid = "fees"\npath = "documents/fees.md"\n'


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "fees.md").write_text("# Fees\n", encoding="utf-8")
    return tmp_path


def write(city: Path, text: str) -> Path:
    (city / "sources.toml").write_text(text, encoding="utf-8")
    return city


def test_a_table_describes_the_file_at_its_path(city: Path) -> None:
    """All known keys arrive, dates in both spellings; unknown keys are for others."""
    extra = (
        'title = "規費"\nbureau = "社會局"\nlanguage = "zh-TW"\naudience = "staff"\nfacts = ["a"]\nunofficial = true\n'
        'published = "2026-01-02"\neffective_from = 2026-02-01\nhobby = 1\n'
    )
    document = read_sources(write(city, TABLE + extra))["documents/fees.md"]
    assert (document.id, document.title, document.bureau, document.audience) == ("fees", "規費", "社會局", "staff")
    assert (document.published, document.effective_from) == (date(2026, 1, 2), date(2026, 2, 1))
    assert document.unofficial


def test_a_folder_without_sources_lists_nothing(city: Path) -> None:
    """Any folder can be indexed."""
    assert read_sources(city) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TABLE + TABLE.replace("documents/fees", "./documents/fees"), "[[document]] 2: the id “fees”"),
        (TABLE + TABLE.replace('"fees"', '"other"'), "[[document]] 2: the path"),
        (TABLE + 'published = "soon"\n', "[[document]] 1: published"),
        (TABLE + "title = 3\n", "[[document]] 1: title"),
        (TABLE + 'unofficial = "no"\n', "[[document]] 1: unofficial"),
        (TABLE + "effective_from = 2026-02-01\neffective_to = 2026-01-01\n", "effective_to is before"),
        ('[[document]]\npath = "documents/fees.md"\n', "[[document]] 1: id is missing"),
        ('[[document]]\nid = "x"\npath = "documents/gone.md"\n', "[[document]] 1: there is no file"),
        ("[document]\nid = 1\n", "no list of tables"),
        ("id = ", "not valid TOML"),
    ],
)
def test_mistakes_name_their_file_and_table(city: Path, text: str, words: str) -> None:
    """Whoever maintains the data finds the line to correct."""
    with pytest.raises(CityDataError) as caught:
        read_sources(write(city, text))
    assert "sources.toml" in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.cure


def test_unlisted_files_get_stable_readable_ids() -> None:
    """The id names the file and differs by source."""
    first = default_document(Path("a/Fee Table (2026).pdf"), "a/Fee Table (2026).pdf", PUBLIC)
    assert first == default_document(Path("a/Fee Table (2026).pdf"), "a/Fee Table (2026).pdf", PUBLIC)
    assert first.id.startswith("fee-table-2026-")
    assert first.id != default_document(Path("b/Fee Table (2026).pdf"), "b/Fee Table (2026).pdf", PUBLIC).id
    assert first == Document(first.id, "a/Fee Table (2026).pdf", title="", language="", audience=PUBLIC, type="")
