"""The general dictionary: what is read from CC-CEDICT's lines, and the real file."""

from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.retrieval.dictionary import Dictionary, meanings, open_dictionary
from assistant.store import Store
from assistant.text import keyword_tokens

LINES = [
    "# CC-CEDICT",
    "登記 登记 [deng1 ji4] /to register (one's name)/to check in; to enroll/",
    "行 行 [hang2] /row/CL:個|个[ge4]/",
    "舊 旧 [jiu4] /see 舊的[jiu4 de5]/old variant of 舊[jiu4]/",
    "卡拉OK 卡拉OK [ka3 la1 O K] /karaoke/",
    "not an entry",
]


def test_meanings_are_split_and_cleaned() -> None:
    """Particles, asides, measure words and references are no meanings; each phrase keeps its place."""
    rows = list(meanings(LINES, keyword_tokens))
    assert rows == [("register", "登記", 0), ("check in", "登記", 1), ("enroll", "登記", 1), ("row", "行", 0)]


def test_phrases_that_are_too_long_are_left_out() -> None:
    """An explanation is no translation."""
    line = "甲 甲 [jia3] /first of the ten heavenly stems of old China/"
    assert list(meanings([line], keyword_tokens)) == []


@pytest.fixture
def dictionary(store: Store, tmp_path: Path) -> Dictionary:
    return open_dictionary(tmp_path / "dictionary", store.query_tokens)


def test_the_real_dictionary_knows_city_words(dictionary: Dictionary, store: Store) -> None:
    """Phrases of several words and inflected words are found by their stems."""

    def look_up(phrase: str) -> tuple[str, ...]:
        return dictionary.chinese(" ".join(store.query_tokens(phrase)))

    assert "駕照" in look_up("driver's license")
    assert "路燈" in look_up("street lamps")
    assert "拖吊" in look_up("towed")
    assert look_up("xyzzy plugh") == ()


def test_the_file_is_made_once(dictionary: Dictionary, store: Store, tmp_path: Path) -> None:
    """Opening it again reads the same file."""
    (path,) = (tmp_path / "dictionary").glob("*.sqlite")
    made = path.stat().st_mtime_ns
    open_dictionary(tmp_path / "dictionary", store.query_tokens)
    assert path.stat().st_mtime_ns == made


def test_a_folder_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    """A file in the folder's place is said as such, with what to check."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="taken"):
        open_dictionary(tmp_path / "taken", store.query_tokens)
