"""Whether a text names a road, however people and publishers write it."""

import pytest

from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place
from assistant.tools.road_names import road_names

GROUPS = [
    ["國道一號", "國一", "中山高", "Freeway 1"],
    ["國道十號", "國十", "Freeway 10"],
    ["台88線", "台88"],
    ["台8線"],
]


def road(zh: str, en: str, *aliases: str) -> Place:
    return Place({"zh-TW": zh, "en": en}, "road", "三民區", Point(22.6, 120.3), "test", aliases)


GAZETTEER = Gazetteer([road("民族一路", "Minzu 1st Road"), road("博愛二路", "Bo'ai 2nd Road", "Po-Ai 2nd Road")])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("民族一路", "三民區民族一路100號前人行道改善"),
        ("民族1路", "民族一路（同盟一路至九如一路）"),
        ("民族路", "民族一路自來水管汰換"),
        ("Minzu 1st Rd", "民族一路 交通事故"),
        ("minzu road", "Minzu 1st Road: accident"),
        ("Boai 2nd road", "博愛二路"),
        ("Po-Ai 2nd Rd.", "Bo'ai 2nd Road"),
        ("國一", "國道1號 楠梓交流道"),
        ("國道一號南下", "國道一號 鼎金系統"),
        ("freeway 1", "國道一號 楠梓交流道"),
        ("中山高", "Freeway No. 1, Nanzih"),
        ("臺88", "台88線 五甲端"),
        ("大順路", "大順一路自來水管汰換"),
    ],
)
def test_a_road_is_found_under_its_other_names(words: str, text: str) -> None:
    """Sections, numerals, abbreviations, languages and the city's own groups of names do not matter."""
    assert road_names([words], GROUPS, GAZETTEER).named_in(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("國道一號", "國道十號 仁武交流道"),
        ("Freeway 1", "Freeway 10, Renwu"),
        ("國道一號", "建國一路電力管線新設"),
        ("台8線", "台88線 五甲端"),
        ("民族一路", "民族二路路面銑鋪"),
        ("民族路", "民生一路路面銑鋪"),
        ("中山四路", "中山路"),
    ],
)
def test_another_road_is_not_taken_for_it(words: str, text: str) -> None:
    """A number within a longer one, or another section than the one that was named, is another road."""
    assert not road_names([words], GROUPS, GAZETTEER).named_in(text)


def test_it_is_told_whether_the_city_knows_the_road() -> None:
    """A name that is in no group and no gazetteer is the person's alone."""
    assert road_names(["國一"], GROUPS, GAZETTEER).is_known
    assert road_names(["民族路"], GROUPS, GAZETTEER).is_known
    assert not road_names(["鬼島大道"], GROUPS, GAZETTEER).is_known


@pytest.mark.parametrize("words", ["", " ", "?", "路"])
def test_words_that_name_nothing_match_nothing(words: str) -> None:
    """A single character would be found in every text."""
    assert not road_names([words], GROUPS, GAZETTEER).named_in("民族一路")
