"""Bus routes are known by what people write, and told apart where they differ by a letter."""

import pytest

from assistant.tools.bus_routes import route_key, routes_meant

ROUTES = [
    {"zh-TW": "88", "en": "88 Jianguo Main Line", "zh-TW-long": "88 建國幹線"},
    {"zh-TW": "8"},
    {"zh-TW": "8025"},
    {"zh-TW": "紅30", "en": "Red 30"},
    {"zh-TW": "橘1", "en": "Orange 1"},
    {"zh-TW": "E32 哈佛快線", "en": "E32 Hafo Express"},
    {"zh-TW": "100百貨幹線"},
    {"zh-TW": "168環東"},
    {"zh-TW": "168環西"},
    {"zh-TW": "218A"},
    {"zh-TW": "旗美國道快捷"},
]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("88", {"88"}),
        ("88路公車", {"88"}),
        ("８８ 號", {"88"}),
        ("建國幹線", {"88"}),
        ("bus no. 8", {"8"}),
        ("route 8", {"8"}),
        ("紅 30", {"紅30"}),
        ("red 30", {"紅30"}),
        ("R30", {"紅30"}),
        ("O1", {"橘1"}),
        ("e32 express", {"e32"}),
        ("哈佛快線", {"e32"}),
        ("100 百貨幹線", {"100"}),
        ("168", {"168環東", "168環西"}),
        ("168環東", {"168環東"}),
        ("218a", {"218a"}),
        ("旗美國道", {"旗美國道快捷"}),
        ("30", set()),
        ("80", set()),
        ("公車", set()),
    ],
)
def test_a_route_is_known_by_what_people_write(words: str, keys: set[str]) -> None:
    """Spaces, width, colours in English and their initials make no difference; a shorter number is another route."""
    assert routes_meant(words, ROUTES) == keys


def test_a_route_that_bears_the_initial_is_taken_before_the_colour() -> None:
    """R30 is the red 30 only where no route is called R30."""
    assert routes_meant("R30", [*ROUTES, {"zh-TW": "R30"}]) == {"r30"}


@pytest.mark.parametrize(
    ("names", "key"),
    [
        ({"en": "Red 30"}, "紅30"),
        ({"en": "88", "zh-TW": "88 建國幹線"}, "88"),
        ({"zh-TW": "旗美國道快捷"}, "旗美國道快捷"),
        ({}, ""),
    ],
)
def test_the_key_of_a_route_is_the_same_in_every_feed(names: dict[str, str], key: str) -> None:
    """A code, whatever stands after it and in whichever language it is; else the name."""
    assert route_key(names) == key
