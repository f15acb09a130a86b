"""A city's own file: what happens where it cannot be read."""

from pathlib import Path

import pytest

from assistant.city import load_city
from assistant.errors import CityDataError
from assistant.settings import PROJECT_ROOT
from tests.doubles import CITY

POLICY = """
[policy]
denied_model_origins = ["CN"]
retention_days = 14
[policy.disclosure]
"zh-TW" = "由電腦程式回答。"
en = "A program answers."
[policy.office]
"zh-TW" = "資訊處"
en = "Department of Information"
reach = "1999"
"""


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


def city_with(folder: Path, policy: str) -> Path:
    start, end = CITY.index("[policy]"), CITY.index("[[bureau]]")
    (folder / "city.toml").write_text(CITY[:start] + policy + CITY[end:], encoding="utf-8")
    return folder


def test_a_city_says_what_it_allows_and_who_is_responsible(tmp_path: Path) -> None:
    """Origins, retention, disclosure and contacts are data; whom the city does not name is empty."""
    policy = load_city(city_with(tmp_path, POLICY)).policy
    assert (policy.denied_model_origins, policy.retention_days) == (("CN",), 14)
    assert policy.disclosure == {"zh-TW": "由電腦程式回答。", "en": "A program answers."}
    assert (policy.office.name["en"], policy.office.reach) == ("Department of Information", "1999")
    assert (policy.data_protection.name, policy.data_protection.reach) == ({}, "")


def test_the_shipped_city_says_in_both_languages_that_a_machine_answers() -> None:
    """The policy of the first city holds what production asks for."""
    policy = load_city(PROJECT_ROOT / "corpus" / "kaohsiung").policy
    assert "不是真人" in policy.disclosure["zh-TW"]
    assert "not a person" in policy.disclosure["en"]
    assert policy.retention_days == 30


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ('[policy]\ndenied_model_origins = ["China"]\n', "China"),
        ('[policy]\ndenied_model_origins = ["cn"]\n', "cn"),
        ("[policy]\ndenied_model_origins = []\nretention_days = -1\n", "retention_days"),
        ('[policy]\ndenied_model_origins = []\nretention_days = "30"\n', "retention_days"),
        ('[policy]\ndenied_model_origins = []\n[policy.disclosure]\n"zh-TW" = "程式"\n', "en"),
        ('[policy]\ndenied_model_origins = []\noffice = "資訊處"\n', "city.toml"),
        ("[policy]\n", "denied_model_origins"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_a_clear_fault(tmp_path: Path, policy: str, named: str) -> None:
    """A policy that is misspelt would silently allow what it was to deny, so the city does not open."""
    with pytest.raises(CityDataError, match=named):
        load_city(city_with(tmp_path, policy))
