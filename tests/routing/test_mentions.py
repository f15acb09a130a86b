"""Places that a message names, known and unknown ones."""

import pytest

from tests.routing.live_city import FINDER


def found(text: str) -> list[str]:
    return [mention.text for mention in FINDER.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("月光夜市人多嗎", ["月光夜市"]),
        ("在青嶺國小門口", ["青嶺國小"]),
        ("青嶺區本和里淹水", ["青嶺區本和里"]),
        ("青嶺交流道塞不塞", ["青嶺交流道"]),
        ("中山國中的收容所", ["中山國中"]),
        ("前面大順路在塞車", ["大順路"]),
        ("河東區瑞隆東路積水", ["河東區", "瑞隆東路"]),
        ("graffiti at Qingling Elementary School", ["Qingling Elementary School"]),
        ("from Shimen health center", ["Shimen health center"]),
        ("How long is the queue at Jade Museum?", ["Jade Museum"]),
        ("Is the Hedong office open", ["Hedong office"]),
        ("is it busy at Jade's ER", ["Jade"]),
    ],
)
def test_longer_names_are_found_whole(text: str, names: list[str]) -> None:
    """A name goes on to the noun that ends it, whether or not the gazetteer knows its beginning."""
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "哪個醫院急診人少",
        "附近的公園",
        "逛夜市",
        "我家旁邊的路口",
        "下班路上塞車",
        "捷運路線",
        "青嶺市明天停班嗎",
        "Is the ER full on Monday",
        "any bus in Qingling City",
        "next Red 30 please",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    """Nouns without a name, the city itself, and what is written with a capital for another reason."""
    assert found(text) == []


def test_crossing_roads_are_one_place() -> None:
    """Two roads with an and between them are their crossing."""
    (crossing,) = FINDER.find("中央路跟海岸路口有坑洞")
    assert crossing.text == "中央路跟海岸路口"
    assert {place.name["zh-TW"] for place in crossing.entries} == {"中央路", "海岸路"}


def test_an_unknown_place_has_the_district_that_it_is_named_after() -> None:
    """A tool can then tell at least about the district; the place itself is not taken for known."""
    (mention,) = FINDER.find("河東國小附近")
    assert [place.kind for place in mention.entries] == ["district"]
    assert (mention.listed, mention.kinds) == (False, frozenset({"school"}))


def test_another_city_is_known_by_its_name() -> None:
    """Unless the message names its own city too."""
    assert FINDER.is_elsewhere("臺南明天停班嗎")
    assert FINDER.is_elsewhere("weather in Tainan")
    assert not FINDER.is_elsewhere("台南和青嶺市哪裡比較熱")
    assert not FINDER.is_elsewhere("青嶺明天停班嗎")


def test_a_known_place_keeps_all_that_it_can_mean() -> None:
    """An ambiguous name is for the tool to ask about."""
    (mention,) = FINDER.find("青嶺空氣好嗎")
    assert mention.kinds == {"district", "metro_station"}
    assert mention.listed
