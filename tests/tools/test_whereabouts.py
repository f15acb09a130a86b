"""Where in the city a question is about: districts, places, the whole city, and what is none of them."""

import pytest

from assistant.schema import Status
from assistant.tools.base import Finding
from assistant.tools.whereabouts import Whereabouts, asked_where, districts_named, name_in
from tests.tools.conftest import DemoCity


@pytest.mark.parametrize("words", ["", "高雄", "高雄市", "Kaohsiung", "KAOHSIUNG city"])
def test_the_city_itself_is_no_district(city: DemoCity, words: str) -> None:
    """Without a place, and by the city's own name, the whole city is meant."""
    request = city.request("weather", {"place": words} if words else {})
    assert asked_where(request, city.live._desk) == Whereabouts("高雄市")


@pytest.mark.parametrize(
    ("words", "name", "district"),
    [("左營", "左營區", "左營區"), ("衛武營", "衛武營（苓雅區）", "苓雅區"), ("Namasia", "那瑪夏區", "那瑪夏區")],
)
def test_a_place_is_told_with_its_district(city: DemoCity, words: str, name: str, district: str) -> None:
    """Of a name that a station and a district share the district is taken; a landmark keeps its name."""
    found = asked_where(city.request("weather", {"place": words}), city.live._desk)
    assert isinstance(found, Whereabouts)
    assert (found.name, found.district) == (name, district)
    assert found.point


@pytest.mark.parametrize(("words", "status"), [("臺南市", Status.NO_EVIDENCE), ("亞特蘭提斯", Status.CLARIFY)])
def test_what_lies_elsewhere_or_nowhere_is_no_place(city: DemoCity, words: str, status: Status) -> None:
    """Another city is refused, unknown words are asked for again."""
    found = asked_where(city.request("weather", {"place": words}), city.live._desk)
    assert isinstance(found, Finding)
    assert found.status == status
    assert words in found.lines[0].text


def test_districts_are_found_in_what_a_publisher_writes(city: DemoCity) -> None:
    """Only full names count: 三民 alone may be a road."""
    assert set(districts_named("高雄市桃源區、茂林區山區", city.gazetteer)) == {"桃源區", "茂林區"}
    assert districts_named("Zuoying District, Kaohsiung", city.gazetteer) == ("左營區",)
    assert districts_named("三民路", city.gazetteer) == ()


def test_names_of_stations_are_told_in_english_where_the_gazetteer_has_them(city: DemoCity) -> None:
    """A station that bears a district's name gets its English one; others stay as published."""
    assert name_in("小港區", city.gazetteer, "en") == "Siaogang District"
    assert name_in("某某測站", city.gazetteer, "en") == "某某測站"
