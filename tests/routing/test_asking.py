"""The question back, and what a reply says of it."""

from pathlib import Path

import pytest

from assistant.routing.arguments import heard
from assistant.routing.asking import asked_for, offered, question_back, reply_to, rest_of, taken_choice
from tests.routing.live_city import FINDER, NOW, services_of, write_city


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_city(tmp_path)


def test_everything_missing_is_asked_at_once(folder: Path) -> None:
    """In the language of the answer, without choices where there is no list."""
    ride = services_of(folder)["ride"]
    assert question_back(ride, ("from", "time"), "zh-TW") == ("請問從哪裡上車？請問什麼時候？", ())
    assert question_back(ride, ("from", "time"), "en")[0] == "Where do you get on? When?"


def test_a_list_offers_its_first_four_values(folder: Path) -> None:
    """Numbered, by their words in the language of the answer."""
    text, choices = question_back(services_of(folder)["report"], ("category", "place"), "zh-TW")
    assert choices == ("坑洞", "路燈", "垃圾", "路樹")
    assert offered(text) == ["坑洞", "路燈", "垃圾", "路樹"]
    assert text.startswith("請問是什麼問題？請問在哪裡？\n1. 坑洞")


def test_what_an_answer_asked_for_is_known_again(folder: Path) -> None:
    """In either language, and whatever stands around it."""
    ride = services_of(folder)["ride"]
    assert asked_for(ride, ("from", "to", "time"), "好的。請問從哪裡上車？") == ("from",)
    assert asked_for(ride, ("from", "time"), "When?") == ("time",)
    assert asked_for(ride, ("from", "time"), "今天晴天。") == ()


@pytest.mark.parametrize(
    ("reply", "taken"), [("2", "路燈"), ("第一個", "坑洞"), ("路樹", "路樹"), ("明天呢", "明天呢")]
)
def test_a_choice_is_taken_by_number_or_name(folder: Path, reply: str, taken: str) -> None:
    """Anything else stays what it is."""
    text, _ = question_back(services_of(folder)["report"], ("category",), "zh-TW")
    assert taken_choice(reply, text) == taken


@pytest.mark.parametrize(
    ("service", "name", "reply", "value"),
    [
        ("bus", "stop", "我在青嶺站", "青嶺站"),
        ("bus", "stop", "喔，我在茄苳腳那邊", "茄苳腳"),
        ("bus", "stop", "at Old Mill", "Old Mill"),
        ("bus", "stop", "家裡附近", ""),
        ("ride", "time", "明天八點", "2026-11-19T08:00+08:00"),
        ("ride", "time", "不知道", ""),
        ("ride", "passengers", "3", "3"),
        ("clinic", "specialty", "心臟科", "cardiology"),
        ("case", "reference", "77", "77"),
        ("case", "reference", "KS-000713", "KS-000713"),
    ],
)
def test_a_bare_reply_is_understood(folder: Path, service: str, name: str, reply: str, value: str) -> None:
    """However short it is, and although no list knows the place."""
    said = heard(reply, FINDER, NOW)
    assert reply_to(services_of(folder)[service], name, said).values.get(name, "") == value


def test_the_rest_of_a_turn_is_its_own_matter(folder: Path) -> None:
    """Names, times and words that join are none."""
    bus = services_of(folder)["bus"]
    assert rest_of(heard("那河東呢", FINDER, NOW), bus) == ""
    assert rest_of(heard("and tomorrow?", FINDER, NOW), bus) == ""
    assert "氣" in rest_of(heard("那天氣呢", FINDER, NOW), bus)
