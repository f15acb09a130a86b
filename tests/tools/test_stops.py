"""Stops are found by the names that people call them, in just that form before any other."""

from dataclasses import dataclass, field

import pytest

from assistant.feeds.geometry import Point
from assistant.tools.stops import StopIndex, groups_of, split_beside


@dataclass(frozen=True)
class Stop:
    id: str
    names: dict[str, str] = field(hash=False)
    point: Point | None = None


HERE, THERE = Point(22.63, 120.31), Point(22.70, 120.35)
STOPS = StopIndex(
    [
        Stop("a", {"zh-TW": "捷運文化中心站", "en": "MRT Cultural Center Station"}, HERE),
        Stop("b", {"zh-TW": "文化中心(五福一路)"}, Point(22.6301, 120.3101)),
        Stop("c", {"zh-TW": "高雄車站", "en": "Kaohsiung Main Station"}, THERE),
        Stop("d", {"zh-TW": "臺南路口"}),
    ]
)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("文化中心", {"a", "b"}),
        ("捷運文化中心", {"a"}),
        ("文化中心（五福一路）", {"b"}),
        ("cultural-center", {"a"}),
        ("高雄車站", {"c"}),
        ("Kaohsiung Main", {"c"}),
        ("台南路口站牌", {"d"}),
        ("文化", set()),
    ],
)
def test_a_stop_is_found_by_its_name(words: str, ids: set[str]) -> None:
    """Endings, brackets, width and 臺 make no difference; a part of a name is no name."""
    assert {stop.id for stop in STOPS.named(words)} == ids


def test_a_part_of_a_name_finds_what_is_similar() -> None:
    """What only holds the words is offered apart, never taken for the name."""
    assert {stop.id for stop in STOPS.similar("文化")} == {"a", "b"}
    assert STOPS.similar("站") == ()


def test_the_nearest_stop_comes_first() -> None:
    """Only stops within reach are near, and one without a place never is."""
    assert [one.pole.id for one in STOPS.near(HERE)] == ["a", "b"]


def test_stops_of_one_name_far_apart_are_two() -> None:
    """Two poles on two sides of a road are one stop, those in two districts are not."""
    groups = groups_of([*STOPS.named("文化中心"), *STOPS.named("高雄車站")])
    assert [len(group) for group in groups] == [2, 1]


def test_what_we_offer_can_be_read_again() -> None:
    """A choice names the stop, and in brackets a place beside it."""
    assert split_beside("中正路口（美麗島）") == ("中正路口", "美麗島")
    assert split_beside("Main St (Park)") == ("Main St", "Park")
    assert split_beside("中正路口") == ("中正路口", "")
