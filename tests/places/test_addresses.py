"""Addresses: one mention from district to floor, at the road's or district's approximate point, and marked so."""

import pytest

from assistant.places import Place
from tests.places.towns import EAST, FIRST, MAIN_EAST, MAIN_WEST, TOWN


@pytest.mark.parametrize(
    ("text", "words", "entries"),
    [
        ("東河區中正路12號前有坑洞", "東河區中正路12號", (MAIN_EAST,)),
        ("西埔區大同里3鄰中正路二段5巷10弄3號之2的路燈", "西埔區大同里3鄰中正路二段5巷10弄3號之2", (MAIN_WEST,)),
        ("西埔中正路１２號", "西埔中正路１２號", (MAIN_WEST,)),
        ("西埔區河岸1路8號5樓", "西埔區河岸1路8號5樓", (FIRST,)),
        ("中正路80之1號", "中正路80之1號", (MAIN_EAST, MAIN_WEST)),
        ("東河區成功街7號", "東河區成功街7號", (EAST,)),
        ("東河區中正路", "東河區中正路", (MAIN_EAST,)),
        ("No. 12, Zhongzheng Rd., Sipu District", "No. 12, Zhongzheng Rd., Sipu District", (MAIN_WEST,)),
        ("at 5-2 Hean 1st Road please", "5-2 Hean 1st Road", (FIRST,)),
        ("No. 3, Ln. 5, Sec. 2, Jhongjheng Road, Xipu", "No. 3, Ln. 5, Sec. 2, Jhongjheng Road, Xipu", (MAIN_WEST,)),
    ],
)
def test_an_address_is_one_mention(text: str, words: str, entries: tuple[Place, ...]) -> None:
    """District, road, lane, number and floor are one address of the road, or of the district where none is listed."""
    [mention] = TOWN.find_places(text)
    assert (mention.text, mention.is_address, mention.is_approximate) == (words, True, True)
    assert mention.entries == entries


def test_an_address_that_nobody_listed_is_said_to_be_nowhere() -> None:
    """Without district or known road the words are still found, with no entry."""
    [mention] = TOWN.find_places("我家在成功街7號，路燈壞了")
    assert (mention.text, mention.entries, mention.is_address) == ("成功街7號", (), True)


@pytest.mark.parametrize("text", ["5樓", "80之1號", "走一條路", "12, 15 and 16"])
def test_numbers_alone_are_no_address(text: str) -> None:
    """Floors, numbers and the word for road are no address."""
    assert TOWN.find_places(text) == []


def test_a_road_is_no_address() -> None:
    """A road by itself is a road, approximate all the same, and in every district that has one of the name."""
    [mention] = TOWN.find_places("中正路塞車嗎")
    assert (mention.entries, mention.is_address, mention.is_approximate) == ((MAIN_EAST, MAIN_WEST), False, True)


def test_two_roads_are_two_mentions() -> None:
    """A crossing names both of its roads."""
    assert [m.text for m in TOWN.find_places("中正路與河岸一路口")] == ["中正路", "河岸一路"]
