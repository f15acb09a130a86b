"""Clarifying questions: their text, and which choice a reply takes."""

import pytest

from assistant.routing.choices import MOST_CHOICES, chosen, clarifying_text, read_choices
from assistant.schema import Lang

ZH = ["第一次領身分證", "身分證遺失補領", "戶口名簿"]
EN = ["Rehab bus", "Long-term care transport", "Smart parking bays"]


@pytest.mark.parametrize(("labels", "lang"), [(ZH, "zh-TW"), (EN, "en")])
def test_what_is_written_can_be_read(labels: list[str], lang: Lang) -> None:
    """The choices come back from the text of the question."""
    assert read_choices(clarifying_text(labels, lang)) == labels


def test_no_more_choices_are_offered_than_a_reader_can_hold() -> None:
    """However many there are."""
    assert len(read_choices(clarifying_text([f"補助{n}" for n in range(9)], "zh-TW"))) == MOST_CHOICES


def test_an_answer_with_a_numbered_list_offers_no_choice() -> None:
    """Only the clarifying question does."""
    assert read_choices("請準備：\n1. 身分證\n2. 印章") == []


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("第二個", 1),
        ("2", 1),
        ("２", 1),
        ("第3項", 2),
        ("我要第一個", 0),
        ("最後一個", 2),
        ("身分證遺失補領", 1),
        ("遺失的", 1),
        ("戶口名簿啦", 2),
        ("我要問的是補領", 1),
    ],
)
def test_a_chinese_reply_names_a_choice(reply: str, place: int) -> None:
    """By number, by ordinal, or by words that only one label has."""
    assert chosen(reply, ZH) == ZH[place]


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("the second one", 1),
        ("option 3", 2),
        ("1", 0),
        ("the last one", 2),
        ("rehab bus please", 0),
        ("care transport", 1),
        ("I meant parking", 2),
    ],
)
def test_an_english_reply_names_a_choice(reply: str, place: int) -> None:
    """By number, by ordinal, or by words that only one label has."""
    assert chosen(reply, EN) == EN[place]


@pytest.mark.parametrize("reply", ["身分證", "第九個", "9", "垃圾車幾點來？", "都不是", ""])
def test_a_reply_that_names_none_or_several_takes_no_choice(reply: str) -> None:
    """Nothing is guessed."""
    assert chosen(reply, ZH) == ""
