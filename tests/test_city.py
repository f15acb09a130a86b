"""A city's own file: what happens where it cannot be read."""

from pathlib import Path

import pytest

from assistant.city import load_city
from assistant.errors import CityDataError


@pytest.mark.parametrize("content", [None, "", "id = ", 'id = "x"\ntimezone = "/etc"'])
def test_a_city_that_cannot_be_used_is_a_clear_fault(tmp_path: Path, content: str | None) -> None:
    """A folder in its place, an empty file, no TOML and a timezone that is none are named."""
    path = tmp_path / "city.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    with pytest.raises(CityDataError, match=r"city\.toml"):
        load_city(tmp_path)


def test_a_file_in_place_of_the_corpus_is_a_clear_fault(tmp_path: Path) -> None:
    """The message names the setting to correct."""
    (tmp_path / "corpus").write_text("")
    with pytest.raises(CityDataError, match="CITY_ASSISTANT_CORPUS"):
        load_city(tmp_path / "corpus" / "smalltown")
