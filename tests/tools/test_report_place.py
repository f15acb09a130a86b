from dataclasses import replace

import pytest

from assistant.schema import Lang, Status
from assistant.tools import Finding
from tests.tools.asking import Desk, text_of
from tests.tools.conftest import DemoCity


def report(city: DemoCity, place: str, lang: Lang = "zh-TW") -> Finding:
    return city.ask("report_problem", {"category": "pothole", "place": place, "description": "洞"}, lang=lang)


@pytest.mark.parametrize(
    "words", ["駁二藝術特區", "左營果貿社區", "岡山火車站前面", "衛武營附近", "in front of the Pier-2 Art Center"]
)
def test_a_known_place_is_sent_with_its_point(city: DemoCity, words: str) -> None:
    """The address is what the person said; the point is that of the place, whatever stands beside its name."""
    found = report(city, words)
    assert found.draft is not None
    assert found.draft.payload["address"] == words
    assert 22 < found.draft.payload["point"]["lat"] < 24


@pytest.mark.parametrize(
    "words",
    [
        "自由二路跟明誠二路口",
        "鳳山國小",
        "苓雅區光華一路148巷",
        "Yancheng Elementary School",
        "鳥松大華里",
        "仁愛街12號",
    ],
)
def test_an_address_is_sent_without_the_middle_of_its_road_or_district(city: DemoCity, words: str) -> None:
    """A wrong point would lead a crew astray, so that there is none."""
    found = report(city, words)
    assert found.draft is not None
    assert found.draft.payload["address"] == words
    assert found.draft.payload["point"] is None
    assert any("座標：不附" in line for line in found.draft.lines)


@pytest.mark.parametrize("words", ["鳳山", "前鎮區", "鳳山我家門口", "house in Fengshan"])
def test_a_district_is_too_wide(city: DemoCity, words: str) -> None:
    """Nobody finds a hole in a district: the person is asked for more, and nothing is drafted."""
    found = report(city, words)
    assert found.status == Status.CLARIFY
    assert found.draft is None
    assert words in text_of(found)


def test_an_unknown_place_is_asked_for(city: DemoCity) -> None:
    """ "In front of my house" is no place for others."""
    found = report(city, "家門口")
    assert found.status == Status.CLARIFY
    assert "家門口" in text_of(found)


def test_a_road_name_of_several_districts_is_asked_for(city: DemoCity) -> None:
    """The longest of them is offered first, and a choice is an address that is understood."""
    found = report(city, "中正路12號")
    assert found.status == Status.CLARIFY
    assert found.choices[0] == "苓雅區中正路12號"
    assert len(found.choices) == 4
    assert report(city, found.choices[0]).draft is not None


def test_a_long_road_is_taken_with_a_hint(city: DemoCity) -> None:
    """A road alone is enough to send, and the person hears what would help."""
    found = report(city, "裕誠路")
    assert found.draft is not None
    assert "門牌" in text_of(found)


def test_a_publisher_that_needs_a_point_gets_a_rough_one_that_is_called_so(city: DemoCity) -> None:
    """The middle of a road is sent only where nothing is taken without a point, and the draft says what it is."""
    source = replace(city.live._desk.sources["city-reports"], options={"needs_point": True})
    desk = Desk(city.url, {"city-reports": source})
    found, unknown = (desk.ask("report_problem", {"category": "pothole", "place": w}) for w in ("裕誠路", "仁愛街12號"))
    desk.live.close()
    assert found.draft is not None
    assert found.draft.payload["point"] is not None
    assert any("中間的一點" in line for line in found.draft.lines)
    assert unknown.status == Status.CLARIFY
