"""Finding places: the longest name, what the words beside it say, whole words in English, and the nearest."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.feeds.geometry import Point
from assistant.places import Gazetteer, Place
from tests.places.towns import CLINIC, EAST, HOSPITAL, METRO, NATION, PIER, RAILWAY, TOWN, WEST


def found(text: str) -> list[tuple[str, tuple[Place, ...]]]:
    return [(mention.text, mention.entries) for mention in TOWN.find_places(text)]


def test_a_longer_name_wins() -> None:
    """The hospital is found, and not the district whose name it begins with."""
    assert found("東河醫院還有病床嗎") == [("東河醫院", (HOSPITAL,))]


def test_an_ambiguous_name_gives_all_it_can_mean() -> None:
    """A bare name means the district and both stations, in the gazetteer's order."""
    [mention] = TOWN.find_places("東河會下雨嗎")
    assert mention.entries == (EAST, METRO, RAILWAY)
    assert mention.is_ambiguous
    assert mention.kinds == {"district", "metro_station", "railway_station"}


@pytest.mark.parametrize(
    ("text", "words", "entries"),
    [
        ("東河站在哪", "東河站", (METRO, RAILWAY)),
        ("捷運東河站在哪", "捷運東河站", (METRO,)),
        ("東河捷運站在哪", "東河捷運站", (METRO,)),
        ("臺鐵東河站", "臺鐵東河站", (RAILWAY,)),
        ("東河火車站", "東河火車站", (RAILWAY,)),
        ("東河區天氣", "東河區", (EAST,)),
        ("is Donghe Station open", "Donghe Station", (METRO, RAILWAY)),
        ("to MRT Donghe station", "MRT Donghe station", (METRO,)),
        ("to Donghe MRT Station?", "Donghe MRT Station", (METRO,)),
        ("rain in DONGHE DISTRICT", "DONGHE DISTRICT", (EAST,)),
        ("Ｄｏｎｇｈｅ　Ｄｉｓｔ．", "Ｄｏｎｇｈｅ　Ｄｉｓｔ", (EAST,)),
        ("R7站", "R7站", (METRO,)),
        ("捷運R7東河站", "捷運R7東河站", (METRO,)),
    ],
)
def test_the_word_beside_a_name_decides(text: str, words: str, entries: tuple[Place, ...]) -> None:
    """站, 捷運, 區 and their like belong to the mention and leave only what fits them."""
    assert found(text) == [(words, entries)]


def test_a_word_that_fits_no_meaning_changes_nothing() -> None:
    """A district that has no station stays a district, and the word beside it is no part of it."""
    assert found("西埔站") == [("西埔", (WEST,))]


@pytest.mark.parametrize("text", ["民族問題", "the Minzu question", "R7 is a code", "東河流域很大", ""])
def test_words_that_only_look_like_places_are_none(text: str) -> None:
    """Ordinary words, bare codes and decoys name no place."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "words"), [("民族站", "民族站"), ("Minzu Station", "Minzu Station"), ("民族？", "民族")]
)
def test_a_weak_name_counts_beside_a_designator_or_alone(text: str, words: str) -> None:
    """An ordinary word is a station beside 站, or where it is the whole answer to a question."""
    assert found(text) == [(words, (NATION,))]


@pytest.mark.parametrize("text", ["Sipupu", "aSipu", "Pier-34", "123Sipu"])
def test_english_names_are_whole_words(text: str) -> None:
    """No name is found within a longer Latin word or number."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "words"), [("Sipu's weather", "Sipu"), ("在Sipu嗎", "Sipu"), ("at pier 3.", "pier 3")]
)
def test_english_names_end_at_what_is_no_letter(text: str, words: str) -> None:
    """A possessive, Chinese and punctuation end an English word, and a hyphen is a space."""
    assert [words] == [mention.text for mention in TOWN.find_places(text)]
    assert found(text)[0][1] in {(WEST,), (PIER,)}


@pytest.mark.parametrize("text", ["臺南市東河區", "台南東河", "臺南市北門區中正路5號", "Tainan Donghe"])
def test_places_of_another_city_are_not_ours(text: str) -> None:
    """What stands right after another city's name lies there."""
    assert found(text) == []


@given(st.text(alphabet=st.characters(blacklist_categories=["Lo", "Cs"], max_codepoint=0x2FF), max_size=40))
def test_offsets_are_those_of_the_text(around: str) -> None:
    """Whatever stands around a name, the mention's text is the text between its offsets."""
    text = f"{around}東河醫院{around}"
    mentions = TOWN.find_places(text)
    assert "東河醫院" in {mention.text for mention in mentions}
    assert all(mention.text == text[mention.start : mention.end] for mention in mentions)


PIECES = [
    "東河",
    "西埔區",
    "中正路",
    "河岸一路",
    "3號",
    "5巷",
    "二段",
    " ",
    "，",
    "No. 2, ",
    "Zhongzheng Rd.",
    ", ",
    "Sipu",
    "District",
]


@given(
    st.lists(
        st.sampled_from([*PIECES, "站", "捷運", "民族", "大同里", "成功街", "臺南市", "R7", "'s", "-", "\u3000"]),
        max_size=14,
    )
)
def test_mentions_stand_in_order_and_apart(pieces: list[str]) -> None:
    """However names, designators and parts of addresses follow each other, no two mentions overlap."""
    text = "".join(pieces)
    mentions = TOWN.find_places(text)
    assert all(first.end <= second.start for first, second in pairwise(mentions))
    assert all(mention.text == text[mention.start : mention.end] != "" for mention in mentions)


@given(st.text(alphabet=st.characters(min_codepoint=0x370, max_codepoint=0x1FFF), max_size=80))
def test_foreign_text_names_nothing(text: str) -> None:
    """Greek, Cyrillic, Arabic, Thai and their like name no place."""
    assert TOWN.find_places(text) == []


def test_nearest_of_a_kind_in_metres() -> None:
    """The nearest hospitals come in order, each with its distance in metres."""
    near, far = TOWN.nearest(Point(23.0, 120.0), "hospital", 5)
    assert (near.place, far.place) == (HOSPITAL, CLINIC)
    assert near.distance_m == pytest.approx(1023.6, abs=1)


def test_nothing_is_near_where_there_is_none_of_a_kind() -> None:
    """A kind that the city lacks, and an empty gazetteer, give nothing."""
    assert TOWN.nearest(Point(23.0, 120.0), "beach") == []
    assert Gazetteer(()).nearest(Point(23.0, 120.0), "hospital", 3) == []
    assert Gazetteer(()).find_places("東河") == []
