"""Lines, numbers of people, case numbers, and words of a list."""

import pytest

from assistant.routing.values import people_of, reference_of, route_of, words_in


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("紅30還有多久", "紅30"),
        ("88路公車到哪了", "88"),
        ("205 中華幹線到了沒", "205 中華幹線"),
        ("Is bus 8 late", "8"),
        ("the Red 27 please", "Red 27"),
        ("等88，還要多久", "88"),
        ("E32 express", "E32"),
        ("還要20分鐘嗎", ""),
        ("三點十五分的車", ""),
    ],
)
def test_lines_are_found(text: str, route: str) -> None:
    """As they are written; minutes and hours are none."""
    assert route_of(text, ()) == route


def test_a_number_in_an_address_is_no_line() -> None:
    """What belongs to a place or a time is taken."""
    assert route_of("中央路88號", [(0, 6)]) == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("三個人", 3),
        ("兩大一小", 3),
        ("我跟我媽要去醫院", 2),
        ("我一個人", 1),
        ("for 4 people", 4),
        ("two adults and one child", 3),
        ("me and my wife", 2),
        ("just me", 1),
        ("three of us", 3),
        ("at 2 pm", None),
        ("明天八點", None),
        ("I need a ride", None),
    ],
)
def test_people_are_counted(text: str, count: int | None) -> None:
    """In figures or words, added up, or as who goes along."""
    assert people_of(text) == count


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("案號 A-88213 進度", "A-88213"),
        ("case KH-20261109-0311?", "KH-20261109-0311"),
        ("查一下 #55821", "55821"),
        ("1999的案件 0911-4", "0911-4"),
        ("編號6612", "6612"),
        ("number 3021774", "3021774"),
        ("上禮拜報的路燈", ""),
        ("等了 30 分鐘", ""),
    ],
)
def test_case_numbers_are_found(text: str, reference: str) -> None:
    """A number behind a word for a case goes before another one."""
    assert reference_of(text, ()) == reference


def test_longer_words_of_a_list_win() -> None:
    """No word is found within another one, nor in what is taken."""
    words = {"tree": ["樹"], "lamp": ["路燈", "燈"]}
    assert [value for _, value in words_in("路燈和樹", words)] == ["lamp", "tree"]
    assert words_in("大樹區", words, taken=[(0, 3)]) == []
