"""The data of a demonstration city: what it names is in the gazetteer, or is said to be missing."""

from pathlib import Path

import pytest

from assistant.demo.sites import Sites, load_sites
from assistant.errors import CityDataError
from assistant.places import load_gazetteer
from tests.demo.conftest import CITY_DIR

GAZETTEER = load_gazetteer(CITY_DIR)


def test_places_are_found_by_name_kind_and_code() -> None:
    """A name that several places bear is told apart by its kind, a station by its code."""
    sites = Sites({}, GAZETTEER, Path("demo.toml"))
    assert sites.place("R10").name["zh-TW"] == "美麗島"
    assert sites.place("railway_station:鳳山").kind == "railway_station"
    assert sites.place("metro_station:鳳山").kind == "metro_station"


def test_a_site_takes_the_name_of_its_place_unless_it_has_one() -> None:
    """What the table says goes before what the gazetteer says."""
    rows = [{"place": "愛河"}, {"place": "愛河", "zh": "愛河水位站", "id": "w"}]
    plain, named = Sites({"gauge": rows}, GAZETTEER, Path("demo.toml")).sites("gauge")
    assert (plain.id, plain.zh, plain.point) == ("gauge-1", "愛河", named.point)
    assert (named.id, named.zh) == ("w", "愛河水位站")


def test_an_unknown_place_is_named() -> None:
    """A misspelt place stops the city with its name, and a missing table with its own."""
    sites = Sites({"gauge": [{"place": "愛何"}]}, GAZETTEER, Path("demo.toml"))
    with pytest.raises(CityDataError, match="愛何"):
        sites.sites("gauge")
    with pytest.raises(CityDataError, match="county"):
        sites.table("county")


@pytest.mark.parametrize("content", [None, b"[", b"\xff"])
def test_a_broken_file_is_the_citys_fault(tmp_path: Path, content: bytes | None) -> None:
    """A missing, malformed or undecodable file is named."""
    if content is not None:
        (tmp_path / "demo.toml").write_bytes(content)
    with pytest.raises(CityDataError, match=r"demo\.toml"):
        load_sites(tmp_path, GAZETTEER)
