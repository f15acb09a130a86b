"""What a message says of the arguments of a service."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.routing.arguments import Filled, fill, fill_each, heard
from assistant.routing.live_words import clauses_of
from tests.routing.live_city import FINDER, NOW, services_of, write_city


def filled(folder: Path, service: str, text: str) -> Filled:
    return fill(services_of(write_city(folder))[service], heard(text, FINDER, NOW))


@pytest.mark.parametrize(
    ("service", "text", "values"),
    [
        ("weather", "明天晚上青嶺會下雨嗎", {"place": "青嶺", "time": "2026-11-19T18:00+08:00/2026-11-20T00:00+08:00"}),
        ("weather", "我在青嶺，要問河東的天氣", {"place": "河東"}),
        ("weather", "不是青嶺，是河東的天氣", {"place": "河東"}),
        ("weather", "Is it raining now", {}),
        ("bus", "往河東的車還有多久到青嶺站", {"stop": "青嶺站"}),
        ("bus", "when does the bus to Hedong leave from Qingling station", {"stop": "Qingling station"}),
        ("bus", "next bus to Hedong", {}),
        ("emergency", "青嶺醫院急診", {"hospital": "青嶺醫院"}),
        ("emergency", "河東哪家急診", {"place": "河東"}),
        ("emergency", "不要青嶺醫院，河東醫院急診要等多久", {"hospital": "河東醫院"}),
        ("ride", "從石門到青嶺，兩個人", {"from": "石門", "to": "青嶺", "passengers": "2"}),
        ("ride", "to Qingling from Shimen, just me", {"from": "Shimen", "to": "Qingling", "passengers": "1"}),
        ("ride", "青嶺 河東 叫車", {"from": "青嶺", "to": "河東"}),
        ("ride", "從大田出發", {"from": "大田"}),
        ("ride", "在家等車", {}),
        ("clinic", "the 3 pm slot on Friday please", {"time": "2026-11-20T15:00+08:00"}),
        ("case", "案號 A-1234", {"reference": "A-1234"}),
        ("events", "這週末的親子音樂會", {"time": "2026-11-21/2026-11-22", "topic": "親子音樂會"}),
        ("drones", "無人機", {}),
    ],
)  # fmt: skip
def test_arguments_are_in_the_persons_words(tmp_path: Path, service: str, text: str, values: dict[str, str]) -> None:
    """Places and lines as written, times as ISO 8601, words of a list as its key; nothing else is filled in."""
    assert filled(tmp_path, service, text).values == values


def test_a_report_keeps_the_whole_wording(tmp_path: Path) -> None:
    """The description is what the person wrote; a category is not read out of a name of a place."""
    found = filled(tmp_path, "report", "中央路有大洞，靠近樹旁")
    assert found.values == {"category": "pothole", "place": "中央路", "description": "中央路有大洞，靠近樹旁"}


def test_places_come_with_their_entries(tmp_path: Path) -> None:
    """What the gazetteer has is handed on; of an unknown place it has nothing."""
    assert [place.kind for place in filled(tmp_path, "weather", "月光夜市天氣").places["place"]] == ["night_market"]
    assert filled(tmp_path, "weather", "玉山國小天氣").places["place"] == ()


def test_a_part_of_a_message_goes_before_the_rest(tmp_path: Path) -> None:
    """A service that one part asks for takes its arguments there, and what has to be known from anywhere."""
    services = services_of(write_city(tmp_path))
    text = "青嶺會下雨嗎，88還有多久到河東國小"
    first, second = clauses_of(text)
    said = heard(text, FINDER, NOW)
    assert fill(services["weather"], said, first).values == {"place": "青嶺"}
    assert fill(services["bus"], said, second).values == {"stop": "河東國小", "route": "88"}
    later = "下一班公車多久，我在河東國小"
    assert fill(services["bus"], heard(later, FINDER, NOW), clauses_of(later)[0]).values == {"stop": "河東國小"}


def test_a_place_and_the_district_that_it_is_in_are_one(tmp_path: Path) -> None:
    """The narrower one counts; of a place that lies elsewhere the district is another place."""
    for text in ("rain on Central Road in Qingling?", "中央路，位於青嶺區，下雨嗎"):
        found = filled(tmp_path, "weather", text)
        assert found.values["place"] in ("Central Road", "中央路")
        assert [place.kind for place in found.places["place"]] == ["road"]
    assert filled(tmp_path, "weather", "rain on Coast Road in Qingling?").values["place"] != "Coast Road"


def test_two_places_in_one_breath_are_asked_about_each(tmp_path: Path) -> None:
    """But nothing is booked or sent twice, and a crossing is one place."""
    services = services_of(write_city(tmp_path))
    weather = services["weather"]

    def places(text: str) -> list[str]:
        return [one.values["place"] for one in fill_each(weather, heard(text, FINDER, NOW))]

    assert places("明天月光夜市跟河東會下雨嗎") == ["月光夜市", "河東"]
    assert places("rain in Hedong or Shimen?") == ["Hedong", "Shimen"]
    assert places("青嶺會下雨嗎，河東呢") == ["河東"]
    assert places("中央路跟海岸路口下雨嗎") == ["中央路跟海岸路口"]
    acting = replace(weather, acts=True)
    assert len(fill_each(acting, heard("青嶺跟河東", FINDER, NOW))) == 1
