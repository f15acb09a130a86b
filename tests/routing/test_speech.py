"""The parts of a turn: its matter, its topic, what it asks, and slots of one kind."""

import pytest

from assistant.routing.speech import grammar_of, matter, predicate, renamed, size, swapped, topic
from assistant.schema import Lang

ZH, EN = grammar_of("zh-TW"), grammar_of("en")


@pytest.mark.parametrize(
    ("text", "lang", "about"),
    [
        ("旗津渡輪全票多少錢", "zh-TW", "旗津渡輪全票"),
        ("公園的樹要在什麼時候修", "zh-TW", "公園的樹"),
        ("請問哪裡可以借書", "zh-TW", "借書"),
        ("山區哪裡可以打流感疫苗", "zh-TW", "山區,打流感疫苗"),
        ("渡輪,要帶身分證,機車上船,要買票嗎", "zh-TW", "渡輪,要帶身分證,要買票"),
        ("How much is the ferry", "en", "ferry"),
    ],
)
def test_the_topic_is_what_something_is_asked_of(text: str, lang: Lang, about: str) -> None:
    """Without its question word and predicate, wherever it stands."""
    assert topic(text, grammar_of(lang)) == about


def test_the_predicate_begins_at_the_question_word() -> None:
    """With the verb before it."""
    assert predicate("公園的樹要在什麼時候修", ZH) == "要在什麼時候修"


@pytest.mark.parametrize("text", ["多少錢", "要帶什麼去", "在哪裡", "電話幾號"])
def test_a_mere_question_has_no_matter(text: str) -> None:
    """Charges, times, places and papers are asked of everything."""
    assert size(text, ZH) < 2


def test_matter_leaves_words_with_hyphens_whole() -> None:
    """Long-term is no word for length."""
    assert matter("How long is long-term care?", EN) == "long-term care"


def test_slots_of_one_kind_take_each_others_place() -> None:
    """And what fits no slot is left."""
    assert swapped("星期三開嗎", "星期日", ZH) == ("星期日開嗎", "")
    assert swapped("學生票多少錢", "機車", ZH) == ("學生票多少錢", "機車")


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("房屋稅要繳多少", "地價稅", "地價稅要繳多少"),
        ("房屋稅的稅率", "地價稅", "地價稅的稅率"),
        ("旗津渡輪全票", "學生票", "旗津渡輪全票"),
        ("公園的樹", "路燈", "公園的樹"),
    ],
)
def test_a_name_takes_the_place_of_one_with_the_same_head(text: str, name: str, meant: str) -> None:
    """Only where the old name begins after a mark or joining word and is about as long."""
    assert renamed(text, name) == meant
