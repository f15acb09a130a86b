"""The gazetteer that is shipped: every name is found, every shared name is marked, and no place lies outside."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.places import Place, load_gazetteer
from assistant.places.folding import is_wide, name_key

CITY = Path(__file__).parents[2] / "corpus" / "kaohsiung"
GAZETTEER = load_gazetteer(CITY)
STRONG = [(place, name) for place in GAZETTEER.places for name in place.names if name not in place.weak]
DISTRICTS = {place.name["zh-TW"]: place for place in GAZETTEER.places if place.kind == "district"}
REACH_M = 45_000  # the widest district is some 60 km long


def found(text: str) -> list[tuple[str, tuple[Place, ...]]]:
    return [(mention.text, mention.entries) for mention in GAZETTEER.find_places(text)]


def in_a_question(name: str) -> str:
    return f"請問{name}怎麼走？" if is_wide(name_key(name)[0]) else f"How do I get to {name}, please?"


def test_every_name_is_found_in_a_question() -> None:
    """Each name of each place is found within other words and means that place among others."""
    missed = [
        (place.name["zh-TW"], name)
        for place, name in STRONG
        if not any(
            place in entries and name_key(words) == name_key(name) for words, entries in found(in_a_question(name))
        )
    ]
    assert missed == []


@given(
    st.sampled_from(STRONG), st.sampled_from(["現在{}有沒有下雨", "從{}出發", "Is {} open today?", "（{}）", "「{}」"])
)
def test_any_name_is_found_in_any_sentence(entry: tuple[Place, str], sentence: str) -> None:
    """A name is found whatever stands around it, at the offsets where it stands."""
    place, name = entry
    text = sentence.format(name)
    start = text.index(name)
    mentions = GAZETTEER.find_places(text)
    assert any(place in one.entries and one.start == start for one in mentions)


@given(st.text(alphabet=st.characters(min_codepoint=0x370, max_codepoint=0x1FFF), max_size=80))
def test_foreign_text_names_nothing(text: str) -> None:
    """Text of other scripts names no place, nor does an empty one."""
    assert GAZETTEER.find_places(text) == []


def test_a_shared_name_is_marked_and_gives_all_its_places() -> None:
    """No two places share a name without being marked, and the name gives every one of them."""
    bearers: dict[str, set[int]] = defaultdict(set)
    lines = [json.loads(line) for line in (CITY / "gazetteer.jsonl").read_text(encoding="utf-8").splitlines()[1:]]
    for number, line in enumerate(lines):
        for name in (line["zh"], line["en"], *line.get("aliases", [])):
            bearers[name_key(name)].add(number)
    for name, numbers in bearers.items():
        marked = {number for number in numbers if name in map(name_key, lines[number].get("shared", []))}
        assert marked == (numbers if len(numbers) > 1 else set()), name


def test_no_two_places_are_the_same() -> None:
    """No kind has two places of one name in one district."""
    keys = [(place.name["zh-TW"], place.kind, place.district) for place in GAZETTEER.places]
    assert len(keys) == len(set(keys))


def test_every_place_lies_in_its_district() -> None:
    """No place is further from the middle of its district than a district can reach."""
    far = [
        place.name["zh-TW"]
        for place in GAZETTEER.places
        if place.point.distance_m(DISTRICTS[place.district].point) > REACH_M
    ]
    assert (far, len(DISTRICTS)) == ([], 38)


@pytest.mark.parametrize(
    "text",
    [
        "三民主義是什麼",
        "阿彌陀佛",
        "義大利麵",
        "路邊有一棵大樹倒了",
        "民族問題",
        "社會正義",
        "台南市中正路12號",
        "Taoyuan City",
        "高雄天氣",
    ],
)
def test_what_only_looks_like_a_place_is_none(text: str) -> None:
    """Ordinary words that hold a name, and other cities' addresses, are not places of this city."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("捷運左營站", {"左營/metro_station"}),
        ("左營站附近有YouBike嗎", {"左營/metro_station", "左營/railway_station"}),
        ("西子灣站幾點收班", {"哈瑪星/metro_station"}),
        ("岡山車站", {"岡山車站/metro_station", "岡山/railway_station"}),
        ("左營高鐵", {"高鐵左營站/railway_station"}),
        ("長庚急診", {"高雄長庚紀念醫院/hospital"}),
        ("How do I reach Tsoying HSR?", {"高鐵左營站/railway_station"}),
        ("苓雅區四維三路2號", {"四維三路/road"}),
        ("鹽程區", {"鹽埕區/district"}),
        ("達卡努瓦部落", {"達卡努瓦里/village"}),
        ("Qijin ferry pier", {"旗津輪渡站/pier"}),
    ],
)
def test_people_are_understood(text: str, names: set[str]) -> None:
    """Old names, short names, misspellings and other romanisations mean what people mean by them."""
    [mention] = GAZETTEER.find_places(text)
    assert {f"{place.name['zh-TW']}/{place.kind}" for place in mention.entries} == names


def test_a_gazetteer_keeps_its_order() -> None:
    """An ambiguous name gives its district before its stations, as the file has them."""
    [mention] = GAZETTEER.find_places("左營")
    assert [place.kind for place in mention.entries][:2] == ["district", "metro_station"]
