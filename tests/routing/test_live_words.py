"""Parts of a message, and words of a list in it."""

import pytest

from assistant.routing.live_words import any_of, clauses_of, is_latin, supposes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("明天會下雨嗎？要帶傘嗎", ["明天會下雨嗎", "要帶傘嗎"]),
        ("Is it late, and how much is it?", ["Is it late", "and how much is it"]),
        ("See case B-77.1 please. Thanks", ["See case B-77.1 please", "Thanks"]),
        ("路燈壞了", ["路燈壞了"]),
        ("？！", []),
    ],
)
def test_a_message_has_parts(text: str, parts: list[str]) -> None:
    """Stops and commas part them, and in English `and`."""
    assert [clause.text for clause in clauses_of(text)] == parts


def test_a_part_knows_its_place() -> None:
    """The text of a part stands at its offsets."""
    text = "你好，  明天會下雨嗎？"
    assert all(text[clause.start : clause.end] == clause.text for clause in clauses_of(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("如果明天停班", True),
        ("明天停班嗎", False),
        ("if the bus is late", True),
        ("should I take an umbrella", False),
        ("should a warning be issued", True),
        ("若干問題", False),
    ],
)
def test_a_supposition_is_no_question(text: str, expected: bool) -> None:
    """What is only supposed is told from what is asked."""
    assert supposes(text) == expected


def test_latin_words_stand_alone() -> None:
    """A word of a list is not found within another one, but in its plural."""
    assert is_latin("tree")
    assert not is_latin("路樹")
    assert not any_of(["tree"]).search("the street")
    assert any_of(["tree"]).search("two trees")
    assert any_of(["樹"]).search("路樹倒了")
